import { type CallOffBudget, findCallOffBudget } from '../agreements/index.ts';
import {
  assertCommittable,
  assertOrderable,
  budgetYear,
  changeCommitted,
  commitReserved,
  findBudgetsFor,
  freeReserved,
  reserveBudgets,
} from '../budgets/index.ts';
import { findExchangeRates } from '../catalog/index.ts';
import { ruleBroken } from '../kernel/errors.ts';
import { addDecimals, multiplyDecimals, roundMoney } from '../kernel/money.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';

type Amounted = { readonly amount: string | null };
const sumOf = (lines: readonly Amounted[]): string => addDecimals(lines.map(({ amount }) => amount ?? '0'));

/** What an order costs its budget: at the rate of the day of its call-off, whatever happens to it later. */
const inBudget = (amount: string, { currency, rate }: CallOffBudget): string =>
  roundMoney(multiplyDecimals(amount, rate), currency);

/**
 * Reserves the budget of an order from an agreement, before anybody is asked about it. Nobody agrees to an overrun here: that
 * is asked for by a requisition. Gives at which rate it was reserved.
 * @throws AppError `call_off.without-account`, `call_off.no-exchange-rate`, `budget.none`, `budget.exceeded`
 */
export async function reserveForCallOff(
  ctx: Ctx,
  order: {
    readonly id: string;
    readonly reference: string;
    readonly plantCode: string;
    readonly currency: string;
    readonly totalAmount: string | null;
  },
  of: { account: string; firstDueOn: Day | null },
): Promise<CallOffBudget> {
  const account = of.account.trim();
  if (account === '') throw ruleBroken('call_off.without-account', 'An order is paid from an account');
  const today = dayIn(ctx.now, ctx.policies.company.timeZone);
  const key = { account, plantCode: order.plantCode, year: budgetYear(of.firstDueOn, today) };
  const amount = order.totalAmount ?? '0';
  const wanted = { ...key, amount, currency: order.currency };
  const currency = (await findBudgetsFor(ctx, [wanted]))[0]?.currency ?? order.currency;
  const budget: CallOffBudget = {
    account,
    currency,
    rate: await rateOf(ctx, { from: order.currency, to: currency, day: today }),
  };
  const need = {
    ...key,
    documentType: 'purchase_order' as const,
    documentId: order.id,
    label: order.reference,
    amount: inBudget(amount, budget),
    currency,
  };
  await reserveBudgets(ctx, [need], { agreedBudgetIds: [] });
  return budget;
}

async function rateOf(ctx: Ctx, of: { from: string; to: string; day: Day }): Promise<string> {
  if (of.from === of.to) return '1';
  const rates = await findExchangeRates(ctx, { from: [of.from], to: of.to, day: of.day, knownAt: ctx.now });
  const rate = rates.get(of.from)?.rate;
  if (rate === undefined)
    throw ruleBroken('call_off.no-exchange-rate', 'Nothing says what it costs its budget', {
      from: of.from,
      to: of.to,
    });
  return rate;
}

/** The order is in force: what was reserved is ordered, and what it costs less is free. @throws AppError `budget.exceeded` */
export async function commitCallOff(ctx: Ctx, orderId: string, lines: readonly Amounted[]): Promise<void> {
  const budget = await findCallOffBudget(ctx, orderId);
  if (budget === null) return;
  await commitReserved(ctx, [{ documentId: orderId, amount: inBudget(sumOf(lines), budget) }]);
  await freeReserved(ctx, [orderId]);
}

/** Would {@link commitCallOff} pass? @throws AppError `budget.exceeded` */
export async function assertCallOffOrderable(
  ctx: Ctx,
  orderId: string,
  lines: readonly Amounted[],
): Promise<void> {
  const budget = await findCallOffBudget(ctx, orderId);
  if (budget === null) return;
  await assertOrderable(ctx, [{ documentId: orderId, amount: inBudget(sumOf(lines), budget) }]);
}

/** The order costs this from now on. @throws AppError `budget.exceeded` */
export async function recommitCallOff(ctx: Ctx, orderId: string, lines: readonly Amounted[]): Promise<void> {
  const budget = await findCallOffBudget(ctx, orderId);
  if (budget === null) return;
  await changeCommitted(ctx, [{ documentId: orderId, amount: inBudget(sumOf(lines), budget) }]);
}

/** Would {@link recommitCallOff} pass? @throws AppError `budget.exceeded` */
export async function assertCallOffCommittable(
  ctx: Ctx,
  orderId: string,
  lines: readonly Amounted[],
): Promise<void> {
  const budget = await findCallOffBudget(ctx, orderId);
  if (budget === null) return;
  await assertCommittable(ctx, [{ documentId: orderId, amount: inBudget(sumOf(lines), budget) }]);
}
