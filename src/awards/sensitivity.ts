import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  multiplyDecimals,
  ratio,
  subtractDecimals,
} from '../kernel/money.ts';

/** A bid with a score out of 100 for each criterion. */
export type ScoredBid = { readonly bidId: string; readonly scores: Readonly<Record<string, DecimalString>> };
export type Weight = { readonly criterionId: string; readonly weight: DecimalString };

/** Between which weights of one criterion the same bid wins, and which wins beyond. */
export type WeightRange = Weight & {
  readonly low: DecimalString;
  readonly high: DecimalString;
  /** Who wins below `low`, and above `high`; null where nobody else does. */
  readonly winsBelow: string | null;
  readonly winsAbove: string | null;
};

/**
 * For each weight, how far it may move before another bid has a higher total than `winnerId`, while the other weights
 * keep their proportions and all of them stay 100 together. A tie is no change. Empty with a single criterion, whose
 * weight cannot move.
 *
 * The lead over a rival is a straight line in the weight w: with C the sum of the other weights, Δs the lead by this
 * criterion and ΔN the lead by the others at their weights, C times the lead is w·C·Δs + (100 − w)·ΔN. So one
 * division finds where it ends.
 */
export function weightRanges(
  bids: readonly ScoredBid[],
  weights: readonly Weight[],
  winnerId: string,
): WeightRange[] {
  const winner = bids.find((bid) => bid.bidId === winnerId);
  if (winner === undefined || weights.length < 2) return [];
  const rivals = bids.filter((bid) => bid.bidId !== winnerId);
  return weights.map((own) => {
    const others = weights.filter((weight) => weight !== own);
    const range = {
      low: '0',
      high: '100',
      winsBelow: null as string | null,
      winsAbove: null as string | null,
    };
    for (const rival of rivals) {
      const { atNothing, atAll } = leads({ winner, rival, own, others });
      if (compareDecimals(atNothing, '0') >= 0 && compareDecimals(atAll, '0') >= 0) continue;
      const end = ratio(multiplyDecimals(atNothing, '100'), subtractDecimals(atNothing, atAll));
      if (compareDecimals(atNothing, '0') < 0 && compareDecimals(end, range.low) > 0)
        Object.assign(range, { low: end, winsBelow: rival.bidId });
      if (compareDecimals(atAll, '0') < 0 && compareDecimals(end, range.high) < 0)
        Object.assign(range, { high: end, winsAbove: rival.bidId });
    }
    return { ...own, ...range };
  });
}

/** C times the lead over a rival, where this criterion counts for nothing, and where it counts for all. */
function leads(of: { winner: ScoredBid; rival: ScoredBid; own: Weight; others: readonly Weight[] }) {
  const lead = (criterionId: string): DecimalString =>
    subtractDecimals(of.winner.scores[criterionId] ?? '0', of.rival.scores[criterionId] ?? '0');
  const sumOfOthers = addDecimals(of.others.map((other) => other.weight));
  return {
    atNothing: addDecimals(of.others.map((other) => multiplyDecimals(other.weight, lead(other.criterionId)))),
    atAll: multiplyDecimals(sumOfOthers, lead(of.own.criterionId)),
  };
}
