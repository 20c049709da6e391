import { type FieldError, invalid } from '../kernel/errors.ts';
import {
  compareDecimals,
  type DecimalString,
  isZero,
  lineAmount,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import { type Tax, taxKey } from '../kernel/tax.ts';
import { addDays, type Day } from '../kernel/time.ts';
import {
  type ChargeToInvoice,
  chargeErrors,
  chargesOf,
  type EnteredCharge,
  type InvoiceCharge,
} from './charges/invoice-charge.ts';
import { type Exemptions, exemptionErrors, withExemptions } from './exemptions.ts';
import { normaliseNumber } from './invoice-number.ts';
import { type Totals, totalsOf } from './totals.ts';

/** A line of a receipt that can be invoiced, beside how the order has it. */
export type BillableLine = {
  readonly poLineId: string;
  /** The order line's number, which the invoice's line takes over. */
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly unit: string;
  /** As ordered. */
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  /** In percent, as the order has it of the line or of itself; null where it says nothing. */
  readonly orderTaxRate: DecimalString | null;
  /** Received by this receipt and not in another invoice of it. */
  readonly receiptOpen: DecimalString;
  /** Received by all receipts of the order and not invoiced. */
  readonly orderOpen: DecimalString;
};

/** What the supplier entered, line by line; a line left out is not invoiced now. */
export type EnteredInvoice = {
  readonly supplierNumber: string;
  readonly issuedOn: Day;
  /** Of every line that has none of its own. */
  readonly tax: Tax;
  readonly lines: readonly EnteredLine[];
  /** Of the invoice as a whole; those without an amount count for nothing. */
  readonly charges?: readonly EnteredCharge[];
  /** Why no tax is charged, by category; nothing where the category says it. */
  readonly exemptions?: Exemptions;
};
export type EnteredLine = {
  readonly poLineId: string;
  readonly quantity: DecimalString;
  readonly unitPrice: DecimalString;
  /** Null: as the invoice. */
  readonly tax: Tax | null;
  /** Its place in the form, for what is wrong with it. */
  readonly row: number;
};

/** An invoice's figures: what is matched, and kept of each version. */
export type Figures = Totals & {
  readonly supplierNumber: string;
  readonly normalisedNumber: string;
  readonly issuedOn: Day;
  readonly currency: string;
  readonly lines: readonly FigureLine[];
  readonly charges: readonly InvoiceCharge[];
};
export type FigureLine = {
  readonly poLineId: string;
  readonly lineNo: number;
  readonly description: string;
  readonly quantity: DecimalString;
  readonly unit: string;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly amount: DecimalString;
  readonly tax: Tax;
};

/** What an invoice may be about. */
export type InvoiceLimits = {
  readonly lines: readonly BillableLine[];
  /** Of the orders, that are invoiced by themselves; with the order that an unplanned one is noted on. */
  readonly charges?: { readonly known: readonly ChargeToInvoice[]; readonly orderId: string };
  /** The order's: nobody enters it. */
  readonly currency: string;
  readonly taxes: readonly Tax[];
  readonly orderIssuedOn: Day;
  /** Nothing is received: what was ordered is the limit. */
  readonly isByOrder?: boolean;
  /** The day it is where the day begins first: a date after it is in the future for everybody. */
  readonly latestDay: Day;
};

/** An invoice is at most this old when it is sent: what is older is settled by talking. */
export const MOST_DAYS_OLD = 365;
const LARGEST_AMOUNT = '999999999999';

/** What a form starts with: the smaller of what this receipt and what the whole order has left. */
export const suggestedQuantity = (line: BillableLine): DecimalString => {
  const least = compareDecimals(line.receiptOpen, line.orderOpen) < 0 ? line.receiptOpen : line.orderOpen;
  return compareDecimals(least, '0') > 0 ? trimDecimal(least) : '0';
};

/**
 * The figures of what was entered, with amounts and sums computed here and nowhere else.
 * @throws AppError `invoice.figures-refused` with what is wrong at which field
 */
export function figuresOf(entered: EnteredInvoice, limits: InvoiceLimits): Figures {
  const known = new Map(limits.lines.map((line) => [line.poLineId, line]));
  const typed = entered.charges ?? [];
  refuse([
    ...headerErrors(entered, limits),
    ...lineErrors(entered, { known, limits }),
    ...chargeErrors(typed, limits.charges?.known ?? []),
  ]);
  const { currency } = limits;
  const otherwise = entered.tax;
  const lines = entered.lines
    .flatMap((line) => {
      const ordered = known.get(line.poLineId);
      return ordered === undefined ? [] : [figureLine(line, { ordered, currency, otherwise })];
    })
    .toSorted((a, b) => a.lineNo - b.lineNo);
  const charges =
    limits.charges === undefined ? [] : chargesOf(typed, { ...limits.charges, otherwise, currency });
  const totals = totalsOf(lines, { otherwise, currency, charges });
  if (totals.taxes.some((group) => compareDecimals(group.taxableAmount, '0') < 0))
    refuse([wrong(`charges.${typed[0]?.row ?? 0}.amount`, 'allowance-above-lines')]);
  return {
    supplierNumber: entered.supplierNumber,
    normalisedNumber: normaliseNumber(entered.supplierNumber),
    issuedOn: entered.issuedOn,
    currency,
    lines,
    charges,
    ...withExemptions(totals, entered.exemptions),
  };
}

function refuse(fields: readonly FieldError[]): void {
  if (fields.length > 0)
    throw invalid('invoice.figures-refused', 'The invoice cannot be sent like this', fields);
}

const figureLine = (
  line: EnteredLine,
  of: { ordered: BillableLine; currency: string; otherwise: Tax },
): FigureLine => {
  const { poLineId, lineNo, description, unit, priceBaseQuantity } = of.ordered;
  const { quantity, unitPrice } = line;
  return {
    poLineId,
    lineNo,
    description,
    quantity: trimDecimal(quantity),
    unit,
    unitPrice: trimDecimal(unitPrice),
    priceBaseQuantity: trimDecimal(priceBaseQuantity),
    amount: lineAmount({ quantity, unitPrice, priceBaseQuantity, currency: of.currency }),
    tax: line.tax ?? of.otherwise,
  };
};

const wrong = (path: string, code: string, params: FieldError['params'] = {}): FieldError => ({
  path,
  code: `invoice.${code}`,
  message: code,
  params,
});

/** What is wrong with a number, a date and taxes, of whatever the invoice is made from. */
export function headerErrors(
  entered: EnteredInvoice,
  limits: Omit<InvoiceLimits, 'lines' | 'currency'>,
): FieldError[] {
  const { issuedOn } = entered;
  const errors: FieldError[] = [];
  if (normaliseNumber(entered.supplierNumber) === '')
    errors.push(wrong('supplierNumber', 'number-without-letters-or-digits'));
  if (issuedOn > limits.latestDay) errors.push(wrong('issuedOn', 'issued-in-the-future'));
  else if (issuedOn < limits.orderIssuedOn)
    errors.push(wrong('issuedOn', 'issued-before-the-order', { day: limits.orderIssuedOn }));
  else if (issuedOn < addDays(limits.latestDay, -MOST_DAYS_OLD))
    errors.push(wrong('issuedOn', 'issued-too-long-ago', { days: MOST_DAYS_OLD }));
  return [...errors, ...taxErrors(entered, limits), ...exemptionErrors(entered)];
}

/** What is outside the scope of the tax stands on no invoice with what is in it (BR-O-11). */
function taxErrors(entered: EnteredInvoice, limits: Pick<InvoiceLimits, 'taxes'>): FieldError[] {
  const offered = new Set(limits.taxes.map(taxKey));
  const charges = (entered.charges ?? []).filter(({ amount }) => !isZero(amount));
  const all = [
    { path: 'tax', tax: entered.tax },
    ...entered.lines.flatMap(({ tax, row }) => (tax === null ? [] : [{ path: `lines.${row}.tax`, tax }])),
    ...charges.flatMap(({ tax, row }) => (tax === null ? [] : [{ path: `charges.${row}.tax`, tax }])),
  ];
  const unknown = all.filter(({ tax }) => !offered.has(taxKey(tax)));
  if (unknown.length > 0) return unknown.map(({ path }) => wrong(path, 'tax-rate-not-offered'));
  const used = [...entered.lines, ...charges].map((line) => (line.tax ?? entered.tax).category === 'O');
  return used.includes(true) && used.includes(false) ? [wrong('tax', 'outside-tax-mixed')] : [];
}

function lineErrors(
  { lines, charges = [] }: Pick<EnteredInvoice, 'lines' | 'charges'>,
  against: { known: ReadonlyMap<string, BillableLine>; limits: InvoiceLimits },
): FieldError[] {
  // What came is invoiced already, and its freight may follow.
  if (lines.length === 0 && charges.every(({ amount }) => isZero(amount)))
    return [wrong('lines.0.quantity', 'without-lines')];
  const seen = new Set<string>();
  return lines.flatMap((line): FieldError[] => {
    const at = `lines.${line.row}`;
    const ordered = against.known.get(line.poLineId);
    if (ordered === undefined) return [wrong(`${at}.quantity`, 'line-not-received')];
    if (seen.has(line.poLineId)) return [wrong(`${at}.quantity`, 'line-twice', { line: ordered.lineNo })];
    seen.add(line.poLineId);
    if (compareDecimals(subtractDecimals(line.quantity, ordered.orderOpen), '0') > 0) {
      const most = trimDecimal(ordered.orderOpen);
      return [
        wrong(
          `${at}.quantity`,
          against.limits.isByOrder === true ? 'more-than-ordered' : 'more-than-received',
          { line: ordered.lineNo, most },
        ),
      ];
    }
    const { priceBaseQuantity } = ordered;
    const amount = lineAmount({ ...line, priceBaseQuantity, currency: against.limits.currency });
    return compareDecimals(amount, LARGEST_AMOUNT) > 0
      ? [wrong(`${at}.unitPrice`, 'amount-too-large', { line: ordered.lineNo })]
      : [];
  });
}
