import type { Ctx } from '../../platform/db/context.ts';
import type { SamlSettings } from '../saml/settings.ts';
import type { StaffIdentity } from '../staff-sign-in.service.ts';
import type { User } from '../user.ts';
import { replaceGroups } from './person.store.ts';
import { noteRefusedWithoutRole } from './sign-in-failures.service.ts';

/**
 * Keeps which of somebody's groups count here; of somebody who has no role all groups, with the refusal, so that an
 * administrator sees what is missing.
 */
export async function noteGroups(
  ctx: Ctx,
  of: {
    identity: StaffIdentity;
    user: Pick<User, 'id'> | null;
    saml: Pick<SamlSettings, 'rolesByGroup' | 'scopeByGroup'>;
    address: string;
  },
): Promise<void> {
  const groups = of.identity.groups ?? [];
  if (of.user === null) return noteRefusedWithoutRole(ctx, { ...of, groups });
  const { plantPrefix = '', categoryPrefix = '' } = of.saml.scopeByGroup ?? {};
  const prefixes = [plantPrefix, categoryPrefix].filter((prefix) => prefix !== '');
  const counts = (group: string): boolean =>
    Object.hasOwn(of.saml.rolesByGroup, group) || prefixes.some((prefix) => group.startsWith(prefix));
  await replaceGroups(ctx.tx, of.user.id, groups.filter(counts));
}
