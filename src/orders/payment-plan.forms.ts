import { z } from 'zod';
import { isZero } from '../kernel/money.ts';
import { isDay } from '../kernel/time.ts';
import { type Instalment, type PaymentPlan, planOrNone } from './payment-plan.ts';

const MOST_MILESTONES = 20;

const orNull = <T extends z.ZodType<string, string>>(schema: T) =>
  z
    .union([z.string().trim().length(0), schema])
    .transform((typed) => (typed === '' ? null : typed))
    .default(null);
const percent = orNull(
  z
    .string()
    .trim()
    .regex(/^\d{1,3}(\.\d{1,4})?$/, { error: 'form.invalid-number', abort: true })
    .refine((typed) => Number(typed) <= 100 && !isZero(typed), 'payment-plan.percent'),
);
const amount = orNull(
  z
    .string()
    .trim()
    .regex(/^\d{1,12}(\.\d{1,4})?$/, { error: 'form.invalid-number', abort: true })
    .refine((typed) => !isZero(typed), 'form.must-be-positive'),
);

type Share = { readonly percent: string | null; readonly amount: string | null };
const isOneOf = (row: Share): boolean => row.percent === null || row.amount === null;
const oneOf = { error: 'order-charges.percent-or-amount', path: ['amount'] };

const prepayment = z
  .strictObject({ percent, amount, guarantee: z.enum(['', 'yes']).default('') })
  .refine(isOneOf, oneOf)
  .default({ percent: null, amount: null, guarantee: '' });

const milestone = z
  .strictObject({
    name: z
      .string()
      .trim()
      .max(120)
      // PostgreSQL cannot store the NUL character.
      .refine((typed) => !typed.includes('\0'), 'form.invalid-value')
      .default(''),
    percent,
    amount,
    expectedOn: orNull(z.string().trim().refine(isDay, 'form.invalid-date')),
  })
  .refine(isOneOf, oneOf)
  .refine((row) => row.name !== '' || (row.percent === null && row.amount === null), {
    error: 'payment-plan.milestone-name',
    path: ['name'],
  })
  .refine((row) => row.name === '' || row.percent !== null || row.amount !== null, {
    error: 'payment-plan.milestone-share',
    path: ['percent'],
  });

const retention = z
  .strictObject({
    percent,
    after: orNull(
      z
        .string()
        .trim()
        .regex(/^\d{1,4}$/, 'form.invalid-number'),
    ),
    unit: z.enum(['days', 'months'], 'form.invalid-choice').default('days'),
  })
  .refine((typed) => typed.percent !== null || typed.after === null, {
    error: 'payment-plan.retention-percent',
    path: ['percent'],
  })
  .refine((typed) => typed.percent === null || Number(typed.percent) < 100, {
    error: 'payment-plan.percent',
    path: ['percent'],
  })
  .default({ percent: null, after: null, unit: 'days' });

/** The payment plan as a form has it; where nothing of it is filled in there is none. */
export const paymentPlanForm = z
  .strictObject({
    prepayment,
    milestones: z.array(milestone).max(MOST_MILESTONES, 'payment-plan.too-many').default([]),
    retention,
  })
  .default({
    prepayment: { percent: null, amount: null, guarantee: '' },
    milestones: [],
    retention: { percent: null, after: null, unit: 'days' },
  })
  .transform((typed): PaymentPlan | null => {
    const first: Instalment[] =
      typed.prepayment.percent === null && typed.prepayment.amount === null
        ? []
        : [
            {
              no: 0,
              kind: 'prepayment',
              name: '',
              percent: typed.prepayment.percent,
              amount: typed.prepayment.amount,
              expectedOn: null,
              needsGuarantee: typed.prepayment.guarantee === 'yes',
            },
          ];
    const milestones = typed.milestones
      .filter((row) => row.name !== '')
      .map((row, index): Instalment => ({ ...row, no: index + 1, kind: 'milestone', needsGuarantee: false }));
    const { percent: held, after, unit } = typed.retention;
    return planOrNone({
      instalments: [...first, ...milestones],
      retention:
        held === null
          ? null
          : { percent: held, releaseAfter: after === null ? null : Number(after), releaseUnit: unit },
    });
  });

/** The body's plan with its milestones in rows, blank ones left out: what a form without JavaScript sends. */
export function tidyPlan(plan: unknown): unknown {
  if (typeof plan !== 'object' || plan === null) return plan;
  const { milestones, ...rest } = plan as Record<string, unknown>;
  const rows = Object.values(typeof milestones === 'object' && milestones !== null ? milestones : {});
  return {
    ...rest,
    milestones: rows.filter(
      (row) =>
        typeof row === 'object' &&
        row !== null &&
        Object.values(row).some((value) => typeof value === 'string' && value.trim() !== ''),
    ),
  };
}
