import type { Knex } from 'knex';

/**
 * Where the house matches two ways, an invoice is made from its order alone: what it invoices counts as received with it, so
 * that nothing is invoiced that does not, and what was ordered is the limit. A draft may be for such an order.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE invoice ADD COLUMN is_by_order boolean NOT NULL DEFAULT false;
    ALTER TABLE invoice DROP CONSTRAINT invoice_is_made_from_one;
    ALTER TABLE invoice ADD CONSTRAINT invoice_is_made_from_one
      CHECK (num_nonnulls(goods_receipt_id, statement_id, instalment_id) + is_by_order::int = 1);
    ALTER TABLE invoice_draft ADD COLUMN order_id uuid REFERENCES purchase_order;
    ALTER TABLE invoice_draft DROP CONSTRAINT invoice_draft_check;
    ALTER TABLE invoice_draft ADD CONSTRAINT invoice_draft_is_for_one
      CHECK (num_nonnulls(goods_receipt_id, statement_id, order_id) <= 1);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE invoice_draft DROP COLUMN order_id;
    ALTER TABLE invoice DROP CONSTRAINT invoice_is_made_from_one;
    ALTER TABLE invoice DROP COLUMN is_by_order;
    ALTER TABLE invoice ADD CONSTRAINT invoice_is_made_from_one
      CHECK (num_nonnulls(goods_receipt_id, statement_id, instalment_id) = 1);`);
