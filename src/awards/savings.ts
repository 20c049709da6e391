import { type DecimalString, lineAmount } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { AskedLine } from './allocation.ts';
import type { AwardLine } from './award.ts';
import type { BaselinePrice } from './scenario.ts';

/** What one awarded line saved, as it stood on the day the award was approved. */
export type SavingsEntry = {
  readonly eventItemId: string;
  readonly supplierId: string;
  readonly quantity: DecimalString;
  readonly amount: DecimalString;
  /** The same quantity as budgeted, as estimated, as hoped for, and at the last price paid; null where nobody knew one. */
  readonly budgetAmount: DecimalString | null;
  readonly estimateAmount: DecimalString | null;
  readonly targetAmount: DecimalString | null;
  readonly lastPriceAmount: DecimalString | null;
};

/** Where and when an entry is booked: what the register is filtered and added up by. */
export type Booking = {
  readonly awardId: string;
  readonly eventId: string;
  readonly categoryCode: string;
  readonly plantCode: string;
  readonly buyerId: string;
  readonly bookedOn: Day;
  readonly currency: string;
};

/** The entries of an award's lines: each baseline times what was awarded, rounded once at the line. */
export function savingsOf(of: {
  readonly asked: readonly (AskedLine & { readonly targetPrice?: DecimalString | null })[];
  readonly lines: readonly AwardLine[];
  /** What the requisitions behind each line were approved at. */
  readonly budgetPrices: ReadonlyMap<string, BaselinePrice>;
  readonly lastPrices: ReadonlyMap<string, BaselinePrice>;
  readonly currency: string;
}): SavingsEntry[] {
  const lineOf = new Map(of.asked.map((line) => [line.id, line]));
  return of.lines.map((line) => {
    const at = (price: BaselinePrice | null): DecimalString | null =>
      price === null ? null : lineAmount({ ...price, quantity: line.quantity, currency: of.currency });
    const asked = lineOf.get(line.eventItemId);
    return {
      eventItemId: line.eventItemId,
      supplierId: line.supplierId,
      quantity: line.quantity,
      amount: line.amount,
      budgetAmount: at(of.budgetPrices.get(line.eventItemId) ?? null),
      estimateAmount: at(priceOfOne(asked?.estimatedPrice)),
      targetAmount: at(priceOfOne(asked?.targetPrice)),
      lastPriceAmount: at(of.lastPrices.get(line.eventItemId) ?? null),
    };
  });
}

const priceOfOne = (unitPrice: DecimalString | null | undefined): BaselinePrice | null =>
  unitPrice === null || unitPrice === undefined ? null : { unitPrice, priceBaseQuantity: '1' };

export const savingsGroups = ['month', 'category', 'plant', 'buyer'] as const;
export type SavingsGroup = (typeof savingsGroups)[number];
