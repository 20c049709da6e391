import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { notify } from '../../src/notifications/index.ts';
import { findOrder, findSuperiors } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findSupplier, orderReaders } from '../../src/suppliers/index.ts';

const name = 'orders/on-order-change-news';
const about = z.object({ changeIds: z.array(z.uuid()).optional(), proposedSide: z.string().optional() });

/**
 * Tells the other side of an answer by line, a change and what became of it; a reminder goes to whose turn it is, and
 * what stays unanswered to the buyer, and to
 * approvers of its place where the buyer is the silent one. Idempotent by the event row.
 */
export const job: EventJob = {
  name,
  on: [
    'purchase_order.answered',
    'purchase_order.change-proposed',
    'purchase_order.change-countered',
    'purchase_order.change-accepted',
    'purchase_order.change-refused',
    'purchase_order.change-withdrawn',
    'purchase_order.change-overtaken',
    'purchase_order.change-reminded',
    'purchase_order.change-escalated',
    'purchase_order.answer-reminded',
    'purchase_order.answer-escalated',
  ],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const order = found('purchase_order', await findOrder(ctx, event.subjectId));
      const supplier = found('supplier', await findSupplier(ctx, order.supplierId));
      // Whoever works without prices does not negotiate them.
      const { priced } = await orderReaders(ctx, order.supplierId);
      const { proposedSide } = about.parse(event.changes);
      const isAnswerDue = /reminded|escalated/.test(event.action);
      const tells = sidesTold(event.action, proposedSide);
      const message = {
        eventId: event.id,
        template: isAnswerDue ? 'order-answer-due' : 'order-change',
        params: {
          reference: order.reference,
          title: order.title,
          what: { key: `event-name.${event.action}` },
        },
        facts: [{ label: 'orders.list.supplier', value: supplier.name }],
        link: event.action.includes('.answer-') ? `/orders/${order.id}` : `/orders/${order.id}/changes`,
      };
      const others = (ids: readonly string[]) => ids.filter((id) => id !== event.actorId);
      // A buyer who leaves the other side waiting is not the only one to know of it.
      const isBuyerLate = event.action.endsWith('.change-escalated') && proposedSide === 'supplier';
      const superiors = isBuyerLate ? await findSuperiors(ctx, order.id) : [];
      if (tells.buyer) await notify(ctx, { ...message, userIds: others([order.buyerId, ...superiors]) });
      if (tells.supplier) await notify(ctx, { ...message, userIds: others(priced), signInLink: true });
    }),
};

function sidesTold(action: string, proposedSide: string | undefined): { buyer: boolean; supplier: boolean } {
  switch (action) {
    case 'purchase_order.answered':
    case 'purchase_order.answer-escalated':
    case 'purchase_order.change-escalated':
      return { buyer: true, supplier: false };
    case 'purchase_order.answer-reminded':
      return { buyer: false, supplier: true };
    case 'purchase_order.change-overtaken':
      return { buyer: true, supplier: true };
    case 'purchase_order.change-accepted':
    case 'purchase_order.change-refused':
      return { buyer: proposedSide === 'buyer', supplier: proposedSide === 'supplier' };
    default:
      return { buyer: proposedSide === 'supplier', supplier: proposedSide === 'buyer' };
  }
}
