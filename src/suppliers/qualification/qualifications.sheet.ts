import type { Translate } from '../../platform/i18n/catalogue.ts';
import { day, oneOf, text } from '../../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../../platform/sheet/sheet.ts';
import { optional, readTable, required, type Table } from '../../platform/sheet/table.ts';
import type { Template, TemplateColumn } from '../../platform/sheet/write-sheet.ts';
import { type Wanted, wantedOutcomes } from './qualification.ts';
import type { ExportedQualification } from './qualifications.queries.ts';

const HEADINGS = {
  supplier: ['Supplier number', 'Supplier no', '供应商编号'],
  category: ['Category', 'Category code', '品类', '品类代码'],
  plant: ['Plant', 'Plant code', '工厂', '工厂代码'],
  wanted: ['Qualification', '资格'],
  validUntil: ['Valid until', '有效期至'],
  conditions: ['Conditions', '条件'],
  reason: ['Reason', '理由', '原因'],
} as const;
const WANTED: Readonly<Record<Wanted, readonly string[]>> = {
  qualified: ['Qualified', '合格'],
  conditionally_qualified: ['Conditionally qualified', '有条件合格'],
  disqualified: ['No longer qualified', '取消资格'],
};

/** A row as it stands there: what a supplier is to be qualified for. */
export type SheetQualification = {
  readonly supplier: string;
  readonly category: string;
  readonly plant: string | null;
  readonly wanted: Wanted;
  readonly validUntil: string | null;
  readonly conditions: string | null;
  readonly reason: string | null;
};

/** Reads qualifications from a sheet, cell by cell; nothing is kept. */
export const readQualifications = (sheet: Sheet): Table<SheetQualification> =>
  readTable(sheet, {
    supplier: required(HEADINGS.supplier, text(40)),
    category: required(HEADINGS.category, text(20)),
    plant: optional(HEADINGS.plant, text(20)),
    wanted: required(HEADINGS.wanted, oneOf(WANTED)),
    validUntil: optional(HEADINGS.validUntil, day()),
    conditions: optional(HEADINGS.conditions, text(2000)),
    reason: optional(HEADINGS.reason, text(2000)),
  });

export type QualificationErrors = readonly SheetError[];

/** What holds now as a spreadsheet, to be changed and brought back, with room for more. */
export function qualificationTemplate(
  of: { readonly rows: readonly ExportedQualification[]; readonly madeAt: Date },
  t: Translate,
): Template {
  const column = (key: string, width: number, over: Partial<TemplateColumn> = {}): TemplateColumn => ({
    heading: t(`qualifications.sheet.column.${key}`),
    width,
    kind: 'text',
    isInput: true,
    ...over,
  });
  return {
    sheetName: t('qualifications.heading'),
    title: t('qualifications.sheet.title'),
    instructions: [t('qualifications.sheet.how-to')],
    columns: [
      column('supplier', 18),
      column('supplier-name', 34, { isInput: false }),
      column('category', 14),
      column('plant', 12),
      column('wanted', 24, {
        kind: 'choice',
        choices: wantedOutcomes.map((one) => t(`qualifications.wanted.${one}`)),
      }),
      column('valid-until', 14, { kind: 'day' }),
      column('conditions', 40),
      column('reason', 40),
    ],
    rows: of.rows.map((row) => [
      row.supplierReference,
      row.supplierName,
      row.categoryCode,
      row.plantCode,
      t(`qualifications.wanted.${row.outcome}`),
      row.validUntil,
      row.conditions,
      null,
    ]),
    blankRows: 100,
    refusal: { title: t('sourcing.sheet.refusal-title'), text: t('sourcing.sheet.refusal') },
    madeAt: of.madeAt,
  };
}
