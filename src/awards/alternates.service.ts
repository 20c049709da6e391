import type { Ctx } from '../platform/db/context.ts';
import type { SourcingEvent } from '../sourcing/index.ts';
import { findAlternates, findPricedLinesOf, type OfferedAlternate } from './alternates.queries.ts';
import { needsOf } from './landed.queries.ts';
import { type BidBasis, findAdjustments, findBidBases, findEventRates } from './landed.store.ts';
import { type BidToLand, type LandedLine, landBid } from './landed.ts';

/** Something else that a bid offers in place of a line, with what that would cost us delivered. */
export type LandedAlternate = OfferedAlternate & Pick<LandedLine, 'landedUnit' | 'landedAmount' | 'steps'>;

/**
 * What each alternate of these bids costs us delivered: worked out as its bid would be with the alternate in the place
 * of its line, so that shared costs are shared as they would be then. Null where a rate or a needed cost is missing.
 */
export async function findLandedAlternates(
  ctx: Ctx,
  event: Pick<SourcingEvent, 'id' | 'currency' | 'paymentTermsDays'>,
  of: { readonly bidIds: readonly string[] | null },
): Promise<LandedAlternate[]> {
  const alternates = await findAlternates(ctx.tx, { eventId: event.id, bidIds: of.bidIds });
  if (alternates.length === 0) return [];
  const bases = await findBidBases(ctx.tx, event.id);
  const offering = bases.filter((bid) => alternates.some((one) => one.bidId === bid.bidId));
  const laden = offering.filter((bid) => !bid.isPlain).map((bid) => bid.bidId);
  const [rates, adjustments, lines] =
    laden.length === 0
      ? [[], [], []]
      : await Promise.all([
          findEventRates(ctx.tx, event.id),
          findAdjustments(ctx.tx, { eventId: event.id, bidId: null }),
          findPricedLinesOf(ctx.tx, laden),
        ]);
  const bidOf = (basis: BidBasis): BidToLand => ({
    currency: basis.currency,
    eventCurrency: event.currency,
    rates: new Map(rates.map((rate) => [rate.fromCurrency, rate])),
    paymentDays: basis.paymentDays,
    eventPaymentDays: event.paymentTermsDays,
    annualInterestPercent: ctx.policies.comparison.annualInterestPercent,
    adjustments: adjustments.filter((one) => one.bidId === basis.bidId),
    lines: lines.filter((line) => line.bidId === basis.bidId),
  });
  const byBid = new Map(offering.map((basis) => [basis.bidId, { basis, bid: bidOf(basis) }]));
  return alternates.flatMap((alternate): LandedAlternate[] => {
    const known = byBid.get(alternate.bidId);
    return known === undefined ? [] : [landOne(alternate, known, bases)];
  });
}

function landOne(
  alternate: OfferedAlternate,
  { basis, bid }: { basis: BidBasis; bid: BidToLand },
  bases: readonly BidBasis[],
): LandedAlternate {
  const needed = needsOf(basis, bases, alternate.lineIncoterm);
  const asPriced = {
    bidLineId: alternate.id,
    eventItemId: alternate.eventItemId,
    lotId: alternate.lotId,
    quantity: alternate.quantity,
    unitPrice: alternate.unitPrice,
    priceBaseQuantity: '1',
    amount: alternate.amount,
  };
  const lines = bid.lines.map((line) => (line.eventItemId === alternate.eventItemId ? asPriced : line));
  const landed = landBid({ ...bid, lines: lines.includes(asPriced) ? lines : [...lines, asPriced] }).find(
    (line) => line.bidLineId === alternate.id,
  );
  const isComparable = landed !== undefined && needed.every((kind) => landed.kinds.includes(kind));
  return {
    ...alternate,
    landedUnit: isComparable ? landed.landedUnit : null,
    landedAmount: isComparable ? landed.landedAmount : null,
    steps: basis.isPlain ? [] : (landed?.steps ?? []),
  };
}
