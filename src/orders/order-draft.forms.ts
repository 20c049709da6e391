import { z } from 'zod';
import { readUnit } from '../catalog/index.ts';
import { typedRows } from '../kernel/form-fields.ts';
import { incoterms } from '../kernel/incoterm.ts';
import { isZero } from '../kernel/money.ts';
import { isDay } from '../kernel/time.ts';
import { oneOrMany } from '../platform/web/carried-values.ts';
import { takenQuantities } from '../requisitions/index.ts';
import { chargeRows, decimal, emptyOr, percent } from './order-charges.forms.ts';
import type { DraftLine } from './order-draft.ts';
import { paymentPlanForm, tidyPlan } from './payment-plan.forms.ts';

// PostgreSQL cannot store the NUL character.
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const filled = (max: number) => text(max).min(1, 'form.required');
const orNull = (typed: string): string | null => (typed === '' ? null : typed);
const day = emptyOr(z.string().trim().refine(isDay, 'form.invalid-date'));

const unit = filled(30).transform((typed, check) => {
  const read = readUnit(typed);
  if (read !== null) return read.unit;
  check.addIssue({ code: 'custom', message: 'sourcing.unknown-unit' });
  return z.NEVER;
});

/** Requisition lines of a line, as the form carries them. */
const sources = z
  .string()
  .max(8_000)
  .default('')
  .transform((typed) => typed.split(',').filter((id) => id !== ''))
  .pipe(z.array(z.uuid()).max(200));

const lineForm = z
  .strictObject({
    itemCode: text(60).default('').transform(orNull),
    description: filled(500),
    quantity: decimal.refine((typed) => !isZero(typed), 'form.must-be-positive'),
    unit,
    unitPrice: decimal,
    dueOn: day,
    discount: emptyOr(percent),
    taxRate: emptyOr(percent),
    sources,
  })
  .transform(
    ({ discount, sources: requisitionLineIds, ...line }): DraftLine => ({
      ...line,
      requisitionLineIds,
      priceBaseQuantity: '1',
      charges: discount === null ? [] : [{ reason: 'discount', percent: discount, amount: null }],
    }),
  );

const terms = {
  supplierId: z.uuid('form.required'),
  title: filled(200),
  plantCode: filled(20),
  categoryCode: filled(20),
  currency: z.string().regex(/^[A-Z]{3}$/, 'form.invalid-choice'),
  incoterm: z.enum(incoterms, 'form.invalid-choice'),
  incotermPlace: text(200).default(''),
  paymentTermsDays: z
    .string()
    .trim()
    .regex(/^\d{1,3}$/, 'form.invalid-number')
    .transform(Number),
  taxRate: emptyOr(percent),
  charges: chargeRows.default([]),
  plan: paymentPlanForm,
  reason: text(1000).default(''),
  lines: z.array(lineForm).max(300).default([]),
  next: z.enum(['save', 'submit']).default('save'),
};
export const newOrderForm = z.strictObject(terms);
export const reviseOrderForm = z.strictObject({
  ...terms,
  version: z.coerce.number().int().positive().max(1_000_000),
});

const LINE_FIELDS = [
  'itemCode',
  'description',
  'quantity',
  'unit',
  'unitPrice',
  'dueOn',
  'discount',
  'taxRate',
  'sources',
] as const;
export type OrderLineFields = Readonly<Record<(typeof LINE_FIELDS)[number], string>>;

type Typed = Readonly<Record<string, unknown>>;
const isBlank = (line: Typed): boolean =>
  ['itemCode', 'description', 'quantity', 'unitPrice', 'sources'].every(
    (field) => typeof line[field] !== 'string' || line[field].trim() === '',
  );

/** The body with its lines and charges in rows, without lines in which nothing was typed. */
export function tidyOrder(body: unknown): Record<string, unknown> {
  const { lines, charges, plan, ...rest } = (body ?? {}) as Record<string, unknown>;
  const rows = (value: unknown): Typed[] =>
    Object.values(typeof value === 'object' && value !== null ? value : {}).filter(
      (row): row is Typed => typeof row === 'object' && row !== null,
    );
  return {
    ...rest,
    lines: rows(lines).filter((row) => !isBlank(row)),
    charges: rows(charges),
    plan: tidyPlan(plan),
  };
}

export const emptyLine: OrderLineFields = {
  itemCode: '',
  description: '',
  quantity: '',
  unit: '',
  unitPrice: '',
  dueOn: '',
  discount: '',
  taxRate: '',
  sources: '',
};

/** The rows as somebody typed them, to be shown again. */
export const typedLines = (typed: unknown): OrderLineFields[] => typedRows(typed, emptyLine);

/** `?line=…`: requisition lines to begin with; what is none of them is not asked for. */
export const startQuery = z.object({
  line: z.preprocess(oneOrMany, z.array(z.uuid()).max(150)).default([]).catch([]),
  quantity: takenQuantities.catch({}),
});
export const startForm = z.strictObject({
  line: z.preprocess(oneOrMany, z.array(z.uuid()).max(150, 'order-drafts.too-many-lines')),
  title: text(200).default(''),
  quantity: takenQuantities,
});
