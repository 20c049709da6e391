import type { Tx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';

/** Whose need a part of an order line is. */
export type LineSource = {
  readonly poLineId: string;
  readonly requisitionLineId: string;
  readonly quantity: string;
  /** In the currency of the requisition, which its budget is kept in. */
  readonly amount: string;
  readonly currency: string;
};

/** Whose needs the lines of the event were for that these lines buy. */
export const findItemSources = (
  tx: Tx,
  poLineIds: readonly string[],
): Promise<{ poLineId: string; requisitionLineId: string; quantity: string }[]> =>
  named(tx, {
    name: 'po_line_source.of-items',
    text: `
      SELECT line.id AS "poLineId", source.requisition_line_id AS "requisitionLineId",
             trim_scale(source.quantity)::text AS quantity
        FROM po_line AS line
        JOIN event_item_source AS source ON source.event_item_id = line.event_item_id
       WHERE line.id = ANY ($1::uuid[])
       ORDER BY line.id, source.requisition_line_id`,
    values: [[...poLineIds]],
  });

/** The requisition lines of an order. */
export const findSourceIds = async (tx: Tx, orderId: string): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      tx,
      `SELECT DISTINCT source.requisition_line_id AS id
         FROM po_line_source AS source
         JOIN po_line AS line ON line.id = source.po_line_id
        WHERE line.order_id = ?`,
      [orderId],
    )
  ).map(({ id }) => id);

export const findLineSources = (tx: Tx, poLineIds: readonly string[]): Promise<LineSource[]> =>
  named(tx, {
    name: 'po_line_source.of-lines',
    text: `
     SELECT source.po_line_id AS "poLineId", source.requisition_line_id AS "requisitionLineId",
            trim_scale(COALESCE(asked.quantity, needed.quantity))::text AS quantity,
            trim_scale(source.amount)::text AS amount, requisition.currency
       FROM po_line_source AS source
       JOIN po_line AS line ON line.id = source.po_line_id
       LEFT JOIN event_item_source AS asked
         ON asked.event_item_id = line.event_item_id
        AND asked.requisition_line_id = source.requisition_line_id
       JOIN requisition_line AS needed ON needed.id = source.requisition_line_id
       JOIN requisition ON requisition.id = needed.requisition_id
      WHERE source.po_line_id = ANY ($1::uuid[])
      ORDER BY source.po_line_id, source.requisition_line_id`,
    values: [[...poLineIds]],
  });

/** Writes shares, or what they are now, in one statement. */
export async function saveLineSources(tx: Tx, sources: readonly LineSource[]): Promise<void> {
  if (sources.length === 0) return;
  await rowsOf(
    tx,
    `INSERT INTO po_line_source (po_line_id, requisition_line_id, quantity, amount)
     SELECT source."poLineId", source."requisitionLineId", source.quantity, source.amount
       FROM jsonb_to_recordset(?::jsonb)
         AS source ("poLineId" uuid, "requisitionLineId" uuid, quantity numeric, amount numeric)
     ON CONFLICT (po_line_id, requisition_line_id) DO UPDATE
        SET quantity = excluded.quantity, amount = excluded.amount`,
    [JSON.stringify(sources)],
  );
}

/** What all orders together buy of these requisition lines. */
export const sumOrdered = (
  tx: Tx,
  requisitionLineIds: readonly string[],
): Promise<{ documentId: string; quantity: string; amount: string }[]> =>
  rowsOf(
    tx,
    `SELECT source.requisition_line_id AS "documentId", trim_scale(sum(source.quantity))::text AS quantity,
            trim_scale(sum(source.amount))::text AS amount
       FROM po_line_source AS source
      WHERE source.requisition_line_id = ANY (?::uuid[])
      GROUP BY source.requisition_line_id`,
    [[...requisitionLineIds]],
  );

/** Those whose every order line, of this order and of others, has come in full. */
export const findReceivedSources = async (tx: Tx, orderId: string): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      tx,
      `SELECT DISTINCT source.requisition_line_id AS id
         FROM po_line_source AS source
         JOIN po_line AS line ON line.id = source.po_line_id
        WHERE line.order_id = ?
          AND NOT EXISTS (
                SELECT FROM po_line_source AS other
                  JOIN po_schedule AS schedule ON schedule.po_line_id = other.po_line_id
                 WHERE other.requisition_line_id = source.requisition_line_id
                   AND schedule.received_quantity < schedule.quantity
                   AND schedule.fulfilment <> 'short_closed')`,
      [orderId],
    )
  ).map(({ id }) => id);

/** The words of both sides, for the order's page. */
export type ShownLineSource = LineSource & {
  readonly poLineNo: number;
  readonly requisitionId: string;
  readonly reference: string;
  readonly lineNo: number;
  readonly plantCode: string;
  readonly requesterName: string;
};

export const findShownSources = (tx: Tx, orderId: string): Promise<ShownLineSource[]> =>
  rowsOf<ShownLineSource>(
    tx,
    `SELECT source.po_line_id AS "poLineId", source.requisition_line_id AS "requisitionLineId",
            trim_scale(source.quantity)::text AS quantity, trim_scale(source.amount)::text AS amount,
            requisition.currency, po_line.line_no AS "poLineNo", requisition.id AS "requisitionId", requisition.reference,
            line.line_no AS "lineNo", line.plant_code AS "plantCode", requester.name AS "requesterName"
       FROM po_line_source AS source
       JOIN po_line ON po_line.id = source.po_line_id
       JOIN requisition_line AS line ON line.id = source.requisition_line_id
       JOIN requisition ON requisition.id = line.requisition_id
       JOIN user_account AS requester ON requester.id = requisition.requester_id
      WHERE po_line.order_id = ?
      ORDER BY po_line.line_no, requisition.reference, line.line_no`,
    [orderId],
  );
