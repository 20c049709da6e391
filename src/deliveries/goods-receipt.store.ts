import type { Scope as Places } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/context.ts';
import { inScope, placeByOrderId } from '../platform/db/scope.ts';
import { named } from '../platform/db/statements.ts';
import type { DespatchLine } from './despatch-advice.ts';
import type { CheckedLine, GoodsReceipt } from './goods-receipt.ts';

const RECEIPT = `
  SELECT gr.id, gr.reference, gr.order_id AS "orderId", gr.despatch_advice_id AS "despatchAdviceId",
         gr.supplier_id AS "supplierId", gr.plant_code AS "plantCode", gr.state, gr.received_on AS "receivedOn",
         gr.note, gr.posted_by AS "postedBy", gr.posted_at AS "postedAt"
    FROM goods_receipt AS gr`;

/** With a supplier, one of its own deliveries only; null for anybody's in these plants and categories. */
export async function findReceiptById(
  tx: Tx,
  of: Places & { id: string; supplierId: string | null },
): Promise<GoodsReceipt | undefined> {
  const rows = await named<GoodsReceipt>(tx, {
    name: 'goods_receipt.find',
    text: `${RECEIPT} WHERE gr.id = $1 AND ($2::uuid IS NULL OR gr.supplier_id = $2)
     AND ${inScope(placeByOrderId('gr.order_id'), { plants: '$3', categories: '$4' })}`,
    values: [of.id, of.supplierId, of.plants, of.categories],
  });
  return rows[0];
}

export const findReceiptsOfOrder = (
  tx: Tx,
  of: { orderId: string; supplierId: string | null },
): Promise<GoodsReceipt[]> =>
  named<GoodsReceipt>(tx, {
    name: 'goods_receipt.of-order',
    text: `
      ${RECEIPT}
       WHERE gr.order_id = $1 AND ($2::uuid IS NULL OR gr.supplier_id = $2)
       ORDER BY gr.posted_at, gr.id`,
    values: [of.orderId, of.supplierId],
  });

/** The receipt that was posted with this form already. */
export async function findReceiptByKey(
  tx: Tx,
  idempotencyKey: string,
): Promise<Pick<GoodsReceipt, 'id' | 'orderId'> | undefined> {
  const rows = await named<Pick<GoodsReceipt, 'id' | 'orderId'>>(tx, {
    name: 'goods_receipt.by-key',
    text: `SELECT gr.id, gr.order_id AS "orderId" FROM goods_receipt AS gr WHERE gr.idempotency_key = $1`,
    values: [idempotencyKey],
  });
  return rows[0];
}

/** A receipt's line beside the order line it belongs to. */
export type ReceiptLine = CheckedLine & {
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly unit: string;
  readonly orderedQuantity: string;
};

export const findLinesOfReceipt = (tx: Tx, receiptId: string): Promise<ReceiptLine[]> =>
  named<ReceiptLine>(tx, {
    name: 'goods_receipt_line.of-receipt',
    text: `
      SELECT line.po_line_id AS "poLineId", line.quantity, line.announced_quantity AS "announcedQuantity",
             line.shortfall_reason AS "shortfallReason", line.rejected_quantity AS "rejectedQuantity",
             line.rejection_reason AS "rejectionReason", line.over_quantity AS "overQuantity",
             CASE WHEN line.sample_size IS NOT NULL
                  THEN jsonb_build_object('sampleSize', line.sample_size, 'acceptanceNumber', line.acceptance_number,
                                          'defectCount', line.defect_count)
             END AS sample, po_line.line_no AS "lineNo", po_line.item_code AS "itemCode",
             po_line.description, po_line.unit, po_line.quantity AS "orderedQuantity"
        FROM goods_receipt_line AS line
        JOIN po_line ON po_line.id = line.po_line_id
       WHERE line.goods_receipt_id = $1
       ORDER BY po_line.line_no`,
    values: [receiptId],
  });

/** What all posted receipts of an order add up to, by order line. */
export const sumReceived = (tx: Tx, orderId: string): Promise<DespatchLine[]> =>
  named<DespatchLine>(tx, {
    name: 'goods_receipt_line.sum-of-order',
    text: `
      SELECT line.po_line_id AS "poLineId", sum(line.quantity) AS quantity
        FROM goods_receipt AS gr
        JOIN goods_receipt_line AS line ON line.goods_receipt_id = gr.id
       WHERE gr.order_id = $1 AND gr.state = 'posted'
       GROUP BY line.po_line_id`,
    values: [orderId],
  });

export type NewReceipt = GoodsReceipt & {
  readonly idempotencyKey: string;
  readonly lines: readonly (CheckedLine & { readonly id: string })[];
};

/** Writes the receipt and its lines in one statement. */
export async function insertReceipt(tx: Tx, receipt: NewReceipt): Promise<void> {
  await named(tx, {
    name: 'goods_receipt.insert',
    text: `
      WITH new_receipt AS (
        INSERT INTO goods_receipt (id, reference, order_id, despatch_advice_id, supplier_id, plant_code, state,
                                   received_on, note, posted_by, posted_at, idempotency_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
      )
      INSERT INTO goods_receipt_line (id, goods_receipt_id, po_line_id, announced_quantity, quantity, shortfall_reason,
                                      rejected_quantity, rejection_reason, over_quantity, sample_size, acceptance_number,
                                      defect_count)
      SELECT row.id, $1, row."poLineId", row."announcedQuantity", row.quantity, row."shortfallReason",
             row."rejectedQuantity", row."rejectionReason", row."overQuantity", (row.sample->>'sampleSize')::integer,
             (row.sample->>'acceptanceNumber')::integer, (row.sample->>'defectCount')::integer
        FROM jsonb_to_recordset($13::jsonb)
          AS row (id uuid, "poLineId" uuid, "announcedQuantity" numeric, quantity numeric, "shortfallReason" text,
                  "rejectedQuantity" numeric, "rejectionReason" text, "overQuantity" numeric, sample jsonb)`,
    values: [
      receipt.id,
      receipt.reference,
      receipt.orderId,
      receipt.despatchAdviceId,
      receipt.supplierId,
      receipt.plantCode,
      receipt.state,
      receipt.receivedOn,
      receipt.note,
      receipt.postedBy,
      receipt.postedAt,
      receipt.idempotencyKey,
      JSON.stringify(receipt.lines),
    ],
  });
}
