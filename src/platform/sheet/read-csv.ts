import { readFile } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { type Cell, type Sheet, type SheetLimits, type SheetRow, withoutEmptyEnd } from './sheet.ts';
import { SheetRefused } from './sheet-refused.ts';

const SEPARATORS = [',', ';', '\t'] as const;

/**
 * Reads a CSV file as spreadsheet programs write it: UTF-8 with or without mark, UTF-16, or GB18030 as a
 * Chinese Excel saves it; separated by commas, semicolons or tabs.
 */
export async function readCsv(file: string, limits: SheetLimits): Promise<Sheet> {
  const text = decode(await readFile(file));
  const declared = /^sep=(.)\r?\n/.exec(text);
  const body = declared === null ? text : text.slice(declared[0].length);
  const separator = declared?.[1] ?? separatorOf(body);
  const records = split(body, separator, limits);
  const rows = records.map((record, index) => toRow(record, index + (declared === null ? 1 : 2), limits));
  return { name: '', rows: withoutEmptyEnd(rows), isPointCertain: separator !== ';' };
}

/** A wrong guess of the encoding would not fail but show other characters: what is not certain is refused. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return readable(new TextDecoder('utf-16le').decode(bytes));
  if (bytes.includes(0)) throw new SheetRefused('sheet.not-a-spreadsheet');
  const text = decodeAs('utf-8', bytes) ?? (looksChinese(bytes) ? decodeAs('gb18030', bytes) : null);
  if (text === null) throw new SheetRefused('sheet.unknown-encoding');
  return readable(text);
}

function decodeAs(encoding: string, bytes: Buffer): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Almost any Western text (`Müller` in Windows-1252) is valid GB18030 as well and would turn into Chinese.
 * Common Chinese characters have two high bytes; a Western accent stands alone among letters.
 */
function looksChinese(bytes: Buffer): boolean {
  let pairs = 0;
  let others = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if ((bytes[at] as number) < 0x80) continue;
    if ((bytes[at + 1] ?? 0) >= 0xa1) pairs += 1;
    else others += 1;
    at += 1;
  }
  return pairs > others * 4;
}

function readable(text: string): string {
  if (/[^\P{Cc}\s\u0085]/u.test(text) || text.startsWith('%PDF-'))
    throw new SheetRefused('sheet.not-a-spreadsheet');
  return text;
}

/** The separator that stands most often in the first line, outside of quotes. */
function separatorOf(text: string): string {
  const line = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text)?.[0].replaceAll(/"(?:[^"]|"")*"/g, '') ?? '';
  const counted = SEPARATORS.map((mark) => ({ mark, count: line.split(mark).length }));
  return counted.reduce((best, one) => (one.count > best.count ? one : best)).mark;
}

function split(text: string, separator: string, limits: SheetLimits): string[][] {
  try {
    return parse(text, {
      delimiter: separator,
      relax_column_count: true,
      skip_empty_lines: false,
      to: limits.maxRows + 1,
      max_record_size: 1_048_576,
    });
  } catch (error) {
    if (error instanceof CsvError)
      throw new SheetRefused('sheet.bad-csv', { line: Number(error['lines'] ?? 0) });
    throw error;
  }
}

function toRow(record: readonly string[], row: number, limits: SheetLimits): SheetRow {
  if (row > limits.maxRows) throw new SheetRefused('sheet.too-many-rows', { maximum: limits.maxRows });
  const cells = record.map((field): Cell | null => {
    const text = field.trim();
    return text === '' ? null : { kind: 'text', text };
  });
  while (cells.length > 0 && cells.at(-1) === null) cells.pop();
  if (cells.length > limits.maxColumns)
    throw new SheetRefused('sheet.too-many-columns', { maximum: limits.maxColumns });
  return { row, cells };
}
