import { AppError, ruleBroken } from '../kernel/errors.ts';
import { trimDecimal } from '../kernel/money.ts';
import type { Catalogue, Locale } from '../platform/i18n/catalogue.ts';
import { locales } from '../platform/i18n/catalogue.ts';
import { formatFor } from '../platform/i18n/format.ts';
import { oneOf, text } from '../platform/sheet/cell-readers.ts';
import { readSheet } from '../platform/sheet/read-sheet.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import {
  type Column,
  optional,
  readTable,
  required,
  sheetError,
  type TableRow,
} from '../platform/sheet/table.ts';
import { writeTemplate } from '../platform/sheet/write-sheet.ts';
import type { EventItem } from '../sourcing/index.ts';
import { type InputColumn, inputColumns, lineOf, saidColumns, sheetKeyOf } from './bid-columns.sheet.ts';
import type { DraftPage } from './drafts.service.ts';

type Reader = { readonly locale: Locale; readonly timeZone: string };
const MOST_ROWS = 5_000;

/** The event's lines as a workbook in the supplier's language, with the draft's prices in it, to fill in offline. */
export function writeBidSheet(
  catalogue: Catalogue,
  reader: Reader,
  page: DraftPage,
  madeAt: Date,
): Promise<Buffer> {
  const t = catalogue.translator(reader.locale);
  const { event, items } = page;
  const inputs = inputColumns(page, formatFor(reader.locale));
  const key = sheetKeyOf(page);
  return writeTemplate({
    sheetName: t('bids.sheet.name'),
    title: `${event.reference} · ${event.title}`,
    instructions: instructions(catalogue, reader, page).slice(0, 4),
    guide: {
      sheetName: locales.map((locale) => catalogue.translator(locale)('bids.sheet.guide')).join(' '),
      parts: locales.map((locale) => ({
        title: catalogue.translator(locale)('bids.sheet.guide'),
        lines: instructions(catalogue, { ...reader, locale }, page),
      })),
    },
    columns: [
      ...saidColumns.map(({ name, template }) => ({ heading: t(`bids.sheet.column.${name}`), ...template })),
      {
        heading: t('bids.sheet.column.noBid'),
        width: 12,
        kind: 'choice',
        isInput: true,
        choices: [t('bids.line.no-bid')],
      },
      ...inputs.map(({ heading, params, template, asks }) => ({
        heading: t(`bids.sheet.column.${heading}`, params),
        ...template,
        isInput: true,
        isInputAt: (row: number) => items[row] !== undefined && asks(items[row]),
      })),
      { heading: t('bids.sheet.column.lineId'), width: 38, kind: 'text', isHidden: true },
      { heading: t('bids.sheet.column.sheetKey'), width: 28, kind: 'text', isHidden: true },
    ],
    rows: items.map((item) => {
      const typed = lineOf(page, item);
      return [
        ...saidColumns.map((column) => column.cell({ item, typed, t })),
        null,
        ...inputs.map((column) => (column.asks(item) ? column.value(typed, item) : null)),
        item.id,
        `${key.bid}/${key.lines}`,
      ];
    }),
    refusal: { title: t('bids.sheet.refusal-title'), text: t('bids.sheet.refusal-text') },
    madeAt,
  });
}

/** How to fill it in: the first four stand above the lines, all of them on a sheet of their own. */
function instructions(catalogue: Catalogue, { locale, timeZone }: Reader, page: DraftPage): string[] {
  const t = catalogue.translator(locale);
  const fmt = formatFor(locale);
  const { event, bid, read } = page;
  return [
    t('bids.sheet.instruction-bid', { reference: bid.reference, currency: read.currency }),
    t('bids.sheet.instruction-fill'),
    t('bids.sheet.instruction-blank'),
    t('bids.sheet.instruction-submit', {
      closing: fmt.instant(event.closesAt, event.timeZone),
      own: fmt.instant(event.closesAt, timeZone),
    }),
    t('bids.sheet.instruction-rows'),
    t('bids.sheet.instruction-numbers'),
    t('bids.sheet.instruction-back'),
    t('bids.sheet.instruction-page'),
  ];
}

/** The uploaded workbook, or why it is refused as a whole. */
export async function readUpload(file: string | undefined, maxBytes: number): Promise<Sheet | AppError> {
  if (file === undefined) return ruleBroken('bid.no-file-chosen', 'No file was chosen');
  try {
    return await readSheet(file, { maxBytes, maxRows: MOST_ROWS, maxColumns: 60 });
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

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
export function readBidSheet(
  catalogue: Catalogue,
  sheet: Sheet,
  { page, locale }: { page: DraftPage; locale: Locale },
): SheetPreview {
  const inputs = inputColumns(page, formatFor(locale));
  const table = readTable(sheet, columnsToRead(catalogue, page, inputs));
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

function columnsToRead(
  catalogue: Catalogue,
  page: DraftPage,
  inputs: readonly InputColumn[],
): Record<string, Column<string | null>> {
  const inAll = (key: string): string[] => locales.map((locale) => catalogue.translator(locale)(key));
  const headings = (name: string): string[] => inAll(`bids.sheet.column.${name}`);
  const ofInput = ({ heading }: InputColumn, name: string): string[] =>
    locales.map((locale) => {
      const own = inputColumns(page, formatFor(locale)).find((one) => one.name === name);
      return catalogue.translator(locale)(`bids.sheet.column.${heading}`, own?.params ?? {});
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
function otherSheet(sheet: Sheet, rows: readonly Row[], page: DraftPage): SheetError | null {
  const key = sheetKeyOf(page);
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
  of: { page: DraftPage; inputs: readonly InputColumn[]; places: Readonly<Record<string, string>> },
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
  item: EventItem,
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

function changesIn(rows: readonly Row[], page: DraftPage, inputs: readonly InputColumn[]): SheetChange[] {
  const found = new Map(rows.map(({ values }) => [values['lineId'], values]));
  return page.items.flatMap((item) => {
    const values = found.get(item.id);
    // What this round does not ask again stays as it was offered.
    if (values === undefined || page.fixedItemIds.has(item.id)) return [];
    const fields = inputs.map((input) => {
      const before = input.value(lineOf(page, item), item);
      const after = values[input.name] ?? '';
      return { field: input.field, before, after: isSame(before, after) ? null : after };
    });
    const { lineNo, description, id: eventItemId } = item;
    return fields.some(({ after }) => after !== null) ? [{ eventItemId, lineNo, description, fields }] : [];
  });
}

/** `2.40` in the draft is the number 2.4 in the sheet. */
const isSame = (before: string, after: string): boolean => before === after || plain(before) === plain(after);
const plain = (typed: string): string => {
  const written = typed.normalize('NFKC').trim();
  return /^\d+(\.\d+)?$/.test(written) ? trimDecimal(written) : written;
};
