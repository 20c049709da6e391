import { compareDecimals, type DecimalString, lineAmount, roundMoney, trimDecimal } from '../kernel/money.ts';
import { type BillableLine, type FigureLine, suggestedQuantity } from './figures.ts';
import { type Totals, totalsOf } from './totals.ts';

/** What stands in a row's two fields, as it was typed or is proposed. */
export type TypedRow = { readonly quantity: string; readonly unitPrice: string };

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
  { row, currency }: { row: TypedRow; currency: string },
): DecimalString | null => {
  const quantity = row.quantity.trim();
  const unitPrice = row.unitPrice.trim();
  if (!isNumber(quantity) || !isNumber(unitPrice)) return null;
  return lineAmount({ quantity, unitPrice, priceBaseQuantity: line.priceBaseQuantity, currency });
};

/** The sums of the rows that can be read. */
export const formTotals = (rows: readonly FormRow[], of: { taxRate: string; currency: string }): Totals =>
  totalsOf(
    rows
      .filter((row) => row.amount !== null)
      .map((row) => ({ ...row, quantity: row.quantity.trim(), unitPrice: row.unitPrice.trim() })),
    { taxRate: isNumber(of.taxRate) ? of.taxRate : '0', currency: of.currency },
  );
