import { record } from '../audit/index.ts';
import type { Role, SupplierRole } from '../kernel/actor.ts';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Locale } from '../platform/i18n/catalogue.ts';
import { deleteExpired } from './saml/saml.store.ts';
import { wipeRunOut } from './signed-link/act-code.store.ts';
import { deleteExpiredForms } from './step-up/interrupted-form.store.ts';
import * as store from './user.store.ts';
import { actorOf, type Person, type Preferences, type SignInMethod, type User } from './user.ts';

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
