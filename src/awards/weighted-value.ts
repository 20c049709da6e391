import {
  addDecimals,
  type DecimalString,
  isPositive,
  multiplyDecimals,
  ratio,
  roundDecimal,
  roundMoney,
  subtractDecimals,
} from '../kernel/money.ts';
import type { AwardLine } from './award.ts';
import { cheapestOffers, costAmount, type Offer, offerAmount } from './rank.ts';

type Asked = {
  readonly quantity: DecimalString;
  readonly currency: string;
  readonly cheapest: Offer | undefined;
};

/** What a part of a line is worth, whoever gets it: what its cheapest bid costs. Weighted totals are averaged by it. */
const worthOf = (offer: Offer, { cheapest, ...of }: Asked): DecimalString =>
  (cheapest === undefined ? null : costAmount(cheapest, of)) ?? offerAmount(offer, of);

/**
 * What a choice falls short of 100 points, by the value of what it gets, as an amount: the least of it together is the
 * best weighted total. An offer without a weighted total has none of its points.
 */
export const shortfallOf = (offer: Offer, of: Asked): DecimalString =>
  roundMoney(
    ratio(multiplyDecimals(worthOf(offer, of), subtractDecimals('100', offer.points ?? '0')), '100'),
    of.currency,
  );

/** The weighted total of an allocation, out of 100, and the value it is averaged over; null where a part has none. */
export function weightedTotalOf(
  lines: readonly AwardLine[],
  offers: readonly Offer[],
  currency: string,
): { readonly total: DecimalString; readonly value: DecimalString } | null {
  const cheapest = cheapestOffers(offers);
  const offerOf = new Map(offers.map((offer) => [`${offer.bidLineId} ${offer.alternate?.id ?? ''}`, offer]));
  const parts: { value: DecimalString; points: DecimalString }[] = [];
  for (const line of lines) {
    const offer = offerOf.get(`${line.bidLineId} ${line.bidAlternateId ?? ''}`);
    const points = offer?.points ?? null;
    if (offer === undefined || points === null) return null;
    const asked = { quantity: line.quantity, currency, cheapest: cheapest.get(line.eventItemId) };
    parts.push({ points, value: worthOf(offer, asked) });
  }
  const value = addDecimals(parts.map((part) => part.value));
  if (!isPositive(value)) return null;
  const sum = addDecimals(parts.map((part) => multiplyDecimals(part.value, part.points)));
  return { total: roundDecimal(ratio(sum, value), 2), value };
}
