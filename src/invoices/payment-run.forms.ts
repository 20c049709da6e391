import { z } from 'zod';
import { isDay } from '../kernel/time.ts';
import { oneOrMany, readJson } from '../platform/web/carried-values.ts';
import { paymentRunLifecycle } from './payment-run.ts';

const version = z.coerce.number().int().positive().max(1_000_000);
const day = z.string().refine((value) => isDay(value), 'form.invalid-date');
const reason = z.string().trim().min(1, 'form.required').max(1000);
const currency = z.string().regex(/^[A-Z]{3}$/, 'form.invalid-choice');

/** The filter of the list of runs: what makes no sense is not asked for. */
export const runListQuery = z.object({
  state: z.enum(paymentRunLifecycle.states).nullable().default(null).catch(null),
});

/** What payable invoices are looked for by; null where nobody said. */
export const previewQuery = z.object({
  currency: currency.nullable().default(null).catch(null),
  dueUntil: day.nullable().default(null).catch(null),
  payOn: day.nullable().default(null).catch(null),
});

export const runForm = z
  .object({
    currency,
    dueUntil: day,
    payOn: day,
    invoice: z.preprocess(oneOrMany, z.array(z.uuid()).max(500)),
    retention: z.preprocess(oneOrMany, z.array(z.uuid()).max(500)),
  })
  .refine((form) => form.invoice.length + form.retention.length > 0, {
    error: 'payment_run.is-empty',
    path: ['invoice'],
  });

const ticks = z.preprocess(oneOrMany, z.array(z.string().max(40)).max(500)).catch([]);
const ticked = z.object({ invoice: ticks, retention: ticks });
/** The ticks as they were sent, for the form to be shown again; null when none was sent. */
export const tickedOf = (body: unknown): ReadonlySet<string> | null =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, 'dueUntil')
    ? new Set(Object.values(ticked.parse(body)).flat())
    : null;

export const releaseForm = z.strictObject({ version });
export const cancellationForm = z.strictObject({ version, reason });
export const removalForm = z.strictObject({ version, reason, lineId: z.uuid() });
export const refusalForm = z.strictObject({ version, reason, paymentId: z.uuid() });

const result = z.strictObject({
  reference: z.string().max(60),
  paidOn: day,
  amount: z.string().regex(/^\d{1,16}(\.\d{1,4})?$/),
  bankReference: z.string().max(100).nullable(),
});
/** Rows that were looked at in a preview, each as JSON, read again as if it were typed. */
export const settlementForm = z.strictObject({
  version,
  row: z.preprocess(
    oneOrMany,
    z.array(z.string().max(1000).transform(readJson).pipe(result)).min(1).max(1000),
  ),
});
