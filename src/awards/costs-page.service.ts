import { findClarifications } from '../bids/index.ts';
import { found } from '../kernel/errors.ts';
import { dayIn } from '../kernel/time.ts';
import { addWorkingDays, ordinaryWeek } from '../kernel/working-days.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findEvent, findLots } from '../sourcing/index.ts';
import { costsLeftToBuyer } from './buyer-costs.ts';
import { isOpened, lowBidsOf } from './comparison.service.ts';
import { missingCostsOf } from './landed.queries.ts';
import * as store from './landed.store.ts';

/** All bids of an event with their terms and costs, and the rates. @throws AppError `sourcing_event.not-found` */
export async function getLandedCosts(ctx: Ctx, eventId: string) {
  const event = await findEvent(ctx, eventId);
  const bases = isOpened(event) ? await store.findBidBases(ctx.tx, eventId) : [];
  const rates = await store.findEventRates(ctx.tx, eventId);
  const adjustments = isOpened(event) ? await store.findAdjustments(ctx.tx, { eventId, bidId: null }) : [];
  const known = new Set(rates.map((rate) => rate.fromCurrency));
  const lacking = bases.map((bid) => bid.currency).filter((one) => one !== event.currency && !known.has(one));
  return {
    event,
    rates,
    lackingRates: [...new Set(lacking)],
    bids: bases.map((bid) => ({
      ...withMissing(bid, bases),
      adjustments: adjustments.filter((one) => one.bidId === bid.bidId),
    })),
    isAdjustable: event.state === 'evaluation',
  };
}

/** One bid's terms and costs. @throws AppError `sourcing_event.not-found`, `bid.not-found` */
export async function getBidCosts(ctx: Ctx, of: { eventId: string; bidId: string }) {
  const event = await findEvent(ctx, of.eventId);
  const bases = isOpened(event) ? await store.findBidBases(ctx.tx, event.id) : [];
  const bid = found(
    'bid',
    bases.find((one) => one.bidId === of.bidId),
  );
  return {
    event,
    bid: withMissing(bid, bases),
    adjustments: await store.findAdjustments(ctx.tx, of),
    lots: await findLots(ctx, event.id),
    rates: await store.findEventRates(ctx.tx, event.id),
    leftToBuyer: costsLeftToBuyer(bid.incoterm),
    isAdjustable: event.state === 'evaluation',
    annualInterestPercent: ctx.policies.comparison.annualInterestPercent,
    low: (await lowBidsOf(ctx, event)).get(bid.bidId) ?? null,
    clarifications: await findClarifications(ctx.tx, bid.bidId),
    // So many working days from now, as the event counts time.
    answerUntil: `${addWorkingDays(
      dayIn(ctx.now, event.timeZone),
      ctx.policies.comparison.abnormallyLow.answerWorkingDays,
      ordinaryWeek,
    )}T17:00`,
  };
}

const withMissing = (bid: store.BidBasis, bases: readonly store.BidBasis[]) => ({
  ...bid,
  missingCosts: missingCostsOf(bid, bases),
});
