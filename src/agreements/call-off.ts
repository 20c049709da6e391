import {
  addDecimals,
  type DecimalString,
  maxDecimal,
  multiplyDecimals,
  ratio,
  subtractDecimals,
} from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { PriceTier } from './agreement-version.ts';

/** A line in force, and what was called off of it. */
export type AgreementLine = {
  readonly id: string;
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly unit: string;
  readonly priceBaseQuantity: DecimalString;
  readonly tiers: readonly PriceTier[];
  readonly quantityLimit: DecimalString | null;
  readonly validFrom: Day;
  readonly validUntil: Day;
  /** False for a line that a later version left out. */
  readonly isCurrent: boolean;
  readonly calledQuantity: DecimalString;
  readonly calledAmount: DecimalString;
};

/** What may still be called off of a limit with the allowance; never below nothing. Null without a limit. */
export function leftOf(
  limit: DecimalString | null,
  called: DecimalString,
  allowancePercent: DecimalString,
): DecimalString | null {
  if (limit === null) return null;
  const most = multiplyDecimals(limit, ratio(addDecimals(['100', allowancePercent]), '100'));
  return maxDecimal(['0', subtractDecimals(most, called)]);
}
