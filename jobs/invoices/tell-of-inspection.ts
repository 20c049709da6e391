import { findUsersByRole } from '../../src/identity/index.ts';
import type { InvoiceFacts } from '../../src/invoices/index.ts';
import { notify } from '../../src/notifications/index.ts';
import type { Ctx } from '../../src/platform/db/context.ts';

/** An invoice waits for an inspection alone: receivers are asked for it, and its supplier is told that it has nothing to do. */
export async function tellOfInspection(
  ctx: Ctx,
  of: { eventId: string; facts: InvoiceFacts },
): Promise<void> {
  const { invoice, names, open, supplierPeople } = of.facts;
  const message = {
    eventId: of.eventId,
    params: {
      number: invoice.supplierNumber,
      reference: invoice.reference,
      order: names.orderReference,
      supplier: names.supplierName,
      receipt: names.receiptReference ?? names.statementReference ?? '',
      due: { day: open[0]?.dueOn ?? invoice.dueOn },
    },
    facts: [
      { label: 'invoices.page.receipt', value: names.receiptReference ?? names.statementReference ?? '' },
      { label: 'invoices.page.order', value: names.orderReference },
    ],
  };
  await notify(ctx, {
    ...message,
    userIds: supplierPeople,
    template: 'invoice-awaits-inspection',
    link: `/invoices/${invoice.id}`,
    signInLink: true,
  });
  const receivers = await findUsersByRole(ctx, 'receiver');
  await notify(ctx, {
    ...message,
    userIds: receivers.map((person) => person.id),
    template: 'inspection-asked',
    link: invoice.receiptId === null ? '/' : `/receipts/${invoice.receiptId}`,
  });
}
