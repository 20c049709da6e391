import {
  addDecimals,
  type DecimalString,
  lineAmount,
  multiplyDecimals,
  ratio,
  roundMoney,
  sumMoney,
} from '../kernel/money.ts';

/** What a line of an invoice counts with. */
export type PricedLine = {
  readonly quantity: DecimalString;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
};
export type Totals = {
  readonly netAmount: DecimalString;
  readonly taxAmount: DecimalString;
  readonly grossAmount: DecimalString;
};

/** The tax on a sum, rounded once. `taxRate` is in percent. */
export const taxOn = (
  netAmount: DecimalString,
  of: { taxRate: DecimalString; currency: string },
): DecimalString => roundMoney(multiplyDecimals(netAmount, ratio(of.taxRate, '100')), of.currency);

/**
 * An invoice's sums: each line's net is rounded, the tax is taken on their sum and rounded once, and the
 * header is the sum of both. The lines of one invoice share one tax rate.
 * @source EN 16931-1, BR-CO-10, BR-CO-14, BR-CO-15, BR-CO-17
 */
export function totalsOf(
  lines: readonly PricedLine[],
  of: { taxRate: DecimalString; currency: string },
): Totals {
  const netAmount = sumMoney(
    lines.map((line) => lineAmount({ ...line, currency: of.currency })),
    of.currency,
  );
  const taxAmount = taxOn(netAmount, of);
  return { netAmount, taxAmount, grossAmount: sumMoney([addDecimals([netAmount, taxAmount])], of.currency) };
}
