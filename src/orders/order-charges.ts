import type { ChargeReason } from '../kernel/charge.ts';
import { ruleBroken } from '../kernel/errors.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isZero,
  multiplyDecimals,
  netOf,
  roundDecimal,
  roundMoney,
  subtractDecimals,
  sumMoney,
} from '../kernel/money.ts';
import type { Policies } from '../kernel/policies.ts';

/** On a line or on the whole order; either a percentage or an amount, without a sign. */
export type Charge = {
  readonly reason: ChargeReason;
  readonly percent: DecimalString | null;
  readonly amount: DecimalString | null;
  /** By what invoices name it, where it is invoiced by itself; without one it is in the prices of the lines. */
  readonly id?: string;
};
/** Whether a charge is invoiced by itself, or in the prices of the lines. */
export const billings = ['separate', 'spread'] as const;
export const billingOf = ({ id }: Charge): (typeof billings)[number] =>
  id === undefined ? 'spread' : 'separate';
export type ChargedLine = {
  readonly quantity: DecimalString;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly charges?: readonly Charge[];
  /** In percent; that of the order where it says nothing. */
  readonly taxRate?: DecimalString | null;
};

/** What an order is taxed at that says nothing of it: by its plant, and only by suppliers who charge our tax. */
export const usualTaxRate = (
  policy: Policies['orders']['tax'],
  of: { plantCode: string; country: string | null },
): DecimalString | null =>
  of.country === policy.country ? (policy.plants[of.plantCode] ?? policy.rate) : null;

/** A line's charges with another discount in percent, or none: it stands once. */
export const withDiscount = (charges: readonly Charge[], percent: DecimalString | null): Charge[] => [
  ...(percent === null || isZero(percent) ? [] : [{ reason: 'discount' as const, percent, amount: null }]),
  ...charges.filter((charge) => charge.reason !== 'discount' || charge.percent === null),
];

const signed = ({ reason }: Charge, value: DecimalString): DecimalString =>
  reason === 'discount' ? subtractDecimals('0', value) : value;

const sumOf = (charges: readonly Charge[], of: 'percent' | 'amount'): DecimalString =>
  addDecimals(charges.map((charge) => signed(charge, charge[of] ?? '0')));

/**
 * What a line comes to with its charges: exact, and rounded once. Of a line that orders nothing nothing is charged.
 * @throws AppError `purchase_order.discount-above-amount`
 */
export function netLineAmount(line: ChargedLine & { readonly currency: string }): DecimalString {
  const charges = isZero(line.quantity) ? [] : (line.charges ?? []);
  const amount = netOf({
    ...line,
    percent: sumOf(charges, 'percent'),
    amount: sumOf(charges, 'amount'),
  });
  assertNotNegative(amount);
  return amount;
}

function assertNotNegative(amount: DecimalString): void {
  if (compareDecimals(amount, '0') < 0)
    throw ruleBroken('purchase_order.discount-above-amount', 'A discount is larger than what it is of');
}

export type ChargeShown = Charge & { readonly value: DecimalString };
export type TaxShown = {
  readonly rate: DecimalString;
  readonly base: DecimalString;
  readonly amount: DecimalString;
};
export type OrderTotals = {
  readonly linesAmount: DecimalString;
  readonly charges: readonly ChargeShown[];
  /** Without tax: what the order costs us, and what `purchase_order.total_amount` is. */
  readonly netAmount: DecimalString;
  /** By rate, the lowest first; none where the order names no rate. */
  readonly taxes: readonly TaxShown[];
  readonly grossAmount: DecimalString;
};
type Priced = { readonly amount: DecimalString; readonly taxRate?: DecimalString | null };
export type Charged = {
  readonly currency: string;
  readonly charges: readonly Charge[];
  readonly taxRate: DecimalString | null;
};

/**
 * An order's sums. Lines are rounded already; each charge of the order is rounded once, of the sum of the lines; tax is
 * taken by rate, of the sum of what bears it, and rounded once. Charges of the order bear its own rate.
 * @throws AppError `purchase_order.discount-above-amount`
 * @source EN 16931-1, BR-CO-10 to BR-CO-15
 */
export function totalsOf(lines: readonly Priced[], order: Charged): OrderTotals {
  const { currency, taxRate } = order;
  const linesAmount = sumMoney(
    lines.map((line) => line.amount),
    currency,
  );
  const applies = isZero(linesAmount) ? [] : order.charges;
  const charges = applies.map((charge) => ({
    ...charge,
    value: roundMoney(
      signed(charge, charge.amount ?? percentOf(linesAmount, charge.percent ?? '0')),
      currency,
    ),
  }));
  const netAmount = sumMoney([linesAmount, ...charges.map((charge) => charge.value)], currency);
  assertNotNegative(netAmount);
  const bearing = [
    ...lines.map((line) => ({ rate: line.taxRate ?? taxRate, amount: line.amount })),
    ...charges.map(({ value }) => ({ rate: taxRate, amount: value })),
  ].flatMap(({ rate, amount }) => (rate === null ? [] : [{ rate: plainRate(rate), amount }]));
  const rates = [...new Set(bearing.map(({ rate }) => rate))].toSorted(compareDecimals);
  const taxes = rates.map((rate): TaxShown => {
    const base = sumMoney(
      bearing.filter((one) => one.rate === rate).map((one) => one.amount),
      currency,
    );
    return { rate, base, amount: roundMoney(percentOf(base, rate), currency) };
  });
  const grossAmount = sumMoney([netAmount, ...taxes.map((tax) => tax.amount)], currency);
  return { linesAmount, charges, netAmount, taxes, grossAmount };
}

