import { type Incoterm, incoterms } from '../kernel/incoterm.ts';
import { readTax, type Tax, taxKey } from '../kernel/tax.ts';
import { dayIn } from '../kernel/time.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import { type CellReader, decimal, oneOf, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { optional, readTable, required, sheetError, type TableRow } from '../platform/sheet/table.ts';
import type { Template } from '../platform/sheet/write-sheet.ts';
import type { CsvFile } from '../platform/web/send-csv.ts';
import {
  conversionFault,
  fieldsOf,
  type ItemChange,
  type ItemConversion,
  type ItemState,
  type ItemTerms,
  itemChanges,
  itemFieldNames,
  type KeptItem,
  readConversions,
} from './item.ts';
import { unitCell } from './unit.sheet.ts';

/** The most rows of one file: what is seen in a preview is sent once more. */
export const MOST_ITEMS_AT_ONCE = 2_000;

const HEADINGS = {
  code: ['Item', 'Code', 'Item code', 'Item number', 'Part number', 'Material', '物料', '物料编号', '物料号'],
  description: ['Description', 'Item description', 'English description', '描述', '英文描述', '物料描述'],
  descriptionZh: ['Chinese description', 'Description (Chinese)', '中文描述'],
  categoryCode: ['Category', 'Category code', '品类', '类别', '品类代码'],
  unit: ['Unit', 'Base unit', 'UoM', '单位', '基本单位'],
  conversions: ['Other units', 'Conversions', '其他单位', '单位换算'],
  packQuantity: ['In multiples of', 'Pack quantity', 'Pack size', '包装数量', '整数倍'],
  packaging: ['Packaging', 'Packing', '包装', '包装方式'],
  tax: ['Tax', 'Tax category', '税种', '税类'],
  incoterm: ['Incoterm', 'Preferred Incoterm', '贸易术语', '优先贸易术语'],
  state: ['State', 'Status', '状态'],
} as const;

const conversionsCell: CellReader<ItemConversion[]> = (cell) => {
  const read = cell.text.length > 500 ? null : readConversions(cell.text);
  return read === null
    ? { code: 'sheet.unreadable-conversions', params: { value: cell.text.slice(0, 60) } }
    : { value: read };
};

/** `S:13`, as we write it, and `S 13 %` or `AE`, as people do. */
const taxCell: CellReader<string> = (cell) => {
  const [, category = '', rate = ''] =
    /^(S|Z|E|AE|O)[:：]?([\d.]*)$/.exec(cell.text.normalize('NFKC').toUpperCase().replaceAll(/[\s%]/g, '')) ??
    [];
  const read = readTax(`${category}:${rate === '' ? '0' : rate}`);
  return read === null
    ? { code: 'sheet.unknown-value', params: { value: cell.text.slice(0, 60) } }
    : { value: taxKey(read) };
};

const incotermCell: CellReader<Incoterm> = (cell) => {
  const value = incoterms.find((one) => one === cell.text.trim().toUpperCase());
  return value === undefined
    ? {
        code: 'sheet.not-a-choice',
        params: { value: cell.text.slice(0, 60), choices: incoterms.join(', ') },
      }
    : { value };
};

const STATES: Readonly<Record<ItemState, readonly string[]>> = {
  active: ['Active', 'In use', '使用中', '启用'],
  retired: ['Retired', '已停用', '停用'],
};

const COLUMNS = {
  code: required(HEADINGS.code, text(60)),
  description: optional(HEADINGS.description, text(500)),
  descriptionZh: optional(HEADINGS.descriptionZh, text(500)),
  categoryCode: optional(HEADINGS.categoryCode, text(20)),
  unit: optional(HEADINGS.unit, unitCell),
  conversions: optional(HEADINGS.conversions, conversionsCell),
  packQuantity: optional(HEADINGS.packQuantity, decimal({ maxDecimals: 6, maxDigits: 12, min: '0.000001' })),
  packaging: optional(HEADINGS.packaging, text(200)),
  tax: optional(HEADINGS.tax, taxCell),
  incoterm: optional(HEADINGS.incoterm, incotermCell),
  state: optional(HEADINGS.state, oneOf(STATES)),
};
const readColumns = (sheet: Sheet) => readTable(sheet, COLUMNS);
export type ItemTable = ReturnType<typeof readColumns>;
type Values = ItemTable['rows'][number]['values'];

