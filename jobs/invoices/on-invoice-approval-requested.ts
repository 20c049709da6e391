import { findUsersByRole } from '../../src/identity/index.ts';
import { getInvoiceFacts } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-invoice-approval-requested';

/** Tells everybody in finance who may approve the invoice. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['invoice.approval-requested'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { invoice, names } = await getInvoiceFacts(ctx, event.subjectId);
      const finance = (await findUsersByRole(ctx, 'finance')).map((person) => person.id);
      await notify(ctx, {
        eventId: event.id,
        userIds: finance.filter((id) => id !== names.buyerId && id !== invoice.acceptedBy),
        template: 'invoice-to-approve',
        params: { reference: invoice.reference, supplier: names.supplierName, order: names.orderReference },
        facts: [
          {
            label: 'invoices.page.gross',
            value: { amount: invoice.grossAmount, currency: invoice.currency },
          },
          { label: 'invoices.page.due', value: { day: invoice.dueOn } },
        ],
        link: `/invoices/${invoice.id}`,
      });
    }),
};
