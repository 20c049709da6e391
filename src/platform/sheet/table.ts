import type { CellReader, Reading } from './cell-readers.ts';
import { type Cell, columnLetters, type Sheet, type SheetError, type SheetRow } from './sheet.ts';

/** A column that is looked for by its headings: any of them, whatever its case and spaces. */
export type Column<T> = {
  readonly headings: readonly string[];
  readonly isRequired: boolean;
  readonly read: CellReader<T>;
};
// Any column, whatever its values: each reader's own type is kept by `ValuesOf`.
type Columns = Readonly<Record<string, Column<unknown>>>;
type ValuesOf<C extends Columns> = { readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never };

/** A row as it was read; `row` is the number people see beside it. */
export type TableRow<Values> = { readonly row: number; readonly values: Values };

/** Rows that have an error are not among `rows`: a table with errors is for showing, not for saving. */
export type Table<Values> = {
  readonly rows: readonly TableRow<Values>[];
  readonly errors: readonly SheetError[];
  /** Headings that nobody asked for, so that a page can say what it did not read. */
  readonly ignored: readonly string[];
  /** Where each column stands that was found, by its letters; one that is not here was not in the sheet. */
  readonly places: Readonly<Record<string, string>>;
};

const HEADING_IS_WITHIN = 40;
const ERRORS_AT_MOST = 500;

/** A column that must be there, and filled in each row. */
export const required = <T>(headings: readonly string[], read: CellReader<T>): Column<T> => ({
  headings,
  isRequired: true,
  read,
});

/** A column that may be missing or empty: its value is then null. */
export const optional = <T>(headings: readonly string[], read: CellReader<T>): Column<T | null> => ({
  headings,
  isRequired: false,
  read,
});

/**
 * Finds the row of headings, reads every row below it and reports all cells that are wrong at once.
 * Rows in which no asked-for column has anything are passed over.
 */
export function readTable<C extends Columns>(sheet: Sheet, columns: C): Table<ValuesOf<C>> {
  const heading = findHeading(sheet, columns);
  if ('errors' in heading) return { rows: [], errors: heading.errors, ignored: [], places: {} };
  const rows: TableRow<ValuesOf<C>>[] = [];
  const errors: SheetError[] = [];
  for (const row of sheet.rows) {
    if (row.row <= heading.row || errors.length >= ERRORS_AT_MOST) continue;
    if ([...heading.places.values()].every((place) => (row.cells[place] ?? null) === null)) continue;
    const { values, wrong } = readRow(sheet, row, columns, heading);
    if (wrong.length === 0) rows.push({ row: row.row, values: values as ValuesOf<C> });
    errors.push(...wrong);
  }
  if (rows.length === 0 && errors.length === 0)
    errors.push(sheetError(sheet, { row: heading.row, column: '' }, 'sheet.no-rows'));
  return {
    rows,
    errors: errors.slice(0, ERRORS_AT_MOST),
    ignored: heading.ignored,
    places: Object.fromEntries([...heading.places].map(([key, place]) => [key, columnLetters(place)])),
  };
}

/** An error of a caller's own rule about a row, e.g. an item that is not in the event. */
export const sheetError = (
  sheet: Pick<Sheet, 'name'>,
  at: { row: number; column: string },
  code: string,
  params: SheetError['params'] = {},
): SheetError => ({
  sheet: sheet.name,
  ...at,
  code,
  message: `${at.column}${at.row}: ${code}`,
  params: { ...params, sheet: sheet.name, row: at.row, column: at.column },
});

type Heading = {
  readonly row: number;
  readonly places: ReadonlyMap<string, number>;
  /** The headings as this sheet writes them: what people look for when one is named. */
  readonly texts: ReadonlyMap<string, string>;
  readonly ignored: string[];
};

