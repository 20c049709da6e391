import { ruleBroken } from '../kernel/errors.ts';
import {
  compareDecimals,
  type DecimalString,
  isPositive,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import type { OrderLine } from './fulfilment.ts';
import { billingOf, type Charge, type Charged, totalsOf } from './order-charges.ts';

/** What a change can alter of an order as a whole, beside its lines. */
export type OrderTerms = Pick<Charged, 'charges' | 'taxRate'>;
export type TermsChange = { readonly before: OrderTerms; readonly after: OrderTerms };

export const termsOfOrder = ({ charges, taxRate }: OrderTerms): OrderTerms => ({ charges, taxRate });

const isSameFigure = (one: DecimalString | null, other: DecimalString | null): boolean =>
  one === null || other === null ? one === other : compareDecimals(one, other) === 0;

/** The same charges in the same order, however their figures are written. */
export const isSameCharges = (one: readonly Charge[], other: readonly Charge[]): boolean =>
  one.length === other.length &&
  one.every((charge, index) => {
    const beside = other[index];
    return (
      beside !== undefined &&
      charge.reason === beside.reason &&
      charge.id === beside.id &&
      isSameFigure(charge.percent, beside.percent) &&
      isSameFigure(charge.amount, beside.amount)
    );
  });

export const isSameTax = isSameFigure;

export const isSameOrderTerms = (one: OrderTerms, other: OrderTerms): boolean =>
  isSameCharges(one.charges, other.charges) && isSameTax(one.taxRate, other.taxRate);

/** The order whose terms change, with what is invoiced of its charges, by their ids. */
type ChangedOrder = Charged & { readonly chargesInvoiced: Readonly<Record<string, DecimalString>> };

const spreadOf = ({ charges }: OrderTerms): Charge[] =>
  charges.filter((charge) => billingOf(charge) === 'spread');

/**
 * What was invoiced of a line was invoiced with its share of the charges that are in the prices, and at the order's rate:
 * once a line is, neither changes. A charge that is invoiced by itself stays, and never falls below what was invoiced of it.
 * @throws AppError `change_order.terms-of-invoiced`, `change_order.charge-below-invoiced`
 */
export function assertKeepsInvoicedTerms(
  { before, after }: TermsChange,
  { order, lines }: { order: ChangedOrder; lines: readonly OrderLine[] },
): void {
  const isSame = isSameCharges(spreadOf(before), spreadOf(after)) && isSameTax(before.taxRate, after.taxRate);
  if (!isSame && lines.some((line) => isPositive(line.invoicedQuantity)))
    throw ruleBroken('change_order.terms-of-invoiced', 'Some of the order is invoiced with its charges');
  const { charges } = totalsOf(lines.map(asPriced), { ...order, ...after });
  for (const [id, invoiced] of Object.entries(order.chargesInvoiced)) {
    const value = charges.find((charge) => charge.id === id)?.value ?? '0';
    if (isLess(value, invoiced))
      throw ruleBroken('change_order.charge-below-invoiced', 'More of the charge is invoiced', {
        least: trimDecimal(invoiced.replace('-', '')),
      });
  }
}

/** Of a charge, less than so much; of an allowance, which is below nothing, less of that. */
const isLess = (value: DecimalString, than: DecimalString): boolean =>
  compareDecimals(than, '0') < 0 ? compareDecimals(value, than) > 0 : compareDecimals(value, than) < 0;

/**
 * The change of an order to other charges and another rate of tax; null where they are as they were.
 * @throws AppError what {@link assertKeepsInvoicedTerms} throws, `purchase_order.discount-above-amount`
 */
export function termsChangeOf(
  order: ChangedOrder,
  { after, lines }: { after: OrderTerms; lines: readonly OrderLine[] },
): TermsChange | null {
  const change = { before: termsOfOrder(order), after: termsOfOrder(after) };
  if (isSameOrderTerms(change.before, change.after)) return null;
  assertKeepsInvoicedTerms(change, { order, lines });
  return change;
}

/**
 * The order with these changes of its terms made, one after the other.
 * @throws AppError `change_order.terms-overtaken` when it does not say any more what a change was about, and what
 * {@link assertKeepsInvoicedTerms} throws
 */
export function withTerms<T extends ChangedOrder>(
  order: T,
  { changes, lines }: { changes: readonly (TermsChange | null)[]; lines: readonly OrderLine[] },
): T {
  let now = order;
  for (const change of changes) {
    if (change === null) continue;
    if (!isSameOrderTerms(now, change.before))
      throw ruleBroken('change_order.terms-overtaken', 'The charges were changed meanwhile');
    assertKeepsInvoicedTerms(change, { order, lines });
    now = { ...now, ...change.after };
  }
  return now;
}

/** What other charges make an order of these lines cost more, or less when negative. */
export function termsEffect(
  change: TermsChange,
  { lines, currency }: { lines: readonly OrderLine[]; currency: string },
): DecimalString {
  const cost = (terms: OrderTerms) => totalsOf(lines.map(asPriced), { ...terms, currency }).netAmount;
  return trimDecimal(subtractDecimals(cost(change.after), cost(change.before)));
}

const asPriced = (line: OrderLine) => ({ ...line, amount: line.amount ?? '0' });
