import { findDespatch, findDespatchLines } from '../../src/deliveries/index.ts';
import { findUsersByRole } from '../../src/identity/index.ts';
import { found } from '../../src/kernel/errors.ts';
import { type NotificationFact, notify } from '../../src/notifications/index.ts';
import { findOrder } from '../../src/orders/index.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import type { EventRow } from '../../src/platform/queue/job.ts';
import { findSupplier } from '../../src/suppliers/index.ts';

/** Tells the order's buyer and the receivers about an announced delivery. */
export async function tellReceivingSide(
  ctx: Ctx,
  of: { event: EventRow; template: string; facts?: readonly NotificationFact[] },
): Promise<void> {
  const despatch = found('despatch_advice', await findDespatch(ctx, of.event.subjectId));
  const order = found('purchase_order', await findOrder(ctx, despatch.orderId));
  const supplier = found('supplier', await findSupplier(ctx, despatch.supplierId));
  const receivers = await findUsersByRole(ctx, 'receiver');
  const lines = await findDespatchLines(ctx, despatch.id);
  const orders = await Promise.all(
    [...new Set(lines.map((line) => line.orderId))].map((id) => findOrder(ctx, id)),
  );
  const buyers = orders.flatMap((one) => (one === undefined ? [] : [one.buyerId]));
  const told = (label: string, value: string): NotificationFact[] => (value === '' ? [] : [{ label, value }]);
  await notify(ctx, {
    eventId: of.event.id,
    userIds: [...new Set([order.buyerId, ...buyers]), ...receivers.map((receiver) => receiver.id)],
    template: of.template,
    params: {
      supplier: supplier.name,
      reference: despatch.reference,
      order: orders.map((one) => one?.reference ?? '').join(', '),
      title: order.title,
      day: { day: despatch.expectedOn },
    },
    facts: [
      ...(of.facts ?? []),
      { label: 'deliveries.mail.expected', value: { day: despatch.expectedOn } },
      { label: 'deliveries.mail.plant', value: despatch.plantCode },
      ...told('deliveries.mail.carrier', despatch.carrier),
      ...told('deliveries.mail.tracking', despatch.trackingNumber),
      { label: 'deliveries.mail.lines', value: lines.length },
    ],
    link: `/despatches/${despatch.id}`,
  });
}
