import { z } from 'zod';
import { incoterms } from '../kernel/incoterm.ts';
import { isCurrency } from '../kernel/money.ts';
import { dayIn, instantAt, isDay, isTimeZone } from '../kernel/time.ts';
import { oneOrMany } from '../platform/web/carried-values.ts';
import { eventSorts } from './event-list.queries.ts';
import { eventTypes, offeredEventTypes } from './event-template.ts';
import { emptyOr, filled, localTime, orNull, text } from './form-fields.ts';
import { audiences, sourcingEventLifecycle } from './sourcing-event.ts';
import { lineForm, lotsForm, tidyLots } from './structure.forms.ts';

const headerFields = {
  // Says that the lines came along: a form without them leaves the lines as they are.
  hasLines: z.literal('yes').optional(),
  title: filled(200),
  description: text(10_000),
  categoryCode: filled(20),
  plantCode: filled(20),
  incoterm: z.enum(incoterms, 'form.invalid-choice'),
  incotermPlace: text(200),
  currency: z.string().regex(/^[A-Z]{3}$/, 'form.invalid-choice'),
  paymentTermsDays: z
    .string()
    .trim()
    .regex(/^\d{1,3}$/, 'sourcing.invalid-payment-days')
    .transform(Number)
    .refine((days) => days <= 365, 'sourcing.invalid-payment-days'),
  closesAt: localTime,
  timeZone: z.string().max(64).refine(isTimeZone, 'form.invalid-choice'),
  enquiriesUntil: localTime.default(''),
  openingNotBefore: localTime.default(''),
  decisionByOn: emptyOr(z.string().trim().refine(isDay, 'form.invalid-date')).default(null),
  calendarCode: text(20).default('').transform(orNull),
  bidCurrencies: text(100).default('').transform(readCurrencies),
  takesPartialBids: z
    .enum(['yes', 'no'])
    .default('yes')
    .transform((typed) => typed === 'yes'),
  bidValidDays: z
    .string()
    .trim()
    .regex(/^\d{0,3}$/, 'sourcing.invalid-valid-days')
    .default('')
    .transform((typed) => (typed === '' ? null : Number(typed)))
    .refine((days) => days === null || (days >= 1 && days <= 730), 'sourcing.invalid-valid-days'),
  hasLots: z.literal('yes').optional(),
  lots: lotsForm.default([]),
};

function readCurrencies(typed: string, check: z.RefinementCtx): string[] {
  const read = typed
    .toUpperCase()
    .split(/[\s,;，；、]+/)
    .filter((one) => one !== '');
  const unknown = read.find((one) => !isCurrency(one));
  if (unknown === undefined && read.length <= 10) return [...new Set(read)];
  check.addIssue({ code: 'custom', message: 'sourcing.unknown-currency' });
  return z.NEVER;
}

type TypedClosing = { readonly closesAt: string; readonly timeZone: string };

/** The instant a closing time names in its zone; a time that the zone skips is no time. */
export function closingInstant<T extends TypedClosing>(
  typed: T,
  check: z.RefinementCtx,
): Omit<T, 'closesAt'> & { closesAt: Date | null } {
  if (typed.closesAt === '') return { ...typed, closesAt: null };
  try {
    return { ...typed, closesAt: instantAt(typed.closesAt, typed.timeZone) };
  } catch {
    check.addIssue({ code: 'custom', path: ['closesAt'], message: 'form.invalid-time' });
    return z.NEVER;
  }
}

type TypedTimetable = {
  readonly enquiriesUntil: string;
  readonly openingNotBefore: string;
  readonly decisionByOn: string | null;
  readonly timeZone: string;
  readonly closesAt: Date | null;
};

