import { z } from 'zod';
import { instantAt, isTimeZone } from '../kernel/time.ts';

const words = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const reason = words(1000).min(1, 'form.required');
const points = z
  .string()
  .trim()
  .regex(/^\d{1,3}(\.\d{1,2})?$/, { error: 'form.invalid-number', abort: true });

export const appointmentForm = z.strictObject({
  userId: z.uuid('form.invalid-choice'),
  isChair: z
    .literal('yes')
    .optional()
    .transform((typed) => typed === 'yes'),
});

export const reasonForm = z.strictObject({ reason });

/** Until when sheets are asked for: a wall clock of whoever says it. */
export const startForm = z
  .strictObject({
    dueAt: z
      .string()
      .trim()
      .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:00)?$/, 'form.invalid-time'),
    timeZone: z.string().max(64).refine(isTimeZone, 'form.invalid-choice'),
  })
  .transform(({ dueAt, timeZone }, check) => {
    try {
      return { dueAt: instantAt(dueAt, timeZone) };
    } catch {
      check.addIssue({ code: 'custom', path: ['dueAt'], message: 'form.invalid-time' });
      return z.NEVER;
    }
  });

export const statementForm = z.discriminatedUnion(
  'interest',
  [
    z.strictObject({ interest: z.literal('none'), reason: words(1000).default('') }),
    z.strictObject({ interest: z.literal('conflict'), reason }),
  ],
  'form.invalid-choice',
);

export const scoreSheetForm = z.strictObject({
  version: z.coerce.number().int().positive(),
  next: z.enum(['save', 'submit']).default('save'),
  scores: z
    .array(
      z.strictObject({
        bidId: z.uuid(),
        subjectId: z.uuid(),
        points: z
          .union([z.string().trim().length(0), points])
          .transform((typed): string | null => (typed === '' ? null : typed)),
        comment: words(2000).default(''),
      }),
    )
    .max(5000)
    .default([]),
});

export const consensusForm = z.strictObject({
  bidId: z.uuid(),
  subjectId: z.uuid(),
  points,
  reason: words(2000).min(1, 'form.required'),
});

export const fixForm = z.strictObject({
  reasons: z.record(z.uuid(), words(1000)).default({}),
});
