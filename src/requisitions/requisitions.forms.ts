import { z } from 'zod';
import { readUnit } from '../catalog/index.ts';
import { invalid } from '../kernel/errors.ts';
import { isZero } from '../kernel/money.ts';
import { isDay } from '../kernel/time.ts';
import { oneOrMany, readJson } from '../platform/web/carried-values.ts';
import type { Taking } from './parts.ts';
import { type NewRequisitionLine, requisitionLifecycle } from './requisition.ts';
import { requisitionSorts } from './requisition-list.queries.ts';

// PostgreSQL cannot store the NUL character.
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const filled = (max: number) => text(max).min(1, 'form.required');
const orNull = (typed: string): string | null => (typed === '' ? null : typed);

const decimal = z
  .string()
  .trim()
  .regex(/^\d{1,14}(\.\d{1,6})?$/, { error: 'form.invalid-number', abort: true });
const emptyOr = <T extends z.ZodType<string, string>>(schema: T) =>
  z.union([z.string().trim().length(0), schema]).transform(orNull);

const unit = filled(30).transform((typed, check) => {
  const read = readUnit(typed);
  if (read !== null) return read;
  check.addIssue({ code: 'custom', message: 'sourcing.unknown-unit' });
  return z.NEVER;
});

const lineFields = {
  itemCode: text(60).default('').transform(orNull),
  description: filled(500),
  quantity: decimal.refine((typed) => !isZero(typed), 'form.must-be-positive'),
  unit,
  plantCode: text(20).default(''),
  needByOn: emptyOr(z.string().trim().refine(isDay, 'form.invalid-date')).default(null),
  account: text(40).default('').transform(orNull),
  estimatedPrice: emptyOr(decimal).default(null),
};

/** One line as it is typed, as it was read from a spreadsheet, or as a system sends it. */
export const lineForm = z
  .strictObject(lineFields)
  .transform(({ unit: read, ...line }): NewRequisitionLine => ({ ...line, ...read }));

const terms = {
  // Says that the lines came along: a form without them leaves the lines as they are.
  hasLines: z.literal('yes').optional(),
  title: filled(200),
  note: text(10_000).default(''),
  categoryCode: filled(20),
  plantCode: filled(20),
  currency: z.string().regex(/^[A-Z]{3}$/, 'form.invalid-choice'),
  // For lines that name none of their own.
  account: text(40).default(''),
  needByOn: emptyOr(z.string().trim().refine(isDay, 'form.invalid-date')).default(null),
  lines: z.array(lineForm).max(2000).default([]),
  next: z.enum(['save', 'submit', 'import']).default('save'),
};

type Typed = {
  readonly plantCode: string;
  readonly account: string;
  readonly needByOn: string | null;
  readonly lines: readonly NewRequisitionLine[];
};

/** What is said once for all counts for the lines that say nothing else. */
const fillIn = <T extends Typed>({ account, needByOn, ...typed }: T) => ({
  ...typed,
  lines: typed.lines.map(
    (line): NewRequisitionLine => ({
      ...line,
      plantCode: line.plantCode === '' ? typed.plantCode : line.plantCode,
      account: line.account ?? orNull(account),
      needByOn: line.needByOn ?? needByOn,
    }),
  ),
});

/** A new requisition. */
export const newRequisitionForm = z.strictObject(terms).transform(fillIn);

/** A draft that is changed; without `hasLines` its lines stay. */
export const reviseRequisitionForm = z
  .strictObject({ ...terms, version: z.coerce.number().int().positive() })
  .transform(fillIn);

type TypedLine = Readonly<Record<string, unknown>>;
const isBlank = (line: TypedLine): boolean =>
  ['itemCode', 'description', 'quantity', 'estimatedPrice'].every((field) => {
    const typed = line[field];
    return typed === undefined || (typeof typed === 'string' && typed.trim() === '');
  });

/** The body with its lines in a row, without those in which nothing was typed. */
export function tidyLines(body: unknown): Record<string, unknown> {
  const { lines, ...rest } = (body ?? {}) as Record<string, unknown>;
  if (lines === undefined) return rest;
  const rows = typeof lines === 'object' && lines !== null ? Object.values(lines) : [];
  const typed = rows.filter((row): row is TypedLine => typeof row === 'object' && row !== null);
  return { ...rest, lines: typed.filter((row) => !isBlank(row)) };
}

/** Why a requisition is ended. */
export const reasonForm = z.strictObject({ reason: filled(1000) });

/** Lines that were looked at in a preview; each is a line's JSON, read again as if it were typed. */
export const importForm = z.strictObject({
  version: z.coerce.number().int().positive(),
  mode: z.enum(['add', 'replace'], 'form.invalid-choice'),
  line: z.preprocess(
    oneOrMany,
    z.array(z.string().max(4000).transform(readJson).pipe(lineForm)).min(1).max(2000),
  ),
});

/** What the list is filtered by; a filter that makes no sense is no filter. */
export const requisitionFilter = z.object({
  q: text(100).catch(''),
  state: z.enum(requisitionLifecycle.states).nullable().catch(null),
  category: z.string().max(20).min(1).nullable().catch(null),
  plant: z.string().max(20).min(1).nullable().catch(null),
  mine: z.literal('yes').nullable().catch(null),
  sort: z.enum(requisitionSorts).catch('newest'),
});
export type RequisitionFilter = z.infer<typeof requisitionFilter>;

/** How much of each line somebody wants, by its id; what was not typed is all of it. */
export const takenQuantities = z.record(z.uuid(), z.string().trim().max(30)).default({});

/** What was typed for the lines that are ticked. @throws AppError `form.invalid` at the field */
export function takingsOf(
  lineIds: readonly string[],
  quantities: Readonly<Record<string, string>>,
): Taking[] {
  const typed = lineIds.flatMap((lineId) => {
    const quantity = quantities[lineId];
    return quantity === undefined || quantity === '' ? [] : [{ lineId, quantity }];
  });
  const wrong = typed.filter(({ quantity }) => !/^\d{1,12}(\.\d{1,6})?$/.test(quantity));
  if (wrong.length > 0)
    throw invalid(
      'form.invalid',
      'The form has errors',
      wrong.map(({ lineId }) => ({
        path: `quantity.${lineId}`,
        code: 'form.invalid-number',
        message: 'Enter a number.',
      })),
    );
  return typed;
}
