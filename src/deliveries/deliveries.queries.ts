import type { DecimalString } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { named } from '../platform/db/statements.ts';
import type { DespatchState } from './despatch-advice.ts';

/** What the pages call by name what deliveries and receipts know by id. */
export type DeliveryNames = {
  readonly orderReference: string;
  readonly orderTitle: string;
  readonly supplierName: string;
  readonly plantNameEn: string;
  readonly plantNameZh: string;
  readonly plantTimeZone: string;
  readonly personName: string;
  /** The other half: the receipt of a delivery, the delivery of a receipt. */
  readonly counterpartId: string | null;
  readonly counterpartReference: string | null;
  /** The supplier's site it left from, where that was said. */
  readonly siteName?: string | null;
};

const NAMES = `po.reference AS "orderReference", po.title AS "orderTitle", supplier.name AS "supplierName",
             plant.name_en AS "plantNameEn", plant.name_zh AS "plantNameZh", plant.time_zone AS "plantTimeZone",
             person.name AS "personName"`;

export async function findDespatchNames(ctx: Ctx, despatchId: string): Promise<DeliveryNames | undefined> {
  const rows = await named<DeliveryNames>(ctx.tx, {
    name: 'despatch_advice.names',
    text: `
      SELECT ${NAMES}, gr.id AS "counterpartId", gr.reference AS "counterpartReference",
             site.name AS "siteName"
        FROM despatch_advice AS da
        JOIN purchase_order AS po ON po.id = da.order_id
        JOIN supplier ON supplier.id = da.supplier_id
        JOIN plant ON plant.code = da.plant_code
        JOIN user_account AS person ON person.id = da.created_by
        LEFT JOIN LATERAL (
             SELECT one.id, one.reference
               FROM goods_receipt AS one
              WHERE one.despatch_advice_id = da.id
              ORDER BY one.id
              LIMIT 1) AS gr ON TRUE
        LEFT JOIN supplier_site AS site ON site.id = da.site_id
       WHERE da.id = $1`,
    values: [despatchId],
  });
  return rows[0];
}

export async function findReceiptNames(ctx: Ctx, receiptId: string): Promise<DeliveryNames | undefined> {
  const rows = await named<DeliveryNames>(ctx.tx, {
    name: 'goods_receipt.names',
    text: `
      SELECT ${NAMES}, da.id AS "counterpartId", da.reference AS "counterpartReference"
        FROM goods_receipt AS gr
        JOIN purchase_order AS po ON po.id = gr.order_id
        JOIN supplier ON supplier.id = gr.supplier_id
        JOIN plant ON plant.code = gr.plant_code
        JOIN user_account AS person ON person.id = gr.posted_by
        LEFT JOIN despatch_advice AS da ON da.id = gr.despatch_advice_id
       WHERE gr.id = $1`,
    values: [receiptId],
  });
  return rows[0];
}

/** A line as the page of a delivery shows it: what was announced, and what its receipt says. */
export type ShownDespatchLine = {
  readonly orderId: string;
  readonly orderReference: string;
  readonly receiptId: string | null;
  readonly receiptReference: string | null;
  readonly poLineId: string;
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly unit: string;
  readonly orderedQuantity: DecimalString;
  readonly announcedQuantity: DecimalString;
  /** Null before the delivery is received. */
  readonly quantity: DecimalString | null;
  readonly shortfallReason: string | null;
};

export const findShownDespatchLines = (ctx: Ctx, despatchId: string): Promise<ShownDespatchLine[]> =>
  named<ShownDespatchLine>(ctx.tx, {
    name: 'despatch_line.shown',
    text: `
      SELECT po.id AS "orderId", po.reference AS "orderReference", gr.id AS "receiptId",
             gr.reference AS "receiptReference", po_line.id AS "poLineId", po_line.line_no AS "lineNo", po_line.item_code AS "itemCode",
             po_line.description, po_line.unit, po_line.quantity AS "orderedQuantity", line.quantity AS "announcedQuantity", received.quantity,
             received.shortfall_reason AS "shortfallReason"
        FROM despatch_line AS line
        JOIN po_line ON po_line.id = line.po_line_id
        JOIN purchase_order AS po ON po.id = po_line.order_id
        LEFT JOIN goods_receipt AS gr
               ON gr.despatch_advice_id = line.despatch_advice_id AND gr.order_id = po_line.order_id
        LEFT JOIN goods_receipt_line AS received
               ON received.goods_receipt_id = gr.id AND received.po_line_id = line.po_line_id
       WHERE line.despatch_advice_id = $1
       ORDER BY po.reference, po_line.line_no`,
    values: [despatchId],
  });

