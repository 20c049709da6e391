import type { Role } from '../../kernel/actor.ts';
import type { Day } from '../../kernel/time.ts';
import type { Tx } from '../../platform/db/context.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';

export type Delegation = {
  readonly id: string;
  readonly principalId: string;
  readonly delegateId: string;
  readonly roles: readonly Role[];
  readonly fromOn: Day;
  readonly untilOn: Day;
  readonly timeZone: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly note: string;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
};
export type ShownDelegation = Delegation & { readonly principalName: string; readonly delegateName: string };

const COLUMNS = `
         d.id, d.principal_id AS "principalId", d.delegate_id AS "delegateId", d.roles, d.from_on AS "fromOn",
         d.until_on AS "untilOn", d.time_zone AS "timeZone", d.starts_at AS "startsAt", d.ends_at AS "endsAt",
         d.note, d.created_at AS "createdAt", d.ended_at AS "endedAt"`;
const SHOWN = `
  SELECT ${COLUMNS}, principal.name AS "principalName", delegate.name AS "delegateName"
    FROM delegation AS d
    JOIN user_account AS principal ON principal.id = d.principal_id
    JOIN user_account AS delegate ON delegate.id = d.delegate_id`;
const MOST_SHOWN = 100;

export async function insertDelegation(tx: Tx, of: Omit<Delegation, 'endedAt'>): Promise<void> {
  await tx('delegation').insert({
    id: of.id,
    principal_id: of.principalId,
    delegate_id: of.delegateId,
    roles: [...of.roles],
    from_on: of.fromOn,
    until_on: of.untilOn,
    time_zone: of.timeZone,
    starts_at: of.startsAt,
    ends_at: of.endsAt,
    note: of.note,
    created_at: of.createdAt,
  });
}

export const findDelegation = (tx: Tx, id: string): Promise<ShownDelegation | undefined> =>
  firstOf<ShownDelegation>(tx, `${SHOWN} WHERE d.id = ?`, [id]);

export const lockDelegation = (tx: Tx, id: string): Promise<Delegation | undefined> =>
  firstOf<Delegation>(tx, `SELECT ${COLUMNS} FROM delegation AS d WHERE d.id = ? FOR UPDATE`, [id]);

export async function saveEnded(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
  await tx('delegation')
    .whereIn('id', [...ids])
    .update({ ended_at: at });
}

/** Those given by, or to, somebody; not yet over. */
export const findStanding = (
  tx: Tx,
  by: { principalId: string } | { delegateId: string },
): Promise<Delegation[]> =>
  rowsOf<Delegation>(
    tx,
    `SELECT ${COLUMNS}
       FROM delegation AS d
      WHERE d.ended_at IS NULL
        AND ${'principalId' in by ? 'd.principal_id' : 'd.delegate_id'} = ?`,
    ['principalId' in by ? by.principalId : by.delegateId],
  );

/** The newest first; those over stand last. */
export const findShown = (
  tx: Tx,
  by: { principalId: string } | { delegateId: string } | 'everybody',
): Promise<ShownDelegation[]> => {
  const [where, bindings] =
    by === 'everybody'
      ? ['true', []]
      : 'principalId' in by
        ? ['d.principal_id = ?', [by.principalId]]
        : ['d.delegate_id = ?', [by.delegateId]];
  return rowsOf<ShownDelegation>(
    tx,
    `${SHOWN} WHERE ${where} ORDER BY d.ended_at IS NOT NULL, d.created_at DESC, d.id DESC LIMIT ${MOST_SHOWN}`,
    bindings,
  );
};

/** Delegations that hold at this instant and were given by any of these people, with both names. */
export const findAbsences = (
  tx: Tx,
  of: { principalIds: readonly string[]; now: Date },
): Promise<ShownDelegation[]> =>
  of.principalIds.length === 0
    ? Promise.resolve([])
    : rowsOf<ShownDelegation>(
        tx,
        `${SHOWN}
          WHERE d.principal_id = ANY (:ids)
            AND d.ended_at IS NULL AND d.starts_at <= :now AND d.ends_at > :now
            AND principal.is_active AND delegate.is_active
          ORDER BY d.created_at, d.id`,
        { ids: [...of.principalIds], now: of.now },
      );

/** Of those with a role of their own, who is away at this instant and who acts for it. */
export const findAbsencesInRole = (tx: Tx, of: { role: Role; now: Date }): Promise<ShownDelegation[]> =>
  rowsOf<ShownDelegation>(
    tx,
    `${SHOWN}
      WHERE :role = ANY (d.roles)
        AND d.ended_at IS NULL AND d.starts_at <= :now AND d.ends_at > :now
        AND principal.is_active AND delegate.is_active
        AND EXISTS (SELECT FROM user_role AS r WHERE r.user_id = principal.id AND r.role = :role)
      ORDER BY principal.name, d.id
      LIMIT 20`,
    of,
  );

/** What has run out, or lost one of its two people, and is not noted as ended. */
export const lockRunOut = (tx: Tx, now: Date): Promise<Delegation[]> =>
  rowsOf<Delegation>(
    tx,
    `SELECT ${COLUMNS}
       FROM delegation AS d
       JOIN user_account AS principal ON principal.id = d.principal_id
       JOIN user_account AS delegate ON delegate.id = d.delegate_id
      WHERE d.ended_at IS NULL
        AND (d.ends_at <= ? OR NOT principal.is_active OR NOT delegate.is_active)
      ORDER BY d.id
      LIMIT 200
        FOR UPDATE OF d SKIP LOCKED`,
    [now],
  );

/** Colleagues who could stand in. */
export const findColleagues = (
  tx: Tx,
  exceptId: string,
): Promise<{ id: string; name: string; roles: Role[] }[]> =>
  rowsOf(
    tx,
    `SELECT u.id, u.name, ARRAY(SELECT DISTINCT r.role FROM user_role AS r WHERE r.user_id = u.id ORDER BY r.role) AS roles
       FROM user_account AS u
      WHERE u.kind = 'staff' AND u.is_active AND u.id <> ?
        AND EXISTS (SELECT FROM user_role AS r WHERE r.user_id = u.id)
      ORDER BY lower(u.name), u.id
      LIMIT 500`,
    [exceptId],
  );

/** Everybody who did one of these acts for another, and for whom, on these documents. */
export const findPersonsBehind = async (
  tx: Tx,
  of: { subjectIds: readonly string[]; actions: readonly string[] },
): Promise<string[]> => {
  const rows = await rowsOf<{ id: string }>(
    tx,
    `SELECT DISTINCT person.id
       FROM event AS e
      CROSS JOIN LATERAL (VALUES (e.actor_id), (e.on_behalf_of_id)) AS person (id)
      WHERE e.subject_id = ANY (?) AND e.on_behalf_of_id IS NOT NULL AND e.action = ANY (?)`,
    [[...of.subjectIds], [...of.actions]],
  );
  return rows.map((row) => row.id);
};
