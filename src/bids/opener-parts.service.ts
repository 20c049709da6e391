import { record } from '../audit/index.ts';
import { assertMay } from '../identity/index.ts';
import { forbidden, found, ruleBroken } from '../kernel/errors.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findEvent, lockEvent, type SourcingEvent } from '../sourcing/index.ts';
import { type FindKey, openEnvelope } from './envelope-opening.service.ts';
import { eventIdentity } from './event-keys.service.ts';
import { openLate } from './late-opening.service.ts';
import * as openers from './opener.store.ts';
import * as store from './opening.store.ts';
import { envelopeToOpen, type Minutes, opensAt } from './opening.ts';
import { beginOpening, prepareOpening, toOpen } from './openings.service.ts';
import { findRescues } from './rescue.store.ts';
import { combineShares, openShare, rebuildIdentity } from './sealing.ts';

/** What an opener's browser needs to give its part: its wrapped key, and its sealed share of each bid. */
export type PartAsked = {
  readonly wrapped: string;
  readonly shares: readonly { readonly envelopeId: string; readonly sealed: string }[];
};

/** Which bids of which opening an opener is asked for: those that wait, or those that stayed shut. */
type Target =
  | {
      readonly kind: 'turn';
      readonly sealed: readonly store.SealedBid[];
      readonly begin: () => Promise<store.Opening>;
    }
  | { readonly kind: 'late'; readonly sealed: readonly store.SealedBid[]; readonly opening: store.Opening };

/**
 * What is asked of the opener who looks: nothing before the time of opening, and nothing of bids that were set aside.
 * @throws AppError `opening.not-appointed`, `opening.too-early`, and what `decide` refuses
 */
export async function getPartAsked(ctx: Ctx, eventId: string): Promise<PartAsked> {
  const event = await findEvent(ctx, eventId);
  const key = await appointedKey(ctx, eventId);
  assertMay(ctx, 'sourcing_event.give-part', toOpen(event));
  const asked = (await findShut(ctx, event))?.sealed ?? (await bidsOfTurn(ctx, event));
  const shares = await openers.findSealedShares(ctx.tx, {
    openerId: key.userId,
    envelopeIds: asked.map((bid) => bid.envelopeId),
  });
  return {
    wrapped: key.wrapped.toString('base64'),
    shares: shares.map((share) => ({
      envelopeId: share.envelopeId,
      sealed: share.sealed.toString('base64'),
    })),
  };
}

/** The bids of the envelope whose turn it is. @throws AppError `opening.too-early`, `opening.not-concluded` */
async function bidsOfTurn(ctx: Ctx, event: SourcingEvent): Promise<readonly store.SealedFacts[]> {
  const from = opensAt(event);
  if (from === null || ctx.now < from)
    throw ruleBroken('opening.too-early', 'The time of opening has not come');
  const envelope = envelopeToOpen(event.envelopes, await store.findOpenings(ctx.tx, event.id));
  return store.findSealedFacts(ctx.tx, { eventId: event.id, envelope });
}

async function appointedKey(ctx: Ctx, eventId: string): Promise<openers.OpenerKey> {
  const userId = found('user', ctx.actor.userId);
  const key = await openers.findAppointedKey(ctx.tx, { eventId, userId });
  if (key === undefined) throw forbidden('opening.not-appointed', 'Only an appointed opener gives a part');
  return key;
}

async function targetOf(ctx: Ctx, event: SourcingEvent): Promise<Target> {
  const shut = await findShut(ctx, event);
  if (shut !== null) return { kind: 'late', ...shut };
  const { envelope, sealed } = await prepareOpening(ctx, event);
  return { kind: 'turn', sealed, begin: () => beginOpening(ctx, event, envelope) };
}

