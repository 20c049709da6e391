import { z } from 'zod';
import { getInstalmentFacts } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findSupplier } from '../../src/suppliers/index.ts';

const name = 'invoices/on-instalment-moved';
const TEMPLATES: Readonly<Record<string, string>> = {
  'purchase_order.instalment-asked': 'instalment-asked',
  'purchase_order.instalment-confirmed': 'instalment-confirmed',
  'purchase_order.instalment-declined': 'instalment-declined',
};
const changes = z.object({ no: z.number().int() });

/** Tells who confirms an instalment that it is asked for, and its supplier the answer. Idempotent: `notify` tells nobody twice. */
export const job: EventJob = {
  name,
  on: Object.keys(TEMPLATES),
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { no } = changes.parse(event.changes);
      const { order, planned, progress, ourPeople, supplierPeople } = await getInstalmentFacts(ctx, {
        orderId: event.subjectId,
        no,
      });
      const isToUs = event.action === 'purchase_order.instalment-asked';
      const supplier = await findSupplier(ctx, order.supplierId);
      await notify(ctx, {
        eventId: event.id,
        userIds: isToUs ? ourPeople : supplierPeople,
        template: TEMPLATES[event.action] ?? '',
        params: {
          order: order.reference,
          instalment: planned.name === '' ? { key: 'payment-plan.prepayment' } : planned.name,
          supplier: supplier.name,
          company: companyName(ctx.policies.company),
        },
        facts: [
          {
            label: 'instalments.mail.amount',
            value: { amount: planned.netAmount, currency: order.currency },
          },
          ...(progress.reachedOn === null
            ? []
            : [{ label: 'instalments.mail.reached', value: { day: progress.reachedOn } }]),
          ...(progress.decisionReason === ''
            ? []
            : [{ label: 'instalments.mail.reason', value: progress.decisionReason }]),
        ],
        link: `/orders/${order.id}/instalments`,
        ...(isToUs ? {} : { signInLink: true }),
      });
    }),
};