/** The rows of a sheet, each cell read by itself. */
export const readItemTable: (sheet: Sheet) => ItemTable = readColumns;

/** A row that enters or changes an item; `before` is null where it is new. */
export type ItemRowRead = {
  readonly before: KeptItem | null;
  readonly after: ItemTerms & { readonly state: ItemState };
  readonly changes: readonly ItemChange[];
};
/** What a spreadsheet would enter and change, or everything that is wrong with it, cell by cell. */
export type ItemsPreview = {
  readonly rows: readonly ItemRowRead[];
  /** How many rows say what is stored already. */
  readonly same: number;
  readonly errors: readonly SheetError[];
  readonly ignored: readonly string[];
};

/** What the words of a row are looked up in. */
export type ItemWords = { readonly categories: readonly string[]; readonly taxes: readonly Tax[] };

/**
 * Says what the rows of a sheet mean for what is stored; nothing is kept. A column that the sheet lacks leaves things as they
 * are, an empty cell of one it has empties them.
 */
export function previewItems(
  sheet: Sheet,
  table: ItemTable,
  of: ItemWords & { readonly known: readonly KeptItem[] },
): ItemsPreview {
  const known = new Map(of.known.map((item) => [item.code, item]));
  const errors: SheetError[] = [...table.errors];
  const seen = new Set<string>();
  const read = table.rows.map((row) => {
    const wrong: Wrong = (key, code, params = {}) =>
      void errors.push(
        sheetError(sheet, { row: row.row, column: table.places[key] ?? '' }, code, {
          heading: HEADINGS[key][0],
          ...params,
        }),
      );
    const before = known.get(row.values.code) ?? null;
    if (seen.has(row.values.code)) wrong('code', 'sheet.row-twice', { value: row.values.code });
    seen.add(row.values.code);
    const after = itemOf(row, { before, wrong, has: (key) => key in table.places });
    if (after !== null) judge(after, { ...of, before, wrong });
    return after === null ? null : { before, after };
  });
  const rows = read.flatMap((one) => {
    if (one === null) return [];
    const changes = one.before === null ? [] : itemChanges(one.before, one.after);
    const isSame = one.before !== null && changes.length === 0 && one.before.state === one.after.state;
    return isSame ? [] : [{ ...one, changes }];
  });
  return {
    rows,
    same: read.length - rows.length,
    errors: errors.toSorted((one, other) => one.row - other.row),
    ignored: table.ignored,
  };
}

type Wrong = (key: keyof typeof HEADINGS, code: string, params?: Readonly<Record<string, string>>) => void;

/** The item a row makes of what is stored; null where it lacks what every item has. */
function itemOf(
  { values }: TableRow<Values>,
  of: { before: KeptItem | null; wrong: Wrong; has(key: keyof typeof HEADINGS): boolean },
): (ItemTerms & { state: ItemState }) | null {
  const { before, has, wrong } = of;
  const now = <T>(key: keyof typeof HEADINGS, read: T | null, kept: T | null | undefined): T | null =>
    has(key) ? read : (kept ?? null);
  const description = now('description', values.description, before?.description);
  const categoryCode = now('categoryCode', values.categoryCode, before?.categoryCode);
  const unit = now('unit', values.unit?.unit ?? null, before?.unit);
  if (description === null) wrong('description', 'sheet.empty-cell');
  if (categoryCode === null) wrong('categoryCode', 'sheet.empty-cell');
  if (unit === null) wrong('unit', 'sheet.empty-cell');
  if (description === null || categoryCode === null || unit === null) return null;
  return {
    code: values.code,
    description,
    categoryCode,
    unit,
    descriptionZh: now('descriptionZh', values.descriptionZh, before?.descriptionZh),
    conversions: now('conversions', values.conversions, before?.conversions) ?? [],
    packQuantity: now('packQuantity', values.packQuantity, before?.packQuantity),
    packaging: now('packaging', values.packaging, before?.packaging),
    tax: now('tax', values.tax, before?.tax),
    incoterm: now('incoterm', values.incoterm, before?.incoterm),
    state: now('state', values.state, before?.state) ?? 'active',
  };
}

