import { randomBytes } from 'node:crypto';
import { record } from '../audit/index.ts';
import type { Role, StaffRole, SupplierRole } from '../kernel/actor.ts';
import { AppError, forbidden, found, invalid, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Locale } from '../platform/i18n/catalogue.ts';
import { isOwnPath } from '../platform/web/return-to.ts';
import { type PasswordHash, saltOf } from './password.ts';
import { withoutConflicts } from './role-conflicts.ts';
import { deleteExpired } from './saml/saml.store.ts';
import { replaceScope } from './scope/scope.service.ts';
import type { ScopeCodes } from './scope/scope.ts';
import * as links from './sign-in-link.store.ts';
import { isUsable, linkExpiresAt, ONE_TIME_SIGN_IN, PASSWORD_PAGE, PASSWORD_RESET } from './sign-in-link.ts';
import { wipeRunOut } from './signed-link/act-code.store.ts';
import { deleteExpiredForms } from './step-up/interrupted-form.store.ts';
import * as store from './user.store.ts';
import { actorOf, type Person, type Preferences, type SignInMethod, type User } from './user.ts';

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

/** Opens an account for somebody at a supplier; a sign-in link gets the person in. Gives the user's id. */
export async function createSupplierUser(
  ctx: Ctx,
  user: {
    supplierId: string;
    name: string;
    email: string;
    locale: Locale;
    timeZone: string;
    roles: readonly SupplierRole[];
  },
): Promise<string> {
  const { supplierId, name, email, locale, timeZone, roles } = user;
  const id = newId();
  await store.insertUser(ctx.tx, {
    id,
    kind: 'supplier',
    name,
    email,
    locale,
    timeZone,
    supplierId,
    idpEntityId: null,
    nameId: null,
    createdAt: ctx.now,
  });
  await store.replaceRoles(ctx.tx, id, { roles, source: 'granted', at: ctx.now });
  await record(ctx, {
    action: 'user.created',
    subject: { type: 'user', id },
    supplierId,
    changes: { roles },
  });
  return id;
}

/**
 * Makes a link that signs this user in once, within 72 hours, or one when it asked for it. Gives the token: it goes into the mail and
 * nowhere else.
 * @throws AppError `user.not-found`
 */
export async function issueSignInLink(
  ctx: Ctx,
  to: { userId: string; purpose: string; returnTo: string | null },
): Promise<string> {
  const user = found('user', await store.findById(ctx.tx, to.userId));
  if (to.returnTo !== null && !isOwnPath(to.returnTo))
    throw new Error('A sign-in link leads to a path of ours');
  const token = randomBytes(32).toString('base64url');
  const id = newId();
  await links.insertLink(ctx.tx, {
    ...to,
    id,
    sentTo: user.email,
    tokenHash: sha256Hex(token),
    expiresAt: linkExpiresAt(to.purpose, ctx.now),
    createdAt: ctx.now,
  });
  await record(ctx, {
    action: 'sign_in_link.issued',
    subject: { type: 'user', id: user.id },
    supplierId: user.supplierId,
    changes: { linkId: id, purpose: to.purpose },
  });
  return token;
}

/**
 * Whom a link would sign in; null when it does not work. It is not used up: a mail scanner that follows
 * links burns nothing.
 */
export async function findUserOfLink(ctx: Ctx, token: string): Promise<User | null> {
  const link = await links.findByHash(ctx.tx, sha256Hex(token));
  if (!isUsable(link, ctx.now)) return null;
  const user = await store.findById(ctx.tx, link.userId);
  return user?.isActive === true ? user : null;
}

/** Where a link led that does not work any more; null for one that never was. */
export const whereLinkLed = async (ctx: Ctx, tokenHash: string): Promise<string | null> =>
  (await links.findByHash(ctx.tx, tokenHash))?.returnTo ?? null;

/** Signs in by a link from a mail, once; `setsPassword`: a password is what it was sent for, or what is missing.
 * @throws AppError `sign-in-link.does-not-work` */
export async function signInByLink(
  ctx: Ctx,
  token: string,
): Promise<{ user: User; returnTo: string | null; setsPassword: boolean }> {
  const link = await links.lockByHash(ctx.tx, sha256Hex(token));
  const user = isUsable(link, ctx.now) ? await store.findById(ctx.tx, link.userId) : undefined;
  // One answer for all: a deactivated account's link does not say why, nor that it once existed.
  if (link === undefined || user?.isActive !== true)
    throw ruleBroken(
      'sign-in-link.does-not-work',
      'This link was used already, has expired or is incomplete',
    );
  await links.saveUsed(ctx.tx, link.id, ctx.now);
  if (!user.hasSecondFactor) await noteSignIn(ctx, user, 'link');
  const setsPassword =
    user.kind === 'supplier' &&
    link.purpose !== ONE_TIME_SIGN_IN &&
    (!user.hasPassword || link.purpose === PASSWORD_RESET);
  return { user, returnTo: link.returnTo === PASSWORD_PAGE ? null : link.returnTo, setsPassword };
}

