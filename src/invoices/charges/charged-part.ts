import type { DecimalString } from '../../kernel/money.ts';
import { type OrderLine, restToInvoice } from '../../orders/index.ts';
import { type BillableLine, suggestedQuantity } from '../figures.ts';
import { partOfRest } from './invoice-charge.ts';

/** How much of what is left of the charged orders' lines this invoice is for. */
export function partOf(
  billable: readonly BillableLine[],
  lines: readonly (OrderLine & { readonly orderId: string })[],
  currency: string,
): DecimalString {
  const now = new Map(billable.map((line) => [line.poLineId, suggestedQuantity(line)]));
  return partOfRest(
    lines.map((line) => ({
      quantity: now.get(line.id) ?? '0',
      rest: restToInvoice(line),
      unitPrice: line.unitPrice ?? '0',
      priceBaseQuantity: line.priceBaseQuantity,
    })),
    currency,
  );
}
