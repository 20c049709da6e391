import { findDespatch, findReceipt } from '../deliveries/index.ts';
import { getForecast } from '../forecasts/index.ts';
import { getInvoiceFacts } from '../invoices/index.ts';
import { found, notFound } from '../kernel/errors.ts';
import { findOrder, type PurchaseOrder } from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { DisputedType } from './dispute.ts';
import { typesReadBy } from './readable-types.ts';

/** A document as those see it who talk about it. */
export type TalkedDocument = {
  readonly type: DisputedType;
  readonly id: string;
  readonly reference: string;
  readonly supplierId: string;
  /** Who answers for the buying side: the order's buyer, the forecast's planner. */
  readonly ownerId: string;
  readonly href: string;
};

const pages: Readonly<Record<DisputedType, string>> = {
  forecast: '/forecasts/',
  purchase_order: '/orders/',
  despatch_advice: '/despatches/',
  goods_receipt: '/receipts/',
  invoice: '/invoices/',
};

export const pageOfDocument = (type: DisputedType, id: string): string => `${pages[type]}${id}`;

/**
 * A document that the actor may see, by its own domain's rules.
 * @throws AppError `forecast.not-found`, `purchase_order.not-found`, `despatch_advice.not-found`, `goods_receipt.not-found`,
 * `invoice.not-found`
 */
export async function findDocument(ctx: Ctx, type: DisputedType, id: string): Promise<TalkedDocument> {
  if (!typesReadBy(ctx).includes(type)) throw notFound(type);
  if (type === 'forecast') {
    const { reference, supplierId, ownerId } = await getForecast(ctx, id);
    return { type, id, reference, supplierId, ownerId, href: pageOfDocument(type, id) };
  }
  const { reference, orderId } = await referenceAndOrder(ctx, type, id);
  const order: PurchaseOrder = found(type, await findOrder(ctx, orderId));
  return {
    type,
    id,
    reference,
    supplierId: order.supplierId,
    ownerId: order.buyerId,
    href: pageOfDocument(type, id),
  };
}

async function referenceAndOrder(
  ctx: Ctx,
  type: Exclude<DisputedType, 'forecast'>,
  id: string,
): Promise<{ reference: string; orderId: string }> {
  switch (type) {
    case 'purchase_order': {
      const order = found(type, await findOrder(ctx, id));
      return { reference: order.reference, orderId: order.id };
    }
    case 'despatch_advice':
      return found(type, await findDespatch(ctx, id));
    case 'goods_receipt':
      return found(type, await findReceipt(ctx, id));
    case 'invoice':
      return (await getInvoiceFacts(ctx, id)).invoice;
  }
}
