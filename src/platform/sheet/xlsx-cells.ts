import { trimDecimal } from '../../kernel/money.ts';
import {
  type Cell,
  columnIndex,
  type Sheet,
  type SheetLimits,
  type SheetRow,
  withoutEmptyEnd,
} from './sheet.ts';
import { SheetRefused } from './sheet-refused.ts';

// What a cell of a workbook is, here and in a browser that reads one.

const EXCEL_ROWS = 1_048_576;

/** How the library is asked to read. */
export const READING = {
  parseNumber: (digits: string): Cell => ({ kind: 'number', text: asShown(digits) }),
  trim: true,
};

/** The sheet of the values that the library read, and of the cells that it cannot tell. */
export function sheetOf(
  name: string,
  data: readonly (readonly unknown[])[],
  marked: readonly MarkedCell[],
): Sheet {
  const rows = data.map((values) => values.map(toCell));
  // A formula that was never calculated has no value, so the reader took its cell for empty.
  for (const { row, column, cell } of marked) {
    while (rows.length < row) rows.push([]);
    const cells = rows[row - 1] as (Cell | null)[];
    while (cells.length <= column) cells.push(null);
    cells[column] = cell;
  }
  return { name, rows: withoutEmptyEnd(rows.map(toRow)), isPointCertain: true };
}

function toRow(cells: (Cell | null)[], index: number): SheetRow {
  while (cells.length > 0 && cells.at(-1) === null) cells.pop();
  return { row: index + 1, cells };
}

/** The first sheet's name and XML, by the parts of its workbook. @throws SheetRefused `sheet.damaged` */
export function firstSheetOf(parts: ReadonlyMap<string, string>): { name: string; xml: string } {
  const tag = /<(?:\w+:)?sheet\s[^>]*>/.exec(parts.get('xl/workbook.xml') ?? '')?.[0] ?? '';
  const relations = parts.get('xl/_rels/workbook.xml.rels') ?? '';
  const id = attribute(tag, 'r:id');
  const relation = [...relations.matchAll(/<(?:\w+:)?Relationship\s[^>]*>/g)].find(
    ([one]) => attribute(one, 'Id') === id,
  );
  const target = attribute(relation?.[0] ?? '', 'Target') ?? '';
  const xml = parts.get(target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  if (xml === undefined) throw new SheetRefused('sheet.damaged');
  return { name: unescapeXml(attribute(tag, 'name') ?? ''), xml };
}

type MarkedCell = { readonly row: number; readonly column: number; readonly cell: Cell };

/**
 * Finds the cells that hold a formula or a failed one, and refuses addresses beyond the limits before a
 * table of that size is built in memory.
 */
export function scan(xml: string, limits: SheetLimits): readonly MarkedCell[] {
  const marked: MarkedCell[] = [];
  for (const [, row] of xml.matchAll(ROW))
    if (Number(row) > EXCEL_ROWS) throw new SheetRefused('sheet.damaged');
  for (const [, attributes = '', inside = ''] of xml.matchAll(CELL)) {
    if (inside === '') continue;
    const place = placeOf(attribute(attributes, 'r') ?? '', limits);
    const cell = formulaIn(inside) ?? faultIn(attributes, inside);
    if (cell !== null) marked.push({ ...place, cell });
  }
  return marked;
}

function placeOf(address: string, limits: SheetLimits): { row: number; column: number } {
  const [, letters, row] = /^([A-Z]{1,3})([1-9]\d*)$/.exec(address) ?? [];
  if (letters === undefined) throw new SheetRefused('sheet.damaged');
  const place = { row: Number(row), column: columnIndex(letters) };
  if (place.column >= limits.maxColumns)
    throw new SheetRefused('sheet.too-many-columns', { maximum: limits.maxColumns });
  if (place.row > limits.maxRows) throw new SheetRefused('sheet.too-many-rows', { maximum: limits.maxRows });
  return place;
}

const ROW = /<(?:\w+:)?row\s[^>]*?\br=["'](\d+)["']/g;
const CELL = /<(?:\w+:)?c(\s[^>]*?)?(?:\/>|>([\s\S]*?)<\/(?:\w+:)?c>)/g;

function formulaIn(inside: string): Cell | null {
  const found = /<(?:\w+:)?f(?:\s[^>]*?)?(?:\/>|>([^<]*))/.exec(inside);
  return found === null ? null : { kind: 'formula', text: `=${unescapeXml(found[1] ?? '')}`.slice(0, 200) };
}

const faultIn = (attributes: string, inside: string): Cell | null =>
  attribute(attributes, 't') === 'e'
    ? { kind: 'fault', text: /<(?:\w+:)?v>([^<]{0,20})/.exec(inside)?.[1] ?? '' }
    : null;

const attribute = (tag: string, name: string): string | undefined =>
  new RegExp(`(?:^|\\s)${name}=(?:"([^"]*)"|'([^']*)')`)
    .exec(tag)
    ?.slice(1)
    .find((value) => value !== undefined);

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescapeXml = (text: string): string =>
  text.replaceAll(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const code = Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
    },
  );

function toCell(value: unknown): Cell | null {
  if (value === null || value === undefined || value === '') return null;
  if (value instanceof Date) return { kind: 'day', text: dayOrInstant(value) };
  if (typeof value === 'boolean') return { kind: 'boolean', text: value ? 'TRUE' : 'FALSE' };
  if (isCell(value)) return value;
  return typeof value === 'string' ? { kind: 'text', text: value } : null;
}

/** Numbers arrive as the cells that `parseNumber` made of them. */
const isCell = (value: unknown): value is Cell =>
  typeof value === 'object' && value !== null && 'kind' in value;

/** A spreadsheet's days are at midnight; one with a time of day is shown with it, so that it is not taken for a day. */
const dayOrInstant = (at: Date): string => {
  const iso = Number.isNaN(at.getTime()) ? '' : at.toISOString();
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 16);
};

/**
 * The number that the sheet shows. Spreadsheets keep binary fractions and write 1.1 as 1.1000000000000001;
 * they show and mean 15 significant digits.
 */
const asShown = (digits: string): string => trimDecimal(Number(digits).toPrecision(15));
