import { z } from 'zod';
import { chargeReasons } from '../kernel/charge.ts';
import { typedRows } from '../kernel/form-fields.ts';
import { trimDecimal } from '../kernel/money.ts';
import type { AgreementCharge } from './agreement-charges.ts';

const emptyOr = (schema: z.ZodType<string, string>) =>
  z
    .union([z.string().trim().length(0), schema])
    .transform((typed): string | null => (typed === '' ? null : trimDecimal(typed)))
    .default(null);
const amount = z
  .string()
  .trim()
  .regex(/^\d{1,12}(\.\d{1,4})?$/, { error: 'form.invalid-number', abort: true });
const percent = z
  .string()
  .trim()
  .regex(/^\d{1,3}(\.\d{1,4})?$/, { error: 'form.invalid-number', abort: true })
  .refine((typed) => Number(typed) <= 100, 'form.invalid-number');

/** A row without a figure is none; one with both says two things. */
const chargeForm = z
  .strictObject({
    reason: z.enum(chargeReasons, 'form.invalid-choice'),
    percent: emptyOr(percent),
    amount: emptyOr(amount),
    below: emptyOr(amount),
  })
  .refine((row) => row.percent === null || row.amount === null, {
    error: 'order-charges.percent-or-amount',
    path: ['amount'],
  });

export const agreementChargeRows = z
  .preprocess(
    (rows) => (typeof rows === 'object' && rows !== null ? Object.values(rows) : rows),
    z.array(chargeForm).max(22),
  )
  .transform((rows): AgreementCharge[] => rows.filter((row) => row.percent !== null || row.amount !== null));

export type ChargeFields = Readonly<Record<'reason' | 'percent' | 'amount' | 'below', string>>;
const EMPTY: ChargeFields = { reason: 'freight', percent: '', amount: '', below: '' };

/** The rows of the form: what was typed, else what is agreed; then an empty one. */
export const chargeFields = (typed: unknown, stored: readonly AgreementCharge[]): ChargeFields[] => {
  const rows =
    typed === undefined
      ? stored.map((charge) => ({
          reason: charge.reason,
          percent: charge.percent ?? '',
          amount: charge.amount ?? '',
          below: charge.below ?? '',
        }))
      : typedRows(Array.isArray(typed) ? typed : [], EMPTY);
  return rows.some((row) => row.percent === '' && row.amount === '') ? rows : [...rows, EMPTY];
};
