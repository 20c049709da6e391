import type { DecimalString } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db/context.ts';
import { named, rowsOf } from '../../platform/db/statements.ts';
import type { ServiceEntry } from './service-entry.ts';

const ENTRY = `
  SELECT entry.id, entry.reference, entry.order_id AS "orderId", entry.po_line_id AS "poLineId",
         entry.supplier_id AS "supplierId", entry.state, entry.worked_from AS "workedFrom",
         entry.worked_until AS "workedUntil", trim_scale(entry.quantity)::text AS quantity, entry.description,
         entry.submitted_by AS "submittedBy", entry.submitted_at AS "submittedAt", entry.due_at AS "dueAt", entry.decided_by AS "decidedBy",
         entry.decided_at AS "decidedAt", entry.decision_reason AS "decisionReason",
         entry.goods_receipt_id AS "receiptId"
    FROM service_entry AS entry`;

/** What was stated on an order, the newest first. Whoever asks has found the order. */
export const findEntriesOfOrder = (tx: Tx, orderId: string): Promise<ServiceEntry[]> =>
  named<ServiceEntry>(tx, {
    name: 'service_entry.of-order',
    text: `${ENTRY} WHERE entry.order_id = $1 ORDER BY entry.submitted_at DESC, entry.id DESC LIMIT 200`,
    values: [orderId],
  });

/** Holds the row until the transaction ends. Its order is locked before it, always. */
export async function lockEntry(
  tx: Tx,
  of: { id: string; orderId: string },
): Promise<ServiceEntry | undefined> {
  const rows = await named<ServiceEntry>(tx, {
    name: 'service_entry.lock',
    text: `${ENTRY} WHERE entry.id = $1 AND entry.order_id = $2 FOR UPDATE OF entry`,
    values: [of.id, of.orderId],
  });
  return rows[0];
}

/** One entry, for whoever the database lets see it and asks for its order. */
export async function findEntry(tx: Tx, id: string): Promise<ServiceEntry | undefined> {
  const rows = await named<ServiceEntry>(tx, {
    name: 'service_entry.find',
    text: `${ENTRY} WHERE entry.id = $1`,
    values: [id],
  });
  return rows[0];
}

/** The entry that was stated with this form already. */
export async function findEntryByKey(
  tx: Tx,
  idempotencyKey: string,
): Promise<Pick<ServiceEntry, 'id' | 'orderId'> | undefined> {
  const rows = await named<Pick<ServiceEntry, 'id' | 'orderId'>>(tx, {
    name: 'service_entry.by-key',
    text: `SELECT entry.id, entry.order_id AS "orderId" FROM service_entry AS entry WHERE entry.idempotency_key = $1`,
    values: [idempotencyKey],
  });
  return rows[0];
}

/** What is stated of each line of an order and waits for an answer. */
export async function findWaiting(tx: Tx, orderId: string): Promise<ReadonlyMap<string, DecimalString>> {
  const rows = await named<{ poLineId: string; quantity: string }>(tx, {
    name: 'service_entry.waiting',
    text: `
      SELECT entry.po_line_id AS "poLineId", sum(entry.quantity)::text AS quantity
        FROM service_entry AS entry
       WHERE entry.order_id = $1 AND entry.state = 'submitted'
       GROUP BY entry.po_line_id`,
    values: [orderId],
  });
  return new Map(rows.map((row) => [row.poLineId, row.quantity]));
}

export async function insertEntry(tx: Tx, entry: ServiceEntry & { idempotencyKey: string }): Promise<void> {
  await tx('service_entry').insert({
    id: entry.id,
    reference: entry.reference,
    order_id: entry.orderId,
    po_line_id: entry.poLineId,
    supplier_id: entry.supplierId,
    state: entry.state,
    worked_from: entry.workedFrom,
    worked_until: entry.workedUntil,
    quantity: entry.quantity,
    description: entry.description,
    submitted_by: entry.submittedBy,
    submitted_at: entry.submittedAt,
    due_at: entry.dueAt,
    idempotency_key: entry.idempotencyKey,
  });
}

export async function saveWithdrawn(tx: Tx, entry: Pick<ServiceEntry, 'id' | 'state'>): Promise<void> {
  await tx('service_entry').where({ id: entry.id }).update({ state: entry.state });
}

/** Who decided, how, and the receipt that accepted work counts by. */
export async function saveDecision(tx: Tx, entry: ServiceEntry): Promise<void> {
  await tx('service_entry').where({ id: entry.id }).update({
    state: entry.state,
    decided_by: entry.decidedBy,
    decided_at: entry.decidedAt,
    decision_reason: entry.decisionReason,
    goods_receipt_id: entry.receiptId,
  });
}

/** Those that nobody has answered in time or been reminded of, held until the transaction ends. */
export const lockLate = (tx: Tx, at: Date, limit: number): Promise<ServiceEntry[]> =>
  rowsOf<ServiceEntry>(
    tx,
    `${ENTRY} WHERE entry.state = 'submitted' AND entry.reminded_at IS NULL AND entry.due_at <= ?
      ORDER BY entry.due_at LIMIT ? FOR UPDATE OF entry SKIP LOCKED`,
    [at, limit],
  );

export async function saveReminded(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
  await tx('service_entry')
    .whereIn('id', [...ids])
    .update({ reminded_at: at });
}

/** Whose requisitions the lines of an order came from. */
export const findRequesters = (tx: Tx, orderId: string): Promise<{ poLineId: string; userId: string }[]> =>
  rowsOf(
    tx,
    `SELECT DISTINCT source.po_line_id AS "poLineId", requisition.requester_id AS "userId"
       FROM po_line AS line
       JOIN po_line_source AS source ON source.po_line_id = line.id
       JOIN requisition_line AS needed ON needed.id = source.requisition_line_id
       JOIN requisition ON requisition.id = needed.requisition_id
      WHERE line.order_id = ?`,
    [orderId],
  );

export type WaitingEntry = Pick<ServiceEntry, 'id' | 'orderId' | 'reference' | 'dueAt'> & {
  readonly description: string;
  readonly total: number;
};

/** What waits for this person's answer, the most urgent first. */
export const findWaitingFor = (tx: Tx, userId: string): Promise<WaitingEntry[]> =>
  rowsOf<WaitingEntry>(
    tx,
    `SELECT entry.id, entry.order_id AS "orderId", entry.reference, entry.due_at AS "dueAt", line.description,
            (count(*) OVER ())::integer AS total
       FROM service_entry AS entry
       JOIN purchase_order AS po ON po.id = entry.order_id
       JOIN po_line AS line ON line.id = entry.po_line_id
      WHERE entry.state = 'submitted'
        AND (po.buyer_id = ?
             OR EXISTS (SELECT FROM po_line_source AS source
                          JOIN requisition_line AS needed ON needed.id = source.requisition_line_id
                          JOIN requisition ON requisition.id = needed.requisition_id
                         WHERE source.po_line_id = entry.po_line_id AND requisition.requester_id = ?))
      ORDER BY entry.due_at, entry.id
      LIMIT 5`,
    [userId, userId],
  );
