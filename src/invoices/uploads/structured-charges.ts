import type { ChargeReason } from '../../kernel/charge.ts';
import { type DecimalString, isZero, trimDecimal } from '../../kernel/money.ts';
import { readTax, type Tax, taxKey } from '../../kernel/tax.ts';
import { allAt, textAt, type XmlElement } from '../../platform/xml/read-xml.ts';
import type { TypedCharge } from '../charges/charge-form.ts';
import { type ChargeToInvoice, reasonOfCode } from '../charges/invoice-charge.ts';

/** A charge or an allowance of a structured invoice as a whole (BG-20, BG-21); null for what it does not say. */
export type ReadCharge = {
  readonly isCharge: boolean;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  readonly amount: DecimalString | null;
  readonly tax: Tax | null;
};

const MOST_CHARGES = 20;

/** Those of an invoice in UBL 2. */
export const ublCharges = (root: XmlElement): ReadCharge[] =>
  allAt(root, 'AllowanceCharge')
    .slice(0, MOST_CHARGES)
    .map((one) => ({
      isCharge: textAt(one, 'ChargeIndicator') === 'true',
      reasonCode: textAt(one, 'AllowanceChargeReasonCode'),
      reason: textAt(one, 'AllowanceChargeReason'),
      amount: amountOf(textAt(one, 'Amount')),
      tax: taxOf(textAt(one, 'TaxCategory', 'ID'), textAt(one, 'TaxCategory', 'Percent')),
    }));

/** Those of an invoice in the syntax of UN/CEFACT. */
export const ciiCharges = (root: XmlElement): ReadCharge[] =>
  allAt(
    root,
    'SupplyChainTradeTransaction',
    'ApplicableHeaderTradeSettlement',
    'SpecifiedTradeAllowanceCharge',
  )
    .slice(0, MOST_CHARGES)
    .map((one) => ({
      isCharge: textAt(one, 'ChargeIndicator', 'Indicator') === 'true',
      reasonCode: textAt(one, 'ReasonCode'),
      reason: textAt(one, 'Reason'),
      amount: amountOf(textAt(one, 'ActualAmount')),
      tax: taxOf(
        textAt(one, 'CategoryTradeTax', 'CategoryCode'),
        textAt(one, 'CategoryTradeTax', 'RateApplicablePercent'),
      ),
    }));

const amountOf = (text: string | null): DecimalString | null =>
  text !== null && /^\d{1,14}(\.\d{1,6})?$/.test(text) ? trimDecimal(text) : null;
const taxOf = (category: string | null, rate: string | null): Tax | null =>
  category === null ? null : readTax(`${category}:${rate ?? '0'}`);

/**
 * The charges of a draft from what its file says: one that the order has for the same reason is that, once; every other is
 * one that the order does not have, which its buyer is asked about.
 */
export function prefilledCharges(
  read: readonly ReadCharge[],
  of: { known: readonly ChargeToInvoice[]; offered: ReadonlySet<string>; tax: string },
): TypedCharge[] {
  const left = [...of.known];
  return read.flatMap((charge): TypedCharge[] => {
    if (charge.amount === null || isZero(charge.amount)) return [];
    const reason: ChargeReason = charge.isCharge ? reasonOfCode(charge.reasonCode) : 'discount';
    const at = left.findIndex((one) => one.reason === reason);
    const [meant] = at < 0 ? [] : left.splice(at, 1);
    const key = charge.tax === null ? '' : taxKey(charge.tax);
    return [
      {
        orderChargeId: meant?.orderChargeId ?? '',
        reason,
        description: (charge.reason ?? charge.reasonCode ?? '').slice(0, 200),
        amount: charge.amount,
        tax: key === of.tax || !of.offered.has(key) ? '' : key,
      },
    ];
  });
}
