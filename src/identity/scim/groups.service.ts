import { record } from '../../audit/index.ts';
import { conflict, found, invalid } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { RolesByGroup } from '../user.ts';
import * as store from './group.store.ts';
import { isTaken } from './list.store.ts';
import { giveRolesOfGroups } from './roles.service.ts';

/** What a directory says of a group. */
export type DescribedGroup = {
  readonly name: string;
  readonly externalId: string | null;
  readonly memberIds: readonly string[];
};

/**
 * Takes over a group with its members. Gives its id.
 * @throws AppError `scim_group.is-known`, `scim_group.member-unknown`
 */
export async function createGroup(
  ctx: Ctx,
  rolesByGroup: RolesByGroup,
  group: DescribedGroup,
): Promise<string> {
  await assertFree(ctx, { id: null, group });
  const id = newId();
  await store.insertGroup(ctx.tx, { id, ...group, at: ctx.now });
  await addAndRemove(ctx, { groupId: id, added: group.memberIds, removed: [] });
  await record(ctx, {
    action: 'scim_group.created',
    subject: { type: 'scim_group', id },
    changes: { name: group.name, added: group.memberIds },
  });
  await giveRolesOfGroups(ctx, { userIds: group.memberIds, rolesByGroup });
  return id;
}

/**
 * Changes a group to what the directory says of it now. Nothing is recorded when it says the same again.
 * @throws AppError `scim_group.not-found`, `scim_group.is-known`, `scim_group.member-unknown`
 */
export async function changeGroup(
  ctx: Ctx,
  rolesByGroup: RolesByGroup,
  { id, group }: { id: string; group: DescribedGroup },
): Promise<void> {
  const before = found('scim_group', await store.lockGroup(ctx.tx, id));
  await assertFree(ctx, { id, group });
  const members = new Set((await store.findMembers(ctx.tx, [id])).map((member) => member.id));
  const wanted = new Set(group.memberIds);
  const added = [...wanted].filter((member) => !members.has(member));
  const removed = [...members].filter((member) => !wanted.has(member));
  const isRenamed = before.name !== group.name || before.externalId !== group.externalId;
  if (isRenamed || added.length > 0 || removed.length > 0) {
    await store.saveGroup(ctx.tx, { id, ...group, at: ctx.now });
    await addAndRemove(ctx, { groupId: id, added, removed });
    await record(ctx, {
      action: 'scim_group.changed',
      subject: { type: 'scim_group', id },
      changes: { ...(isRenamed ? { from: before.name, name: group.name } : {}), added, removed },
    });
  }
  await giveRolesOfGroups(ctx, { userIds: [...new Set([...members, ...added])], rolesByGroup });
}

/**
 * Forgets a group; its members lose the role it gave.
 * @throws AppError `scim_group.not-found`
 */
export async function removeGroup(ctx: Ctx, rolesByGroup: RolesByGroup, id: string): Promise<void> {
  const before = found('scim_group', await store.lockGroup(ctx.tx, id));
  const removed = (await store.findMembers(ctx.tx, [id])).map((member) => member.id);
  await store.deleteGroup(ctx.tx, id);
  await record(ctx, {
    action: 'scim_group.deleted',
    subject: { type: 'scim_group', id },
    changes: { name: before.name, removed },
  });
  await giveRolesOfGroups(ctx, { userIds: removed, rolesByGroup });
}

async function addAndRemove(
  ctx: Ctx,
  of: { groupId: string; added: readonly string[]; removed: readonly string[] },
): Promise<void> {
  const known = await store.changeMembers(ctx.tx, of);
  if (known.length < new Set(of.added).size)
    throw invalid('scim_group.member-unknown', 'A member is not a person that this directory manages');
}

async function assertFree(ctx: Ctx, of: { id: string | null; group: DescribedGroup }): Promise<void> {
  const { name, externalId } = of.group;
  if (await isTaken(ctx.tx, { table: 'scim_group', id: of.id, name, externalId }))
    throw conflict('scim_group.is-known', 'Another group has this displayName or externalId');
}
