import { getInvoiceFacts, type InvoiceFacts } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { addDecimals, trimDecimal } from '../../src/kernel/money.ts';
import { type NotificationFact, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellOfInspection } from './tell-of-inspection.ts';

const name = 'invoices/on-invoice-exception-raised';
/** A mail stays a mail: the page it leads to has every difference. */
const EXCEPTIONS_IN_MAIL = 5;
const QUANTITIES: readonly string[] = ['quantity', 'not_received', 'not_inspected', 'inspection_failed'];

/**
 * Tells the supplier what to correct and until when, and the buyer what it may accept. Idempotent by the event
 * row. Differences that were settled meanwhile are no news.
 */
export const job: EventJob = {
  name,
  on: ['invoice.exception-raised'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const found = await getInvoiceFacts(ctx, event.subjectId);
      const { invoice, names, open, supplierPeople } = found;
      const [first] = open;
      if (first === undefined) return;
      if (open.every((one) => one.kind === 'not_inspected'))
        return tellOfInspection(ctx, { eventId: event.id, facts: found });
      const message = {
        eventId: event.id,
        params: {
          number: invoice.supplierNumber,
          reference: invoice.reference,
          order: names.orderReference,
          supplier: names.supplierName,
          count: open.length,
          due: { day: first.dueOn },
        },
        facts: factsOf(found),
        link: `/invoices/${invoice.id}`,
      };
      await notify(ctx, {
        ...message,
        userIds: supplierPeople,
        template: 'invoice-exception',
        signInLink: true,
        signedLink: {
          purpose: 'invoice',
          subjectId: invoice.id,
          reference: invoice.reference,
          endsAt: null,
        },
      });
      await notify(ctx, { ...message, userIds: [names.buyerId], template: 'invoice-exception-buyer' });
    }),
};

function factsOf({ invoice, lines, open }: InvoiceFacts): NotificationFact[] {
  const { currency } = invoice;
  const effect = addDecimals(open.map((exception) => exception.amountEffect));
  const differences = open.slice(0, EXCEPTIONS_IN_MAIL).flatMap((exception): NotificationFact[] => {
    const line = lines.find((one) => one.poLineId === exception.poLineId);
    const isQuantity = QUANTITIES.includes(exception.kind);
    // A unit price keeps all its decimals, which an amount would not.
    const value = (figure: string) =>
      isQuantity && line !== undefined
        ? { quantity: figure, unit: line.unit }
        : `${trimDecimal(figure)} ${currency}`;
    const charge = exception.chargeReason;
    const whole = charge === null ? 'invoices.exception.whole' : `order-charges.reason.${charge}`;
    return [
      {
        label: `invoices.kind.${exception.kind}`,
        value: line === undefined ? { key: whole } : `${line.lineNo} · ${line.description}`,
      },
      { label: 'invoices.exception.actual', value: value(exception.actual) },
      { label: 'invoices.exception.expected', value: value(exception.expected) },
    ];
  });
  return [...differences, { label: 'invoices.exception.effect', value: { amount: effect, currency } }];
}
