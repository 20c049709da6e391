import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isZero,
  multiplyDecimals,
  ratio,
  roundDecimal,
  subtractDecimals,
} from '../kernel/money.ts';
import { mostPoints, type PriceFormulaName, type Scoring } from '../sourcing/index.ts';

/** Scores are out of 100 and stated with two decimals: what is published is what is computed with. */
const asScore = (exact: DecimalString): DecimalString => roundDecimal(exact, 2);

type Prices = {
  readonly price: DecimalString;
  readonly lowest: DecimalString;
  readonly highest: DecimalString;
};

/** How a price becomes a score out of 100, for prices that are not negative and of which one is the lowest. */
export const priceFormulas: Readonly<Record<PriceFormulaName, (of: Prices) => DecimalString>> = {
  // Free of charge is the best there is, and beside it nothing else has a share.
  'lowest-over-price': ({ price, lowest }) =>
    isZero(price) ? '100' : asScore(multiplyDecimals(ratio(lowest, price), '100')),
  // 100 at the lowest, 0 at twice the lowest and above.
  'to-twice-lowest': ({ price, lowest }) =>
    share({ at: price, worst: multiplyDecimals(lowest, '2'), best: lowest }),
  // 100 at the lowest, 0 at the highest.
  'lowest-to-highest': ({ price, lowest, highest }) => share({ at: price, worst: highest, best: lowest }),
};

const share = (of: { at: DecimalString; worst: DecimalString; best: DecimalString }): DecimalString =>
  compareDecimals(of.at, of.best) === 0 ? '100' : asScore(multiplyDecimals(alongLine(of), '100'));

/** How far `at` is on the way from the worst to the best: from 0 to 1, and beyond either end no further. */
function alongLine({ at, worst, best }: { at: DecimalString; worst: DecimalString; best: DecimalString }) {
  const length = subtractDecimals(best, worst);
  if (isZero(length)) return '0';
  const way = ratio(subtractDecimals(at, worst), length);
  if (compareDecimals(way, '0') <= 0) return '0';
  return compareDecimals(way, '1') >= 0 ? '1' : way;
}

/** The points an answer gets. By hand, what people gave is a share of all points: `handShare`, from 0 to 1. */
export function answerPoints(
  scoring: Scoring,
  of: { readonly answer: string | null; readonly handShare: DecimalString | null },
): DecimalString {
  if (scoring.by === 'hand') return multiplyDecimals(scoring.points, of.handShare ?? '0');
  if (of.answer === null || of.answer === '') return '0';
  if (scoring.by === 'answer')
    return Object.hasOwn(scoring.points, of.answer) ? (scoring.points[of.answer] ?? '0') : '0';
  return multiplyDecimals(scoring.points, alongLine({ ...scoring, at: of.answer }));
}

/** The score of the answers of one criterion: points that were got of points that could be. */
export function answersScore(
  parts: readonly { readonly points: DecimalString; readonly scoring: Scoring }[],
): DecimalString {
  const most = addDecimals(parts.map((part) => mostPoints(part.scoring)));
  if (isZero(most)) return '0';
  const got = addDecimals(parts.map((part) => part.points));
  return asScore(multiplyDecimals(ratio(got, most), '100'));
}

/** The score that people's points are, out of as many as there are to give. */
export const judgedScore = (points: DecimalString, pointsAtMost: DecimalString): DecimalString =>
  asScore(multiplyDecimals(ratio(points, pointsAtMost), '100'));

/** One criterion's share of the total: its weight in percent of its score. Exact. */
export const weighted = (of: { weight: DecimalString; score: DecimalString }): DecimalString =>
  multiplyDecimals(multiplyDecimals(of.weight, of.score), '0.01');

export type ScoredCriterion = {
  readonly criterionId: string;
  readonly weight: DecimalString;
  /** Out of 100; null where it is not known yet, or cannot be. */
  readonly score: DecimalString | null;
};
export type Ranked = { readonly total: DecimalString | null; readonly rank: number | null };

/** The total of a bid; null while one of its scores is. */
export function totalOf(scores: readonly ScoredCriterion[]): DecimalString | null {
  const shares: DecimalString[] = [];
  for (const { weight, score } of scores) {
    if (score === null) return null;
    shares.push(weighted({ weight, score }));
  }
  return addDecimals(shares);
}

/** Those with a total by it, the highest first; equal totals share a rank. The others follow without one. */
export function rankByTotal<B extends { readonly scores: readonly ScoredCriterion[] }>(
  bids: readonly B[],
): (B & Ranked)[] {
  const totals = bids.map((bid) => ({ ...bid, total: totalOf(bid.scores) }));
  const inOrder = totals.toSorted((a, b) => compareTotals(b.total, a.total));
  let rank = 0;
  return inOrder.map((bid, index) => {
    if (bid.total === null) return { ...bid, rank: null };
    const before = inOrder[index - 1];
    const isTie = before !== undefined && compareTotals(before.total, bid.total) === 0;
    if (!isTie) rank = index + 1;
    return { ...bid, rank };
  });
}

const compareTotals = (a: DecimalString | null, b: DecimalString | null): number => {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compareDecimals(a, b);
};

/** The criteria whose minimum a bid does not reach. One without a score is not judged by it. */
export const belowMinimum = <C extends { minimumScore: DecimalString | null; score: DecimalString | null }>(
  scores: readonly C[],
): C[] =>
  scores.filter(
    ({ minimumScore, score }) =>
      minimumScore !== null && score !== null && compareDecimals(score, minimumScore) < 0,
  );
