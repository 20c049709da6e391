import type { Role } from '../../kernel/actor.ts';
import type { Tx } from '../../platform/db/context.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { RoleSource } from '../user.ts';
import type { RoleRequestState } from './role-request.ts';

/** Somebody with an account, and how it signs in. */
export type PersonShown = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly kind: 'staff' | 'supplier';
  readonly supplierId: string | null;
  readonly supplierName: string | null;
  readonly isActive: boolean;
  readonly version: number;
  readonly createdAt: Date;
  readonly lastSignedInAt: Date | null;
  readonly idpEntityId: string | null;
  readonly nameId: string | null;
  readonly hasPassword: boolean;
  readonly hasTotp: boolean;
  readonly passkeyCount: number;
  readonly recoveryCodeCount: number;
  readonly groups: readonly string[];
};

export const findPersonShown = (tx: Tx, id: string): Promise<PersonShown | undefined> =>
  firstOf<PersonShown>(
    tx,
    `SELECT person.id, person.name, person.email, person.kind, person.supplier_id AS "supplierId",
            supplier.name AS "supplierName", person.is_active AS "isActive", person.version,
            person.created_at AS "createdAt", person.last_signed_in_at AS "lastSignedInAt",
            person.idp_entity_id AS "idpEntityId", person.name_id AS "nameId",
            person.password_hash IS NOT NULL AS "hasPassword",
            EXISTS (SELECT FROM totp
                     WHERE totp.user_id = person.id AND totp.confirmed_at IS NOT NULL) AS "hasTotp",
            (SELECT count(*)::int FROM passkey WHERE passkey.user_id = person.id) AS "passkeyCount",
            (SELECT count(*)::int FROM recovery_code AS code
              WHERE code.user_id = person.id AND code.used_at IS NULL) AS "recoveryCodeCount",
            ARRAY(SELECT known.group_name FROM user_group AS known
                   WHERE known.user_id = person.id ORDER BY known.group_name) AS groups
       FROM user_account AS person
       LEFT JOIN supplier ON supplier.id = person.supplier_id
      WHERE person.id = ?`,
    [id],
  );

/** A role, and one place it comes from. */
export type RoleShown = {
  readonly role: Role;
  readonly source: RoleSource;
  readonly grantedAt: Date;
  readonly grantedBy: string | null;
  readonly reason: string | null;
};

export const findRolesShown = (tx: Tx, userId: string): Promise<RoleShown[]> =>
  rowsOf<RoleShown>(
    tx,
    `SELECT held.role, held.source, held.granted_at AS "grantedAt", giver.name AS "grantedBy", held.reason
       FROM user_role AS held
       LEFT JOIN user_account AS giver ON giver.id = held.granted_by
      WHERE held.user_id = ?
      ORDER BY held.role, held.source`,
    [userId],
  );

/** A request for a role, with the names of all it concerns. */
export type RequestShown = {
  readonly id: string;
  readonly userId: string;
  readonly userName: string;
  readonly role: Role;
  readonly state: RoleRequestState;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requesterName: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly deciderName: string | null;
  readonly decidedAt: Date | null;
  readonly decisionReason: string | null;
};

const REQUEST_SHOWN = `
  SELECT request.id, request.user_id AS "userId", person.name AS "userName", request.role, request.state,
         request.reason, request.requested_by AS "requestedBy", requester.name AS "requesterName",
         request.requested_at AS "requestedAt", request.expires_at AS "expiresAt",
         decider.name AS "deciderName", request.decided_at AS "decidedAt",
         request.decision_reason AS "decisionReason"
    FROM role_grant_request AS request
    JOIN user_account AS person ON person.id = request.user_id
    JOIN user_account AS requester ON requester.id = request.requested_by
    LEFT JOIN user_account AS decider ON decider.id = request.decided_by`;

export const findRequestShown = (tx: Tx, id: string): Promise<RequestShown | undefined> =>
  firstOf<RequestShown>(tx, `${REQUEST_SHOWN} WHERE request.id = ?`, [id]);

/** The last requests for one person, or for anybody: those that wait first. */
export const findRequestsShown = (tx: Tx, of: { userId: string | null }): Promise<RequestShown[]> =>
  rowsOf<RequestShown>(
    tx,
    `${REQUEST_SHOWN}
      WHERE CAST(:userId AS uuid) IS NULL OR request.user_id = CAST(:userId AS uuid)
      ORDER BY (request.state = 'pending') DESC, request.id DESC
      LIMIT 100`,
    { userId: of.userId },
  );

/** How many active staff have each role, and from where. */
export const countRoles = (tx: Tx): Promise<{ role: Role; source: RoleSource; count: number }[]> =>
  rowsOf(
    tx,
    `SELECT held.role, held.source, count(*)::int AS count
       FROM user_role AS held
       JOIN user_account AS person ON person.id = held.user_id
      WHERE person.kind = 'staff' AND person.is_active
      GROUP BY held.role, held.source
      ORDER BY held.role, held.source`,
  );

/** How many active people had each group at their last sign-in. */
export const countGroups = (tx: Tx): Promise<{ name: string; count: number }[]> =>
  rowsOf(
    tx,
    `SELECT known.group_name AS name, count(*)::int AS count
       FROM user_group AS known
       JOIN user_account AS person ON person.id = known.user_id
      WHERE person.is_active
      GROUP BY known.group_name
      ORDER BY known.group_name
      LIMIT 500`,
  );
