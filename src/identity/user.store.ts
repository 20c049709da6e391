import type { Role } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Person, Preferences, RoleSource, User } from './user.ts';

const USER = `
  SELECT u.id, u.kind, u.name, u.email, u.locale, u.time_zone AS "timeZone", u.theme,
         u.supplier_id AS "supplierId", u.is_active AS "isActive",
         u.password_hash IS NOT NULL AS "hasPassword",
         (EXISTS (SELECT FROM passkey AS p WHERE p.user_id = u.id)
          OR EXISTS (SELECT FROM totp AS t WHERE t.user_id = u.id AND t.confirmed_at IS NOT NULL)) AS "hasSecondFactor",
         ARRAY(SELECT DISTINCT r.role FROM user_role AS r WHERE r.user_id = u.id ORDER BY r.role) AS roles
    FROM user_account AS u`;

const PERSON = `
  SELECT u.id, u.name, u.email, u.locale, u.time_zone AS "timeZone"
    FROM user_account AS u`;

export const findById = (tx: Tx, id: string): Promise<User | undefined> =>
  firstOf<User>(tx, `${USER} WHERE u.id = ?`, [id]);

export const lockById = (tx: Tx, id: string): Promise<User | undefined> =>
  firstOf<User>(tx, `${USER} WHERE u.id = ? FOR UPDATE OF u`, [id]);

/** A staff member as its identity provider knows it: the only key that counts. */
export const lockByNameId = (
  tx: Tx,
  of: { idpEntityId: string; nameId: string },
): Promise<User | undefined> =>
  firstOf<User>(tx, `${USER} WHERE u.idp_entity_id = ? AND u.name_id = ? FOR UPDATE OF u`, [
    of.idpEntityId,
    of.nameId,
  ]);

/** The active accounts that sign in with this address and a password, with their hashes: a company each. */
export const findPasswordsOfAddress = (
  tx: Tx,
  email: string,
): Promise<{ id: string; passwordHash: string }[]> =>
  rowsOf(
    tx,
    `SELECT u.id, u.password_hash AS "passwordHash"
       FROM passwords_of_address(?) AS u
      ORDER BY u.last_signed_in_at DESC NULLS LAST, u.id
      LIMIT 20`,
    [email],
  );

/** The same, while nobody else sets a password for this address. */
export async function lockPasswordsOfAddress(
  tx: Tx,
  email: string,
): Promise<{ id: string; passwordHash: string }[]> {
  await tx.raw(`SELECT pg_advisory_xact_lock(hashtextextended('password of ' || lower(?), 0))`, [email]);
  return findPasswordsOfAddress(tx, email);
}

export const findPerson = (tx: Tx, id: string): Promise<Person | undefined> =>
  firstOf<Person>(tx, `${PERSON} WHERE u.id = ?`, [id]);

export const findByRole = (tx: Tx, role: Role): Promise<Person[]> =>
  rowsOf<Person>(
    tx,
    `${PERSON}
      WHERE u.is_active AND EXISTS (SELECT FROM user_role AS r WHERE r.user_id = u.id AND r.role = ?)
      ORDER BY u.name, u.id
      LIMIT 500`,
    [role],
  );

export const findOfSupplier = (tx: Tx, supplierId: string): Promise<Person[]> =>
  rowsOf<Person>(
    tx,
    `${PERSON} WHERE u.supplier_id = ? AND u.is_active ORDER BY u.created_at, u.id LIMIT 500`,
    [supplierId],
  );

export type NewUser = Pick<User, 'id' | 'kind' | 'name' | 'email' | 'locale' | 'timeZone' | 'supplierId'> & {
  readonly idpEntityId: string | null;
  readonly nameId: string | null;
  readonly createdAt: Date;
};

/** False when somebody else created the same staff member at the same moment. */
export async function insertUser(tx: Tx, user: NewUser): Promise<boolean> {
  const inserted = await tx('user_account')
    .insert({
      id: user.id,
      kind: user.kind,
      name: user.name,
      email: user.email,
      locale: user.locale,
      time_zone: user.timeZone,
      supplier_id: user.supplierId,
      idp_entity_id: user.idpEntityId,
      name_id: user.nameId,
      created_at: user.createdAt,
    })
    .onConflict(['idp_entity_id', 'name_id'])
    .ignore()
    .returning('id');
  return inserted.length > 0;
}

