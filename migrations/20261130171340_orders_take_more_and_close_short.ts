import type { Knex } from 'knex';

/**
 * A plant takes a little more than was ordered, and gives up what will not come. Only whoever receives says how much
 * more: a supplier's statement cannot raise it.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE po_schedule
      ADD COLUMN over_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (over_quantity >= 0),
      DROP CONSTRAINT po_schedule_check1,
      ADD CONSTRAINT po_schedule_received_check CHECK (received_quantity <= quantity + over_quantity);
    ALTER TABLE po_line
      ADD COLUMN short_closed_quantity numeric(20,6) NOT NULL DEFAULT 0,
      ADD COLUMN short_closed_reason   text          NOT NULL DEFAULT '' CHECK (length(short_closed_reason) <= 1000),
      ADD CONSTRAINT po_line_short_closed_check
        CHECK (short_closed_quantity >= 0 AND short_closed_quantity <= quantity AND (short_closed_quantity = 0 OR short_closed_reason <> ''));
    ALTER TABLE goods_receipt_line
      ADD COLUMN over_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (over_quantity >= 0 AND over_quantity <= quantity)`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE po_schedule
      DROP CONSTRAINT po_schedule_received_check, DROP COLUMN over_quantity,
      ADD CONSTRAINT po_schedule_check1 CHECK (received_quantity <= quantity);
    ALTER TABLE po_line DROP COLUMN short_closed_quantity, DROP COLUMN short_closed_reason;
    ALTER TABLE goods_receipt_line DROP COLUMN over_quantity`);
