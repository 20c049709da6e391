import { isDay } from '../kernel/time.ts';
import { type CellReader, day, decimal, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { optional, readTable, required, sheetError } from '../platform/sheet/table.ts';
import type { CsvFile } from '../platform/web/send-csv.ts';
import type { IndexValue } from './price-index.store.ts';

/** The most values of one file. */
export const MOST_VALUES_AT_ONCE = 5_000;

const HEADINGS = {
  code: ['Index', 'Code', 'Index code', '指数', '指数代码'],
  month: ['Month', 'Period', '月份', '期间'],
  value: ['Value', 'Index value', '指数值', '数值'],
  source: ['Source', 'Read in', 'Published by', '来源', '来源出处', '发布机构'],
  publishedOn: ['Published on', 'Publication date', 'Date', '发布日期', '日期'],
} as const;

/** A month, or any day of it: spreadsheets make dates of months. */
const monthCell: CellReader<string> = (cell) => {
  const [, year = '', month = ''] =
    /^(\d{4})[-/.年](\d{1,2})(?:[-/.月](?:\d{1,2}日?)?)?$/.exec(cell.text.normalize('NFKC').trim()) ?? [];
  const value = `${year}-${month.padStart(2, '0')}`;
  return isDay(`${value}-01`) && cell.kind !== 'number'
    ? { value }
    : { code: 'sheet.not-a-month', params: { value: cell.text.slice(0, 60), example: '2026-11' } };
};

/** Reads values of indices from a sheet, or says everything that is wrong with it, cell by cell; nothing is kept. */
export function readIndexValues(
  sheet: Sheet,
  of: { codes: readonly string[]; thisMonth: string },
): { readonly values: readonly IndexValue[]; readonly errors: readonly SheetError[] } {
  const table = readTable(sheet, {
    code: required(HEADINGS.code, text(19)),
    month: required(HEADINGS.month, monthCell),
    value: required(HEADINGS.value, decimal({ maxDecimals: 6, maxDigits: 12, min: '0.000001' })),
    source: optional(HEADINGS.source, text(200)),
    publishedOn: optional(HEADINGS.publishedOn, day()),
  });
  const seen = new Set<string>();
  const errors: SheetError[] = [...table.errors];
  const values = table.rows.map(({ row, values: read }): IndexValue => {
    const code = read.code.toUpperCase();
    const wrong = (key: keyof typeof HEADINGS, fault: string, value: string): void =>
      void errors.push(
        sheetError(sheet, { row, column: table.places[key] ?? '' }, fault, {
          heading: HEADINGS[key][0],
          value,
        }),
      );
    if (!of.codes.includes(code)) wrong('code', 'sheet.unknown-value', read.code);
    if (read.month > of.thisMonth) wrong('month', 'sheet.month-to-come', read.month);
    if (seen.has(`${code} ${read.month}`)) wrong('month', 'sheet.row-twice', `${code} ${read.month}`);
    seen.add(`${code} ${read.month}`);
    return { ...read, code, source: read.source ?? '' };
  });
  return { values, errors: errors.toSorted((one, other) => one.row - other.row) };
}

/** The values that count as a file, which can be added to and imported again. */
export const indexValuesFile = (values: readonly IndexValue[]): CsvFile => ({
  fileName: 'index-values',
  table: ({ t }) => ({
    columns: [
      { heading: t('price-indices.code'), kind: 'text', width: 20 },
      { heading: t('field.month'), kind: 'text', width: 10 },
      { heading: t('price-indices.value'), kind: 'number', width: 16 },
      { heading: t('price-indices.value-source'), kind: 'text', width: 32 },
      { heading: t('price-indices.published-on'), kind: 'day', width: 14 },
    ],
    rows: values.map((one) => [one.code, one.month, one.value, one.source, one.publishedOn]),
  }),
});
