import { ruleBroken } from '../kernel/errors.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  multiplyDecimals,
  ratio,
  roundMoney,
  subtractDecimals,
} from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';

/** What happens to whoever wants more than is left: a no, or the owner is asked. */
export const overBudgetPolicies = ['refuse', 'ask_owner'] as const;
export type OverBudgetPolicy = (typeof overBudgetPolicies)[number];

/** What may be spent on an account, at a plant, in a year. */
export type BudgetKey = { readonly account: string; readonly plantCode: string; readonly year: number };

export type BudgetTerms = BudgetKey & {
  readonly amount: DecimalString;
  readonly currency: string;
  readonly overBudget: OverBudgetPolicy;
  /** Who agrees to an overrun. */
  readonly ownerId: string | null;
};

export type Budget = BudgetTerms & {
  readonly id: string;
  readonly version: number;
  /** Asked for and agreed to, not yet ordered. */
  readonly reserved: DecimalString;
  /** Ordered. */
  readonly committed: DecimalString;
};

/** What is spoken for by one document. */
export type Commitment = {
  readonly id: string;
  readonly budgetId: string;
  readonly documentType: CommittingType;
  readonly documentId: string;
  readonly label: string;
  readonly reserved: DecimalString;
  readonly committed: DecimalString;
  readonly isOverrun: boolean;
};
export type CommittingType = 'requisition_line' | 'sourcing_event' | 'purchase_order';

/** What a document needs of a budget. */
export type Wanted = BudgetKey & { readonly amount: DecimalString; readonly currency: string };

/** Negative once more is spoken for than there is. */
export const leftOf = (budget: Pick<Budget, 'amount' | 'reserved' | 'committed'>): DecimalString =>
  subtractDecimals(budget.amount, addDecimals([budget.reserved, budget.committed]));

/** The year a need falls in: that of the day it is needed by, else today's. */
export const budgetYear = (needByOn: Day | null, today: Day): number =>
  Number((needByOn ?? today).slice(0, 4));

export const keyOf = (key: BudgetKey): string => `${key.account}\n${key.plantCode}\n${key.year}`;

/** A budget that would be exceeded, and by whom it may be. */
export type Overrun = {
  readonly budget: Budget;
  readonly left: DecimalString;
  readonly wanted: DecimalString;
};

/**
 * The budgets that these needs would exceed, each asked once with the sum of what is wanted of it.
 * @throws AppError `budget.none` where nothing is budgeted, `budget.currency-differs`
 */
export function overrunsOf(budgets: readonly Budget[], wanted: readonly Wanted[]): Overrun[] {
  const known = new Map(budgets.map((budget) => [keyOf(budget), budget]));
  const sums = new Map<string, { budget: Budget; amounts: DecimalString[] }>();
  for (const one of wanted) {
    const budget = known.get(keyOf(one));
    if (budget === undefined)
      throw ruleBroken('budget.none', 'Nothing is budgeted for this', {
        account: one.account,
        plant: one.plantCode,
        year: String(one.year),
      });
    if (budget.currency !== one.currency)
      throw ruleBroken('budget.currency-differs', 'Budget and need are in two currencies', {
        account: one.account,
        budget: budget.currency,
        wanted: one.currency,
      });
    const sum = sums.get(budget.id) ?? { budget, amounts: [] };
    sums.set(budget.id, { budget, amounts: [...sum.amounts, one.amount] });
  }
  return [...sums.values()]
    .map(({ budget, amounts }) => ({ budget, left: leftOf(budget), wanted: addDecimals(amounts) }))
    .filter(({ left, wanted: sum }) => compareDecimals(sum, left) > 0);
}

/**
 * An overrun passes only where the budget lets its owner decide, or the owner has.
 * @throws AppError `budget.exceeded` with what is left and what is wanted
 */
export function assertMayExceed(
  overruns: readonly Overrun[],
  mayExceed: (overrun: Overrun) => boolean,
): void {
  const refused = overruns.find((overrun) => !mayExceed(overrun));
  if (refused === undefined) return;
  const { budget, left, wanted } = refused;
  throw ruleBroken('budget.exceeded', 'More is wanted than is left', {
    account: budget.account,
    plant: budget.plantCode,
    year: String(budget.year),
    left,
    wanted,
    currency: budget.currency,
  });
}

/** A commitment as it will be. */
export type Move = Pick<Commitment, 'documentType' | 'documentId' | 'reserved' | 'committed'>;

/**
 * What a change of commitments adds to each budget beyond what is left in it: taking less is always possible, and what
 * an owner agreed to stays possible as it was.
 * @throws AppError `budget.exceeded`
 */
export function assertMovesFit(
  budgets: readonly Budget[],
  of: { before: readonly Commitment[]; moves: readonly Move[] },
): void {
  for (const budget of budgets) {
    const added = of.before
      .filter((commitment) => commitment.budgetId === budget.id)
      .map((commitment) => {
        const move = of.moves.find((one) => one.documentId === commitment.documentId);
        if (move === undefined) return '0';
        return subtractDecimals(
          addDecimals([move.reserved, move.committed]),
          addDecimals([commitment.reserved, commitment.committed]),
        );
      });
    const sum = addDecimals(added);
    if (compareDecimals(sum, '0') > 0 && compareDecimals(sum, leftOf(budget)) > 0)
      assertMayExceed([{ budget, left: leftOf(budget), wanted: sum }], () => false);
  }
}

/**
 * A document falls in two: its part has its share of what is reserved, to the cent, and the document the rest. What is
 * ordered stays with the document.
 */
export function dividedOf(
  reserved: DecimalString,
  of: { readonly part: DecimalString; readonly whole: DecimalString; readonly currency: string },
): { readonly kept: DecimalString; readonly given: DecimalString } {
  const share = roundMoney(ratio(multiplyDecimals(reserved, of.part), of.whole), of.currency);
  const given = compareDecimals(share, reserved) > 0 ? reserved : share;
  return { kept: subtractDecimals(reserved, given), given };
}

/** An order takes its amount from what was reserved; what it costs more comes on top, what it costs less stays reserved. */
export function orderedOf(
  commitment: Pick<Commitment, 'reserved' | 'committed'>,
  amount: DecimalString,
): Pick<Commitment, 'reserved' | 'committed'> {
  const rest = subtractDecimals(commitment.reserved, amount);
  return {
    reserved: compareDecimals(rest, '0') < 0 ? '0' : rest,
    committed: addDecimals([commitment.committed, amount]),
  };
}
