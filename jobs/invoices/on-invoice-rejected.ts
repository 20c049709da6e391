import { tellSupplier } from './tell-supplier.ts';

/** Tells the supplier why its invoice was refused. */
export const job = tellSupplier({
  name: 'invoices/on-invoice-rejected',
  on: 'invoice.rejected',
  template: 'invoice-rejected',
  facts: ({ invoice }) => [{ label: 'form.reason', value: invoice.rejectionReason ?? '' }],
});
