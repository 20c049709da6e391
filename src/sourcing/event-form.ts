import { typedRows, withEmptyRows } from '../kernel/form-fields.ts';
import { type DecimalString, trimDecimal } from '../kernel/money.ts';
import { dayIn, wallClock } from '../kernel/time.ts';
import { addWorkingDays, type Calendar } from '../kernel/working-days.ts';
import type { ItemDetails, NewEventItem } from './event-item.ts';
import type { EventTemplate } from './event-template.ts';
import type { NewLot } from './lot.ts';
import type { EventTerms } from './sourcing-event.ts';
import type { Timetable } from './timetable.ts';

/** The terms as the fields of the form show them. */
export type TermFields = Readonly<Record<keyof EventTerms, string>>;

/** A line as the row of the grid shows it. */
export type LineFields = Readonly<
  Record<
    'id' | 'itemCode' | 'description' | 'quantity' | 'unit' | 'needByOn' | 'estimatedPrice' | 'lotNo',
    string
  >
>;

/** A lot as its row shows it. */
export type LotFields = Readonly<Record<'id' | 'title' | 'description', string>>;

/** What a new event of this kind begins with: our currency and terms, closing at the end of the plant's day. */
export function newTerms(of: {
  plant: { code: string; nameEn: string; timeZone: string };
  template: EventTemplate;
  calendar: Calendar;
  currency: string;
  paymentTermsDays: number;
  now: Date;
}): TermFields {
  const { plant, template, currency, paymentTermsDays, now } = of;
  const closesOn = addWorkingDays(dayIn(now, plant.timeZone), template.timetable.toClosing, of.calendar);
  return {
    title: '',
    description: '',
    categoryCode: '',
    plantCode: plant.code,
    incoterm: 'DAP',
    incotermPlace: plant.nameEn,
    currency,
    paymentTermsDays: String(paymentTermsDays),
    closesAt: `${closesOn}T17:00`,
    timeZone: plant.timeZone,
    enquiriesUntil: '',
    openingNotBefore: '',
    decisionByOn: '',
    calendarCode: '',
    bidCurrencies: '',
    takesPartialBids: '',
    bidValidDays: '',
    ...templateFields(template),
  };
}

/** The terms of an event that is there. */
export const termFields = (terms: Required<EventTerms>): TermFields => ({
  title: terms.title,
  description: terms.description,
  categoryCode: terms.categoryCode,
  plantCode: terms.plantCode,
  incoterm: terms.incoterm,
  incotermPlace: terms.incotermPlace,
  currency: terms.currency,
  paymentTermsDays: String(terms.paymentTermsDays),
  closesAt: clockIn(terms.closesAt, terms.timeZone),
  timeZone: terms.timeZone,
  enquiriesUntil: clockIn(terms.enquiriesUntil, terms.timeZone),
  openingNotBefore: clockIn(terms.openingNotBefore, terms.timeZone),
  decisionByOn: terms.decisionByOn ?? '',
  calendarCode: terms.calendarCode ?? '',
  bidCurrencies: terms.bidCurrencies.join(', '),
  takesPartialBids: terms.takesPartialBids ? 'yes' : 'no',
  bidValidDays: String(terms.bidValidDays ?? ''),
});

const clockIn = (at: Date | null, timeZone: string): string => (at === null ? '' : wallClock(at, timeZone));

const plain = (value: DecimalString | null): string => (value === null ? '' : trimDecimal(value));

/** A line that is there. The owner's own word for the unit is shown, so that it is kept when saved again. */
export const lineFields = (item: NewEventItem): LineFields => ({
  id: item.id ?? '',
  lotNo: item.lotNo == null ? '' : String(item.lotNo),
  itemCode: item.itemCode ?? '',
  description: item.description,
  quantity: plain(item.quantity),
  unit: item.originalUnit ?? item.unit,
  needByOn: item.needByOn ?? '',
  estimatedPrice: plain(item.estimatedPrice),
});

const emptyLine: LineFields = {
  id: '',
  lotNo: '',
  itemCode: '',
  description: '',
  quantity: '',
  unit: '',
  needByOn: '',
  estimatedPrice: '',
};

/** The rows of the grid: those that are filled, and empty ones to type into. */
export const gridRows = (filled: readonly LineFields[], atLeastEmpty = 0): LineFields[] =>
  withEmptyRows(filled, emptyLine, atLeastEmpty);

const LOT_ROWS = 2;

/** The rows as somebody typed them, to be shown again. */
export const typedLines = (typed: unknown): LineFields[] => typedRows(typed, emptyLine);

/** The lots of the form: those there are or were typed, and where lots are offered at once rows to begin with. */
export function lotRows(
  of: { typed: unknown; stored: readonly NewLot[] },
  more: { isOffered: boolean; addsOne: boolean },
): LotFields[] {
  const emptyLot: LotFields = { id: '', title: '', description: '' };
  const shown = of.typed === undefined ? of.stored.map((lot) => ({ ...emptyLot, ...lot })) : of.typed;
  const rows = typedRows(shown, emptyLot);
  const wanted = (rows.length === 0 && more.isOffered) || more.addsOne ? LOT_ROWS : 0;
  const missing = Math.max(wanted - rows.length, more.addsOne ? 1 : 0);
  return [...rows, ...Array.from({ length: missing }, () => emptyLot)];
}

/** The fields of a timetable that was proposed. */
export const timetableFields = (proposed: Timetable, timeZone: string): Partial<TermFields> => ({
  enquiriesUntil: wallClock(proposed.enquiriesUntil, timeZone),
  openingNotBefore: wallClock(proposed.openingNotBefore, timeZone),
  decisionByOn: proposed.decisionByOn,
});

/** What another kind of event begins with, as its fields. */
export const templateFields = (template: EventTemplate): Partial<TermFields> => ({
  takesPartialBids: template.takesPartialBids ? 'yes' : 'no',
  bidValidDays: String(template.bidValidDays ?? ''),
});

/** What a line's own page shows in its fields: what was typed, else what is stored. */
export type DetailFields = Readonly<
  Record<
    | 'specification'
    | 'targetPrice'
    | 'reservePrice'
    | 'takesAlternates'
    | 'asksCapacity'
    | 'incoterm'
    | 'incotermPlace'
    | 'tiers',
    string
  >
> & { readonly schedule: readonly Readonly<Record<'quantity' | 'deliverOn', string>>[] };

const SCHEDULE_ROWS = 3;
const emptyPart = { quantity: '', deliverOn: '' };

export function detailFields(
  item: ItemDetails,
  typed: Readonly<Record<string, unknown>> | undefined,
): DetailFields {
  const stored = {
    specification: item.specification,
    targetPrice: plain(item.targetPrice),
    reservePrice: plain(item.reservePrice),
    takesAlternates: item.takesAlternates ? 'yes' : '',
    asksCapacity: item.asksCapacity ? 'yes' : '',
    incoterm: item.incoterm ?? '',
    incotermPlace: item.incotermPlace,
    tiers: item.tiers.join(' '),
  };
  const said = Object.entries(stored).map(([field, value]): [string, string] => {
    const again = typed?.[field];
    return [field, typed === undefined ? value : typeof again === 'string' ? again : ''];
  });
  const parts =
    typed === undefined
      ? item.schedule.map((part) => ({ ...part }))
      : typedRows(Object.values(typed['schedule'] ?? {}), emptyPart);
  const blank = Math.max(SCHEDULE_ROWS - parts.length, 2);
  return {
    ...stored,
    ...Object.fromEntries(said),
    schedule: [...parts, ...Array.from({ length: blank }, () => emptyPart)],
  };
}
