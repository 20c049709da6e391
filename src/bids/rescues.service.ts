import { record } from '../audit/index.ts';
import { assertMay } from '../identity/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { lockEvent, type SourcingEvent } from '../sourcing/index.ts';
import { findOwnBid } from './bid.store.ts';
import type { Bid } from './bid.ts';
import { ownSupplierId } from './drafts.service.ts';
import { openEnvelope } from './envelope-opening.service.ts';
import { openLate } from './late-opening.service.ts';
import { findShut, keyOfOpeners, takingPart } from './opener-parts.service.ts';
import * as store from './opening.store.ts';
import { beginOpening, prepareOpening, toOpen } from './openings.service.ts';
import * as rescues from './rescue.store.ts';
import { isKeyOf } from './sealing.ts';

/** The envelope whose turn it is, or the bids of the newest one that stayed shut. */
async function waitingOf(
  ctx: Ctx,
  event: SourcingEvent,
): Promise<{ opening: store.Opening; sealed: readonly store.SealedBid[]; isLate: boolean }> {
  const shut = await findShut(ctx, event);
  if (shut !== null) return { ...shut, isLate: true };
  const { envelope, sealed } = await prepareOpening(ctx, event);
  return { opening: await beginOpening(ctx, event, envelope), sealed, isLate: false };
}

/**
 * Asks every bidder whose envelope waits for its own key, because openers fail. The bidders are told.
 * @throws AppError `opening.house-opens`, and what opening throws
 */
export async function requestRescue(ctx: Ctx, of: { eventId: string; reason: string }): Promise<void> {
  const event = await lockEvent(ctx, of.eventId);
  assertMay(ctx, 'sourcing_event.open-rescued', toOpen(event));
  if (event.openerThreshold === null) throw ruleBroken('opening.house-opens', 'The house opens this event');
  const { opening, sealed } = await waitingOf(ctx, event);
  await rescues.saveRescueRequest(ctx.tx, { openingId: opening.id, at: ctx.now, reason: of.reason });
  await record(ctx, {
    action: 'sourcing_event.rescue-requested',
    subject: { type: 'sourcing_event', id: event.id },
    reason: of.reason,
    changes: { envelope: opening.envelope, bidIds: sealed.map((bid) => bid.bidId) },
  });
}

/** Whether bidders were asked for their keys, and who has given one. */
export async function getRescued(
  ctx: Ctx,
  eventId: string,
): Promise<{ requestedAt: Date | null; reason: string | null; bidIds: ReadonlySet<string> }> {
  const asked = (await store.findOpenings(ctx.tx, eventId)).findLast((one) => one.rescueRequestedAt !== null);
  const given = await rescues.findRescuedBids(ctx.tx, eventId);
  return {
    requestedAt: asked?.rescueRequestedAt ?? null,
    reason: asked?.rescueReason ?? null,
    bidIds: new Set(given.map((one) => one.bidId)),
  };
}

export type RescuePage = { readonly bid: Bid; readonly asked: rescues.RescueAsked | null };

/** @throws AppError `bid.not-found` */
export async function getRescue(ctx: Ctx, bidId: string): Promise<RescuePage> {
  const bid = found('bid', await findOwnBid(ctx.tx, bidId, ownSupplierId(ctx)));
  return { bid, asked: (await rescues.findRescueAsked(ctx.tx, bidId)) ?? null };
}

/**
 * Takes the bidder's own key of the envelope it was asked for; it must be that envelope's.
 * @throws AppError `bid_rescue.not-asked`, `bid_rescue.other-key`, `bid_rescue.given-already`, `bid.not-found`
 */
export async function giveRescueKey(ctx: Ctx, of: { bidId: string; key: string }): Promise<void> {
  const { bid, asked } = await getRescue(ctx, of.bidId);
  if (asked === null) throw ruleBroken('bid_rescue.not-asked', 'Nobody asks for the key of this bid');
  // A kept file holds the keys of all envelopes.
  const given = of.key.toUpperCase().match(/AGE-SECRET-KEY-1[0-9A-Z]{58}/g) ?? [];
  const fitting = await Promise.all(given.map((key) => isKeyOf(key, asked.recipient)));
  const identity = given.find((_, at) => fitting[at]);
  if (identity === undefined)
    throw ruleBroken('bid_rescue.other-key', 'This is not the key of that envelope', {
      recipient: asked.recipient,
    });
  const isTaken = await rescues.insertRescue(ctx.tx, {
    envelopeId: asked.envelopeId,
    bidId: bid.id,
    sealed: ctx.keyRing.seal(Buffer.from(identity), rescues.placeOfRescue(asked.envelopeId)),
    givenBy: found('bid', ctx.actor.userId),
    givenAt: ctx.now,
  });
  if (!isTaken) throw ruleBroken('bid_rescue.given-already', 'The key was given before');
  await record(ctx, {
    action: 'bid.rescue-key-given',
    subject: { type: 'bid', id: bid.id },
    changes: { envelope: asked.envelope, recipient: asked.recipient },
  });
}

/**
 * Opens with the keys that bidders gave, and with whatever openers gave. What still does not open is non-conforming and
 * named in the minutes; it can be opened later all the same.
 * @throws AppError `opening.nothing-rescued`, and what opening throws
 */
export async function openRescued(ctx: Ctx, eventId: string): Promise<void> {
  const event = await lockEvent(ctx, eventId);
  assertMay(ctx, 'sourcing_event.open-rescued', toOpen(event));
  const { opening, sealed, isLate } = await waitingOf(ctx, event);
  const given = new Set((await rescues.findRescuedBids(ctx.tx, eventId)).map((one) => one.envelopeId));
  if (!sealed.some((bid) => given.has(bid.envelopeId)))
    throw ruleBroken('opening.nothing-rescued', 'No bidder has given its key yet');
  const findKey = await keyOfOpeners(ctx, event, opening.id);
  if (isLate) await openLate(ctx, { event, opening, sealed, findKey });
  else
    await openEnvelope(ctx, {
      event,
      opening,
      sealed,
      findKey,
      by: await takingPart(ctx, event, opening.id),
    });
}
