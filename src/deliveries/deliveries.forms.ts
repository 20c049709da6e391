import { z } from 'zod';
import { isDay } from '../kernel/time.ts';
import { type DeliveryFilter, deliveryShows, type ReceiptFilter } from './delivery-list.queries.ts';

// PostgreSQL cannot store the NUL character.
export const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
export const day = z.string().trim().min(1, 'form.required').refine(isDay, 'form.invalid-date');

/** At most 14 digits and 6 decimals, as the columns hold; an empty field is none of it. */
export const quantity = z
  .string()
  .trim()
  .regex(/^(\d{1,14}(\.\d{1,6})?)?$/, 'form.invalid-number')
  .transform((typed) => (typed === '' ? '0' : typed));

const eachOnce = (rows: readonly { poLineId: string }[]): boolean =>
  new Set(rows.map((row) => row.poLineId)).size === rows.length;

/** A delivery as its supplier announces it; files come beside it. */
export const announcementForm = z.strictObject({
  idempotencyKey: z.uuid(),
  despatchedOn: day,
  expectedOn: day,
  carrier: text(200).default(''),
  trackingNumber: text(200).default(''),
  note: text(2000).default(''),
  siteId: z
    .union([z.uuid(), z.literal('')])
    .default('')
    .transform((id) => (id === '' ? null : id)),
  lines: z
    .array(z.strictObject({ poLineId: z.uuid(), quantity }))
    .max(2000)
    .refine(eachOnce, 'form.invalid-value')
    .default([]),
});

export const cancellationForm = z.strictObject({ reason: text(1000).min(1, 'form.required') });

/** What a receiver counted, with a reason where less came than was announced. */
export const receiptForm = z.strictObject({
  idempotencyKey: z.uuid(),
  receivedOn: day,
  note: text(2000).default(''),
  lines: z
    .array(
      z.strictObject({
        poLineId: z.uuid(),
        quantity,
        shortfallReason: text(1000).default(''),
        rejectedQuantity: quantity.default('0'),
        rejectionReason: text(1000).default(''),
        defectCount: z
          .string()
          .trim()
          .regex(/^\d{0,5}$/, 'form.invalid-number')
          .transform((typed) => (typed === '' ? null : Number(typed)))
          .default(null),
      }),
    )
    .max(2000)
    .refine(eachOnce, 'form.invalid-value')
    .default([]),
});

const part = z.string().trim().min(1).max(100).nullable().default(null).catch(null);

/** The filters of a list's address: what makes no sense there is not asked for. */
export const deliveryListQuery = z.object({
  show: z.enum(deliveryShows).default('expected').catch('expected'),
  search: part,
}) satisfies z.ZodType<DeliveryFilter>;
export const receiptListQuery = z.object({ search: part }) satisfies z.ZodType<ReceiptFilter>;

/** Which pallets and parcels came, `?came=1&unit=2&unit=3`; null where nobody says. */
export const unitsQuery = z
  .looseObject({ came: z.literal('1').optional().catch(undefined), unit: z.unknown().optional() })
  .transform(({ came, unit }) =>
    came === undefined ? null : [unit ?? []].flat().map(Number).filter(Number.isSafeInteger),
  );
