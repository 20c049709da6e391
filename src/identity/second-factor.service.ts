import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import { enrolmentUri, newRecoveryCodes, newSeed, plainRecoveryCode, stepOfCode } from './one-time-code.ts';
import * as store from './second-factor.store.ts';
import type { User } from './user.ts';

const placeOf = (userId: string): string => `totp.sealed_seed.${userId}`;

/** Makes a new seed, unless an app is set up already; it counts once a code of it was given. */
export const beginTotp = (ctx: Ctx, user: User): Promise<void> =>
  store.saveNewTotp(ctx.tx, user.id, ctx.keyRing.seal(Buffer.from(newSeed()), placeOf(user.id)));

/** What the app scans or the person types; null when none is being set up. */
export async function findTotpEnrolment(ctx: Ctx, user: User): Promise<{ seed: string; uri: string } | null> {
  const totp = await store.findTotp(ctx.tx, user.id);
  if (totp === undefined || totp.isConfirmed) return null;
  const seed = seedOf(ctx, user.id, totp);
  return { seed, uri: enrolmentUri(seed, user.email) };
}

/** Takes the first code of an app that is being set up.
 * @throws AppError `totp.not-found`, `second-step.code-is-wrong` */
export async function confirmTotp(ctx: Ctx, user: User, code: string): Promise<void> {
  const totp = found('totp', await store.lockTotp(ctx.tx, user.id));
  if (totp.isConfirmed || !(await takesCode(ctx, user.id, { totp, code }))) throw codeIsWrong();
  await record(ctx, {
    action: 'user.totp-set-up',
    subject: { type: 'user', id: user.id },
    supplierId: user.supplierId,
  });
}

/** Takes the app away. */
export async function removeTotp(ctx: Ctx, user: User): Promise<void> {
  if ((await store.deleteTotp(ctx.tx, user.id)) === 0) return;
  await record(ctx, {
    action: 'user.totp-removed',
    subject: { type: 'user', id: user.id },
    supplierId: user.supplierId,
  });
}

/** Makes new recovery codes in place of all before. They are shown once; only their hashes are kept. */
export async function makeRecoveryCodes(ctx: Ctx, user: User): Promise<string[]> {
  const codes = newRecoveryCodes();
  await store.replaceRecoveryCodes(
    ctx.tx,
    user.id,
    codes.map((code) => hashOf(user.id, code)),
  );
  await record(ctx, {
    action: 'user.recovery-codes-made',
    subject: { type: 'user', id: user.id },
    supplierId: user.supplierId,
  });
  return codes;
}

/**
 * Checks a code of the app, or a recovery code, which is then used up. Gives which it was.
 * @throws AppError `second-step.code-is-wrong`
 */
export async function useCode(ctx: Ctx, user: User, code: string): Promise<'totp' | 'recovery-code'> {
  const totp = await store.lockTotp(ctx.tx, user.id);
  if (totp?.isConfirmed === true && (await takesCode(ctx, user.id, { totp, code }))) return 'totp';
  const hash = hashOf(user.id, code);
  if (await store.useRecoveryCode(ctx.tx, { userId: user.id, hash, at: ctx.now })) return 'recovery-code';
  throw codeIsWrong();
}

/** How many recovery codes are left. */
export const countRecoveryCodes = (ctx: Ctx, userId: string): Promise<number> =>
  store.countRecoveryCodes(ctx.tx, userId);

/** Is an app set up? */
export const hasTotp = async (ctx: Ctx, userId: string): Promise<boolean> =>
  (await store.findTotp(ctx.tx, userId))?.isConfirmed === true;

async function takesCode(ctx: Ctx, userId: string, of: { totp: store.Totp; code: string }): Promise<boolean> {
  const { lastUsedStep } = of.totp;
  const step = stepOfCode(seedOf(ctx, userId, of.totp), { code: of.code, now: ctx.now, lastUsedStep });
  if (step === null) return false;
  await store.saveTotpUsed(ctx.tx, userId, { step, at: ctx.now });
  return true;
}

const seedOf = (ctx: Ctx, userId: string, totp: store.Totp): string =>
  ctx.keyRing.unseal(totp.sealedSeed, placeOf(userId)).toString();

const hashOf = (userId: string, code: string): string => sha256Hex(`${userId} ${plainRecoveryCode(code)}`);

const codeIsWrong = () =>
  ruleBroken('second-step.code-is-wrong', 'This code is not right, or was used already');
