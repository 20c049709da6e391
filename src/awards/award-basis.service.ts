import { findOpenedBids, type OpenedBid, type OpenedBidLine } from '../bids/index.ts';
import { ruleBroken } from '../kernel/errors.ts';
import { addDecimals, compareDecimals, isPositive, subtractDecimals, trimDecimal } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type EventItem, findEventItems, type SourcingEvent } from '../sourcing/index.ts';
import { findLandedAlternates, type LandedAlternate } from './alternates.service.ts';
import { findHeld } from './awards.queries.ts';
import { rankBidders } from './comparison.ts';
import { type LandedPrice, landedPricesOf } from './landed.queries.ts';
import { findEventRates } from './landed.store.ts';
import type { EventRate } from './landed.ts';
import type { Offer } from './rank.ts';
import { findWeightedPlaces, type WeightedPlaces, weightedOn } from './weighted-result.service.ts';

/** A bidder of the award form, in the order of the comparison, with the lines it priced. */
export type AwardBidder = {
  readonly supplierId: string;
  readonly supplierName: string;
  readonly pricedLineCount: number;
  readonly offers: readonly Offer[];
};
export type AwardBasis = {
  /** What is to be awarded: of each line the quantity that no binding award gives to anybody. */
  readonly asked: readonly EventItem[];
  readonly bidders: readonly AwardBidder[];
  /** Criteria rank the bids, and not their prices alone. */
  readonly isWeighted: boolean;
  /** Bids in another currency, which no rate leads from to the event's: they cannot be awarded. */
  readonly withoutRate: readonly { readonly supplierName: string; readonly currency: string }[];
};

/**
 * The event's lines as far as they are open, and the bids that may get them, in the order in which ties are given. Who
 * lost a line by a withdrawal that says so does not get it again.
 */
export async function findAwardBasis(
  ctx: Ctx,
  event: Pick<SourcingEvent, 'id' | 'currency' | 'paymentTermsDays'>,
): Promise<AwardBasis> {
  const [items, opened, held, landedPrices, rates, weighted, alternates] = await Promise.all([
    findEventItems(ctx, event.id),
    findOpenedBids(ctx, event.id),
    findHeld(ctx.tx, event.id),
    landedPricesOf(ctx, event.id),
    findEventRates(ctx.tx, event.id),
    findWeightedPlaces(ctx, event.id),
    findLandedAlternates(ctx, event, { bidIds: null }),
  ]);
  const landed = new Map(landedPrices.map((one) => [one.bidLineId, one]));
  const asked = items.flatMap((item) => {
    const given = held.quantities.get(item.id);
    if (given === undefined) return [item];
    const quantity = trimDecimal(subtractDecimals(item.quantity, given));
    return isPositive(quantity) ? [{ ...item, quantity }] : [];
  });
  const open = new Set(asked.map((item) => item.id));
  const lotOf = new Map(asked.map((item) => [item.id, item.lotId]));
  const quantityOf = new Map(items.map((item) => [item.id, item.quantity]));
  const bids = opened.filter((bid) => AWARDABLE.has(bid.state));
  const bidders = rankBidders(
    bids.flatMap((bid) => {
      const converted = convertedBy(rates, { from: bid.currency ?? event.currency, to: event.currency });
      // Without a rate nobody can say what it comes to.
      if (converted === null) return [];
      const isOpen = (eventItemId: string): boolean =>
        open.has(eventItemId) && !held.excluded.has(`${eventItemId} ${bid.supplierId}`);
      const offers = pricedOffers(bid, { isOpen, landed, lotOf, quantityOf, converted, weighted });
      const instead = alternates
        .filter((one) => one.bidId === bid.id && isOpen(one.eventItemId))
        .flatMap((one): Offer[] => {
          const line = bid.lines.get(one.eventItemId);
          const base = { eventItemId: one.eventItemId, supplierId: bid.supplierId, ...converted };
          return line === undefined ? [] : [alternateOf(one, { ...base, bidLineId: line.bidLineId })];
        });
      const amounts = offers.flatMap((offer) => landed.get(offer.bidLineId)?.landedAmount ?? []);
      return {
        ...bid,
        offers: [...offers, ...instead],
        pricedLineCount: offers.length,
        landedLineCount: amounts.length,
        totalAmount: amounts.length === 0 ? null : addDecimals(amounts),
      };
    }),
    asked.length,
  );
  return {
    asked,
    bidders: weighted === null ? bidders : bidders.toSorted(byPlace(weighted)),
    isWeighted: weighted !== null,
    withoutRate: bids.flatMap(({ supplierName, currency }) =>
      currency === null || convertedBy(rates, { from: currency, to: event.currency }) !== null
        ? []
        : [{ supplierName, currency }],
    ),
  };
}

