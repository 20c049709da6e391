import { record } from '../../audit/index.ts';
import { system } from '../../kernel/actor.ts';
import { newId } from '../../kernel/id.ts';
import { sha256Hex } from '../../platform/crypto/key-ring.ts';
import type { Ctx, RunInTx } from '../../platform/db/context.ts';
import type { StaffIdentity } from '../staff-sign-in.service.ts';
import * as users from '../user.store.ts';
import { replaceGroups } from './person.store.ts';
import * as store from './sign-in-failure.store.ts';
import {
  FAILURES_KEPT_DAYS,
  type FailureKind,
  failureOf,
  maskAddress,
  maskEmail,
} from './sign-in-failure.ts';

/** What is known of whoever tries to get in, before it is let in. */
export type Attempt = {
  readonly kind: FailureKind;
  /** The e-mail address that was typed. */
  readonly email?: string;
  /** Who it would be. */
  readonly userId?: string | undefined;
  readonly linkToken?: string;
  readonly passkeyId?: string;
};
/** The request it is made in. */
type From = { readonly ip?: string | undefined; readonly requestId: string };

const DAY_MS = 24 * 60 * 60_000;
const GROUPS_KEPT = 50;
const NOTING = 'identity/note-failed-sign-in';

/**
 * Runs a sign-in. When it is refused, notes that it failed, in a transaction of its own, and refuses all the same:
 * the note costs a known account and an unknown one the same statements.
 */
export async function notingFailure<T>(
  house: { readonly runInTx: RunInTx },
  from: From,
  attempt: Attempt,
  signIn: () => Promise<T>,
): Promise<T> {
  try {
    return await signIn();
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== null)
      await house.runInTx({ actor: system(NOTING), requestId: from.requestId }, (ctx) =>
        noteFailure(ctx, { ...attempt, address: from.ip ?? '' }, failure),
      );
    throw error;
  }
}

async function noteFailure(
  ctx: Ctx,
  attempt: Attempt & { address: string },
  failure: { reason: string; userId: string | null },
): Promise<void> {
  const userId = failure.userId ?? (await findWho(ctx, attempt));
  await store.insertFailure(ctx.tx, {
    ...placeOf(ctx, attempt.address),
    id: newId(),
    at: ctx.now,
    kind: attempt.kind,
    reason: failure.reason,
    userId,
    whoFingerprint: fingerprintOfWho(ctx, attempt.email ?? userId ?? ''),
    whoMasked: attempt.email === undefined ? '' : maskEmail(attempt.email.trim()),
    groups: [],
  });
}

async function findWho(ctx: Ctx, attempt: Attempt): Promise<string | null> {
  if (attempt.email !== undefined) return store.findUserOfEmail(ctx.tx, attempt.email);
  if (attempt.linkToken !== undefined) return store.findOwnerOfLink(ctx.tx, sha256Hex(attempt.linkToken));
  if (attempt.passkeyId !== undefined) return store.findOwnerOfPasskey(ctx.tx, attempt.passkeyId);
  return attempt.userId ?? null;
}

/** A keyed hash by which the same typed address is found again, and nothing else. */
export const fingerprintOfWho = (ctx: Pick<Ctx, 'keyRing'>, who: string): string =>
  who === '' ? '' : ctx.keyRing.fingerprint(`sign_in_failure.who ${who.trim().toLowerCase()}`);

const placeOf = (ctx: Ctx, address: string) => ({
  addressFingerprint: ctx.keyRing.fingerprint(`sign_in_failure.address ${address}`),
  addressMasked: maskAddress(address),
});

/**
 * Notes that the identity provider vouched for somebody whom nothing gives a role: who, and with which groups, so
 * that an administrator can see what is missing.
 */
export async function noteRefusedWithoutRole(
  ctx: Ctx,
  of: { identity: StaffIdentity; groups: readonly string[]; address: string },
): Promise<void> {
  const { identity } = of;
  const known = await users.lockByNameId(ctx.tx, identity);
  const groups = of.groups.slice(0, GROUPS_KEPT);
  const id = await store.insertFailure(ctx.tx, {
    ...placeOf(ctx, of.address),
    id: newId(),
    at: ctx.now,
    kind: 'saml',
    reason: 'no-role',
    userId: known?.id ?? null,
    whoFingerprint: fingerprintOfWho(ctx, identity.email),
    // The company's own identity provider says who it is, and an administrator has to find them there.
    whoMasked: identity.name,
    groups,
  });
  if (known !== undefined) await replaceGroups(ctx.tx, known.id, []);
  await record(ctx, {
    action: 'user.refused-no-role',
    subject: known === undefined ? { type: 'sign_in_failure', id } : { type: 'user', id: known.id },
    changes: { groups },
  });
}

/** Forgets failed sign-ins after thirty days. */
export const forgetOldFailures = (ctx: Ctx): Promise<void> =>
  store.deleteFailuresBefore(ctx.tx, new Date(ctx.now.getTime() - FAILURES_KEPT_DAYS * DAY_MS));
