import type { Actor } from '../kernel/actor.ts';
import { ruleBroken } from '../kernel/errors.ts';
import type { RunInTx } from '../platform/db/context.ts';
import { signInKnownUser } from './identity.service.ts';
import { whosePassword } from './password.ts';
import { findPasswordAccounts } from './passwords.service.ts';
import type { SignInLimit } from './sign-in-limit.ts';
import type { User } from './user.ts';

/**
 * Signs a supplier's user in by address and password. An unknown address, a wrong password and a deactivated
 * account get the same answer in the same time. Hashing is slow by design, so no transaction is open meanwhile.
 * @throws AppError `sign-in.not-recognised`, `sign-in.too-many-tries`, `password.busy`
 */
export async function signInByPassword(
  house: { readonly runInTx: RunInTx; readonly limit: SignInLimit },
  who: { actor: Actor; requestId: string; address: string },
  given: { email: string; password: string },
): Promise<{ user: User; at: Date }> {
  const attempt = { address: who.address, email: given.email };
  await house.limit.count(attempt);
  const accounts = await house.runInTx(who, (ctx) => findPasswordAccounts(ctx, given.email));
  const account = await whosePassword(given.password, accounts);
  const signedIn = await house.runInTx(who, async (ctx) => ({
    user: account !== undefined ? await signInKnownUser(ctx, account.id) : null,
    at: ctx.now,
  }));
  if (signedIn.user === null)
    throw ruleBroken('sign-in.not-recognised', 'This e-mail address and password do not fit together');
  await house.limit.forget(attempt);
  return { user: signedIn.user, at: signedIn.at };
}
