import type { StaffRole } from '../../kernel/actor.ts';
import type { Tx } from '../../platform/db/context.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';

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
export type ScimGroup = {
  readonly id: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly createdAt: Date;
  readonly changedAt: Date;
};
export type Member = { readonly id: string; readonly userName: string };

/** What a list is narrowed down to: what is not said is not asked. */
export type UserSought = {
  readonly id?: string;
  readonly userName?: string;
  readonly externalId?: string;
  readonly displayName?: string;
  readonly email?: string;
  readonly isActive?: boolean;
};
export type GroupSought = {
  readonly id?: string;
  readonly displayName?: string;
  readonly externalId?: string;
  readonly memberId?: string;
};
type Part = { readonly offset: number; readonly limit: number };
type Page<T> = { readonly items: T[]; readonly total: number };

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
const GROUP = `
  SELECT known.id, known.name, known.external_id AS "externalId", known.created_at AS "createdAt",
         known.changed_at AS "changedAt"
    FROM scim_group AS known`;

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

export const findGroup = (tx: Tx, id: string): Promise<ScimGroup | undefined> =>
  firstOf<ScimGroup>(tx, `${GROUP} WHERE known.id = ?`, [id]);

export const lockGroup = (tx: Tx, id: string): Promise<ScimGroup | undefined> =>
  firstOf<ScimGroup>(tx, `${GROUP} WHERE known.id = ? FOR UPDATE`, [id]);

export const findGroups = (tx: Tx, sought: GroupSought, part: Part): Promise<Page<ScimGroup>> =>
  findPage<ScimGroup>(tx, {
    select: GROUP,
    from: 'FROM scim_group AS known',
    order: 'known.created_at, known.id',
    conditions: [
      ['known.id::text = ?', sought.id],
      ['lower(known.name) = lower(?)', sought.displayName],
      ['known.external_id = ?', sought.externalId],
      [
        `EXISTS (SELECT FROM scim_group_member AS member
                  WHERE member.group_id = known.id AND member.user_id::text = ?)`,
        sought.memberId,
      ],
    ],
    part,
  });

/** A directory counts what it pages through, so here there is a total. */
async function findPage<T extends object>(
  tx: Tx,
  of: {
    select: string;
    from: string;
    order: string;
    conditions: readonly (readonly [string, string | boolean | undefined])[];
    part: Part;
  },
): Promise<Page<T>> {
  const asked = of.conditions.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  const where = asked.length === 0 ? '' : ` WHERE ${asked.map(({ sql }) => sql).join(' AND ')}`;
  const values = asked.map(({ value }) => value);
  const items = await rowsOf<T>(tx, `${of.select}${where} ORDER BY ${of.order} LIMIT ? OFFSET ?`, [
    ...values,
    of.part.limit,
    of.part.offset,
  ]);
  const counted = await firstOf<{ total: number }>(
    tx,
    `SELECT count(*)::int AS total ${of.from}${where}`,
    values,
  );
  return { items, total: counted?.total ?? 0 };
}

/** The members of these groups, by name. */
export const findMembers = (tx: Tx, groupIds: readonly string[]): Promise<(Member & { groupId: string })[]> =>
  rowsOf(
    tx,
    `SELECT member.group_id AS "groupId", known.user_id AS id, known.user_name AS "userName"
       FROM scim_group_member AS member
       JOIN scim_user AS known ON known.user_id = member.user_id
      WHERE member.group_id = ANY(?::uuid[])
      ORDER BY known.user_name`,
    [[...groupIds]],
  );

/** Whether another one has this name or external id; `id` is null for one that is still to be. */
export const isTaken = async (
  tx: Tx,
  of: {
    table: 'scim_user' | 'scim_group';
    id: string | null;
    name: string;
    externalId: string | null;
  },
): Promise<boolean> => {
  const [id, name] = of.table === 'scim_user' ? ['user_id', 'user_name'] : ['id', 'name'];
  const row = await firstOf(
    tx,
    `SELECT 1 AS taken
       FROM ${of.table} AS other
      WHERE other.${id} IS DISTINCT FROM ?::uuid
        AND (lower(other.${name}) = lower(?) OR other.external_id = ?)
      LIMIT 1`,
    [of.id, of.name, of.externalId],
  );
  return row !== undefined;
};

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

export async function insertGroup(
  tx: Tx,
  group: { id: string; name: string; externalId: string | null; at: Date },
): Promise<void> {
  await tx('scim_group').insert({
    id: group.id,
    name: group.name,
    external_id: group.externalId,
    created_at: group.at,
    changed_at: group.at,
  });
}

export async function saveGroup(
  tx: Tx,
  group: { id: string; name: string; externalId: string | null; at: Date },
): Promise<void> {
  await tx('scim_group')
    .where({ id: group.id })
    .update({ name: group.name, external_id: group.externalId, changed_at: group.at });
}

