import { findUsersByRole } from '../../src/identity/index.ts';
import { getSelfBilledFacts, getSelfBillingFacts } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { companyName, type NotificationFact, notify } from '../../src/notifications/index.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import type { EventJob, EventRow } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-self-billing-moved';

const TO_SUPPLIER: readonly string[] = [
  'self_billing_agreement.proposed',
  'self_billing_agreement.withdrawn',
  'self_billed_invoice.sent',
  'self_billed_invoice.revised',
  'self_billed_invoice.issued',
  'self_billed_invoice.withdrawn',
];
const TO_FINANCE: readonly string[] = [
  'self_billing_agreement.accepted',
  'self_billing_agreement.refused',
  'self_billed_invoice.contested',
];
const TO_THE_OTHER = 'self_billing_agreement.notice-given';

/** What a mail says, by the kind of what it is about. */
async function told(ctx: Ctx, event: EventRow) {
  if (event.subjectType === 'self_billing_agreement') {
    const { agreement, names, lastDay, supplierPeople } = await getSelfBillingFacts(ctx, event.subjectId);
    const facts: NotificationFact[] = [
      { label: 'self-billing.page.from', value: { day: agreement.inForceFrom ?? agreement.validFrom } },
      { label: 'self-billing.page.until', value: { day: lastDay } },
    ];
    const params = { reference: agreement.reference, supplier: names.supplierName, day: { day: lastDay } };
    return { link: `/self-billing/${agreement.id}`, reason: agreement.reason, params, facts, supplierPeople };
  }
  const { selfBilled, names, supplierPeople } = await getSelfBilledFacts(ctx, event.subjectId);
  const amount = { amount: selfBilled.figures.grossAmount, currency: selfBilled.currency };
  const about = names.receiptReference ?? names.statementReference ?? names.orderReference;
  const day = { day: selfBilled.answerBy };
  return {
    link: `/self-billed/${selfBilled.id}`,
    reason: selfBilled.state === 'contested' ? selfBilled.remark : selfBilled.answer,
    params: { reference: selfBilled.reference, supplier: names.supplierName, about, day },
    facts: [{ label: 'self-billing.page.gross', value: amount }],
    supplierPeople,
  };
}

/** Tells the other side what happened with invoices that we make. Idempotent: `notify` tells nobody twice about one act. */
export const job: EventJob = {
  name,
  on: [...TO_SUPPLIER, ...TO_FINANCE, TO_THE_OTHER],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { supplierPeople, reason, facts, params, link } = await told(ctx, event);
      const isToSupplier =
        event.action === TO_THE_OTHER ? event.changes['by'] === 'house' : TO_SUPPLIER.includes(event.action);
      const finance = isToSupplier ? [] : await findUsersByRole(ctx, 'finance');
      await notify(ctx, {
        eventId: event.id,
        userIds: isToSupplier ? supplierPeople : finance.map((person) => person.id),
        template: event.action.replaceAll('_', '-').replace('.', '-'),
        params: { ...params, company: companyName(ctx.policies.company) },
        facts: [...facts, ...(reason === null ? [] : [{ label: 'form.reason', value: reason }])],
        link,
        ...(isToSupplier ? { signInLink: true } : {}),
      });
    }),
};
