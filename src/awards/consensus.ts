import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isZero,
  maxDecimal,
  multiplyDecimals,
  ratio,
  roundDecimal,
  subtractDecimals,
} from '../kernel/money.ts';
import type { Policies } from '../kernel/policies.ts';

type Scale = Policies['evaluation'];

/** What the members' points for one thing come to. */
export type Settled = {
  readonly mean: DecimalString;
  /** Between the highest and the lowest. */
  readonly spread: DecimalString;
  /** Too far apart to be averaged away: the committee has to agree. */
  readonly isApart: boolean;
  /** What counts: what was agreed on, else the mean; null while they are apart. */
  readonly points: DecimalString | null;
};

/** The mean of what was given, and whether it may stand. Null where nobody gave anything. */
export function settle(
  given: readonly DecimalString[],
  agreed: DecimalString | null,
  { spreadFrom }: Pick<Scale, 'spreadFrom'>,
): Settled | null {
  if (given.length === 0) return null;
  const mean = roundDecimal(ratio(addDecimals(given), String(given.length)), 2);
  const lowest = given.reduce((least, one) => (compareDecimals(one, least) < 0 ? one : least));
  const spread = subtractDecimals(maxDecimal(given), lowest);
  const isApart = compareDecimals(spread, spreadFrom) >= 0;
  return { mean, spread, isApart, points: agreed ?? (isApart ? null : mean) };
}

/** Points are from 0 to the most there are to give, in whole steps. */
export function isOnScale(points: DecimalString, { pointsAtMost, step }: Scale): boolean {
  if (compareDecimals(points, '0') < 0 || compareDecimals(points, pointsAtMost) > 0) return false;
  const steps = ratio(points, step);
  return isZero(subtractDecimals(multiplyDecimals(roundDecimal(steps, 0), step), points));
}

/** Very low and very high points say why: a bidder may ask. */
export const needsComment = (points: DecimalString, { commentUpTo, commentFrom }: Scale): boolean =>
  compareDecimals(points, commentUpTo) <= 0 || compareDecimals(points, commentFrom) >= 0;
