import type { Scope as Places } from '../kernel/actor.ts';
import { compareDecimals, type DecimalString } from '../kernel/money.ts';
import type { Tx } from '../platform/db/context.ts';
import { inScope, placeOfOrder } from '../platform/db/scope.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import { fulfilmentOf, type OrderLine, overQuantity, type SpreadDelivery, spreadOver } from './fulfilment.ts';
import type { PoContent, PoVersion } from './po-version.ts';
import type { PurchaseOrder } from './purchase-order.ts';

/**
 * Whose orders may be read: with a supplier, its own from when they were sent; null for everybody's. Prices stay
 * in the database for whoever works without them.
 */
export type Scope = Places & { readonly supplierId: string | null; readonly seesPrices: boolean };

const ORDER = `
  SELECT po.id, po.reference, po.award_id AS "awardId", po.event_id AS "eventId",
         po.category_code AS "categoryCode", po.supplier_id AS "supplierId",
         CASE WHEN $3 THEN po.charges ELSE '[]' END AS charges,
         CASE WHEN $3 THEN po.charges_invoiced ELSE '{}' END AS "chargesInvoiced", trim_scale(po.tax_rate)::text AS "taxRate",
         CASE WHEN $3 THEN po.payment_plan END AS plan, po.plant_code AS "plantCode", po.buyer_id AS "buyerId", po.title, po.currency, po.incoterm,
         po.incoterm_place AS "incotermPlace", po.payment_terms_days AS "paymentTermsDays",
         po.delivery_address AS "deliveryAddress", po.state,
         po.current_version AS "currentVersion", CASE WHEN $3 THEN po.total_amount END AS "totalAmount", po.line_count AS "lineCount",
         po.issued_on AS "issuedOn", po.next_due_on AS "nextDueOn", po.sent_at AS "sentAt",
         po.acknowledged_at AS "acknowledgedAt", po.acknowledged_by AS "acknowledgedBy", po.version
    FROM purchase_order AS po
   WHERE po.id = $1
     AND ${inScope(placeOfOrder('po'), { plants: '$4', categories: '$5' })}
     AND ($2::uuid IS NULL
          OR (po.supplier_id = $2
              AND po.state NOT IN ('draft', 'pending_approval', 'approved')
              AND (po.state <> 'cancelled' OR po.sent_at IS NOT NULL)))`;

/** @param of.id of an order that may not exist, or not for this reader */
export async function findById(tx: Tx, of: Scope & { id: string }): Promise<PurchaseOrder | undefined> {
  const rows = await named<PurchaseOrder>(tx, {
    name: 'purchase_order.find',
    text: ORDER,
    values: [of.id, of.supplierId, of.seesPrices, of.plants, of.categories],
  });
  return rows[0];
}

/** Holds the row until the transaction ends, so that acts on one order take turns. */
export async function lockById(tx: Tx, of: Scope & { id: string }): Promise<PurchaseOrder | undefined> {
  const rows = await named<PurchaseOrder>(tx, {
    name: 'purchase_order.lock',
    text: `${ORDER} FOR UPDATE OF po`,
    values: [of.id, of.supplierId, of.seesPrices, of.plants, of.categories],
  });
  return rows[0];
}

/** The lines with their dated deliveries and what has moved of them in all, by line number. */
export async function findLines(
  tx: Tx,
  { orderId, seesPrices }: { orderId: string; seesPrices: boolean },
): Promise<OrderLine[]> {
  const lines = await named<Omit<OrderLine, 'fulfilment'>>(tx, {
    name: 'purchase_order.lines',
    text: `${LINES}
       WHERE line.order_id = $1
       ORDER BY line.line_no`,
    values: [orderId, seesPrices],
  });
  return lines.map((line) => ({ ...line, fulfilment: fulfilmentOf(line) }));
}

/** The same of several orders at once, by order. */
export async function findLinesOf(
  tx: Tx,
  { orderIds, seesPrices }: { orderIds: readonly string[]; seesPrices: boolean },
): Promise<ReadonlyMap<string, OrderLine[]>> {
  const rows = await named<Omit<OrderLine, 'fulfilment'> & { orderId: string }>(tx, {
    name: 'purchase_order.lines-of',
    text: `${LINES}
       WHERE line.order_id = ANY ($1::uuid[])
       ORDER BY line.order_id, line.line_no`,
    values: [[...orderIds], seesPrices],
  });
  const byOrder = new Map<string, OrderLine[]>();
  for (const { orderId, ...line } of rows)
    byOrder.set(orderId, [...(byOrder.get(orderId) ?? []), { ...line, fulfilment: fulfilmentOf(line) }]);
  return byOrder;
}

