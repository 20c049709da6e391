import { z } from 'zod';
import { decisionForm } from '../approvals/index.ts';
import { readUnit } from '../catalog/index.ts';
import { incoterms } from '../kernel/incoterm.ts';
import { isCurrency, isZero, trimDecimal } from '../kernel/money.ts';
import { isDay } from '../kernel/time.ts';
import { oneOrMany, readJson } from '../platform/web/carried-values.ts';
import { agreementKinds, agreementLifecycle } from './agreement.ts';
import { agreementChargeRows } from './agreement-charges.forms.ts';
import { agreementSorts } from './agreement-list.queries.ts';
import { areRising } from './agreement-version.ts';
import { readFormula } from './price-formula.ts';
import { readTiers } from './price-scale.ts';

// PostgreSQL cannot store the NUL character.
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const filled = (max: number) => text(max).min(1, 'form.required');
const orNull = (typed: string): string | null => (typed === '' ? null : typed);
const emptyOr = <T extends z.ZodType<string, string>>(schema: T) =>
  z.union([z.string().trim().length(0), schema]).transform(orNull);

const decimal = z
  .string()
  .trim()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, { error: 'form.invalid-number', abort: true });
const positive = decimal.refine((typed) => !isZero(typed), 'form.must-be-positive');
const amount = z
  .string()
  .trim()
  .regex(/^\d{1,14}(\.\d{1,4})?$/, { error: 'form.invalid-number', abort: true })
  .refine((typed) => !isZero(typed), 'form.must-be-positive');
const day = z.string().trim().refine(isDay, 'form.invalid-date');
const days = (most: number) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,3}$/, 'agreements.invalid-days')
    .transform(Number)
    .refine((typed) => typed <= most, 'agreements.invalid-days');

const unit = filled(30).transform((typed, check) => {
  const read = readUnit(typed);
  if (read !== null) return read.unit;
  check.addIssue({ code: 'custom', message: 'sourcing.unknown-unit' });
  return z.NEVER;
});

const lineForm = z
  .strictObject({
    lineNo: z
      .union([z.literal(''), z.coerce.number().int().positive().max(1_000_000)])
      .default('')
      .transform((typed) => (typed === '' ? null : typed)),
    itemCode: text(60).default('').transform(orNull),
    description: filled(500),
    unit,
    unitPrice: positive,
    // `100: 11.80; 500: 10.90`
    scale: text(500).default(''),
    priceBaseQuantity: emptyOr(positive).default(null),
    quantityLimit: emptyOr(positive).default(null),
    validFrom: emptyOr(day).default(null),
    validUntil: emptyOr(day).default(null),
    // `P0 * (0.4 + 0.6 * ALU / ALU0)`
    formula: text(200)
      .refine((typed) => typed === '' || readFormula(typed) !== null, 'agreements.invalid-formula')
      .default('')
      .transform(orNull),
  })
  .transform(({ unitPrice, scale, priceBaseQuantity, ...line }, check) => {
    const steps = readTiers(scale);
    const tiers = [{ fromQuantity: '0', unitPrice: trimDecimal(unitPrice) }, ...(steps ?? [])];
    if (steps === null || !areRising(tiers))
      check.addIssue({ code: 'custom', path: ['scale'], message: 'agreements.invalid-scale' });
    return { ...line, priceBaseQuantity: trimDecimal(priceBaseQuantity ?? '1'), tiers };
  });

const terms = {
  kind: z.enum(agreementKinds, 'form.invalid-choice'),
  title: filled(200),
  categoryCode: filled(20),
  plantCodes: z.preprocess(oneOrMany, z.array(z.string().max(20)).min(1, 'form.required').max(200)),
  currency: z.string().refine(isCurrency, 'form.invalid-choice'),
  incoterm: z.enum(incoterms, 'form.invalid-choice'),
  incotermPlace: text(200).default(''),
  paymentTermsDays: days(365),
  validFrom: day,
  validUntil: day,
  noticeDays: days(730),
  valueLimit: emptyOr(amount).default(null),
  clauses: text(20_000).default(''),
  charges: agreementChargeRows.default([]),
  lines: z.array(lineForm).max(500).default([]),
  next: z.enum(['save', 'submit']).default('save'),
};

