import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  multiplyDecimals,
  ratio,
  subtractDecimals,
} from '../kernel/money.ts';
import type { Policies } from '../kernel/policies.ts';

type Rule = Policies['comparison']['abnormallyLow'];
type Compared = {
  readonly bidId: string;
  readonly isComplete: boolean;
  readonly totalAmount: DecimalString | null;
  /** Over the lines that have both a landed price and an estimate. */
  readonly amountOfEstimated: DecimalString;
  readonly estimatedAmount: DecimalString;
};

/** Why a bid counts as abnormally low: how far it is below what, and what that comes to. */
export type AbnormallyLow = {
  readonly against: 'median' | 'estimate';
  readonly percentBelow: DecimalString;
  readonly reference: DecimalString;
};

/**
 * The bids that are so low that their suppliers are asked before anybody builds on them: below the median of the
 * complete bids where there are enough of them, or below the estimate. At the bound itself a bid is not abnormally low.
 * @source Directive 2014/24/EU, article 69; UNCITRAL Model Law on Public Procurement, article 20
 */
export function abnormallyLow(bids: readonly Compared[], rule: Rule): Map<string, AbnormallyLow> {
  const totals = bids.flatMap(({ isComplete, totalAmount }) =>
    isComplete && totalAmount !== null ? [totalAmount] : [],
  );
  const median = totals.length >= rule.fromBids ? medianOf(totals) : null;
  return new Map(
    bids.flatMap((bid): [string, AbnormallyLow][] => {
      const found =
        (bid.isComplete && bid.totalAmount !== null && median !== null
          ? below(bid.totalAmount, { against: 'median', reference: median, bound: rule.belowMedianPercent })
          : null) ??
        below(bid.amountOfEstimated, {
          against: 'estimate',
          reference: bid.estimatedAmount,
          bound: rule.belowEstimatePercent,
        });
      return found === null ? [] : [[bid.bidId, found]];
    }),
  );
}

function below(
  amount: DecimalString,
  of: { against: AbnormallyLow['against']; reference: DecimalString; bound: DecimalString },
): AbnormallyLow | null {
  if (!isPositive(of.reference)) return null;
  const percentBelow = multiplyDecimals(ratio(subtractDecimals(of.reference, amount), of.reference), '100');
  return compareDecimals(percentBelow, of.bound) > 0
    ? { against: of.against, percentBelow, reference: of.reference }
    : null;
}

function medianOf(values: readonly DecimalString[]): DecimalString {
  const inOrder = values.toSorted(compareDecimals);
  const half = Math.floor(inOrder.length / 2);
  const upper = inOrder[half] ?? '0';
  return inOrder.length % 2 === 1 ? upper : ratio(addDecimals([inOrder[half - 1] ?? '0', upper]), '2');
}