function judge(item: ItemTerms, of: ItemWords & { before: KeptItem | null; wrong: Wrong }): void {
  if (!of.categories.includes(item.categoryCode))
    of.wrong('categoryCode', 'sheet.unknown-value', { value: item.categoryCode });
  const isOffered = of.taxes.some((one) => taxKey(one) === item.tax);
  if (item.tax !== null && item.tax !== of.before?.tax && !isOffered)
    of.wrong('tax', 'sheet.unknown-value', { value: item.tax });
  const fault = conversionFault(item);
  if (fault !== null) of.wrong('conversions', fault.code, { unit: fault.unit });
}

const WIDTHS: Readonly<Record<(typeof itemFieldNames)[number], number>> = {
  description: 40,
  descriptionZh: 32,
  categoryCode: 12,
  unit: 8,
  conversions: 22,
  packQuantity: 14,
  packaging: 24,
  tax: 10,
  incoterm: 12,
};
const cellsOf = (item: KeptItem): string[] => {
  const fields = fieldsOf(item);
  return [item.code, ...itemFieldNames.map((field) => fields[field])];
};

/** The list as a file that can be changed and imported again. */
export const itemsFile = (items: readonly KeptItem[], of: { now: Date; timeZone: string }): CsvFile => ({
  fileName: `items-${dayIn(of.now, of.timeZone)}`,
  table: ({ t, stateLabel }) => ({
    columns: [
      { heading: t('items.field.code'), kind: 'text', width: 18 },
      ...itemFieldNames.map((field) => ({
        heading: t(`items.field.${field}`),
        kind: field === 'packQuantity' ? ('number' as const) : ('text' as const),
        width: WIDTHS[field],
      })),
      { heading: t('items.field.state'), kind: 'text', width: 12 },
    ],
    rows: items.map((item) => [...cellsOf(item), stateLabel('item', item.state)]),
  }),
});

/** The workbook to fill in, with the items as they are; cells keep what Excel would take for numbers as text. */
export const itemsTemplate = (
  items: readonly KeptItem[],
  of: { t: Translate; categories: readonly string[]; taxes: readonly Tax[]; madeAt: Date },
): Template => {
  const { t } = of;
  const choices: Partial<Record<(typeof itemFieldNames)[number], readonly string[]>> = {
    categoryCode: of.categories,
    tax: of.taxes.map(taxKey),
    incoterm: incoterms,
  };
  const stateOf = (state: ItemState): string => t(`state.item.buyer.${state}`);
  return {
    sheetName: t('items.title'),
    title: t('items.title'),
    instructions: [t('items.import.how')],
    columns: [
      { heading: t('items.field.code'), width: 18, kind: 'text', isInput: true },
      ...itemFieldNames.map((field) => {
        const offered = choices[field];
        return {
          heading: t(`items.field.${field}`),
          width: WIDTHS[field],
          isInput: true,
          ...(offered === undefined
            ? { kind: field === 'packQuantity' ? ('number' as const) : ('text' as const) }
            : { kind: 'choice' as const, choices: offered }),
        };
      }),
      {
        heading: t('items.field.state'),
        width: 12,
        kind: 'choice',
        isInput: true,
        choices: [stateOf('active'), stateOf('retired')],
      },
    ],
    rows: items.map((item) => [...cellsOf(item), stateOf(item.state)]),
    blankRows: 50,
    refusal: { title: t('sourcing.sheet.refusal-title'), text: t('sourcing.sheet.refusal') },
    madeAt: of.madeAt,
  };
};
