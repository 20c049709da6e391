import { recordAll } from '../../audit/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { withoutConflicts } from '../role-conflicts.ts';
import type { StaffIdentity } from '../staff-sign-in.service.ts';
import { type RolesByGroup, rolesOfGroups } from '../user.ts';
import * as store from './role.store.ts';

/**
 * Gives these people the roles of the groups that the directory has put them in, as far as two do not conflict.
 * Whoever it never gave a role keeps those of its sign-in.
 */
export async function giveRolesOfGroups(
  ctx: Ctx,
  { userIds, rolesByGroup }: { userIds: readonly string[]; rolesByGroup: RolesByGroup },
): Promise<void> {
  if (userIds.length === 0) return;
  const standings = await store.lockStandings(ctx.tx, userIds);
  const given = standings
    .map((standing) => ({
      ...standing,
      ...withoutConflicts(rolesOfGroups(standing.groups, rolesByGroup), standing.grantedRoles),
    }))
    .filter(({ kept, givesRoles }) => givesRoles || kept.length > 0);
  const changed = given.filter(
    ({ kept, roles, signInRoles }) => signInRoles.length > 0 || !sameNames(kept, roles),
  );
  if (changed.length === 0) return;
  await store.saveRoles(
    ctx.tx,
    changed.map(({ id, kept }) => ({ id, roles: kept })),
    ctx.now,
  );
  await recordAll(
    ctx,
    changed.map(({ id, kept, leftOff, roles, signInRoles }) => ({
      action: 'user.roles-changed',
      subject: { type: 'user', id },
      changes: { source: 'scim', from: [...new Set([...roles, ...signInRoles])], to: kept, leftOff },
    })),
  );
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name) => b.includes(name));

/**
 * A person as it signs in, without the roles of the sign-in where the directory has taken them over: the directory
 * says at once when somebody leaves a group, a sign-in only at the next one.
 */
export async function withRolesOfDirectory(
  ctx: Ctx,
  identity: StaffIdentity,
  rolesByGroup: RolesByGroup,
): Promise<StaffIdentity> {
  const userId = await store.findGivenRoles(ctx.tx, identity);
  if (userId === null) return identity;
  await giveRolesOfGroups(ctx, { userIds: [userId], rolesByGroup });
  return { ...identity, roles: [] };
}
