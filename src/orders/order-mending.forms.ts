import { z } from 'zod';
import { isDay } from '../kernel/time.ts';
import { chargeRows, emptyOr, percent } from './order-charges.forms.ts';

// PostgreSQL cannot store the NUL character.
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const filled = (max: number) => text(max).min(1, 'form.required');

/** What may be mended of a draft that follows an award or an agreement. */
export const mendingForm = z.strictObject({
  version: z.coerce.number().int().positive().max(1_000_000),
  title: filled(200),
  incotermPlace: text(200).default(''),
  deliveryAddress: text(500)
    .default('')
    .transform((typed) => (typed === '' ? null : typed.replaceAll('\r\n', '\n'))),
  taxRate: emptyOr(percent),
  charges: chargeRows.default([]),
  lines: z
    .array(
      z.strictObject({
        poLineId: z.uuid(),
        description: filled(500),
        dueOn: emptyOr(z.string().trim().refine(isDay, 'form.invalid-date')),
      }),
    )
    .min(1)
    .max(2000),
});
