import { z } from 'zod';
import { readUnit } from '../catalog/index.ts';
import type { DecimalString } from '../kernel/money.ts';
import { trimDecimal } from '../kernel/money.ts';
import { type Week, weekNamed } from '../kernel/week.ts';
import { fewestWeeks, forecastLifecycle, mostLines, mostWeeks } from './forecast.ts';

const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    // PostgreSQL cannot store the NUL character.
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const filled = (max: number) => text(max).min(1, 'form.required');

const QUANTITY = /^\d{1,12}(\.\d{1,6})?$/;
const count = (least: number, most: number) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,3}$/, 'form.invalid-number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, 'forecast.weeks-out-of-range');
const week = z
  .string()
  .trim()
  .transform((typed, check): Week => {
    const read = weekNamed(typed);
    if (read !== null) return read;
    check.addIssue({ code: 'custom', message: 'forecast.no-such-week' });
    return z.NEVER;
  });

/** A line as somebody typed it: what is left empty is filled from the catalogue. */
export type TypedLine = {
  readonly itemCode: string;
  readonly description: string;
  readonly unit: string;
  readonly byWeek: ReadonlyMap<Week, DecimalString>;
};

const unit = text(30).transform((typed, check) => {
  const read = typed === '' ? '' : readUnit(typed)?.unit;
  if (read !== undefined) return read;
  check.addIssue({ code: 'custom', message: 'sourcing.unknown-unit' });
  return z.NEVER;
});

/** A field a week, under the week's name; a week that stands empty is nothing. */
const line = z
  .object({ itemCode: filled(60), description: text(500).default(''), unit: unit.default('') })
  .catchall(z.string().trim().max(30))
  .transform(({ itemCode, description, unit: code, ...weeks }, check): TypedLine => {
    const byWeek = new Map<Week, DecimalString>();
    for (const [name, typed] of Object.entries(weeks)) {
      const read = weekNamed(name);
      if (read === null) check.addIssue({ code: 'custom', message: 'form.unknown-field', path: [name] });
      else if (typed !== '' && !QUANTITY.test(typed))
        check.addIssue({ code: 'custom', message: 'forecast.no-quantity', path: [name] });
      else byWeek.set(read, typed === '' ? '0' : trimDecimal(typed));
    }
    return { itemCode, description, unit: code, byWeek };
  });

/** Rows of a grid in which nothing is typed are no lines. */
const isTyped = (row: unknown): boolean =>
  typeof row === 'object' &&
  row !== null &&
  Object.values(row).some((value) => typeof value === 'string' && value.trim() !== '');
export const typedRowsIn = (lines: unknown): unknown =>
  Array.isArray(lines)
    ? lines.filter(isTyped)
    : typeof lines === 'object' && lines !== null
      ? Object.values(lines).filter(isTyped)
      : lines;

export const newForecastForm = z.strictObject({
  supplierId: z.uuid('form.required'),
  plantCode: filled(20),
  categoryCode: filled(20),
});

export const draftForm = z.strictObject({
  revision: z.coerce.number().int().min(0).max(1_000_000),
  fromWeek: week,
  weeks: count(fewestWeeks, mostWeeks),
  firmWeeks: count(0, mostWeeks),
  tradeOffWeeks: count(0, mostWeeks),
  note: text(2000).default(''),
  next: z.enum(['save', 'publish', 'import']).default('save'),
  lines: z.preprocess(typedRowsIn, z.array(line).max(mostLines)).optional(),
});

export const revisionForm = z.strictObject({ revision: z.coerce.number().int().min(0).max(1_000_000) });
export const endingForm = z.strictObject({ reason: filled(1000) });

const commitLine = z
  .object({ lineId: z.uuid(), reason: text(1000).default(''), capacityNote: text(500).default('') })
  .catchall(z.string().trim().max(30))
  .transform(({ lineId, reason, capacityNote, ...weeks }, check) => {
    const quantities: (DecimalString | null)[] = [];
    for (const [name, typed] of Object.entries(weeks)) {
      const place = /^w(\d{1,2})$/.exec(name)?.[1];
      if (place === undefined || Number(place) >= mostWeeks)
        check.addIssue({ code: 'custom', message: 'form.unknown-field', path: [name] });
      else if (typed !== '' && !QUANTITY.test(typed))
        check.addIssue({ code: 'custom', message: 'forecast.no-quantity', path: [name] });
      else quantities[Number(place)] = typed === '' ? null : trimDecimal(typed);
    }
    return { lineId, reason, capacityNote, quantities };
  });

/** What the supplier typed, whole; `version` is that of the forecast it looked at. */
export const commitForm = z.strictObject({
  version: z.coerce.number().int().min(1).max(1_000_000),
  revision: z.coerce.number().int().min(0).max(1_000_000),
  note: text(2000).default(''),
  next: z.enum(['save', 'submit']).default('save'),
  /** Left out where there is no grid: what is stored stays. */
  lines: z.preprocess(
    (rows) => (typeof rows === 'object' && rows !== null ? Object.values(rows) : rows),
    z.array(commitLine).min(1).max(mostLines).optional(),
  ),
});
export const wholeCommitForm = z.strictObject({ version: z.coerce.number().int().min(1).max(1_000_000) });

const state = z.enum(forecastLifecycle.states);

/** A filter that makes no sense is no filter. */
export const forecastsQuery = z.object({
  q: text(100).catch(''),
  state: state.nullable().catch(null),
  plant: z.string().min(1).max(20).nullable().catch(null),
});
const versionNumber = z
  .string()
  .regex(/^\d{1,6}$/)
  .transform(Number)
  .nullable()
  .catch(null);
export const versionQuery = z.object({ version: versionNumber });
/** An item of no version is one that there is not. */
export const itemQuery = z
  .object({ item: z.string().max(60).catch(''), version: versionNumber })
  .transform(({ item, version }) => ({ itemCode: item, version }));

/** So many weeks before a forecast is looked at. */
export const accuracyWeeks = [1, 2, 4, 8, 12] as const;
export const accuracyQuery = z.object({
  weeks: z
    .string()
    .transform(Number)
    .refine((weeks) => accuracyWeeks.some((one) => one === weeks))
    .catch(4),
});

export const sheetForm = z.strictObject({ revision: z.coerce.number().int().min(0).max(1_000_000) });
