import { addDecimals, compareDecimals, isPositive, trimDecimal } from '../../kernel/money.ts';
import { type Tax, taxKey } from '../../kernel/tax.ts';
import type { TypedCharge } from '../charges/charge-form.ts';
import type { ChargeToInvoice } from '../charges/invoice-charge.ts';
import type { BillableLine } from '../figures.ts';
import { prefilledCharges } from './structured-charges.ts';
import type { ReadInvoice, ReadLine } from './structured-invoice.ts';

/** Codes and words, as they stand in fields. */
export type TypedExemptions = Readonly<
  Partial<Record<string, { readonly code: string; readonly reason: string }>>
>;

/** What stands in the fields of a draft, as its form posts it. */
export type TypedFields = {
  readonly supplierNumber: string;
  readonly issuedOn: string;
  readonly tax: string;
  /** Why no tax is charged, by category. */
  readonly exemptions: TypedExemptions;
  readonly lines: readonly {
    readonly poLineId: string;
    readonly quantity: string;
    readonly unitPrice: string;
    readonly tax: string;
  }[];
  /** None in drafts that were kept before charges were invoiced by themselves. */
  readonly charges?: readonly TypedCharge[];
};

/** Codes of UN/ECE Recommendation 20 and 21 that all mean one of a thing. */
const PIECES: readonly string[] = ['C62', 'EA', 'H87', 'PCE', 'XPP'];

const isSameUnit = (a: string | null, b: string): boolean =>
  a === b || (a !== null && PIECES.includes(a) && PIECES.includes(b));

/** The order's line that a line of the file says it is for: by its number, else by our item number, if that is one line's only. */
function lineMeant(line: ReadLine, billable: readonly BillableLine[]): BillableLine | undefined {
  if (line.orderLine !== null) return billable.find((one) => String(one.lineNo) === line.orderLine);
  const named = billable.filter((one) => line.itemCode !== null && one.itemCode === line.itemCode);
  return named.length === 1 ? named[0] : undefined;
}

/**
 * The fields of a draft from what its structured file says. A line goes to an order's line that it names; one that names
 * none, or counts in another unit or by another price base, is given back for a person to type: nothing is guessed.
 */
export function prefill(
  read: ReadInvoice,
  of: { billable: readonly BillableLine[]; charges: readonly ChargeToInvoice[]; offered: readonly Tax[] },
): { typed: TypedFields; unplaced: readonly ReadLine[] } {
  const offered = new Set(of.offered.map(taxKey));
  const keyOf = (line: ReadLine): string =>
    line.tax !== null && offered.has(taxKey(line.tax)) ? taxKey(line.tax) : '';
  const placed = new Map<string, ReadLine>();
  const unplaced = read.lines.filter((line) => {
    const meant = lineMeant(line, of.billable);
    if (meant === undefined || placed.has(meant.poLineId) || !isReadable(line, meant)) return true;
    placed.set(meant.poLineId, line);
    return false;
  });
  const keys = [...placed.values()].map(keyOf).filter((key) => key !== '');
  const most = mostFrequent(keys);
  const lines = of.billable.map(({ poLineId }) => {
    const line = placed.get(poLineId);
    if (line === undefined) return { poLineId, quantity: '', unitPrice: '', tax: '' };
    const own = keyOf(line);
    return {
      poLineId,
      quantity: line.quantity ?? '',
      unitPrice: line.unitPrice ?? '',
      tax: own === most ? '' : own,
    };
  });
  return {
    typed: {
      supplierNumber: read.number.slice(0, 60),
      issuedOn: read.issuedOn ?? '',
      tax: most,
      exemptions: read.exemptions,
      // Where no line could be placed, all that can be invoiced stands there as for any other document.
      lines: placed.size === 0 ? [] : lines,
      charges: prefilledCharges(read.charges ?? [], { known: of.charges, offered, tax: most }),
    },
    unplaced,
  };
}

const isReadable = (line: ReadLine, meant: BillableLine): boolean =>
  line.quantity !== null &&
  isPositive(line.quantity) &&
  line.unitPrice !== null &&
  isSameUnit(line.unit, meant.unit) &&
  compareDecimals(line.priceBaseQuantity, meant.priceBaseQuantity) === 0;

const mostFrequent = (keys: readonly string[]): string => {
  const count = (key: string): number => keys.filter((one) => one === key).length;
  return [...new Set(keys)].toSorted((a, b) => count(b) - count(a))[0] ?? '';
};

/** What is compared between a file and the figures beside it. */
export type FileDifference = {
  readonly field: 'number' | 'issuedOn' | 'currency' | 'net' | 'tax' | 'gross' | 'buyer';
  readonly inFile: string;
  readonly here: string;
};

/** Where the figures are not what the file says: shown to both sides, because the file is what a tax office reads. */
export function fileDifferences(
  read: ReadInvoice,
  here: {
    readonly number: string;
    readonly issuedOn: string;
    readonly currency: string;
    readonly netAmount: string;
    readonly taxAmount: string;
    readonly grossAmount: string;
    readonly ourTaxId: string;
  },
): FileDifference[] {
  const text = (field: FileDifference['field'], inFile: string | null, one: string): FileDifference[] =>
    inFile === null || bare(inFile) === bare(one) ? [] : [{ field, inFile, here: one }];
  const amount = (field: FileDifference['field'], inFile: string | null, one: string): FileDifference[] =>
    inFile === null || compareDecimals(inFile, one) === 0 ? [] : [{ field, inFile, here: trimDecimal(one) }];
  return [
    // An empty field is not a difference yet.
    ...(here.number === '' ? [] : text('number', read.number, here.number)),
    ...(here.issuedOn === '' ? [] : text('issuedOn', read.issuedOn, here.issuedOn)),
    ...text('currency', read.currency, here.currency),
    ...amount('net', read.netAmount, here.netAmount),
    ...amount('tax', read.taxAmount, here.taxAmount),
    ...amount('gross', read.grossAmount ?? sumOf(read), here.grossAmount),
    ...text('buyer', read.buyerTaxId, here.ourTaxId),
  ];
}

const bare = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s.\-/]/g, '');

const sumOf = ({ netAmount, taxAmount }: ReadInvoice): string | null =>
  netAmount === null || taxAmount === null ? null : addDecimals([netAmount, taxAmount]);
