import { type ReadUnit, readUnit } from '../catalog/index.ts';
import { offeredUnits } from '../kernel/quantity.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import { type CellReader, day, decimal, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { optional, readTable, required } from '../platform/sheet/table.ts';
import type { Template, TemplateColumn } from '../platform/sheet/write-sheet.ts';
import type { EventItem, NewEventItem } from './event-item.ts';

/** Headings that buyers' own spreadsheets bear, beside those of our template. */
const HEADINGS = {
  itemCode: [
    'Item code',
    'item_code',
    'Item',
    'Item no',
    'Part number',
    'Material',
    '物料编码',
    '物料号',
    '料号',
  ],
  description: ['Description', 'Item description', '物料描述', '名称及规格', '描述', '品名'],
  quantity: ['Quantity', 'Qty', '数量'],
  unit: ['Unit', 'UoM', 'Unit of measure', '单位', '计量单位'],
  needByOn: ['Need by', 'Needed by', 'Need-by date', 'Delivery date', '需求日期', '交货日期'],
  estimatedPrice: ['Estimated unit price', 'Estimated price', 'Estimate', '预估单价', '参考单价'],
} as const;

const unitCell: CellReader<ReadUnit> = (cell) => {
  const read = readUnit(cell.text);
  return read === null
    ? { code: 'sheet.unknown-unit', params: { value: cell.text.slice(0, 60), example: 'C62, KGM, MTR' } }
    : { value: read };
};

/** What a spreadsheet holds: lines to look at, or everything that is wrong with it, cell by cell. */
export type LinePreview = {
  readonly items: readonly NewEventItem[];
  readonly errors: readonly SheetError[];
  /** Headings that were not read. */
  readonly ignored: readonly string[];
};

/** Reads lines from a sheet; nothing is kept. */
export function readLines(sheet: Sheet): LinePreview {
  const table = readTable(sheet, {
    itemCode: optional(HEADINGS.itemCode, text(60)),
    description: required(HEADINGS.description, text(500)),
    quantity: required(HEADINGS.quantity, decimal({ maxDecimals: 6, maxDigits: 14, min: '0.000001' })),
    unit: required(HEADINGS.unit, unitCell),
    needByOn: optional(HEADINGS.needByOn, day()),
    estimatedPrice: optional(HEADINGS.estimatedPrice, decimal({ maxDecimals: 6, maxDigits: 14, min: '0' })),
  });
  return {
    items: table.rows.map(({ values: { unit, ...line } }) => ({ ...line, ...unit })),
    errors: table.errors,
    ignored: table.ignored,
  };
}

/** The spreadsheet to fill in: with the lines there are, and room for as many as come to mind. */
export function lineTemplate(
  of: { reference: string; items: readonly EventItem[]; madeAt: Date },
  t: Translate,
): Template {
  const column = (
    key: keyof typeof HEADINGS,
    more: Pick<TemplateColumn, 'width' | 'kind'> & Partial<TemplateColumn>,
  ): TemplateColumn => ({ heading: t(`sourcing.sheet.${key}`), isInput: true, ...more });
  return {
    sheetName: t('sourcing.sheet.name'),
    title: t('sourcing.sheet.title', { reference: of.reference }),
    instructions: [t('sourcing.sheet.how-to'), t('sourcing.sheet.required')],
    columns: [
      column('itemCode', { width: 18, kind: 'text' }),
      column('description', { width: 54, kind: 'text' }),
      column('quantity', { width: 14, kind: 'number', min: 0 }),
      column('unit', { width: 12, kind: 'choice', choices: offeredUnits }),
      column('needByOn', { width: 14, kind: 'day' }),
      column('estimatedPrice', { width: 18, kind: 'price', min: 0 }),
    ],
    rows: of.items.map((item) => [
      item.itemCode,
      item.description,
      item.quantity,
      item.unit,
      item.needByOn,
      item.estimatedPrice,
    ]),
    blankRows: Math.max(50, 200 - of.items.length),
    refusal: { title: t('sourcing.sheet.refusal-title'), text: t('sourcing.sheet.refusal') },
    madeAt: of.madeAt,
  };
}
