import { z } from 'zod';
import { isKnownCurrency } from '../../kernel/money.ts';
import { isDay } from '../../kernel/time.ts';
import { oneOrMany } from '../../platform/web/carried-values.ts';
import { selfBilledStates } from './self-billed-invoice.ts';
import { rhythms } from './self-billing-agreement.ts';

const version = z.coerce.number().int().positive().max(1_000_000);
const day = z.string().refine((value) => isDay(value), 'form.invalid-date');
// PostgreSQL cannot store the NUL character.
const words = z
  .string()
  .trim()
  .max(1000)
  .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const reason = words.min(1, 'form.required');

export const selfBillingQuery = z.object({
  state: z.enum(selfBilledStates).nullable().default(null).catch(null),
});

export const proposalForm = z.strictObject({
  supplierId: z.uuid({ error: 'form.required' }),
  rhythm: z.enum(rhythms, { error: 'form.invalid-choice' }),
  numberPrefix: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z0-9][A-Z0-9-]{0,11}$/, 'self_billing_agreement.bad-prefix'),
  /** As typed: codes with spaces or commas between them. */
  currencies: z
    .string()
    .trim()
    .toUpperCase()
    .transform((typed) => [...new Set(typed.split(/[\s,;，、]+/).filter((code) => code !== ''))])
    .refine((codes) => codes.length > 0 && codes.length <= 20 && codes.every(isKnownCurrency), {
      error: 'self_billing_agreement.bad-currencies',
    }),
  plantCodes: z.preprocess(oneOrMany, z.array(z.string().min(1).max(40)).max(200)),
  validFrom: day,
  validUntil: day,
});

export const agreementForm = z.strictObject({ version });
export const reasonForm = z.strictObject({ version, reason });
export const contestForm = z
  .strictObject({
    version,
    remark: words.default(''),
    lines: z
      .array(z.strictObject({ poLineId: z.uuid(), text: words }))
      .max(2_000)
      .default([]),
  })
  .transform(({ lines, remark, ...form }) => ({
    ...form,
    remark: remark === '' ? null : remark,
    reasons: new Map(lines.flatMap(({ poLineId, text }) => (text === '' ? [] : [[poLineId, text] as const]))),
  }));
