import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { SupplierRecovery } from './supplier-recovery.ts';

const RECOVERY = `
  SELECT recovery.id, recovery.supplier_id AS "supplierId", recovery.state, recovery.reason,
         recovery.replaced_contact_id AS "replacedContactId", recovery.name, recovery.email, recovery.phone,
         recovery.locale, recovery.time_zone AS "timeZone", recovery.requested_by AS "requestedBy",
         recovery.requested_at AS "requestedAt", recovery.objections_until AS "objectionsUntil",
         recovery.decided_by AS "decidedBy", recovery.decided_at AS "decidedAt",
         recovery.decision_reason AS "decisionReason", recovery.objection, recovery.due_at AS "dueAt"`;

type Scope = { readonly id: string; readonly supplierId: string | null };

export const lockById = (tx: Tx, of: Scope): Promise<SupplierRecovery | undefined> =>
  firstOf<SupplierRecovery>(
    tx,
    `${RECOVERY}
    FROM supplier_recovery AS recovery
   WHERE recovery.id = ? AND (?::uuid IS NULL OR recovery.supplier_id = ?) FOR UPDATE`,
    [of.id, of.supplierId, of.supplierId],
  );

/** One that waits for its time to be over, skipping those that another process has just taken. */
export const lockNextDue = (tx: Tx, now: Date): Promise<SupplierRecovery | undefined> =>
  firstOf<SupplierRecovery>(
    tx,
    `${RECOVERY}
    FROM supplier_recovery AS recovery
   WHERE recovery.state = 'approved' AND recovery.due_at <= ?
   ORDER BY recovery.due_at
   LIMIT 1
     FOR UPDATE SKIP LOCKED`,
    [now],
  );

/** False when one is open for this supplier already. */
export async function insertRecovery(tx: Tx, recovery: SupplierRecovery): Promise<boolean> {
  const inserted = await tx('supplier_recovery')
    .insert({
      id: recovery.id,
      supplier_id: recovery.supplierId,
      state: recovery.state,
      reason: recovery.reason,
      replaced_contact_id: recovery.replacedContactId,
      name: recovery.name,
      email: recovery.email,
      phone: recovery.phone,
      locale: recovery.locale,
      time_zone: recovery.timeZone,
      requested_by: recovery.requestedBy,
      requested_at: recovery.requestedAt,
      objections_until: recovery.objectionsUntil,
    })
    .onConflict(tx.raw(`(supplier_id) WHERE state IN ('requested', 'approved', 'objected')`))
    .ignore()
    .returning('id');
  return inserted.length === 1;
}

export async function saveDecision(tx: Tx, recovery: SupplierRecovery): Promise<void> {
  await tx('supplier_recovery')
    .where({ id: recovery.id })
    .update({
      state: recovery.state,
      decided_by: recovery.decidedBy,
      decided_at: recovery.decidedAt,
      decision_reason: recovery.decisionReason,
      due_at: recovery.dueAt,
      version: tx.raw('version + 1'),
    });
}

export async function saveObjection(
  tx: Tx,
  of: { id: string; state: string; objection: string; by: string | null; at: Date },
): Promise<void> {
  await tx('supplier_recovery')
    .where({ id: of.id })
    .update({
      state: of.state,
      objection: of.objection,
      objected_by: of.by,
      objected_at: of.at,
      due_at: null,
      version: tx.raw('version + 1'),
    });
}

export async function saveCompleted(
  tx: Tx,
  of: { id: string; state: string; contactId: string; at: Date },
): Promise<void> {
  await tx('supplier_recovery')
    .where({ id: of.id })
    .update({
      state: of.state,
      contact_id: of.contactId,
      completed_at: of.at,
      due_at: null,
      version: tx.raw('version + 1'),
    });
}

/** A recovery with the names of those it is about. */
export type ShownRecovery = SupplierRecovery & {
  readonly supplierName: string;
  readonly requesterName: string;
  readonly deciderName: string | null;
  readonly replacedName: string | null;
  readonly objectorName: string | null;
};

const SHOWN = `${RECOVERY}, supplier.name AS "supplierName", requester.name AS "requesterName",
         decider.name AS "deciderName", leaver.name AS "replacedName", objector.name AS "objectorName"
    FROM supplier_recovery AS recovery
    JOIN supplier ON supplier.id = recovery.supplier_id
    JOIN user_account AS requester ON requester.id = recovery.requested_by
    LEFT JOIN user_account AS decider ON decider.id = recovery.decided_by
    LEFT JOIN user_account AS objector ON objector.id = recovery.objected_by
    LEFT JOIN supplier_contact AS contact ON contact.id = recovery.replaced_contact_id
    LEFT JOIN user_account AS leaver ON leaver.id = contact.user_id`;

export const findShown = (tx: Tx, of: Scope): Promise<ShownRecovery | undefined> =>
  firstOf<ShownRecovery>(
    tx,
    `${SHOWN} WHERE recovery.id = ? AND (?::uuid IS NULL OR recovery.supplier_id = ?)`,
    [of.id, of.supplierId, of.supplierId],
  );

/** The last recoveries, open ones first: of one supplier, or of all. */
export const findShownList = (tx: Tx, supplierId: string | null): Promise<ShownRecovery[]> =>
  rowsOf<ShownRecovery>(
    tx,
    `${SHOWN}
   WHERE ?::uuid IS NULL OR recovery.supplier_id = ?
   ORDER BY recovery.state IN ('requested', 'approved', 'objected') DESC, recovery.id DESC
   LIMIT 50`,
    [supplierId, supplierId],
  );

/** Those that wait for a decision of somebody other than this person. */
export const findToDecide = (tx: Tx, userIds: readonly string[]): Promise<ShownRecovery[]> =>
  rowsOf<ShownRecovery>(
    tx,
    `${SHOWN}
   WHERE recovery.state IN ('requested', 'objected') AND NOT recovery.requested_by = ANY (?::uuid[])
   ORDER BY recovery.id
   LIMIT 50`,
    [[...userIds]],
  );
