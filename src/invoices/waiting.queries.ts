import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { inScope, placeByOrderId, placesOf } from '../platform/db/scope.ts';
import { named } from '../platform/db/statements.ts';
import { IS_SELF_BILLED } from './self-billing/self-billing-agreement.store.ts';

/** Something of a person's that waits, and how many of its kind there are. */
export type Waiting = {
  readonly kind: 'to-correct' | 'to-invoice' | 'to-accept' | 'to-approve' | 'to-pay';
  readonly id: string;
  readonly label: string;
  readonly dueOn: Day | null;
  readonly count: number;
};

/** The first five of a supplier's invoices to correct, and of its receipts that are not invoiced. */
export const findWaitingForSupplier = (ctx: Ctx, supplierId: string): Promise<Waiting[]> =>
  named<Waiting>(ctx.tx, {
    name: 'invoices.waiting-for-supplier',
    text: `
      (SELECT 'to-correct' AS kind, invoice.id,
              invoice.reference || ' · ' || invoice.supplier_number AS label,
              (SELECT min(found.due_on) FROM match_exception AS found
                WHERE found.invoice_id = invoice.id AND found.state = 'open') AS "dueOn",
              count(*) OVER ()::int AS count
         FROM invoice
        WHERE invoice.supplier_id = $1 AND invoice.state = 'exception'
        ORDER BY invoice.created_at, invoice.id
        LIMIT 5)
      UNION ALL
      (SELECT 'to-invoice', receipt.id, receipt.reference || ' · ' || po.reference || ' ' || po.title, NULL,
              count(*) OVER ()::int
         FROM goods_receipt AS receipt
         JOIN purchase_order AS po ON po.id = receipt.order_id
        WHERE receipt.supplier_id = $1
          AND ${IS_INVOICEABLE}
          AND NOT (${IS_SELF_BILLED})
        ORDER BY receipt.posted_at, receipt.id
        LIMIT 5)`,
    values: [supplierId],
  });

/** A line of the receipt is neither in an invoice of this receipt in full, nor invoiced on the order. */
export const IS_INVOICEABLE = `receipt.state = 'posted' AND EXISTS (
              SELECT FROM goods_receipt_line AS line
               WHERE line.goods_receipt_id = receipt.id
                 AND EXISTS (
                       SELECT FROM po_schedule AS schedule
                        WHERE schedule.po_line_id = line.po_line_id
                          AND schedule.received_quantity > schedule.invoiced_quantity)
                 AND line.quantity > (
                       SELECT COALESCE(sum(share.quantity), 0)
                         FROM invoice_line_receipt AS share
                         JOIN invoice_line AS taken ON taken.id = share.invoice_line_id
                         JOIN invoice ON invoice.id = taken.invoice_id
                        WHERE share.goods_receipt_id = receipt.id
                          AND invoice.state NOT IN ('rejected', 'voided')
                          AND taken.po_line_id = line.po_line_id))`;

/** The first five invoices with a difference among a buyer's own orders. */
export const findWaitingForBuyer = (ctx: Ctx, buyerId: string): Promise<Waiting[]> =>
  named<Waiting>(ctx.tx, {
    name: 'invoices.waiting-for-buyer',
    text: `
      SELECT 'to-accept' AS kind, invoice.id, invoice.reference || ' · ' || supplier.name AS label,
             (SELECT min(found.due_on) FROM match_exception AS found
               WHERE found.invoice_id = invoice.id AND found.state = 'open') AS "dueOn",
             count(*) OVER ()::int AS count
        FROM invoice
        JOIN purchase_order AS po ON po.id = invoice.order_id
        JOIN supplier ON supplier.id = invoice.supplier_id
       WHERE invoice.state = 'exception' AND po.buyer_id = $1
       ORDER BY invoice.created_at, invoice.id
       LIMIT 5`,
    values: [buyerId],
  });

/** The first five invoices to approve, and of those to pay until a day. */
export const findWaitingForFinance = (ctx: Ctx, dueUntil: Day): Promise<Waiting[]> =>
  named<Waiting>(ctx.tx, {
    name: 'invoices.waiting-for-finance',
    text: `
      (SELECT 'to-approve' AS kind, invoice.id, invoice.reference || ' · ' || supplier.name AS label,
              invoice.due_on AS "dueOn", count(*) OVER ()::int AS count
         FROM invoice
         JOIN supplier ON supplier.id = invoice.supplier_id
        WHERE invoice.state = 'pending_approval'
          AND ${inScope(placeByOrderId('invoice.order_id'), { plants: '$2', categories: '$3' })}
        ORDER BY invoice.created_at, invoice.id
        LIMIT 5)
      UNION ALL
      (SELECT 'to-pay', invoice.id, invoice.reference || ' · ' || supplier.name,
              COALESCE(early.pay_on, invoice.due_on), count(*) OVER ()::int
         FROM invoice
         JOIN supplier ON supplier.id = invoice.supplier_id
         LEFT JOIN early_payment AS early ON early.invoice_id = invoice.id AND early.state = 'accepted'
        WHERE invoice.state = 'approved' AND COALESCE(early.pay_on, invoice.due_on) <= $1
          AND ${inScope(placeByOrderId('invoice.order_id'), { plants: '$2', categories: '$3' })}
        ORDER BY COALESCE(early.pay_on, invoice.due_on), invoice.id
        LIMIT 5)`,
    values: [dueUntil, placesOf(ctx.actor).plants, placesOf(ctx.actor).categories],
  });
