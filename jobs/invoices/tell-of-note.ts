import { findUsersByRole } from '../../src/identity/index.ts';
import { getCreditFacts } from '../../src/invoices/index.ts';
import { companyName, type NotificationFact, notify } from '../../src/notifications/index.ts';
import type { Ctx } from '../../src/platform/db/context.ts';

const TO_SUPPLIER: Readonly<Record<string, string>> = {
  'credit_note.sent': 'debit-note-sent',
  'credit_note.revised': 'debit-note-revised',
  'credit_note.reminded': 'debit-note-reminder',
  'credit_note.withdrawn': 'debit-note-withdrawn',
  'credit_note.approved': 'credit-note-approved',
  'credit_note.rejected': 'credit-note-rejected',
};
const TO_STAFF: Readonly<Record<string, string>> = {
  'credit_note.submitted': 'credit-note-submitted',
  'credit_note.accepted': 'debit-note-accepted',
  'credit_note.contested': 'debit-note-contested',
  'credit_note.escalated': 'debit-note-unanswered',
};

/** Tells the other side what happened to a credit or debit note; `notify` tells nobody twice about one act. */
export async function tellOfNote(
  ctx: Ctx,
  of: {
    event: { readonly id: string; readonly action: string; readonly subjectId: string };
    documentId: string | null;
  },
): Promise<void> {
  const { event, documentId } = of;
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
    documentId,
  });
}
