import type { Knex } from 'knex';

/** An order may say what of it is paid before its delivery, and what is held back of each invoice; null says neither. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE purchase_order
      ADD COLUMN payment_plan jsonb CHECK (jsonb_typeof(payment_plan) = 'object')`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE purchase_order DROP COLUMN payment_plan');