const percentOf = (value: DecimalString, percent: DecimalString): DecimalString =>
  multiplyDecimals(multiplyDecimals(value, percent), '0.01');
const plainRate = (rate: DecimalString): DecimalString => addDecimals([rate]);

/**
 * The order's charges shared out over its lines by their amounts, so that the shares add up to them exactly: what a
 * line costs in all.
 */
export function withShares(lines: readonly Priced[], order: Charged): DecimalString[] {
  const { linesAmount, netAmount } = totalsOf(lines, order);
  const extra = subtractDecimals(netAmount, linesAmount);
  if (isZero(extra)) return lines.map((line) => line.amount);
  const upTo = (count: number): DecimalString => {
    if (count === lines.length) return extra;
    const part = addDecimals(lines.slice(0, count).map((line) => line.amount));
    return netOf({
      quantity: extra,
      unitPrice: part,
      priceBaseQuantity: linesAmount,
      currency: order.currency,
      percent: '0',
      amount: '0',
    });
  };
  return lines.map((line, index) =>
    addDecimals([line.amount, subtractDecimals(upTo(index + 1), upTo(index))]),
  );
}

/** What of an order's charges is in the prices of its lines; the others are invoiced by themselves. */
const spreadIn = (order: Charged): Charged => ({
  ...order,
  charges: order.charges.filter((charge) => billingOf(charge) === 'spread'),
});

/**
 * By what unit prices invoices are matched: those of the lines with all that is charged on them and, unless it is invoiced
 * by itself, on the order; null where that is the unit price itself.
 */
export function netPricesOf(
  lines: readonly (ChargedLine & { readonly amount: DecimalString })[],
  of: Charged,
): (DecimalString | null)[] {
  const order = spreadIn(of);
  const amounts = withShares(lines, order);
  const isPlain = order.charges.length === 0;
  return lines.map((line, index) => {
    if (isZero(line.quantity) || (isPlain && (line.charges ?? []).length === 0)) return null;
    return unitPriceOf(line, amounts[index] ?? '0');
  });
}

/** A price has six decimals, as columns and invoices do. */
const unitPriceOf = (line: ChargedLine, amount: DecimalString): DecimalString =>
  roundDecimal(
    netOf({
      quantity: amount,
      unitPrice: line.priceBaseQuantity,
      priceBaseQuantity: line.quantity,
      currency: null,
      percent: '0',
      amount: '0',
    }),
    6,
  );

type LineOfOrder = Omit<ChargedLine, 'unitPrice'> & {
  readonly id: string;
  readonly unitPrice: DecimalString | null;
  readonly amount: DecimalString | null;
};

/** The same lines, each at what it costs with its share of the order's charges: what budgets are asked for. */
export function withAllCharges<T extends LineOfOrder>(lines: readonly T[], order: Charged): T[] {
  if (order.charges.length === 0) return [...lines];
  const amounts = withShares(lines.map(priced), order);
  return lines.map((line, index) => ({
    ...line,
    amount: line.amount === null ? null : (amounts[index] ?? line.amount),
  }));
}

/** {@link netPricesOf} by line, as it is stored; empty where nothing is charged at all. */
export const netPricesById = (
  lines: readonly LineOfOrder[],
  of: Charged,
): { id: string; netPrice: DecimalString | null }[] => {
  const order = spreadIn(of);
  const isPlain = order.charges.length === 0 && lines.every((line) => (line.charges ?? []).length === 0);
  if (isPlain) return [];
  const prices = netPricesOf(lines.map(priced), order);
  return lines.map(({ id }, index) => ({ id, netPrice: prices[index] ?? null }));
};

type ChargedOrder = { readonly lines: readonly LineOfOrder[]; readonly order: Charged };

/** {@link netPricesById} of a new version: what was charged before and is not any more has its unit price again. */
export function changedNetPrices(
  before: ChargedOrder,
  after: ChargedOrder,
): { id: string; netPrice: DecimalString | null }[] {
  const prices = netPricesById(after.lines, after.order);
  if (prices.length > 0 || netPricesById(before.lines, before.order).length === 0) return prices;
  return after.lines.map(({ id }) => ({ id, netPrice: null }));
}

const priced = <T extends LineOfOrder>(line: T) => ({
  ...line,
  unitPrice: line.unitPrice ?? '0',
  amount: line.amount ?? '0',
});
