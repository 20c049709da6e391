import { ruleBroken } from '../kernel/errors.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import { allot, type Taking, type WaitingLine } from '../requisitions/index.ts';
import type { Charge } from './order-charges.ts';
import type { PaymentPlan } from './payment-plan.ts';

/** A line of an order that a buyer makes, and the requisition lines it is for; none where it is by hand. */
export type DraftLine = {
  readonly requisitionLineIds: readonly string[];
  readonly itemCode: string | null;
  readonly description: string;
  readonly quantity: DecimalString;
  readonly unit: string;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly dueOn: Day | null;
  readonly charges: readonly Charge[];
  readonly taxRate: DecimalString | null;
};
export type OrderDraft = {
  readonly supplierId: string;
  readonly plantCode: string;
  readonly categoryCode: string;
  readonly title: string;
  readonly currency: string;
  readonly incoterm: string;
  readonly incotermPlace: string;
  readonly paymentTermsDays: number;
  readonly taxRate: DecimalString | null;
  readonly charges: readonly Charge[];
  readonly plan: PaymentPlan | null;
  readonly reason: string;
  readonly lines: readonly DraftLine[];
};

/**
 * Asks whether a draft may be made at all: what nobody asked for by a requisition is ordered only where the house allows
 * it, and with a reason.
 * @throws AppError `purchase_order.by-hand-not-allowed`, `purchase_order.needs-a-reason`
 */
export function assertMayBeMade(
  draft: Pick<OrderDraft, 'lines' | 'reason'>,
  policy: { readonly isByHandAllowed: boolean },
): void {
  if (draft.lines.every((line) => line.requisitionLineIds.length > 0)) return;
  if (!policy.isByHandAllowed)
    throw ruleBroken('purchase_order.by-hand-not-allowed', 'Every line needs a requisition');
  if (draft.reason.trim() === '') throw ruleBroken('purchase_order.needs-a-reason', 'Say why');
}

/**
 * Requisition lines fit an order of one plant, one category and one currency, and one line of it each.
 * @throws AppError `purchase_order.requisition-elsewhere`, `purchase_order.requisition-currency`,
 * `purchase_order.requisition-line-twice`
 */
export function assertFits(draft: OrderDraft, needed: readonly WaitingLine[]): void {
  const named = draft.lines.flatMap((line) => line.requisitionLineIds);
  if (new Set(named).size < named.length)
    throw ruleBroken('purchase_order.requisition-line-twice', 'A requisition line is ordered twice');
  const says = (line: WaitingLine) => ({ reference: line.reference, line: line.lineNo });
  for (const line of needed) {
    if (line.plantCode !== draft.plantCode || line.categoryCode !== draft.categoryCode)
      throw ruleBroken('purchase_order.requisition-elsewhere', 'Another plant or category', says(line));
    if (line.currency !== draft.currency)
      throw ruleBroken('purchase_order.requisition-currency', 'Another currency', {
        ...says(line),
        currency: line.currency,
      });
  }
}

/**
 * What an order takes of its requisition lines: as much as it orders of them, in the order in which they were asked for.
 * A line in another unit than theirs takes them whole, for the quantities say nothing of each other.
 */
export const takingsOf = (
  draft: Pick<OrderDraft, 'lines'>,
  needed: readonly Pick<WaitingLine, 'id' | 'quantity' | 'unit'>[],
): Taking[] =>
  draft.lines.flatMap((line) => {
    const own = needed.filter(({ id }) => line.requisitionLineIds.includes(id));
    return own.some(({ unit }) => unit !== line.unit)
      ? own.map(({ id, quantity }) => ({ lineId: id, quantity }))
      : allot(line.quantity, own);
  });
