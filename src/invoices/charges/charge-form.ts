import type { ChargeReason } from '../../kernel/charge.ts';
import { type DecimalString, roundMoney, subtractDecimals } from '../../kernel/money.ts';
import { readTax, type Tax, taxKey } from '../../kernel/tax.ts';
import { leftOfCharge } from '../../orders/index.ts';
import { type ChargeToInvoice, type InvoiceCharge, suggestedAmount } from './invoice-charge.ts';

/** What stands in a charge's fields, as it was typed or is proposed; an empty tax is that of all lines. */
export type TypedCharge = {
  readonly orderChargeId: string;
  readonly reason: ChargeReason;
  readonly description: string;
  readonly amount: string;
  readonly tax: string;
};
/** A row of the invoice form: a charge of the order with what is left of it, or one that no order has. */
export type ChargeRow = TypedCharge & {
  /** Without a sign; null where no order has it. */
  readonly left: DecimalString | null;
  readonly orderReference: string | null;
};

const EMPTY: ChargeRow = {
  orderChargeId: '',
  reason: 'freight',
  description: '',
  amount: '',
  tax: '',
  left: null,
  orderReference: null,
};

/**
 * The rows of a form: what was typed, else the invoice's own charges, else (`own` is null: a new invoice) the share that
 * belongs to what it invoices; after them those that no order has, and an empty one.
 */
export function chargeRows(of: {
  charges: readonly ChargeToInvoice[];
  own: readonly InvoiceCharge[] | null;
  typed: readonly TypedCharge[] | null;
  /** Of what is left of the orders' lines, how much this invoice is for. */
  part: DecimalString;
  tax: Tax;
  currency: string;
}): { planned: ChargeRow[]; unplanned: ChargeRow[] } {
  const stored = (of.own ?? []).map((charge) => typedFrom(charge, of));
  const filled = of.typed ?? stored;
  const planned = of.charges.map((charge): ChargeRow => {
    const { orderChargeId, reason, orderReference } = charge;
    const left = leftOfCharge(charge);
    const proposed = of.own === null ? suggestedAmount(charge, of) : '';
    const row = filled.find((one) => one.orderChargeId === orderChargeId);
    return {
      ...EMPTY,
      ...(row ?? { amount: of.typed === null ? proposed : '' }),
      orderChargeId,
      reason,
      orderReference,
      left:
        left.startsWith('-') === (reason === 'discount')
          ? roundMoney(left.replace('-', ''), of.currency)
          : '0',
    };
  });
  const known = new Set(of.charges.map((charge) => charge.orderChargeId));
  const unplanned = filled
    .filter((row) => !known.has(row.orderChargeId))
    .map((row): ChargeRow => ({ ...EMPTY, ...row, orderChargeId: '' }));
  return {
    planned,
    unplanned: unplanned.some((row) => row.amount === '') ? unplanned : [...unplanned, EMPTY],
  };
}

const typedFrom = (
  charge: InvoiceCharge,
  { tax, currency }: { tax: Tax; currency: string },
): TypedCharge => ({
  orderChargeId: charge.orderChargeId ?? '',
  reason: charge.reason,
  description: charge.description,
  amount: roundMoney(charge.amount.replace('-', ''), currency),
  tax: taxKey(charge.tax) === taxKey(tax) ? '' : taxKey(charge.tax),
});

/** What rows that can be read add to an invoice's sums. */
export const chargedIn = (
  rows: readonly ChargeRow[],
  of: { tax: Tax; currency: string; isNumber: (text: string) => boolean },
): { tax: Tax; amount: DecimalString }[] =>
  rows
    .filter((row) => of.isNumber(row.amount.trim()))
    .map((row) => {
      const amount = roundMoney(row.amount.trim(), of.currency);
      return {
        tax: readTax(row.tax) ?? of.tax,
        amount: row.reason === 'discount' ? subtractDecimals('0', amount) : amount,
      };
    });
