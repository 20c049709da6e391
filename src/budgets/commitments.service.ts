import { recordAll } from '../audit/index.ts';
import { newId } from '../kernel/id.ts';
import { addDecimals } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './budget.store.ts';
import {
  assertMayExceed,
  assertMovesFit,
  type Budget,
  type Commitment,
  type CommittingType,
  dividedOf,
  keyOf,
  leftOf,
  type Move,
  type Overrun,
  orderedOf,
  overrunsOf,
  type Wanted,
} from './budget.ts';

/** What a document needs, and what it is called. */
export type Need = Wanted & {
  readonly documentType: CommittingType;
  readonly documentId: string;
  readonly label: string;
};

/** The budgets that these needs are about, and what is left of each: for whoever decides on them. */
export async function findBudgetsFor(
  ctx: Ctx,
  wanted: readonly Wanted[],
): Promise<readonly (Budget & { readonly left: string; readonly wanted: string })[]> {
  const budgets = await store.findHeld(ctx.tx, await store.findIdsByKeys(ctx.tx, wanted));
  return budgets.map((budget) => ({
    ...budget,
    left: leftOf(budget),
    wanted: addDecimals(wanted.filter((one) => keyOf(one) === keyOf(budget)).map((one) => one.amount)),
  }));
}

/**
 * Asks whether there is enough, and spends nothing: the budgets that would be exceeded and whose owner may agree to it.
 * @throws AppError `budget.none`, `budget.currency-differs`; `budget.exceeded` where nobody may agree
 */
export async function askBudgets(ctx: Ctx, wanted: readonly Wanted[]): Promise<readonly Overrun[]> {
  const budgets = await store.findHeld(ctx.tx, await store.findIdsByKeys(ctx.tx, wanted));
  const overruns = overrunsOf(budgets, wanted);
  assertMayExceed(overruns, ({ budget }) => budget.overBudget === 'ask_owner');
  return overruns;
}

/**
 * Reserves what these documents need. The budgets are held until the transaction ends, so that two never spend the same
 * money: the second sees what the first has left.
 * @throws AppError `budget.none`, `budget.currency-differs`, `budget.exceeded` beyond what an owner agreed to
 */
export async function reserveBudgets(
  ctx: Ctx,
  needs: readonly Need[],
  of: { agreedBudgetIds: readonly string[] },
): Promise<void> {
  const held = await store.hold(ctx.tx, await store.findIdsByKeys(ctx.tx, needs));
  const budgets = await store.findHeld(ctx.tx, held);
  const overruns = overrunsOf(budgets, needs);
  assertMayExceed(overruns, ({ budget }) => of.agreedBudgetIds.includes(budget.id));
  const byKey = new Map(budgets.map((budget) => [keyOf(budget), budget]));
  const exceeded = new Set(overruns.map(({ budget }) => budget.id));
  const commitments = needs.flatMap((need): Commitment[] => {
    const budget = byKey.get(keyOf(need));
    if (budget === undefined) return [];
    return [
      {
        id: newId(),
        budgetId: budget.id,
        documentType: need.documentType,
        documentId: need.documentId,
        label: need.label,
        reserved: need.amount,
        committed: '0',
        isOverrun: exceeded.has(budget.id),
      },
    ];
  });
  await store.insertCommitments(ctx.tx, { commitments, at: ctx.now });
  await recordMoves(ctx, 'reserved', budgets, commitments);
}

/**
 * Carries what was reserved on to another amount: an event asks for more or less, an award costs more or less.
 * Documents that have nothing reserved are passed over.
 * @throws AppError `budget.exceeded`
 */
export const carryReserved = (
  ctx: Ctx,
  amounts: readonly { documentId: string; amount: string }[],
): Promise<void> => {
  const wanted = new Map(amounts.map(({ documentId, amount }) => [documentId, amount]));
  return move(ctx, 'carried', [...wanted.keys()], (one) => ({
    reserved: wanted.get(one.documentId) ?? one.reserved,
    committed: one.committed,
  }));
};

/** What these documents have reserved. */
export const findReserved = async (
  ctx: Ctx,
  documentIds: readonly string[],
): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (await store.findCommitments(ctx.tx, documentIds)).map(({ documentId, reserved }) => [
      documentId,
      reserved,
    ]),
  );

/**
 * What was reserved is ordered. What the order costs more is checked, what it costs less stays reserved.
 * @throws AppError `budget.exceeded`
 */
export const commitReserved = (
  ctx: Ctx,
  amounts: readonly { documentId: string; amount: string }[],
): Promise<void> => {
  const ordered = new Map(amounts.map(({ documentId, amount }) => [documentId, amount]));
  return move(ctx, 'committed', [...ordered.keys()], (one) =>
    orderedOf(one, ordered.get(one.documentId) ?? '0'),
  );
};

