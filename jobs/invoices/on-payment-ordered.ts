import { getPaymentFacts, makeRemittanceAdvice } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-payment-ordered';

/**
 * Sends the supplier its remittance advice once the payment is given to the bank, or covered by credits. Idempotent: a payment has one
 * advice, and `notify` tells nobody twice about one event.
 */
export const job: EventJob = {
  name,
  on: ['payment.ordered', 'payment.offset'],
  queue: 'documents',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { subjectId: paymentId } = event;
      const documentId = await makeRemittanceAdvice(ctx, { paymentId, catalogue: house.catalogue });
      const { payment, amount, invoiceNumbers, supplierPeople } = await getPaymentFacts(ctx, paymentId);
      await notify(ctx, {
        eventId: event.id,
        userIds: supplierPeople,
        template: event.action === 'payment.offset' ? 'remittance-offset' : 'remittance-advice',
        params: {
          reference: payment.reference,
          company: companyName(ctx.policies.company),
          day: { day: payment.payOn },
          count: invoiceNumbers.length,
        },
        facts: [
          { label: 'payments.advice.amount', value: { amount, currency: payment.currency } },
          { label: 'payments.advice.reference', value: payment.reference },
          { label: 'payments.advice.invoices', value: invoiceNumbers.slice(0, 20).join(', ') },
        ],
        link: `/payments/${payment.id}`,
        signInLink: true,
        documentId,
      });
    }),
};