/** The bids of the newest opened envelope that stayed shut for want of shares, and still stand. */
export async function findShut(
  ctx: Ctx,
  event: SourcingEvent,
): Promise<{ opening: store.Opening; sealed: store.SealedBid[] } | null> {
  if (event.state !== 'opening' && event.state !== 'evaluation') return null;
  const opening = (await store.findOpenings(ctx.tx, event.id)).findLast((one) => one.openedAt !== null);
  if (opening === undefined) return null;
  const shut = (await store.findOpenedEnvelopes(ctx.tx, { eventId: event.id })).filter(
    (one) => one.envelope === opening.envelope && one.fault === 'too-few-shares',
  );
  if (shut.length === 0) return null;
  const ids = new Set(shut.map((one) => one.envelopeId));
  const standing = await store.findSealedBids(ctx.tx, { eventId: event.id, envelope: opening.envelope });
  const sealed = standing.filter((bid) => ids.has(bid.envelopeId));
  return sealed.length === 0 ? null : { opening, sealed };
}

/**
 * Takes an opener's shares: those that fit are held sealed until they are enough, those that do not are named, and stop
 * nobody. With the last part that is needed the envelope opens.
 * @throws AppError `opening.not-appointed`, `opening.nothing-fits`, and what {@link prepareOpening} throws
 */
export async function givePart(
  ctx: Ctx,
  of: { eventId: string; shares: readonly { envelopeId: string; share: Uint8Array }[] },
): Promise<{ wrong: readonly string[]; isOpened: boolean }> {
  const event = await lockEvent(ctx, of.eventId);
  const { userId: openerId } = await appointedKey(ctx, event.id);
  assertMay(ctx, 'sourcing_event.give-part', toOpen(event));
  const target = await targetOf(ctx, event);
  const { fitting, wrong } = await checkShares(ctx, { openerId, sealed: target.sealed, given: of.shares });
  if (fitting.length === 0) throw ruleBroken('opening.nothing-fits', 'None of the shares fits');
  const opening = target.kind === 'late' ? target.opening : await target.begin();
  await openers.saveOpenerPart(ctx.tx, { openingId: opening.id, openerId, givenAt: ctx.now, wrong });
  await openers.insertHeldShares(
    ctx.tx,
    opening.id,
    fitting.map(({ envelopeId, share }) => ({
      envelopeId,
      openerId,
      sealed: ctx.keyRing.seal(share, placeOfShare(envelopeId, openerId)),
    })),
  );
  await record(ctx, {
    action: 'sourcing_event.part-given',
    subject: { type: 'sourcing_event', id: event.id },
    changes: { envelope: opening.envelope, fitting: fitting.length, wrong },
  });
  return { wrong, isOpened: await openIfEnough(ctx, { event, opening, target }) };
}

/** Compares each share with the hash that the bidder sealed beside it. */
async function checkShares(
  ctx: Ctx,
  of: {
    openerId: string;
    sealed: readonly store.SealedBid[];
    given: readonly { envelopeId: string; share: Uint8Array }[];
  },
): Promise<{ fitting: { envelopeId: string; share: Uint8Array }[]; wrong: string[] }> {
  const wanted = await openers.findSealedShares(ctx.tx, {
    openerId: of.openerId,
    envelopeIds: of.sealed.map((bid) => bid.envelopeId),
  });
  const hashes = new Map(wanted.map((share) => [share.envelopeId, share.shareSha256]));
  const given = new Map(of.given.map((share) => [share.envelopeId, share.share]));
  const fitting: { envelopeId: string; share: Uint8Array }[] = [];
  const wrong: string[] = [];
  for (const { envelopeId, reference } of of.sealed) {
    const share = given.get(envelopeId);
    if (share !== undefined && sha256Hex(share) === hashes.get(envelopeId))
      fitting.push({ envelopeId, share });
    else wrong.push(reference);
  }
  return { fitting, wrong };
}

async function openIfEnough(
  ctx: Ctx,
  of: { event: SourcingEvent; opening: store.Opening; target: Target },
): Promise<boolean> {
  const { event, opening, target } = of;
  const findKey = await keyOfOpeners(ctx, event, opening.id);
  if (target.kind === 'late')
    return (await openLate(ctx, { event, opening, sealed: target.sealed, findKey })) > 0;
  const by = await takingPart(ctx, event, opening.id);
  if (by.parts.length < found('opening', event.openerThreshold)) return false;
  await openEnvelope(ctx, { event, opening, sealed: target.sealed, findKey, by });
  return true;
}

