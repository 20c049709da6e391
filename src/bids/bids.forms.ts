import { z } from 'zod';
import { ALTERNATES_AT_MOST } from './offer.ts';

const alternate = z.strictObject({
  description: z.string().max(1000).default(''),
  unitPrice: z.string().max(40).default(''),
  leadTimeDays: z.string().max(10).default(''),
});

const line = z.strictObject({
  unitPrice: z.string().max(40),
  leadTimeDays: z.string().max(10),
  note: z.string().max(1000),
  capacity: z.string().max(40).optional(),
  tiers: z.record(z.string().regex(/^[\d_]{1,22}$/), z.string().max(40)).optional(),
  alternates: z.array(alternate).max(ALTERNATES_AT_MOST).optional(),
});

/** The draft as its page sends it. Lines go by the id of the event's line; what is typed is read later. */
export const draftForm = z.strictObject({
  revision: z.coerce.number().int().positive(),
  note: z.string().max(5000).default(''),
  lines: z.record(z.uuid(), line).default({}),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  validUntilOn: z.string().max(20).optional(),
  /** Where the button that was pressed leads after saving. */
  next: z.enum(['edit', 'review', 'files', 'sheet']).default('edit'),
});

export const submissionForm = z.strictObject({
  revision: z.coerce.number().int().positive(),
  idempotencyKey: z.uuid(),
  isFreeMeant: z.literal('yes').optional(),
});

/** The choice is made knowingly: the box that says so has to be ticked. */
export const closingChoiceForm = z.strictObject({
  isUnderstood: z.literal('yes', 'bid_closing_choice.not-confirmed'),
  isFreeMeant: z.literal('yes').optional(),
});

export const answerForm = z.discriminatedUnion('answer', [
  z.strictObject({ answer: z.literal('accept'), reason: z.string().max(1000).optional() }),
  z.strictObject({
    answer: z.literal('decline'),
    reason: z.string().trim().min(1, 'form.required').max(1000),
  }),
]);

/** Why a bid is set aside, or an event ended. */
export const reasonForm = z.strictObject({ reason: z.string().trim().min(1, 'form.required').max(1000) });

export const versionQuery = z.object({
  version: z.coerce.number().int().positive().max(100_000).optional().catch(undefined),
});
