import type { Knex } from 'knex';

/** A change may be about the order as a whole, its charges and its rate of tax, beside its lines or without any. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE change_order
      ADD COLUMN terms jsonb,
      DROP CONSTRAINT change_order_lines_check,
      ADD CONSTRAINT change_order_lines_check CHECK (jsonb_array_length(lines) > 0 OR terms IS NOT NULL)`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DELETE FROM change_order WHERE jsonb_array_length(lines) = 0;
    ALTER TABLE change_order
      DROP CONSTRAINT change_order_lines_check,
      DROP COLUMN terms,
      ADD CONSTRAINT change_order_lines_check CHECK (jsonb_array_length(lines) > 0)`);
