import type { DecimalString } from '../kernel/money.ts';
import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';

/** What one line of an order takes of its agreement. */
export type CalledLine = {
  readonly poLineId: string;
  readonly quantity: DecimalString;
  readonly amount: DecimalString;
};

/** From which account an order is paid, and what one of its currency is in the budget's. */
export type CallOffBudget = {
  readonly account: string;
  readonly currency: string;
  readonly rate: DecimalString;
};

export const findBudgetOf = (tx: Tx, orderId: string): Promise<CallOffBudget | undefined> =>
  firstOf<CallOffBudget>(
    tx,
    `SELECT call_off.account, call_off.budget_currency AS currency, trim_scale(call_off.budget_rate)::text AS rate
       FROM call_off
      WHERE call_off.order_id = ? AND call_off.account IS NOT NULL`,
    [orderId],
  );

/** The account that was paid from last, for whoever orders from the agreement again. */
export const findLastAccount = async (tx: Tx, agreementId: string): Promise<string | null> =>
  (
    await firstOf<{ account: string | null }>(
      tx,
      `SELECT call_off.account
         FROM call_off
        WHERE call_off.agreement_id = ?
        ORDER BY call_off.called_at DESC, call_off.id DESC
        LIMIT 1`,
      [agreementId],
    )
  )?.account ?? null;

/** The order that a form made, where it was sent before. */
export const findOrderOf = async (
  tx: Tx,
  of: { id: string; agreementId: string },
): Promise<string | undefined> =>
  (
    await firstOf<{ orderId: string }>(
      tx,
      `SELECT call_off.order_id AS "orderId"
         FROM call_off
        WHERE call_off.id = :id AND call_off.agreement_id = :agreementId`,
      of,
    )
  )?.orderId;

export async function insertCallOff(
  tx: Tx,
  callOff: {
    id: string;
    agreementId: string;
    supplierId: string;
    orderId: string;
    calledBy: string;
    calledAt: Date;
    budget: CallOffBudget | null;
    lines: readonly (CalledLine & { readonly agreementLineId: string })[];
  },
): Promise<void> {
  const { id, agreementId, lines } = callOff;
  await tx('call_off').insert({
    id,
    agreement_id: agreementId,
    supplier_id: callOff.supplierId,
    order_id: callOff.orderId,
    called_by: callOff.calledBy,
    called_at: callOff.calledAt,
    account: callOff.budget?.account ?? null,
    budget_currency: callOff.budget?.currency ?? null,
    budget_rate: callOff.budget?.rate ?? null,
  });
  await rowsOf(
    tx,
    `INSERT INTO call_off_line (po_line_id, call_off_id, agreement_id, agreement_line_id, quantity, amount)
     SELECT fresh."poLineId", CAST(:id AS uuid), CAST(:agreementId AS uuid), fresh."agreementLineId", fresh.quantity,
            fresh.amount
       FROM jsonb_to_recordset(CAST(:lines AS jsonb))
         AS fresh ("poLineId" uuid, "agreementLineId" uuid, quantity numeric, amount numeric)`,
    { id, agreementId, lines: JSON.stringify(lines) },
  );
}

/** Which lines of agreements these order lines were called off of, with what they take now. */
export const findCalledLines = (
  tx: Tx,
  poLineIds: readonly string[],
): Promise<(CalledLine & { readonly agreementId: string; readonly agreementLineId: string })[]> =>
  rowsOf(
    tx,
    `SELECT line.po_line_id AS "poLineId", line.agreement_id AS "agreementId",
            line.agreement_line_id AS "agreementLineId", trim_scale(line.quantity)::text AS quantity,
            trim_scale(line.amount)::text AS amount
       FROM call_off_line AS line
      WHERE line.po_line_id = ANY (?::uuid[])
      ORDER BY line.agreement_id, line.po_line_id`,
    [[...poLineIds]],
  );

/** Nothing is taken by an order any more. */
export async function saveReleased(tx: Tx, orderId: string): Promise<void> {
  const own = tx('call_off').where({ order_id: orderId }).select('id');
  await tx('call_off_line').whereIn('call_off_id', own).update({ quantity: '0', amount: '0' });
}

/** Saves what changed order lines take of their agreements; those of no agreement are passed over. */
export async function saveCalledLines(tx: Tx, lines: readonly CalledLine[]): Promise<void> {
  await rowsOf(
    tx,
    `UPDATE call_off_line AS line
        SET quantity = fresh.quantity, amount = fresh.amount
       FROM jsonb_to_recordset(CAST(? AS jsonb)) AS fresh ("poLineId" uuid, quantity numeric, amount numeric)
      WHERE line.po_line_id = fresh."poLineId"`,
    [JSON.stringify(lines)],
  );
}
