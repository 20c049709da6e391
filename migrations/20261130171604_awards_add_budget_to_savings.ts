import type { Knex } from 'knex';

/** What a line was approved at before anybody was asked: the estimates of the requisitions that it came from. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE savings_entry ADD COLUMN budget_amount numeric(20,4)');

export const down = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE savings_entry DROP COLUMN budget_amount');
