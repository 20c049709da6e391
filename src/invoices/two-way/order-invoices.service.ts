import { found, ruleBroken } from '../../kernel/errors.ts';
import { matchKindFor } from '../../kernel/scoped-policy.ts';
import { findOrder, findPlaceOf, type PurchaseOrder } from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';

/**
 * The order, if its invoices are matched with nothing but it.
 * @throws AppError `purchase_order.not-found`, `invoice.order-needs-receipt`
 */
export async function findOrderToInvoice(ctx: Ctx, orderId: string): Promise<PurchaseOrder> {
  const order = found('purchase_order', await findOrder(ctx, orderId));
  const place = found('purchase_order', await findPlaceOf(ctx, orderId));
  if (matchKindFor(ctx.policies.matching, place) !== 'two_way')
    throw ruleBroken('invoice.order-needs-receipt', 'It is invoiced once it is received', {
      reference: order.reference,
    });
  return order;
}
