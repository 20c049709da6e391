import { getInvoiceFacts, type InvoiceFacts } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { type NotificationFact, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

/** A job that tells a supplier what became of its invoice. Idempotent by the event row. */
export const tellSupplier = (of: {
  name: string;
  on: string;
  template: string;
  facts(found: InvoiceFacts): NotificationFact[];
}): EventJob => ({
  name: of.name,
  on: [of.on],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(of.name) }, async (ctx) => {
      const found = await getInvoiceFacts(ctx, event.subjectId);
      const { invoice, names, supplierPeople } = found;
      const { grossAmount, currency, dueOn, paidOn } = invoice;
      await notify(ctx, {
        eventId: event.id,
        userIds: supplierPeople,
        template: of.template,
        params: {
          number: invoice.supplierNumber,
          reference: invoice.reference,
          order: names.orderReference,
          due: { day: dueOn },
          paid: { day: paidOn ?? dueOn },
        },
        facts: [
          { label: 'invoices.page.gross', value: { amount: grossAmount, currency } },
          ...of.facts(found),
        ],
        link: `/invoices/${invoice.id}`,
        signInLink: true,
        signedLink: {
          purpose: 'invoice',
          subjectId: invoice.id,
          reference: invoice.reference,
          endsAt: null,
        },
      });
    }),
});
