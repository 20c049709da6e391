import { ruleBroken } from '../kernel/errors.ts';
import { type DecimalString, lineAmount, sumMoney } from '../kernel/money.ts';
import type { UnitCode } from '../kernel/quantity.ts';
import type { Day } from '../kernel/time.ts';

/** One line asked for. */
export type EventItem = {
  readonly id: string;
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly quantity: DecimalString;
  readonly unit: UnitCode;
  /** The owner's own word for the unit, where it was not the code. */
  readonly originalUnit: string | null;
  readonly needByOn: Day | null;
  /** What the buyer expects one unit to cost; null where nobody said, and for suppliers. */
  readonly estimatedPrice: DecimalString | null;
};

/** A line as somebody gives it: its number follows from its place. */
export type NewEventItem = Omit<EventItem, 'id' | 'lineNo'>;

/** What the lines will cost if the estimates hold; null unless there are lines and each has one. */
export function estimatedValueOf(
  items: readonly Pick<EventItem, 'quantity' | 'estimatedPrice'>[],
  currency: string,
): DecimalString | null {
  const amounts = items.map(({ quantity, estimatedPrice }) =>
    estimatedPrice === null ? null : lineAmount({ quantity, unitPrice: estimatedPrice, currency }),
  );
  const known = amounts.filter((amount) => amount !== null);
  return known.length === 0 || known.length < amounts.length ? null : sumMoney(known, currency);
}

/** @throws AppError `sourcing_event.has-too-many-lines` */
export function assertLineCount(count: number, maximum: number): void {
  if (count > maximum)
    throw ruleBroken('sourcing_event.has-too-many-lines', `At most ${maximum} lines`, { count, maximum });
}
