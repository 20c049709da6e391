import type { ChargeReason } from '../kernel/charge.ts';
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
import type { MatchTolerances } from '../kernel/policies.ts';
import { type Tax, taxKey } from '../kernel/tax.ts';
import { type ExpectedCharge, matchCharges } from './charges/charge-match.ts';
import type { InvoiceCharge } from './charges/invoice-charge.ts';
import { type TaxGroup, taxableByTax, taxOn } from './totals.ts';

/** What can be wrong with an invoice, each in its own words. */
export const exceptionKinds = [
  'price',
  'quantity',
  'not_received',
  'charge',
  'unplanned_charge',
  'over_billing',
  'amount',
  'tax',
  'instalment',
  'not_inspected',
  'inspection_failed',
] as const;
export type ExceptionKind = (typeof exceptionKinds)[number];

/**
 * A buyer may take what is off on a line, or on all of them together; sums that do not add up are corrected, nobody takes
 * more in advance than the order says, and what nobody has looked at is looked at.
 */
export const mayBeAccepted = (kind: ExceptionKind): boolean =>
  kind !== 'amount' && kind !== 'tax' && kind !== 'instalment' && kind !== 'not_inspected';

/** A line as the supplier invoices it. */
export type LineToMatch = {
  readonly poLineId: string;
  readonly quantity: DecimalString;
  readonly unitPrice: DecimalString;
  readonly amount: DecimalString;
  readonly tax: Tax;
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
  readonly taxes: readonly TaxGroup[];
  readonly netAmount: DecimalString;
  readonly taxAmount: DecimalString;
  readonly grossAmount: DecimalString;
  readonly lines: readonly LineToMatch[];
  readonly charges?: readonly InvoiceCharge[];
};

/** One difference beyond tolerance. The amount effect is what the invoice asks more (less, when negative). */
export type Difference = {
  readonly kind: ExceptionKind;
  /** Null when it concerns the invoice as a whole. */
  readonly poLineId: string | null;
  /** What a charge is for; of nothing else. */
  readonly chargeReason?: ChargeReason;
  readonly expected: DecimalString;
  readonly actual: DecimalString;
  readonly amountEffect: DecimalString;
};

/** Compares an invoice with what was ordered and received; no difference means that it is matched. */
export function differencesOf(
  invoice: InvoiceToMatch,
  against: {
    lines: readonly ExpectedLine[];
    charges?: readonly ExpectedCharge[];
    tolerances: MatchTolerances;
  },
): Difference[] {
  const { tolerances } = against;
  const { currency } = invoice;
  const charges = matchCharges(invoice.charges ?? [], {
    expected: against.charges ?? [],
    tolerances,
    currency,
  });
  const known = new Map(against.lines.map((line) => [line.poLineId, line]));
  // A line that was neither ordered nor received is expected to be nothing.
  const lines = invoice.lines.map((line) => ({
    line,
    expected: known.get(line.poLineId) ?? unexpected(line),
  }));
  const found = lines.map((one) => lineDifferences(one.line, { ...one, tolerances, currency }));
  const tolerated = lines.filter((_, index) => found[index]?.length === 0);
  return [
    ...found.flat(),
    ...charges.differences.map((difference) => ({ ...difference, poLineId: null })),
    ...overBilling(
      [
        ...tolerated.map(({ line, expected }) => ({
          actual: line.amount,
          expected: amountExpected(line, expected, currency),
        })),
        ...charges.tolerated,
      ],
      tolerances,
    ),
    ...sumDifferences(invoice, tolerances),
  ];
}

/** What a line would be at the order's price, for no more than the receipt has left. */
function amountExpected(line: LineToMatch, expected: ExpectedLine, currency: string): DecimalString {
  const isMore = compareDecimals(line.quantity, expected.receivable) > 0;
  const quantity = isMore ? expected.receivable : line.quantity;
  return lineAmount({ ...expected, quantity, currency });
}

