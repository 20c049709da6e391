import { newId } from '../kernel/id.ts';
import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Invitation } from './invitation.ts';

const INVITATION = `
  SELECT invitation.id, invitation.event_id AS "eventId", invitation.supplier_id AS "supplierId",
         invitation.state, invitation.invited_at AS "invitedAt", invitation.viewed_at AS "viewedAt",
         invitation.responded_at AS "respondedAt", invitation.decline_reason AS "declineReason",
         invitation.last_round AS "lastRound", invitation.bidding_ended_at AS "biddingEndedAt"
    FROM invitation
   WHERE invitation.event_id = ?`;

type Of = { readonly eventId: string; readonly supplierId: string };

export const findOne = (tx: Tx, of: Of): Promise<Invitation | undefined> =>
  firstOf<Invitation>(tx, `${INVITATION} AND invitation.supplier_id = ?`, [of.eventId, of.supplierId]);

export const lockOne = (tx: Tx, of: Of): Promise<Invitation | undefined> =>
  firstOf<Invitation>(tx, `${INVITATION} AND invitation.supplier_id = ? FOR UPDATE`, [
    of.eventId,
    of.supplierId,
  ]);

export const findAll = (tx: Tx, eventId: string): Promise<Invitation[]> =>
  rowsOf<Invitation>(tx, `${INVITATION} ORDER BY invitation.id`, [eventId]);

/** Adds those that are not invited yet, in one statement; gives their ids. */
export const insertInvitations = (
  tx: Tx,
  of: { eventId: string; supplierIds: readonly string[]; state: string; invitedAt: Date | null },
): Promise<{ id: string; supplierId: string }[]> =>
  rowsOf(
    tx,
    `INSERT INTO invitation (id, event_id, supplier_id, state, invited_at)
     SELECT fresh.id, ?, fresh.supplier_id, ?, ?
       FROM jsonb_to_recordset(?::jsonb) AS fresh (id uuid, supplier_id uuid)
     ON CONFLICT (event_id, supplier_id) DO NOTHING
     RETURNING invitation.id, invitation.supplier_id AS "supplierId"`,
    [
      of.eventId,
      of.state,
      of.invitedAt,
      JSON.stringify(of.supplierIds.map((supplierId) => ({ id: newId(), supplier_id: supplierId }))),
    ],
  );

/** Forgets those who were chosen and not yet told. */
export const deleteUntold = (
  tx: Tx,
  of: { eventId: string; supplierIds: readonly string[] },
): Promise<{ id: string; supplierId: string }[]> =>
  rowsOf(
    tx,
    `DELETE FROM invitation
      WHERE invitation.event_id = ?
        AND invitation.invited_at IS NULL
        AND invitation.supplier_id = ANY (?::uuid[])
     RETURNING invitation.id, invitation.supplier_id AS "supplierId"`,
    [of.eventId, of.supplierIds],
  );

/** The moment at which all who were chosen are told. */
export const saveInvited = (
  tx: Tx,
  of: { eventId: string; invitedAt: Date },
): Promise<{ id: string; supplierId: string }[]> =>
  rowsOf(
    tx,
    `UPDATE invitation
        SET invited_at = ?
      WHERE invitation.event_id = ?
        AND invitation.invited_at IS NULL
     RETURNING invitation.id, invitation.supplier_id AS "supplierId"`,
    [of.invitedAt, of.eventId],
  );

export async function saveUninvited(tx: Tx, invitation: Invitation, reason: string): Promise<void> {
  await tx('invitation')
    .where({ id: invitation.id })
    .update({ state: invitation.state, uninvite_reason: reason });
}

export async function saveAnswer(tx: Tx, invitation: Invitation): Promise<void> {
  await tx('invitation').where({ id: invitation.id }).update({
    state: invitation.state,
    viewed_at: invitation.viewedAt,
    responded_at: invitation.respondedAt,
    decline_reason: invitation.declineReason,
  });
}
