import { z } from 'zod';
import { incoterms } from '../kernel/incoterm.ts';
import { instantAt, isTimeZone } from '../kernel/time.ts';
import { filled, localTime, text } from './form-fields.ts';
import { closingInstant } from './sourcing.forms.ts';
import { lineForm, tidyLines } from './structure.forms.ts';

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
    lines: z.array(lineForm).max(2000).default([]),
    next: z.enum(['save', 'upload']).default('save'),
  })
  .transform(closingInstant)
  .transform(enquiriesCutOff);

/** The body with its lines in a row, without those that are taken out. */
export function tidyAmendedLines(body: unknown): Record<string, unknown> {
  const { lines, ...rest } = tidyLines(body);
  if (!Array.isArray(lines)) return rest;
  const kept = lines.filter((line: Readonly<Record<string, unknown>>) => line['isOut'] !== 'yes');
  return { ...rest, lines: kept };
}

/** What was looked at, by its version. */
export const seenForm = z.strictObject({ version: z.coerce.number().int().positive() });
