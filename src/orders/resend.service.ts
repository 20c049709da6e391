import { record } from '../audit/index.ts';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { lockOrder } from './orders.service.ts';
import { findVersions } from './purchase-order.store.ts';
import { assertRunning } from './purchase-order.ts';

/**
 * Has the order mailed to its supplier's people once more, with its document and new links to it.
 * @throws AppError `purchase_order.not-found`, `purchase_order.not-sent-yet`, `purchase_order.is-closed`
 */
export async function resendOrder(ctx: Ctx, orderId: string): Promise<void> {
  const order = await lockOrder(ctx, orderId);
  assertRunning(order);
  const versions = await findVersions(ctx.tx, order.id);
  const current = versions.find(({ version }) => version === order.currentVersion);
  await record(ctx, {
    action: 'purchase_order.resent',
    subject: { type: 'purchase_order', id: order.id },
    supplierId: order.supplierId,
    changes: {
      reference: order.reference,
      version: order.currentVersion,
      documentId: found('document', current?.documentId),
    },
  });
}
