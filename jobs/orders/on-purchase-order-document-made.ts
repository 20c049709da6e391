import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { companyName, type NotificationFact, notify } from '../../src/notifications/index.ts';
import { findOrder, type PurchaseOrder, sendOrder } from '../../src/orders/index.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { orderReaders } from '../../src/suppliers/index.ts';

const name = 'orders/on-purchase-order-document-made';
const made = z.object({ documentId: z.uuid(), version: z.int().positive().default(1) });

/**
 * Hands the order to its supplier and mails it with the PDF to the supplier's people, at first and when the buyer
 * has it mailed again. Idempotent: an order is sent once, and `notify` tells nobody twice about one event.
 */
export const job: EventJob = {
  name,
  on: ['purchase_order.document-made', 'purchase_order.resent'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      await sendOrder(ctx, event.subjectId);
      const order = found('purchase_order', await findOrder(ctx, event.subjectId));
      // Withdrawn before it was sent: its supplier never hears of it.
      if (order.sentAt === null) return;
      const { priced, unpriced } = await orderReaders(ctx, order.supplierId);
      const { version, documentId } = made.parse(event.changes);
      const told = messageOf(ctx, { order, version, eventId: event.id });
      await notify(ctx, {
        ...told,
        userIds: priced,
        facts: [...amountOf(order), ...told.facts],
        documentId,
      });
      await notify(ctx, {
        ...told,
        userIds: unpriced,
        template: version > 1 ? told.template : 'order-issued-without-prices',
      });
    }),
};

/** What everybody is told, also who works without prices: the document says them all. */
const messageOf = (
  ctx: Ctx,
  { order, version, eventId }: { order: PurchaseOrder; version: number; eventId: string },
) => ({
  eventId,
  template: version > 1 ? 'order-version' : 'order-issued',
  params: {
    reference: order.reference,
    title: order.title,
    company: companyName(ctx.policies.company),
    version,
  },
  facts: [
    { label: 'orders.list.issued', value: { day: order.issuedOn } },
    ...(order.nextDueOn === null ? [] : [{ label: 'orders.list.due', value: { day: order.nextDueOn } }]),
    { label: 'orders.page.delivery-terms', value: `${order.incoterm} ${order.incotermPlace}`.trim() },
  ],
  link: `/orders/${order.id}`,
  signInLink: true,
  signedLink: { purpose: 'order' as const, subjectId: order.id, reference: order.reference, endsAt: null },
});

const amountOf = ({ totalAmount, currency }: PurchaseOrder): NotificationFact[] =>
  totalAmount === null ? [] : [{ label: 'orders.list.amount', value: { amount: totalAmount, currency } }];
