import type { Knex } from 'knex';

/** Numbers people call documents by have no gaps: a sequence would leave one at each rollback. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE reference_counter (
      prefix text    NOT NULL CHECK (prefix ~ '^[A-Z]{2,5}$'),
      year   integer NOT NULL CHECK (year BETWEEN 2000 AND 2999),
      value  integer NOT NULL CHECK (value > 0),
      PRIMARY KEY (prefix, year)
    )`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE reference_counter');
