import { z } from 'zod';
import { isZero } from '../../kernel/money.ts';
import { isDay } from '../../kernel/time.ts';
import { oneOrMany } from '../../platform/web/carried-values.ts';
import { earlyPaymentLifecycle } from './early-payment.ts';

const version = z.coerce.number().int().positive().max(1_000_000);
const day = z.string().refine((value) => isDay(value), 'form.invalid-date');
const amount = z
  .string()
  .trim()
  .regex(/^\d{1,12}(\.\d{1,4})?$/, { error: 'form.invalid-number', abort: true })
  .refine((typed) => !isZero(typed), 'form.must-be-positive');

export const proposalForm = z.strictObject({ payOn: day, discountAmount: amount });
export const answerForm = z.strictObject({ version });
export const refusalForm = z.strictObject({
  version,
  reason: z
    .string()
    .trim()
    .min(1, 'form.required')
    .max(1000)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value'),
});

/** One of the offers on an invoice's page, with the figures that were shown: `2026-12-12:123.50`. */
export const choiceForm = z.strictObject({
  choice: z
    .string()
    .max(40)
    .transform((typed) => typed.split(':'))
    .pipe(z.tuple([day, amount]))
    .transform(([payOn, discount]) => ({ payOn, discount })),
});

/** Chosen invoices, each with the discount that was shown: `<id>:123.50`. */
export const acceptanceForm = z.object({
  payOn: day,
  invoice: z.preprocess(
    oneOrMany,
    z
      .array(
        z
          .string()
          .max(80)
          .transform((typed) => typed.split(':'))
          .pipe(z.tuple([z.uuid(), amount]))
          .transform(([invoiceId, discount]) => ({ invoiceId, discount })),
      )
      .min(1, 'early_payment.nothing-chosen')
      .max(200),
  ),
});

/** What offers are looked for by; null where nobody said. */
export const offersQuery = z.object({
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullable()
    .default(null)
    .catch(null),
  payOn: day.nullable().default(null).catch(null),
});

export const earlyPaymentsQuery = z.object({
  state: z.enum(earlyPaymentLifecycle.states).nullable().default(null).catch(null),
});

const ticked = z.object({ invoice: z.preprocess(oneOrMany, z.array(z.string().max(80)).max(200)).catch([]) });
/** The ticks as they were sent, for the form to be shown again; null when none was sent. */
export const tickedOf = (body: unknown): ReadonlySet<string> | null =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, 'payOn')
    ? new Set(ticked.parse(body).invoice.map((one) => one.split(':')[0] ?? ''))
    : null;
