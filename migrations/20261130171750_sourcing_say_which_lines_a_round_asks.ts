import type { Knex } from 'knex';

/** The lines that a round asks again; null for all. The others stay as each bidder offered them. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE round ADD COLUMN item_ids uuid[] CHECK (cardinality(item_ids) > 0);');

export const down = (db: Knex): Promise<unknown> => db.raw('ALTER TABLE round DROP COLUMN item_ids');
