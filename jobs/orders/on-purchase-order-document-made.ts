import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import { findOrder, sendOrder } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'orders/on-purchase-order-document-made';
const made = z.object({ documentId: z.uuid() });

/**
 * Hands the order to its supplier and mails it with the PDF to the supplier's people. Idempotent: an order is
 * sent once, and `notify` tells nobody twice about one event.
 */
export const job: EventJob = {
  name,
  on: ['purchase_order.document-made'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      await sendOrder(ctx, event.subjectId);
      const order = found('purchase_order', await findOrder(ctx, event.subjectId));
      await notify(ctx, {
        eventId: event.id,
        userIds: await supplierUserIds(ctx, order.supplierId),
        template: 'order-issued',
        params: {
          reference: order.reference,
          title: order.title,
          company: companyName(ctx.policies.company),
        },
        facts: [
          { label: 'orders.list.amount', value: { amount: order.totalAmount, currency: order.currency } },
          { label: 'orders.list.issued', value: { day: order.issuedOn } },
          ...(order.nextDueOn === null
            ? []
            : [{ label: 'orders.list.due', value: { day: order.nextDueOn } }]),
          { label: 'orders.page.delivery-terms', value: `${order.incoterm} ${order.incotermPlace}`.trim() },
        ],
        link: `/orders/${order.id}`,
        documentId: made.parse(event.changes).documentId,
        signInLink: true,
      });
    }),
};
