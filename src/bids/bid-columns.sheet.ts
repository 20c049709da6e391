import type { DecimalString } from '../kernel/money.ts';
import { readRatio } from '../kernel/unit-conversion.ts';
import { readUnit } from '../kernel/unit-names.ts';
import type { Params, Translate } from '../platform/i18n/catalogue.ts';
import type { Format } from '../platform/i18n/format.ts';
import { type CellReader, decimal, text } from '../platform/sheet/cell-readers.ts';
import type { TemplateColumn } from '../platform/sheet/write-sheet.ts';
import type { EventItem } from '../sourcing/index.ts';
import type { DraftLine } from './bid-draft.ts';
import { tierKey } from './offer.ts';
import { unitsPerShown } from './priced-unit.ts';

// Also runs in the bidder's browser, which reads what the server may not.

/** What of a line decides which columns it has. */
export type SheetItem = Pick<EventItem, 'id' | 'lineNo' | 'description' | 'unit' | 'tiers' | 'asksCapacity'>;

/** What a column shows of a line. */
export type Shown = { readonly item: EventItem; readonly typed: DraftLine; readonly t: Translate };

/** A column that only says something. */
export type SaidColumn = {
  readonly name: string;
  readonly template: Omit<TemplateColumn, 'heading' | 'isInput'>;
  cell(of: Shown): string | null;
};

/** A column that is filled in: one field of the draft's lines. */
export type InputColumn = {
  readonly name: string;
  /** Its heading is the text at `bids.sheet.column.<heading>`. */
  readonly heading: string;
  readonly params: Params;
  readonly template: Omit<TemplateColumn, 'heading' | 'isInput'>;
  /** The name of the field within the line, as forms say it: `unitPrice`, `tiers.100`. */
  readonly field: string;
  readonly read: CellReader<string>;
  /** Is it asked of this line? Where not, its cell is locked. */
  asks(item: SheetItem): boolean;
  value(line: DraftLine, item: SheetItem): string;
};

/** Kept in the word that was written, as the page keeps it. */
const unitWord: CellReader<string> = (cell) =>
  readUnit(cell.text) === null
    ? { code: 'bid.unit-unknown', params: { value: cell.text.slice(0, 60) } }
    : { value: cell.text.trim() };
const unitRatio: CellReader<string> = (cell) =>
  readRatio(cell.text) === null ? { code: 'bid.units-per-not-a-number' } : { value: cell.text.trim() };

const DAYS_AT_MOST = 3650;
const amount = decimal({ maxDecimals: 6, maxDigits: 12, min: '0' });
const wholeDays = decimal({ maxDecimals: 0, maxDigits: 4, min: '0' });
const days: CellReader<string> = (cell, sheet) => {
  const read = wholeDays(cell, sheet);
  return 'value' in read && Number(read.value) > DAYS_AT_MOST
    ? { code: 'bid.lead-time-not-days', params: { maximum: DAYS_AT_MOST } }
    : read;
};

/** What the bidder reads: number, item, quantity, when. */
export const saidColumns: readonly SaidColumn[] = [
  { name: 'lineNo', template: { width: 7, kind: 'number' }, cell: ({ item }) => String(item.lineNo) },
  { name: 'itemCode', template: { width: 16, kind: 'text' }, cell: ({ item }) => item.itemCode },
  { name: 'description', template: { width: 46, kind: 'text' }, cell: ({ item }) => item.description },
  { name: 'quantity', template: { width: 12, kind: 'number' }, cell: ({ item }) => item.quantity },
  {
    name: 'unit',
    template: { width: 14, kind: 'text' },
    cell: ({ item, t }) => item.originalUnit ?? t(`unit.${item.unit}`),
  },
  { name: 'needByOn', template: { width: 13, kind: 'day' }, cell: ({ item }) => item.needByOn },
];

/** What the bidder fills in; what no line of this event asks for has no column. */
export function inputColumns(
  { items, currency }: { readonly items: readonly SheetItem[]; readonly currency: string },
  fmt: Format,
): InputColumn[] {
  const everyLine = (): boolean => true;
  const price = { width: 17, kind: 'price', min: 0 } as const;
  const tiers = [...new Set(items.flatMap((item) => item.tiers))].sort((a, b) => Number(a) - Number(b));
  const column = (
    name: 'unitPrice' | 'leadTimeDays' | 'note' | 'capacity' | 'pricedUnit' | 'unitsPer' | 'unitReason',
    more: Pick<InputColumn, 'template' | 'read' | 'asks'>,
  ): InputColumn => ({
    name,
    heading: name,
    params: { currency },
    field: name,
    value: (line) => line[name] ?? '',
    ...more,
  });
  return [
    column('unitPrice', { template: price, read: amount, asks: everyLine }),
    ...tiers.map((quantity) => tierColumn(quantity, { currency, fmt, template: price })),
    column('leadTimeDays', { template: { width: 13, kind: 'number', min: 0 }, read: days, asks: everyLine }),
    ...(items.some((item) => item.asksCapacity)
      ? [
          column('capacity', {
            template: { width: 14, kind: 'number', min: 0 },
            read: amount,
            asks: (item) => item.asksCapacity,
          }),
        ]
      : []),
    column('note', { template: { width: 36, kind: 'text' }, read: text(1000), asks: everyLine }),
    column('pricedUnit', { template: { width: 14, kind: 'text' }, read: unitWord, asks: everyLine }),
    {
      ...column('unitsPer', { template: { width: 16, kind: 'text' }, read: unitRatio, asks: everyLine }),
      value: (line, item) => unitsPerShown(line, item.unit),
    },
    column('unitReason', { template: { width: 30, kind: 'text' }, read: text(300), asks: everyLine }),
  ];
}

const tierColumn = (
  quantity: DecimalString,
  of: { currency: string; fmt: Format; template: InputColumn['template'] },
): InputColumn => ({
  name: `tier-${tierKey(quantity)}`,
  heading: 'tier',
  params: { currency: of.currency, quantity: of.fmt.quantity(quantity) },
  template: of.template,
  field: `tiers.${tierKey(quantity)}`,
  read: amount,
  asks: (item) => item.tiers.includes(quantity),
  value: (line) => line.tiers?.[tierKey(quantity)] ?? '',
});
