import { z } from 'zod';
import { incoterms } from '../kernel/incoterm.ts';
import { instantAt, isTimeZone } from '../kernel/time.ts';
import { oneOrMany } from '../platform/web/carried-values.ts';
import { filled, localTime, text } from './form-fields.ts';
import type { NewLot } from './lot.ts';
import { closingInstant } from './sourcing.forms.ts';
import { lineForm, lotsForm, tidyLines } from './structure.forms.ts';

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

type TypedLots = { readonly hasLots?: 'yes' | undefined; readonly lots: readonly NewLot[] };

/** Lots as they are left, and which number each had; a lot whose title was taken out goes. */
function numberedLots<T extends TypedLots>(
  typed: T,
): Omit<T, 'hasLots' | 'lots'> & { lots: readonly NewLot[] | null; lotNos: ReadonlyMap<number, number> } {
  const { hasLots, lots: rows, ...rest } = typed;
  const lots = rows.filter((lot) => lot.title !== '');
  const lotNos = new Map(
    rows.flatMap((lot, index) => (lot.title === '' ? [] : [[index + 1, lots.indexOf(lot) + 1] as const])),
  );
  return { ...rest, lots: hasLots === 'yes' ? lots : null, lotNos };
}

/** The draft of an amendment: the terms that can be amended, the lines, and why. */
export const amendmentForm = z
  .strictObject({
    version: z.coerce.number().int().positive(),
    hasLines: z.literal('yes').optional(),
    title: filled(200),
    description: text(10_000),
    incoterm: z.enum(incoterms, 'form.invalid-choice'),
    incotermPlace: text(200),
    paymentTermsDays: z
      .string()
      .trim()
      .regex(/^\d{1,3}$/, 'sourcing.invalid-payment-days')
      .transform(Number)
      .refine((days) => days <= 365, 'sourcing.invalid-payment-days'),
    closesAt: localTime.min(1, 'form.required'),
    timeZone: z.string().max(64).refine(isTimeZone, 'form.invalid-choice'),
    enquiriesUntil: localTime.default(''),
    reason: text(1000),
    touchesAll: z.literal('yes').optional(),
    // Of a long event one page of lines is sent: those from here on, so many as were shown.
    firstLine: z.coerce.number().int().min(0).max(100_000).default(0),
    lineCount: z.coerce.number().int().min(0).max(100_000).default(100_000),
    lines: z.array(lineForm).max(2000).default([]),
    hasLots: z.literal('yes').optional(),
    lots: lotsForm.default([]),
    removed: z.preprocess(oneOrMany, z.array(z.uuid()).max(500)),
    next: z
      .string()
      .regex(/^(save|upload|add-lot|page-\d{1,4})$/)
      .default('save'),
  })
  .transform(numberedLots)
  .transform(closingInstant)
  .transform(enquiriesCutOff);

/** The body with its lines in a row, without those that are taken out. */
export function tidyAmendedLines(body: unknown): Record<string, unknown> {
  const { lines, ...rest } = tidyLines(body);
  if (!Array.isArray(lines)) return rest;
  const kept = lines.filter((line: Readonly<Record<string, unknown>>) => line['isOut'] !== 'yes');
  return { ...rest, lines: kept };
}

/** Which page of the lines is edited, and whether more lots are wanted. */
export const amendmentQuery = z.object({
  page: z.coerce.number().int().min(1).max(1000).catch(1),
  lots: z.string().max(10).catch('').default(''),
});

/** What was looked at, by its version. */
export const seenForm = z.strictObject({ version: z.coerce.number().int().positive() });
