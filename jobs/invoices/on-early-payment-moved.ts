import { findUsersByRole } from '../../src/identity/index.ts';
import { getEarlyPayment, getInvoiceFacts } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob, EventRow } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-early-payment-moved';

const TOLD: Readonly<Record<string, readonly ('supplier' | 'finance')[]>> = {
  'invoice.early-payment-proposed': ['finance'],
  'invoice.early-payment-accepted': ['supplier', 'finance'],
  'invoice.early-payment-refused': ['supplier'],
  'invoice.early-payment-expired': ['supplier'],
  'invoice.early-payment-void': ['supplier', 'finance'],
};

/** Who is told: of what one side accepted only the other. */
function sidesOf(event: EventRow, offeredBy: string): readonly ('supplier' | 'finance')[] {
  if (event.action !== 'invoice.early-payment-accepted') return TOLD[event.action] ?? [];
  return offeredBy === 'house' ? ['finance'] : ['supplier'];
}

/** Tells the other side what became of a payment before its day. Idempotent: `notify` tells nobody twice about one act. */
export const job: EventJob = {
  name,
  on: Object.keys(TOLD),
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const early = await getEarlyPayment(ctx, String(event.changes['earlyPaymentId']));
      if (early === undefined) return;
      const { invoice, names, supplierPeople } = await getInvoiceFacts(ctx, event.subjectId);
      const finance = (await findUsersByRole(ctx, 'finance')).map((person) => person.id);
      const { currency } = early;
      const amountOf = (amount: string) => ({ amount, currency });
      for (const side of sidesOf(event, early.offeredBy))
        await notify(ctx, {
          eventId: event.id,
          userIds: side === 'supplier' ? supplierPeople : finance,
          template: `${event.action.replace('invoice.', '')}-${side}`,
          params: {
            number: invoice.supplierNumber,
            reference: invoice.reference,
            supplier: names.supplierName,
            company: companyName(ctx.policies.company),
            day: { day: early.payOn },
            due: { day: early.dueOn },
            until: { day: early.expiresOn },
          },
          facts: [
            { label: 'early-payment.list.amount', value: amountOf(early.baseAmount) },
            { label: 'early-payment.list.discount', value: amountOf(early.discountAmount) },
            { label: 'early-payment.list.percent', value: `${early.annualPercent} %` },
            { label: 'early-payment.list.pay-on', value: { day: early.payOn } },
            ...(early.answer === null ? [] : [{ label: 'form.reason', value: early.answer }]),
          ],
          link: `/invoices/${invoice.id}`,
          ...(side === 'supplier' ? { signInLink: true } : {}),
        });
    }),
};
