import { randomBytes } from 'node:crypto';
import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import { isOwnPath } from '../platform/web/return-to.ts';
import { noteSignIn } from './identity.service.ts';
import * as links from './sign-in-link.store.ts';
import { isUsable, linkExpiresAt, ONE_TIME_SIGN_IN, PASSWORD_PAGE, PASSWORD_RESET } from './sign-in-link.ts';
import * as store from './user.store.ts';
import type { User } from './user.ts';

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
