import { trimDecimal } from '../kernel/money.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import type { Format } from '../platform/i18n/format.ts';
import { oneOf, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import {
  type Column,
  optional,
  readTable,
  required,
  sheetError,
  type TableRow,
} from '../platform/sheet/table.ts';
import { type InputColumn, inputColumns, type SheetItem } from './bid-columns.sheet.ts';
import { type BidDraft, emptyLine } from './bid-draft.ts';

// Also runs in the bidder's browser: where that seals the bid, nobody else may read what was filled in.

/** What a sheet was made for: the bid, and the lines as they were asked for. */
export type SheetKey = { readonly bid: string; readonly lines: string };
/** The words of one language, by which a sheet's columns are found. */
export type SheetWords = { readonly t: Translate; readonly fmt: Format };
/** What a sheet is read against. */
export type SheetPage = {
  readonly items: readonly SheetItem[];
  readonly draft: BidDraft;
  readonly currency: string;
  /** Lines that stay as they were offered. */
  readonly fixedItemIds: ReadonlySet<string>;
  readonly key: SheetKey;
  /** True where the sheet was given out empty: then a cell that was left empty says nothing. */
  readonly isBlankKept: boolean;
};

/** A line of the preview: what the draft says, and what it would say. */
export type SheetChange = {
  readonly eventItemId: string;
  readonly lineNo: number;
  readonly description: string;
  /** In the order of the preview's columns; `after` is null where nothing changes. */
  readonly fields: readonly {
    readonly field: string;
    readonly before: string;
    readonly after: string | null;
  }[];
};
export type SheetPreview = {
  readonly columns: readonly Pick<InputColumn, 'heading' | 'params'>[];
  /** Of the rows that are right: nothing of a row with an error is taken over. */
  readonly changes: readonly SheetChange[];
  readonly errors: readonly SheetError[];
  /** How many rows have an error. */
  readonly wrongCount: number;
};

export const nothingRead: SheetPreview = { columns: [], changes: [], errors: [], wrongCount: 0 };

type Values = Readonly<Record<string, string | null>>;
type Row = TableRow<Values>;

/** Reads a filled-in workbook against the draft: what would change, and each cell that is wrong. */
export function readFilledSheet(
  sheet: Sheet,
  page: SheetPage,
  words: { readonly own: SheetWords; readonly all: readonly SheetWords[] },
): SheetPreview {
  const inputs = inputColumns(page, words.own.fmt);
  const table = readTable(sheet, columnsToRead(page, inputs, words.all));
  const rows: readonly Row[] = table.rows;
  const other = otherSheet(sheet, rows, page);
  if (other !== null) return { ...nothingRead, errors: [other], wrongCount: rows.length };
  const wrong = wrongRows(sheet, rows, { page, inputs, places: table.places });
  const errors = [...table.errors, ...wrong].toSorted((a, b) => a.row - b.row);
  const wrongAt = new Set(errors.map((error) => error.row));
  const right = rows.filter(({ row }) => !wrongAt.has(row));
  // A column that was deleted says nothing: its fields stay as they are.
  const present = inputs.filter((input) => table.places[input.name] !== undefined);
  return {
    columns: present,
    errors,
    wrongCount: wrongAt.size,
    changes: changesIn(right, page, present),
  };
}

/** A sheet may come back in either language. */
function columnsToRead(
  page: SheetPage,
  inputs: readonly InputColumn[],
  words: readonly SheetWords[],
): Record<string, Column<string | null>> {
  const inAll = (key: string): string[] => words.map(({ t }) => t(key));
  const headings = (name: string): string[] => inAll(`bids.sheet.column.${name}`);
  const ofInput = ({ heading }: InputColumn, name: string): string[] =>
    words.map(({ t, fmt }) => {
      const own = inputColumns(page, fmt).find((one) => one.name === name);
      return t(`bids.sheet.column.${heading}`, own?.params ?? {});
    });
  return {
    lineId: required(headings('lineId'), text(40)),
    sheetKey: optional(headings('sheetKey'), text(60)),
    lineNo: optional(headings('lineNo'), text(10)),
    noBid: optional(headings('noBid'), oneOf({ 'no-bid': inAll('bids.line.no-bid') })),
    ...Object.fromEntries(
      inputs.map((input) => [input.name, optional(ofInput(input, input.name), input.read)]),
    ),
  };
}

/** A sheet of another bid, or of lines that have been changed since, is refused as a whole. */
function otherSheet(sheet: Sheet, rows: readonly Row[], page: SheetPage): SheetError | null {
  const { key } = page;
  for (const { row, values } of rows) {
    const [bid, lines] = values['sheetKey']?.split('/') ?? [];
    if (bid !== undefined && bid !== key.bid)
      return sheetError(sheet, { row, column: '' }, 'bid_sheet.other-bid', { bid, own: key.bid });
    if (lines !== undefined && lines !== key.lines)
      return sheetError(sheet, { row, column: '' }, 'bid_sheet.lines-changed');
  }
  return null;
}

function wrongRows(
  sheet: Sheet,
  rows: readonly Row[],
  of: { page: SheetPage; inputs: readonly InputColumn[]; places: Readonly<Record<string, string>> },
): SheetError[] {
  const items = new Map(of.page.items.map((item) => [item.id, item]));
  const seen = new Set<string>();
  return rows.flatMap(({ row, values }) => {
    const id = values['lineId'] ?? '';
    const item = items.get(id);
    const isTwice = seen.has(id);
    seen.add(id);
    const at = (column: string, code: string): SheetError => sheetError(sheet, { row, column }, code);
    if (item === undefined) return [at('', 'bid_sheet.unknown-line')];
    if (isTwice) return [at('', 'bid_sheet.line-twice')];
    // Sorted without its hidden columns, a sheet would put each price to another line.
    const lineNo = values['lineNo'] ?? String(item.lineNo);
    if (Number(lineNo) !== item.lineNo) return [at(of.places['lineNo'] ?? '', 'bid_sheet.row-mixed-up')];
    return faultsOf(item, values, of.inputs).map(({ name, code }) => at(of.places[name] ?? '', code));
  });
}

function faultsOf(
  item: SheetItem,
  values: Values,
  inputs: readonly InputColumn[],
): { name: string; code: string }[] {
  const filled = inputs.filter(({ name }) => (values[name] ?? null) !== null);
  return [
    ...filled.filter((input) => !input.asks(item)).map(({ name }) => ({ name, code: 'bid_sheet.not-asked' })),
    ...(values['noBid'] === 'no-bid'
      ? filled
          .filter(({ name }) => name === 'unitPrice')
          .map(({ name }) => ({ name, code: 'bid_sheet.no-bid-with-price' }))
      : []),
  ];
}

function changesIn(rows: readonly Row[], page: SheetPage, inputs: readonly InputColumn[]): SheetChange[] {
  const found = new Map(rows.map(({ values }) => [values['lineId'], values]));
  return page.items.flatMap((item) => {
    const values = found.get(item.id);
    // What this round does not ask again stays as it was offered.
    if (values === undefined || page.fixedItemIds.has(item.id)) return [];
    const fields = inputs.map((input) => {
      const before = input.value(page.draft.lines[item.id] ?? emptyLine, item);
      const after =
        values[input.name] ?? blank(input, { before, page, isNoBid: values['noBid'] === 'no-bid' });
      return { field: input.field, before, after: isSame(before, after) ? null : after };
    });
    const { lineNo, description, id: eventItemId } = item;
    return fields.some(({ after }) => after !== null) ? [{ eventItemId, lineNo, description, fields }] : [];
  });
}

/** What an empty cell says: nothing is offered, or where the sheet was given out empty, what was typed stays. */
const blank = (
  { name }: InputColumn,
  { before, page, isNoBid }: { before: string; page: SheetPage; isNoBid: boolean },
): string => (page.isBlankKept && !(isNoBid && name === 'unitPrice') ? before : '');

/** `2.40` in the draft is the number 2.4 in the sheet. */
const isSame = (before: string, after: string): boolean => before === after || plain(before) === plain(after);
const plain = (typed: string): string => {
  const written = typed.normalize('NFKC').trim();
  return /^\d+(\.\d+)?$/.test(written) ? trimDecimal(written) : written;
};
