import type { ChargeReason } from '../../kernel/charge.ts';
import {
  compareDecimals,
  type DecimalString,
  multiplyDecimals,
  roundMoney,
  subtractDecimals,
  trimDecimal,
} from '../../kernel/money.ts';
import type { MatchTolerances } from '../../kernel/policies.ts';
import type { InvoiceCharge } from './invoice-charge.ts';

/** A charge of the order as an invoice is matched with it; an allowance is below nothing. */
export type ExpectedCharge = {
  readonly orderChargeId: string;
  readonly reason: ChargeReason;
  readonly planned: DecimalString;
  /** By other invoices. */
  readonly invoiced: DecimalString;
  /** How much of the order's lines is invoiced with this invoice, from 0 to 1. */
  readonly part: DecimalString;
};

/** A charge that is off beyond tolerance. */
export type ChargeDifference = {
  readonly kind: 'charge' | 'unplanned_charge';
  readonly chargeReason: ChargeReason;
  readonly expected: DecimalString;
  readonly actual: DecimalString;
  readonly amountEffect: DecimalString;
};
type Compared = { readonly expected: DecimalString; readonly actual: DecimalString };
export type MatchedCharges = {
  readonly differences: readonly ChargeDifference[];
  /** What is off within tolerance, to be added up with what is off on the lines. */
  readonly tolerated: readonly Compared[];
};

const ZERO = '0';
const smaller = (a: DecimalString, b: DecimalString) => (compareDecimals(a, b) <= 0 ? a : b);
const larger = (a: DecimalString, b: DecimalString) => (compareDecimals(a, b) >= 0 ? a : b);

/**
 * Compares what an invoice charges and allows with what its orders do. Of a charge, what is left of it is the most: less
 * is invoiced later. Of an allowance, its share with the lines that are invoiced so far is the least, whether the invoice
 * has it or not, and what is left of it the most. What no order has is expected to be nothing.
 */
export function matchCharges(
  charges: readonly InvoiceCharge[],
  of: {
    expected: readonly ExpectedCharge[];
    tolerances: Pick<MatchTolerances, 'chargeUp' | 'chargeDown'>;
    currency: string;
  },
): MatchedCharges {
  const byId = new Map(charges.map((charge) => [charge.orderChargeId, charge]));
  const planned = of.expected.map((one) => {
    const actual = byId.get(one.orderChargeId)?.amount ?? ZERO;
    return {
      kind: 'charge' as const,
      reason: one.reason,
      actual,
      expected: nearest(actual, boundsOf(one, of.currency)),
    };
  });
  const known = new Set(of.expected.map((one) => one.orderChargeId));
  const unplanned = charges
    .filter(({ orderChargeId }) => orderChargeId === null || !known.has(orderChargeId))
    .map(({ reason, amount }) => ({
      kind: 'unplanned_charge' as const,
      reason,
      actual: amount,
      expected: ZERO,
    }));
  const all = [...planned, ...unplanned];
  const isOff = (one: (typeof all)[number]) => isBeyond(one, of.tolerances);
  return {
    differences: all.filter(isOff).map(({ kind, reason, expected, actual }) => ({
      kind,
      chargeReason: reason,
      expected: trimDecimal(expected),
      actual: trimDecimal(actual),
      amountEffect: subtractDecimals(actual, expected),
    })),
    tolerated: all.filter((one) => !isOff(one)),
  };
}

/** Between what and what an amount is as it should be. */
function boundsOf(charge: ExpectedCharge, currency: string): { least: DecimalString; most: DecimalString } {
  const left = subtractDecimals(charge.planned, charge.invoiced);
  if (charge.reason !== 'discount') return { least: ZERO, most: larger(left, ZERO) };
  const share = roundMoney(multiplyDecimals(charge.planned, charge.part), currency);
  const due = smaller(subtractDecimals(share, charge.invoiced), ZERO);
  return { least: smaller(left, ZERO), most: due };
}

const nearest = (actual: DecimalString, { least, most }: ReturnType<typeof boundsOf>): DecimalString =>
  smaller(larger(actual, least), most);

/** Of what nothing is planned, nothing more is tolerated. */
function isBeyond(
  { kind, expected, actual }: Compared & { readonly kind: ChargeDifference['kind'] },
  { chargeUp, chargeDown }: Pick<MatchTolerances, 'chargeUp' | 'chargeDown'>,
): boolean {
  const off = subtractDecimals(actual, expected);
  const up = kind === 'unplanned_charge' ? ZERO : chargeUp;
  return compareDecimals(off, up) > 0 || compareDecimals(subtractDecimals(ZERO, off), chargeDown) > 0;
}
