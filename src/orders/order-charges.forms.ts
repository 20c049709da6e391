import { z } from 'zod';
import { chargeReasons } from '../kernel/charge.ts';
import { newId } from '../kernel/id.ts';
import { billings, type Charge } from './order-charges.ts';

/** An amount, a price or a quantity, as forms of orders take it. */
export const decimal = z
  .string()
  .trim()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, { error: 'form.invalid-number', abort: true });
export const percent = z
  .string()
  .trim()
  .regex(/^\d{1,3}(\.\d{1,4})?$/, { error: 'form.invalid-number', abort: true })
  .refine((typed) => Number(typed) <= 100, 'form.invalid-number');
export const emptyOr = <T extends z.ZodType<string, string>>(schema: T) =>
  z
    .union([z.string().trim().length(0), schema])
    .transform((typed): string | null => (typed === '' ? null : typed))
    .default(null);

/** A row without a figure is none; one with both says two things. */
const chargeForm = z
  .strictObject({
    id: z.union([z.literal(''), z.uuid()]).default(''),
    billing: z.enum(billings, 'form.invalid-choice').default('spread'),
    reason: z.enum(chargeReasons, 'form.invalid-choice'),
    percent: emptyOr(percent),
    amount: emptyOr(decimal),
  })
  .refine((row) => row.percent === null || row.amount === null, {
    error: 'order-charges.percent-or-amount',
    path: ['amount'],
  });

/** The charges of an order as its forms have them, in rows. */
export const chargeRows = z
  // Many rows come as an object.
  .preprocess(
    (rows) => (typeof rows === 'object' && rows !== null ? Object.values(rows) : rows),
    z.array(chargeForm).max(22),
  )
  .transform((rows): Charge[] =>
    rows
      .filter((row) => row.percent !== null || row.amount !== null)
      .map(({ id, billing, ...charge }) =>
        billing === 'spread' ? charge : { ...charge, id: id === '' ? newId() : id },
      ),
  )
  .refine((charges) => {
    const ids = charges.flatMap(({ id }) => (id === undefined ? [] : [id]));
    return new Set(ids).size === ids.length;
  }, 'form.invalid-value');
