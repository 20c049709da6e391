import type { ChargeReason } from '../kernel/charge.ts';
import { compareDecimals, type DecimalString, lineAmount, sumMoney } from '../kernel/money.ts';

/** What every order from an agreement is charged beside its prices; either a percentage of its lines or an amount. */
export type AgreementCharge = {
  readonly reason: ChargeReason;
  readonly percent: DecimalString | null;
  readonly amount: DecimalString | null;
  /** Only where an order's lines come to less than this: a surcharge, or freight that is free from there on. */
  readonly below: DecimalString | null;
};

/** The charges that an order of these lines bears: until, and not at, the amount that each is for. */
export function chargesDue(
  charges: readonly AgreementCharge[],
  of: {
    lines: readonly {
      readonly quantity: DecimalString;
      readonly unitPrice: DecimalString;
      readonly priceBaseQuantity: DecimalString;
    }[];
    currency: string;
  },
): AgreementCharge[] {
  const sum = sumMoney(
    of.lines.map((line) => lineAmount({ ...line, currency: of.currency })),
    of.currency,
  );
  return charges.filter(({ below }) => below === null || compareDecimals(sum, below) < 0);
}
