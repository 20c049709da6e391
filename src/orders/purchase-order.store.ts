import type { Scope as Places } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/context.ts';
import { inScope, placeOfOrder } from '../platform/db/scope.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import { fulfilmentOf, type OrderLine, spreadOver } from './fulfilment.ts';
import type { PoContent, PoVersion } from './po-version.ts';
import type { PurchaseOrder } from './purchase-order.ts';

/**
 * Whose orders may be read: with a supplier, its own from when they were sent; null for everybody's. Prices stay
 * in the database for whoever works without them.
 */
export type Scope = Places & { readonly supplierId: string | null; readonly seesPrices: boolean };

const ORDER = `
  SELECT po.id, po.reference, po.award_id AS "awardId", po.event_id AS "eventId", po.supplier_id AS "supplierId",
         po.plant_code AS "plantCode", po.buyer_id AS "buyerId", po.title, po.currency, po.incoterm,
         po.incoterm_place AS "incotermPlace", po.payment_terms_days AS "paymentTermsDays", po.state,
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
    text: `
      SELECT line.id, line.line_no AS "lineNo", line.item_code AS "itemCode", line.description, line.quantity,
             line.unit, CASE WHEN $2 THEN line.unit_price END AS "unitPrice",
             line.price_base_quantity AS "priceBaseQuantity", CASE WHEN $2 THEN line.amount END AS amount,
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
              WHERE one.po_line_id = line.id) AS schedule
       WHERE line.order_id = $1
       ORDER BY line.line_no`,
    values: [orderId, seesPrices],
  });
  return lines.map((line) => ({ ...line, fulfilment: fulfilmentOf(line) }));
}

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

export type NewOrder = Omit<
  PurchaseOrder,
  'totalAmount' | 'sentAt' | 'acknowledgedAt' | 'acknowledgedBy' | 'version'
> & {
  readonly totalAmount: PoContent['totalAmount'];
  readonly createdAt: Date;
  readonly lines: readonly NewOrderLine[];
  readonly issued: { readonly id: string; readonly content: PoContent; readonly sha256: string };
};
export type NewOrderLine = PoContent['lines'][number] & {
  readonly id: string;
  readonly scheduleId: string;
  readonly eventItemId: string | null;
};

const INSERT = `
  WITH issued_line AS (
    SELECT * FROM jsonb_to_recordset($22::jsonb)
      AS row (id uuid, "scheduleId" uuid, "eventItemId" uuid, "lineNo" integer, "itemCode" text, description text,
              quantity numeric, unit text, "unitPrice" numeric, "priceBaseQuantity" numeric, amount numeric, "dueOn" date)
  ), new_order AS (
    INSERT INTO purchase_order (id, reference, award_id, event_id, supplier_id, plant_code, buyer_id, title, currency,
                                incoterm, incoterm_place, payment_terms_days, state, current_version, total_amount,
                                line_count, issued_on, next_due_on, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
  ), new_version AS (
    INSERT INTO po_version (id, order_id, version, content, sha256, issued_at)
    VALUES ($20, $1, $14, $21, $23, $19)
  ), new_line AS (
    INSERT INTO po_line (id, order_id, line_no, event_item_id, item_code, description, quantity, unit, unit_price,
                         price_base_quantity, amount)
    SELECT row.id, $1, row."lineNo", row."eventItemId", row."itemCode", row.description, row.quantity, row.unit,
           row."unitPrice", row."priceBaseQuantity", row.amount
      FROM issued_line AS row
  )
  INSERT INTO po_schedule (id, po_line_id, schedule_no, quantity, due_on)
  SELECT row."scheduleId", row.id, 1, row.quantity, row."dueOn"
    FROM issued_line AS row`;

/** Writes the order, its version, lines and schedules in one statement. */
export async function insertOrder(tx: Tx, order: NewOrder): Promise<void> {
  await named(tx, {
    name: 'purchase_order.insert',
    text: INSERT,
    values: [
      order.id,
      order.reference,
      order.awardId,
      order.eventId,
      order.supplierId,
      order.plantCode,
      order.buyerId,
      order.title,
      order.currency,
      order.incoterm,
      order.incotermPlace,
      order.paymentTermsDays,
      order.state,
      order.currentVersion,
      order.totalAmount,
      order.lineCount,
      order.issuedOn,
      order.nextDueOn,
      order.createdAt,
      order.issued.id,
      JSON.stringify(order.issued.content),
      JSON.stringify(order.lines),
      order.issued.sha256,
    ],
  });
}

/** Saves what acts change of the header. */
export async function saveOrder(
  tx: Tx,
  order: Pick<PurchaseOrder, 'id' | 'state' | 'nextDueOn' | 'sentAt' | 'acknowledgedAt' | 'acknowledgedBy'>,
): Promise<void> {
  await tx('purchase_order')
    .where({ id: order.id })
    .update({
      state: order.state,
      next_due_on: order.nextDueOn,
      sent_at: order.sentAt,
      acknowledged_at: order.acknowledgedAt,
      acknowledged_by: order.acknowledgedBy,
      version: tx.raw('version + 1'),
    });
}

/** Saves the quantities of these lines' schedules in one statement. */
export async function saveQuantities(tx: Tx, lines: readonly OrderLine[]): Promise<void> {
  const rows = lines.flatMap((line) =>
    spreadOver(line).map((delivery) => ({ ...delivery, id: line.id, fulfilment: fulfilmentOf(delivery) })),
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
