import type { Scope as Places } from '../../kernel/actor.ts';
import type { Tx } from '../../platform/db/context.ts';
import { inScope, placeByOrderId } from '../../platform/db/scope.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { CorrectiveAction, Nonconformance } from './nonconformance.ts';

const NONCONFORMANCE = `
         ncr.id, ncr.reference, ncr.supplier_id AS "supplierId", ncr.plant_code AS "plantCode",
         ncr.order_id AS "orderId", ncr.po_line_id AS "poLineId", ncr.goods_receipt_id AS "receiptId", ncr.quantity,
         ncr.found, ncr.defect, ncr.severity, ncr.needs_8d AS "needs8d", ncr.disposition, ncr.claim,
         ncr.claim_amount AS "claimAmount", ncr.returned_quantity AS "returnedQuantity", ncr.state,
         ncr.due_at AS "dueAt", ncr.reminded_at AS "remindedAt", ncr.opened_by AS "openedBy",
         ncr.opened_at AS "openedAt", ncr.closed_by AS "closedBy", ncr.closed_at AS "closedAt",
         ncr.closing_note AS "closingNote", ncr.version`;

type Of = Places & { readonly id: string; readonly supplierId: string | null };
/** A supplier sees its own, staff those of their places. */
const ONE = `SELECT ${NONCONFORMANCE}
  FROM nonconformance AS ncr
 WHERE ncr.id = :id AND (:supplierId::uuid IS NULL OR ncr.supplier_id = :supplierId)
   AND ${inScope(placeByOrderId('ncr.order_id'), { plants: ':plants', categories: ':categories' })}`;

export const lockNonconformance = (tx: Tx, of: Of): Promise<Nonconformance | undefined> =>
  firstOf<Nonconformance>(tx, `${ONE} FOR UPDATE OF ncr`, { ...of });

export const findNonconformance = (tx: Tx, of: Of): Promise<Nonconformance | undefined> =>
  firstOf<Nonconformance>(tx, ONE, { ...of });

/** Those that are late and were not reminded of. */
export const lockLate = (tx: Tx, at: Date, limit: number): Promise<Nonconformance[]> =>
  rowsOf<Nonconformance>(
    tx,
    `SELECT ${NONCONFORMANCE}
       FROM nonconformance AS ncr
      WHERE ncr.due_at <= ? AND ncr.reminded_at IS NULL
      ORDER BY ncr.due_at
      LIMIT ?
        FOR UPDATE SKIP LOCKED`,
    [at, limit],
  );

export async function insertNonconformances(tx: Tx, all: readonly Nonconformance[]): Promise<void> {
  if (all.length === 0) return;
  await tx('nonconformance').insert(
    all.map((one) => ({
      id: one.id,
      reference: one.reference,
      supplier_id: one.supplierId,
      plant_code: one.plantCode,
      order_id: one.orderId,
      po_line_id: one.poLineId,
      goods_receipt_id: one.receiptId,
      quantity: one.quantity,
      found: one.found,
      defect: one.defect,
      severity: one.severity,
      needs_8d: one.needs8d,
      disposition: one.disposition,
      claim: one.claim,
      claim_amount: one.claimAmount,
      returned_quantity: one.returnedQuantity,
      state: one.state,
      due_at: one.dueAt,
      opened_by: one.openedBy,
      opened_at: one.openedAt,
    })),
  );
}

export async function saveNonconformance(tx: Tx, one: Nonconformance): Promise<void> {
  await tx('nonconformance')
    .where({ id: one.id })
    .update({
      state: one.state,
      due_at: one.dueAt,
      reminded_at: one.remindedAt,
      closed_by: one.closedBy,
      closed_at: one.closedAt,
      closing_note: one.closingNote,
      version: tx.raw('version + 1'),
    });
}

export const findAnswers = (tx: Tx, nonconformanceId: string): Promise<CorrectiveAction[]> =>
  rowsOf<CorrectiveAction>(
    tx,
    `SELECT answer.id, answer.nonconformance_id AS "nonconformanceId", answer.supplier_id AS "supplierId", answer.step,
            answer.body, answer.written_by AS "writtenBy", answer.written_at AS "writtenAt",
            answer.returned_by AS "returnedBy", answer.returned_at AS "returnedAt",
            answer.return_reason AS "returnReason"
       FROM corrective_action AS answer
      WHERE answer.nonconformance_id = ?
      ORDER BY answer.written_at, answer.id`,
    [nonconformanceId],
  );

export async function insertAnswer(tx: Tx, answer: CorrectiveAction): Promise<void> {
  await tx('corrective_action').insert({
    id: answer.id,
    nonconformance_id: answer.nonconformanceId,
    supplier_id: answer.supplierId,
    step: answer.step,
    body: answer.body,
    written_by: answer.writtenBy,
    written_at: answer.writtenAt,
  });
}

export async function saveReturned(tx: Tx, answer: CorrectiveAction): Promise<void> {
  await tx('corrective_action').where({ id: answer.id }).update({
    returned_by: answer.returnedBy,
    returned_at: answer.returnedAt,
    return_reason: answer.returnReason,
  });
}
