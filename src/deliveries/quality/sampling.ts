import { compareDecimals, type DecimalString } from '../../kernel/money.ts';

/** How many pieces of a lot are looked at, and with how many defective ones among them the lot is still taken. */
export type SamplingPlan = { readonly sampleSize: number; readonly acceptanceNumber: number };

/**
 * Single sampling, normal inspection, general level II, acceptable quality limit 1.0: up to which lot size, how
 * many are looked at, how many of them may be defective.
 * @source ISO 2859-1:1999, tables 1 and 2-A
 */
const PLANS: readonly (readonly [lotUpTo: string, sampleSize: number, acceptanceNumber: number])[] = [
  ['150', 13, 0],
  ['500', 50, 1],
  ['1200', 80, 2],
  ['3200', 125, 3],
  ['10000', 200, 5],
  ['35000', 315, 7],
  ['150000', 500, 10],
  ['500000', 800, 14],
];
const LARGEST: SamplingPlan = { sampleSize: 1250, acceptanceNumber: 21 };

/**
 * The plan for a lot of so many pieces. Where the sample would be as large as the lot, every piece is looked at, and
 * none may be defective.
 * @param lot pieces, more than zero; a part of a piece counts as one
 */
export function samplingPlan(lot: DecimalString): SamplingPlan {
  const row = PLANS.find(([upTo]) => compareDecimals(lot, upTo) <= 0);
  if (row === undefined) return LARGEST;
  const [, sampleSize, acceptanceNumber] = row;
  const pieces = Math.ceil(Number(lot));
  return pieces <= sampleSize
    ? { sampleSize: pieces, acceptanceNumber: 0 }
    : { sampleSize, acceptanceNumber };
}

/** The lot is taken with as many defective pieces in its sample, and not with one more. */
export const isAccepted = (plan: SamplingPlan, defectCount: number): boolean =>
  defectCount <= plan.acceptanceNumber;
