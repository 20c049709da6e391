import { z } from 'zod';
import { readUnit } from '../catalog/index.ts';
import { incoterms } from '../kernel/incoterm.ts';
import { isZero } from '../kernel/money.ts';
import { instantAt, isDay, isTimeZone } from '../kernel/time.ts';
import type { NewEventItem } from './event-item.ts';
import { eventSorts } from './event-list.queries.ts';
import { audiences, sourcingEventLifecycle } from './sourcing-event.ts';

// PostgreSQL cannot store the NUL character.
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const filled = (max: number) => text(max).min(1, 'form.required');
const orNull = (typed: string): string | null => (typed === '' ? null : typed);

/** At most 14 digits and 6 decimals, as the columns hold; separators are refused, never guessed. */
const decimal = z
  .string()
  .trim()
  .regex(/^\d{1,14}(\.\d{1,6})?$/, { error: 'form.invalid-number', abort: true });
const quantity = decimal.refine((typed) => !isZero(typed), 'form.must-be-positive');
const emptyOr = <T extends z.ZodType<string, string>>(schema: T) =>
  z.union([z.string().trim().length(0), schema]).transform(orNull);

const unit = filled(30).transform((typed, check) => {
  const read = readUnit(typed);
  if (read !== null) return read;
  check.addIssue({ code: 'custom', message: 'sourcing.unknown-unit' });
  return z.NEVER;
});

/** One line as it is typed, or as it was read from a spreadsheet. */
export const lineForm = z
  .strictObject({
    itemCode: text(60).default('').transform(orNull),
    description: filled(500),
    quantity,
    unit,
    needByOn: emptyOr(z.string().trim().refine(isDay, 'form.invalid-date')).default(null),
    estimatedPrice: emptyOr(decimal).default(null),
  })
  .transform(({ unit: read, ...line }): NewEventItem => ({ ...line, ...read }));

const localTime = z
  .string()
  .trim()
  .regex(/^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:00)?)?$/, 'form.invalid-time');

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
};

type TypedClosing = { readonly closesAt: string; readonly timeZone: string };

/** The instant a closing time names in its zone; a time that the zone skips is no time. */
function closingInstant<T extends TypedClosing>(
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

/** The instant until which suppliers may ask, not after closing; none where nobody said. */
function enquiriesCutOff<T extends { enquiriesUntil: string; timeZone: string; closesAt: Date | null }>(
  typed: T,
  check: z.RefinementCtx,
): Omit<T, 'enquiriesUntil'> & { enquiriesUntil: Date | null } {
  if (typed.enquiriesUntil === '') return { ...typed, enquiriesUntil: null };
  const refuse = (message: string) => {
    check.addIssue({ code: 'custom', path: ['enquiriesUntil'], message });
    return z.NEVER;
  };
  try {
    const enquiriesUntil = instantAt(typed.enquiriesUntil, typed.timeZone);
    if (typed.closesAt === null || enquiriesUntil > typed.closesAt)
      return refuse('sourcing.enquiries-after-closing');
    return { ...typed, enquiriesUntil };
  } catch {
    return refuse('form.invalid-time');
  }
}

// What the button says comes next; read by the route.
const next = z.enum(['suppliers', 'import', 'save']).default('suppliers');

/** A new event: its terms and its lines. */
export const newEventForm = z
  .strictObject({ ...headerFields, lines: z.array(lineForm).max(2000).default([]), next })
  .transform(closingInstant)
  .transform(enquiriesCutOff);

/** A draft that is changed; without `lines` its lines stay. */
export const reviseEventForm = z
  .strictObject({
    ...headerFields,
    version: z.coerce.number().int().positive(),
    lines: z.array(lineForm).max(2000).default([]),
    next,
  })
  .transform(closingInstant)
  .transform(enquiriesCutOff);

type TypedLine = Readonly<Record<string, unknown>>;
const isBlank = (line: TypedLine): boolean =>
  ['itemCode', 'description', 'quantity', 'estimatedPrice'].every((field) => {
    const typed = line[field];
    return typed === undefined || (typeof typed === 'string' && typed.trim() === '');
  });

/**
 * The body with its lines in a row: a form sends them by number, with gaps where some were removed. Rows
 * in which nothing was typed are left out; an unit or a date alone is not a line.
 */
export function tidyLines(body: unknown): Record<string, unknown> {
  const { lines, ...rest } = (body ?? {}) as Record<string, unknown>;
  if (lines === undefined) return rest;
  const rows = typeof lines === 'object' && lines !== null ? Object.values(lines) : [];
  const typed = rows.filter((row): row is TypedLine => typeof row === 'object' && row !== null);
  return { ...rest, lines: typed.filter((row) => !isBlank(row)) };
}

const oneOrMany = (value: unknown): unknown => (typeof value === 'string' ? [value] : (value ?? []));

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

/** Lines that were looked at in a preview; each is a line's JSON, read again as if it were typed. */
export const importForm = z.strictObject({
  version: z.coerce.number().int().positive(),
  mode: z.enum(['add', 'replace'], 'form.invalid-choice'),
  line: z.preprocess(
    oneOrMany,
    z.array(z.string().max(4000).transform(readJson).pipe(lineForm)).min(1).max(2000),
  ),
});

function readJson(typed: string, check: z.RefinementCtx): unknown {
  try {
    return JSON.parse(typed);
  } catch {
    check.addIssue({ code: 'custom', message: 'form.malformed' });
    return z.NEVER;
  }
}

/** What the list of events is filtered by; a filter that makes no sense is no filter. */
export const eventFilter = z.object({
  q: text(100).catch(''),
  state: z.enum(sourcingEventLifecycle.states).nullable().catch(null),
  category: z.string().max(20).min(1).nullable().catch(null),
  mine: z.literal('yes').nullable().catch(null),
  sort: z.enum(eventSorts).catch('newest'),
});
export type EventFilter = z.infer<typeof eventFilter>;
