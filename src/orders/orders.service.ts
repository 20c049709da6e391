import { withdrawApproval } from '../approvals/index.ts';
import { record } from '../audit/index.ts';
import { seesPrices } from '../kernel/actor.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { isZero, multiplyDecimals, ratio, roundMoney, subtractDecimals } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { withInvoicedCharges } from './billable-charges.ts';
import {
  type Arrival,
  addArrivedTo,
  addInvoicedTo,
  addReceivedTo,
  addShippedTo,
  closeShortOf,
  nextDueOn,
  type OrderLine,
  type QuantityChange,
  takeAsInvoiced,
  wantedQuantity,
} from './fulfilment.ts';
import { retraceOrder } from './order-sources.service.ts';
import { findUnsentOrders, isPartWithdrawn, lockAward } from './orders.queries.ts';
import { overPercentOf } from './over-delivery.service.ts';
import * as store from './purchase-order.store.ts';
import {
  acknowledge,
  assertAnswered,
  assertRunning,
  moveOrder,
  type OrderState,
  type PurchaseOrder,
  send,
  stateOf,
} from './purchase-order.ts';

/** The order, if it exists and, for a supplier, is one of its own that was sent. */
export const findOrder = (ctx: Ctx, id: string): Promise<PurchaseOrder | undefined> =>
  store.findById(ctx.tx, { id, ...scopeOf(ctx) });

/** Like {@link findOrder}, held until the transaction ends.
 * @throws AppError `purchase_order.not-found` */
export const lockOrder = async (ctx: Ctx, id: string): Promise<PurchaseOrder> =>
  found('purchase_order', await store.lockById(ctx.tx, { id, ...scopeOf(ctx) }));

const scopeOf = ({ actor }: Ctx): store.Scope => ({
  supplierId: actor.supplierId,
  seesPrices: seesPrices(actor),
  ...placesOf(actor),
});

/** The lines of an order the caller may see, by line number, with what was announced, received and invoiced. */
export const findOrderLines = (ctx: Ctx, orderId: string): Promise<OrderLine[]> =>
  store.findLines(ctx.tx, { orderId, seesPrices: seesPrices(ctx.actor) });

/** The lines of several orders that the caller may see, each with its order's id, in one query. */
export async function findLinesOfOrders(
  ctx: Ctx,
  orderIds: readonly string[],
): Promise<(OrderLine & { readonly orderId: string })[]> {
  const byOrder = await store.findLinesOf(ctx.tx, { orderIds, seesPrices: seesPrices(ctx.actor) });
  return [...byOrder].flatMap(([orderId, lines]) => lines.map((line) => ({ ...line, orderId })));
}

/** Holds several orders until the transaction ends, always in the same order, so that nobody waits in a circle.
 * @throws AppError `purchase_order.not-found` */
export async function lockOrders(ctx: Ctx, ids: readonly string[]): Promise<PurchaseOrder[]> {
  const locked: PurchaseOrder[] = [];
  for (const id of [...new Set(ids)].sort()) locked.push(await lockOrder(ctx, id));
  return locked;
}

/**
 * Books announced quantities (negative when an announcement is taken back). Whoever posts a receipt books the
 * difference to what was announced, too: what did not come can then be announced again, and what came without
 * an announcement is not announced once more.
 * @throws AppError `purchase_order.not-found`, `purchase_order.not-acknowledged`, `purchase_order.is-closed`,
 * and what {@link addShippedTo} throws
 */
export const addShipped = (
  ctx: Ctx,
  orderId: string,
  changes: readonly QuantityChange[],
): Promise<OrderState> => book(ctx, { orderId, changes, add: addShippedTo });

/**
 * Books what arrived and, in the same step, how much is announced from now on.
 * @throws AppError `purchase_order.not-found`, `purchase_order.not-sent-yet`, `purchase_order.is-closed`,
 * and what {@link addArrivedTo} throws: no more than ordered and what the house's policy takes beyond it
 */
export async function addArrived(
  ctx: Ctx,
  orderId: string,
  changes: readonly Arrival[],
): Promise<OrderState> {
  const percent = await overPercentOf(ctx, orderId);
  return book(ctx, {
    orderId,
    changes,
    add: (lines, arrivals) => addArrivedTo(lines, arrivals, percent),
    // Here alone a line may come to hold more than was ordered.
    before: (lines) => store.saveOverQuantities(ctx.tx, lines),
  });
}

/**
 * Books received quantities (negative for a counter-document).
 * @throws AppError `purchase_order.not-found`, `purchase_order.not-sent-yet`, `purchase_order.is-closed`,
 * and what {@link addReceivedTo} throws: never more than ordered
 */
export const addReceived = (
  ctx: Ctx,
  orderId: string,
  changes: readonly QuantityChange[],
): Promise<OrderState> => book(ctx, { orderId, changes, add: addReceivedTo });

