import { unitCell } from '../catalog/index.ts';
import type { AppError } from '../kernel/errors.ts';
import { type DecimalString, isZero } from '../kernel/money.ts';
import { weekNamed } from '../kernel/week.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import { type CellReader, decimal, oneOf, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { type Column, optional, readTable, required, sheetError } from '../platform/sheet/table.ts';
import type { Template } from '../platform/sheet/write-sheet.ts';
import type { CommitLine } from './commit.ts';
import { type ForecastLine, type ForecastVersion, mostLines } from './forecast.ts';

import type { IncomingLine } from './incoming-lines.service.ts';
import type { ShownWeek } from './shown-week.ts';

/** Headings in both languages: the file may go round among colleagues who read either. */
const HEADINGS = {
  itemCode: ['Item', '物料'],
  description: ['Description', '描述'],
  unit: ['Unit', '单位'],
  what: ['Row', '行'],
  reason: ['Why not as forecast', '与预测不同的原因'],
  capacityNote: ['Capacity note', '产能说明'],
  version: ['Version', '版本'],
} as const;
const WHAT = { forecast: ['Forecast', '预测'], commit: ['Committed', '承诺'] } as const;

const quantity = decimal({ maxDecimals: 6, maxDigits: 12, min: '0' });
/** Every column is read as text: those of the weeks are known by name only when there are weeks. */
type Columns = Readonly<Record<string, Column<string | null>>>;
const weekColumns = (weeks: readonly ShownWeek[]): Columns =>
  Object.fromEntries(weeks.map(({ name, field }) => [field, optional([name], quantity)]));
const unit: CellReader<string> = (cell, sheet) => {
  const read = unitCell(cell, sheet);
  return 'value' in read ? { value: read.value.unit } : read;
};
const written = (amount: DecimalString): string | null => (isZero(amount) ? null : amount);

const templateWords = (t: Translate, part: 'draft' | 'commit') => ({
  sheetName: t('forecasts.heading'),
  instructions: [t(`forecasts.sheet.how-to-${part}`), t('forecasts.sheet.numbers')],
  refusal: { title: t('forecasts.sheet.refusal-title'), text: t('forecasts.sheet.refusal') },
});

/** The draft to change or to fill in: a row an item, a column a week. */
export function draftTemplate(
  of: { reference: string; lines: readonly ForecastLine[]; weeks: readonly ShownWeek[] },
  t: Translate,
): Omit<Template, 'madeAt'> {
  return {
    ...templateWords(t, 'draft'),
    title: t('forecasts.sheet.draft-title', { reference: of.reference }),
    columns: [
      { heading: t('forecasts.line.itemCode'), width: 18, kind: 'text', isInput: true },
      { heading: t('forecasts.line.description'), width: 36, kind: 'text', isInput: true },
      { heading: t('forecasts.line.unit'), width: 10, kind: 'text', isInput: true },
      ...of.weeks.map(
        ({ name }) => ({ heading: name, width: 11, kind: 'number', isInput: true, min: 0 }) as const,
      ),
    ],
    rows: of.lines.map((line) => [
      line.itemCode,
      line.description,
      line.unit,
      ...line.quantities.map(written),
    ]),
    blankRows: 100,
  };
}

/** A forecast as a spreadsheet says it: its right lines, or each cell that is wrong. */
export type DraftRead = {
  readonly lines: readonly IncomingLine[];
  /** Of each line, where it stands in the sheet. */
  readonly rows: readonly number[];
  readonly errors: readonly SheetError[];
};

/** Reads the weeks of a draft; a column of another week is told, and not passed over. */
export function readDraft(sheet: Sheet, weeks: readonly ShownWeek[]): DraftRead {
  const table = readTable<Columns>(sheet, {
    itemCode: required(HEADINGS.itemCode, text(60)),
    description: optional(HEADINGS.description, text(500)),
    unit: optional(HEADINGS.unit, unit),
    ...weekColumns(weeks),
  });
  const errors: SheetError[] = [...table.errors, ...strangeWeeks(sheet, table.ignored, weeks)];
  const seen = new Set<string>();
  const lines = table.rows.map(({ row, values }): IncomingLine => {
    const itemCode = values['itemCode'] ?? '';
    if (seen.has(itemCode))
      errors.push(
        wrong(sheet, { row, column: table.places['itemCode'] ?? '' }, 'item-twice', { item: itemCode }),
      );
    seen.add(itemCode);
    return {
      itemCode,
      description: values['description'] ?? '',
      unit: values['unit'] ?? '',
      byWeek: new Map(weeks.map(({ week, field }) => [week, values[field] ?? '0'])),
    };
  });
  if (lines.length > mostLines)
    errors.push(wrong(sheet, { row: 1, column: '' }, 'too-many-lines', { most: mostLines }));
  return { lines, rows: table.rows.map(({ row }) => row), errors };
}

const wrong = (
  sheet: Sheet,
  at: { row: number; column: string },
  code: string,
  params: SheetError['params'],
): SheetError => sheetError(sheet, at, `forecast-sheet.${code}`, params);