/** Many small differences that are each within tolerance, and together are not. */
function overBilling(
  lines: readonly { readonly expected: DecimalString; readonly actual: DecimalString }[],
  { invoiceUp, invoiceDown }: MatchTolerances,
): Difference[] {
  const expected = addDecimals(lines.map((line) => line.expected));
  const actual = addDecimals(lines.map((line) => line.actual));
  const amountEffect = subtractDecimals(actual, expected);
  if (isBetween(amountEffect, { up: invoiceUp, down: invoiceDown })) return [];
  return [
    {
      kind: 'over_billing',
      poLineId: null,
      expected: trimDecimal(expected),
      actual: trimDecimal(actual),
      amountEffect,
    },
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
  readonly tolerances: MatchTolerances;
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
  if (!isQuantityWithin(line.quantity, expected.receivable, against.tolerances))
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
  tolerances: MatchTolerances,
): boolean => {
  const off = subtractDecimals(price.actual, price.expected);
  // Multiplied out, so that no division rounds: off ÷ expected ≤ percent ÷ 100.
  const isWithinPercent = isBetween(multiplyDecimals(off, '100'), {
    up: multiplyDecimals(tolerances.pricePercentUp, price.expected),
    down: multiplyDecimals(tolerances.pricePercentDown, price.expected),
  });
  return (
    isWithinPercent && isBetween(price.amountEffect, { up: tolerances.amountUp, down: tolerances.amountDown })
  );
};

/** Of what nothing is left, nothing is tolerated. */
const isQuantityWithin = (
  quantity: DecimalString,
  receivable: DecimalString,
  { quantityPercent }: MatchTolerances,
): boolean => {
  const more = multiplyDecimals(subtractDecimals(quantity, receivable), '100');
  const most = isPositive(receivable) ? multiplyDecimals(quantityPercent, receivable) : '0';
  return compareDecimals(more, most) <= 0;
};

/** Off by at most so much, more or less. */
const isBetween = (off: DecimalString, limits: { up: DecimalString; down: DecimalString }): boolean =>
  compareDecimals(off, limits.up) <= 0 && compareDecimals(subtractDecimals('0', off), limits.down) <= 0;

type Sum = {
  readonly kind: ExceptionKind;
  readonly expected: DecimalString;
  readonly actual: DecimalString;
  readonly limits: { readonly up: DecimalString; readonly down: DecimalString };
};
const EXACT = { up: '0', down: '0' };
const isOff = ({ expected, actual, limits }: Sum): boolean =>
  !isBetween(subtractDecimals(actual, expected), limits);

/** Lines, groups and header, each sum against the figures it is made from: one mistake is told once. */
function sumDifferences(invoice: InvoiceToMatch, tolerances: MatchTolerances): Difference[] {
  const { taxes, netAmount, taxAmount, grossAmount } = invoice;
  const net = addDecimals(taxes.map((one) => one.taxableAmount));
  const sums: Sum[] = [
    ...taxableDifferences(invoice),
    { kind: 'amount', expected: net, actual: netAmount, limits: EXACT },
    ...taxDifferences(invoice, tolerances),
    {
      kind: 'tax',
      expected: addDecimals(taxes.map((one) => one.taxAmount)),
      actual: taxAmount,
      limits: EXACT,
    },
    { kind: 'amount', expected: addDecimals([netAmount, taxAmount]), actual: grossAmount, limits: EXACT },
  ];
  return sums.filter(isOff).map((sum) => ({
    kind: sum.kind,
    poLineId: null,
    expected: trimDecimal(sum.expected),
    actual: trimDecimal(sum.actual),
    amountEffect: subtractDecimals(sum.actual, sum.expected),
  }));
}

/** What bears each tax is the sum of its lines, charges and allowances (BR-S-08 and its like); a group without lines is expected to be nothing. */
function taxableDifferences({ taxes, lines, charges = [], currency }: InvoiceToMatch): Sum[] {
  const byLines = new Map(
    taxableByTax([...lines, ...charges], currency).map((one) => [taxKey(one), one.taxableAmount]),
  );
  const stated = new Map(taxes.map((one) => [taxKey(one), one.taxableAmount]));
  return [...new Set([...byLines.keys(), ...stated.keys()])].map((key) => ({
    kind: 'amount',
    expected: byLines.get(key) ?? '0',
    actual: stated.get(key) ?? '0',
    limits: EXACT,
  }));
}

/** Each group's tax against what its rate makes, and where none is off, all of them: many groups are not many tolerances. */
function taxDifferences({ taxes, currency }: InvoiceToMatch, { taxUp, taxDown }: MatchTolerances): Sum[] {
  const groups = taxes.map(
    (one): Sum => ({
      kind: 'tax',
      expected: taxOn(one.taxableAmount, { rate: one.rate, currency }),
      actual: one.taxAmount,
      limits: { up: taxUp, down: taxDown },
    }),
  );
  if (groups.some(isOff)) return groups;
  const sum = (which: 'expected' | 'actual') => addDecimals(groups.map((one) => one[which]));
  return [
    { kind: 'tax', expected: sum('expected'), actual: sum('actual'), limits: { up: taxUp, down: taxDown } },
  ];
}
