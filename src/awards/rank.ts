import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  lineAmount,
  multiplyDecimals,
  ratio,
  roundMoney,
  subtractDecimals,
} from '../kernel/money.ts';

/** The price one bidder opened with for one line. Bidders stand in the order in which ties are given. */
export type Offer = {
  readonly eventItemId: string;
  readonly supplierId: string;
  readonly bidLineId: string;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  /**
   * What a unit is ranked by where that is not its price, the lowest first: its landed cost, a weighted price. Null
   * where it cannot be ranked, because a rate or a cost is missing: it is never first.
   */
  readonly rankedBy?: DecimalString | null;
  /** What a unit more of money for goods costs us delivered, where that is not 1: duty, for one, goes by the price. */
  readonly goodsFactor?: DecimalString;
  /** Where it is not in the event's currency: its own, and the rate that was fixed at the opening. */
  readonly converted?: { readonly currency: string; readonly rate: DecimalString };
  /** Prices at other quantities, ascending, the one of the quantity that was asked for among them; none where there is one. */
  readonly breaks?: readonly PriceBreak[];
  /** Something else, offered in place of what was asked for: compared beside it, and never first in rank. */
  readonly alternate?: {
    readonly id: string;
    readonly no: number;
    readonly description: string;
    readonly leadTimeDays: number | null;
  };
  /** The place of the bid by its weighted total, where criteria rank; null for one that has none. */
  readonly place?: DecimalString | null;
  /** That weighted total, out of 100; null where there is none. */
  readonly points?: DecimalString | null;
};

/** From this quantity on, this price. */
export type PriceBreak = { readonly quantity: DecimalString; readonly unitPrice: DecimalString };

/**
 * The price at which so much of it is bought: that of the largest quantity it reaches, and below all of them that of the
 * smallest.
 */
export function priceAt(offer: Pick<Offer, 'unitPrice' | 'breaks'>, quantity: DecimalString): DecimalString {
  const { breaks = [] } = offer;
  const reached = breaks.findLast((one) => compareDecimals(one.quantity, quantity) <= 0);
  return (reached ?? breaks[0])?.unitPrice ?? offer.unitPrice;
}

/** Names an offer among those of a line: its supplier, and which of its alternates. */
export const offerKey = (of: { readonly supplierId: string; readonly alternateNo?: number }): string =>
  (of.alternateNo ?? 0) === 0 ? of.supplierId : `${of.supplierId}:${of.alternateNo}`;

/** What a key of {@link offerKey} names; null for what is none. */
export function offerOfKey(key: string): { supplierId: string; alternateNo: number } | null {
  const match = /^([0-9a-f]{8}-[0-9a-f-]{27})(?::([1-9]\d?))?$/.exec(key);
  return match === null ? null : { supplierId: match[1] ?? '', alternateNo: Number(match[2] ?? 0) };
}

export const keyOfOffer = ({ supplierId, alternate }: Pick<Offer, 'supplierId' | 'alternate'>): string =>
  offerKey({ supplierId, alternateNo: alternate?.no ?? 0 });

/**
 * What a quantity of it comes to in the currency of the event, at the price for that quantity: what awards add up and are held against estimates. An
 * order is placed at the price of the bid, in the currency of the bid.
 */
export function offerAmount(
  offer: Pick<Offer, 'unitPrice' | 'priceBaseQuantity' | 'converted' | 'breaks'>,
  of: { readonly quantity: DecimalString; readonly currency: string },
): DecimalString {
  const { priceBaseQuantity, converted } = offer;
  const own = { unitPrice: priceAt(offer, of.quantity), priceBaseQuantity, quantity: of.quantity };
  if (converted === undefined) return lineAmount({ ...own, currency: of.currency });
  const amount = lineAmount({ ...own, currency: converted.currency });
  return roundMoney(multiplyDecimals(amount, converted.rate), of.currency);
}

/**
 * What a quantity of it costs us in the currency of the event: delivered where that is known to differ from its price.
 * Null where it cannot be said, because a rate or a cost is missing.
 */
export function costAmount(
  offer: Offer,
  of: { readonly quantity: DecimalString; readonly currency: string },
): DecimalString | null {
  const by = costOf(offer);
  if (by === null) return null;
  if (isItsPrice(offer)) return offerAmount(offer, of);
  // Landed, it was worked out at the price for all that was asked: amounts are borne by quantity, percents by the price.
  const { breaks: _breaks, ...asAsked } = offer;
  const dearer = subtractDecimals(offerAmount(offer, of), offerAmount(asAsked, of));
  const { goodsFactor = '1' } = offer;
  return addDecimals([
    lineAmount({ unitPrice: by, ...of }),
    roundMoney(multiplyDecimals(dearer, goodsFactor), of.currency),
  ]);
}

/** Nothing is added to its price: what it is ranked by is what it is paid. */
export const isItsPrice = (offer: Offer): boolean =>
  offer.converted === undefined &&
  (offer.rankedBy == null || compareDecimals(offer.rankedBy, pricePerUnit(offer)) === 0);

/** The price of one unit, to 12 decimals: what prices are compared by. Two that are equal here are a tie. */
export const pricePerUnit = (offer: Pick<Offer, 'unitPrice' | 'priceBaseQuantity'>): DecimalString =>
  // Prices have 6 decimals, so one that is for one unit is its own answer; an event may have 80,000 of them.
  offer.priceBaseQuantity === '1' ? offer.unitPrice : ratio(offer.unitPrice, offer.priceBaseQuantity);

const costOf = (offer: Offer): DecimalString | null =>
  offer.rankedBy === undefined ? pricePerUnit(offer) : offer.rankedBy;

/** What a unit of the offer is ranked by; null where it cannot be ranked. */
export const rankedBy = (offer: Offer): DecimalString | null => {
  if (offer.alternate !== undefined) return null;
  return offer.place === undefined ? costOf(offer) : offer.place;
};

/**
 * Who is first in rank, for each line that anybody priced: the one answer that forms, scenarios, reasons and letters
 * go by. Of a tie it gives the first.
 */
export const firstInRank = (offers: Iterable<Offer>): Map<string, Offer> => firstBy(rankedBy, offers);

/** The cheapest of what was asked for, by line, whoever is first in rank: what totals are held against. */
export const cheapestOffers = (offers: Iterable<Offer>): Map<string, Offer> =>
  firstBy((offer) => (offer.alternate === undefined ? costOf(offer) : null), offers);

function firstBy(
  ranked: (offer: Offer) => DecimalString | null,
  offers: Iterable<Offer>,
): Map<string, Offer> {
  const first = new Map<string, Offer>();
  for (const offer of offers) {
    const by = ranked(offer);
    if (by === null) continue;
    const best = first.get(offer.eventItemId);
    if (best === undefined || compareDecimals(by, ranked(best) ?? by) < 0)
      first.set(offer.eventItemId, offer);
  }
  return first;
}

/** True for every offer of a tie. */
export const isFirstInRank = (offer: Offer, first: ReadonlyMap<string, Offer>): boolean => {
  const by = rankedBy(offer);
  const best = first.get(offer.eventItemId);
  return by !== null && best !== undefined && compareDecimals(by, rankedBy(best) ?? by) === 0;
};
