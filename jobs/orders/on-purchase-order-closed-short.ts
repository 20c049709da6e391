import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { trimDecimal } from '../../src/kernel/money.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import { findOrder } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'orders/on-purchase-order-closed-short';
const closed = z.object({
  reason: z.string(),
  lines: z.array(z.object({ lineNo: z.int(), quantity: z.string(), unit: z.string() })),
});

/** Tells the supplier what it need not deliver any more. Idempotent: `notify` tells nobody twice about one event. */
export const job: EventJob = {
  name,
  on: ['purchase_order.closed-short'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const order = found('purchase_order', await findOrder(ctx, event.subjectId));
      const { reason, lines } = closed.parse(event.changes);
      await notify(ctx, {
        eventId: event.id,
        userIds: await supplierUserIds(ctx, order.supplierId, 'deliveries'),
        template: 'order-closed-short',
        params: {
          company: companyName(ctx.policies.company),
          reference: order.reference,
          title: order.title,
        },
        facts: [
          ...lines.map((line) => ({
            label: 'receiving.mail.line',
            value: `${line.lineNo}: ${trimDecimal(line.quantity)} ${line.unit}`,
          })),
          { label: 'receiving.mail.reason', value: reason },
        ],
        link: `/orders/${order.id}`,
        signInLink: true,
      });
    }),
};
