import { isKnownCurrency } from '../kernel/money.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import { type CellReader, day, decimal, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { readTable, required } from '../platform/sheet/table.ts';
import type { Template } from '../platform/sheet/write-sheet.ts';
import type { ExchangeRate } from './exchange-rate.ts';

/** Headings that treasuries' own spreadsheets bear, beside those of our template. */
const HEADINGS = {
  fromCurrency: ['From', 'From currency', 'Currency', 'Base currency', '原币', '源币种', '币种'],
  toCurrency: ['To', 'To currency', 'Quote currency', '目标币种', '本币'],
  rate: ['Rate', 'Exchange rate', '汇率'],
  validOn: ['Valid from', 'Valid on', 'Date', 'Day', '生效日期', '日期'],
  source: ['Source', '来源'],
} as const;

const currency: CellReader<string> = (cell) => {
  const code = cell.text.trim().toUpperCase();
  return isKnownCurrency(code)
    ? { value: code }
    : { code: 'sheet.unknown-currency', params: { value: cell.text.slice(0, 20) } };
};

/** Reads rates from a sheet; nothing is kept. */
export function readRates(sheet: Sheet): {
  readonly rows: readonly { readonly row: number; readonly rate: ExchangeRate }[];
  readonly errors: readonly SheetError[];
} {
  const table = readTable(sheet, {
    fromCurrency: required(HEADINGS.fromCurrency, currency),
    toCurrency: required(HEADINGS.toCurrency, currency),
    rate: required(HEADINGS.rate, decimal({ maxDecimals: 12, maxDigits: 10, min: '0.000000000001' })),
    validOn: required(HEADINGS.validOn, day()),
    source: required(HEADINGS.source, text(200)),
  });
  return { rows: table.rows.map(({ row, values }) => ({ row, rate: values })), errors: table.errors };
}

/** The spreadsheet to fill in. */
export const rateTemplate = (t: Translate, madeAt: Date): Template => ({
  sheetName: t('exchange-rates.title'),
  title: t('exchange-rates.title'),
  instructions: [t('exchange-rates.template-how')],
  columns: [
    { heading: t('exchange-rates.column.from'), width: 12, kind: 'text', isInput: true },
    { heading: t('exchange-rates.column.to'), width: 12, kind: 'text', isInput: true },
    { heading: t('exchange-rates.column.rate'), width: 18, kind: 'number', isInput: true, min: 0 },
    { heading: t('exchange-rates.column.valid-on'), width: 14, kind: 'day', isInput: true },
    { heading: t('exchange-rates.column.source'), width: 30, kind: 'text', isInput: true },
  ],
  rows: [],
  blankRows: 100,
  refusal: { title: t('sourcing.sheet.refusal-title'), text: t('sourcing.sheet.refusal') },
  madeAt,
});