/** A delivery of one order, with the receipt that settled it. */
export type OrderDelivery = {
  readonly id: string;
  readonly reference: string;
  readonly state: DespatchState;
  readonly despatchedOn: Day;
  readonly expectedOn: Day;
  readonly carrier: string;
  readonly trackingNumber: string;
  readonly lineCount: number;
};

export const findDeliveriesOfOrder = (ctx: Ctx, orderId: string): Promise<OrderDelivery[]> =>
  named<OrderDelivery>(ctx.tx, {
    name: 'despatch_advice.of-order',
    text: `
      SELECT da.id, da.reference, da.state, da.despatched_on AS "despatchedOn", da.expected_on AS "expectedOn",
             da.carrier, da.tracking_number AS "trackingNumber",
             (SELECT count(*) FROM despatch_line AS line WHERE line.despatch_advice_id = da.id)::integer AS "lineCount"
        FROM despatch_advice AS da
       WHERE da.id IN (SELECT line.despatch_advice_id
                         FROM po_line
                         JOIN despatch_line AS line ON line.po_line_id = po_line.id
                        WHERE po_line.order_id = $1)
       ORDER BY da.created_at DESC, da.id DESC
       LIMIT 200`,
    values: [orderId],
  });

/** A receipt of one order. */
export type OrderReceipt = {
  readonly id: string;
  readonly reference: string;
  readonly receivedOn: Day;
  readonly despatchReference: string | null;
  readonly lineCount: number;
  readonly shortCount: number;
  readonly postedByName: string;
};

export const findReceiptRowsOfOrder = (ctx: Ctx, orderId: string): Promise<OrderReceipt[]> =>
  named<OrderReceipt>(ctx.tx, {
    name: 'goods_receipt.rows-of-order',
    text: `
      SELECT gr.id, gr.reference, gr.received_on AS "receivedOn", da.reference AS "despatchReference",
             count(*) FILTER (WHERE line.quantity > 0)::integer AS "lineCount",
             count(*) FILTER (WHERE line.quantity < line.announced_quantity)::integer AS "shortCount",
             poster.name AS "postedByName"
        FROM goods_receipt AS gr
        JOIN goods_receipt_line AS line ON line.goods_receipt_id = gr.id
        JOIN user_account AS poster ON poster.id = gr.posted_by
        LEFT JOIN despatch_advice AS da ON da.id = gr.despatch_advice_id
       WHERE gr.order_id = $1
       GROUP BY gr.id, da.reference, poster.name
       ORDER BY gr.posted_at DESC, gr.id DESC
       LIMIT 200`,
    values: [orderId],
  });

/** An order of the supplier's that can be delivered along with another, to the same plant. */
export type OtherOrder = { readonly id: string; readonly reference: string; readonly title: string };

/** The first orders of a supplier to a plant, by their next day, that can be announced beside this one. */
export const findOtherOrders = (
  ctx: Ctx,
  of: { supplierId: string; plantCode: string; orderId: string },
): Promise<OtherOrder[]> =>
  named<OtherOrder>(ctx.tx, {
    name: 'purchase_order.delivered-along',
    text: `
      SELECT po.id, po.reference, po.title
        FROM purchase_order AS po
       WHERE po.supplier_id = $1 AND po.plant_code = $2 AND po.id <> $3
         AND po.state IN ('acknowledged', 'open', 'part_received')
         AND po.next_due_on IS NOT NULL
       ORDER BY po.next_due_on, po.id
       LIMIT 20`,
    values: [of.supplierId, of.plantCode, of.orderId],
  });