const inOrder = (form: { validFrom: string; validUntil: string }): boolean =>
  !isDay(form.validFrom) || !isDay(form.validUntil) || form.validFrom <= form.validUntil;
const endsFirst = { path: ['validUntil'], message: 'agreement.ends-before-it-begins' };

/** A new agreement. */
export const newAgreementForm = z
  .strictObject({ ...terms, supplierId: z.uuid('form.invalid-choice') })
  .refine(inOrder, endsFirst);

/** A version that is being written; long lists of prices are kept by spreadsheet and stay as they are here. */
export const agreementForm = z
  .strictObject({
    ...terms,
    rowVersion: z.coerce.number().int().positive(),
    keepsLines: z.literal('yes').optional(),
  })
  .refine(inOrder, endsFirst);

/** Price lines of a spreadsheet that was looked at: each is read again as if it were typed. */
export const importLinesForm = z.strictObject({
  rowVersion: z.coerce.number().int().positive(),
  line: z.preprocess(
    oneOrMany,
    z.array(z.string().max(4000).transform(readJson).pipe(lineForm)).min(1).max(2000),
  ),
});

type TypedLine = Readonly<Record<string, unknown>>;
const isBlank = (line: TypedLine): boolean =>
  ['itemCode', 'description', 'unitPrice', 'scale', 'quantityLimit'].every((field) => {
    const typed = line[field];
    return typed === undefined || (typeof typed === 'string' && typed.trim() === '');
  });

/** The body with its lines in a row, without those in which nothing was typed. */
export function tidyLines(body: unknown): Record<string, unknown> {
  const { lines, ...rest } = (body ?? {}) as Record<string, unknown>;
  const rows = typeof lines === 'object' && lines !== null ? Object.values(lines) : [];
  const typed = rows.filter((row): row is TypedLine => typeof row === 'object' && row !== null);
  return { ...rest, lines: typed.filter((row) => !isBlank(row)) };
}

/** An act on the version that was on the screen. */
export const versionForm = z.strictObject({ rowVersion: z.coerce.number().int().positive() });

/** Handing a version back, with why. */
export const returnForm = z.strictObject({
  version: z.coerce.number().int().positive(),
  reason: filled(1000),
});

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'form.invalid-value');

/** A decision on the text that was read. */
export const textDecisionForm = z.strictObject({ ...decisionForm.shape, sha256 });

/** Signing the text that was read. */
export const signatureForm = z.strictObject({
  sha256,
  isAgreed: z.literal('yes', 'agreements.agree-first'),
});

/** Not signing it. */
export const refusalForm = z.strictObject({ version: sha256, reason: filled(1000) });

/** Why there is to be another version. */
export const startForm = z.strictObject({ reason: filled(1000) });

/** An act that says everything by its address. */
export const emptyForm = z.strictObject({});

export const noticeForm = z.strictObject({ endsOn: day, reason: filled(1000) });

/** What the list is filtered by; a filter that makes no sense is no filter. */
export const agreementFilter = z.object({
  q: text(100).catch(''),
  state: z.enum(agreementLifecycle.states).nullable().catch(null),
  kind: z.enum(agreementKinds).nullable().catch(null),
  category: z.string().max(20).min(1).nullable().catch(null),
  plant: z.string().max(20).min(1).nullable().catch(null),
  sort: z.enum(agreementSorts).catch('newest'),
});

/** A new index. */
export const indexForm = z.strictObject({
  code: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z_]{2,19}$/, 'agreements.invalid-index-code'),
  nameEn: filled(200),
  nameZh: filled(200),
  source: filled(200),
});

/** What an index was in a month. */
export const indexValueForm = z.strictObject({
  indexCode: z.string().max(19),
  month: z
    .string()
    .trim()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'agreements.invalid-month'),
  value: positive,
  source: text(200).default(''),
  publishedOn: emptyOr(day).default(null),
});

/** What the agreed prices are searched by. */
export const priceFilter = z.object({
  q: text(100).catch(''),
  plant: z.string().max(20).min(1).nullable().catch(null),
});
