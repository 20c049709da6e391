import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx, Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import { lockEvent } from '../sourcing/index.ts';
import { findOwnBid, lockBid, saveStates } from './bid.store.ts';
import type { Bid } from './bid.ts';
import { acceptPrice, assertMayBeAnswered, type Clarification, putInQuestion } from './clarification.ts';
import { ownSupplierId } from './drafts.service.ts';

type OfBid = { readonly eventId: string; readonly bidId: string };

/**
 * Asks a bidder about a price that looks too low to be kept; the bid is in question until somebody decides. What the
 * rule went by is in the record of the event, where the bidder does not read it.
 * @throws AppError `sourcing_event.not-found`, `bid.not-found`, `clarification.until-past`, and what `putInQuestion` throws
 */
export async function askBidder(
  ctx: Ctx,
  of: OfBid & { question: string; answerUntil: Date; basis: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { event, bid } = await lockBoth(ctx, of);
  const after = putInQuestion(bid, event);
  if (of.answerUntil <= ctx.now) throw ruleBroken('clarification.until-past', 'The time to answer is over');
  await saveMove(ctx, { before: bid, after, action: 'bid.flagged', reason: null });
  const id = newId();
  await ctx.tx('clarification').insert({
    id,
    bid_id: bid.id,
    event_id: event.id,
    supplier_id: bid.supplierId,
    question: of.question,
    asked_by: found('user', ctx.actor.userId),
    asked_at: ctx.now,
    answer_until: of.answerUntil,
  });
  const changes = { eventId: event.id, bidId: bid.id };
  const subject = { type: 'clarification', id };
  await record(ctx, { action: 'clarification.asked', subject, supplierId: bid.supplierId, changes });
  await record(ctx, {
    action: 'sourcing_event.bid-questioned',
    subject: { type: 'sourcing_event', id: event.id },
    changes: { bidId: bid.id, ...of.basis },
  });
}

/**
 * The bidder answers, until and not at the time it was given.
 * @throws AppError `bid.not-found`, `clarification.not-found`, and what `assertMayBeAnswered` throws
 */
export async function answerClarification(
  ctx: Ctx,
  of: { bidId: string; clarificationId: string; answer: string },
): Promise<void> {
  const bid = found('bid', await findOwnBid(ctx.tx, of.bidId, ownSupplierId(ctx)));
  const asked = found(
    'clarification',
    await firstOf<Clarification>(
      ctx.tx,
      `${CLARIFICATION} WHERE asked.id = ? AND asked.bid_id = ? FOR UPDATE`,
      [of.clarificationId, bid.id],
    ),
  );
  const clock = await ctx.readClock(ctx.tx);
  assertMayBeAnswered(asked, clock);
  await ctx
    .tx('clarification')
    .where({ id: asked.id })
    .update({ answer: of.answer, answered_by: ctx.actor.userId, answered_at: clock });
  await record(ctx, {
    action: 'clarification.answered',
    subject: { type: 'clarification', id: asked.id },
    supplierId: bid.supplierId,
    changes: { eventId: bid.eventId, bidId: bid.id },
  });
}

/** Takes a bid's price as it is, with the reason. @throws as {@link askBidder}, and `bid.needs-a-reason` */
export async function acceptBidPrice(ctx: Ctx, of: OfBid & { reason: string }): Promise<void> {
  const { event, bid } = await lockBoth(ctx, of);
  const after = acceptPrice(bid, event);
  if (of.reason.trim() === '') throw ruleBroken('bid.needs-a-reason', 'Say why');
  await saveMove(ctx, { before: bid, after, action: 'bid.validated', reason: of.reason });
}

const CLARIFICATION = `
  SELECT asked.id, asked.bid_id AS "bidId", asked.question, asked.asked_at AS "askedAt",
         asked.answer_until AS "answerUntil", asked.answer, asked.answered_at AS "answeredAt"
    FROM clarification AS asked`;

/** What was asked about a bid, the newest last. */
export const findClarifications = (tx: Tx, bidId: string): Promise<Clarification[]> =>
  rowsOf<Clarification>(tx, `${CLARIFICATION} WHERE asked.bid_id = ? ORDER BY asked.asked_at, asked.id`, [
    bidId,
  ]);

/** Event before bid: the order in which every act takes its locks. */
async function lockBoth(ctx: Ctx, of: OfBid) {
  const event = await lockEvent(ctx, of.eventId);
  const bid = found('bid', await lockBid(ctx.tx, of.bidId));
  found('bid', bid.eventId === event.id ? bid : null);
  return { event, bid };
}

async function saveMove(
  ctx: Ctx,
  move: { before: Bid; after: Bid; action: string; reason: string | null },
): Promise<void> {
  const { before, after } = move;
  if (before.state === after.state) return;
  await saveStates(ctx.tx, [after]);
  // Without its supplier: why we doubt or take a price is our own matter.
  await record(ctx, {
    action: move.action,
    subject: { type: 'bid', id: after.id },
    from: before.state,
    to: after.state,
    reason: move.reason,
    changes: { eventId: after.eventId },
  });
}
