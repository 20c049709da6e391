import { record } from '../audit/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findTouch, isTouched, lockEvent, markInvitation, settleAmendment } from '../sourcing/index.ts';
import { lockBidsOf } from './bid.store.ts';
import { type Bid, bidLifecycle } from './bid.ts';
import { saveUnsubmitted } from './draft.store.ts';
import { moveBids } from './event-acts.service.ts';
import { findReaches } from './reach.service.ts';

/**
 * Gives back the bids that an amendment touches: each is invalid, its entries stay with its supplier, who submits again.
 * A bid that came after the amendment knew of it and stays. Safe to run again: what is settled is settled.
 */
export async function settleBids(ctx: Ctx, amendmentId: string): Promise<void> {
  const amendment = await findTouch(ctx, amendmentId);
  if (amendment === undefined) return;
  const { eventId, publishedAt, touch, number } = amendment;
  await lockEvent(ctx, eventId);
  const submitted = await lockBidsOf(ctx.tx, eventId, ['submitted']);
  const reaches = new Map((await findReaches(ctx, eventId)).map((reach) => [reach.bidId, reach]));
  const touched = submitted.filter((bid) => {
    const reach = reaches.get(bid.id);
    return reach !== undefined && reach.receivedAt <= publishedAt && isTouched(touch, reach.itemIds);
  });
  await moveBids(ctx, touched, {
    action: 'invalidate',
    act: 'bid.invalidated',
    changes: { eventId, amendmentId, number },
  });
  for (const { supplierId } of touched)
    await markInvitation(ctx, { eventId, supplierId, action: 'give-back' });
  await settleAmendment(ctx, amendmentId);
}

/** Takes an invalid bid up again, with all that was in it; it counts once it is submitted. */
export async function redraft(ctx: Ctx, bid: Bid): Promise<void> {
  const state = bidLifecycle.next(bid.state, 'redraft');
  await saveUnsubmitted(ctx.tx, { ...bid, state });
  await record(ctx, {
    action: 'bid.redrafted',
    subject: { type: 'bid', id: bid.id },
    from: bid.state,
    to: state,
    changes: { version: bid.currentVersion },
  });
}
