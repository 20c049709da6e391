import { z } from 'zod';
import { isZero } from '../../kernel/money.ts';
import { answerSteps, claims, dispositions, nonconformanceLifecycle, severities } from './nonconformance.ts';
import type { NonconformanceFilter } from './nonconformances.queries.ts';

// PostgreSQL cannot store the NUL character.
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const filled = (max: number) => text(max).min(1, 'form.required');
const version = z.coerce.number().int().positive();
const quantity = z
  .string()
  .trim()
  .regex(/^\d{1,14}(\.\d{1,6})?$/, { error: 'form.invalid-number', abort: true })
  .refine((typed) => !isZero(typed), 'form.must-be-positive');
const amount = z.union([
  z.string().trim().length(0),
  z
    .string()
    .trim()
    .regex(/^\d{1,14}(\.\d{1,4})?$/, { error: 'form.invalid-number', abort: true })
    .refine((typed) => !isZero(typed), 'form.must-be-positive'),
]);

/** Goods that were taken and are not as they should be. */
export const findingForm = z
  .strictObject({
    poLineId: z.uuid('form.required'),
    quantity,
    defect: filled(2000),
    severity: z.enum(severities, 'form.invalid-choice'),
    needs8d: z
      .literal('yes')
      .optional()
      .transform((typed) => typed === 'yes'),
    disposition: z.enum(dispositions, 'form.invalid-choice'),
    claim: z.enum(claims, 'form.invalid-choice'),
    claimAmount: amount.default(''),
  })
  .transform((typed, check) => {
    if (typed.claim === 'debit' && typed.claimAmount === '') {
      check.addIssue({ code: 'custom', path: ['claimAmount'], message: 'nonconformances.amount-needed' });
      return z.NEVER;
    }
    return { ...typed, claimAmount: typed.claim === 'debit' ? typed.claimAmount : null };
  });

export const answerForm = z.strictObject({ version, step: z.enum(answerSteps), body: filled(5000) });
export const returnForm = z.strictObject({ version, reason: filled(1000) });
export const verificationForm = z.strictObject({ version, body: filled(5000) });
export const closingForm = z.strictObject({ version, note: text(2000).default('') });

/** The filters of the list's address: what makes no sense there is not asked for. */
export const nonconformanceListQuery = z.object({
  state: z.enum(nonconformanceLifecycle.states).nullable().default(null).catch(null),
  search: z.string().trim().min(1).max(100).nullable().default(null).catch(null),
}) satisfies z.ZodType<NonconformanceFilter>;
