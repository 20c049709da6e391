import { unitCell } from '../catalog/index.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import { type CellReader, day, decimal, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { optional, readTable, required, sheetError } from '../platform/sheet/table.ts';
import type { Template, TemplateColumn } from '../platform/sheet/write-sheet.ts';
import { lineFields } from './agreement-form.ts';
import { type AgreementTerms, areRising, type PriceTier } from './agreement-version.ts';
import type { TypedTerms } from './agreements.service.ts';
import { indicesOf, readFormula } from './price-formula.ts';
import { readTiers, writeTiers } from './price-scale.ts';

/** The most price lines of one agreement that a spreadsheet brings. */
export const MOST_LINES_OF_A_SHEET = 2_000;

const HEADINGS = {
  lineNo: ['Line', 'Line no', '行', '行号'],
  itemCode: ['Item', 'Item code', 'Part number', '物料', '物料编号', '物料号'],
  description: ['Description', 'Item description', '描述', '物料描述', '品名'],
  unit: ['Unit', 'UoM', '单位'],
  unitPrice: ['Price', 'Unit price', '单价', '价格'],
  scale: [
    'Price from quantity',
    'Scale',
    'Scale of prices',
    'Price breaks',
    '数量阶梯价',
    '价格阶梯',
    '阶梯价',
  ],
  priceBaseQuantity: ['Price per', 'Per', 'Price base', '计价数量', '价格单位'],
  quantityLimit: ['Quantity limit', 'At most', 'Limit', '数量上限', '最大数量'],
  validFrom: ['Price from', 'Valid from', '价格生效日', '生效日期', '有效期起'],
  validUntil: ['Price until', 'Valid until', 'Last day', '价格截止日', '失效日期', '有效期止'],
  formula: ['Price by formula', 'Formula', 'Price formula', '价格公式', '公式'],
} as const;
type Key = keyof typeof HEADINGS;

const scaleCell: CellReader<PriceTier[]> = (cell) => {
  const read = cell.text.length > 500 ? null : readTiers(cell.text);
  return read === null
    ? { code: 'sheet.unreadable-scale', params: { value: cell.text.slice(0, 60) } }
    : { value: read };
};
const formulaCell: CellReader<string> = (cell) =>
  cell.text.length <= 200 && readFormula(cell.text) !== null
    ? { value: cell.text }
    : { code: 'sheet.unreadable-formula', params: { value: cell.text.slice(0, 60) } };
const positive = decimal({ maxDecimals: 6, maxDigits: 12, min: '0.000001' });

type TypedLine = TypedTerms['lines'][number];
/** What a sheet says the lines are, all of them, or everything that is wrong with it, cell by cell. */
export type LinesRead = {
  readonly lines: readonly TypedLine[];
  readonly errors: readonly SheetError[];
  readonly ignored: readonly string[];
};

/** Reads price lines from a sheet; nothing is kept. A row without a number is a new line. */
export function readPriceLines(
  sheet: Sheet,
  of: {
    terms: Pick<AgreementTerms, 'validFrom' | 'validUntil'>;
    /** The numbers that lines of this agreement have ever had. */
    known: ReadonlySet<number>;
    indices: readonly string[];
  },
): LinesRead {
  const table = readColumns(sheet);
  const errors: SheetError[] = [...table.errors];
  const seen = new Set<number>();
  const lines = table.rows.map(({ row, values }): TypedLine => {
    const line = lineOf(values);
    const isTwice = line.lineNo !== null && seen.has(line.lineNo);
    if (line.lineNo !== null) seen.add(line.lineNo);
    const faults = isTwice
      ? [{ key: 'lineNo' as const, code: 'sheet.row-twice', value: String(line.lineNo) }]
      : faultsOf(line, of);
    for (const { key, code, value } of faults)
      errors.push(
        sheetError(sheet, { row, column: table.places[key] ?? '' }, code, {
          heading: HEADINGS[key][0],
          value: value.slice(0, 60),
        }),
      );
    return line;
  });
  return {
    lines,
    errors: errors.toSorted((one, other) => one.row - other.row),
    ignored: table.ignored,
  };
}

