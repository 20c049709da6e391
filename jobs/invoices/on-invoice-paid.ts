import { tellSupplier } from './tell-supplier.ts';

/** Tells the supplier that it was paid, when and under which reference. */
export const job = tellSupplier({
  name: 'invoices/on-invoice-paid',
  on: 'invoice.paid',
  template: 'invoice-paid',
  facts: ({ invoice }) => [
    { label: 'invoices.page.paid-on', value: { day: invoice.paidOn ?? invoice.dueOn } },
    { label: 'invoices.page.payment-reference', value: invoice.paymentReference ?? '' },
  ],
});
