import type { Tx } from '../../platform/db/context.ts';
import { firstOf } from '../../platform/db/statements.ts';
import { findPage, type Page, type Part } from './list.store.ts';
import type { UserSought } from './sought.ts';

/** A staff account in the care of the directory. */
export type ScimUser = {
  readonly id: string;
  readonly userName: string;
  readonly externalId: string | null;
  readonly nameId: string;
  readonly name: string;
  readonly email: string;
  readonly isActive: boolean;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
};
const USERS = `
    FROM scim_user AS known
    JOIN user_account AS person ON person.id = known.user_id AND person.kind = 'staff'`;
const USER = `
  SELECT person.id, known.user_name AS "userName", known.external_id AS "externalId", person.name_id AS "nameId",
         person.name, person.email, person.is_active AS "isActive", known.created_at AS "createdAt",
         known.changed_at AS "changedAt",
         COALESCE((SELECT jsonb_agg(jsonb_build_object('id', held.id, 'name', held.name) ORDER BY held.name)
                     FROM scim_group_member AS member
                     JOIN scim_group AS held ON held.id = member.group_id
                    WHERE member.user_id = person.id), '[]') AS groups${USERS}`;
export const findUser = (tx: Tx, id: string): Promise<ScimUser | undefined> =>
  firstOf<ScimUser>(tx, `${USER} WHERE person.id = ?`, [id]);

/** As `findUser`; whoever changes the person or its groups meanwhile waits. */
export const lockUser = (tx: Tx, id: string): Promise<ScimUser | undefined> =>
  firstOf<ScimUser>(tx, `${USER} WHERE person.id = ? FOR NO KEY UPDATE OF person`, [id]);

export const findUsers = (tx: Tx, sought: UserSought, part: Part): Promise<Page<ScimUser>> =>
  findPage<ScimUser>(tx, {
    select: USER,
    from: USERS,
    order: 'known.created_at, person.id',
    conditions: [
      ['person.id::text = ?', sought.id],
      ['lower(known.user_name) = lower(?)', sought.userName],
      ['known.external_id = ?', sought.externalId],
      ['person.name = ?', sought.displayName],
      ['lower(person.email) = lower(?)', sought.email],
      ['person.is_active = ?', sought.isActive],
    ],
    part,
  });

export async function insertUser(
  tx: Tx,
  user: { id: string; userName: string; externalId: string | null; at: Date },
): Promise<void> {
  await tx('scim_user').insert({
    user_id: user.id,
    user_name: user.userName,
    external_id: user.externalId,
    created_at: user.at,
    changed_at: user.at,
  });
}

export async function saveUser(
  tx: Tx,
  user: { id: string; userName: string; externalId: string | null; at: Date },
): Promise<void> {
  await tx('scim_user')
    .where({ user_id: user.id })
    .update({ user_name: user.userName, external_id: user.externalId, changed_at: user.at });
}

export async function deleteUser(tx: Tx, id: string): Promise<void> {
  await tx('scim_user').where({ user_id: id }).delete();
}

/** What the directory says of an account that is also ours to keep. */
export async function saveAccount(
  tx: Tx,
  account: { id: string; nameId: string; name: string; email: string; isActive: boolean },
): Promise<void> {
  await tx('user_account')
    .where({ id: account.id })
    .update({
      name_id: account.nameId,
      name: account.name,
      email: account.email,
      is_active: account.isActive,
      version: tx.raw('version + 1'),
    });
}