/**
 * Books invoiced quantities (negative when an invoice is rejected after it was booked).
 * @throws AppError `purchase_order.not-found`, `purchase_order.not-sent-yet`, `purchase_order.is-closed`,
 * and what {@link addInvoicedTo} throws: never more than received
 */
export const addInvoiced = (
  ctx: Ctx,
  orderId: string,
  changes: readonly QuantityChange[],
): Promise<OrderState> => book(ctx, { orderId, changes, add: addInvoicedTo });

/**
 * Books quantities that are received by being invoiced, where an order's invoices are matched with nothing but it.
 * @throws AppError `purchase_order.not-found`, `purchase_order.not-sent-yet`, `purchase_order.is-closed`,
 * and what {@link takeAsInvoiced} throws: never more than ordered
 */
export const addInvoicedUnreceived = (
  ctx: Ctx,
  orderId: string,
  changes: readonly QuantityChange[],
): Promise<OrderState> => book(ctx, { orderId, changes, add: takeAsInvoiced });

/**
 * Books what is invoiced of charges that are invoiced by themselves (negative when an invoice is rejected). How much may
 * be, the match says.
 * @throws AppError `purchase_order.not-found`, `purchase_order.not-sent-yet`, `purchase_order.is-closed`
 */
export async function addInvoicedCharges(
  ctx: Ctx,
  orderId: string,
  changes: Parameters<typeof withInvoicedCharges>[1],
): Promise<void> {
  const order = await lockOrder(ctx, orderId);
  assertRunning(order);
  await store.saveChargesInvoiced(ctx.tx, {
    id: order.id,
    chargesInvoiced: withInvoicedCharges(order.chargesInvoiced, changes),
  });
}

async function book<Change extends QuantityChange>(
  ctx: Ctx,
  booking: {
    orderId: string;
    changes: readonly Change[];
    add: (lines: readonly OrderLine[], changes: readonly Change[]) => OrderLine[];
    before?: (touched: readonly OrderLine[]) => Promise<void>;
  },
): Promise<OrderState> {
  const order = await lockOrder(ctx, booking.orderId);
  assertRunning(order);
  if (booking.add === addShippedTo || booking.add === takeAsInvoiced) assertAnswered(order);
  const lines = booking.add(await findOrderLines(ctx, order.id), booking.changes);
  const touched = new Set(booking.changes.map((change) => change.poLineId));
  const changed = lines.filter((line) => touched.has(line.id));
  await booking.before?.(changed);
  await store.saveQuantities(ctx.tx, changed);
  return saveProgress(ctx, order, lines);
}

/**
 * Closes short what lines of an order still have to come and nobody has announced: the buyer gives it up, with a
 * reason, and its supplier is told. The order stays as it was issued; its budgets are free of what does not come.
 * @throws AppError `purchase_order.not-found`, `purchase_order.not-sent-yet`, `purchase_order.is-closed`,
 * `po_line.nothing-to-close-short`, `po_line.nothing-chosen`, `po_line.not-found`
 */
export async function closeShort(
  ctx: Ctx,
  of: { orderId: string; poLineIds: readonly string[]; reason: string },
): Promise<OrderState> {
  const order = await lockOrder(ctx, of.orderId);
  assertRunning(order);
  if (of.poLineIds.length === 0) throw ruleBroken('po_line.nothing-chosen', 'No line is chosen');
  const before = await findOrderLines(ctx, order.id);
  const lines = closeShortOf(before, of.poLineIds);
  const closed = lines.filter((line) => of.poLineIds.includes(line.id));
  await store.saveShortClosed(ctx.tx, closed, of.reason);
  await retraceOrder(ctx, {
    orderId: order.id,
    before: before.map(asWanted(order)),
    after: lines.map(asWanted(order)),
    called: lines.map(asWanted(order)),
  });
  await record(ctx, {
    action: 'purchase_order.closed-short',
    subject: { type: 'purchase_order', id: order.id },
    supplierId: order.supplierId,
    reason: of.reason,
    changes: {
      reference: order.reference,
      reason: of.reason,
      lines: closed.map((line) => ({
        lineNo: line.lineNo,
        quantity: subtractDecimals(
          line.shortClosedQuantity ?? '0',
          before.find((one) => one.id === line.id)?.shortClosedQuantity ?? '0',
        ),
        unit: line.unit,
      })),
    },
  });
  return saveProgress(ctx, order, lines);
}

/** A line with what is still wanted of it, and what that costs. */
const asWanted =
  ({ currency }: PurchaseOrder) =>
  (line: OrderLine): { id: string; quantity: string; amount: string | null } => {
    const quantity = wantedQuantity(line);
    const { id } = line;
    const amount =
      line.amount === null || isZero(line.quantity)
        ? line.amount
        : roundMoney(ratio(multiplyDecimals(line.amount, quantity), line.quantity), currency);
    return { id, quantity, amount };
  };

