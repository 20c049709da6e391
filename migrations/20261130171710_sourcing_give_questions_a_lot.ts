import type { Knex } from 'knex';

/**
 * A question or a criterion may belong to one lot: it is asked and scored only of who bids on it. Price counts once for
 * whatever is judged together. Amendments are approved by the chains that approve events.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE requirement ADD COLUMN lot_id uuid REFERENCES lot;
    ALTER TABLE criterion ADD COLUMN lot_id uuid REFERENCES lot;
    CREATE INDEX requirement_by_lot ON requirement (lot_id) WHERE lot_id IS NOT NULL;
    CREATE INDEX criterion_by_lot ON criterion (lot_id) WHERE lot_id IS NOT NULL;
    DROP INDEX criterion_one_price;
    CREATE UNIQUE INDEX criterion_one_price ON criterion (event_id, lot_id) NULLS NOT DISTINCT WHERE kind = 'price';

    ALTER TABLE approval DROP CONSTRAINT approval_document_type_check;
    ALTER TABLE approval ADD CONSTRAINT approval_document_type_check
      CHECK (document_type IN ('requisition', 'sourcing_event', 'amendment', 'award', 'purchase_order'));`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE approval DROP CONSTRAINT approval_document_type_check;
    ALTER TABLE approval ADD CONSTRAINT approval_document_type_check
      CHECK (document_type IN ('requisition', 'sourcing_event', 'award', 'purchase_order'));
    DROP INDEX criterion_one_price;
    CREATE UNIQUE INDEX criterion_one_price ON criterion (event_id) WHERE kind = 'price';
    ALTER TABLE criterion DROP COLUMN lot_id;
    ALTER TABLE requirement DROP COLUMN lot_id;`);
