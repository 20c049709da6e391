import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Amendment } from './amendment.ts';
import type { Difference, Proposal } from './amendment-difference.ts';

const AMENDMENT = `
  SELECT amendment.id, amendment.event_id AS "eventId", amendment.number, amendment.state, amendment.round,
         amendment.event_version AS "eventVersion", amendment.proposal, amendment.touches_all AS "touchesAll",
         amendment.reason, amendment.changes, amendment.closes_at_before AS "closesAtBefore",
         amendment.closes_at AS "closesAt", amendment.drafted_by AS "draftedBy", amendment.created_at AS "createdAt",
         amendment.approval_requested_by AS "approvalRequestedBy", amendment.approved_by AS "approvedBy",
         amendment.published_by AS "publishedBy", amendment.published_at AS "publishedAt",
         amendment.settled_at AS "settledAt", amendment.version
    FROM amendment`;

type Row = Omit<Amendment, 'proposal'> & { readonly proposal: StoredProposal };
type StoredProposal = Pick<Proposal, 'items'> &
  // Amendments of before knew of terms and lines only.
  Partial<Omit<Proposal, 'terms' | 'items'>> & {
    readonly terms: Omit<Proposal['terms'], 'closesAt' | 'enquiriesUntil'> & {
      readonly closesAt: string | null;
      readonly enquiriesUntil: string | null;
    };
  };

/** JSON knows no instants. */
const revived = (row: Row): Amendment => {
  const { closesAt, enquiriesUntil } = row.proposal.terms;
  const at = (text: string | null): Date | null => (text === null ? null : new Date(text));
  const terms = { ...row.proposal.terms, closesAt: at(closesAt), enquiriesUntil: at(enquiriesUntil) };
  const { lots = null, plan = null, removedFileIds = [] } = row.proposal;
  return { ...row, proposal: { ...row.proposal, terms, lots, plan, removedFileIds } };
};

type Of = { readonly eventId: string; readonly id: string };

const read = async (tx: Tx, of: Of, locking: string): Promise<Amendment | undefined> => {
  const row = await firstOf<Row>(
    tx,
    `${AMENDMENT} WHERE amendment.id = ? AND amendment.event_id = ? ${locking}`,
    [of.id, of.eventId],
  );
  return row === undefined ? undefined : revived(row);
};

export const findAmendment = (tx: Tx, of: Of): Promise<Amendment | undefined> => read(tx, of, '');

/** The one that is not published yet; there is at most one. */
export const findInTheMaking = async (tx: Tx, eventId: string): Promise<string | undefined> =>
  (
    await firstOf<{ id: string }>(
      tx,
      `SELECT amendment.id
         FROM amendment
        WHERE amendment.event_id = ?
          AND amendment.state IN ('draft', 'pending_approval', 'approved')`,
      [eventId],
    )
  )?.id;

/** After its event, which is held by everybody who moves an amendment. */
export const lockAmendment = (tx: Tx, of: Of): Promise<Amendment | undefined> => read(tx, of, 'FOR UPDATE');

export async function insertAmendment(tx: Tx, amendment: Amendment): Promise<void> {
  await tx('amendment').insert({ id: amendment.id, event_id: amendment.eventId, ...columnsOf(amendment) });
}

/** Saves the next version of it. */
export async function saveAmendment(tx: Tx, amendment: Amendment): Promise<void> {
  await tx('amendment')
    .where({ id: amendment.id })
    .update({ ...columnsOf(amendment), version: amendment.version + 1 });
}

const columnsOf = (amendment: Amendment): Record<string, unknown> => ({
  number: amendment.number,
  state: amendment.state,
  round: amendment.round,
  event_version: amendment.eventVersion,
  proposal: JSON.stringify(amendment.proposal),
  touches_all: amendment.touchesAll,
  reason: amendment.reason,
  changes: amendment.changes === null ? null : JSON.stringify(amendment.changes),
  closes_at_before: amendment.closesAtBefore,
  closes_at: amendment.closesAt,
  drafted_by: amendment.draftedBy,
  created_at: amendment.createdAt,
  approval_requested_by: amendment.approvalRequestedBy,
  approved_by: amendment.approvedBy,
  published_by: amendment.publishedBy,
  published_at: amendment.publishedAt,
  version: amendment.version,
});

