import { z } from 'zod';
import { isPositive } from '../kernel/money.ts';
import type { Choice } from './allocation.ts';
import { awardLifecycle } from './award.ts';
import type { TypedRow } from './award-form.ts';
import { awardSorts } from './award-list.queries.ts';
import { comparisonSorts } from './comparison.queries.ts';
import { outcomes } from './outcome.store.ts';
import { offerOfKey } from './rank.ts';
import { percentOf } from './share.ts';

const quantity = z
  .string()
  .trim()
  .regex(/^\d{1,14}(\.\d{1,6})?$/, { error: 'form.invalid-number', abort: true })
  .refine((value) => isPositive(value), 'form.must-be-positive');

/** Nobody, a supplier for what was asked, or `<supplier>:<which of its alternates>`. */
const offered = z
  .string()
  .max(40)
  .refine((typed) => typed === '' || offerOfKey(typed) !== null, 'form.invalid-choice');

const formRow = z
  .strictObject({
    eventItemId: z.uuid(),
    supplierId: offered,
    quantity: z.string().max(40),
    reason: z.string().max(1000),
  })
  .superRefine((value, issues) => {
    if (value.supplierId === '' || percentOf(value.quantity) !== null) return;
    for (const issue of quantity.safeParse(value.quantity).error?.issues ?? [])
      issues.addIssue({ code: 'custom', path: ['quantity'], message: issue.message });
  });

/** A row without a supplier is a line, or a part of one, that stays open. */
export const proposalForm = z.strictObject({
  lines: z.array(formRow).max(20_000),
  justification: z.string().trim().max(4000),
  debrief: z.string().trim().max(4000),
  standstillDays: z
    .union([
      z.literal('').transform(() => undefined),
      z
        .string()
        .trim()
        .regex(/^\d{1,2}$/, { error: 'form.invalid-number', abort: true })
        .transform(Number)
        .refine((days) => days <= 60, 'form.invalid-number'),
    ])
    .optional(),
  /** Boxes that are not ticked are not sent; the hidden field says that there were boxes. */
  tells: z
    .strictObject({
      asked: z.literal('yes'),
      rank: z.literal('yes').optional(),
      distance: z.literal('yes').optional(),
      winners: z.literal('yes').optional(),
    })
    .transform(({ rank, distance, winners }) => ({
      rank: rank === 'yes',
      distance: distance === 'yes',
      winners: winners === 'yes',
    }))
    .optional(),
  /** Of a scenario, which stands in the same form. */
  name: z.string().trim().max(100).default(''),
});
export type ProposalForm = z.infer<typeof proposalForm>;

/** What is proposed; a row without a supplier proposes nothing. */
export const proposalOf = ({ lines, name: _scenario, standstillDays, tells, ...words }: ProposalForm) => ({
  lines: lines.flatMap((line, row): Choice[] =>
    line.supplierId === ''
      ? []
      : [{ ...line, ...offerOfKey(line.supplierId), quantity: line.quantity.trim(), row }],
  ),
  ...words,
  ...(standstillDays === undefined ? {} : { standstillDays }),
  ...(tells === undefined ? {} : { tells }),
});

const typed = z.string().max(1000).catch('');
const typedRows = z.object({
  lines: z
    .array(z.object({ eventItemId: typed, supplierId: typed, quantity: typed, reason: typed }))
    .max(20_000)
    .catch([]),
});
/** The rows as they were typed, to be shown again: nothing is refused here. */
export const rowsOfTyped = (body: unknown): TypedRow[] => typedRows.catch({ lines: [] }).parse(body).lines;

/** The row that the pressed button splits; null when another button was pressed. */
export const splitOf = (body: unknown): number | null =>
  z.object({ split: z.coerce.number().int().min(0) }).safeParse(body).data?.split ?? null;

const words = (most: number) => z.string().trim().min(1, 'form.required').max(most);

export const objectionForm = z.strictObject({ grounds: words(10_000) });
export const answerForm = z.strictObject({ answer: words(10_000) });
export const verdictForm = z.strictObject({
  verdict: z.enum(['reject', 'uphold'], 'form.invalid-choice'),
  decision: words(10_000),
});
/** What is withdrawn: empty is all that stands. */
export const withdrawalForm = z.strictObject({
  supplierId: z.union([z.literal('').transform(() => null), z.uuid()]).default(null),
  reason: words(4000),
  excludes: z.enum(['yes', 'no'], 'form.invalid-choice').transform((value) => value === 'yes'),
});
export const withdrawalDecisionForm = z.strictObject({
  verdict: z.enum(['confirm', 'refuse'], 'form.invalid-choice'),
  note: z.string().trim().max(4000).default(''),
});

export const approvalForm = z.strictObject({ comment: z.string().trim().max(2000).default('') });
/** What an award leads to. */
export const outcomeForm = z.strictObject({ outcome: z.enum(outcomes, 'form.invalid-choice') });

export const returnForm = z.strictObject({ reason: z.string().trim().min(1, 'form.required').max(2000) });

/** `?page=2&differences=yes`: what does not make sense is the first page of everything. */
export const comparisonQuery = z.object({
  page: z.coerce.number().int().min(1).max(1000).catch(1),
  bidders: z.coerce.number().int().min(1).max(1000).catch(1),
  differences: z.literal('yes').optional().catch(undefined),
  lot: z.uuid().nullable().catch(null),
  plant: z
    .string()
    .regex(/^[\w-]{1,20}$/)
    .nullable()
    .catch(null),
  sort: z.enum(comparisonSorts).catch('line'),
});

/** What the list of awards is filtered by; a filter that makes no sense is no filter. */
export const awardsQuery = z.object({
  q: z
    .string()
    .trim()
    .max(100)
    .refine((text) => !text.includes('\0'))
    .catch(''),
  state: z.enum(awardLifecycle.states).nullable().catch(null),
  sort: z.enum(awardSorts).catch('newest'),
});
export type AwardsQuery = z.infer<typeof awardsQuery>;

export const exportQuery = z.object({ format: z.enum(['xlsx', 'csv']).catch('xlsx') });

/** What the award form starts from: the first of each line, one supplier, a scenario, or the award that came back. */
export const startQuery = z.object({
  scenario: z.uuid().optional().catch(undefined),
  start: z
    .union([z.literal('lowest'), z.literal('returned'), z.uuid()])
    .optional()
    .catch(undefined),
});
