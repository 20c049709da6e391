import { z } from 'zod';
import { isZero } from '../../kernel/money.ts';
import { isDay } from '../../kernel/time.ts';
import { creditNoteKinds, creditNoteStates } from './credit-note.ts';
import type { CreditNoteFilter } from './credit-notes.queries.ts';

const version = z.coerce.number().int().positive().max(1_000_000);
// PostgreSQL cannot store the NUL character.
const words = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'form.required')
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const amount = z
  .string()
  .trim()
  .regex(/^\d{1,12}(\.\d{1,4})?$/, { error: 'form.invalid-number', abort: true })
  .refine((typed) => !isZero(typed), 'form.must-be-positive');

export const creditForm = z.strictObject({
  supplierNumber: words(60),
  issuedOn: z.string().refine((value) => isDay(value), 'form.invalid-date'),
  netAmount: amount,
  tax: z
    .string()
    .max(20)
    .default('')
    .transform((key) => (key === '' ? null : key)),
  reason: words(1000),
});
export const agreementForm = z.strictObject({ version });
export const answerForm = z.strictObject({ version, reason: words(1000) });
export const revisionForm = z.strictObject({ version, amount, reason: words(1000) });

/** The filters of the list's address: what makes no sense there is not asked for. */
export const creditNoteListQuery = z.object({
  kind: z.enum(creditNoteKinds).nullable().default(null).catch(null),
  state: z.enum(creditNoteStates).nullable().default(null).catch(null),
  search: z.string().trim().min(1).max(100).nullable().default(null).catch(null),
}) satisfies z.ZodType<CreditNoteFilter>;
