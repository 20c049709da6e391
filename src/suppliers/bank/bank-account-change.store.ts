import type { Tx } from '../../platform/db/context.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { BankAccountChange } from './bank-account-change.ts';

/** A change as it is stored: its details are ciphertext, sealed to its row. */
export type StoredChange = BankAccountChange & { readonly sealedDetails: Buffer };

const FACTS = `change.id, change.supplier_id AS "supplierId", change.state, change.account_tail AS "accountTail", change.reason, change.requested_by AS "requestedBy",
         change.requested_at AS "requestedAt", change.called_contact_id AS "calledContactId",
         change.called_number AS "calledNumber", change.verified_by AS "verifiedBy", change.verified_at AS "verifiedAt",
         change.approved_by AS "approvedBy", change.approved_at AS "approvedAt", change.due_at AS "dueAt",
         change.active_from AS "activeFrom", change.ended_at AS "endedAt",
         change.rejection_reason AS "rejectionReason", change.version`;
const CHANGE = `SELECT ${FACTS}, change.sealed_details AS "sealedDetails" FROM bank_account_change AS change`;

type Of = { readonly id: string; readonly supplierId: string | null };
const OF = 'change.id = ? AND (?::uuid IS NULL OR change.supplier_id = ?)';

export const lockChange = (tx: Tx, of: Of): Promise<StoredChange | undefined> =>
  firstOf<StoredChange>(tx, `${CHANGE} WHERE ${OF} FOR UPDATE`, [of.id, of.supplierId, of.supplierId]);

/** The next one whose time to object is over, held for who asks. */
export const lockNextDue = (tx: Tx, now: Date): Promise<StoredChange | undefined> =>
  firstOf<StoredChange>(
    tx,
    `${CHANGE}
      WHERE change.state = 'cooling_off' AND change.due_at <= ?
      ORDER BY change.due_at
      LIMIT 1
        FOR UPDATE SKIP LOCKED`,
    [now],
  );

/** False when one is under way already. */
export async function insertChange(tx: Tx, change: StoredChange): Promise<boolean> {
  const inserted = await tx('bank_account_change')
    .insert({
      id: change.id,
      supplier_id: change.supplierId,
      state: change.state,
      sealed_details: change.sealedDetails,
      account_tail: change.accountTail,
      reason: change.reason,
      requested_by: change.requestedBy,
      requested_at: change.requestedAt,
    })
    .onConflict(tx.raw(`(supplier_id) WHERE state NOT IN ('active', 'rejected')`))
    .ignore()
    .returning('id');
  return inserted.length === 1;
}

/** @param by who rejected it, where somebody did */
export async function saveChange(tx: Tx, change: BankAccountChange, by: string | null = null): Promise<void> {
  await tx('bank_account_change')
    .where({ id: change.id })
    .update({
      state: change.state,
      called_contact_id: change.calledContactId,
      called_number: change.calledNumber,
      verified_by: change.verifiedBy,
      verified_at: change.verifiedAt,
      approved_by: change.approvedBy,
      approved_at: change.approvedAt,
      due_at: change.dueAt,
      active_from: change.activeFrom,
      rejected_by: by,
      rejection_reason: change.rejectionReason,
      version: tx.raw('version + 1'),
    });
}

/** The account that was in use until now is not any more; gives its id, where there was one. */
export async function endAccountInUse(tx: Tx, supplierId: string, at: Date): Promise<string | null> {
  const [ended] = await tx('bank_account_change')
    .where({ supplier_id: supplierId, state: 'active', ended_at: null })
    .update({ ended_at: at })
    .returning<{ id: string }[]>('id');
  return ended?.id ?? null;
}

/** A change with the names of those it is about. */
export type ShownChange = BankAccountChange & {
  readonly supplierName: string;
  readonly requesterName: string;
  readonly calledName: string | null;
  readonly verifierName: string | null;
  readonly approverName: string | null;
  readonly rejecterName: string | null;
};

const SHOWN = `
  SELECT ${FACTS}, supplier.name AS "supplierName", requester.name AS "requesterName", called.name AS "calledName",
         verifier.name AS "verifierName", approver.name AS "approverName", rejecter.name AS "rejecterName"
    FROM bank_account_change AS change
    JOIN supplier ON supplier.id = change.supplier_id
    JOIN user_account AS requester ON requester.id = change.requested_by
    LEFT JOIN supplier_contact AS contact ON contact.id = change.called_contact_id
    LEFT JOIN user_account AS called ON called.id = contact.user_id
    LEFT JOIN user_account AS verifier ON verifier.id = change.verified_by
    LEFT JOIN user_account AS approver ON approver.id = change.approved_by
    LEFT JOIN user_account AS rejecter ON rejecter.id = change.rejected_by`;

export const findShown = (tx: Tx, of: Of): Promise<ShownChange | undefined> =>
  firstOf<ShownChange>(tx, `${SHOWN} WHERE ${OF}`, [of.id, of.supplierId, of.supplierId]);

/** The sealed details of a change that can be seen. */
export const findSealedDetails = async (tx: Tx, id: string): Promise<Buffer | undefined> =>
  (
    await firstOf<{ sealed: Buffer }>(
      tx,
      'SELECT change.sealed_details AS sealed FROM bank_account_change AS change WHERE change.id = ?',
      [id],
    )
  )?.sealed;

/** The last changes, those under way first: of one supplier, or of all. */
export const findShownList = (tx: Tx, supplierId: string | null): Promise<ShownChange[]> =>
  rowsOf<ShownChange>(
    tx,
    `${SHOWN}
      WHERE ?::uuid IS NULL OR change.supplier_id = ?
      ORDER BY change.state IN ('active', 'rejected'), change.requested_at DESC, change.id DESC
      LIMIT 100`,
    [supplierId, supplierId],
  );

/** Those that wait for an act of ours. */
export const findToDecide = (tx: Tx): Promise<ShownChange[]> =>
  rowsOf<ShownChange>(
    tx,
    `${SHOWN}
      WHERE change.state IN ('requested', 'verified_by_callback')
      ORDER BY change.requested_at, change.id
      LIMIT 50`,
    [],
  );

/** The accounts in use of these suppliers; one that has none is left out. */
export const findInUse = (tx: Tx, supplierIds: readonly string[]): Promise<StoredChange[]> =>
  rowsOf<StoredChange>(
    tx,
    `${CHANGE}
      WHERE change.supplier_id = ANY (?::uuid[]) AND change.state = 'active' AND change.ended_at IS NULL`,
    [[...supplierIds]],
  );
