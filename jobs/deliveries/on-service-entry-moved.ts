import { findServiceEntry, findWhoAnswers } from '../../src/deliveries/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import { findOrder, findOrderLines } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findSupplier, supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'deliveries/on-service-entry-moved';
const TEMPLATE: Readonly<Record<string, string>> = {
  'service_entry.submitted': 'work-stated',
  'service_entry.accepted': 'work-accepted',
  'service_entry.refused': 'work-refused',
  'service_entry.reminded': 'work-late',
};

/** Tells who answers what work was stated, or waits still, and the supplier the answer. Idempotent: `notify` tells nobody twice. */
export const job: EventJob = {
  name,
  on: Object.keys(TEMPLATE),
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const entry = found('service_entry', await findServiceEntry(ctx, event.subjectId));
      const order = found('purchase_order', await findOrder(ctx, entry.orderId));
      const line = (await findOrderLines(ctx, order.id)).find((one) => one.id === entry.poLineId);
      const { description, unit } = found('po_line', line);
      const supplier = await findSupplier(ctx, entry.supplierId);
      const isToUs = ['service_entry.submitted', 'service_entry.reminded'].includes(event.action);
      await notify(ctx, {
        eventId: event.id,
        userIds: isToUs
          ? await findWhoAnswers(ctx, order, entry)
          : await supplierUserIds(ctx, supplier.id, 'deliveries'),
        template: found('template', TEMPLATE[event.action]),
        params: {
          reference: entry.reference,
          order: order.reference,
          supplier: supplier.name,
          company: companyName(ctx.policies.company),
        },
        facts: [
          { label: 'work.mail.work', value: description },
          { label: 'work.mail.quantity', value: { quantity: entry.quantity, unit } },
          { label: 'work.mail.until', value: { day: entry.workedUntil } },
          ...(entry.decisionReason === ''
            ? []
            : [{ label: 'work.mail.reason', value: entry.decisionReason }]),
        ],
        link: `/orders/${order.id}/work`,
        ...(isToUs ? {} : { signInLink: true }),
      });
    }),
};
