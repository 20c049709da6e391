import { getInvoiceFacts, matchInvoice, matchWaiting } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-invoice-submitted';

/**
 * Tells the supplier that its invoice is in, and matches it, together with others that wait: a month's invoices come in one night.
 * Idempotent: `notify` tells nobody twice about one event, and a matched invoice is not matched again. Each in its own
 * transaction: the receipt is told of even when matching has to be tried again.
 */
export const job: EventJob = {
  name,
  on: ['invoice.submitted'],
  queue: 'acts',
  async run(house, event) {
    const actor = system(name);
    await house.runInTx({ actor }, async (ctx) => {
      const { invoice, names, supplierPeople } = await getInvoiceFacts(ctx, event.subjectId);
      const { supplierNumber, reference, grossAmount, currency } = invoice;
      await notify(ctx, {
        eventId: event.id,
        userIds: supplierPeople,
        template: 'invoice-received',
        params: { number: supplierNumber, reference, order: names.orderReference },
        facts: [
          { label: 'invoices.page.gross', value: { amount: grossAmount, currency } },
          { label: 'invoices.page.receipt', value: names.receiptReference ?? names.statementReference ?? '' },
        ],
        link: `/invoices/${invoice.id}`,
        signInLink: true,
      });
    });
    // One that cannot be matched holds up no other: each comes by itself as well, and fails by itself.
    const matched = await house.runInTx({ actor }, matchWaiting).catch((): string[] => []);
    if (!matched.includes(event.subjectId))
      await house.runInTx({ actor }, (ctx) => matchInvoice(ctx, event.subjectId));
  },
};