export async function saveNameAndEmail(
  tx: Tx,
  id: string,
  to: { name: string; email: string },
): Promise<void> {
  await tx('user_account')
    .where({ id })
    .whereRaw('(name, email) IS DISTINCT FROM (?, ?)', [to.name, to.email])
    .update({ ...to, version: tx.raw('version + 1') });
}

/** Gives exactly these roles from one source; those kept keep their date, those from elsewhere stay as they are. */
export async function replaceRoles(
  tx: Tx,
  id: string,
  of: { roles: readonly Role[]; source: RoleSource; at: Date },
): Promise<void> {
  await tx('user_role')
    .where({ user_id: id, source: of.source })
    .whereNotIn('role', [...of.roles])
    .delete();
  await tx.raw(
    `INSERT INTO user_role (user_id, role, source, granted_at)
     SELECT ?, role, ?, ? FROM unnest(?::text[]) AS role
     ON CONFLICT DO NOTHING`,
    [id, of.source, of.at, [...of.roles]],
  );
}

/** The roles that one source gives. */
export const findRolesFrom = (tx: Tx, id: string, source: RoleSource): Promise<Role[]> =>
  tx('user_role').where({ user_id: id, source }).orderBy('role').pluck<Role[]>('role');

export async function saveSignedIn(tx: Tx, id: string, at: Date): Promise<void> {
  await tx('user_account').where({ id }).update({ last_signed_in_at: at });
}

export async function savePreferences(tx: Tx, id: string, to: Preferences): Promise<void> {
  await tx('user_account')
    .where({ id })
    .update({
      locale: to.locale,
      time_zone: to.timeZone,
      theme: to.theme,
      version: tx.raw('version + 1'),
    });
}

export async function savePasswordHash(tx: Tx, id: string, passwordHash: string): Promise<void> {
  await tx('user_account')
    .where({ id })
    .update({ password_hash: passwordHash, version: tx.raw('version + 1') });
}

export const findPasswordHash = async (tx: Tx, id: string): Promise<string | undefined> => {
  const row = await tx('user_account').where({ id }).first<{ password_hash: string | null }>('password_hash');
  return row?.password_hash ?? undefined;
};

/** False when there is no such active user of this supplier. */
export async function saveDeactivated(tx: Tx, user: { id: string; supplierId: string }): Promise<boolean> {
  const saved = await tx('user_account')
    .where({ id: user.id, supplier_id: user.supplierId, is_active: true })
    .update({ is_active: false, version: tx.raw('version + 1') });
  return saved === 1;
}

/** False when there is no such deactivated user of this supplier. What it signed in with is gone. */
export async function saveReactivated(tx: Tx, user: { id: string; supplierId: string }): Promise<boolean> {
  const saved = await tx('user_account')
    .where({ id: user.id, supplier_id: user.supplierId, is_active: false })
    .update({ is_active: true, password_hash: null, version: tx.raw('version + 1') });
  return saved === 1;
}

/** Gives a user another address; `keepsPassword` false: a new password must be set for it. */
export async function saveEmail(
  tx: Tx,
  id: string,
  to: { email: string; keepsPassword: boolean },
): Promise<void> {
  await tx('user_account')
    .where({ id })
    .update({
      email: to.email,
      ...(to.keepsPassword ? {} : { password_hash: null }),
      version: tx.raw('version + 1'),
    });
}

/** Ends all sessions of a user, in all browsers. */
export async function deleteSessions(tx: Tx, userId: string): Promise<void> {
  await tx('web_session').whereRaw(`sess ->> 'userId' = ?`, [userId]).delete();
}

/** Sessions and counters whose libraries go by the machine's clock: an hour late is early enough. */
export async function deleteRunOut(tx: Tx): Promise<void> {
  await tx('web_session').whereRaw(`expire < clock_timestamp() - interval '1 hour'`).delete();
  await tx('rate_limit')
    .whereRaw(`expire < 1000 * extract(epoch FROM clock_timestamp() - interval '1 hour')`)
    .delete();
}
