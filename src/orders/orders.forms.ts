import { z } from 'zod';
import { isDay } from '../kernel/time.ts';
import { type OrderFilter, orderSorts } from './order-list.queries.ts';
import { orderStates } from './purchase-order.ts';

const day = z
  .string()
  .refine((value) => isDay(value))
  .nullable()
  .default(null)
  .catch(null);
const part = z.string().trim().min(1).max(100).nullable().default(null).catch(null);

/** The filters of a list's address: what makes no sense there is not asked for. */
export const orderListQuery = z.object({
  state: z.enum(orderStates).nullable().default(null).catch(null),
  supplier: part,
  from: day,
  to: day,
  search: part,
  sort: z.enum(orderSorts).default('newest').catch('newest'),
}) satisfies z.ZodType<OrderFilter>;

/** The filter as an address carries it, without what is not asked for. */
export const asQuery = (filter: OrderFilter): Record<string, string> =>
  Object.fromEntries(
    Object.entries(filter).filter(
      (entry): entry is [string, string] =>
        entry[1] !== null && !(entry[0] === 'sort' && entry[1] === 'newest'),
    ),
  );

export const acknowledgementForm = z.strictObject({
  version: z.coerce.number().int().positive().max(1_000_000),
  note: z.string().trim().max(2000).default(''),
});

export const discardForm = z.strictObject({ reason: z.string().trim().min(1, 'form.required').max(1000) });

const terms = z
  .string()
  .trim()
  .max(20_000)
  .default('')
  .refine((typed) => !typed.includes('\0'), 'form.invalid-value');

export const orderTermsForm = z.strictObject({
  version: z.coerce.number().int().min(0).max(1_000_000),
  textEn: terms,
  textZh: terms,
});