const readColumns = (sheet: Sheet) =>
  readTable(sheet, {
    lineNo: optional(HEADINGS.lineNo, decimal({ maxDecimals: 0, maxDigits: 6, min: '1' })),
    itemCode: optional(HEADINGS.itemCode, text(60)),
    description: required(HEADINGS.description, text(500)),
    unit: required(HEADINGS.unit, unitCell),
    unitPrice: required(HEADINGS.unitPrice, positive),
    scale: optional(HEADINGS.scale, scaleCell),
    priceBaseQuantity: optional(HEADINGS.priceBaseQuantity, positive),
    quantityLimit: optional(HEADINGS.quantityLimit, positive),
    validFrom: optional(HEADINGS.validFrom, day()),
    validUntil: optional(HEADINGS.validUntil, day()),
    formula: optional(HEADINGS.formula, formulaCell),
  });
type Values = ReturnType<typeof readColumns>['rows'][number]['values'];

const lineOf = (values: Values): TypedLine => ({
  lineNo: values.lineNo === null ? null : Number(values.lineNo),
  itemCode: values.itemCode,
  description: values.description,
  unit: values.unit.unit,
  priceBaseQuantity: values.priceBaseQuantity ?? '1',
  tiers: [{ fromQuantity: '0', unitPrice: values.unitPrice }, ...(values.scale ?? [])],
  quantityLimit: values.quantityLimit,
  validFrom: values.validFrom,
  validUntil: values.validUntil,
  formula: values.formula,
});

type Fault = { readonly key: Key; readonly code: string; readonly value: string };

/** What no cell can know by itself. */
function faultsOf(line: TypedLine, of: Parameters<typeof readPriceLines>[1]): Fault[] {
  const { validFrom, validUntil } = of.terms;
  const from = line.validFrom ?? validFrom;
  const until = line.validUntil ?? validUntil;
  const formula = readFormula(line.formula ?? '');
  const unknown = formula === null ? [] : indicesOf(formula).filter((code) => !of.indices.includes(code));
  const faults: (Fault & { readonly isOne: boolean })[] = [
    {
      key: 'lineNo',
      code: 'sheet.unknown-value',
      value: String(line.lineNo),
      isOne: line.lineNo !== null && !of.known.has(line.lineNo),
    },
    {
      key: 'scale',
      code: 'sheet.unreadable-scale',
      value: writeTiers(line.tiers),
      isOne: !areRising(line.tiers),
    },
    {
      key: 'validFrom',
      code: 'sheet.outside-of-agreement',
      value: from,
      isOne: from < validFrom || from > validUntil,
    },
    {
      key: 'validUntil',
      code: 'sheet.outside-of-agreement',
      value: until,
      isOne: until < from || until > validUntil,
    },
    { key: 'formula', code: 'sheet.unknown-value', value: unknown.join(', '), isOne: unknown.length > 0 },
  ];
  return faults.filter(({ isOne }) => isOne);
}

const COLUMNS: readonly (readonly [Key, number, TemplateColumn['kind']])[] = [
  ['lineNo', 8, 'text'],
  ['itemCode', 18, 'text'],
  ['description', 44, 'text'],
  ['unit', 8, 'text'],
  ['unitPrice', 14, 'price'],
  ['scale', 28, 'text'],
  ['priceBaseQuantity', 12, 'number'],
  ['quantityLimit', 14, 'number'],
  ['validFrom', 13, 'day'],
  ['validUntil', 13, 'day'],
  ['formula', 32, 'text'],
];

/** The workbook with all price lines as they are, to change and bring back. */
export const linesTemplate = (
  terms: AgreementTerms,
  of: { t: Translate; reference: string; madeAt: Date },
): Template => {
  const { t } = of;
  return {
    sheetName: t('agreements.form.prices'),
    title: `${of.reference} · ${terms.title}`,
    instructions: [t('agreements.sheet.how', { currency: terms.currency }), t('agreements.sheet.how-scale')],
    columns: COLUMNS.map(([key, width, kind]) => ({
      heading: t(`agreements.line.${key}`),
      width,
      kind,
      isInput: true,
      ...(kind === 'number' || kind === 'price' ? { min: 0 } : {}),
    })),
    rows: terms.lines.map((line) => {
      const fields = lineFields(line);
      return COLUMNS.map(([key]) => fields[key]);
    }),
    blankRows: 50,
    refusal: { title: t('sourcing.sheet.refusal-title'), text: t('sourcing.sheet.refusal') },
    madeAt: of.madeAt,
  };
};
