import { data as isoCurrencies } from 'currency-codes';
import { Decimal } from 'decimal.js';
import { ruleBroken } from './errors.ts';

// 40 digits hold any product of a numeric(18,6) price and a numeric(18,6) quantity exactly.
const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP, toExpPos: 60, toExpNeg: -30 });

/** An exact decimal as a string, e.g. `1234.5`: what the database, the wire and the forms carry. */
export type DecimalString = string;
/** An amount in the major unit of `currency` (ISO 4217), e.g. `{ amount: '12.30', currency: 'USD' }`. */
export type Money = { readonly amount: DecimalString; readonly currency: string };

// currency-codes searches its whole list each time, and a page asks for each of its amounts.
const DIGITS: ReadonlyMap<string, number> = new Map(isoCurrencies.map(({ code, digits }) => [code, digits]));

/**
 * The number of decimals that amounts of this currency are rounded to.
 * @source ISO 4217, minor unit
 */
export const minorUnits = (currency: string): number => DIGITS.get(currency.toUpperCase()) ?? 2;

export const isKnownCurrency = (code: string): boolean => DIGITS.has(code);

export const isCurrency = (code: string): boolean => DIGITS.has(code);

const rounded = (exact: Decimal, currency: string): DecimalString =>
  exact.toFixed(minorUnits(currency), Decimal.ROUND_HALF_UP);

/** Rounds half away from zero to the currency's minor unit. Nothing else in the program rounds money. */
export const roundMoney = (amount: DecimalString, currency: string): DecimalString =>
  rounded(new Exact(amount), currency);

/** quantity × unit price ÷ price base quantity, rounded once, here. */
export function lineAmount(line: {
  quantity: DecimalString;
  unitPrice: DecimalString;
  priceBaseQuantity?: DecimalString;
  currency: string;
}): DecimalString {
  const { priceBaseQuantity = '1' } = line;
  const product = new Exact(line.quantity).times(line.unitPrice);
  return rounded(priceBaseQuantity === '1' ? product : product.div(priceBaseQuantity), line.currency);
}

/**
 * quantity × unit price ÷ price base quantity, raised by a percentage and an amount (lowered, when negative): exact, and
 * rounded once to the currency; without one it is not rounded.
 */
export function netOf(line: {
  quantity: DecimalString;
  unitPrice: DecimalString;
  priceBaseQuantity: DecimalString;
  percent: DecimalString;
  amount: DecimalString;
  currency: string | null;
}): DecimalString {
  const exact = new Exact(line.quantity)
    .times(line.unitPrice)
    .times(new Exact(line.percent).plus(100))
    .div(new Exact(line.priceBaseQuantity).times(100))
    .plus(line.amount);
  return line.currency === null ? exact.toFixed() : rounded(exact, line.currency);
}

/** @throws AppError `money.currencies-differ` */
export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency)
    throw ruleBroken('money.currencies-differ', `Cannot add ${a.currency} and ${b.currency}`, {
      first: a.currency,
      second: b.currency,
    });
  return { amount: addDecimals([a.amount, b.amount]), currency: a.currency };
}

/** The exact sum; `'0'` for none. The caller answers for all being of one currency or unit. */
export const addDecimals = (values: Iterable<DecimalString>): DecimalString => {
  let sum = new Exact(0);
  for (const value of values) sum = sum.plus(value);
  return sum.toFixed();
};

export const subtractDecimals = (a: DecimalString, b: DecimalString): DecimalString =>
  new Exact(a).minus(b).toFixed();

export const multiplyDecimals = (a: DecimalString, b: DecimalString): DecimalString =>
  new Exact(a).times(b).toFixed();

/** a ÷ b to 12 decimals, for percentages and ratios that are shown, never for money that is owed. */
export const ratio = (a: DecimalString, b: DecimalString): DecimalString =>
  new Exact(a).div(b).toDecimalPlaces(12).toFixed();

/** amount × part ÷ whole, rounded once: a share of money. */
export const shareOfMoney = (
  amount: DecimalString,
  of: { part: DecimalString; whole: DecimalString; currency: string },
): DecimalString => rounded(new Exact(amount).times(of.part).div(of.whole), of.currency);

/** The nearest number below with so many decimals: for quantities that are shared out, never for money. */
export const floorTo = (a: DecimalString, decimals: number): DecimalString =>
  new Exact(a).toDecimalPlaces(decimals, Decimal.ROUND_FLOOR).toFixed();

/** A unit price that a formula gives, to four decimals, half away from zero; what is owed is rounded by {@link roundMoney}. */
export const roundPrice = (price: DecimalString): DecimalString =>
  new Exact(price).toDecimalPlaces(4, Decimal.ROUND_HALF_UP).toFixed();

/** Rounded half away from zero, for scores and weights that people are told; never for money. */
export const roundDecimal = (a: DecimalString, decimals: number): DecimalString =>
  new Exact(a).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP).toFixed();

/** The largest; `'0'` of none. */
export const maxDecimal = (values: Iterable<DecimalString>): DecimalString => {
  let most: DecimalString | null = null;
  for (const value of values) if (most === null || new Exact(value).greaterThan(most)) most = value;
  return most ?? '0';
};

/** Negative when a < b, 0 when equal, positive when a > b. */
export const compareDecimals = (a: DecimalString, b: DecimalString): number =>
  a === b ? 0 : new Exact(a).comparedTo(b);

export const isZero = (a: DecimalString): boolean => new Exact(a).isZero();
export const isPositive = (a: DecimalString): boolean => new Exact(a).greaterThan(0);
/** The shortest way to write the same number: `12.500000` becomes `12.5`. */
export const trimDecimal = (a: DecimalString): DecimalString => new Exact(a).toFixed();
/** The amount written with the currency's decimals, without rounding away anything that is there. */
export const sumMoney = (amounts: Iterable<DecimalString>, currency: string): DecimalString =>
  roundMoney(addDecimals(amounts), currency);
