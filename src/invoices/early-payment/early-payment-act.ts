import type { Act } from '../../audit/index.ts';
import type { EarlyPayment } from './early-payment.ts';

/** What is agreed on an invoice, as its timeline says it. */
export const actOn = (early: EarlyPayment, what: string, reference: string | null): Act => ({
  action: `invoice.early-payment-${what}`,
  subject: { type: 'invoice', id: early.invoiceId },
  supplierId: early.supplierId,
  changes: {
    ...(reference === null ? {} : { reference }),
    earlyPaymentId: early.id,
    offeredBy: early.offeredBy,
    payOn: early.payOn,
    discountAmount: early.takenAmount ?? early.discountAmount,
    currency: early.currency,
  },
});
