import { z } from 'zod';
import { incoterms } from '../kernel/incoterm.ts';
import { isKnownCurrency } from '../kernel/money.ts';
import { costKinds } from './buyer-costs.ts';
import type { CostAdjustment } from './landed.ts';

const reason = z
  .string()
  .trim()
  .min(1, 'form.required')
  .max(1000)
  .refine((text) => !text.includes('\0'), 'form.invalid-value');
const decimal = (pattern: RegExp) => z.string().trim().regex(pattern, 'form.invalid-number');

/** For the whole bid, a lot of it, or the line of a number; `unit` is `%` or a currency. */
export const adjustmentForm = z
  .strictObject({
    costKind: z.enum(costKinds, 'form.invalid-choice'),
    costFigure: decimal(/^\d{1,14}(\.\d{1,4})?$/),
    costUnit: z.union([z.literal('%'), z.string().refine(isKnownCurrency, 'form.invalid-choice')]),
    costLot: z.union([z.literal(''), z.uuid()]).default(''),
    costLine: z
      .string()
      .trim()
      .regex(/^\d{0,6}$/, 'form.invalid-number')
      .default(''),
    reason,
  })
  .superRefine((form, issues) => {
    if (form.costLot !== '' && form.costLine !== '')
      issues.addIssue({ code: 'custom', path: ['costLine'], message: 'cost_adjustment.lot-or-line' });
    if (form.costUnit === '%' && Number.parseInt(form.costFigure, 10) > 1000)
      issues.addIssue({ code: 'custom', path: ['costFigure'], message: 'form.invalid-number' });
  });

/** What was entered; the line by its number, which the caller turns into the line. */
export const adjustmentOf = (
  form: z.infer<typeof adjustmentForm>,
): Omit<CostAdjustment, 'eventItemId'> & { readonly lineNo: number | null } => ({
  kind: form.costKind,
  lotId: form.costLot === '' ? null : form.costLot,
  lineNo: form.costLine === '' ? null : Number(form.costLine),
  percent: form.costUnit === '%' ? form.costFigure : null,
  amount: form.costUnit === '%' ? null : form.costFigure,
  currency: form.costUnit === '%' ? null : form.costUnit,
  reason: form.reason,
});

export const bidTermsForm = z.strictObject({
  incoterm: z.enum(incoterms, 'form.invalid-choice'),
  incotermPlace: z.string().trim().max(200).default(''),
  paymentTermsDays: z.coerce
    .number('form.invalid-number')
    .int('form.invalid-number')
    .min(0, 'form.invalid-number')
    .max(365, 'form.invalid-number'),
  reason,
});
