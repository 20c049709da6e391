import { type ChargeReason, chargeReasons } from '../../kernel/charge.ts';
import type { FieldError } from '../../kernel/errors.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  isZero,
  lineAmount,
  multiplyDecimals,
  ratio,
  roundMoney,
  subtractDecimals,
} from '../../kernel/money.ts';
import type { Tax } from '../../kernel/tax.ts';
import { type BillableCharge, leftOfCharge } from '../../orders/index.ts';

/**
 * A charge or an allowance of the invoice as a whole, beside its lines. An allowance is below nothing.
 * @source EN 16931-1, BG-20 and BG-21
 */
export type InvoiceCharge = {
  readonly chargeNo: number;
  readonly orderId: string;
  /** Of the order's charges; null where the order has no such charge. */
  readonly orderChargeId: string | null;
  readonly reason: ChargeReason;
  /** BT-98 of an allowance (UNTDID 5189), BT-105 of a charge (UNTDID 7161). */
  readonly reasonCode: string;
  readonly description: string;
  readonly amount: DecimalString;
  readonly tax: Tax;
};

/** A charge of an order that this invoice may name. */
export type ChargeToInvoice = BillableCharge & { readonly orderId: string; readonly orderReference: string };

/** What was entered of a charge, without a sign; one that the order does not have names none of it. */
export type EnteredCharge = {
  readonly orderChargeId: string | null;
  readonly reason: ChargeReason;
  readonly description: string;
  readonly amount: DecimalString;
  /** Null: as the invoice. */
  readonly tax: Tax | null;
  /** Its place in the form, for what is wrong with it. */
  readonly row: number;
};

/** Discount · freight service · packing · other services · handling · tooling · minimum order not fulfilled · miscellaneous. */
const REASON_CODE: Readonly<Record<ChargeReason, string>> = {
  discount: '95',
  freight: 'FC',
  packing: 'PC',
  insurance: 'ADR',
  handling: 'HD',
  tooling: 'ABF',
  small_quantity: 'DAN',
  other: 'ABK',
};
export const reasonCodeOf = (reason: ChargeReason): string => REASON_CODE[reason];

/** What a code of UNTDID 7161 means to us; one that we do not have is another charge. */
export const reasonOfCode = (code: string | null): ChargeReason =>
  chargeReasons.find((reason) => reason !== 'discount' && REASON_CODE[reason] === code) ?? 'other';

/** The charges of what was entered, with their signs and codes; rows without an amount are none. */
export function chargesOf(
  entered: readonly EnteredCharge[],
  of: { known: readonly ChargeToInvoice[]; orderId: string; otherwise: Tax; currency: string },
): InvoiceCharge[] {
  const byId = new Map(of.known.map((charge) => [charge.orderChargeId, charge]));
  return entered
    .filter(({ amount }) => !isZero(amount))
    .map(({ orderChargeId, description, amount, tax, ...typed }, index) => {
      const ordered = byId.get(orderChargeId ?? '');
      const reason = ordered?.reason ?? typed.reason;
      const signed = reason === 'discount' ? subtractDecimals('0', amount) : amount;
      return {
        chargeNo: index + 1,
        orderId: ordered?.orderId ?? of.orderId,
        orderChargeId,
        reason,
        reasonCode: reasonCodeOf(reason),
        description,
        amount: roundMoney(signed, of.currency),
        tax: tax ?? of.otherwise,
      };
    });
}

const wrong = (charge: EnteredCharge, code: string): FieldError => ({
  path: `charges.${charge.row}.amount`,
  code: `invoice.${code}`,
  message: code,
});

/** What cannot be sent of the charges: one that the orders do not have, one twice, and what says not what it is for. */
export function chargeErrors(
  entered: readonly EnteredCharge[],
  known: readonly ChargeToInvoice[],
): FieldError[] {
  const ids = new Set(known.map((charge) => charge.orderChargeId));
  const seen = new Set<string>();
  return entered
    .filter(({ amount }) => !isZero(amount))
    .flatMap((charge): FieldError[] => {
      const { orderChargeId } = charge;
      if (orderChargeId === null)
        return charge.description === ''
          ? [{ ...wrong(charge, 'charge-without-reason'), path: `charges.${charge.row}.description` }]
          : [];
      if (!ids.has(orderChargeId)) return [wrong(charge, 'charge-not-of-order')];
      if (seen.has(orderChargeId)) return [wrong(charge, 'charge-twice')];
      seen.add(orderChargeId);
      return [];
    });
}

/** What part of what is left of an order's lines an invoice is for, from 0 to 1. */
export function partOfRest(
  lines: readonly {
    readonly quantity: DecimalString;
    readonly rest: DecimalString;
    readonly unitPrice: DecimalString;
    readonly priceBaseQuantity: DecimalString;
  }[],
  currency: string,
): DecimalString {
  const value = (of: 'quantity' | 'rest') =>
    addDecimals(lines.map((line) => lineAmount({ ...line, quantity: line[of], currency })));
  const [now, rest] = [value('quantity'), value('rest')];
  return isZero(rest) || compareDecimals(now, rest) >= 0 ? '1' : ratio(now, rest);
}

/** What a form proposes of a charge: its share with a part of the goods, with the last of them all that is left; empty for none. */
export function suggestedAmount(
  charge: BillableCharge,
  of: { part: DecimalString; currency: string },
): string {
  const left = leftOfCharge(charge);
  const size = left.replace('-', '');
  const isOver = charge.reason === 'discount' ? isPositive(left) : !isPositive(left);
  const amount = isOver ? '0' : roundMoney(multiplyDecimals(size, of.part), of.currency);
  return isZero(amount) ? '' : amount;
}

type Booking = { readonly orderId: string; readonly orderChargeId: string; readonly amount: DecimalString };

/** What is booked more or less of the orders' charges when an invoice's charges change. */
export function chargeBookings(before: readonly InvoiceCharge[], after: readonly InvoiceCharge[]): Booking[] {
  const planned = (charges: readonly InvoiceCharge[], sign: '1' | '-1') =>
    charges.flatMap(({ orderId, orderChargeId, amount }) =>
      orderChargeId === null ? [] : [{ orderId, orderChargeId, amount: multiplyDecimals(amount, sign) }],
    );
  const byId = new Map<string, Booking>();
  for (const one of [...planned(before, '-1'), ...planned(after, '1')]) {
    const amount = addDecimals([byId.get(one.orderChargeId)?.amount ?? '0', one.amount]);
    byId.set(one.orderChargeId, { ...one, amount });
  }
  return [...byId.values()].filter(({ amount }) => !isZero(amount));
}
