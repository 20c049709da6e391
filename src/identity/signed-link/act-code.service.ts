import { record } from '../../audit/index.ts';
import { found, ruleBroken } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { equalSecrets } from '../../platform/crypto/key-ring.ts';
import type { Ctx } from '../../platform/db/context.ts';
import * as users from '../user.store.ts';
import type { User } from '../user.ts';
import * as store from './act-code.store.ts';
import {
  type ActCode,
  CODE_LASTS_MS,
  CODES_A_DAY,
  CODES_AN_HOUR,
  isLive,
  newCode,
  plainCode,
  SEND_AGAIN_AFTER_MS,
  WRONG_CODES_A_LINK,
} from './act-code.ts';
import { revokeSignedLinks } from './signed-link.service.ts';

/** What a code is asked for: this act by this link, with exactly this content. */
export type CodeWanted = { readonly linkId: string; readonly act: string; readonly content: string };

const placeOf = (codeId: string): string => `signed_link_code.sealed_code.${codeId}`;

/**
 * Has a code mailed to the one who acts, unless the last one for exactly this still counts. `again` asks for
 * another one nevertheless. Only the last code sent counts.
 * @throws AppError `signed-link.code-just-sent`, `signed-link.too-many-codes`
 */
export async function requestCode(
  ctx: Ctx,
  wanted: CodeWanted & { again: boolean },
): Promise<Pick<ActCode, 'id' | 'expiresAt'>> {
  const { linkId, act } = wanted;
  // Codes of one contact are counted one after another.
  const user = found('user', await users.lockById(ctx.tx, ctx.actor.userId ?? ''));
  const contentHash = ctx.keyRing.fingerprint(`content of an act by signed link ${wanted.content}`);
  const last = await store.findLastCode(ctx.tx, { linkId, act, contentHash });
  if (last !== undefined && isLive(last, ctx.now)) {
    if (!wanted.again) return last;
    if (ctx.now.getTime() - last.createdAt.getTime() < SEND_AGAIN_AFTER_MS)
      throw ruleBroken('signed-link.code-just-sent', 'The code was sent a moment ago');
  }
  const sent = await store.countCodes(ctx.tx, { userId: user.id, now: ctx.now });
  if (sent.hour >= CODES_AN_HOUR || sent.day >= CODES_A_DAY)
    throw ruleBroken('signed-link.too-many-codes', 'Too many codes were sent to this contact');
  await store.endCodes(ctx.tx, { linkId, at: ctx.now });
  return makeCode(ctx, { linkId, act, contentHash, user });
}

async function makeCode(
  ctx: Ctx,
  of: { linkId: string; act: string; contentHash: string; user: User },
): Promise<Pick<ActCode, 'id' | 'expiresAt'>> {
  const { linkId, act, contentHash, user } = of;
  const id = newId();
  const code = newCode();
  const expiresAt = new Date(ctx.now.getTime() + CODE_LASTS_MS);
  await store.insertCode(ctx.tx, {
    id,
    linkId,
    act,
    contentHash,
    userId: user.id,
    supplierId: found('supplier', user.supplierId),
    codeHash: hashOf(ctx, id, code),
    sealedCode: ctx.keyRing.seal(Buffer.from(code), placeOf(id)),
    createdAt: ctx.now,
    expiresAt,
  });
  await record(ctx, {
    action: 'signed_link.code-requested',
    subject: { type: 'signed_link_code', id },
    supplierId: user.supplierId,
    changes: { linkId, act },
  });
  return { id, expiresAt };
}

/** What became of a code that was typed: the act it is for, or why it counts for nothing. */
export type Typed =
  | { readonly result: 'right'; readonly act: string }
  | { readonly result: 'wrong' | 'over'; readonly act: string }
  /** Made for something else: for another link, address, act or content. */
  | { readonly result: 'of-something-else' };

/**
 * Tries a code, once: a right one is used up. It does not throw, because the count of wrong tries must be kept.
 * After too many wrong ones the link is stopped.
 */
export async function tryCode(
  ctx: Ctx,
  of: { codeId: string; linkId: string; content: string; typed: string },
): Promise<Typed> {
  const code = await store.lockCode(ctx.tx, { id: of.codeId, linkId: of.linkId });
  const contentHash = ctx.keyRing.fingerprint(`content of an act by signed link ${of.content}`);
  if (code === undefined || !equalSecrets(code.contentHash, contentHash))
    return { result: 'of-something-else' };
  if (!isLive(code, ctx.now)) return { result: 'over', act: code.act };
  if (equalSecrets(code.codeHash, hashOf(ctx, code.id, plainCode(of.typed)))) {
    await store.saveCodeUsed(ctx.tx, { id: code.id, at: ctx.now });
    return { result: 'right', act: code.act };
  }
  const wrongTries = await store.saveWrongTry(ctx.tx, code);
  if (wrongTries >= WRONG_CODES_A_LINK) await revokeSignedLinks(ctx, { id: of.linkId }, 'wrong-codes');
  return { result: isLive({ ...code, tries: code.tries + 1 }, ctx.now) ? 'wrong' : 'over', act: code.act };
}

/** A code to be mailed, with whom it goes to; null once it was, or when it is over. */
export async function openCodeToMail(
  ctx: Ctx,
  codeId: string,
): Promise<{ recipient: User; act: string; reference: string; code: string; minutes: number } | null> {
  const waiting = await store.findCodeToMail(ctx.tx, { id: codeId, now: ctx.now });
  const recipient = waiting === undefined ? undefined : await users.findById(ctx.tx, waiting.userId);
  if (waiting === undefined || recipient?.isActive !== true) return null;
  return {
    recipient,
    act: waiting.act,
    reference: waiting.reference,
    code: ctx.keyRing.unseal(waiting.sealedCode, placeOf(codeId)).toString(),
    minutes: CODE_LASTS_MS / 60_000,
  };
}

/** Forgets a code that was mailed: only its keyed hash is left. */
export const forgetMailedCode = (ctx: Ctx, codeId: string): Promise<void> => store.wipeCode(ctx.tx, codeId);

const hashOf = (ctx: Ctx, codeId: string, code: string): string =>
  ctx.keyRing.fingerprint(`one-time code ${codeId} ${code}`);