const LINES = `
      SELECT line.order_id AS "orderId", line.id, line.line_no AS "lineNo", line.item_code AS "itemCode", line.description, line.quantity,
             line.short_closed_quantity AS "shortClosedQuantity", line.unit, CASE WHEN $2 THEN line.unit_price END AS "unitPrice",
             line.price_base_quantity AS "priceBaseQuantity", CASE WHEN $2 THEN line.amount END AS amount,
             CASE WHEN $2 THEN line.charges ELSE '[]' END AS charges, trim_scale(line.tax_rate)::text AS "taxRate",
             schedule.due_on AS "dueOn", schedule.deliveries, schedule.shipped AS "shippedQuantity",
             schedule.received AS "receivedQuantity", schedule.invoiced AS "invoicedQuantity"
        FROM po_line AS line
       CROSS JOIN LATERAL (
             SELECT COALESCE(min(one.due_on) FILTER (WHERE one.received_quantity < one.quantity),
                             max(one.due_on)) AS due_on,
                    COALESCE(jsonb_agg(jsonb_build_object('quantity', trim_scale(one.quantity)::text,
                                                          'dueOn', one.due_on) ORDER BY one.schedule_no),
                             '[]') AS deliveries,
                    COALESCE(sum(one.shipped_quantity), 0) AS shipped,
                    COALESCE(sum(one.received_quantity), 0) AS received,
                    COALESCE(sum(one.invoiced_quantity), 0) AS invoiced
               FROM po_schedule AS one
              WHERE one.po_line_id = line.id) AS schedule`;

export const findVersions = (tx: Tx, orderId: string): Promise<PoVersion[]> =>
  named<PoVersion>(tx, {
    name: 'po_version.list',
    text: `
      SELECT po_version.version, po_version.sha256, po_version.issued_at AS "issuedAt",
             po_version.document_id AS "documentId"
        FROM po_version
       WHERE po_version.order_id = $1
       ORDER BY po_version.version DESC`,
    values: [orderId],
  });

type IssuedVersion = Pick<PoVersion, 'issuedAt' | 'documentId'> & { readonly content: PoContent };

/** One issued version with all that it says, locked so that its document is made once. */
export async function lockVersion(
  tx: Tx,
  of: { orderId: string; version: number },
): Promise<IssuedVersion | undefined> {
  const rows = await rowsOf<IssuedVersion>(
    tx,
    `SELECT po_version.content, po_version.issued_at AS "issuedAt", po_version.document_id AS "documentId"
       FROM po_version
      WHERE po_version.order_id = ? AND po_version.version = ?
        FOR UPDATE`,
    [of.orderId, of.version],
  );
  return rows[0];
}

export async function saveVersionDocument(
  tx: Tx,
  of: { orderId: string; version: number; documentId: string },
): Promise<void> {
  const { orderId, version, documentId } = of;
  await tx('po_version').where({ order_id: orderId, version }).update({ document_id: documentId });
}

/** The order as it is in force, from which day on it is issued, and what it comes to. */
export async function saveIssued(
  tx: Tx,
  order: Pick<PurchaseOrder, 'id' | 'state' | 'issuedOn'> & { readonly totalAmount: DecimalString },
): Promise<void> {
  await named(tx, {
    name: 'purchase_order.save-issued',
    text: `
      UPDATE purchase_order
         SET state = $2, issued_on = $3, total_amount = $4, version = version + 1
       WHERE id = $1`,
    values: [order.id, order.state, order.issuedOn, order.totalAmount],
  });
}

/** By what prices invoices of these lines are matched from now on. */
export async function saveNetPrices(
  tx: Tx,
  prices: readonly { id: string; netPrice: DecimalString | null }[],
): Promise<void> {
  if (prices.length === 0) return;
  await named(tx, {
    name: 'po_line.save-net-prices',
    text: `
      UPDATE po_line
         SET net_price = priced."netPrice"
        FROM jsonb_to_recordset($1::jsonb) AS priced (id uuid, "netPrice" numeric)
       WHERE po_line.id = priced.id`,
    values: [JSON.stringify(prices)],
  });
}

