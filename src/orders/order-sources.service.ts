import { assertCallOffChange, recountCallOff } from '../agreements/index.ts';
import {
  assertCommittable,
  assertOrderable,
  changeCommitted,
  commitReserved,
  freeReserved,
} from '../budgets/index.ts';
import {
  addDecimals,
  isZero,
  multiplyDecimals,
  ratio,
  roundMoney,
  subtractDecimals,
} from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { freeLines, markOrdered, type Share, spread } from '../requisitions/index.ts';
import {
  assertCallOffCommittable,
  assertCallOffOrderable,
  commitCallOff,
  recommitCallOff,
} from './call-off-budget.service.ts';
import type { OrderLine } from './fulfilment.ts';
import { withAllCharges } from './order-charges.ts';
import * as store from './order-source.store.ts';
import { findAwardedAmounts } from './orders.queries.ts';
import type { PurchaseOrder } from './purchase-order.ts';

type Sourced = Pick<
  PurchaseOrder,
  'id' | 'awardId' | 'eventId' | 'supplierId' | 'currency' | 'charges' | 'taxRate'
>;

/**
 * Traces an order's lines back to the requisitions whose needs they are, and commits their budgets: what was reserved is
 * ordered. An order of an event without requisitions commits what the event has reserved on its account.
 * @throws AppError `budget.exceeded` where it costs more than was reserved and there is not enough left
 */
export async function traceOrder(ctx: Ctx, order: Sourced, lines: readonly OrderLine[]): Promise<void> {
  const { shares, untraced } = await sharesOf(ctx, order, lines);
  await store.saveLineSources(ctx.tx, shares);
  await commitReserved(ctx, sumByLine(shares));
  // An award has said what its event costs; an order without one takes a line whole, and what it saves is free again.
  if (order.eventId === null)
    await freeReserved(
      ctx,
      shares.map((share) => share.requisitionLineId),
    );
  await markOrdered(
    ctx,
    shares.map((share) => share.requisitionLineId),
  );
  if (order.eventId === null) await commitCallOff(ctx, order.id, withAllCharges(lines, order));
  if (untraced.length > 0 && order.eventId !== null)
    await commitReserved(ctx, [{ documentId: order.eventId, amount: addDecimals(untraced) }]);
}

/** Would {@link traceOrder} pass? @throws AppError `budget.exceeded` */
export async function assertOrderFunded(
  ctx: Ctx,
  order: Sourced,
  lines: readonly OrderLine[],
): Promise<void> {
  const { shares } = await sharesOf(ctx, order, lines);
  await assertOrderable(ctx, sumByLine(shares));
  if (order.eventId === null) await assertCallOffOrderable(ctx, order.id, withAllCharges(lines, order));
}

/** Whose each line is, at what it costs in the currency of its budgets; and what the lines of nobody's cost. */
async function sharesOf(
  ctx: Ctx,
  order: Sourced,
  lines: readonly OrderLine[],
): Promise<{ shares: store.LineSource[]; untraced: string[] }> {
  const lineIds = lines.map((line) => line.id);
  const sources =
    order.eventId === null
      ? await store.findLineSources(ctx.tx, lineIds)
      : await store.findItemSources(ctx.tx, lineIds);
  const awarded = await findAwardedAmounts(ctx, order);
  const currency = awarded.currency ?? order.currency;
  const shares: store.LineSource[] = [];
  const untraced: string[] = [];
  for (const line of withAllCharges(lines, order)) {
    const own = sources.filter((source) => source.poLineId === line.id);
    const amount = awarded.amounts.get(line.id) ?? line.amount ?? '0';
    if (own.length === 0) untraced.push(amount);
    else
      shares.push(
        ...spread({ quantity: line.quantity, amount, currency }, own).map((share) => ({
          ...share,
          poLineId: line.id,
          currency,
        })),
      );
  }
  return { shares, untraced };
}

/** The requisition lines that an order is for. */
export const findSourcesOf = (ctx: Ctx, orderId: string): Promise<string[]> =>
  store.findSourceIds(ctx.tx, orderId);

