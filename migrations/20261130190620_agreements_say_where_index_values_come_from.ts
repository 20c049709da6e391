import type { Knex } from 'knex';

/** A value says where it was read and when it was published: whoever pays by it can look it up. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE price_index_value
      ADD COLUMN source       text NOT NULL DEFAULT '' CHECK (length(source) <= 200),
      ADD COLUMN published_on date;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE price_index_value DROP COLUMN source, DROP COLUMN published_on');
