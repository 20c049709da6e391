import { record } from '../audit/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { lockEvent, type SourcingEvent } from '../sourcing/index.ts';
import { assertInEvaluation } from './award-basis.service.ts';
import * as store from './landed.store.ts';
import type { CostAdjustment } from './landed.ts';
import { fixRates, landOne } from './landing.service.ts';

type OfBid = { readonly eventId: string; readonly bidId: string };

/**
 * Enters a cost that a bid leaves to us, with its reason, and works the bid out anew.
 * @throws AppError `sourcing_event.not-found`, `bid.not-found`, `cost_adjustment.no-such-part`, `cost_adjustment.no-rate`,
 * `cost_adjustment.entered-already`, and what `assertInEvaluation` throws
 */
export async function enterAdjustment(
  ctx: Ctx,
  of: OfBid & { adjustment: Omit<CostAdjustment, 'eventItemId'> & { lineNo: number | null } },
): Promise<void> {
  const { event } = await lockBasis(ctx, of);
  const { lineNo, ...entered } = of.adjustment;
  const part = await store.findPart(ctx.tx, { eventId: event.id, lotId: entered.lotId, lineNo });
  if (part === undefined)
    throw ruleBroken('cost_adjustment.no-such-part', 'The event has no such lot or line');
  const adjustment: CostAdjustment = { ...entered, eventItemId: part.eventItemId };
  await assertHasRate(ctx, event, adjustment.currency);
  const id = newId();
  const enteredBy = found('user', ctx.actor.userId);
  const written = await store.insertAdjustment(
    ctx.tx,
    { ...adjustment, id, eventId: event.id, bidId: of.bidId },
    { enteredBy, at: ctx.now },
  );
  if (!written)
    throw ruleBroken('cost_adjustment.entered-already', 'Take the other one back first', {
      kind: adjustment.kind,
    });
  const { reason, ...changes } = adjustment;
  await recordCost(ctx, of, {
    action: 'sourcing_event.cost-entered',
    reason,
    changes: { ...changes, costId: id },
  });
  await landAgain(ctx, event, of.bidId);
}

/**
 * Takes a cost back; it stays in the record.
 * @throws AppError `cost_adjustment.removed-already`, and as {@link enterAdjustment}
 */
export async function takeBackAdjustment(ctx: Ctx, of: OfBid & { adjustmentId: string }): Promise<void> {
  const { event } = await lockBasis(ctx, of);
  const removedBy = found('user', ctx.actor.userId);
  const removed = await store.removeAdjustment(ctx.tx, {
    id: of.adjustmentId,
    bidId: of.bidId,
    removedBy,
    at: ctx.now,
  });
  if (!removed) throw conflict('cost_adjustment.removed-already', 'Somebody has taken it back meanwhile');
  await recordCost(ctx, of, {
    action: 'sourcing_event.cost-taken-back',
    changes: { costId: of.adjustmentId },
  });
  await landAgain(ctx, event, of.bidId);
}

/**
 * Enters the terms that a bid has of its own: where it delivers and when it wants to be paid. Terms that are the
 * event's are no terms of its own.
 * @throws as {@link enterAdjustment}
 */
export async function enterTerms(ctx: Ctx, of: OfBid & { terms: store.BidTerms }): Promise<void> {
  const { event, bid } = await lockBasis(ctx, of);
  const { terms } = of;
  const isEvents =
    terms.incoterm === event.incoterm &&
    terms.incotermPlace === event.incotermPlace &&
    terms.paymentDays === event.paymentTermsDays;
  const enteredBy = found('user', ctx.actor.userId);
  if (isEvents) await store.removeTerms(ctx.tx, of.bidId);
  else
    await store.saveTerms(
      ctx.tx,
      { ...terms, bidId: of.bidId, eventId: event.id },
      { enteredBy, at: ctx.now },
    );
  const { reason, ...changes } = terms;
  const before = { incoterm: bid.incoterm, incotermPlace: bid.incotermPlace, paymentDays: bid.paymentDays };
  await recordCost(ctx, of, {
    action: 'sourcing_event.terms-entered',
    reason,
    changes: { before, after: changes },
  });
  await landAgain(ctx, event, of.bidId);
}

/** Event before bid: the order in which every act takes its locks. */
async function lockBasis(ctx: Ctx, of: OfBid): Promise<{ event: SourcingEvent; bid: store.BidBasis }> {
  const event = await lockEvent(ctx, of.eventId);
  const bid = found('bid', await store.findBidBasis(ctx.tx, of));
  assertInEvaluation(event);
  return { event, bid };
}

async function landAgain(ctx: Ctx, event: SourcingEvent, bidId: string): Promise<void> {
  const bid = await store.findBidBasis(ctx.tx, { eventId: event.id, bidId });
  await landOne(ctx, event, found('bid', bid));
}

/** An amount in a currency that nothing turns into the event's would be no amount. */
async function assertHasRate(ctx: Ctx, event: SourcingEvent, currency: string | null): Promise<void> {
  if (currency === null || currency === event.currency) return;
  await fixRates(ctx, event, { currencies: [currency], knownAt: ctx.now });
  const rates = await store.findEventRates(ctx.tx, event.id);
  if (!rates.some((rate) => rate.fromCurrency === currency))
    throw ruleBroken('cost_adjustment.no-rate', 'There is no rate', { from: currency, to: event.currency });
}

const recordCost = (
  ctx: Ctx,
  { bidId, eventId }: OfBid,
  act: { action: string; reason?: string; changes: Readonly<Record<string, unknown>> },
): Promise<string> =>
  // Not the supplier's to read: what we add to its price is our own reckoning.
  record(ctx, {
    action: act.action,
    subject: { type: 'sourcing_event', id: eventId },
    reason: act.reason ?? null,
    changes: { ...act.changes, bidId },
  });