/** The days around closing: questions end before it, bids are opened and decided on after it. */
function timetable<T extends TypedTimetable>(typed: T, check: z.RefinementCtx) {
  const refuse = (path: string, message: string): null => {
    check.addIssue({ code: 'custom', path: [path], message });
    return null;
  };
  const { closesAt, timeZone, decisionByOn } = typed;
  const read = (path: 'enquiriesUntil' | 'openingNotBefore'): Date | null => {
    if (typed[path] === '') return null;
    try {
      return instantAt(typed[path], timeZone);
    } catch {
      return refuse(path, 'form.invalid-time');
    }
  };
  const enquiriesUntil = read('enquiriesUntil');
  const openingNotBefore = read('openingNotBefore');
  if (enquiriesUntil !== null && (closesAt === null || enquiriesUntil > closesAt))
    refuse('enquiriesUntil', 'sourcing.enquiries-after-closing');
  if (openingNotBefore !== null && closesAt !== null && openingNotBefore < closesAt)
    refuse('openingNotBefore', 'sourcing.opening-before-closing');
  if (decisionByOn !== null && closesAt !== null && decisionByOn < dayIn(closesAt, timeZone))
    refuse('decisionByOn', 'sourcing.decision-before-closing');
  return { ...typed, enquiriesUntil, openingNotBefore };
}

// What the button says comes next; read by the route.
const next = z.enum(['suppliers', 'import', 'save']).default('suppliers');

/** A new event: its terms and its lines. */
export const newEventForm = z
  .strictObject({
    ...headerFields,
    eventType: z.enum(offeredEventTypes, 'form.invalid-choice').default('rfq'),
    lines: z.array(lineForm).max(2000).default([]),
    next,
  })
  .transform(closingInstant)
  .transform(timetable)
  .transform(tidyLots);

/** A draft that is changed; without `lines` its lines stay. */
export const reviseEventForm = z
  .strictObject({
    ...headerFields,
    version: z.coerce.number().int().positive(),
    // Goes along for proposals; the kind of an event stays as it was begun.
    eventType: z.enum(eventTypes).optional(),
    lines: z.array(lineForm).max(2000).default([]),
    next,
  })
  .transform(closingInstant)
  .transform(timetable)
  .transform(tidyLots);

/** The suppliers ticked on the invitation page; `search` and `upload` save no ticks. */
export const invitationsForm = z.strictObject({
  supplierId: z.preprocess(oneOrMany, z.array(z.uuid()).max(500)),
  q: text(100).default(''),
  audience: z.enum(audiences).optional(),
  next: z.enum(['search', 'upload', 'save']).default('save'),
});

/** Which suppliers are ticked and what is searched for, in an address. */
export const invitationsQuery = z.object({
  supplierId: z.preprocess(oneOrMany, z.array(z.uuid()).max(500)).catch([]),
  q: text(100).catch(''),
});

/** Why an event is given back or ended. */
export const reasonForm = z.strictObject({ reason: filled(1000) });

/** A later closing time. The zone goes along as the event states it, so that a zone changed meanwhile is no trap. */
export const closingForm = z
  .strictObject({
    version: z.coerce.number().int().positive(),
    closesAt: localTime.min(1, 'form.required'),
    timeZone: z.string().max(64).refine(isTimeZone, 'form.invalid-choice'),
    reason: filled(1000),
  })
  .transform(closingInstant)
  .transform(({ version, reason, closesAt }, check) => {
    if (closesAt !== null) return { version, reason, closesAt };
    check.addIssue({ code: 'custom', path: ['closesAt'], message: 'form.required' });
    return z.NEVER;
  });

/** What the list of events is filtered by; a filter that makes no sense is no filter. */
export const eventFilter = z.object({
  q: text(100).catch(''),
  state: z.enum(sourcingEventLifecycle.states).nullable().catch(null),
  category: z.string().max(20).min(1).nullable().catch(null),
  mine: z.literal('yes').nullable().catch(null),
  sort: z.enum(eventSorts).catch('newest'),
});
export type EventFilter = z.infer<typeof eventFilter>;
