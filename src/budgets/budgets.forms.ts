import { z } from 'zod';
import { oneOrMany, readJson } from '../platform/web/carried-values.ts';
import { overBudgetPolicies } from './budget.ts';

const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');

const amount = z
  .string()
  .trim()
  .regex(/^\d{1,14}(\.\d{1,4})?$/, 'form.invalid-number');
const owner = z
  .union([z.literal(''), z.uuid('form.invalid-choice')])
  .default('')
  .transform((typed) => (typed === '' ? null : typed));

const terms = {
  account: text(40).min(1, 'form.required'),
  plantCode: text(20).min(1, 'form.required'),
  year: z
    .string()
    .trim()
    .regex(/^2\d{3}$/, 'budgets.invalid-year')
    .transform(Number),
  amount,
  currency: z.string().regex(/^[A-Z]{3}$/, 'form.invalid-choice'),
  overBudget: z.enum(overBudgetPolicies, 'form.invalid-choice'),
  ownerId: owner,
};

/** A new budget. */
export const newBudgetForm = z.strictObject(terms);

/** A budget that is changed. */
export const budgetForm = z.strictObject({
  version: z.coerce.number().int().positive(),
  amount,
  overBudget: terms.overBudget,
  ownerId: owner,
  reason: text(1000).default(''),
});

const carried = z.strictObject({
  ...terms,
  year: z.number().int().min(2000).max(2999),
  ownerId: z.uuid().nullable(),
});

/** Budgets that were looked at in a preview; each is read again as if it were typed. */
export const importForm = z.strictObject({
  budget: z.preprocess(
    oneOrMany,
    z.array(z.string().max(1000).transform(readJson).pipe(carried)).min(1).max(2000),
  ),
});

/** What the list is filtered by; a filter that makes no sense is no filter. */
export const budgetFilter = z.object({
  q: text(100).catch(''),
  plant: z.string().max(20).min(1).nullable().catch(null),
  year: z
    .string()
    .regex(/^2\d{3}$/)
    .nullable()
    .catch(null),
});
