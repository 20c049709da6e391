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
    kind: z.enum(costKinds, 'form.invalid-choice'),
    figure: decimal(/^\d{1,14}(\.\d{1,4})?$/),
    unit: z.union([z.literal('%'), z.string().refine(isKnownCurrency, 'form.invalid-choice')]),
    lotId: z.union([z.literal(''), z.uuid()]).default(''),
    lineNo: z
      .string()
      .trim()
      .regex(/^\d{0,6}$/, 'form.invalid-number')
      .default(''),
    reason,
  })
  .superRefine((form, issues) => {
    if (form.lotId !== '' && form.lineNo !== '')
      issues.addIssue({ code: 'custom', path: ['lineNo'], message: 'cost_adjustment.lot-or-line' });
    if (form.unit === '%' && Number.parseInt(form.figure, 10) > 1000)
      issues.addIssue({ code: 'custom', path: ['figure'], message: 'form.invalid-number' });
  });

/** What was entered; the line by its number, which the caller turns into the line. */
export const adjustmentOf = (
  form: z.infer<typeof adjustmentForm>,
): Omit<CostAdjustment, 'eventItemId'> & { readonly lineNo: number | null } => ({
  kind: form.kind,
  lotId: form.lotId === '' ? null : form.lotId,
  lineNo: form.lineNo === '' ? null : Number(form.lineNo),
  percent: form.unit === '%' ? form.figure : null,
  amount: form.unit === '%' ? null : form.figure,
  currency: form.unit === '%' ? null : form.unit,
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