/** The number of the last one that was published; 0 before the first. */
export const lastNumber = async (tx: Tx, eventId: string): Promise<number> =>
  (
    await firstOf<{ number: number }>(
      tx,
      'SELECT coalesce(max(amendment.number), 0) AS number FROM amendment WHERE amendment.event_id = ?',
      [eventId],
    )
  )?.number ?? 0;

/** What decides which bids an amendment touches. */
export type ToSettle = Pick<
  Amendment,
  'id' | 'eventId' | 'number' | 'touchesAll' | 'changes' | 'publishedAt' | 'settledAt'
>;

export const findToSettle = (tx: Tx, id: string): Promise<ToSettle | undefined> =>
  firstOf<ToSettle>(
    tx,
    `SELECT amendment.id, amendment.event_id AS "eventId", amendment.number, amendment.touches_all AS "touchesAll",
            amendment.changes, amendment.published_at AS "publishedAt", amendment.settled_at AS "settledAt"
       FROM amendment
      WHERE amendment.id = ?
        AND amendment.state = 'published'`,
    [id],
  );

export async function saveSettled(tx: Tx, id: string, at: Date): Promise<void> {
  await tx('amendment').where({ id }).update({ settled_at: at });
}

/** A published amendment as a supplier that takes part reads it. */
export type PublishedAmendment = {
  readonly id: string;
  readonly number: number;
  readonly reason: string;
  readonly changes: Difference;
  readonly touchesAll: boolean;
  readonly closesAtBefore: Date | null;
  readonly closesAt: Date | null;
  readonly publishedAt: Date;
  readonly seenAt: Date | null;
  readonly acknowledgedAt: Date | null;
  /** It came after the supplier was invited, and was not acknowledged. */
  readonly isToAcknowledge: boolean;
};

/** The newest first. Which a supplier may read, the database says: those of the rounds it was asked in. */
export const findPublishedFor = (
  tx: Tx,
  of: { eventId: string; supplierId: string },
): Promise<PublishedAmendment[]> =>
  rowsOf<PublishedAmendment>(
    tx,
    `SELECT amendment.id, amendment.number, amendment.reason, amendment.changes,
            amendment.touches_all AS "touchesAll", amendment.closes_at_before AS "closesAtBefore",
            amendment.closes_at AS "closesAt", amendment.published_at AS "publishedAt", own.seen_at AS "seenAt",
            own.acknowledged_at AS "acknowledgedAt",
            own.acknowledged_at IS NULL AND amendment.published_at > invitation.invited_at AS "isToAcknowledge"
       FROM amendment
       JOIN invitation ON invitation.event_id = amendment.event_id AND invitation.supplier_id = ?
       LEFT JOIN amendment_acknowledgement AS own
         ON own.amendment_id = amendment.id AND own.supplier_id = invitation.supplier_id
      WHERE amendment.event_id = ?
        AND amendment.state = 'published'
        AND amendment.round <= invitation.last_round
      ORDER BY amendment.number DESC
      LIMIT 100`,
    [of.supplierId, of.eventId],
  );

/** Notes a look, or an acknowledgement, once. */
export const saveAcknowledgements = (
  tx: Tx,
  amendmentIds: readonly string[],
  of: { supplierId: string; at: Date; acknowledgedBy: string | null },
): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO amendment_acknowledgement (amendment_id, supplier_id, seen_at, acknowledged_at, acknowledged_by)
     SELECT shown.id, ?, ?, CASE WHEN ?::uuid IS NOT NULL THEN ?::timestamptz END, ?
       FROM unnest(?::uuid[]) AS shown (id)
         ON CONFLICT (amendment_id, supplier_id) DO UPDATE
        SET acknowledged_at = coalesce(amendment_acknowledgement.acknowledged_at, excluded.acknowledged_at),
            acknowledged_by = coalesce(amendment_acknowledgement.acknowledged_by, excluded.acknowledged_by)`,
    [of.supplierId, of.at, of.acknowledgedBy, of.at, of.acknowledgedBy, amendmentIds],
  );

/** Whose event a file of an amendment belongs to. */
export const findEventOf = (tx: Tx, id: string): Promise<{ eventId: string } | undefined> =>
  firstOf<{ eventId: string }>(
    tx,
    'SELECT amendment.event_id AS "eventId" FROM amendment WHERE amendment.id = ?',
    [id],
  );
