import { z } from 'zod';
import { isDay } from '../kernel/time.ts';
import { oneOrMany, readJson } from '../platform/web/carried-values.ts';
import type { ProposalKind } from './change-order.ts';
import { chargeRows, emptyOr, percent } from './order-charges.forms.ts';
import { type LineResponseCode, lineResponseCodes } from './order-response.ts';

const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    // PostgreSQL cannot store the NUL character.
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const version = z.coerce.number().int().positive().max(1_000_000);

/** At most 14 digits and 6 decimals, as the columns hold; an empty field is none of it. */
const quantity = z
  .string()
  .trim()
  .regex(/^(\d{1,14}(\.\d{1,6})?)?$/, 'form.invalid-number')
  .transform((typed) => (typed === '' ? '0' : typed));
const price = z
  .string()
  .trim()
  .regex(/^(\d{1,12}(\.\d{1,6})?)?$/, 'form.invalid-number')
  .transform((typed) => (typed === '' ? null : typed))
  .nullable()
  .default(null);
const day = z
  .string()
  .trim()
  .refine((typed) => typed === '' || isDay(typed), 'form.invalid-date')
  .transform((typed) => (typed === '' ? null : typed));

/** Empty rows of the form are no deliveries. */
const deliveries = z
  .array(z.strictObject({ quantity, dueOn: day }))
  .max(50)
  .default([])
  .transform((rows) => rows.filter((row) => Number(row.quantity) > 0));

/** What a supplier chooses from for a line. */
export const lineAnswers = ['5', '3', 'back-order', 'substitute', '7'] as const;
const MEANING: Readonly<
  Record<(typeof lineAnswers)[number], { code: LineResponseCode; proposal?: ProposalKind }>
> = {
  '5': { code: '5' },
  '3': { code: '3', proposal: 'terms' },
  'back-order': { code: '3', proposal: 'back_order' },
  substitute: { code: '3', proposal: 'substitute' },
  '7': { code: '7' },
};

export const responseForm = z.strictObject({
  version,
  note: text(2000).default(''),
  charges: chargeRows.default([]),
  chargesReason: text(1000).default(''),
  lines: z
    .array(
      z
        .strictObject({
          poLineId: z.uuid(),
          code: z.enum(lineAnswers),
          reason: text(1000).default(''),
          unitPrice: price,
          deliveries,
          itemCode: text(40).default(''),
          itemDescription: text(500).default(''),
        })
        .transform(({ code, itemCode, itemDescription, ...line }) => ({
          ...line,
          ...MEANING[code],
          item:
            code === 'substitute'
              ? { code: itemCode === '' ? null : itemCode, description: itemDescription }
              : null,
        })),
    )
    .min(1)
    .max(2000),
});

/** What the form does not have stays as it is; an empty rate is none. */
const rate = emptyOr(percent).removeDefault().optional();
const orderTerms = { charges: chargeRows.optional(), taxRate: rate };

export const changeForm = z.strictObject({
  version,
  reason: text(1000).min(1, 'form.required'),
  ...orderTerms,
  lines: z
    .array(
      z.strictObject({ poLineId: z.uuid(), unitPrice: price, deliveries, discount: rate, taxRate: rate }),
    )
    .min(1)
    .max(2000),
});

export const counterForm = z.strictObject({
  version,
  reason: text(1000).min(1, 'form.required'),
  ...orderTerms,
  // None where the proposal is about the order as a whole.
  lines: z
    .array(
      z.strictObject({
        poLineId: z.uuid(),
        unitPrice: price,
        deliveries,
        discount: rate,
        taxRate: rate,
        keepsItem: z
          .literal('on')
          .optional()
          .transform((ticked) => ticked === 'on'),
      }),
    )
    .max(2000)
    .default([]),
});

export const turnForm = z.strictObject({ version });
export const reasonForm = z.strictObject({ version, reason: text(1000).min(1, 'form.required') });

/** Which two versions are compared; what makes no sense is not asked for. */
export const differenceQuery = z.object({
  from: version.nullable().default(null).catch(null),
  to: version.nullable().default(null).catch(null),
});

/** An order's answer as the preview of a spreadsheet carries it, read as if it were typed. */
const carriedAnswer = z.strictObject({
  orderId: z.uuid(),
  reference: text(60),
  version,
  lines: z
    .array(
      z.strictObject({
        poLineId: z.uuid(),
        lineNo: z.number().int(),
        code: z.enum(lineResponseCodes),
        reason: text(1000),
        unitPrice: z.null(),
        deliveries: z.array(z.strictObject({ quantity, dueOn: day.nullable() })).max(200),
      }),
    )
    .min(1)
    .max(2000),
});

export const sheetAnswersForm = z.strictObject({
  answer: z.preprocess(
    oneOrMany,
    z
      .array(z.string().max(1_000_000).transform(readJson).pipe(carriedAnswer))
      .min(1, 'form.required')
      .max(500),
  ),
  /** How many lines of the file were wrong, and whether the right ones are meant to be sent without them. */
  wrongCount: z.coerce.number().int().min(0).max(100_000).default(0),
  withoutWrong: z.literal('on').optional(),
});
