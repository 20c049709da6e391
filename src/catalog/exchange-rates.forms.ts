import { z } from 'zod';
import { isKnownCurrency, isPositive } from '../kernel/money.ts';
import { isDay } from '../kernel/time.ts';

const currency = z
  .string()
  .trim()
  .toUpperCase()
  .refine((code) => isKnownCurrency(code), 'form.invalid-choice');
const isUnusualMeant = z
  .literal('yes')
  .optional()
  .transform((ticked) => ticked === 'yes');

export const rateForm = z
  .strictObject({
    fromCurrency: currency,
    toCurrency: currency,
    exchangeRate: z
      .string()
      .trim()
      .regex(/^\d{1,10}(\.\d{1,12})?$/, { error: 'form.invalid-number', abort: true })
      .refine((rate) => isPositive(rate), 'form.must-be-positive'),
    validOn: z.string().refine(isDay, 'form.invalid-value'),
    rateSource: z
      .string()
      .trim()
      .min(1, 'form.required')
      .max(200)
      .refine((text) => !text.includes('\0'), 'form.invalid-value'),
    isUnusualMeant,
  })
  .transform(({ isUnusualMeant: isMeant, exchangeRate: rate, rateSource: source, ...pair }) => ({
    rate: { ...pair, rate, source },
    isUnusualMeant: isMeant,
  }));

export const rateImportForm = z.strictObject({ isUnusualMeant });

/** A filter that makes no sense is no filter. */
export const ratesQuery = z.object({
  currency: currency.nullable().catch(null),
});
