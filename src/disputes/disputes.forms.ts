import { z } from 'zod';
import { disputedTypes, disputeTopics } from './dispute.ts';
import type { DisputeFilter } from './disputes.queries.ts';

const words = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'form.required')
    .max(max)
    // PostgreSQL cannot store the NUL character.
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');

export const messageForm = z.strictObject({ body: words(5000) });
export const openingForm = z.strictObject({
  topic: z.enum(disputeTopics, 'form.required'),
  title: words(200),
  body: words(5000),
});

const version = z.coerce.number().int().positive();
export const turnForm = z.strictObject({ version });
export const answerForm = z.strictObject({ version, body: words(5000) });
/** An act that asks for a reason. */
export const reasonForm = z.strictObject({ version, reason: words(1000) });

export const documentType = z.enum(disputedTypes);

const shows = ['open', 'mine', 'ended', 'all'] as const;
export const disputeShows: readonly DisputeFilter['show'][] = shows;
export const disputeListQuery = z.object({
  show: z.enum(shows).catch('open'),
  topic: z.enum(disputeTopics).nullable().catch(null),
  search: z
    .string()
    .trim()
    .max(100)
    .transform((typed) => (typed === '' ? null : typed))
    .nullable()
    .catch(null),
});
