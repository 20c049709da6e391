import type { Ctx } from '../../platform/db/context.ts';
import { named } from '../../platform/db/statements.ts';
import type { MatchedShare } from './inspected.ts';

/**
 * Which receipts the lines in force are for, with what was found when they were looked at: after the posting, or by a sample
 * that passed at it. Work was looked at by whoever accepted it.
 */
export const findMatchedShares = (ctx: Ctx, invoiceId: string): Promise<MatchedShare[]> =>
  named<MatchedShare>(ctx.tx, {
    name: 'invoice.matched-shares',
    text: `
      SELECT line.po_line_id AS "poLineId", receipt.id AS "receiptId", receipt.reference AS "receiptReference",
             share.quantity,
             COALESCE(
               looked.result,
               CASE WHEN received.defect_count <= received.acceptance_number THEN 'accepted' END,
               CASE WHEN EXISTS (
                      SELECT FROM service_entry AS work WHERE work.goods_receipt_id = receipt.id) THEN 'accepted' END,
               'pending') AS inspection
        FROM invoice_line AS line
        JOIN invoice_line_receipt AS share ON share.invoice_line_id = line.id
        JOIN goods_receipt AS receipt ON receipt.id = share.goods_receipt_id
        JOIN goods_receipt_line AS received ON received.goods_receipt_id = receipt.id
         AND received.po_line_id = line.po_line_id
        LEFT JOIN inspection AS looked ON looked.goods_receipt_id = receipt.id
         AND looked.po_line_id = line.po_line_id
       WHERE line.invoice_id = $1
       ORDER BY line.line_no, receipt.posted_at, receipt.id`,
    values: [invoiceId],
  });

/** The invoices that an inspection of this receipt lets go on. */
export const findInvoicesWaitingFor = (ctx: Ctx, receiptId: string): Promise<{ id: string }[]> =>
  named<{ id: string }>(ctx.tx, {
    name: 'invoice.waiting-for-inspection',
    text: `
      SELECT DISTINCT invoice.id
        FROM invoice_line_receipt AS share
        JOIN invoice_line AS line ON line.id = share.invoice_line_id
        JOIN invoice ON invoice.id = line.invoice_id
        JOIN match_exception AS found ON found.invoice_id = invoice.id
         AND found.state = 'open' AND found.kind = 'not_inspected'
       WHERE share.goods_receipt_id = $1 AND invoice.state = 'exception'
       ORDER BY invoice.id`,
    values: [receiptId],
  });

/** A receipt that an invoice waits for, for whoever inspects. */
export type ReceiptToInspect = {
  readonly id: string;
  readonly reference: string;
  readonly supplierName: string;
  readonly dueOn: string;
  readonly total: number;
};

export const findReceiptsToInspect = (
  ctx: Ctx,
  of: { plants: readonly string[] | null; limit: number },
): Promise<ReceiptToInspect[]> =>
  named<ReceiptToInspect>(ctx.tx, {
    name: 'invoice.receipts-to-inspect',
    text: `
      SELECT receipt.id, receipt.reference, supplier.name AS "supplierName", min(found.due_on) AS "dueOn",
             (count(*) OVER ())::int AS total
        FROM match_exception AS found
        JOIN invoice_line AS line ON line.invoice_id = found.invoice_id AND line.po_line_id = found.po_line_id
        JOIN invoice_line_receipt AS share ON share.invoice_line_id = line.id
        JOIN goods_receipt AS receipt ON receipt.id = share.goods_receipt_id
        JOIN supplier ON supplier.id = receipt.supplier_id
       WHERE found.state = 'open' AND found.kind = 'not_inspected'
         AND ($1::text[] IS NULL OR receipt.plant_code = ANY ($1))
         AND NOT EXISTS (
               SELECT FROM inspection AS looked
                WHERE looked.goods_receipt_id = receipt.id AND looked.po_line_id = found.po_line_id)
       GROUP BY receipt.id, supplier.name
       ORDER BY min(found.due_on), receipt.id
       LIMIT $2`,
    values: [of.plants, of.limit],
  });
