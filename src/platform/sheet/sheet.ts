/** One cell as it was read. A number is an exact plain decimal (`1234.5`), a day is `YYYY-MM-DD`. */
export type Cell = {
  readonly kind: 'text' | 'number' | 'day' | 'boolean' | 'formula' | 'fault';
  readonly text: string;
};

/** `row` is the number people see at the left of the sheet; `cells[0]` is column A. */
export type SheetRow = { readonly row: number; readonly cells: readonly (Cell | null)[] };

/** The first sheet of a file; a CSV file has one without a name. */
export type Sheet = {
  readonly name: string;
  readonly rows: readonly SheetRow[];
  /** False where fields are separated by semicolons, as is usual where the comma is the decimal mark. */
  readonly isPointCertain: boolean;
};

/** What is read at most; a larger file is refused, and before it is read where that can be told. */
export type SheetLimits = {
  readonly maxBytes: number;
  readonly maxRows: number;
  readonly maxColumns: number;
};

/** What is wrong with one cell, at the address people see. Its text stands at `errors.<code>`. */
export type SheetError = {
  readonly sheet: string;
  readonly row: number;
  /** The letters above the column; empty when the whole row is meant. */
  readonly column: string;
  readonly code: string;
  readonly message: string;
  readonly params: Readonly<Record<string, string | number>>;
};

/** The letters people see above a column: 0 is A, 26 is AA. */
export function columnLetters(index: number): string {
  let letters = '';
  for (let left = index + 1; left > 0; left = Math.floor((left - 1) / 26))
    letters = String.fromCharCode(65 + ((left - 1) % 26)) + letters;
  return letters;
}

/** The index of a column from its letters: A is 0, AA is 26. */
export const columnIndex = (letters: string): number =>
  Array.from(letters).reduce((index, letter) => index * 26 + letter.charCodeAt(0) - 64, 0) - 1;

/** Spreadsheet programs keep rows that were emptied. */
export function withoutEmptyEnd(rows: readonly SheetRow[]): SheetRow[] {
  const last = rows.findLastIndex((row) => row.cells.some((cell) => cell !== null));
  return rows.slice(0, last + 1);
}
