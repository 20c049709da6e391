import {
  compareDecimals,
  type DecimalString,
  lineAmount,
  multiplyDecimals,
  ratio,
  roundMoney,
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
  /** Where it is not in the event's currency: its own, and the rate that was fixed at the opening. */
  readonly converted?: { readonly currency: string; readonly rate: DecimalString };
  /** The place of the bid by its weighted total, where criteria rank; null for one that has none. */
  readonly place?: DecimalString | null;
};

/**
 * What a quantity of it comes to in the currency of the event: what awards add up and are held against estimates. An
 * order is placed at the price of the bid, in the currency of the bid.
 */
export function offerAmount(
  offer: Pick<Offer, 'unitPrice' | 'priceBaseQuantity' | 'converted'>,
  of: { readonly quantity: DecimalString; readonly currency: string },
): DecimalString {
  const { unitPrice, priceBaseQuantity, converted } = offer;
  const own = { unitPrice, priceBaseQuantity, quantity: of.quantity };
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
  return isItsPrice(offer) ? offerAmount(offer, of) : lineAmount({ unitPrice: by, ...of });
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
export const rankedBy = (offer: Offer): DecimalString | null =>
  offer.place === undefined ? costOf(offer) : offer.place;

/**
 * Who is first in rank, for each line that anybody priced: the one answer that forms, scenarios, reasons and letters
 * go by. Of a tie it gives the first.
 */
export const firstInRank = (offers: Iterable<Offer>): Map<string, Offer> => firstBy(rankedBy, offers);

/** The cheapest for each line, whoever is first in rank: what totals are held against. */
export const cheapestOffers = (offers: Iterable<Offer>): Map<string, Offer> => firstBy(costOf, offers);

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
