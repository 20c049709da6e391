import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { AwardOrder, Withdrawal } from './withdrawal.ts';

const WITHDRAWAL = `
  SELECT withdrawal.id, withdrawal.award_id AS "awardId", withdrawal.supplier_id AS "supplierId", withdrawal.reason,
         withdrawal.excludes, withdrawal.state, withdrawal.requested_by AS "requestedBy",
         withdrawal.requested_at AS "requestedAt", withdrawal.decided_by AS "decidedBy",
         withdrawal.decided_at AS "decidedAt", withdrawal.decision_note AS "decisionNote"
    FROM award_withdrawal AS withdrawal`;

export const findWithdrawal = (tx: Tx, id: string): Promise<Withdrawal | undefined> =>
  firstOf<Withdrawal>(tx, `${WITHDRAWAL} WHERE withdrawal.id = ?`, [id]);

export const lockWithdrawal = (tx: Tx, id: string): Promise<Withdrawal | undefined> =>
  firstOf<Withdrawal>(tx, `${WITHDRAWAL} WHERE withdrawal.id = ? FOR UPDATE`, [id]);

/** A withdrawal as the award's page shows it. */
export type ShownWithdrawal = Withdrawal & {
  readonly supplierName: string | null;
  readonly requesterName: string;
  readonly deciderName: string | null;
};

/** All withdrawals of an award, the newest first. */
export const findWithdrawals = (tx: Tx, awardId: string): Promise<ShownWithdrawal[]> =>
  rowsOf<ShownWithdrawal>(
    tx,
    `SELECT shown.*, supplier.name AS "supplierName", requester.name AS "requesterName", decider.name AS "deciderName"
       FROM (${WITHDRAWAL} WHERE withdrawal.award_id = ?) AS shown
       LEFT JOIN supplier ON supplier.id = shown."supplierId"
       JOIN user_account AS requester ON requester.id = shown."requestedBy"
       LEFT JOIN user_account AS decider ON decider.id = shown."decidedBy"
      ORDER BY shown."requestedAt" DESC, shown.id DESC`,
    [awardId],
  );

/** The event's newest confirmed withdrawal: what an award decides on that is proposed now. */
export const findOpenWithdrawal = (tx: Tx, eventId: string): Promise<{ id: string } | undefined> =>
  firstOf<{ id: string }>(
    tx,
    `SELECT withdrawal.id
       FROM award_withdrawal AS withdrawal
       JOIN award ON award.id = withdrawal.award_id
      WHERE award.event_id = ?
        AND withdrawal.state = 'confirmed'
      ORDER BY withdrawal.decided_at DESC, withdrawal.id DESC
      LIMIT 1`,
    [eventId],
  );

export async function insertWithdrawal(tx: Tx, withdrawal: Withdrawal): Promise<void> {
  await tx('award_withdrawal').insert({
    id: withdrawal.id,
    award_id: withdrawal.awardId,
    supplier_id: withdrawal.supplierId,
    reason: withdrawal.reason,
    excludes: withdrawal.excludes,
    state: withdrawal.state,
    requested_by: withdrawal.requestedBy,
    requested_at: withdrawal.requestedAt,
  });
}

export async function saveWithdrawal(tx: Tx, withdrawal: Withdrawal): Promise<void> {
  await tx('award_withdrawal').where({ id: withdrawal.id }).update({
    state: withdrawal.state,
    decided_by: withdrawal.decidedBy,
    decided_at: withdrawal.decidedAt,
    decision_note: withdrawal.decisionNote,
  });
}

export const hasRequested = async (tx: Tx, awardId: string): Promise<boolean> =>
  (await firstOf(tx, `SELECT 1 FROM award_withdrawal WHERE award_id = ? AND state = 'requested'`, [
    awardId,
  ])) !== undefined;

/** Who has lines of the award that stand. */
export const findStanding = async (tx: Tx, awardId: string): Promise<string[]> =>
  (
    await rowsOf<{ supplierId: string }>(
      tx,
      `SELECT DISTINCT award_line.supplier_id AS "supplierId"
         FROM award_line
        WHERE award_line.award_id = ?
          AND award_line.withdrawal_id IS NULL`,
      [awardId],
    )
  ).map((row) => row.supplierId);

/** Marks the lines of these suppliers as withdrawn. */
export async function saveWithdrawnLines(
  tx: Tx,
  of: { awardId: string; supplierIds: readonly string[]; withdrawalId: string },
): Promise<void> {
  await tx('award_line')
    .where({ award_id: of.awardId, withdrawal_id: null })
    .whereIn('supplier_id', [...of.supplierIds])
    .update({ withdrawal_id: of.withdrawalId });
}

/** The orders made from an award so far. Whoever locks the award first sees what was sent, or keeps it from being sent. */
export const findOrdersOf = (tx: Tx, awardId: string): Promise<(AwardOrder & { readonly id: string })[]> =>
  rowsOf(
    tx,
    `SELECT po.id, po.reference, po.supplier_id AS "supplierId", po.sent_at IS NOT NULL AS "isSent",
            po.state = 'cancelled' AS "isCancelled"
       FROM purchase_order AS po
      WHERE po.award_id = ?
      ORDER BY po.reference`,
    [awardId],
  );