const sumByLine = (shares: readonly Share[]): { documentId: string; amount: string }[] => {
  const sums = new Map<string, string>();
  for (const { requisitionLineId, amount } of shares)
    sums.set(requisitionLineId, addDecimals([sums.get(requisitionLineId) ?? '0', amount]));
  return [...sums].map(([documentId, amount]) => ({ documentId, amount }));
};

type VersionLine = { readonly id: string; readonly quantity: string; readonly amount: string | null };
type Change = {
  readonly orderId: string;
  /** All lines of the order, as they were and as they are. */
  readonly before: readonly VersionLine[];
  readonly after: readonly VersionLine[];
  /** The same without the order's charges, where it has any: an agreement's limits are about these. */
  readonly called?: readonly VersionLine[];
};

const calledOf = (lines: readonly VersionLine[]) =>
  lines.map(({ id, quantity, amount }) => ({ poLineId: id, quantity, amount: amount ?? '0' }));

/**
 * A new version of an order costs more or less: its shares, what is committed and what it takes of an
 * agreement follow it.
 * @throws AppError `budget.exceeded`
 */
export async function retraceOrder(ctx: Ctx, change: Change): Promise<void> {
  await recountCallOff(ctx, calledOf(change.called ?? change.after));
  await recommitCallOff(ctx, change.orderId, change.after);
  const shares = await changedShares(ctx, change);
  if (shares.length === 0) return;
  await store.saveLineSources(ctx.tx, shares);
  const ordered = await store.sumOrdered(
    ctx.tx,
    shares.map((share) => share.requisitionLineId),
  );
  await changeCommitted(ctx, ordered);
  // What nobody delivers any more has to be bought elsewhere.
  await freeLines(
    ctx,
    ordered.filter((one) => isZero(one.quantity)).map((one) => one.documentId),
  );
}

/**
 * Asks the budgets, and the agreement that an order was called off of, about a change of the order before our side offers
 * it or agrees to it.
 * @throws AppError `budget.exceeded`, `call_off.quantity-limit`, `call_off.value-limit`
 */
export async function assertChangeFunded(ctx: Ctx, change: Change): Promise<void> {
  await assertCallOffChange(ctx, calledOf(change.called ?? change.after));
  await assertCallOffCommittable(ctx, change.orderId, change.after);
  const shares = await changedShares(ctx, change);
  const before = await store.findLineSources(
    ctx.tx,
    change.before.map((line) => line.id),
  );
  const ids = [...new Set(shares.map((share) => share.requisitionLineId))];
  const sumOf = (of: readonly Share[], id: string): string =>
    addDecimals(of.filter((one) => one.requisitionLineId === id).map((one) => one.amount));
  const ordered = await store.sumOrdered(ctx.tx, ids);
  await assertCommittable(
    ctx,
    ordered.map(({ documentId, amount }) => ({
      documentId,
      amount: addDecimals([amount, subtractDecimals(sumOf(shares, documentId), sumOf(before, documentId))]),
    })),
  );
}

/**
 * Shares are kept in the currency of their budgets: a line that costs a tenth more costs each of them a tenth more,
 * whatever currency the order is in.
 */
async function changedShares(ctx: Ctx, { before, after }: Change): Promise<store.LineSource[]> {
  const sources = await store.findLineSources(
    ctx.tx,
    after.map((line) => line.id),
  );
  return after.flatMap((line) => {
    const own = sources.filter((source) => source.poLineId === line.id);
    const was = before.find((one) => one.id === line.id);
    const [first] = own;
    if (first === undefined || line.amount === null) return [];
    const sum = addDecimals(own.map((source) => source.amount));
    const amount =
      was === undefined || was.amount === null || isZero(was.amount) || isZero(sum)
        ? line.amount
        : roundMoney(ratio(multiplyDecimals(sum, line.amount), was.amount), first.currency);
    return spread({ quantity: line.quantity, amount, currency: first.currency }, own).map((share) => ({
      ...share,
      currency: first.currency,
      poLineId: line.id,
    }));
  });
}

/** Requisition lines of this order whose every order line has come. */
export const findReceivedSources = (ctx: Ctx, orderId: string): Promise<string[]> =>
  store.findReceivedSources(ctx.tx, orderId);
