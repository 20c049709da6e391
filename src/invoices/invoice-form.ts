import { compareDecimals, type DecimalString, lineAmount, roundMoney, trimDecimal } from '../kernel/money.ts';
import { readTax, type Tax, taxKey } from '../kernel/tax.ts';
import { type ChargeRow, chargedIn } from './charges/charge-form.ts';
import { type BillableLine, type FigureLine, suggestedQuantity } from './figures.ts';
import { type Totals, totalsOf } from './totals.ts';

/** What stands in a row's fields, as it was typed or is proposed; an empty tax is that of all lines. */
export type TypedRow = { readonly quantity: string; readonly unitPrice: string; readonly tax: string };

/** A row of the invoice form: the order's and the receipt's figures beside what is invoiced. */
export type FormRow = Omit<BillableLine, 'unitPrice'> &
  TypedRow & {
    readonly orderPrice: DecimalString;
    /** What the receipt and the order's price lead to one to expect. */
    readonly expectedQuantity: DecimalString;
    /** Null while a field cannot be read. */
    readonly amount: DecimalString | null;
  };

const NUMBER = /^\d{1,14}(\.\d{1,6})?$/;

/** True for a decimal as forms take it: digits with a point, nothing else. */
export const isNumber = (text: string): boolean => NUMBER.test(text);

/**
 * The rows of a form: what was typed, else the invoice's own figures, else (`own` is null: a new invoice) all
 * that was received, at the order's price. A correction offers lines that its invoice left out, empty.
 */
export function formRows(of: {
  billable: readonly BillableLine[];
  own: readonly FigureLine[] | null;
  typed: ReadonlyMap<string, TypedRow> | null;
  currency: string;
  taxOf: (line: BillableLine) => string;
}): FormRow[] {
  const own = new Map(of.own?.map((line) => [line.poLineId, line]));
  return of.billable
    .filter((line) => own.has(line.poLineId) || compareDecimals(suggestedQuantity(line), '0') > 0)
    .map((line) => {
      const expectedQuantity = suggestedQuantity(line);
      const before = own.get(line.poLineId);
      const proposed: TypedRow = {
        quantity:
          of.own === null ? expectedQuantity : before === undefined ? '' : trimDecimal(before.quantity),
        unitPrice: priceAsTyped(before?.unitPrice ?? line.unitPrice, of.currency),
        tax: of.taxOf(line),
      };
      const row = of.typed?.get(line.poLineId) ?? proposed;
      return {
        ...line,
        ...row,
        orderPrice: line.unitPrice,
        expectedQuantity,
        amount: amountOf(line, { row, currency: of.currency }),
      };
    });
}

/** At least the currency's decimals, and no zeros after them: 12.5 is shown as 12.50. */
export function priceAsTyped(price: DecimalString, currency: string): string {
  const rounded = roundMoney(price, currency);
  return compareDecimals(rounded, price) === 0 ? rounded : trimDecimal(price);
}

const amountOf = (
  line: BillableLine,
  { row, currency }: { row: Omit<TypedRow, 'tax'>; currency: string },
): DecimalString | null => {
  const quantity = row.quantity.trim();
  const unitPrice = row.unitPrice.trim();
  if (!isNumber(quantity) || !isNumber(unitPrice)) return null;
  return lineAmount({ quantity, unitPrice, priceBaseQuantity: line.priceBaseQuantity, currency });
};

/** The sums of the rows that can be read. */
export const formTotals = (
  rows: readonly FormRow[],
  of: { tax: Tax; currency: string; charges: readonly ChargeRow[] },
): Totals =>
  totalsOf(
    rows
      .filter((row) => row.amount !== null)
      .map((row) => ({
        ...row,
        quantity: row.quantity.trim(),
        unitPrice: row.unitPrice.trim(),
        tax: readTax(row.tax) ?? of.tax,
      })),
    { otherwise: of.tax, currency: of.currency, charges: chargedIn(of.charges, { ...of, isNumber }) },
  );

/** The tax that most lines bear, and for each line its own, empty where it is that one. */
export type ProposedTaxes = { readonly tax: Tax; readonly own: ReadonlyMap<string, string> };

/**
 * What a form proposes: a line's tax as its invoice has it, else at the order's rate, else as the supplier's last invoice, of
 * what is still offered, else the first of that.
 */
export function proposedTaxes(of: {
  billable: readonly BillableLine[];
  own: readonly FigureLine[] | null;
  last: Tax | null;
  offered: readonly Tax[];
}): ProposedTaxes {
  const offered = new Map(of.offered.map((tax) => [taxKey(tax), tax]));
  const known = (tax: Tax | null | undefined): Tax | undefined =>
    tax ? offered.get(taxKey(tax)) : undefined;
  const usual = known(of.last) ?? of.offered[0] ?? NO_TAX;
  const before = new Map(of.own?.map((line) => [line.poLineId, line.tax]));
  const byLine = of.billable.map(
    (line) =>
      [
        line.poLineId,
        known(before.get(line.poLineId)) ?? atRate(of.offered, line.orderTaxRate) ?? usual,
      ] as const,
  );
  const counts = new Map<string, number>();
  const counted = of.own === null ? byLine : byLine.filter(([id]) => before.has(id));
  for (const [, tax] of counted) counts.set(taxKey(tax), (counts.get(taxKey(tax)) ?? 0) + 1);
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  const tax = counted.find(([, one]) => taxKey(one) === most?.[0])?.[1] ?? usual;
  const own = byLine.map(([id, one]) => [id, taxKey(one) === taxKey(tax) ? '' : taxKey(one)] as const);
  return { tax, own: new Map(own) };
}

const NO_TAX: Tax = { category: 'Z', rate: '0' };

const atRate = (offered: readonly Tax[], rate: DecimalString | null): Tax | undefined =>
  rate === null ? undefined : offered.find((tax) => compareDecimals(tax.rate, rate) === 0);
