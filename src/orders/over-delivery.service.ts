import { found } from '../kernel/errors.ts';
import type { DecimalString } from '../kernel/money.ts';
import { ruleFor } from '../kernel/scoped-policy.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findPlaceOf } from './orders.queries.ts';

/**
 * How many percent more than ordered is taken on this order: what is said for its supplier and category, else for all.
 * @throws AppError `purchase_order.not-found`
 */
export async function overPercentOf(ctx: Ctx, orderId: string): Promise<DecimalString> {
  const { overDeliveryPercent, scopes } = ctx.policies.receiving;
  // Where nothing is said otherwise nobody is asked.
  if (scopes.length === 0) return overDeliveryPercent;
  const place = found('purchase_order', await findPlaceOf(ctx, orderId));
  return ruleFor({ overDeliveryPercent }, scopes, place).overDeliveryPercent;
}
