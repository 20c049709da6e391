import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  lineAmount,
  multiplyDecimals,
  ratio,
  roundMoney,
  sumMoney,
} from '../kernel/money.ts';
import { type Tax, taxCategories, taxKey } from '../kernel/tax.ts';
import type { Exemption } from '../kernel/tax-exemption.ts';

/** What a line of an invoice counts with. */
export type PricedLine = {
  readonly quantity: DecimalString;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly tax: Tax;
};
type TaxedAmount = { readonly tax: Tax; readonly amount: DecimalString };
/** What bears one tax, and the tax on it. */
export type TaxGroup = Tax & {
  readonly taxableAmount: DecimalString;
  readonly taxAmount: DecimalString;
  /** Why nothing is taxed (BT-120, BT-121), where that is to be said. */
  readonly exemption?: Exemption;
};
export type Totals = {
  readonly netAmount: DecimalString;
  readonly taxAmount: DecimalString;
  readonly grossAmount: DecimalString;
  /** By tax, the highest rate first; at least one (BR-CO-18). */
  readonly taxes: readonly TaxGroup[];
};

/** The tax on a sum, rounded once. */
export const taxOn = (amount: DecimalString, of: { rate: DecimalString; currency: string }): DecimalString =>
  roundMoney(multiplyDecimals(amount, ratio(of.rate, '100')), of.currency);

/** What several lines or amounts add up to, by their tax. */
export function taxableByTax(
  lines: readonly TaxedAmount[],
  currency: string,
): (Tax & { readonly taxableAmount: DecimalString })[] {
  const groups = new Map<string, { tax: Tax; amounts: DecimalString[] }>();
  for (const { tax, amount } of lines) {
    const key = taxKey(tax);
    const group = groups.get(key) ?? { tax, amounts: [] };
    groups.set(key, group);
    group.amounts.push(amount);
  }
  return [...groups.values()]
    .map(({ tax, amounts }) => ({ ...tax, taxableAmount: sumMoney(amounts, currency) }))
    .toSorted(inOrder);
}

const inOrder = (a: Tax, b: Tax): number =>
  compareDecimals(b.rate, a.rate) || taxCategories.indexOf(a.category) - taxCategories.indexOf(b.category);

/** The sums of groups: the invoice's tax is the sum of theirs, and is not rounded again. */
export function sumsOf(taxes: readonly TaxGroup[], currency: string): Totals {
  const netAmount = sumMoney(
    taxes.map((one) => one.taxableAmount),
    currency,
  );
  const taxAmount = sumMoney(
    taxes.map((one) => one.taxAmount),
    currency,
  );
  return {
    netAmount,
    taxAmount,
    grossAmount: sumMoney([addDecimals([netAmount, taxAmount])], currency),
    taxes,
  };
}

/**
 * An invoice's sums: each line's net is rounded, the tax of each category and rate is taken on the sum of its lines, with
 * the charges and without the allowances that bear it, and rounded once, and the header is the sum of both. Of no lines all is nothing, at the tax `otherwise`.
 * @source EN 16931-1, BG-23, BR-CO-10, BR-CO-14, BR-CO-15, BR-CO-17, BR-S-08, BR-S-09
 */
export function totalsOf(
  lines: readonly PricedLine[],
  of: { otherwise: Tax; currency: string; charges?: readonly TaxedAmount[] },
): Totals {
  const { currency, charges = [] } = of;
  const groups = taxableByTax(
    [...lines.map((line) => ({ tax: line.tax, amount: lineAmount({ ...line, currency }) })), ...charges],
    currency,
  );
  const bearing = groups.length > 0 ? groups : [{ ...of.otherwise, taxableAmount: sumMoney([], currency) }];
  return sumsOf(
    bearing.map((group) => ({
      ...group,
      taxAmount: taxOn(group.taxableAmount, { rate: group.rate, currency }),
    })),
    currency,
  );
}
