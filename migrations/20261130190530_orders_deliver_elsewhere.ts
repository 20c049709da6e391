import type { Knex } from 'knex';

/** Where an order is delivered when that is not the address of its plant: another gate, a building site. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE purchase_order
      ADD COLUMN delivery_address text CHECK (length(delivery_address) BETWEEN 1 AND 500)`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE purchase_order DROP COLUMN delivery_address');
