import { compareDecimals } from '../kernel/money.ts';
import { dayIn } from '../kernel/time.ts';
import { decimal, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { optional, readTable, required, sheetError } from '../platform/sheet/table.ts';
import type { CsvFile } from '../platform/web/send-csv.ts';
import type { SupplierItemRow } from './supplier-item.store.ts';
import type { SupplierItem, SupplierItemTerms } from './supplier-item.ts';
import { unitCell } from './unit.sheet.ts';

/** The most rows of one file: what is seen in a preview is sent once more. */
export const MOST_SUPPLIER_ITEMS_AT_ONCE = 2_000;

const HEADINGS = {
  supplier: ['Supplier', 'Supplier reference', 'Supplier code', '供应商', '供应商代码'],
  itemCode: ['Our item', 'Item', 'Item code', '我方物料', '物料', '物料编号'],
  supplierItemCode: [
    'Supplier’s number',
    'Supplier item',
    'Supplier item number',
    '供应商编号',
    '供应商物料号',
    '供应商品号',
  ],
  unit: ['Our unit', 'Unit', '我方单位', '单位'],
  supplierUnit: ['Supplier’s unit', 'Supplier unit', '供应商单位'],
  unitsPerSupplierUnit: ['How many of our unit', 'Units per supplier unit', '折合我方单位数', '换算数量'],
  packQuantity: ['In multiples of', 'Pack quantity', '包装倍数', '整数倍'],
  minimumQuantity: ['At least', 'Minimum quantity', 'Minimum', '起订量', '最小数量'],
} as const;
type Key = keyof typeof HEADINGS;

const quantity = decimal({ maxDecimals: 6, maxDigits: 12, min: '0.000001' });
const readColumns = (sheet: Sheet) =>
  readTable(sheet, {
    supplier: required(HEADINGS.supplier, text(60)),
    itemCode: required(HEADINGS.itemCode, text(60)),
    supplierItemCode: required(HEADINGS.supplierItemCode, text(60)),
    unit: required(HEADINGS.unit, unitCell),
    supplierUnit: optional(HEADINGS.supplierUnit, unitCell),
    unitsPerSupplierUnit: optional(HEADINGS.unitsPerSupplierUnit, quantity),
    packQuantity: optional(HEADINGS.packQuantity, quantity),
    minimumQuantity: optional(HEADINGS.minimumQuantity, quantity),
  });
export type SupplierItemTable = ReturnType<typeof readColumns>;

/** The rows of a sheet, each cell read by itself. */
export const readSupplierItemTable: (sheet: Sheet) => SupplierItemTable = readColumns;

const FIELDS = [
  'supplierItemCode',
  'unit',
  'supplierUnit',
  'unitsPerSupplierUnit',
  'packQuantity',
  'minimumQuantity',
] as const satisfies readonly (keyof SupplierItemTerms)[];

export type SupplierItemRead = {
  readonly supplierName: string;
  /** Null where the number is new. */
  readonly before: SupplierItem | null;
  readonly after: SupplierItemTerms;
  readonly changes: readonly { field: (typeof FIELDS)[number]; before: string; after: string }[];
};
export type SupplierItemsPreview = {
  readonly rows: readonly SupplierItemRead[];
  readonly same: number;
  readonly errors: readonly SheetError[];
  readonly ignored: readonly string[];
};

/** Says what the rows of a sheet mean for the numbers that are kept; nothing is kept. */
export function previewSupplierItems(
  sheet: Sheet,
  table: SupplierItemTable,
  of: {
    suppliers: readonly { readonly id: string; readonly reference: string; readonly name: string }[];
    known: readonly SupplierItem[];
  },
): SupplierItemsPreview {
  const suppliers = new Map(of.suppliers.map((one) => [one.reference, one]));
  const known = new Map(of.known.map((one) => [keyOf(one), one]));
  const errors: SheetError[] = [...table.errors];
  const seen = new Set<string>();
  const read = table.rows.flatMap(({ row, values }) => {
    const wrong = (key: Key, code: string, value: string): void =>
      void errors.push(
        sheetError(sheet, { row, column: table.places[key] ?? '' }, code, {
          heading: HEADINGS[key][0],
          value,
        }),
      );
    const supplier = suppliers.get(values.supplier);
    if (supplier === undefined) {
      wrong('supplier', 'sheet.unknown-value', values.supplier);
      return [];
    }
    const after: SupplierItemTerms = {
      supplierId: supplier.id,
      itemCode: values.itemCode,
      supplierItemCode: values.supplierItemCode,
      unit: values.unit.unit,
      supplierUnit: values.supplierUnit?.unit ?? values.unit.unit,
      unitsPerSupplierUnit: values.unitsPerSupplierUnit ?? '1',
      packQuantity: values.packQuantity,
      minimumQuantity: values.minimumQuantity,
    };
    if (after.unit === after.supplierUnit && compareDecimals(after.unitsPerSupplierUnit, '1') !== 0)
      wrong('unitsPerSupplierUnit', 'supplier_item.same-unit-converted', after.unitsPerSupplierUnit);
    if (seen.has(keyOf(after))) wrong('itemCode', 'sheet.row-twice', values.itemCode);
    seen.add(keyOf(after));
    return [{ supplierName: supplier.name, before: known.get(keyOf(after)) ?? null, after }];
  });
  const rows = read
    .map((one) => ({ ...one, changes: one.before === null ? [] : changesOf(one.before, one.after) }))
    .filter((one) => one.before === null || one.changes.length > 0);
  return {
    rows,
    same: read.length - rows.length,
    errors: errors.toSorted((one, other) => one.row - other.row),
    ignored: table.ignored,
  };
}

const keyOf = (item: Pick<SupplierItemTerms, 'supplierId' | 'itemCode'>): string =>
  `${item.supplierId} ${item.itemCode}`;

const changesOf = (before: SupplierItemTerms, after: SupplierItemTerms): SupplierItemRead['changes'] =>
  FIELDS.flatMap((field) =>
    before[field] === after[field] ? [] : [{ field, before: before[field] ?? '', after: after[field] ?? '' }],
  );

/** The list as a file that can be changed and imported again. */
export const supplierItemsFile = (
  rows: readonly SupplierItemRow[],
  of: { now: Date; timeZone: string },
): CsvFile => ({
  fileName: `supplier-items-${dayIn(of.now, of.timeZone)}`,
  table: ({ t }) => ({
    columns: [
      { heading: t('supplier-items.sheet.supplier'), kind: 'text', width: 14 },
      { heading: t('supplier-items.sheet.name'), kind: 'text', width: 28 },
      { heading: t('supplier-items.field.itemCode'), kind: 'text', width: 18 },
      { heading: t('supplier-items.sheet.description'), kind: 'text', width: 32 },
      { heading: t('supplier-items.field.supplierItemCode'), kind: 'text', width: 18 },
      { heading: t('supplier-items.field.unit'), kind: 'text', width: 8 },
      { heading: t('supplier-items.field.supplierUnit'), kind: 'text', width: 8 },
      { heading: t('supplier-items.sheet.units'), kind: 'number', width: 12 },
      { heading: t('supplier-items.field.packQuantity'), kind: 'number', width: 12 },
      { heading: t('supplier-items.field.minimumQuantity'), kind: 'number', width: 12 },
    ],
    rows: rows.map((row) => [
      row.supplierReference,
      row.supplierName,
      row.itemCode,
      row.description,
      row.supplierItemCode,
      row.unit,
      row.supplierUnit,
      row.unitsPerSupplierUnit,
      row.packQuantity,
      row.minimumQuantity,
    ]),
  }),
});
