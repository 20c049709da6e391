import { z } from 'zod';
import { isDay } from '../kernel/time.ts';

const price = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/);
const leadTimeDays = z.int().min(0).max(3650).nullable();

/** What the sealed content says of a line beyond its price. */
export const lineContent = {
  /** The unit it is priced in where that is not the one asked: its price is for so many of it. */
  pricedIn: z
    .strictObject({
      unit: z.string().regex(/^[A-Z0-9]{2,3}$/),
      unitQuantity: z.string().regex(/^[1-9]\d{0,6}$/),
      reason: z.string().max(300),
    })
    .nullable()
    .default(null),
  capacity: price.nullable().default(null),
  tiers: z
    .array(z.strictObject({ quantity: z.string().regex(/^\d{1,14}(\.\d{1,6})?$/), unitPrice: price }))
    .max(20)
    .default([]),
};
/** And beyond its lines. */
export const offerContent = {
  validUntilOn: z.string().refine(isDay).nullable().default(null),
  alternates: z
    .array(
      z.strictObject({
        eventItemId: z.uuid(),
        description: z.string().min(1).max(1000),
        unitPrice: price,
        leadTimeDays,
      }),
    )
    .max(10_000)
    .default([]),
};
