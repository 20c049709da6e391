import type { Knex } from 'knex';

/**
 * One delivery brings lines of several orders of its supplier to one plant. It is received in one act, with a receipt
 * for each order, because invoices and matching go by order.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE goods_receipt
      DROP CONSTRAINT goods_receipt_despatch_advice_id_key,
      ADD CONSTRAINT goods_receipt_once_an_order UNIQUE (despatch_advice_id, order_id);
    CREATE INDEX despatch_line_by_po_line ON despatch_line (po_line_id)`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP INDEX despatch_line_by_po_line;
    ALTER TABLE goods_receipt
      DROP CONSTRAINT goods_receipt_once_an_order,
      ADD CONSTRAINT goods_receipt_despatch_advice_id_key UNIQUE (despatch_advice_id)`);
