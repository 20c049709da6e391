/** How a column of an export is written: an exact decimal, a `YYYY-MM-DD` day, or text. */
export type ExportKind = 'text' | 'number' | 'amount' | 'day';

export type ExportColumn = {
  readonly heading: string;
  readonly kind: ExportKind;
  /** In characters, for spreadsheets. */
  readonly width: number;
};

/** The values of one row, as many as there are columns; null is an empty cell. */
export type ExportRow = readonly (string | null)[];

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** True when the value may be written as a number; whatever else stands in such a column is text. */
export const isDecimal = (value: string): boolean => DECIMAL.test(value);