/** An order was changed: so much of each document is ordered now. @throws AppError `budget.exceeded` */
export const changeCommitted = (
  ctx: Ctx,
  amounts: readonly { documentId: string; amount: string }[],
): Promise<void> => {
  const ordered = new Map(amounts.map(({ documentId, amount }) => [documentId, amount]));
  return move(ctx, 'changed', [...ordered.keys()], (one) => ({
    reserved: one.reserved,
    committed: ordered.get(one.documentId) ?? one.committed,
  }));
};

/** Would {@link changeCommitted} pass? Asked before something is agreed. @throws AppError `budget.exceeded` */
export async function assertCommittable(
  ctx: Ctx,
  amounts: readonly { documentId: string; amount: string }[],
): Promise<void> {
  const ordered = new Map(amounts.map(({ documentId, amount }) => [documentId, amount]));
  await plan(ctx, [...ordered.keys()], (one) => ({
    reserved: one.reserved,
    committed: ordered.get(one.documentId) ?? one.committed,
  }));
}

/** Would {@link commitReserved} pass? Asked before approvers are. @throws AppError `budget.exceeded` */
export async function assertOrderable(
  ctx: Ctx,
  amounts: readonly { documentId: string; amount: string }[],
): Promise<void> {
  const ordered = new Map(amounts.map(({ documentId, amount }) => [documentId, amount]));
  await plan(ctx, [...ordered.keys()], (one) => orderedOf(one, ordered.get(one.documentId) ?? '0'));
}

/** Documents fall in two, and what they have reserved with them: no more is spoken for than before. */
export async function divideReserved(
  ctx: Ctx,
  divisions: readonly { documentId: string; partId: string; part: string; whole: string }[],
): Promise<void> {
  const ids = divisions.map(({ documentId }) => documentId);
  const known = await store.findCommitments(ctx.tx, ids);
  if (known.length === 0) return;
  const held = await store.hold(ctx.tx, [...new Set(known.map((one) => one.budgetId))]);
  const budgets = await store.findHeld(ctx.tx, held);
  const after = (await store.findCommitments(ctx.tx, ids)).flatMap((one): Commitment[] => {
    const budget = budgets.find(({ id }) => id === one.budgetId);
    const division = divisions.find(({ documentId }) => documentId === one.documentId);
    if (budget === undefined || division === undefined) return [];
    const { kept, given } = dividedOf(one.reserved, { ...division, currency: budget.currency });
    return [
      { ...one, reserved: kept },
      { ...one, id: newId(), documentId: division.partId, reserved: given, committed: '0' },
    ];
  });
  await store.insertCommitments(ctx.tx, { commitments: after, at: ctx.now });
  await recordMoves(ctx, 'divided', budgets, after);
}

/** Nothing more comes of what these documents have reserved; what is ordered stays. */
export const freeReserved = (ctx: Ctx, documentIds: readonly string[]): Promise<void> =>
  move(ctx, 'freed', documentIds, (one) => ({ reserved: '0', committed: one.committed }));

type To = (commitment: Commitment) => Pick<Move, 'reserved' | 'committed'>;

/** What would move, with the budgets held. @throws AppError `budget.exceeded` */
async function plan(
  ctx: Ctx,
  documentIds: readonly string[],
  to: To,
): Promise<{ budgets: readonly Budget[]; moves: readonly Move[]; after: readonly Commitment[] }> {
  const known = await store.findCommitments(ctx.tx, documentIds);
  const held = await store.hold(ctx.tx, [...new Set(known.map((one) => one.budgetId))]);
  // Read again: what was known before the lock may have moved meanwhile.
  const before = await store.findCommitments(ctx.tx, documentIds);
  const budgets = await store.findHeld(ctx.tx, held);
  const moves = before.map(
    (one): Move => ({
      documentType: one.documentType,
      documentId: one.documentId,
      ...to(one),
    }),
  );
  assertMovesFit(budgets, { before, moves });
  return { budgets, moves, after: before.map((one, index) => ({ ...one, ...moves[index] })) };
}

async function move(ctx: Ctx, act: string, documentIds: readonly string[], to: To): Promise<void> {
  if (documentIds.length === 0) return;
  const { budgets, moves, after } = await plan(ctx, documentIds, to);
  if (moves.length === 0) return;
  await store.saveMoves(ctx.tx, { moves, at: ctx.now });
  await recordMoves(ctx, act, budgets, after);
}

async function recordMoves(
  ctx: Ctx,
  act: string,
  budgets: readonly Budget[],
  commitments: readonly Commitment[],
): Promise<void> {
  await recordAll(
    ctx,
    budgets.map((budget) => ({
      action: `budget.${act}`,
      subject: { type: 'budget', id: budget.id },
      changes: {
        account: budget.account,
        plantCode: budget.plantCode,
        year: budget.year,
        currency: budget.currency,
        commitments: commitments
          .filter((one) => one.budgetId === budget.id)
          .slice(0, 100)
          .map(({ documentId, reserved, committed }) => ({ documentId, reserved, committed })),
      },
    })),
  );
}
