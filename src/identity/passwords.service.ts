import { record } from '../audit/index.ts';
import { forbidden, found, invalid, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type PasswordHash, saltOf } from './password.ts';
import * as store from './user.store.ts';
import type { User } from './user.ts';

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
