import { z } from 'zod';
import { criterionKinds, priceFormulaNames } from './criterion.ts';
import {
  envelopes,
  type KnockOut,
  type NewRequirement,
  requirementKinds,
  type Scoring,
} from './requirement.ts';

const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const filled = (max: number) => text(max).min(1, 'form.required');
const number = z
  .string()
  .trim()
  .regex(/^-?\d{1,12}(\.\d{1,6})?$/, { error: 'form.invalid-number', abort: true });
const positive = z
  .string()
  .trim()
  .regex(/^\d{1,6}(\.\d{1,2})?$/, { error: 'form.invalid-number', abort: true });
const emptyOr = <T extends z.ZodType<string, string>>(schema: T) =>
  z
    .union([z.string().trim().length(0), schema])
    .transform((typed): string | null => (typed === '' ? null : typed))
    .default(null);
/** The lot it belongs to; nothing for all of them. */
const lotId = z
  .union([z.literal(''), z.uuid()])
  .default('')
  .transform((id) => (id === '' ? null : id));
const version = z.coerce.number().int().min(0);

const criterionRow = z
  .strictObject({
    id: z.union([z.literal(''), z.uuid()]).transform((id) => (id === '' ? null : id)),
    title: filled(200),
    kind: z.enum(criterionKinds, 'form.invalid-choice'),
    envelope: z.enum(envelopes, 'form.invalid-choice'),
    weight: positive,
    minimumScore: emptyOr(positive),
    formula: z.enum(priceFormulaNames, 'form.invalid-choice').default('lowest-over-price'),
    lotId,
  })
  .transform(({ formula, ...row }) => ({
    ...row,
    // Price has no envelope to choose, and nothing else a formula.
    envelope: row.kind === 'price' ? ('commercial' as const) : row.envelope,
    formula: row.kind === 'price' ? formula : null,
  }));

const isBlankRow = (row: unknown): boolean => {
  const { title, weight } = (row ?? {}) as { title?: unknown; weight?: unknown };
  return (title ?? '') === '' && (weight ?? '') === '';
};

/** Rows that nobody filled in are left out before anything is read, so that errors name the rows that are shown. */
export const tidyCriteria = (body: unknown): Record<string, unknown> => {
  const form = (body ?? {}) as Record<string, unknown>;
  const { criteria } = form;
  return Array.isArray(criteria) ? { ...form, criteria: criteria.filter((row) => !isBlankRow(row)) } : form;
};

export const criteriaForm = z.strictObject({
  version,
  showsWeights: z
    .literal('yes')
    .optional()
    .transform((typed) => typed === 'yes'),
  criteria: z.array(criterionRow).max(30).default([]),
});

const answerRow = z.strictObject({
  answer: text(200).default(''),
  points: emptyOr(positive),
  excludes: z.literal('yes').optional(),
});

const typedRequirement = z.strictObject({
  version,
  kind: z.enum(requirementKinds, 'form.invalid-choice'),
  envelope: z.enum(envelopes, 'form.invalid-choice'),
  prompt: filled(1000),
  help: text(2000).default(''),
  isRequired: z.literal('yes').optional(),
  answers: z.array(answerRow).max(60).default([]),
  minimum: emptyOr(number),
  maximum: emptyOr(number),
  unit: text(40).default(''),
  knockOutAtLeast: emptyOr(number),
  knockOutAtMost: emptyOr(number),
  lotId,
  criterionId: z
    .union([z.literal(''), z.uuid()])
    .default('')
    .transform((id) => (id === '' ? null : id)),
  worst: emptyOr(number),
  best: emptyOr(number),
  points: emptyOr(positive),
});
export type TypedRequirement = Omit<z.output<typeof typedRequirement>, 'version'>;

/** A question as its page sends it; what belongs to another kind is not on the page. */
export const requirementForm = typedRequirement.transform(({ version: seen, ...typed }) => ({
  version: seen,
  requirement: requirementOf(typed),
}));