/** Who was appointed and who took part, for the minutes. */
export async function takingPart(
  ctx: Ctx,
  event: SourcingEvent,
  openingId: string,
): Promise<Pick<Minutes, 'openers' | 'parts'>> {
  const parts = await openers.findParts(ctx.tx, { eventId: event.id, openingId });
  return {
    openers: {
      appointed: parts.map((part) => part.openerName).toSorted(),
      threshold: found('opening', event.openerThreshold),
    },
    parts: parts.flatMap(({ openerName, givenAt, wrong }) =>
      givenAt === null ? [] : [{ openerName, givenAt: givenAt.toISOString(), wrong }],
    ),
  };
}

/**
 * A bid's key from the shares that are held together with the time key's half, or the one its bidder gave.
 * @throws AppError `opening.key-damaged`
 */
export async function keyOfOpeners(ctx: Ctx, event: SourcingEvent, openingId: string): Promise<FindKey> {
  const time = await eventIdentity(ctx, event.id, 'time');
  const held = byEnvelope(await openers.findHeldShares(ctx.tx, openingId));
  const rescues = new Map((await findRescues(ctx, event.id)).map((one) => [one.envelopeId, one.identity]));
  const threshold = event.openerThreshold ?? 0;
  return async ({ envelopeId, recipient, timeShare }) => {
    const rescued = rescues.get(envelopeId);
    if (rescued !== undefined) return { identity: rescued, isRescued: true };
    const shares = held.get(envelopeId) ?? [];
    if (threshold === 0 || shares.length < threshold) return { fault: 'too-few-shares' };
    const opened = shares.map(({ openerId, sealed }) =>
      ctx.keyRing.unseal(sealed, placeOfShare(envelopeId, openerId)),
    );
    const ofOpening = await combineShares(opened.slice(0, threshold));
    const ofTime = await openShare(timeShare, time);
    const identity =
      ofTime === null || ofOpening === null ? null : await rebuildIdentity({ ofTime, ofOpening }, recipient);
    return identity === null ? { fault: 'does-not-open' } : { identity, isRescued: false };
  };
}

function byEnvelope(shares: readonly openers.HeldShare[]): Map<string, openers.HeldShare[]> {
  const groups = new Map<string, openers.HeldShare[]>();
  for (const share of shares) groups.set(share.envelopeId, [...(groups.get(share.envelopeId) ?? []), share]);
  return groups;
}

const placeOfShare = (envelopeId: string, openerId: string): string =>
  `opener_share.sealed.${envelopeId}.${openerId}`;

/** How far the appointed openers are. */
export type OpenersProgress = {
  readonly threshold: number;
  readonly parts: readonly openers.PartGiven[];
  /** May who looks give its part, again where some of its shares did not fit? */
  readonly isAsked: boolean;
  /** Bids that stayed shut when the envelope was opened. */
  readonly shut: readonly Pick<store.SealedBid, 'bidId' | 'reference' | 'supplierName'>[];
};

/** Null where the house opens. */
export async function getProgress(ctx: Ctx, eventId: string): Promise<OpenersProgress | null> {
  const event = await findEvent(ctx, eventId);
  if (event.openerThreshold === null) return null;
  const shut = await findShut(ctx, event);
  const openings = await store.findOpenings(ctx.tx, eventId);
  const opening = shut?.opening ?? openings.find((one) => one.openedAt === null) ?? null;
  const parts = await openers.findParts(ctx.tx, { eventId, openingId: opening?.id ?? null });
  const own = parts.find((part) => part.openerId === ctx.actor.userId);
  const isTurn =
    shut !== null ||
    event.state === 'closed' ||
    (event.state === 'opening' && !openings.some((one) => one.openedAt !== null && one.concludedAt === null));
  return {
    threshold: event.openerThreshold,
    parts,
    isAsked: own !== undefined && isTurn && (own.givenAt === null || own.wrong.length > 0 || shut !== null),
    shut: (shut?.sealed ?? []).map(({ bidId, reference, supplierName }) => ({
      bidId,
      reference,
      supplierName,
    })),
  };
}