/** What a bid priced of the lines that are open to it, but for lots that it was excluded from. */
function pricedOffers(
  bid: OpenedBid,
  of: {
    isOpen(eventItemId: string): boolean;
    readonly landed: ReadonlyMap<string, LandedPrice>;
    readonly lotOf: ReadonlyMap<string, string | null>;
    readonly quantityOf: ReadonlyMap<string, string>;
    readonly converted: Pick<Offer, 'converted'>;
    readonly weighted: WeightedPlaces | null;
  },
): Offer[] {
  const gone = new Set<string | null>(bid.excludedLots.map((one) => one.lotId));
  return [...bid.lines].flatMap(([eventItemId, line]): Offer[] => {
    const lotId = of.lotOf.get(eventItemId) ?? null;
    if (line.unitPrice === null || gone.has(lotId) || !of.isOpen(eventItemId)) return [];
    const landed = of.landed.get(line.bidLineId);
    return [
      {
        eventItemId,
        supplierId: bid.supplierId,
        bidLineId: line.bidLineId,
        unitPrice: line.unitPrice,
        priceBaseQuantity: line.priceBaseQuantity,
        rankedBy: landed?.landedUnit ?? null,
        goodsFactor: landed?.goodsFactor ?? '1',
        ...breaksOf(line, of.quantityOf.get(eventItemId)),
        ...of.converted,
        ...placeBy(of.weighted, { supplierId: bid.supplierId, lotId }),
      },
    ];
  });
}

/** What it costs at other quantities, with the one that was asked for among them; nothing where none was asked. */
function breaksOf(line: OpenedBidLine, asked: string | undefined): Pick<Offer, 'breaks'> {
  if (line.tiers.length === 0 || asked === undefined || line.unitPrice === null) return {};
  const own = { quantity: asked, unitPrice: line.unitPrice };
  const others = line.tiers.filter((tier) => compareDecimals(tier.quantity, asked) !== 0);
  return { breaks: [own, ...others].toSorted((a, b) => compareDecimals(a.quantity, b.quantity)) };
}

/** What a bid offers in the place of a line, whether or not it priced the line as asked: it has no place in a rank. */
const alternateOf = (
  { id, alternateNo, description, leadTimeDays, unitPrice, landedUnit }: LandedAlternate,
  of: Pick<Offer, 'eventItemId' | 'supplierId' | 'bidLineId' | 'converted'>,
): Offer => ({
  ...of,
  unitPrice,
  priceBaseQuantity: '1',
  rankedBy: landedUnit,
  alternate: { id, no: alternateNo, description, leadTimeDays },
});

/** Where criteria weigh more than price, a bid's lines have the place of its weighted total: in their lot, or of all. */
const placeBy = (
  weighted: WeightedPlaces | null,
  of: { supplierId: string; lotId: string | null },
): Pick<Offer, 'place' | 'points'> => {
  if (weighted === null) return {};
  const { rank, total } = weightedOn(weighted, of) ?? { rank: null, total: null };
  return { place: rank === null ? null : String(rank), points: total };
};

const byPlace =
  ({ whole }: WeightedPlaces) =>
  (a: { supplierId: string }, b: { supplierId: string }): number =>
    (whole.get(a.supplierId)?.rank ?? Number.MAX_SAFE_INTEGER) -
    (whole.get(b.supplierId)?.rank ?? Number.MAX_SAFE_INTEGER);

/** How a bid's prices become the event's currency; null where nothing leads there. */
function convertedBy(
  rates: readonly EventRate[],
  of: { from: string; to: string },
): Pick<Offer, 'converted'> | null {
  if (of.from === of.to) return {};
  const rate = rates.find((one) => one.fromCurrency === of.from);
  return rate === undefined ? null : { converted: { currency: of.from, rate: rate.rate } };
}

/** Bids that conform; what was set aside at the opening cannot win. Who has won a part may win another. */
const AWARDABLE: ReadonlySet<string> = new Set([
  'valid',
  'abnormally_low',
  'shortlisted',
  'awarded',
  'part_awarded',
]);

/**
 * An award is proposed while its event is in evaluation, and once.
 * @throws AppError `award.event-not-in-evaluation`
 */
export function assertInEvaluation(event: Pick<SourcingEvent, 'state'>): void {
  if (event.state !== 'evaluation')
    throw ruleBroken('award.event-not-in-evaluation', 'The event is not in evaluation', {
      state: event.state,
    });
}
