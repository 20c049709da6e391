import { findPossibleApprovers } from '../approvals/index.ts';
import { record } from '../audit/index.ts';
import { listPlants } from '../catalog/index.ts';
import { conflict, found, invalid, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import * as store from './budget.store.ts';
import type { Budget, BudgetTerms } from './budget.ts';

/** @throws AppError `budget.not-found` */
export const findBudget = async (ctx: Ctx, id: string): Promise<Budget> =>
  found('budget', await store.findById(ctx.tx, { id, plants: placesOf(ctx.actor).plants }));

/** What is spoken for of a budget, the largest first. */
export const listCommitments = (ctx: Ctx, budgetId: string) => store.findCommitmentsOf(ctx.tx, budgetId);

/** What the form offers. */
export const budgetChoices = async (ctx: Ctx) => ({
  plants: await listPlants(ctx),
  owners: await findPossibleApprovers(ctx),
});

/**
 * Says what may be spent. Gives the budget's id.
 * @throws AppError `budget.there-already`, `budget.needs-an-owner`, `form.invalid`
 */
export async function createBudget(ctx: Ctx, terms: BudgetTerms): Promise<string> {
  await assertSensible(ctx, terms);
  const id = newId();
  if (!(await store.insertBudget(ctx.tx, { ...terms, id, createdAt: ctx.now })))
    throw ruleBroken('budget.there-already', 'There is a budget for these', {
      account: terms.account,
      plant: terms.plantCode,
      year: String(terms.year),
    });
  await record(ctx, {
    action: 'budget.created',
    subject: { type: 'budget', id },
    changes: changesOf(terms),
  });
  return id;
}

/**
 * Raises or lowers a budget, or has somebody else answer for it. What is spoken for already stays. `version` is the one
 * the editor saw; currency, account, plant and year do not change.
 * @throws AppError `budget.not-found`, `budget.changed-meanwhile`, `budget.needs-an-owner`, `form.invalid`
 */
export async function changeBudget(
  ctx: Ctx,
  to: Pick<BudgetTerms, 'amount' | 'overBudget' | 'ownerId'> & {
    id: string;
    version: number;
    reason: string;
  },
): Promise<void> {
  await store.hold(ctx.tx, [to.id]);
  const before = await findBudget(ctx, to.id);
  if (before.version !== to.version) throw changedMeanwhile(before);
  const { amount, overBudget, ownerId } = to;
  const after = { ...before, amount, overBudget, ownerId };
  await assertSensible(ctx, after);
  if (!(await store.saveBudget(ctx.tx, after))) throw changedMeanwhile(before);
  await record(ctx, {
    action: 'budget.changed',
    subject: { type: 'budget', id: to.id },
    reason: to.reason === '' ? null : to.reason,
    changes: { ...changesOf(after), amountBefore: before.amount },
  });
}

const changedMeanwhile = (budget: Budget) =>
  conflict('budget.changed-meanwhile', 'Somebody else changed it meanwhile', { account: budget.account });

/**
 * Takes a list of budgets as it was looked at in a preview: new ones are made, those that are there get the amount,
 * policy and owner of the list. All or none.
 * @throws AppError as {@link createBudget}, `budget.currency-changes`
 */
export async function importBudgets(ctx: Ctx, list: readonly BudgetTerms[]): Promise<void> {
  for (const terms of list) {
    const [id] = await store.findIdsByKeys(ctx.tx, [terms]);
    if (id === undefined) {
      await createBudget(ctx, terms);
      continue;
    }
    const { version, currency } = await findBudget(ctx, id);
    if (currency !== terms.currency)
      throw ruleBroken('budget.currency-changes', 'A budget keeps its currency', { account: terms.account });
    await changeBudget(ctx, { ...terms, id, version, reason: '' });
  }
}

/** @throws AppError `budget.needs-an-owner`, `form.invalid` for a plant or an owner that is not offered */
async function assertSensible(ctx: Ctx, terms: BudgetTerms): Promise<void> {
  if (terms.overBudget === 'ask_owner' && terms.ownerId === null)
    throw ruleBroken('budget.needs-an-owner', 'Somebody has to be asked', { account: terms.account });
  const { plants, owners } = await budgetChoices(ctx);
  const within = placesOf(ctx.actor).plants;
  const isPlant =
    plants.some(({ code }) => code === terms.plantCode) && within?.includes(terms.plantCode) !== false;
  const isOwner = terms.ownerId === null || owners.some(({ id }) => id === terms.ownerId);
  const wrong = [...(isPlant ? [] : ['plantCode']), ...(isOwner ? [] : ['ownerId'])];
  if (wrong.length > 0)
    throw invalid(
      'form.invalid',
      'The form has errors',
      wrong.map((path) => ({
        path,
        code: 'form.invalid-choice',
        message: 'Choose one of the listed values.',
      })),
    );
}

const changesOf = ({ account, plantCode, year, amount, currency, overBudget, ownerId }: BudgetTerms) => ({
  account,
  plantCode,
  year,
  amount,
  currency,
  overBudget,
  ownerId,
});
