import type { Role } from '../../kernel/actor.ts';
import type { Tx } from '../../platform/db/context.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { RoleSource } from '../user.ts';
import type { Grantee } from './granting.ts';

export type LockedPerson = Grantee & {
  readonly email: string;
  readonly supplierId: string | null;
  readonly version: number;
};

export const lockPerson = (tx: Tx, id: string): Promise<LockedPerson | undefined> =>
  firstOf<LockedPerson>(
    tx,
    `SELECT person.id, person.name, person.email, person.kind, person.is_active AS "isActive",
            person.supplier_id AS "supplierId", person.version,
            ARRAY(SELECT DISTINCT held.role FROM user_role AS held WHERE held.user_id = person.id) AS roles
       FROM user_account AS person
      WHERE person.id = ?
        FOR NO KEY UPDATE OF person`,
    [id],
  );

/** Where somebody has a role from. */
export const findSources = (tx: Tx, of: { userId: string; role: Role }): Promise<RoleSource[]> =>
  tx('user_role').where({ user_id: of.userId, role: of.role }).pluck<RoleSource[]>('source');

export async function insertGranted(
  tx: Tx,
  of: { userId: string; role: Role; grantedBy: string | null; reason: string; at: Date },
): Promise<void> {
  await tx('user_role').insert({
    user_id: of.userId,
    role: of.role,
    source: 'granted',
    granted_by: of.grantedBy,
    granted_at: of.at,
    reason: of.reason,
  });
  await saveChanged(tx, of.userId);
}

export async function deleteGranted(tx: Tx, of: { userId: string; role: Role }): Promise<void> {
  await tx('user_role').where({ user_id: of.userId, role: of.role, source: 'granted' }).delete();
  await saveChanged(tx, of.userId);
}

export async function saveActive(tx: Tx, id: string, isActive: boolean): Promise<void> {
  await tx('user_account')
    .where({ id })
    .update({ is_active: isActive, version: tx.raw('version + 1') });
}

/** Whoever saw the person before this change has to look again. */
export async function saveChanged(tx: Tx, id: string): Promise<void> {
  await tx('user_account')
    .where({ id })
    .update({ version: tx.raw('version + 1') });
}

/** Makes the links that were mailed to somebody open nothing any more. */
export async function useUpLinks(tx: Tx, userId: string, at: Date): Promise<void> {
  await tx('sign_in_link').where({ user_id: userId, used_at: null }).update({ used_at: at });
}

/** Ends all sessions of a user; gives how many there were. */
export const endSessions = (tx: Tx, userId: string): Promise<number> =>
  tx('web_session').whereRaw(`sess ->> 'userId' = ?`, [userId]).delete();

/**
 * How many active administrators there are besides this one. Whoever asks waits for whoever asked before and has
 * not finished yet: two of the last two cannot be taken away at the same moment.
 */
export async function countOtherAdministrators(tx: Tx, userId: string): Promise<number> {
  await tx.raw(`SELECT pg_advisory_xact_lock(hashtext('identity.administrators'))`);
  const rows = await rowsOf<{ count: number }>(
    tx,
    `SELECT count(*)::int AS count
       FROM user_account AS person
      WHERE person.is_active
        AND person.id <> ?
        AND EXISTS (SELECT FROM user_role AS held
                     WHERE held.user_id = person.id AND held.role = 'administrator')`,
    [userId],
  );
  return rows[0]?.count ?? 0;
}

/** What of the identity provider's groups counts here, as of the last sign-in. */
export async function replaceGroups(tx: Tx, userId: string, groups: readonly string[]): Promise<void> {
  await tx('user_group')
    .where({ user_id: userId })
    .whereNotIn('group_name', [...groups])
    .delete();
  await tx.raw(
    `INSERT INTO user_group (user_id, group_name)
     SELECT ?, name FROM unnest(?::text[]) AS name
     ON CONFLICT DO NOTHING`,
    [userId, [...groups]],
  );
}
