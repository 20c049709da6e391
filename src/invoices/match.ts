import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  lineAmount,
  multiplyDecimals,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import { taxOn } from './totals.ts';

/** What can be wrong with an invoice, each in its own words. */
export const exceptionKinds = ['price', 'quantity', 'not_received', 'amount', 'tax'] as const;
export type ExceptionKind = (typeof exceptionKinds)[number];

/** A buyer may take a difference of price or quantity as it is; sums that do not add up are corrected. */
export const mayBeAccepted = (kind: ExceptionKind): boolean => kind !== 'amount' && kind !== 'tax';

/** A line as the supplier invoices it. */
export type LineToMatch = {
  readonly poLineId: string;
  readonly quantity: DecimalString;
  readonly unitPrice: DecimalString;
  readonly amount: DecimalString;
};

/** The same line as it was ordered and received. */
export type ExpectedLine = {
  readonly poLineId: string;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  /** Received by the receipt that is invoiced, and not in another invoice of it. */
  readonly receivable: DecimalString;
};

export type InvoiceToMatch = {
  readonly currency: string;
  readonly taxRate: DecimalString;
  readonly netAmount: DecimalString;
  readonly taxAmount: DecimalString;
  readonly grossAmount: DecimalString;
  readonly lines: readonly LineToMatch[];
};

/**
 * How far a price may be off, more or less, before a person has to look. Both limits hold at once: the price
 * is off by at most `pricePercent` of the ordered price, and the line's amount by at most `amountAbsolute` in
 * the invoice's currency. Exactly at a limit is within it. Quantities and sums have no tolerance.
 */
export type Tolerances = { readonly pricePercent: DecimalString; readonly amountAbsolute: DecimalString };

/** One difference beyond tolerance. The amount effect is what the invoice asks more (less, when negative). */
export type Difference = {
  readonly kind: ExceptionKind;
  /** Null when it concerns the invoice as a whole. */
  readonly poLineId: string | null;
  readonly expected: DecimalString;
  readonly actual: DecimalString;
  readonly amountEffect: DecimalString;
};

/** Compares an invoice with what was ordered and received; no difference means that it is matched. */
export function differencesOf(
  invoice: InvoiceToMatch,
  against: { lines: readonly ExpectedLine[]; tolerances: Tolerances },
): Difference[] {
  const expected = new Map(against.lines.map((line) => [line.poLineId, line]));
  return [
    ...invoice.lines.flatMap((line) =>
      lineDifferences(line, {
        // A line that was neither ordered nor received is expected to be nothing.
        expected: expected.get(line.poLineId) ?? unexpected(line),
        tolerances: against.tolerances,
        currency: invoice.currency,
      }),
    ),
    ...sumDifferences(invoice),
  ];
}

const unexpected = (line: LineToMatch): ExpectedLine => ({
  poLineId: line.poLineId,
  unitPrice: line.unitPrice,
  priceBaseQuantity: '1',
  receivable: '0',
});

type Against = {
  readonly expected: ExpectedLine;
  readonly tolerances: Tolerances;
  readonly currency: string;
};

function lineDifferences(line: LineToMatch, against: Against): Difference[] {
  const { expected, currency } = against;
  const amountOf = (quantity: DecimalString, unitPrice: DecimalString): DecimalString =>
    lineAmount({ quantity, unitPrice, priceBaseQuantity: expected.priceBaseQuantity, currency });
  const found: Difference[] = [];
  const add = (
    kind: ExceptionKind,
    of: { expected: DecimalString; actual: DecimalString },
    right: DecimalString,
  ) =>
    found.push({
      kind,
      poLineId: line.poLineId,
      expected: trimDecimal(of.expected),
      actual: trimDecimal(of.actual),
      amountEffect: subtractDecimals(line.amount, right),
    });
  const atOrderPrice = amountOf(line.quantity, expected.unitPrice);
  const asPriced = amountOf(line.quantity, line.unitPrice);
  const isPriceOff = !isWithin(
    {
      expected: expected.unitPrice,
      actual: line.unitPrice,
      amountEffect: subtractDecimals(asPriced, atOrderPrice),
    },
    against.tolerances,
  );
  if (isPriceOff) add('price', { expected: expected.unitPrice, actual: line.unitPrice }, atOrderPrice);
  if (compareDecimals(line.quantity, expected.receivable) > 0)
    add(
      isPositive(expected.receivable) ? 'quantity' : 'not_received',
      { expected: expected.receivable, actual: line.quantity },
      amountOf(expected.receivable, line.unitPrice),
    );
  if (compareDecimals(line.amount, asPriced) !== 0)
    add('amount', { expected: asPriced, actual: line.amount }, asPriced);
  return found;
}

const isWithin = (
  price: Pick<Difference, 'expected' | 'actual' | 'amountEffect'>,
  tolerances: Tolerances,
): boolean => {
  const off = size(subtractDecimals(price.actual, price.expected));
  // Multiplied out, so that no division rounds: off ÷ expected ≤ percent ÷ 100.
  const isWithinPercent =
    compareDecimals(
      multiplyDecimals(off, '100'),
      multiplyDecimals(tolerances.pricePercent, price.expected),
    ) <= 0;
  return isWithinPercent && compareDecimals(size(price.amountEffect), tolerances.amountAbsolute) <= 0;
};

const size = (value: DecimalString): DecimalString => value.replace(/^-/, '');

/** The header against its own lines, each sum against the figures it is made from: one mistake is told once. */
function sumDifferences(invoice: InvoiceToMatch): Difference[] {
  const { netAmount, taxAmount, grossAmount } = invoice;
  const sums: { kind: ExceptionKind; expected: DecimalString; actual: DecimalString }[] = [
    { kind: 'amount', expected: addDecimals(invoice.lines.map((line) => line.amount)), actual: netAmount },
    { kind: 'tax', expected: taxOn(netAmount, invoice), actual: taxAmount },
    { kind: 'amount', expected: addDecimals([netAmount, taxAmount]), actual: grossAmount },
  ];
  return sums
    .filter((sum) => compareDecimals(sum.expected, sum.actual) !== 0)
    .map((sum) => ({
      kind: sum.kind,
      poLineId: null,
      expected: trimDecimal(sum.expected),
      actual: trimDecimal(sum.actual),
      amountEffect: subtractDecimals(sum.actual, sum.expected),
    }));
}
