import { ruleBroken } from '../kernel/errors.ts';
import { closeShort, findOrderLines, lockOrder } from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findWaiting } from './services/service-entry.store.ts';

/**
 * Gives up what lines of an order still have to come, but for work that is stated and waits: accept or refuse it first.
 * @throws AppError `po_line.work-waits`, and what `closeShort` of the orders throws
 */
export async function closeLinesShort(
  ctx: Ctx,
  of: { orderId: string; poLineIds: readonly string[]; reason: string },
): Promise<void> {
  const order = await lockOrder(ctx, of.orderId);
  const waiting = await findWaiting(ctx.tx, order.id);
  const lines = await findOrderLines(ctx, order.id);
  const stated = lines.find((line) => of.poLineIds.includes(line.id) && waiting.has(line.id));
  if (stated !== undefined)
    throw ruleBroken('po_line.work-waits', 'Stated work waits for an answer', { line: stated.lineNo });
  await closeShort(ctx, of);
}
