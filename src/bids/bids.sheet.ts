import { AppError, ruleBroken } from '../kernel/errors.ts';
import type { Catalogue, Locale } from '../platform/i18n/catalogue.ts';
import { locales } from '../platform/i18n/catalogue.ts';
import { formatFor } from '../platform/i18n/format.ts';
import { decimal, text } from '../platform/sheet/cell-readers.ts';
import { readSheet } from '../platform/sheet/read-sheet.ts';
import { columnLetters, type Sheet, type SheetError } from '../platform/sheet/sheet.ts';
import { optional, readTable, required, sheetError, type TableRow } from '../platform/sheet/table.ts';
import { type TemplateColumn, writeTemplate } from '../platform/sheet/write-sheet.ts';
import type { DraftLine } from './bid-draft.ts';
import type { DraftPage } from './drafts.service.ts';

type Reader = { readonly locale: Locale; readonly timeZone: string };
const COLUMNS = [
  'lineNo',
  'itemCode',
  'description',
  'quantity',
  'unit',
  'needByOn',
  'unitPrice',
  'leadTimeDays',
  'note',
  'lineId',
] as const;
type ColumnName = (typeof COLUMNS)[number];

/** The event's lines as a workbook in the supplier's language, with the draft's prices in it, to fill in offline. */
export function writeBidSheet(
  catalogue: Catalogue,
  reader: Reader,
  page: DraftPage,
  madeAt: Date,
): Promise<Buffer> {
  const t = catalogue.translator(reader.locale);
  const fmt = formatFor(reader.locale);
  const { event, bid } = page;
  const heading = (name: ColumnName): string => {
    const words = t(`bids.sheet.column.${name}`);
    return name === 'unitPrice' ? `${words} | ${event.currency}` : words;
  };
  const column = (name: ColumnName, more: Omit<TemplateColumn, 'heading'>): TemplateColumn => ({
    heading: heading(name),
    ...more,
  });
  return writeTemplate({
    sheetName: t('bids.sheet.name'),
    title: `${event.reference} · ${event.title}`,
    instructions: [
      t('bids.sheet.instruction-bid', { reference: bid.reference, currency: event.currency }),
      t('bids.sheet.instruction-fill'),
      t('bids.sheet.instruction-blank'),
      t('bids.sheet.instruction-submit', {
        closing: fmt.instant(event.closesAt, event.timeZone),
        own: fmt.instant(event.closesAt, reader.timeZone),
      }),
    ],
    columns: [
      column('lineNo', { width: 7, kind: 'number' }),
      column('itemCode', { width: 16, kind: 'text' }),
      column('description', { width: 46, kind: 'text' }),
      column('quantity', { width: 12, kind: 'number' }),
      column('unit', { width: 14, kind: 'text' }),
      column('needByOn', { width: 13, kind: 'day' }),
      column('unitPrice', { width: 17, kind: 'price', isInput: true, min: 0 }),
      column('leadTimeDays', { width: 13, kind: 'number', isInput: true, min: 0 }),
      column('note', { width: 36, kind: 'text', isInput: true }),
      column('lineId', { width: 38, kind: 'text', isHidden: true }),
    ],
    rows: page.items.map((item, index) => {
      const typed = page.read.lines[index]?.typed;
      return [
        String(item.lineNo),
        item.itemCode,
        item.description,
        item.quantity,
        item.originalUnit ?? t(`unit.${item.unit}`),
        item.needByOn,
        typed?.unitPrice ?? null,
        typed?.leadTimeDays ?? null,
        typed?.note ?? null,
        item.id,
      ];
    }),
    refusal: { title: t('bids.sheet.refusal-title'), text: t('bids.sheet.refusal-text') },
    madeAt,
  });
}

/** The uploaded workbook, or why it is refused as a whole. */
export async function readUpload(file: string | undefined, maxBytes: number): Promise<Sheet | AppError> {
  if (file === undefined) return ruleBroken('bid.no-file-chosen', 'No file was chosen');
  try {
    return await readSheet(file, { maxBytes, maxRows: 5_000, maxColumns: 40 });
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
  readonly before: DraftLine;
  readonly after: DraftLine;
};
export type SheetPreview = {
  readonly changes: readonly SheetChange[];
  readonly errors: readonly SheetError[];
};

/** Reads a filled-in workbook against the draft; with any error nothing is taken over. */
export function readBidSheet(catalogue: Catalogue, sheet: Sheet, page: DraftPage): SheetPreview {
  const headings = (name: ColumnName): string[] =>
    locales.map((locale) => catalogue.translator(locale)(`bids.sheet.column.${name}`));
  const table = readTable(sheet, {
    lineId: required(headings('lineId'), text(40)),
    unitPrice: optional(headings('unitPrice'), decimal({ maxDecimals: 6, maxDigits: 12, min: '0' })),
    leadTimeDays: optional(headings('leadTimeDays'), decimal({ maxDecimals: 0, maxDigits: 4, min: '0' })),
    note: optional(headings('note'), text(1000)),
  });
  const errors = [...table.errors, ...errorsInRows(sheet, table.rows, page)];
  return { errors, changes: errors.length > 0 ? [] : changesIn(table.rows, page) };
}

type Row = TableRow<{
  lineId: string;
  unitPrice: string | null;
  leadTimeDays: string | null;
  note: string | null;
}>;
const DAYS_AT_MOST = 3650;
const letterOf = (name: ColumnName): string => columnLetters(COLUMNS.indexOf(name));

function errorsInRows(sheet: Sheet, rows: readonly Row[], page: DraftPage): SheetError[] {
  const known = new Set(page.items.map((item) => item.id));
  const seen = new Set<string>();
  return rows.flatMap(({ row, values }) => {
    const { lineId, leadTimeDays } = values;
    const isTwice = seen.has(lineId);
    seen.add(lineId);
    if (!known.has(lineId)) return [sheetError(sheet, { row, column: '' }, 'bid_sheet.unknown-line')];
    if (isTwice) return [sheetError(sheet, { row, column: '' }, 'bid_sheet.line-twice')];
    if (Number(leadTimeDays ?? '0') > DAYS_AT_MOST)
      return [
        sheetError(sheet, { row, column: letterOf('leadTimeDays') }, 'bid.lead-time-not-days', {
          maximum: DAYS_AT_MOST,
        }),
      ];
    return [];
  });
}

function changesIn(rows: readonly Row[], page: DraftPage): SheetChange[] {
  const found = new Map(rows.map(({ values }) => [values.lineId, values]));
  return page.items.flatMap((item, index) => {
    const read = page.read.lines[index];
    const values = found.get(item.id);
    if (read === undefined || values === undefined) return [];
    const after = {
      unitPrice: values.unitPrice ?? '',
      leadTimeDays: values.leadTimeDays ?? '',
      note: values.note ?? '',
    };
    const isSame =
      (read.unitPrice ?? '') === after.unitPrice &&
      (read.leadTimeDays?.toString() ?? '') === after.leadTimeDays &&
      read.typed.note === after.note;
    const { lineNo, description, id: eventItemId } = item;
    return isSame ? [] : [{ eventItemId, lineNo, description, before: read.typed, after }];
  });
}