/** What the page's fields say together. */
export function requirementOf(typed: TypedRequirement): NewRequirement {
  const answers = typed.answers.filter((row) => row.answer !== '');
  const isNumber = typed.kind === 'number';
  return {
    kind: typed.kind,
    envelope: typed.envelope,
    prompt: typed.prompt,
    help: typed.help,
    isRequired: typed.isRequired === 'yes',
    options: typed.kind === 'choice' ? answers.map((row) => row.answer) : [],
    minimum: isNumber ? typed.minimum : null,
    maximum: isNumber ? typed.maximum : null,
    unit: isNumber ? typed.unit : '',
    knockOut: knockOutOf(typed, answers),
    criterionId: typed.criterionId,
    lotId: typed.lotId,
    scoring: typed.criterionId === null ? null : scoringOf(typed, answers),
  };
}

type AnswerRows = TypedRequirement['answers'];

function knockOutOf(
  { kind, knockOutAtLeast, knockOutAtMost }: TypedRequirement,
  answers: AnswerRows,
): KnockOut | null {
  if (kind === 'number')
    return knockOutAtLeast === null && knockOutAtMost === null
      ? null
      : { by: 'range', atLeast: knockOutAtLeast, atMost: knockOutAtMost };
  if (answers.every((row) => row.excludes === undefined)) return null;
  return {
    by: 'answer',
    passes: answers.filter((row) => row.excludes === undefined).map((row) => row.answer),
  };
}

function scoringOf({ kind, worst, best, points }: TypedRequirement, answers: AnswerRows): Scoring | null {
  if (kind === 'yes_no' || kind === 'choice')
    return {
      by: 'answer',
      points: Object.fromEntries(answers.map((row) => [row.answer, row.points ?? '0'])),
    };
  if (points === null) return null;
  if (kind !== 'number') return { by: 'hand', points };
  return worst === null || best === null ? null : { by: 'line', worst, best, points };
}

export const requirementActForm = z.strictObject({ version });
export const copyForm = z.strictObject({ version, fromEventId: z.uuid('form.invalid-choice') });
export const newRequirementQuery = z.object({ kind: z.enum(requirementKinds).catch('yes_no') });

const carried = z
  .string()
  .max(20_000)
  .transform((line, check): unknown => {
    try {
      return JSON.parse(line);
    } catch {
      check.addIssue({ code: 'custom', message: 'form.invalid-value' });
      return z.NEVER;
    }
  });

/** A question as it went along in the page that showed what was read. */
const carriedRequirement = carried.pipe(
  z.strictObject({
    kind: z.enum(requirementKinds),
    envelope: z.enum(envelopes),
    prompt: filled(1000),
    help: text(2000),
    isRequired: z.boolean(),
    options: z.array(filled(200)).max(60),
    minimum: number.nullable(),
    maximum: number.nullable(),
    unit: text(40),
    knockOut: z
      .discriminatedUnion('by', [
        z.strictObject({ by: z.literal('answer'), passes: z.array(text(200)).max(60) }),
        z.strictObject({ by: z.literal('range'), atLeast: number.nullable(), atMost: number.nullable() }),
      ])
      .nullable(),
    criterionId: z.uuid().nullable(),
    lotId: z.uuid().nullable().default(null),
    scoring: z
      .discriminatedUnion('by', [
        z.strictObject({ by: z.literal('answer'), points: z.record(text(200), positive) }),
        z.strictObject({ by: z.literal('line'), worst: number, best: number, points: positive }),
        z.strictObject({ by: z.literal('hand'), points: positive }),
      ])
      .nullable(),
  }),
);

const oneOrMore = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]),
    z.array(schema).min(1, 'form.required').max(300),
  );

export const importRequirementsForm = z.strictObject({
  version,
  mode: z.enum(['add', 'replace']),
  question: oneOrMore(carriedRequirement),
});
