import type { Tx } from '../../platform/db/context.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import { findPage, type Page, type Part } from './list.store.ts';
import type { GroupSought } from './sought.ts';

export type ScimGroup = {
  readonly id: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly createdAt: Date;
  readonly changedAt: Date;
};
export type Member = { readonly id: string; readonly userName: string };

const GROUP = `
  SELECT known.id, known.name, known.external_id AS "externalId", known.created_at AS "createdAt",
         known.changed_at AS "changedAt"
    FROM scim_group AS known`;

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
