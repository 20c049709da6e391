import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  isZero,
  shareOfMoney,
  subtractDecimals,
} from '../../kernel/money.ts';

/** An instalment's invoice that was not rejected, and what later invoices and credits have used of it. */
export type Prepaid = {
  readonly invoiceId: string;
  readonly netAmount: DecimalString;
  readonly taxAmount: DecimalString;
  readonly grossAmount: DecimalString;
  readonly currency: string;
  /** Deducted from later invoices or credited, with tax. */
  readonly usedAmount: DecimalString;
  /** What of that was deducted was tax. */
  readonly deductedTax: DecimalString;
};

/** What of an instalment no later invoice and no credit has used, with tax. */
export const openOf = (prepaid: Pick<Prepaid, 'grossAmount' | 'usedAmount'>): DecimalString =>
  subtractDecimals(prepaid.grossAmount, prepaid.usedAmount);

/** The same without tax: what the rest of the order has to take up. */
export const openNetOf = (prepaid: Prepaid): DecimalString =>
  isZero(prepaid.grossAmount)
    ? '0'
    : shareOfMoney(prepaid.netAmount, {
        part: openOf(prepaid),
        whole: prepaid.grossAmount,
        currency: prepaid.currency,
      });

export type Deduction = {
  readonly prepaidInvoiceId: string;
  readonly amount: DecimalString;
  /** What of it is tax that the instalment's invoice stated. */
  readonly taxAmount: DecimalString;
};

/**
 * What an invoice for received goods is less by: all that was paid in advance and is open, the oldest first, never more
 * than the invoice. Of the tax, what that on all that is used grows by, so that parts add up to it.
 */
export function planDeductions(prepaid: readonly Prepaid[], grossAmount: DecimalString): Deduction[] {
  let left = grossAmount;
  return prepaid.flatMap((one): Deduction[] => {
    const open = openOf(one);
    const amount = compareDecimals(open, left) < 0 ? open : left;
    if (!isPositive(amount)) return [];
    left = subtractDecimals(left, amount);
    return [{ prepaidInvoiceId: one.invoiceId, amount, taxAmount: taxOf(one, amount) }];
  });
}

function taxOf(prepaid: Prepaid, amount: DecimalString): DecimalString {
  const upTo = (part: DecimalString): DecimalString =>
    shareOfMoney(prepaid.taxAmount, { part, whole: prepaid.grossAmount, currency: prepaid.currency });
  const used = addDecimals([prepaid.usedAmount, amount]);
  const grown = subtractDecimals(upTo(used), upTo(prepaid.usedAmount));
  const untaken = subtractDecimals(prepaid.taxAmount, prepaid.deductedTax);
  return compareDecimals(grown, untaken) > 0 ? untaken : grown;
}

/** An invoice's amount with tax shared out over its orders by what is invoiced of each, to the last unit. */
export function grossByOrder(
  lines: readonly { readonly orderId: string; readonly amount: DecimalString }[],
  of: { grossAmount: DecimalString; currency: string },
): ReadonlyMap<string, DecimalString> {
  const orderIds = [...new Set(lines.map((line) => line.orderId))].toSorted();
  const whole = addDecimals(lines.map((line) => line.amount));
  if (isZero(whole)) return new Map();
  const netOf = (ids: readonly string[]): DecimalString =>
    addDecimals(lines.filter((line) => ids.includes(line.orderId)).map((line) => line.amount));
  const upTo = (count: number): DecimalString =>
    shareOfMoney(of.grossAmount, {
      part: netOf(orderIds.slice(0, count)),
      whole,
      currency: of.currency,
    });
  return new Map(orderIds.map((id, index) => [id, subtractDecimals(upTo(index + 1), upTo(index))]));
}
