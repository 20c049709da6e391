import { z } from 'zod';
import { oneOrMany } from '../platform/web/carried-values.ts';
import { lineForm } from '../requisitions/index.ts';
import { integrationScopes } from './integration.ts';

const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const filled = (max: number) => text(max).min(1, 'form.required');

/** A requisition as a system sends it. Numbers are strings: a number of JSON is not exact. */
export const requisitionBody = z
  .strictObject({
    externalReference: filled(100),
    title: filled(200),
    note: text(10_000).default(''),
    categoryCode: filled(20),
    plantCode: filled(20),
    currency: z.string().regex(/^[A-Z]{3}$/, 'form.invalid-choice'),
    requesterEmail: z.email('form.invalid-value').max(254),
    submit: z.boolean().default(false),
    lines: z.array(lineForm).min(1).max(2000),
  })
  .transform(({ lines, ...body }) => ({
    ...body,
    lines: lines.map((line) => ({
      ...line,
      plantCode: line.plantCode === '' ? body.plantCode : line.plantCode,
    })),
  }));
export type RequisitionBody = z.infer<typeof requisitionBody>;

/** A key that the caller chose for this call. */
export const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/** A program that is to be let in. */
export const integrationForm = z.strictObject({
  name: filled(100),
  scope: z.preprocess(
    oneOrMany,
    z.array(z.enum(integrationScopes, 'form.invalid-choice')).min(1, 'form.required'),
  ),
});
