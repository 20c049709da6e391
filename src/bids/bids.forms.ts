import { z } from 'zod';
import { envelopeOrder } from '../sourcing/index.ts';
import { lineFilters } from './draft-lines.ts';
import { ALTERNATES_AT_MOST } from './offer.ts';

const alternate = z.strictObject({
  description: z.string().max(1000).default(''),
  unitPrice: z.string().max(40).default(''),
  leadTimeDays: z.string().max(10).default(''),
});

/** Fields that are not sent stay as they are: while one types, only what changed goes over the line. */
const line = z.strictObject({
  unitPrice: z.string().max(40).optional(),
  leadTimeDays: z.string().max(10).optional(),
  note: z.string().max(1000).optional(),
  capacity: z.string().max(40).optional(),
  pricedUnit: z.string().max(40).optional(),
  unitsPer: z.string().max(40).optional(),
  unitReason: z.string().max(300).optional(),
  tiers: z.record(z.string().regex(/^q[\d_]{1,22}$/), z.string().max(40)).optional(),
  alternates: z.array(alternate).max(ALTERNATES_AT_MOST).optional(),
});

/** Which of many lines a page of the draft shows; an address somebody bent shows the first. */
export const linesQuery = z.object({
  q: z.string().max(100).catch('').default(''),
  only: z.enum(lineFilters).catch('all').default('all'),
  page: z.coerce.number().int().min(1).max(1000).catch(1).default(1),
  line: z.uuid().optional().catch(undefined),
});

/** The draft as its page sends it. Lines go by the id of the event's line; what is typed is read later. */
export const draftForm = z.strictObject({
  revision: z.coerce.number().int().positive(),
  note: z.string().max(5000).optional(),
  lines: z.record(z.uuid(), line).default({}),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  validUntilOn: z.string().max(20).optional(),
  /** By the question's id; longer ones are kept too, and told that they are. */
  answers: z.record(z.uuid(), z.strictObject({ answer: z.string().max(20_000) })).default({}),
  /** Where the button that was pressed leads after saving. */
  next: z.enum(['edit', 'review', 'files', 'sheet']).default('edit'),
  /** What is searched for, what was shown, and the button that asks for another page or choice of lines. */
  q: z.string().max(100).default(''),
  shownPage: z.coerce.number().int().min(1).max(1000).default(1),
  shownOnly: z.enum(lineFilters).default('all'),
  page: z.coerce.number().int().min(1).max(1000).optional(),
  only: z.enum(lineFilters).optional(),
});

/** Which question the files answer or prove; none for the bid as a whole. */
export const filesForm = z.object({
  requirementId: z
    .union([z.literal(''), z.uuid()])
    .default('')
    .transform((id) => (id === '' ? null : id)),
});

/** The question that the page of files is asked for. */
export const filesQuery = z.object({ for: z.uuid().nullable().catch(null) });

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

/** Which envelope of a version. */
export const envelopeQuery = z.object({ envelope: z.enum(envelopeOrder).optional().catch(undefined) });

/** Which versions are compared; an address somebody bent compares the first with the draft. */
export const differenceQuery = z.object({
  from: z.coerce.number().int().positive().max(100_000).catch(1).default(1),
  to: z
    .union([z.literal('draft'), z.coerce.number().int().positive().max(100_000)])
    .catch('draft')
    .default('draft'),
});

export const versionQuery = z.object({
  version: z.coerce.number().int().positive().max(100_000).optional().catch(undefined),
});

/** A bidder's answer to what it was asked about its bid. */
export const clarificationForm = z.strictObject({
  answer: z
    .string()
    .trim()
    .min(1, 'form.required')
    .max(10_000)
    .refine((text) => !text.includes('\0'), 'form.invalid-value'),
});
