import { z } from 'zod';
import { isZero } from '../../kernel/money.ts';
import { readTax } from '../../kernel/tax.ts';
import { isDay } from '../../kernel/time.ts';

// PostgreSQL cannot store the NUL character.
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const day = z.string().refine((value) => isDay(value), 'form.invalid-date');

/** Which instalment, as it was seen: `1:2` is milestone 1 in its second version. */
const seen = z
  .string()
  .regex(/^\d{1,2}:\d{1,6}$/, 'form.invalid-choice')
  .transform((typed) => {
    const [no, version] = typed.split(':');
    return { no: Number(no), version: Number(version) };
  });

export const askingForm = z.strictObject({ instalment: seen, note: text(1000).default('') });
export const confirmationForm = z.strictObject({ instalment: seen, reachedOn: day });
export const decliningForm = z.strictObject({ instalment: seen, reason: text(1000).min(1, 'form.required') });

export const instalmentInvoiceForm = z.strictObject({
  instalment: seen,
  supplierNumber: text(60).min(1, 'form.required'),
  issuedOn: day,
  netAmount: z
    .string()
    .trim()
    .regex(/^\d{1,12}(\.\d{1,4})?$/, { error: 'form.invalid-number', abort: true })
    .refine((typed) => !isZero(typed), 'form.must-be-positive'),
  tax: z.string().transform((typed, check) => {
    const tax = readTax(typed);
    if (tax !== null) return tax;
    check.addIssue({ code: 'custom', message: 'form.invalid-choice' });
    return z.NEVER;
  }),
});
