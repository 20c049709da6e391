import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../platform/db/context.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { RoleRequest, RoleRequestState } from './role-request.ts';

const REQUEST = `
  SELECT request.id, request.user_id AS "userId", request.role, request.state, request.reason,
         request.requested_by AS "requestedBy", request.requested_at AS "requestedAt",
         request.expires_at AS "expiresAt", request.decision_reason AS "decisionReason"
    FROM role_grant_request AS request`;

export const findRequest = (tx: Tx, id: string): Promise<RoleRequest | undefined> =>
  firstOf<RoleRequest>(tx, `${REQUEST} WHERE request.id = ?`, [id]);

export const lockRequest = (tx: Tx, id: string): Promise<RoleRequest | undefined> =>
  firstOf<RoleRequest>(tx, `${REQUEST} WHERE request.id = ? FOR UPDATE`, [id]);

/** False when the same is asked for already. */
export async function insertRequest(tx: Tx, request: RoleRequest): Promise<boolean> {
  const inserted = await rowsOf(
    tx,
    `INSERT INTO role_grant_request (id, user_id, role, state, reason, requested_by, requested_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, role) WHERE state = 'pending' DO NOTHING
     RETURNING id`,
    [
      request.id,
      request.userId,
      request.role,
      request.state,
      request.reason,
      request.requestedBy,
      request.requestedAt,
      request.expiresAt,
    ],
  );
  return inserted.length > 0;
}

export async function saveDecision(
  tx: Tx,
  id: string,
  to: { state: RoleRequestState; decidedBy: string | null; reason: string | null; at: Date },
): Promise<void> {
  await tx('role_grant_request')
    .where({ id })
    .update({ state: to.state, decided_by: to.decidedBy, decision_reason: to.reason, decided_at: to.at });
}

/** Ends the requests whose time is over; gives those it ended. */
export const expireDue = (tx: Tx, now: Date): Promise<{ id: string; userId: string }[]> =>
  rowsOf(
    tx,
    `UPDATE role_grant_request AS request
        SET state = 'expired', decided_at = :now
      WHERE request.id IN (SELECT due.id
                             FROM role_grant_request AS due
                            WHERE due.state = 'pending' AND due.expires_at <= :now
                            ORDER BY due.id
                              FOR UPDATE SKIP LOCKED)
     RETURNING request.id, request.user_id AS "userId"`,
    { now },
  );

/** Requests that this person may decide, the oldest first. */
export const findToDecide = (
  tx: Tx,
  actor: Pick<Actor, 'userId'>,
  now: Date,
): Promise<{ id: string; name: string; role: string; expiresAt: Date }[]> =>
  rowsOf(
    tx,
    `SELECT request.id, person.name, request.role, request.expires_at AS "expiresAt"
       FROM role_grant_request AS request
       JOIN user_account AS person ON person.id = request.user_id
      WHERE request.state = 'pending'
        AND request.expires_at > :now
        AND :actorId NOT IN (request.requested_by, request.user_id)
      ORDER BY request.id
      LIMIT 100`,
    { now, actorId: actor.userId },
  );
