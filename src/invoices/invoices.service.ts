import { findPersonsBehind } from '../identity/index.ts';
import { conflict, found } from '../kernel/errors.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import { lockOrder, type PurchaseOrder } from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { findById, lockById } from './invoice.store.ts';
import type { Invoice } from './invoice.ts';

/**
 * The invoice, held with its order until the transaction ends; the order first.
 * @param of.version what the form was made from; without it any version will do
 * @throws AppError `invoice.not-found`, `invoice.changed-meanwhile`
 */
export async function lockInvoice(
  ctx: Ctx,
  of: { invoiceId: string; version?: number },
): Promise<{ invoice: Invoice; order: PurchaseOrder }> {
  const scope = { id: of.invoiceId, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  const { orderId } = found('invoice', await findById(ctx.tx, scope));
  const order = await lockOrder(ctx, orderId);
  const invoice = found('invoice', await lockById(ctx.tx, scope));
  if (of.version !== undefined && of.version !== invoice.version)
    throw conflict('invoice.changed-meanwhile', 'Somebody acted on the invoice meanwhile', {
      reference: invoice.reference,
    });
  return { invoice, order };
}

/** Who made the invoice's purchase for another, or accepted its differences for another, and for whom. */
export const findBehind = (
  ctx: Ctx,
  invoice: Pick<Invoice, 'id'>,
  order: Pick<PurchaseOrder, 'awardId' | 'eventId'>,
): Promise<string[]> =>
  findPersonsBehind(
    ctx,
    [invoice.id, order.awardId, order.eventId].filter((id) => id !== null),
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
