import { record } from '../audit/index.ts';
import type { Role, StaffRole } from '../kernel/actor.ts';
import { AppError, found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Locale } from '../platform/i18n/catalogue.ts';
import { noteSignIn } from './identity.service.ts';
import { withoutConflicts } from './role-conflicts.ts';
import { replaceScope } from './scope/scope.service.ts';
import type { ScopeCodes } from './scope/scope.ts';
import * as store from './user.store.ts';
import type { User } from './user.ts';

/** A staff member as the identity provider describes it. */
export type StaffIdentity = {
  readonly idpEntityId: string;
  readonly nameId: string;
  readonly name: string;
  readonly email: string;
  /** What the groups of the identity provider stand for here. */
  readonly roles: readonly StaffRole[];
  /** The plants and categories that its groups limit it to; not given where they say nothing of that. */
  readonly scope?: ScopeCodes;
  /** All its groups there, whether they count here or not. */
  readonly groups?: readonly string[];
};

/**
 * Signs a staff member in as its identity provider says: known by (provider, NameID), created at the first
 * sign-in, with the roles of its groups besides those it has from elsewhere. Of roles that may not be in one hand
 * one is left off, and the record says which. Null when there is none at all: then it does not get in.
 * @throws AppError `user.deactivated`
 */
export async function upsertStaffFromAssertion(
  ctx: Ctx,
  identity: StaffIdentity & { locale: Locale; timeZone: string },
): Promise<User | null> {
  const known = await store.lockByNameId(ctx.tx, identity);
  if (known?.isActive === false)
    throw new AppError('forbidden', 'user.deactivated', 'This account was deactivated', {
      params: { userId: known.id },
    });
  if (known === undefined && identity.roles.length === 0) return null;
  const { kept, leftOff } = withoutConflicts(identity.roles, await rolesBesideGroups(ctx, known));
  const user = await saveStaff(ctx, { ...identity, roles: kept }, known);
  if (leftOff.length > 0)
    await record(ctx, {
      action: 'user.roles-left-off',
      subject: { type: 'user', id: user.id },
      changes: { leftOff },
    });
  if (identity.scope !== undefined) await replaceScope(ctx, user.id, identity.scope);
  if (user.roles.length === 0) {
    // Whoever may do nothing any more is out in its other browsers too.
    await store.deleteSessions(ctx.tx, user.id);
    return null;
  }
  await noteSignIn(ctx, user, 'saml');
  return user;
}

const rolesBesideGroups = async (ctx: Ctx, known: User | undefined): Promise<Role[]> =>
  known === undefined
    ? []
    : [
        ...(await store.findRolesFrom(ctx.tx, known.id, 'granted')),
        ...(await store.findRolesFrom(ctx.tx, known.id, 'scim')),
      ];

/** Enters a staff member before its first sign-in, so that work can already be given to it. Idempotent. */
export async function provisionStaff(
  ctx: Ctx,
  staff: StaffIdentity & { locale: Locale; timeZone: string },
): Promise<string> {
  const known = await store.lockByNameId(ctx.tx, staff);
  return (await saveStaff(ctx, staff, known)).id;
}

async function saveStaff(
  ctx: Ctx,
  staff: StaffIdentity & { locale: Locale; timeZone: string },
  known: User | undefined,
): Promise<User> {
  const { tx, now } = ctx;
  const { idpEntityId, nameId, name, email, locale, timeZone } = staff;
  if (known === undefined) {
    const id = newId();
    const user = {
      id,
      kind: 'staff' as const,
      name,
      email,
      locale,
      timeZone,
      supplierId: null,
    };
    const isNew = await store.insertUser(tx, {
      ...user,
      idpEntityId,
      nameId,
      createdAt: now,
    });
    if (!isNew) return saveStaff(ctx, staff, found('user', await store.lockByNameId(tx, staff)));
    await store.replaceRoles(tx, id, { roles: staff.roles, source: 'group', at: now });
    await record(ctx, {
      action: 'user.created',
      subject: { type: 'user', id },
      changes: { roles: staff.roles },
    });
    return found('user', await store.findById(tx, id));
  }
  await store.saveNameAndEmail(tx, known.id, { name, email });
  const before = await store.findRolesFrom(tx, known.id, 'group');
  if (!sameRoles(before, staff.roles)) {
    await store.replaceRoles(tx, known.id, { roles: staff.roles, source: 'group', at: now });
    await record(ctx, {
      action: 'user.roles-changed',
      subject: { type: 'user', id: known.id },
      changes: { source: 'group', from: before, to: staff.roles },
    });
  }
  return found('user', await store.findById(tx, known.id));
}

const sameRoles = (a: readonly Role[], b: readonly Role[]): boolean =>
  a.length === b.length && a.every((role) => b.includes(role));
