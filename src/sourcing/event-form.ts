import { type DecimalString, trimDecimal } from '../kernel/money.ts';
import { dayIn, wallClock } from '../kernel/time.ts';
import { addWorkingDays, type Calendar } from '../kernel/working-days.ts';
import type { NewEventItem } from './event-item.ts';
import type { EventTemplate } from './event-template.ts';
import type { EventTerms } from './sourcing-event.ts';

/** The terms as the fields of the form show them. */
export type TermFields = Readonly<Record<keyof EventTerms, string>>;

/** A line as the row of the grid shows it. */
export type LineFields = Readonly<
  Record<'itemCode' | 'description' | 'quantity' | 'unit' | 'needByOn' | 'estimatedPrice', string>
>;

const EMPTY_ROWS = 3;

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
    takesPartialBids: template.takesPartialBids ? 'yes' : 'no',
    bidValidDays: String(template.bidValidDays ?? ''),
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
  itemCode: item.itemCode ?? '',
  description: item.description,
  quantity: plain(item.quantity),
  unit: item.originalUnit ?? item.unit,
  needByOn: item.needByOn ?? '',
  estimatedPrice: plain(item.estimatedPrice),
});

const emptyLine: LineFields = {
  itemCode: '',
  description: '',
  quantity: '',
  unit: '',
  needByOn: '',
  estimatedPrice: '',
};

/** The rows of the grid: those that are filled, and empty ones to type into. */
export const gridRows = (filled: readonly LineFields[], atLeastEmpty = 0): LineFields[] => [
  ...filled,
  ...Array.from({ length: Math.max(atLeastEmpty, EMPTY_ROWS - filled.length) }, () => emptyLine),
];

/** The rows as somebody typed them, to be shown again. */
export function typedLines(typed: unknown): LineFields[] {
  if (!Array.isArray(typed)) return [];
  return typed.map((row: Readonly<Record<string, unknown>>) => {
    const at = (field: keyof LineFields): string => {
      const value = row[field];
      return typeof value === 'string' ? value : '';
    };
    return {
      itemCode: at('itemCode'),
      description: at('description'),
      quantity: at('quantity'),
      unit: at('unit'),
      needByOn: at('needByOn'),
      estimatedPrice: at('estimatedPrice'),
    };
  });
}

/** Which fields of a form differ from what is stored: shown side by side after two people edited at once. */
export const differences = (
  stored: TermFields,
  typed: Readonly<Record<string, unknown>>,
): { field: keyof TermFields; stored: string; typed: string }[] =>
  (Object.keys(stored) as (keyof TermFields)[]).flatMap((field) => {
    const value = typed[field];
    return typeof value !== 'string' || value.trim() === stored[field].trim()
      ? []
      : [{ field, stored: stored[field], typed: value }];
  });