/** Saves what acts change of the header. */
export async function saveOrder(
  tx: Tx,
  order: Pick<PurchaseOrder, 'id' | 'state' | 'nextDueOn' | 'sentAt' | 'acknowledgedAt' | 'acknowledgedBy'>,
): Promise<void> {
  await named(tx, {
    name: 'purchase_order.save',
    text: `
      UPDATE purchase_order
         SET state = $2, next_due_on = $3, sent_at = $4, acknowledged_at = $5, acknowledged_by = $6,
             version = version + 1
       WHERE id = $1`,
    values: [
      order.id,
      order.state,
      order.nextDueOn,
      order.sentAt,
      order.acknowledgedAt,
      order.acknowledgedBy,
    ],
  });
}

/** Saves the quantities of these lines' schedules in one statement. */
export async function saveQuantities(tx: Tx, lines: readonly OrderLine[]): Promise<void> {
  const rows = lines.flatMap((line) =>
    spreadOver(line).map((delivery) => ({
      ...delivery,
      id: line.id,
      fulfilment: fulfilmentOfDelivery(line, delivery),
    })),
  );
  await named(tx, {
    name: 'po_schedule.save-quantities',
    text: `
      UPDATE po_schedule AS schedule
         SET shipped_quantity = moved."shippedQuantity", received_quantity = moved."receivedQuantity",
             invoiced_quantity = moved."invoicedQuantity", fulfilment = moved.fulfilment
        FROM jsonb_to_recordset($1::jsonb)
          AS moved (id uuid, "scheduleNo" integer, "shippedQuantity" numeric, "receivedQuantity" numeric,
                    "invoicedQuantity" numeric, fulfilment text)
       WHERE schedule.po_line_id = moved.id AND schedule.schedule_no = moved."scheduleNo"`,
    values: [JSON.stringify(rows)],
  });
}

/** Of a line that is closed short nothing is open, also of a delivery that never came. */
const fulfilmentOfDelivery = (line: OrderLine, delivery: SpreadDelivery): OrderLine['fulfilment'] =>
  line.fulfilment === 'short_closed' && compareDecimals(delivery.receivedQuantity, delivery.quantity) < 0
    ? 'short_closed'
    : fulfilmentOf(delivery);

/** How much more than ordered each line has taken: its last delivery holds it, and may then say so. */
export async function saveOverQuantities(tx: Tx, lines: readonly OrderLine[]): Promise<void> {
  const rows = lines.map((line) => ({ id: line.id, over: overQuantity(line) }));
  await named(tx, {
    name: 'po_schedule.save-over',
    text: `
      UPDATE po_schedule AS schedule
         SET over_quantity = moved.over
        FROM jsonb_to_recordset($1::jsonb) AS moved (id uuid, over numeric)
       WHERE schedule.po_line_id = moved.id
         AND schedule.schedule_no = (SELECT max(last.schedule_no) FROM po_schedule AS last
                                      WHERE last.po_line_id = moved.id)`,
    values: [JSON.stringify(rows)],
  });
}

/** What is given up of these lines, and why. */
export async function saveShortClosed(tx: Tx, lines: readonly OrderLine[], reason: string): Promise<void> {
  const rows = lines.map((line) => ({
    id: line.id,
    closed: line.shortClosedQuantity,
    fulfilment: line.fulfilment,
  }));
  await named(tx, {
    name: 'po_line.save-short-closed',
    text: `
      WITH closed AS (
        SELECT moved.id, moved.closed, moved.fulfilment
          FROM jsonb_to_recordset($1::jsonb) AS moved (id uuid, closed numeric, fulfilment text)
      ), schedules AS (
        UPDATE po_schedule AS schedule
           SET fulfilment = closed.fulfilment
          FROM closed
         WHERE schedule.po_line_id = closed.id AND schedule.received_quantity < schedule.quantity
           AND closed.fulfilment = 'short_closed'
      )
      UPDATE po_line AS line
         SET short_closed_quantity = closed.closed, short_closed_reason = $2
        FROM closed
       WHERE line.id = closed.id`,
    values: [JSON.stringify(rows), reason],
  });
}

export async function insertResponse(
  tx: Tx,
  response: {
    id: string;
    orderId: string;
    version: number;
    code: 'AB';
    note: string;
    userId: string;
    at: Date;
  },
): Promise<void> {
  const { id, orderId, version, code, note, userId, at } = response;
  await tx('order_response').insert({
    id,
    order_id: orderId,
    version,
    code,
    note,
    responded_by: userId,
    responded_at: at,
  });
}

/** What is invoiced of each charge from now on. */
export async function saveChargesInvoiced(
  tx: Tx,
  order: Pick<PurchaseOrder, 'id' | 'chargesInvoiced'>,
): Promise<void> {
  await tx('purchase_order')
    .where({ id: order.id })
    .update({ charges_invoiced: JSON.stringify(order.chargesInvoiced) });
}
