import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { record } from '../../audit/index.ts';
import { forbidden, found, ruleBroken } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findAccount } from '../identity.service.ts';
import { type Answer, listPasskeys, usePasskey } from '../passkey.service.ts';
import { refuse } from '../saml/refuse.ts';
import { countRecoveryCodes, hasTotp, useCode } from '../second-factor.service.ts';
import type { StaffIdentity } from '../staff-sign-in.service.ts';
import { lockByNameId } from '../user.store.ts';
import type { User } from '../user.ts';

/** By what somebody can prove here who it is. A password counts only where there is nothing better. */
export type WaysToProve = {
  readonly singleSignOn: boolean;
  readonly passkey: boolean;
  readonly code: boolean;
  readonly password: boolean;
};

/** How whoever acts can prove who it is. */
export async function findWaysToProve(ctx: Ctx): Promise<WaysToProve> {
  const user = await whoActs(ctx);
  if (user.kind === 'staff') return { singleSignOn: true, passkey: false, code: false, password: false };
  const hasCode = (await hasTotp(ctx, user.id)) || (await countRecoveryCodes(ctx, user.id)) > 0;
  return {
    singleSignOn: false,
    passkey: (await listPasskeys(ctx, user.id)).length > 0,
    code: user.hasSecondFactor && hasCode,
    password: !user.hasSecondFactor && user.hasPassword,
  };
}

/** @throws AppError `second-step.code-is-wrong` */
export async function proveByCode(ctx: Ctx, code: string): Promise<void> {
  const user = await whoActs(ctx);
  await recordProof(ctx, user, await useCode(ctx, user, code));
}

/** Takes a passkey of whoever acts.
 * @throws AppError `passkey.not-accepted`, also for somebody else's */
export async function proveByPasskey(ctx: Ctx, answer: Answer<AuthenticationResponseJSON>): Promise<void> {
  const user = await usePasskey(ctx, answer);
  if (user.id !== ctx.actor.userId) throw ruleBroken('passkey.not-accepted', 'This passkey was not accepted');
  await recordProof(ctx, user, 'passkey');
}

/** Notes that the password was right; with a second factor it proves nothing by itself.
 * @throws AppError `proof.password-not-enough` */
export async function proveByPassword(ctx: Ctx): Promise<void> {
  const user = await whoActs(ctx);
  if (user.hasSecondFactor)
    throw ruleBroken('proof.password-not-enough', 'Use your passkey or a code of your app');
  await recordProof(ctx, user, 'password');
}

/** Clocks of two houses: as much as the SAML checks allow. */
const SKEW_MS = 30_000;

/**
 * Takes what the identity provider says of whoever was asked to sign in anew.
 * @throws AppError `proof.another-person`; `sign-in.response-refused` with `not-proved-anew`, where it only
 * repeats a sign-in from before we asked
 */
export async function proveBySaml(
  ctx: Ctx,
  said: { identity: StaffIdentity; authnInstant: string | null; requestedAt: string | null },
): Promise<void> {
  const user = await lockByNameId(ctx.tx, said.identity);
  if (user === undefined || user.id !== ctx.actor.userId)
    throw forbidden('proof.another-person', 'Somebody else signed in at the identity provider');
  const provedMs = Date.parse(said.authnInstant ?? '');
  const askedMs = Date.parse(said.requestedAt ?? '');
  if (!(provedMs >= askedMs - SKEW_MS)) refuse('not-proved-anew');
  await recordProof(ctx, user, 'saml');
}

const whoActs = async (ctx: Ctx): Promise<User> =>
  found('page', await findAccount(ctx, ctx.actor.userId ?? ''));

async function recordProof(ctx: Ctx, user: User, method: string): Promise<void> {
  await record(ctx, {
    action: 'user.proved',
    subject: { type: 'user', id: user.id },
    supplierId: user.supplierId,
    changes: { method },
  });
}
