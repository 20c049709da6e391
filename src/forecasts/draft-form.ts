import { differingFields, type Fields, typedRows, withEmptyRows } from '../kernel/form-fields.ts';
import { isZero } from '../kernel/money.ts';
import { weekName } from '../kernel/week.ts';
import type { ForecastLine, ForecastTerms } from './forecast.ts';
import type { ShownWeek } from './shown-week.ts';

const emptyRow = (weeks: readonly ShownWeek[]): Fields => ({
  itemCode: '',
  description: '',
  unit: '',
  ...Object.fromEntries(weeks.map(({ field }) => [field, ''])),
});

/** A line as the fields of its row: weeks without a quantity stand empty. */
const lineFields = (line: ForecastLine, weeks: readonly ShownWeek[]): Fields => ({
  itemCode: line.itemCode,
  description: line.description,
  unit: line.unit,
  ...Object.fromEntries(
    weeks.map(({ field }, place) => {
      const quantity = line.quantities[place] ?? '0';
      return [field, isZero(quantity) ? '' : quantity];
    }),
  ),
});

/** The rows of the grid: as they are stored, or as they were typed and refused. */
export const gridRows = (
  of: { lines: readonly ForecastLine[]; weeks: readonly ShownWeek[]; typed: unknown },
  atLeastEmpty: number,
): Fields[] =>
  withEmptyRows(
    of.typed === undefined
      ? of.lines.map((line) => lineFields(line, of.weeks))
      : typedRows(of.typed, emptyRow(of.weeks)),
    emptyRow(of.weeks),
    atLeastEmpty,
  );

const termFields = (terms: ForecastTerms): Fields => ({
  fromWeek: weekName(terms.fromWeek),
  weeks: String(terms.weeks),
  firmWeeks: String(terms.firmWeeks),
  tradeOffWeeks: String(terms.tradeOffWeeks),
  note: terms.note,
});

export type DraftDifference = {
  readonly item: string | null;
  readonly field: string;
  readonly stored: string;
  readonly typed: string;
};

/** What two people typed at once, by term and by item: each where the stored and the typed version differ. */
export function draftDifferences(
  stored: { terms: ForecastTerms; lines: readonly ForecastLine[]; weeks: readonly ShownWeek[] },
  typed: Readonly<Record<string, unknown>>,
): DraftDifference[] {
  const empty = emptyRow(stored.weeks);
  const rows = typedRows(typed['lines'], empty);
  const known = new Map(stored.lines.map((line) => [line.itemCode, lineFields(line, stored.weeks)]));
  const written = new Map(rows.map((row) => [row['itemCode']?.trim() ?? '', row]));
  const items = [...new Set([...known.keys(), ...written.keys()])].filter((item) => item !== '');
  return [
    ...differingFields(termFields(stored.terms), typed).map((one) => ({ item: null, ...one })),
    ...items.flatMap((item) =>
      differingFields(known.get(item) ?? empty, written.get(item) ?? empty)
        .filter(({ field }) => field !== 'itemCode')
        .map((one) => ({ item, ...one })),
    ),
  ];
}
