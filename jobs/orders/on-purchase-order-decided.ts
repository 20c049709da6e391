import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { notify } from '../../src/notifications/index.ts';
import { findOrder } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findSupplier } from '../../src/suppliers/index.ts';

const name = 'orders/on-purchase-order-decided';
const decided = z.object({ isApproved: z.boolean().default(false), reason: z.string().default('') });

/** Tells the buyer what the approvers decided. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['purchase_order.issued', 'purchase_order.returned', 'purchase_order.rejected'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { isApproved, reason } = decided.parse(event.changes);
      // An order that nobody had to approve is told of by its document.
      if (event.action === 'purchase_order.issued' && !isApproved) return;
      const order = found('purchase_order', await findOrder(ctx, event.subjectId));
      const supplier = found('supplier', await findSupplier(ctx, order.supplierId));
      await notify(ctx, {
        eventId: event.id,
        userIds: [order.buyerId],
        template: 'order-decided',
        params: {
          reference: order.reference,
          title: order.title,
          what: { key: `event-name.${event.action}` },
        },
        facts: [
          { label: 'orders.list.supplier', value: supplier.name },
          ...(reason === '' ? [] : [{ label: 'form.reason', value: reason }]),
        ],
        link: `/orders/${order.id}`,
      });
    }),
};
