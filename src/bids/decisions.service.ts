import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { declareUnsuccessful, findLots, lockEvent, type SourcingEvent } from '../sourcing/index.ts';
import { hasBidIn, lockBid, saveDisqualification } from './bid.store.ts';
import { assertSetAsideNow, disqualify, standingStates } from './bid.ts';
import { knockOutsOf, type LotDecision } from './knock-out.ts';
import { findOpenings } from './opening.store.ts';
import { assertMayOpen } from './openings.service.ts';
import {
  type BidWithResponses,
  findBidsWithResponses,
  insertLotDecision,
  insertWaiver,
} from './responses.queries.ts';

/**
 * Sets an opened bid aside, with the reason that its supplier is told. It is compared no more and cannot win.
 * @throws AppError `opening.not-an-opener`, `sourcing_event.not-found`, `bid.not-found`, `bid.needs-a-reason`,
 * and what {@link disqualify} throws
 */
export async function disqualifyBid(
  ctx: Ctx,
  of: { eventId: string; bidId: string; reason: string },
): Promise<void> {
  assertMayOpen(ctx.actor);
  await failBid(ctx, { event: await lockEvent(ctx, of.eventId), bidId: of.bidId, reason: of.reason });
}

/**
 * The same by a committee's word. The caller holds the event, and has found who may.
 * @throws AppError `bid.not-found`, `bid.needs-a-reason`, and what {@link disqualify} throws
 */
export async function failBid(
  ctx: Ctx,
  { event, ...of }: { event: SourcingEvent; bidId: string; reason: string },
): Promise<void> {
  const before = found('bid', await lockBid(ctx.tx, of.bidId));
  found('bid', before.eventId === event.id ? before : null);
  // The envelope that is open and being judged while the next one is sealed.
  const judged = (await findOpenings(ctx.tx, event.id)).find(isJudgedNow);
  const after = disqualify(before, event, { isJudged: judged !== undefined });
  assertReason(of.reason);
  const envelope = judged?.envelope ?? null;
  await saveDisqualification(ctx.tx, after, { reason: of.reason, envelope });
  await record(ctx, {
    action: 'bid.disqualified',
    subject: { type: 'bid', id: after.id },
    supplierId: after.supplierId,
    from: before.state,
    to: after.state,
    reason: of.reason,
    changes: { eventId: event.id, ...(envelope === null ? {} : { envelope }) },
  });
}

/**
 * Keeps a bid in although an answer excludes it, with a reason. The other decision is to set it aside.
 * @throws AppError `opening.not-an-opener`, `bid.not-found`, `bid.not-knocked-out`, `bid.needs-a-reason`
 */
export async function waiveKnockOut(
  ctx: Ctx,
  of: { eventId: string; bidId: string; reason: string },
): Promise<void> {
  const { event, bid } = await lockExcluded(ctx, { ...of, lotId: null });
  assertReason(of.reason);
  await insertWaiver(ctx.tx, {
    bidId: bid.id,
    reason: of.reason,
    waivedBy: found('user', ctx.actor.userId),
    waivedAt: ctx.now,
  });
  await record(ctx, {
    action: 'bid.knock-out-waived',
    subject: { type: 'bid', id: bid.id },
    reason: of.reason,
    changes: { eventId: event.id },
  });
}

/**
 * Decides on one lot of a bid that an answer about this lot excludes: the bid is compared without it, or kept in it, with
 * a reason. Its supplier reads the reason for what is excluded in its letter.
 * @throws AppError as {@link waiveKnockOut}, `bid.event-not-in-evaluation`
 */
export async function decideOnLot(
  ctx: Ctx,
  of: { eventId: string; bidId: string } & LotDecision,
): Promise<void> {
  const { event, bid } = await lockExcluded(ctx, of);
  if (of.isExcluded) {
    const openings = await findOpenings(ctx.tx, event.id);
    assertSetAsideNow(event, { isJudged: openings.some(isJudgedNow) });
  }
  assertReason(of.reason);
  const lot = found(
    'lot',
    (await findLots(ctx, event.id)).find((one) => one.id === of.lotId),
  );
  await insertLotDecision(ctx.tx, {
    ...of,
    decidedBy: found('user', ctx.actor.userId),
    decidedAt: ctx.now,
  });
  await record(ctx, {
    action: of.isExcluded ? 'bid.lot-excluded' : 'bid.lot-kept',
    subject: { type: 'bid', id: bid.id },
    reason: of.reason,
    changes: { eventId: event.id, lotId: lot.id, lot: `${lot.lotNo} · ${lot.title}` },
  });
}

/** The event, held, and its bid, which an answer excludes as a whole or in this lot, and nobody decided on that. */
async function lockExcluded(
  ctx: Ctx,
  of: { eventId: string; bidId: string; lotId: string | null },
): Promise<{ event: SourcingEvent; bid: BidWithResponses }> {
  assertMayOpen(ctx.actor);
  const event = await lockEvent(ctx, of.eventId);
  const bid = found(
    'bid',
    (await findBidsWithResponses(ctx, event.id)).find((one) => one.id === of.bidId),
  );
  const part = knockOutsOf(bid).find((one) => one.lotId === of.lotId);
  if (part === undefined || part.decision !== null || bid.state === 'disqualified')
    throw ruleBroken('bid.not-knocked-out', 'No answer excludes this bid');
  return { event, bid };
}

/**
 * Ends an event that nobody bid for, or none of whose bids can be taken. The invited suppliers are told.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.cannot-declare-unsuccessful`,
 * `opening.bids-stand`, `bid.needs-a-reason`
 */
export async function endWithoutAward(ctx: Ctx, of: { eventId: string; reason: string }): Promise<void> {
  const event = await lockEvent(ctx, of.eventId);
  if (await hasBidIn(ctx.tx, event.id, standingStates))
    throw ruleBroken('opening.bids-stand', 'There are bids to open, decide on or compare');
  assertReason(of.reason);
  await declareUnsuccessful(ctx, event.id, of.reason);
}

const isJudgedNow = (one: { openedAt: Date | null; concludedAt: Date | null }): boolean =>
  one.openedAt !== null && one.concludedAt === null;

function assertReason(reason: string): void {
  if (reason.trim() === '') throw ruleBroken('bid.needs-a-reason', 'Say why');
}
