import { compareDecimals, type DecimalString, isPositive, subtractDecimals } from '../kernel/money.ts';

/** How much of an invoice's line is for one receipt. */
export type ReceiptShare = { readonly receiptId: string; readonly quantity: DecimalString };

/**
 * Which receipts an invoiced quantity is for: each takes what it has left, in their order; what is more than all have
 * is the last one's, where the match finds it.
 */
export function shareOut(quantity: DecimalString, receipts: readonly ReceiptShare[]): ReceiptShare[] {
  let left = quantity;
  const shares = receipts.flatMap(({ receiptId, quantity: has }, index): ReceiptShare[] => {
    const isLast = index === receipts.length - 1;
    const takes = isLast || compareDecimals(left, has) < 0 ? left : has;
    if (!isPositive(takes)) return [];
    left = subtractDecimals(left, takes);
    return [{ receiptId, quantity: takes }];
  });
  return shares;
}
