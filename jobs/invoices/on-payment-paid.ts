import { getPaymentFacts } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-payment-paid';

/** Tells the supplier that the bank has paid, or that it did not. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['payment.paid', 'payment.refused'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { payment, amount, invoiceNumbers, supplierPeople } = await getPaymentFacts(ctx, event.subjectId);
      await notify(ctx, {
        eventId: event.id,
        userIds: supplierPeople,
        template: payment.state === 'paid' ? 'payment-made' : 'payment-refused',
        params: { reference: payment.reference, day: { day: payment.paidOn ?? payment.payOn } },
        facts: [
          { label: 'payments.advice.amount', value: { amount, currency: payment.currency } },
          { label: 'payments.advice.invoices', value: invoiceNumbers.slice(0, 20).join(', ') },
        ],
        link: `/payments/${payment.id}`,
        signInLink: true,
      });
    }),
};
