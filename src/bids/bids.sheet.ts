import { createHash } from 'node:crypto';
import { AppError, ruleBroken } from '../kernel/errors.ts';
import type { Catalogue, Locale } from '../platform/i18n/catalogue.ts';
import { locales } from '../platform/i18n/catalogue.ts';
import { formatFor } from '../platform/i18n/format.ts';
import { readSheet } from '../platform/sheet/read-sheet.ts';
import type { Sheet } from '../platform/sheet/sheet.ts';
import { writeTemplate } from '../platform/sheet/write-sheet.ts';
import type { EventItem } from '../sourcing/index.ts';
import { inputColumns, saidColumns } from './bid-columns.sheet.ts';
import { type DraftLine, emptyLine } from './bid-draft.ts';
import type { DraftPage } from './drafts.service.ts';
import { readFilledSheet, type SheetKey, type SheetPreview } from './filled.sheet.ts';

type Reader = { readonly locale: Locale; readonly timeZone: string };
/** What a workbook is made of; an empty draft makes an empty one. */
type PageToFill = Pick<DraftPage, 'bid' | 'event' | 'items' | 'draft'> & {
  readonly read: Pick<DraftPage['read'], 'currency'>;
};
const MOST_ROWS = 5_000;

/** The event's lines as a workbook in the supplier's language, with the draft's prices in it, to fill in offline. */
export function writeBidSheet(
  catalogue: Catalogue,
  reader: Reader,
  page: PageToFill,
  madeAt: Date,
): Promise<Buffer> {
  const t = catalogue.translator(reader.locale);
  const { event, items } = page;
  const inputs = inputColumns({ ...page, currency: page.read.currency }, formatFor(reader.locale));
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
function instructions(catalogue: Catalogue, { locale, timeZone }: Reader, page: PageToFill): string[] {
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

/** Reads a filled-in workbook against the draft: what would change, and each cell that is wrong. */
export const readBidSheet = (
  catalogue: Catalogue,
  sheet: Sheet,
  { page, locale }: { page: DraftPage; locale: Locale },
): SheetPreview => {
  const wordsIn = (one: Locale) => ({ t: catalogue.translator(one), fmt: formatFor(one) });
  const { items, draft, fixedItemIds, read } = page;
  return readFilledSheet(
    sheet,
    { items, draft, fixedItemIds, currency: read.currency, key: sheetKeyOf(page), isBlankKept: false },
    { own: wordsIn(locale), all: locales.map(wordsIn) },
  );
};

const lineOf = ({ draft }: Pick<DraftPage, 'draft'>, item: EventItem): DraftLine =>
  draft.lines[item.id] ?? emptyLine;

/**
 * What a sheet was made for: the bid, and the lines as they were asked for. A sheet of another bid is refused, and one
 * of lines that were changed since; a closing time that was moved changes nothing.
 */
export function sheetKeyOf({ bid, items }: Pick<DraftPage, 'bid' | 'items'>): SheetKey {
  const asked = items.map(({ id, lineNo, itemCode, description, quantity, unit, tiers }) =>
    JSON.stringify([id, lineNo, itemCode, description, quantity, unit, tiers]),
  );
  const hash = createHash('sha256').update(asked.join('\n')).digest('hex');
  return { bid: bid.reference, lines: hash.slice(0, 12) };
}
