import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { notify } from '../../src/notifications/index.ts';
import { findOrder } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findSupplier } from '../../src/suppliers/index.ts';

const name = 'orders/on-purchase-order-acknowledged';
const answer = z.object({ note: z.string() });

/** Tells the buyer. Idempotent: `notify` tells nobody twice about one event. */
export const job: EventJob = {
  name,
  on: ['purchase_order.acknowledged'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const order = found('purchase_order', await findOrder(ctx, event.subjectId));
      const supplier = found('supplier', await findSupplier(ctx, order.supplierId));
      const { note } = answer.parse(event.changes);
      await notify(ctx, {
        eventId: event.id,
        userIds: [order.buyerId],
        template: 'order-acknowledged',
        params: { supplier: supplier.name, reference: order.reference, title: order.title },
        facts: note === '' ? [] : [{ label: 'orders.page.note', value: note }],
        link: `/orders/${order.id}`,
      });
    }),
};
