import { record } from '../audit/index.ts';
import { findExchangeRates } from '../catalog/index.ts';
import { found } from '../kernel/errors.ts';
import { dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { lockEvent, type SourcingEvent } from '../sourcing/index.ts';
import * as store from './landed.store.ts';
import { type EventRate, landBid } from './landed.ts';

/**
 * After an opening: fixes the rates of the event, as they were known when it was opened, and works out what each bid
 * costs us delivered. Done again, it fixes nothing anew and gives the same.
 * @throws AppError `sourcing_event.not-found`
 */
export async function landOpenedBids(ctx: Ctx, eventId: string): Promise<void> {
  const event = await lockEvent(ctx, eventId);
  if (event.openedAt === null) return;
  const bids = await store.findBidBases(ctx.tx, eventId);
  const currencies = [...event.bidCurrencies, ...bids.map((bid) => bid.currency)];
  await fixRates(ctx, event, { currencies, knownAt: event.openedAt });
  for (const bid of bids) await landOne(ctx, event, bid);
}

/**
 * Takes rates for the currencies that had none at the opening: of the day of the opening, as they are known now.
 * Gives how many were fixed. @throws AppError `sourcing_event.not-found`
 */
export async function fixMissingRates(ctx: Ctx, eventId: string): Promise<number> {
  const event = await lockEvent(ctx, eventId);
  const bids = await store.findBidBases(ctx.tx, eventId);
  const currencies = bids.map((bid) => bid.currency);
  const fixed = await fixRates(ctx, event, { currencies, knownAt: ctx.now });
  for (const bid of bids) if (fixed.has(bid.currency)) await landOne(ctx, event, bid);
  return fixed.size;
}

/** Fixes what has no rate yet and can have one; gives the rates that are new. The caller holds the event. */
export async function fixRates(
  ctx: Ctx,
  event: SourcingEvent,
  of: { currencies: readonly string[]; knownAt: Date },
): Promise<Map<string, EventRate>> {
  const known = new Set((await store.findEventRates(ctx.tx, event.id)).map((rate) => rate.fromCurrency));
  const from = [...new Set(of.currencies)].filter((one) => one !== event.currency && !known.has(one));
  if (from.length === 0) return new Map();
  const day = dayIn(found('sourcing_event', event.openedAt), event.timeZone);
  const rates = await findExchangeRates(ctx, { from, to: event.currency, day, knownAt: of.knownAt });
  const fixed = new Map(
    [...rates.values()].map(({ fromCurrency, rate, validOn, source }) => [
      fromCurrency,
      { fromCurrency, rate, validOn, source },
    ]),
  );
  if (fixed.size === 0) return fixed;
  await store.insertEventRates(ctx.tx, [...fixed.values()], {
    eventId: event.id,
    toCurrency: event.currency,
    fixedBy: ctx.actor.userId,
    at: ctx.now,
  });
  await record(ctx, {
    action: 'sourcing_event.rates-fixed',
    subject: { type: 'sourcing_event', id: event.id },
    changes: { into: event.currency, rates: [...fixed.values()] },
  });
  return fixed;
}

/** Works out one bid anew. A bid whose landed price is its price has no rows. */
export async function landOne(ctx: Ctx, event: SourcingEvent, bid: store.BidBasis): Promise<void> {
  const lines = bid.isPlain ? [] : await workOut(ctx, event, bid);
  await store.replaceLanded(ctx.tx, bid.bidId, lines);
}

async function workOut(ctx: Ctx, event: SourcingEvent, bid: store.BidBasis) {
  const rates = await store.findEventRates(ctx.tx, event.id);
  return landBid({
    currency: bid.currency,
    eventCurrency: event.currency,
    rates: new Map(rates.map((rate) => [rate.fromCurrency, rate])),
    paymentDays: bid.paymentDays,
    eventPaymentDays: event.paymentTermsDays,
    annualInterestPercent: ctx.policies.comparison.annualInterestPercent,
    adjustments: await store.findAdjustments(ctx.tx, { eventId: event.id, bidId: bid.bidId }),
    lines: await store.findPricedLines(ctx.tx, bid.bidId),
  });
}
