import { day, decimal, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { optional, readTable, required, sheetError } from '../platform/sheet/table.ts';
import type { PaymentResult, ResultFault } from './payment-run.ts';

/** Headings that a bank's or a finance system's list bears, beside those of our own export. */
const HEADINGS = {
  reference: ['Payment reference', 'Reference', 'End-to-end reference', '付款编号', '付款参考号', '参考号'],
  paidOn: ['Paid on', 'Value date', 'Date', 'Execution date', '付款日期', '记账日期', '日期'],
  amount: ['Amount', 'Paid amount', '金额', '付款金额'],
  bankReference: ['Bank reference', 'Transaction id', '银行流水号', '交易流水号'],
} as const;

/** What a list of payments says: the rows, or everything that is wrong with it, cell by cell. */
export type ResultPreview = {
  readonly results: readonly PaymentResult[];
  readonly errors: readonly SheetError[];
};

/**
 * Reads what the bank did from a list; nothing is kept.
 * @param check says what does not fit of the rows that could be read
 */
export function readResults(
  sheet: Sheet,
  check: (results: readonly PaymentResult[]) => readonly ResultFault[],
): ResultPreview {
  const table = readTable(sheet, {
    reference: required(HEADINGS.reference, text(60)),
    paidOn: required(HEADINGS.paidOn, day()),
    amount: required(HEADINGS.amount, decimal({ maxDecimals: 4, maxDigits: 16, min: '0' })),
    bankReference: optional(HEADINGS.bankReference, text(100)),
  });
  const results = table.rows.map(({ values }) => ({ ...values, reference: values.reference.trim() }));
  const faults = check(results).map((fault) =>
    sheetError(sheet, { row: table.rows[fault.index]?.row ?? 0, column: '' }, fault.code, fault.params),
  );
  return { results, errors: [...table.errors, ...faults] };
}
