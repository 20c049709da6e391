import { randomBytes } from 'node:crypto';
import { record } from '../../audit/index.ts';
import { found } from '../../kernel/errors.ts';
import { equalSecrets, type KeyRing, sha256Hex } from '../../platform/crypto/key-ring.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findAccount } from '../identity.service.ts';
import { listPasskeys } from '../passkey.service.ts';
import { actorOf, type SignInMethod } from '../user.ts';
import * as store from './device.store.ts';

/** What somebody is shown after signing in. */
export type LastSignIn = {
  /** The sign-in before this one, an ISO instant; null where none was noted. */
  readonly at: string | null;
  readonly device: string;
  /** Refused tries with this account since then. */
  readonly failures: number;
};

/**
 * Notes from which browser somebody signed in. Where it is new to this person, and the account is not, the record
 * says so and the person is told. Gives the cookie the browser keeps, and what is shown of the sign-in before.
 */
export async function noteDevice(
  ctx: Ctx,
  of: { userId: string; cookie: string | null; device: string; method: SignInMethod },
): Promise<{ cookie: string; lastSignIn: LastSignIn }> {
  const { userId, device, method } = of;
  const user = found('user', await findAccount(ctx, userId));
  const last = await store.findLastVisit(ctx.tx, userId);
  const failures = await store.countFailures(ctx.tx, { userId, since: last?.at ?? null });
  const isOldAccount = await store.hasSignedInBefore(ctx.tx, { userId, at: ctx.now });
  const token = tokenIn(ctx.keyRing, of.cookie) ?? randomBytes(32).toString('base64url');
  const isNew = await store.saveVisit(ctx.tx, { userId, tokenHash: sha256Hex(token), device, at: ctx.now });
  // The first browser of a new account is the one that its owner opened it with.
  if (isNew && isOldAccount)
    await record(
      { ...ctx, actor: actorOf(user) },
      {
        action: 'user.new-device',
        subject: { type: 'user', id: userId },
        supplierId: user.supplierId,
        changes: { device, method },
      },
    );
  return {
    cookie: `${token}.${signatureOf(ctx.keyRing, token)}`,
    lastSignIn: { at: last?.at.toISOString() ?? null, device: last?.device ?? '', failures },
  };
}

const signatureOf = (keyRing: KeyRing, token: string): string =>
  keyRing.fingerprint(`known device ${token}`).slice(0, 32);

/** The token of a cookie that we gave; null for any other. */
function tokenIn(keyRing: KeyRing, cookie: string | null): string | null {
  const [token = '', signature = ''] = (cookie ?? '').split('.');
  return /^[\w-]{43}$/.test(token) && equalSecrets(signature, signatureOf(keyRing, token)) ? token : null;
}

/** How long an offer that was put off is not made again. */
const POSTPONED_MS = 30 * 24 * 60 * 60_000;

/** Should this person be offered a passkey? A supplier's without one, who did not say "later" within 30 days. */
export async function isPasskeyOffered(ctx: Ctx): Promise<boolean> {
  const { userId, kind } = ctx.actor;
  if (userId === null || kind !== 'supplier') return false;
  if ((await listPasskeys(ctx, userId)).length > 0) return false;
  return !(await store.isOfferPostponed(ctx.tx, { userId, now: ctx.now }));
}

/** Not now: it is offered again after 30 days. */
export const postponePasskeyOffer = (ctx: Ctx): Promise<void> =>
  store.savePostponed(ctx.tx, {
    userId: found('user', ctx.actor.userId),
    until: new Date(ctx.now.getTime() + POSTPONED_MS),
  });
