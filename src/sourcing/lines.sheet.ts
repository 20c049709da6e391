import { unitCell } from '../catalog/index.ts';
import { offeredUnits } from '../kernel/quantity.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import { type CellReader, day, decimal, oneOf, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { optional, readTable, required } from '../platform/sheet/table.ts';
import type { Template, TemplateColumn } from '../platform/sheet/write-sheet.ts';
import type { NewEventItem } from './event-item.ts';
import type { ImportedItem, Lot } from './lot.ts';
import { tiers } from './structure.forms.ts';

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
  lot: ['Lot', 'Lot no', 'Lot number', 'Bid package', '标包', '包号', '标段'],
  specification: ['Specification', 'Spec', 'Technical requirements', '规格要求', '技术要求', '规格'],
  targetPrice: ['Target price', 'Target unit price', '目标价', '目标单价'],
  reservePrice: ['Reserve price', 'Ceiling price', '底价', '最高限价'],
  tiers: ['Price tiers', 'Quantity tiers', 'Quantity breaks', '数量阶梯', '阶梯数量'],
  takesAlternates: ['Alternatives', 'Alternates', 'Alternates allowed', '替代品', '允许替代'],
} as const;

const tiersCell: CellReader<readonly string[]> = (cell) => {
  const read = tiers.safeParse(cell.text);
  return read.success
    ? { value: read.data }
    : { code: 'sheet.not-quantities', params: { value: cell.text.slice(0, 60), example: '500; 1000' } };
};

/** What a spreadsheet holds: lines to look at, or everything that is wrong with it, cell by cell. */
export type LinePreview = {
  readonly items: readonly ImportedItem[];
  readonly errors: readonly SheetError[];
  /** Headings that were not read. */
  readonly ignored: readonly string[];
};

const yesOrNo = oneOf({ yes: ['y', 'x', '是', '可'], no: ['n', '否'] });
const price = decimal({ maxDecimals: 6, maxDigits: 14, min: '0' });

/** A line that was read, as the form carries it along until it is confirmed. */
export const importedFields = ({ originalUnit, ...item }: ImportedItem): Record<string, unknown> => ({
  ...Object.fromEntries(Object.entries(item).map(([field, value]) => [field, value ?? ''])),
  unit: originalUnit ?? item.unit,
  tiers: (item.tiers ?? []).join(' '),
});

/** Reads lines from a sheet; nothing is kept. */
export function readLines(sheet: Sheet): LinePreview {
  const table = readTable(sheet, {
    itemCode: optional(HEADINGS.itemCode, text(60)),
    description: required(HEADINGS.description, text(500)),
    quantity: required(HEADINGS.quantity, decimal({ maxDecimals: 6, maxDigits: 14, min: '0.000001' })),
    unit: required(HEADINGS.unit, unitCell),
    needByOn: optional(HEADINGS.needByOn, day()),
    estimatedPrice: optional(HEADINGS.estimatedPrice, price),
    lot: optional(HEADINGS.lot, text(200)),
    specification: optional(HEADINGS.specification, text(10_000)),
    targetPrice: optional(HEADINGS.targetPrice, price),
    reservePrice: optional(HEADINGS.reservePrice, price),
    tiers: optional(HEADINGS.tiers, tiersCell),
    takesAlternates: optional(HEADINGS.takesAlternates, yesOrNo),
  });
  return {
    items: table.rows.map(({ values: { unit, specification, tiers: asked, takesAlternates, ...line } }) => ({
      ...line,
      ...unit,
      specification: specification ?? '',
      tiers: asked ?? [],
      takesAlternates: takesAlternates === 'yes',
    })),
    errors: table.errors,
    ignored: table.ignored,
  };
}

/** The spreadsheet to fill in: with the lines there are, and room for as many as come to mind. */
export function lineTemplate(
  of: { reference: string; items: readonly NewEventItem[]; lots: readonly Lot[]; madeAt: Date },
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
      column('lot', { width: 14, kind: 'text' }),
      column('targetPrice', { width: 16, kind: 'price', min: 0 }),
      column('reservePrice', { width: 16, kind: 'price', min: 0 }),
      column('tiers', { width: 18, kind: 'text' }),
      column('takesAlternates', { width: 14, kind: 'text' }),
      column('specification', { width: 54, kind: 'text' }),
    ],
    rows: of.items.map((item) => [
      item.itemCode,
      item.description,
      item.quantity,
      item.unit,
      item.needByOn,
      item.estimatedPrice,
      item.lotNo == null ? null : (of.lots[item.lotNo - 1]?.title ?? null),
      item.targetPrice ?? null,
      item.reservePrice ?? null,
      item.tiers?.length ? item.tiers.join('; ') : null,
      item.takesAlternates === true ? 'yes' : null,
      item.specification || null,
    ]),
    blankRows: Math.max(50, 200 - of.items.length),
    refusal: { title: t('sourcing.sheet.refusal-title'), text: t('sourcing.sheet.refusal') },
    madeAt: of.madeAt,
  };
}
