import type { Knex } from 'knex';

/** The last day whose holidays were announced; null where nothing is waited for. What lies beyond is an estimate. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE calendar ADD COLUMN confirmed_until date;');

export const down = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE calendar DROP COLUMN confirmed_until');