/** The first row that has every required heading; when there is none, what the best row lacks. */
function findHeading(sheet: Sheet, columns: Columns): Heading | { errors: SheetError[] } {
  const names = namesOf(columns);
  const candidates = sheet.rows
    .slice(0, HEADING_IS_WITHIN)
    .map((row) => ({ row, matches: matchesIn(row, names) }))
    .filter(({ matches }) => matches.length > 0);
  const lackOf = (matches: readonly Match[]): string[] =>
    Object.keys(columns).filter(
      (key) => columns[key]?.isRequired && !matches.some((match) => match.key === key),
    );
  const best = candidates.reduce<(typeof candidates)[number] | undefined>(
    (so, one) => (so === undefined || lackOf(one.matches).length < lackOf(so.matches).length ? one : so),
    undefined,
  );
  const firstHeading = (key: string): string => headingToWrite(columns[key]?.headings ?? [key]);
  if (best === undefined) {
    const wanted = Object.keys(columns)
      .filter((key) => columns[key]?.isRequired)
      .map(firstHeading)
      .join(', ');
    return { errors: [sheetError(sheet, { row: 1, column: '' }, 'sheet.no-headings', { headings: wanted })] };
  }
  const at = best.row.row;
  const errors = [
    ...lackOf(best.matches).map((key) =>
      sheetError(sheet, { row: at, column: '' }, 'sheet.missing-column', { heading: firstHeading(key) }),
    ),
    ...best.matches
      .filter((match, index) => best.matches.findIndex((other) => other.key === match.key) < index)
      .map((match) =>
        sheetError(sheet, { row: at, column: columnLetters(match.place) }, 'sheet.column-twice', {
          heading: best.row.cells[match.place]?.text.trim() ?? '',
        }),
      ),
  ];
  if (errors.length > 0) return { errors };
  const taken = new Set(best.matches.map((match) => match.place));
  return {
    row: at,
    places: new Map(best.matches.map((match) => [match.key, match.place])),
    texts: new Map(best.matches.map((match) => [match.key, best.row.cells[match.place]?.text.trim() ?? ''])),
    ignored: best.row.cells.flatMap((cell, place) => (cell === null || taken.has(place) ? [] : [cell.text])),
  };
}

/** What a missing column may be called, in each of our languages: the reader's is not known here. */
function headingToWrite(headings: readonly string[]): string {
  const chinese = headings.find((heading) => /\p{Script=Han}/u.test(heading));
  return [...new Set([headings[0], chinese])].filter((heading) => heading !== undefined).join(' / ');
}

type Match = { readonly key: string; readonly place: number };

const matchesIn = (row: SheetRow, names: ReadonlyMap<string, string>): Match[] =>
  row.cells.flatMap((cell, place) => {
    const key = cell?.kind === 'text' ? keyOf(cell.text, names) : undefined;
    return key === undefined ? [] : [{ key, place }];
  });

const namesOf = (columns: Columns): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(columns).flatMap(([key, column]) =>
      [key, ...column.headings].map((heading) => [plain(heading), key] as const),
    ),
  );

/** The whole heading, or one part of a heading in two languages: `数量 / Quantity`. */
const keyOf = (heading: string, names: ReadonlyMap<string, string>): string | undefined =>
  [heading, ...heading.split(/[/|\n]/)]
    .map((part) => names.get(plain(part)))
    .find((key) => key !== undefined);

/** Letters and digits only, in one width and case: people write `Unit Price*` for `unit price`. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}%]/gu, '');

function readRow(
  sheet: Sheet,
  row: SheetRow,
  columns: Columns,
  { places, texts }: Heading,
): { values: Record<string, unknown>; wrong: SheetError[] } {
  const values: Record<string, unknown> = {};
  const wrong: SheetError[] = [];
  for (const [key, column] of Object.entries(columns)) {
    const place = places.get(key);
    const cell = place === undefined ? null : (row.cells[place] ?? null);
    const reading = readCell(cell, column, sheet);
    if ('value' in reading) values[key] = reading.value;
    else
      wrong.push(
        sheetError(sheet, { row: row.row, column: columnLetters(place ?? 0) }, reading.code, {
          ...reading.params,
          heading: texts.get(key) ?? column.headings[0] ?? key,
        }),
      );
  }
  return { values, wrong };
}

function readCell(cell: Cell | null, column: Column<unknown>, sheet: Sheet): Reading<unknown> {
  if (cell === null) return column.isRequired ? { code: 'sheet.empty-cell' } : { value: null };
  if (cell.kind === 'formula') return { code: 'sheet.formula', params: { value: cell.text } };
  if (cell.kind === 'fault') return { code: 'sheet.fault', params: { value: cell.text } };
  return column.read(cell, sheet);
}