/** Gives the header the state that its lines make, and records it when it is another one. */
async function saveProgress(
  ctx: Ctx,
  order: PurchaseOrder,
  lines: readonly OrderLine[],
): Promise<OrderState> {
  const now = { ...order, state: stateOf(order, lines), nextDueOn: nextDueOn(lines) };
  if (now.state === order.state && now.nextDueOn === order.nextDueOn) return order.state;
  await store.saveOrder(ctx.tx, now);
  if (now.state !== order.state) await recordMove(ctx, 'purchase_order.progressed', { order, to: now.state });
  return now.state;
}

/**
 * Closes an order all of whose goods are received and invoiced, and does nothing to any other. To be called
 * once all its invoices are paid; calling it again does nothing.
 * @throws AppError `purchase_order.not-found`
 */
export async function closeOrderWhenDone(ctx: Ctx, orderId: string): Promise<void> {
  const order = await lockOrder(ctx, orderId);
  if (stateOf(order, await findOrderLines(ctx, orderId)) !== 'invoiced') return;
  await store.saveOrder(ctx.tx, { ...order, state: 'closed' });
  await recordMove(ctx, 'purchase_order.closed', { order, to: 'closed' });
}

/**
 * Hands the order to its supplier, who sees it from now on. Gives false when that was done before, and where what it
 * orders was withdrawn meanwhile: then the order is cancelled, and its supplier never hears of it.
 * @throws AppError `purchase_order.not-found`, `purchase_order.cannot-send`
 */
export async function sendOrder(ctx: Ctx, orderId: string): Promise<boolean> {
  // The award first: who withdraws it takes its locks in this order, and one of the two sees what the other did.
  const { awardId } = found('purchase_order', await findOrder(ctx, orderId));
  if (awardId !== null) await lockAward(ctx, awardId);
  const order = await lockOrder(ctx, orderId);
  if (order.sentAt !== null || order.state === 'cancelled') return false;
  if (await isWithdrawn(ctx, order)) {
    await cancelOrder(ctx, order);
    return false;
  }
  const sent = send(order, ctx.now);
  await store.saveOrder(ctx.tx, sent);
  await recordMove(ctx, 'purchase_order.sent', { order, to: sent.state });
  return true;
}

/** Cancels the orders that a withdrawn part of an award had led to, as far as their suppliers do not have them. */
export async function cancelUnsentOrders(ctx: Ctx, awardId: string): Promise<void> {
  found('award', await lockAward(ctx, awardId));
  for (const id of await findUnsentOrders(ctx, awardId)) {
    const order = await lockOrder(ctx, id);
    if (await isWithdrawn(ctx, order)) await cancelOrder(ctx, order);
  }
}

const isWithdrawn = async (ctx: Ctx, { awardId, supplierId }: PurchaseOrder): Promise<boolean> =>
  awardId !== null && isPartWithdrawn(ctx, { awardId, supplierId });

async function cancelOrder(ctx: Ctx, order: PurchaseOrder): Promise<void> {
  const after = moveOrder(order, order.state === 'draft' ? 'cancel' : 'withdraw');
  await withdrawApproval(ctx, { documentType: 'purchase_order', documentId: order.id });
  await store.saveOrder(ctx.tx, { ...after, nextDueOn: null });
  await recordMove(ctx, 'purchase_order.cancelled', { order, to: 'cancelled' });
}

/**
 * The supplier's answer AB: it has the order and will deliver it.
 * @param answer.version the version of the document that was in front of the one who answers
 * @throws AppError `purchase_order.not-found`, `purchase_order.cannot-acknowledge`,
 * `purchase_order.changed-meanwhile`
 */
export async function acknowledgeOrder(
  ctx: Ctx,
  answer: { orderId: string; version: number; note: string },
): Promise<void> {
  const { userId } = ctx.actor;
  if (userId === null)
    throw ruleBroken('purchase_order.cannot-acknowledge', 'Only a person can answer an order');
  const order = await lockOrder(ctx, answer.orderId);
  if (order.currentVersion !== answer.version)
    throw conflict('purchase_order.changed-meanwhile', 'A newer version was issued', {
      reference: order.reference,
      version: order.currentVersion,
    });
  const acknowledged = acknowledge(order, { userId, at: ctx.now });
  await store.insertResponse(ctx.tx, {
    id: newId(),
    orderId: order.id,
    version: order.currentVersion,
    code: 'AB',
    note: answer.note,
    userId,
    at: ctx.now,
  });
  await store.saveOrder(ctx.tx, acknowledged);
  await recordMove(ctx, 'purchase_order.acknowledged', { order, to: acknowledged.state, note: answer.note });
}

/** An answer's note is the reason that timelines show, and is handed on to whoever tells the buyer. */
const recordMove = (
  ctx: Ctx,
  action: string,
  moved: { order: PurchaseOrder; to: OrderState; note?: string },
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'purchase_order', id: moved.order.id },
    supplierId: moved.order.supplierId,
    from: moved.order.state,
    to: moved.to,
    reason: moved.note || null,
    changes: { reference: moved.order.reference, ...(moved.note === undefined ? {} : { note: moved.note }) },
  });
