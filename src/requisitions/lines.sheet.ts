import { unitCell } from '../catalog/index.ts';
import { offeredUnits } from '../kernel/quantity.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import { day, decimal, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { optional, readTable, required, sheetError } from '../platform/sheet/table.ts';
import type { Template, TemplateColumn } from '../platform/sheet/write-sheet.ts';
import type { NewRequisitionLine, RequisitionLine } from './requisition.ts';

/** Headings that requesters' own spreadsheets bear, beside those of our template. */
const HEADINGS = {
  itemCode: ['Item code', 'Item', 'Item no', 'Part number', 'Material', '物料编码', '物料号', '料号'],
  description: ['Description', 'Item description', '物料描述', '名称及规格', '描述', '品名'],
  quantity: ['Quantity', 'Qty', '数量'],
  unit: ['Unit', 'UoM', 'Unit of measure', '单位', '计量单位'],
  plantCode: ['Plant', 'Plant code', '工厂', '工厂代码'],
  needByOn: ['Need by', 'Needed by', 'Need-by date', 'Delivery date', '需求日期', '交货日期'],
  account: ['Account', 'Cost centre', 'Cost center', 'GL account', '科目', '成本中心', '会计科目'],
  estimatedPrice: ['Estimated unit price', 'Estimated price', 'Estimate', '预估单价', '参考单价'],
} as const;

/** What a spreadsheet holds: lines to look at, or everything that is wrong with it, cell by cell. */
export type LinePreview = {
  readonly lines: readonly NewRequisitionLine[];
  readonly errors: readonly SheetError[];
  /** Headings that were not read. */
  readonly ignored: readonly string[];
};

/** Reads lines from a sheet; nothing is kept. A line without a plant is for the requisition's own. */
export function readLines(sheet: Sheet, of: { plantCode: string; plants: readonly string[] }): LinePreview {
  const table = readTable(sheet, {
    itemCode: optional(HEADINGS.itemCode, text(60)),
    description: required(HEADINGS.description, text(500)),
    quantity: required(HEADINGS.quantity, decimal({ maxDecimals: 6, maxDigits: 14, min: '0.000001' })),
    unit: required(HEADINGS.unit, unitCell),
    plantCode: optional(HEADINGS.plantCode, text(20)),
    needByOn: optional(HEADINGS.needByOn, day()),
    account: optional(HEADINGS.account, text(40)),
    estimatedPrice: optional(HEADINGS.estimatedPrice, decimal({ maxDecimals: 6, maxDigits: 14, min: '0' })),
  });
  const strange = table.rows
    .filter(({ values }) => values.plantCode !== null && !of.plants.includes(values.plantCode))
    .map(({ row, values }) =>
      sheetError(sheet, { row, column: '' }, 'sheet.unknown-value', {
        heading: HEADINGS.plantCode[0],
        value: values.plantCode ?? '',
      }),
    );
  return {
    lines: table.rows.map(({ values: { unit, plantCode, ...line } }) => ({
      ...line,
      ...unit,
      plantCode: plantCode ?? of.plantCode,
    })),
    errors: [...table.errors, ...strange],
    ignored: table.ignored,
  };
}

/** The spreadsheet to fill in: with the lines there are, and room for as many as come to mind. */
export function lineTemplate(
  of: { reference: string; lines: readonly RequisitionLine[]; plants: readonly string[] },
  t: Translate,
): Omit<Template, 'madeAt'> {
  const column = (
    key: keyof typeof HEADINGS,
    more: Pick<TemplateColumn, 'width' | 'kind'> & Partial<TemplateColumn>,
  ): TemplateColumn => ({ heading: t(`requisitions.sheet.${key}`), isInput: true, ...more });
  return {
    sheetName: t('requisitions.sheet.name'),
    title: t('requisitions.sheet.title', { reference: of.reference }),
    instructions: [t('requisitions.sheet.how-to'), t('requisitions.sheet.required')],
    columns: [
      column('itemCode', { width: 18, kind: 'text' }),
      column('description', { width: 54, kind: 'text' }),
      column('quantity', { width: 14, kind: 'number', min: 0 }),
      column('unit', { width: 12, kind: 'choice', choices: offeredUnits }),
      column('plantCode', { width: 12, kind: 'choice', choices: of.plants }),
      column('needByOn', { width: 14, kind: 'day' }),
      column('account', { width: 16, kind: 'text' }),
      column('estimatedPrice', { width: 18, kind: 'price', min: 0 }),
    ],
    rows: of.lines.map((line) => [
      line.itemCode,
      line.description,
      line.quantity,
      line.unit,
      line.plantCode,
      line.needByOn,
      line.account,
      line.estimatedPrice,
    ]),
    blankRows: Math.max(50, 200 - of.lines.length),
    refusal: { title: t('requisitions.sheet.refusal-title'), text: t('requisitions.sheet.refusal') },
  };
}
