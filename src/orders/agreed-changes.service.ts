import { AppError } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { assertFunded, recordChange } from './change-order.service.ts';
import * as store from './change-order.store.ts';
import { decideChange, otherSide } from './change-order.ts';
import { issueNextVersion } from './change-order-version.service.ts';
import { lockOrder } from './orders.service.ts';
import { assertRunning } from './purchase-order.ts';

/**
 * Makes the version that an accepting supplier agreed to, or that the house rules take by themselves. What became
 * impossible meanwhile leaves the order as it is: a tolerated proposal then waits for the buyer, an accepted change
 * is overtaken. Safe to repeat: a change is applied once.
 * @throws AppError `purchase_order.not-found`
 */
export async function applyAgreed(
  ctx: Ctx,
  of: { orderId: string; changeIds: readonly string[] },
): Promise<void> {
  const order = await lockOrder(ctx, of.orderId);
  const agreed = (await store.findChanges(ctx.tx, order.id))
    .filter((change) => of.changeIds.includes(change.id))
    .filter((change) => change.state === 'accepted' || (change.state === 'sent' && change.isTolerated))
    .toReversed();
  if (agreed.length === 0) return;
  try {
    assertRunning(order);
    await assertFunded(ctx, order, agreed);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    for (const change of agreed.filter(({ state }) => state === 'accepted')) {
      await store.saveChange(ctx.tx, { ...change, state: 'overtaken' });
      await recordChange(ctx, order, { action: 'change-overtaken', change, reason: null });
    }
    return;
  }
  const accepted = agreed.map((change) =>
    change.state === 'accepted'
      ? change
      : decideChange(change, {
          side: otherSide(change.proposedSide),
          action: 'accept',
          userId: null,
          at: ctx.now,
          reason: '',
        }),
  );
  await issueNextVersion(ctx, order, accepted);
}
