import type { Knex } from 'knex';

/** A proposal may be answered by another one: which change answers which. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE change_order
      ADD COLUMN counters_id uuid UNIQUE REFERENCES change_order,
      DROP CONSTRAINT change_order_state_check,
      ADD CONSTRAINT change_order_state_check CHECK
        (state IN ('sent', 'accepted', 'applied', 'rejected', 'withdrawn', 'overtaken', 'countered'))`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE change_order
      DROP COLUMN counters_id,
      DROP CONSTRAINT change_order_state_check,
      ADD CONSTRAINT change_order_state_check CHECK
        (state IN ('sent', 'accepted', 'applied', 'rejected', 'withdrawn', 'overtaken'))`);
