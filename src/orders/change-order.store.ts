import type { DecimalString } from '../kernel/money.ts';
import type { Tx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import type { ChangeOrder } from './change-order.ts';
import type { OrderTerms } from './changed-terms.ts';
import { fulfilmentOf, type OrderLine, spreadOver } from './fulfilment.ts';
import type { LineAnswer } from './order-response.ts';
import type { PoContent } from './po-version.ts';

const CHANGE = `
  SELECT change.id, change.order_id AS "orderId", change.supplier_id AS "supplierId",
         change.change_no AS "changeNo", change.proposed_side AS "proposedSide", change.kind, change.state,
         change.base_version AS "baseVersion", change.lines, change.terms, change.reason, change.is_tolerated AS "isTolerated",
         change.proposed_by AS "proposedBy", change.proposed_at AS "proposedAt", change.decided_by AS "decidedBy",
         change.decided_at AS "decidedAt", change.decision_reason AS "decisionReason",
         change.applied_version AS "appliedVersion", change.due_at AS "dueAt", change.reminded_at AS "remindedAt",
         change.escalated_at AS "escalatedAt", change.counters_id AS "countersId", change.version
    FROM change_order AS change`;

/** The changes of an order, the newest first; who may see the order sees them. */
export const findChanges = (tx: Tx, orderId: string): Promise<ChangeOrder[]> =>
  named<ChangeOrder>(tx, {
    name: 'change_order.of-order',
    text: `${CHANGE} WHERE change.order_id = $1 ORDER BY change.change_no DESC LIMIT 200`,
    values: [orderId],
  });

/** Held until the transaction ends; the order is to be locked before. */
export async function lockChange(
  tx: Tx,
  of: { id: string; orderId: string },
): Promise<ChangeOrder | undefined> {
  const rows = await named<ChangeOrder>(tx, {
    name: 'change_order.lock',
    text: `${CHANGE} WHERE change.id = $1 AND change.order_id = $2 FOR UPDATE`,
    values: [of.id, of.orderId],
  });
  return rows[0];
}

/** Open changes that are due, for the clock. */
export const findDueChanges = (tx: Tx, at: Date, limit: number): Promise<ChangeOrder[]> =>
  rowsOf<ChangeOrder>(
    tx,
    `${CHANGE}
      WHERE change.due_at <= ? AND change.escalated_at IS NULL
      ORDER BY change.due_at
      LIMIT ?`,
    [at, limit],
  );

export async function insertChanges(tx: Tx, changes: readonly ChangeOrder[]): Promise<void> {
  await tx('change_order').insert(
    changes.map((change) => ({
      id: change.id,
      order_id: change.orderId,
      supplier_id: change.supplierId,
      change_no: change.changeNo,
      proposed_side: change.proposedSide,
      kind: change.kind,
      base_version: change.baseVersion,
      lines: JSON.stringify(change.lines),
      terms: change.terms === null ? null : JSON.stringify(change.terms),
      reason: change.reason,
      is_tolerated: change.isTolerated,
      proposed_by: change.proposedBy,
      proposed_at: change.proposedAt,
      counters_id: change.countersId,
      ...moving(change),
    })),
  );
}

export async function saveChange(tx: Tx, change: ChangeOrder): Promise<void> {
  await tx('change_order')
    .where({ id: change.id })
    .update({ ...moving(change), version: tx.raw('version + 1') });
}

const moving = (change: ChangeOrder) => ({
  state: change.state,
  decided_by: change.decidedBy,
  decided_at: change.decidedAt,
  decision_reason: change.decisionReason,
  applied_version: change.appliedVersion,
  due_at: change.dueAt,
  reminded_at: change.remindedAt,
  escalated_at: change.escalatedAt,
});

export async function insertAnswer(
  tx: Tx,
  of: {
    id: string;
    orderId: string;
    version: number;
    code: 'AP' | 'CA' | 'RE';
    note: string;
    userId: string;
    at: Date;
    answers: readonly LineAnswer[];
  },
): Promise<void> {
  await tx('order_response').insert({
    id: of.id,
    order_id: of.orderId,
    version: of.version,
    code: of.code,
    note: of.note,
    responded_by: of.userId,
    responded_at: of.at,
  });
  await tx('order_response_line').insert(
    of.answers.map((answer) => ({
      order_response_id: of.id,
      po_line_id: answer.poLineId,
      code: answer.code,
      reason: answer.reason,
    })),
  );
}

export type ScheduleResponse = 'accepted' | 'rejected' | 'proposed' | 'taken' | 'refused';

/** Notes on the lines' deliveries how far both sides are about them. */
export async function saveResponses(
  tx: Tx,
  lines: readonly { poLineId: string; response: ScheduleResponse }[],
): Promise<void> {
  await named(tx, {
    name: 'po_schedule.save-responses',
    text: `
      UPDATE po_schedule AS schedule
         SET response = line.response
        FROM jsonb_to_recordset($1::jsonb) AS line ("poLineId" uuid, response text)
       WHERE schedule.po_line_id = line."poLineId"`,
    values: [JSON.stringify(lines)],
  });
}

/** What the version in force says, to make the next from. */
export const findContent = async (
  tx: Tx,
  of: { orderId: string; version: number },
): Promise<PoContent | undefined> =>
  (
    await rowsOf<{ content: PoContent }>(
      tx,
      'SELECT po_version.content FROM po_version WHERE po_version.order_id = ? AND po_version.version = ?',
      [of.orderId, of.version],
    )
  )[0]?.content;

const SAVE_LINES = `
  WITH changed AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb)
      AS line (id uuid, quantity numeric, "unitPrice" numeric, amount numeric, "deliveryCount" integer, "itemCode" text,
               description text, charges jsonb, "taxRate" numeric)
  ), emptied AS (
    DELETE FROM po_schedule AS schedule
     USING changed
     WHERE schedule.po_line_id = changed.id AND schedule.schedule_no > changed."deliveryCount"
  ), saved AS (
    INSERT INTO po_schedule (id, po_line_id, schedule_no, quantity, due_on, response, fulfilment,
                             shipped_quantity, received_quantity, invoiced_quantity)
    SELECT delivery.id, delivery."poLineId", delivery."scheduleNo", delivery.quantity, delivery."dueOn", 'taken',
           delivery.fulfilment, delivery."shippedQuantity", delivery."receivedQuantity", delivery."invoicedQuantity"
      FROM jsonb_to_recordset($2::jsonb)
        AS delivery (id uuid, "poLineId" uuid, "scheduleNo" integer, quantity numeric, "dueOn" date, fulfilment text,
                     "shippedQuantity" numeric, "receivedQuantity" numeric, "invoicedQuantity" numeric)
        ON CONFLICT (po_line_id, schedule_no) DO UPDATE
       SET quantity = EXCLUDED.quantity, due_on = EXCLUDED.due_on, response = EXCLUDED.response,
           fulfilment = EXCLUDED.fulfilment, shipped_quantity = EXCLUDED.shipped_quantity,
           received_quantity = EXCLUDED.received_quantity, invoiced_quantity = EXCLUDED.invoiced_quantity
  )
  UPDATE po_line
     SET quantity = changed.quantity, unit_price = changed."unitPrice", amount = changed.amount,
         item_code = changed."itemCode", description = changed.description,
         charges = COALESCE(changed.charges, '[]'), tax_rate = changed."taxRate"
    FROM changed
   WHERE po_line.id = changed.id`;

/** Saves lines as a new version orders them, with what has moved of them spread over their new deliveries. */
export async function saveChangedLines(
  tx: Tx,
  lines: readonly OrderLine[],
  newId: () => string,
): Promise<void> {
  const deliveries = lines.flatMap((line) =>
    spreadOver(line).map((delivery) => ({
      ...delivery,
      id: newId(),
      poLineId: line.id,
      fulfilment: fulfilmentOf(delivery),
    })),
  );
  const rows = lines.map((line) => ({ ...line, deliveryCount: line.deliveries.length }));
  await named(tx, {
    name: 'po_line.save-changed',
    text: SAVE_LINES,
    values: [JSON.stringify(rows), JSON.stringify(deliveries)],
  });
}

export async function insertVersion(
  tx: Tx,
  of: { id: string; orderId: string; content: PoContent; sha256: string; at: Date },
): Promise<void> {
  await named(tx, {
    name: 'po_version.insert',
    text: `
      INSERT INTO po_version (id, order_id, version, content, sha256, issued_at)
      VALUES ($1, $2, $3, $4, $5, $6)`,
    values: [of.id, of.orderId, of.content.version, JSON.stringify(of.content), of.sha256, of.at],
  });
}

/** Puts a version into force. */
export async function saveCurrentVersion(
  tx: Tx,
  of: { orderId: string; version: number; totalAmount: DecimalString; terms: OrderTerms },
): Promise<void> {
  await tx('purchase_order')
    .where({ id: of.orderId })
    .update({
      current_version: of.version,
      total_amount: of.totalAmount,
      charges: JSON.stringify(of.terms.charges),
      tax_rate: of.terms.taxRate,
    });
}

/** An order that was sent and not answered, for the clock. */
export type UnansweredOrder = {
  readonly id: string;
  readonly sentAt: Date;
  readonly remindedAt: Date | null;
  readonly escalatedAt: Date | null;
};

export const lockUnanswered = (tx: Tx, sentBefore: Date, limit: number): Promise<UnansweredOrder[]> =>
  rowsOf<UnansweredOrder>(
    tx,
    `SELECT po.id, po.sent_at AS "sentAt", po.answer_reminded_at AS "remindedAt",
            po.answer_escalated_at AS "escalatedAt"
       FROM purchase_order AS po
      WHERE po.state = 'sent' AND po.sent_at <= ? AND po.answer_escalated_at IS NULL
      ORDER BY po.sent_at
      LIMIT ?
        FOR UPDATE SKIP LOCKED`,
    [sentBefore, limit],
  );

export async function saveReminder(
  tx: Tx,
  of: { orderId: string; remindedAt: Date | null; escalatedAt: Date | null },
): Promise<void> {
  await tx('purchase_order')
    .where({ id: of.orderId })
    .update({ answer_reminded_at: of.remindedAt, answer_escalated_at: of.escalatedAt });
}
