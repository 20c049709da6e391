import { tellSupplier } from './tell-supplier.ts';

/** Tells the supplier when it will be paid. */
export const job = tellSupplier({
  name: 'invoices/on-invoice-approved',
  on: 'invoice.approved',
  template: 'invoice-approved',
  facts: ({ invoice }) => [{ label: 'invoices.page.due', value: { day: invoice.dueOn } }],
});
