import {
  compareDecimals,
  type DecimalString,
  lineAmount,
  subtractDecimals,
  sumMoney,
} from '../kernel/money.ts';
import type { AskedLine } from './allocation.ts';
import type { AwardLine } from './award.ts';
import { cheapestOffers, costAmount, type Offer } from './rank.ts';

export type AwardTotals = {
  readonly totalAmount: DecimalString;
  /** The total less what it costs us more, delivered, than the cheapest bid of each line. */
  readonly lowestAmount: DecimalString;
  /** What the awarded quantities were estimated at, and what they cost, over the lines with an estimate only. */
  readonly estimatedAmount: DecimalString;
  readonly amountOfEstimated: DecimalString;
  readonly estimatedLineCount: number;
  readonly awardedLineCount: number;
  readonly supplierCount: number;
};

/** What the award comes to, beside the estimate and beside the cheapest bid of each line. */
export function totalsOf(proposal: {
  readonly asked: readonly AskedLine[];
  readonly offers: readonly Offer[];
  readonly lines: readonly AwardLine[];
  readonly currency: string;
}): AwardTotals {
  const { lines, currency } = proposal;
  const cheapest = cheapestOffers(proposal.offers);
  const offerOf = new Map(
    proposal.offers.map((offer) => [`${offer.bidLineId} ${offer.alternate?.id ?? ''}`, offer]),
  );
  const estimateOf = new Map(proposal.asked.map((line) => [line.id, line.estimatedPrice]));
  const estimated = lines.flatMap((line) => {
    const unitPrice = estimateOf.get(line.eventItemId) ?? null;
    return unitPrice === null
      ? []
      : [{ line, estimate: lineAmount({ unitPrice, quantity: line.quantity, currency }) }];
  });
  return {
    totalAmount: sumMoney(
      lines.map((line) => line.amount),
      currency,
    ),
    lowestAmount: sumMoney(
      lines.map((line) =>
        subtractDecimals(
          line.amount,
          aboveCheapest(line, {
            offer: offerOf.get(`${line.bidLineId} ${line.bidAlternateId ?? ''}`),
            cheapest: cheapest.get(line.eventItemId),
            currency,
          }),
        ),
      ),
      currency,
    ),
    estimatedAmount: sumMoney(
      estimated.map((one) => one.estimate),
      currency,
    ),
    amountOfEstimated: sumMoney(
      estimated.map((one) => one.line.amount),
      currency,
    ),
    estimatedLineCount: new Set(estimated.map((one) => one.line.eventItemId)).size,
    awardedLineCount: new Set(lines.map((line) => line.eventItemId)).size,
    supplierCount: new Set(lines.map((line) => line.supplierId)).size,
  };
}

/** What a line costs us more than at its cheapest bid; nothing where either cost cannot be said. */
function aboveCheapest(
  { quantity }: Pick<AwardLine, 'quantity'>,
  of: { offer: Offer | undefined; cheapest: Offer | undefined; currency: string },
): DecimalString {
  if (of.offer === undefined || of.cheapest === undefined) return '0';
  const cost = costAmount(of.offer, { quantity, currency: of.currency });
  const least = costAmount(of.cheapest, { quantity, currency: of.currency });
  if (cost === null || least === null || compareDecimals(cost, least) <= 0) return '0';
  return subtractDecimals(cost, least);
}
