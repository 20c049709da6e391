import { findPersonsBehind } from '../identity/index.ts';
import { conflict, found } from '../kernel/errors.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import {
  addInvoiced,
  addInvoicedUnreceived,
  closeOrderWhenDone,
  lockOrder,
  type PurchaseOrder,
  type QuantityChange,
} from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { findById, hasUnpaid, lockById } from './invoice.store.ts';
import type { Invoice } from './invoice.ts';
import { findOrdersOfStatement } from './statements/statement.store.ts';

/**
 * The invoice, held with its orders until the transaction ends; the orders first.
 * @param of.version what the form was made from; without it any version will do
 * @throws AppError `invoice.not-found`, `invoice.changed-meanwhile`
 */
export async function lockInvoice(
  ctx: Ctx,
  of: { invoiceId: string; version?: number },
): Promise<{ invoice: Invoice; order: PurchaseOrder; orders: readonly PurchaseOrder[] }> {
  const scope = { id: of.invoiceId, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  const { orderId, statementId } = found('invoice', await findById(ctx.tx, scope));
  const orders =
    statementId === null
      ? [await lockOrder(ctx, orderId)]
      : await lockOrdersInTurn(
          ctx,
          (await findOrdersOfStatement(ctx, statementId)).map((order) => order.id),
        );
  const order = found(
    'purchase_order',
    orders.find((one) => one.id === orderId),
  );
  const invoice = found('invoice', await lockById(ctx.tx, scope));
  if (of.version !== undefined && of.version !== invoice.version)
    throw conflict('invoice.changed-meanwhile', 'Somebody acted on the invoice meanwhile', {
      reference: invoice.reference,
    });
  return { invoice, order, orders };
}

/** Holds orders, in one order. */
export async function lockOrdersInTurn(ctx: Ctx, ids: readonly string[]): Promise<PurchaseOrder[]> {
  const orders: PurchaseOrder[] = [];
  for (const id of [...new Set(ids)].toSorted()) orders.push(await lockOrder(ctx, id));
  return orders;
}

/** Says on each order what is invoiced more or less of it; where that is all there is, it is received by it. */
export async function addInvoicedByOrder(
  ctx: Ctx,
  invoice: { readonly isByOrder?: boolean },
  changes: readonly (QuantityChange & { readonly orderId: string })[],
): Promise<void> {
  for (const orderId of [...new Set(changes.map((change) => change.orderId))].toSorted())
    await (invoice.isByOrder === true ? addInvoicedUnreceived : addInvoiced)(
      ctx,
      orderId,
      changes
        .filter((change) => change.orderId === orderId)
        .map(({ poLineId, quantity }) => ({ poLineId, quantity })),
    );
}

/** Orders close with the last of their invoices. */
export async function closeOrdersWhenPaid(
  ctx: Ctx,
  orders: readonly Pick<PurchaseOrder, 'id'>[],
): Promise<void> {
  for (const { id } of orders) if (!(await hasUnpaid(ctx.tx, id))) await closeOrderWhenDone(ctx, id);
}

/** Who made the invoice's purchase for another, or accepted its differences for another, and for whom. */
export const findBehind = (
  ctx: Ctx,
  invoice: Pick<Invoice, 'id'>,
  orders: readonly Pick<PurchaseOrder, 'awardId' | 'eventId'>[],
): Promise<string[]> =>
  findPersonsBehind(
    ctx,
    [invoice.id, ...orders.flatMap((order) => [order.awardId, order.eventId])].filter((id) => id !== null),
  );

/**
 * Who answers for an act that a job or the clock cannot do.
 * @throws Error for those
 */
export function personIn(ctx: Ctx): string {
  if (ctx.actor.userId === null) throw new Error('This act needs a person');
  return ctx.actor.userId;
}

/** The day it is where the day begins first: nobody's today is in the future. */
export const latestDay = (ctx: Pick<Ctx, 'now'>): Day => dayIn(ctx.now, 'Pacific/Kiritimati');
