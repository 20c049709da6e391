import { randomBytes } from 'node:crypto';
import { record } from '../../audit/index.ts';
import { forbidden, found, ruleBroken } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { sha256Hex } from '../../platform/crypto/key-ring.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { endAccess, revokeSignInLinks } from '../deactivation.service.ts';
import { saltOf } from '../password.ts';
import { forgetProofsSince } from '../second-factor.store.ts';
import * as users from '../user.store.ts';
import type { User } from '../user.ts';
import * as store from './address-change.store.ts';
import {
  type AddressChange,
  addressChangeLifecycle,
  assertNewAddress,
  confirmsUntil,
  isConfirmable,
  isRevertible,
  revertsUntil,
} from './address-change.ts';

/** The change that waits for its confirmation, if there is one. */
export const findRequestedChange = (ctx: Ctx, userId: string): Promise<AddressChange | undefined> =>
  store.findRequested(ctx.tx, userId);

/**
 * Asks for another address: nothing changes before the link that goes there is used. A change that still waits
 * gives way.
 * @throws AppError `password.staff-use-single-sign-on`, and what {@link assertNewAddress} throws
 */
export async function requestAddressChange(ctx: Ctx, of: { user: User; to: string }): Promise<void> {
  const { user, to } = of;
  if (user.supplierId === null)
    throw forbidden('password.staff-use-single-sign-on', 'Staff have the address of the identity provider');
  const colleagues = (await users.findOfSupplier(ctx.tx, user.supplierId)).filter(
    (one) => one.id !== user.id,
  );
  assertNewAddress(to, { current: user.email, colleagues });
  await withdrawAddressChange(ctx, user.id);
  const change: AddressChange = {
    id: newId(),
    userId: user.id,
    supplierId: user.supplierId,
    fromEmail: user.email,
    toEmail: to,
    state: addressChangeLifecycle.initial,
    requestedAt: ctx.now,
    confirmsUntil: confirmsUntil(ctx.now),
    revertsUntil: null,
  };
  await store.insertChange(ctx.tx, change);
  await recordChange(ctx, 'user.address-change-requested', change);
}

/** Takes back what was asked for and not confirmed yet; does nothing where nothing was. */
export async function withdrawAddressChange(ctx: Ctx, userId: string): Promise<void> {
  const change = await store.lockRequested(ctx.tx, userId);
  if (change === undefined) return;
  const withdrawn = { ...change, state: addressChangeLifecycle.next(change.state, 'withdraw') };
  await store.saveState(ctx.tx, withdrawn);
  await recordChange(ctx, 'user.address-change-withdrawn', withdrawn);
}

/** The change a link to the new address confirms, for the one who asked for it; null where the link does not work. */
export async function findConfirmable(ctx: Ctx, token: string): Promise<AddressChange | null> {
  const change = await store.findByLink(ctx.tx, 'confirm', sha256Hex(token));
  const isTheirs = change !== undefined && isConfirmable(change, { userId: ctx.actor.userId, now: ctx.now });
  return isTheirs ? change : null;
}

/**
 * Gives the account its new address. Links that wait in the old mailbox work no more; the password stays, unless
 * another company's account has the address with a salt of its own: then a new one must be set.
 * @throws AppError `address_change.link-does-not-work`
 */
export async function confirmAddressChange(
  ctx: Ctx,
  token: string,
): Promise<{ keepsPassword: boolean; hadPassword: boolean }> {
  const change = await store.lockByLink(ctx.tx, 'confirm', sha256Hex(token));
  const by = { userId: ctx.actor.userId, now: ctx.now };
  if (change === undefined || !isConfirmable(change, by)) throw linkDoesNotWork();
  const user = found('user', await users.lockById(ctx.tx, change.userId));
  const hash = await users.findPasswordHash(ctx.tx, user.id);
  const others = await users.lockPasswordsOfAddress(ctx.tx, change.toEmail);
  const keepsPassword =
    hash === undefined ||
    others.every((other) => saltOf(other.passwordHash) === saltOf(hash) && other.passwordHash !== hash);
  await users.saveEmail(ctx.tx, user.id, { email: change.toEmail, keepsPassword });
  await revokeSignInLinks(ctx, user.id);
  const confirmed: AddressChange = {
    ...change,
    state: addressChangeLifecycle.next(change.state, 'confirm'),
    revertsUntil: revertsUntil(ctx.now),
  };
  await store.saveState(ctx.tx, confirmed, ctx.now);
  await recordChange(ctx, 'user.address-changed', confirmed);
  return { keepsPassword, hadPassword: hash !== undefined };
}

/** The change that a link to the old address takes back; null where the link does not work. */
export async function findRevertible(ctx: Ctx, token: string): Promise<AddressChange | null> {
  const change = await store.findByLink(ctx.tx, 'revert', sha256Hex(token));
  return change !== undefined && isRevertible(change, ctx.now) ? change : null;
}

/**
 * Gives the account its old address back, without a sign-in: whoever changed it may hold the session and the
 * password. Both end, as do passkeys added since, and a link to a new password goes to the old address.
 * @throws AppError `address_change.link-does-not-work`
 */
export async function revertAddressChange(ctx: Ctx, token: string): Promise<void> {
  const change = await store.lockByLink(ctx.tx, 'revert', sha256Hex(token));
  if (change === undefined || !isRevertible(change, ctx.now)) throw linkDoesNotWork();
  const user = found('user', await users.lockById(ctx.tx, change.userId));
  await withdrawAddressChange(ctx, user.id);
  await users.saveEmail(ctx.tx, user.id, { email: change.fromEmail, keepsPassword: false });
  await endAccess(ctx, user.id);
  await forgetProofsSince(ctx.tx, user.id, change.requestedAt);
  const reverted = { ...change, state: addressChangeLifecycle.next(change.state, 'revert') };
  await store.saveRevertedSince(ctx.tx, reverted, ctx.now);
  await recordChange(ctx, 'user.address-reverted', reverted);
}

/**
 * Makes the link of a mail about a change: to the new address for confirming, to the old one for taking it back.
 * Null when there is nothing to do any more. Made anew for each try, because only the mail ever holds the token.
 */
export async function makeAddressLink(
  ctx: Ctx,
  of: { changeId: string; link: 'confirm' | 'revert' },
): Promise<{ change: AddressChange; user: User; path: string } | null> {
  const change = await store.lockById(ctx.tx, of.changeId);
  if (change?.state !== (of.link === 'confirm' ? 'requested' : 'confirmed')) return null;
  const token = randomBytes(32).toString('base64url');
  await store.saveLink(ctx.tx, change.id, { link: of.link, hash: sha256Hex(token) });
  const user = found('user', await users.findById(ctx.tx, change.userId));
  return { change, user, path: `/address/${of.link === 'confirm' ? 'confirmation' : 'revert'}/${token}` };
}

const linkDoesNotWork = () =>
  ruleBroken('address_change.link-does-not-work', 'This link was used already, has expired or is incomplete');

/** Addresses stay out of the record: the row has them, and the record keeps its hands off mailboxes. */
const recordChange = (ctx: Ctx, action: string, change: AddressChange): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'user', id: change.userId },
    supplierId: change.supplierId,
    to: change.state,
    changes: { changeId: change.id },
  });
