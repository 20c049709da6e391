import type { OrderLine } from '../../src/orders/index.ts';

/** Ten pieces at 2, of which nothing has moved yet. */
export const orderLine = (over: Partial<OrderLine> = {}): OrderLine => ({
  id: 'a',
  lineNo: 1,
  itemCode: null,
  description: 'Bracket',
  quantity: '10',
  unit: 'C62',
  unitPrice: '2',
  priceBaseQuantity: '1',
  amount: '20',
  dueOn: '2026-04-01',
  deliveries: [{ quantity: over.quantity ?? '10', dueOn: '2026-04-01' }],
  shippedQuantity: '0',
  receivedQuantity: '0',
  invoicedQuantity: '0',
  fulfilment: 'open',
  ...over,
});