const strangeWeeks = (sheet: Sheet, headings: readonly string[], weeks: readonly ShownWeek[]): SheetError[] =>
  headings
    .filter((heading) => weekNamed(heading.trim()) !== null)
    .map((heading) =>
      wrong(sheet, { row: 1, column: '' }, 'other-week', {
        week: heading.trim(),
        first: weeks[0]?.name ?? '',
        last: weeks.at(-1)?.name ?? '',
      }),
    );

/** What the rules have against lines that came from a sheet, at their rows. */
export const errorsInRows = (sheet: Sheet, rows: readonly number[], { fields }: AppError): SheetError[] =>
  fields.map((field) => {
    const index = /^lines\.(\d+)\./.exec(field.path)?.[1];
    const row = index === undefined ? 1 : (rows[Number(index)] ?? 1);
    return sheetError(sheet, { row, column: '' }, field.code, field.params ?? {});
  });

/** The version that counts to answer: of each item a row that says what is forecast, and one to fill in. */
export function commitTemplate(
  of: {
    reference: string;
    terms: ForecastVersion;
    lines: readonly ForecastLine[];
    committed: readonly CommitLine[];
    weeks: readonly ShownWeek[];
  },
  t: Translate,
): Omit<Template, 'madeAt'> {
  const isAnswer = { isInput: true, isInputAt: (row: number) => row % 2 === 1 };
  return {
    ...templateWords(t, 'commit'),
    title: t('forecasts.sheet.commit-title', { reference: of.reference, version: of.terms.version }),
    columns: [
      { heading: t('forecasts.line.itemCode'), width: 18, kind: 'text' },
      { heading: t('forecasts.line.description'), width: 30, kind: 'text' },
      { heading: t('forecasts.line.unit'), width: 10, kind: 'text' },
      { heading: t('forecasts.sheet.row'), width: 12, kind: 'text' },
      ...of.weeks.map(
        ({ name }) => ({ heading: name, width: 11, kind: 'number', min: 0, ...isAnswer }) as const,
      ),
      { heading: t('forecasts.commit.reason'), width: 30, kind: 'text', ...isAnswer },
      { heading: t('forecasts.commit.capacity'), width: 24, kind: 'text', ...isAnswer },
      { heading: t('forecasts.sheet.version'), width: 8, kind: 'text', isHidden: true },
    ],
    rows: of.lines.flatMap((line) => {
      const said = of.committed.find((one) => one.lineId === line.id);
      const named = [line.itemCode, line.description, t(`unit.${line.unit}`)];
      const version = String(of.terms.version);
      return [
        [...named, t('forecasts.row.forecast'), ...line.quantities, null, null, version],
        [
          ...named,
          t('forecasts.row.commit'),
          ...(said?.quantities ?? line.quantities),
          said?.reason || null,
          said?.capacityNote || null,
          version,
        ],
      ];
    }),
  };
}

/** Reads a filled-in answer to a version; a cell that is left empty is a week that is not answered. */
export function readCommit(
  sheet: Sheet,
  of: { version: number; lines: readonly ForecastLine[]; weeks: readonly ShownWeek[] },
): { lines: readonly CommitLine[]; errors: readonly SheetError[] } {
  const table = readTable<Columns>(sheet, {
    itemCode: required(HEADINGS.itemCode, text(60)),
    what: required(HEADINGS.what, oneOf(WHAT)),
    reason: optional(HEADINGS.reason, text(1000)),
    capacityNote: optional(HEADINGS.capacityNote, text(500)),
    version: optional(HEADINGS.version, text(10)),
    ...weekColumns(of.weeks),
  });
  const errors: SheetError[] = [...table.errors, ...strangeWeeks(sheet, table.ignored, of.weeks)];
  const lines = table.rows
    .filter(({ values }) => values['what'] === 'commit')
    .flatMap(({ row, values }): CommitLine[] => {
      const at = { row, column: table.places['itemCode'] ?? '' };
      const itemCode = values['itemCode'] ?? '';
      const line = of.lines.find((one) => one.itemCode === itemCode);
      if ((values['version'] ?? null) !== null && values['version'] !== String(of.version))
        errors.push(
          wrong(sheet, at, 'other-version', { version: values['version'] ?? '', current: of.version }),
        );
      if (line === undefined) {
        errors.push(wrong(sheet, at, 'no-such-item', { item: itemCode }));
        return [];
      }
      return [
        {
          lineId: line.id,
          quantities: of.weeks.map(({ field }) => values[field] ?? null),
          reason: values['reason'] ?? '',
          capacityNote: values['capacityNote'] ?? '',
        },
      ];
    });
  const twice = lines.find((line, index) => lines.findIndex((one) => one.lineId === line.lineId) < index);
  if (twice !== undefined) {
    const item = of.lines.find((one) => one.id === twice.lineId)?.itemCode ?? '';
    errors.push(wrong(sheet, { row: 1, column: '' }, 'item-twice', { item }));
  }
  return { lines, errors };
}