export async function deleteGroup(tx: Tx, id: string): Promise<void> {
  await tx('scim_group').where({ id }).delete();
}

/** Adds and takes members; gives those who are known. */
export async function changeMembers(
  tx: Tx,
  of: { groupId: string; added: readonly string[]; removed: readonly string[] },
): Promise<string[]> {
  await tx('scim_group_member')
    .where({ group_id: of.groupId })
    .whereIn('user_id', [...of.removed])
    .delete();
  const rows = await rowsOf<{ id: string }>(
    tx,
    `INSERT INTO scim_group_member (group_id, user_id)
     SELECT ?, known.user_id FROM scim_user AS known WHERE known.user_id = ANY(?::uuid[])
     ON CONFLICT DO NOTHING
     RETURNING user_id AS id`,
    [of.groupId, [...of.added]],
  );
  return rows.map((row) => row.id);
}

/** A person with the groups it is in, and the roles that the directory gave it so far. */
export type Standing = {
  readonly id: string;
  readonly groups: readonly string[];
  readonly roles: readonly StaffRole[];
  /** Roles that came with a sign-in before the directory took over. */
  readonly signInRoles: readonly StaffRole[];
  /** Roles granted here, which stay. */
  readonly grantedRoles: readonly StaffRole[];
  readonly givesRoles: boolean;
};

/** Locks these people and says how they stand; a group is known by its name and by its external id. */
export async function lockStandings(tx: Tx, userIds: readonly string[]): Promise<Standing[]> {
  await tx.raw(
    `SELECT person.id FROM user_account AS person
      WHERE person.id = ANY(?::uuid[]) ORDER BY person.id FOR NO KEY UPDATE`,
    [[...userIds]],
  );
  return rowsOf<Standing>(
    tx,
    `SELECT known.user_id AS id, known.gives_roles AS "givesRoles",
            ARRAY(SELECT unnest(ARRAY[held.name, held.external_id])
                    FROM scim_group_member AS member
                    JOIN scim_group AS held ON held.id = member.group_id
                   WHERE member.user_id = known.user_id) AS groups,
            ARRAY(SELECT given.role FROM user_role AS given
                   WHERE given.user_id = known.user_id AND given.source = 'scim' ORDER BY given.role) AS roles,
            ARRAY(SELECT given.role FROM user_role AS given
                   WHERE given.user_id = known.user_id AND given.source = 'group'
                   ORDER BY given.role) AS "signInRoles",
            ARRAY(SELECT given.role FROM user_role AS given
                   WHERE given.user_id = known.user_id AND given.source = 'granted') AS "grantedRoles"
       FROM scim_user AS known
      WHERE known.user_id = ANY(?::uuid[])
      ORDER BY known.user_id`,
    [[...userIds]],
  );
}

/** Gives these people exactly these roles of the directory's, and none that came with a sign-in. */
export async function saveRoles(
  tx: Tx,
  people: readonly { readonly id: string; readonly roles: readonly StaffRole[] }[],
  at: Date,
): Promise<void> {
  const ids = people.map((person) => person.id);
  const wanted = JSON.stringify(
    people.flatMap((person) => person.roles.map((role) => ({ user_id: person.id, role }))),
  );
  await tx.raw(`UPDATE scim_user SET gives_roles = true WHERE user_id = ANY(?::uuid[])`, [ids]);
  await tx.raw(
    `DELETE FROM user_role AS given
      WHERE given.user_id = ANY(?::uuid[])
        AND (given.source = 'group'
             OR given.source = 'scim'
                AND NOT EXISTS (SELECT FROM jsonb_to_recordset(?::jsonb) AS one(user_id uuid, role text)
                                 WHERE one.user_id = given.user_id AND one.role = given.role))`,
    [ids, wanted],
  );
  await tx.raw(
    `INSERT INTO user_role (user_id, role, source, granted_at)
     SELECT one.user_id, one.role, 'scim', ?
       FROM jsonb_to_recordset(?::jsonb) AS one(user_id uuid, role text)
     ON CONFLICT DO NOTHING`,
    [at, wanted],
  );
  // Whoever may do nothing any more is out.
  await tx.raw(
    `DELETE FROM web_session
      WHERE sess ->> 'userId' = ANY(?::text[])
        AND NOT EXISTS (SELECT FROM user_role AS held WHERE held.user_id::text = sess ->> 'userId')`,
    [ids],
  );
}

/** The account that signs in under this name and is in the care of the directory, if the directory gives it roles. */
export const findGivenRoles = async (
  tx: Tx,
  of: { idpEntityId: string; nameId: string },
): Promise<string | null> =>
  (
    await firstOf<{ id: string }>(
      tx,
      `SELECT known.user_id AS id${USERS}
        WHERE person.idp_entity_id = ? AND person.name_id = ? AND known.gives_roles`,
      [of.idpEntityId, of.nameId],
    )
  )?.id ?? null;
