import { findUsersByRole } from '../../src/identity/index.ts';
import { getCreditFacts } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { companyName, type NotificationFact, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-credit-note-moved';

const TO_SUPPLIER: Readonly<Record<string, string>> = {
  'credit_note.sent': 'debit-note-sent',
  'credit_note.revised': 'debit-note-revised',
  'credit_note.withdrawn': 'debit-note-withdrawn',
  'credit_note.approved': 'credit-note-approved',
  'credit_note.rejected': 'credit-note-rejected',
};
const TO_STAFF: Readonly<Record<string, string>> = {
  'credit_note.submitted': 'credit-note-submitted',
  'credit_note.accepted': 'debit-note-accepted',
  'credit_note.contested': 'debit-note-contested',
};

/** Tells the other side what happened to a credit or debit note. Idempotent: `notify` tells nobody twice about one act. */
export const job: EventJob = {
  name,
  on: [...Object.keys(TO_SUPPLIER), ...Object.keys(TO_STAFF)],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { note, names, supplierPeople } = await getCreditFacts(ctx, event.subjectId);
      const toSupplier = TO_SUPPLIER[event.action];
      const finance = toSupplier === undefined ? await findUsersByRole(ctx, 'finance') : [];
      const facts: NotificationFact[] = [
        { label: 'credits.page.amount', value: { amount: note.grossAmount, currency: note.currency } },
        { label: 'credits.page.reason', value: note.reason },
        ...(note.answer === null ? [] : [{ label: 'credits.page.answer', value: note.answer }]),
      ];
      const staff = [
        ...finance.map((person) => person.id),
        ...(note.kind === 'debit_note' ? [names.buyerId] : []),
      ];
      await notify(ctx, {
        eventId: event.id,
        userIds: toSupplier === undefined ? staff : supplierPeople,
        template: toSupplier ?? TO_STAFF[event.action] ?? '',
        params: {
          reference: note.reference,
          number: note.supplierNumber ?? note.reference,
          about: names.invoiceNumber ?? names.nonconformanceReference ?? names.orderReference,
          supplier: names.supplierName,
          company: companyName(ctx.policies.company),
        },
        facts,
        link: `/credit-notes/${note.id}`,
        ...(toSupplier === undefined ? {} : { signInLink: true }),
      });
    }),
};