/**
 * Sets the password of a supplier's user and ends all its sessions; `hashPassword` makes the hash before.
 * @throws AppError `user.not-found`, `password.used-at-other-company`, `password.busy`,
 * `password.staff-use-single-sign-on`
 */
export async function setPassword(ctx: Ctx, of: { userId: string; hash: PasswordHash }): Promise<void> {
  const user = found('user', await store.lockById(ctx.tx, of.userId));
  if (user.kind !== 'supplier')
    throw forbidden('password.staff-use-single-sign-on', 'Staff have no password here');
  await assertOnlyPasswordOfAddress(ctx, user, of.hash);
  await store.savePasswordHash(ctx.tx, user.id, of.hash);
  await store.deleteSessions(ctx.tx, user.id);
  await record(ctx, {
    action: 'user.password-set',
    subject: { type: 'user', id: user.id },
    supplierId: user.supplierId,
  });
}

/**
 * Accounts of one address share the salt, so that a sign-in makes one hash however many there are; which account
 * it is, the password says.
 */
async function assertOnlyPasswordOfAddress(ctx: Ctx, user: User, hash: PasswordHash): Promise<void> {
  const others = (await store.lockPasswordsOfAddress(ctx.tx, user.email)).filter((one) => one.id !== user.id);
  if (others.some((other) => other.passwordHash === hash))
    throw ruleBroken(
      'password.used-at-other-company',
      'This is your password at another company: it must say which one you mean',
    );
  if (others.some((other) => saltOf(other.passwordHash) !== saltOf(hash)))
    throw invalid('password.busy', 'Try again');
}

/** The hash whose salt a new password for this address must have; undefined while it is the only account. */
export const findPasswordOfAddress = async (ctx: Ctx, email: string): Promise<string | undefined> =>
  (await store.findPasswordsOfAddress(ctx.tx, email))[0]?.passwordHash;

/** The hash a user's password is checked against; undefined while it has none. */
export const findPasswordHash = (ctx: Ctx, userId: string): Promise<string | undefined> =>
  store.findPasswordHash(ctx.tx, userId);

/** The accounts that an address and a password may open, and what to check the password against. */
export const findPasswordAccounts = (
  ctx: Ctx,
  email: string,
): Promise<{ id: string; passwordHash: string }[]> => store.findPasswordsOfAddress(ctx.tx, email);

/** Notes the sign-in of a user whose password was right, unless a second step follows; null when it is deactivated. */
export async function signInKnownUser(ctx: Ctx, userId: string): Promise<User | null> {
  const user = await store.findById(ctx.tx, userId);
  if (user?.isActive !== true) return null;
  if (!user.hasSecondFactor) await noteSignIn(ctx, user, 'password');
  return user;
}

/** Notes that a user is in, and how it proved who it is. */
export async function noteSignIn(ctx: Ctx, user: User, method: SignInMethod): Promise<void> {
  await store.saveSignedIn(ctx.tx, user.id, ctx.now);
  await record(
    { ...ctx, actor: actorOf(user) },
    {
      action: 'user.signed-in',
      subject: { type: 'user', id: user.id },
      changes: { method },
    },
  );
}

/** Notes that a user signed out. */
export async function signOut(ctx: Ctx): Promise<void> {
  if (ctx.actor.userId === null) return;
  await record(ctx, {
    action: 'user.signed-out',
    subject: { type: 'user', id: ctx.actor.userId },
  });
}

/** Changes how pages look to somebody. Not recorded: it binds nobody.
 * @throws AppError `user.not-found` */
export async function changePreferences(ctx: Ctx, userId: string, to: Partial<Preferences>): Promise<void> {
  const user = found('user', await store.lockById(ctx.tx, userId));
  await store.savePreferences(ctx.tx, user.id, {
    locale: to.locale ?? user.locale,
    timeZone: to.timeZone ?? user.timeZone,
    theme: to.theme ?? user.theme,
  });
}

/** Active users with this role, by name; at most 500. */
export const findUsersByRole = (ctx: Ctx, role: Role): Promise<Person[]> => store.findByRole(ctx.tx, role);

/** Whoever bears this id, also when deactivated: documents keep naming them. */
export const findUser = (ctx: Ctx, id: string): Promise<Person | undefined> => store.findPerson(ctx.tx, id);

/** An account with all it holds, for its own pages. */
export const findAccount = (ctx: Ctx, id: string): Promise<User | undefined> => store.findById(ctx.tx, id);

/** Active users of a supplier, the first one first. */
export const findSupplierUsers = (ctx: Ctx, supplierId: string): Promise<Person[]> =>
  store.findOfSupplier(ctx.tx, supplierId);

/** Removes sessions, tickets and counters that have run out. */
export async function removeExpiredSignIns(ctx: Ctx): Promise<void> {
  await deleteExpired(ctx.tx, ctx.now);
  await deleteExpiredForms(ctx.tx, ctx.now);
  await store.deleteRunOut(ctx.tx);
  await wipeRunOut(ctx.tx, ctx.now);
}
