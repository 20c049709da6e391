import { ruleBroken } from '../kernel/errors.ts';
import type { Incoterm } from '../kernel/incoterm.ts';
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
  readonly lotId: string | null;
} & ItemDetails;

/** What a line may say beyond what is asked of every line. */
export type ItemDetails = {
  readonly specification: string;
  /** What the buyer hopes for, and what it pays at most; null for suppliers, always. */
  readonly targetPrice: DecimalString | null;
  readonly reservePrice: DecimalString | null;
  /** May something else be offered in its place? */
  readonly takesAlternates: boolean;
  /** Is the supplier asked how much it can make a month? */
  readonly asksCapacity: boolean;
  /** Where the line is delivered otherwise than the event says. */
  readonly incoterm: Incoterm | null;
  readonly incotermPlace: string;
  /** The quantities that prices are asked at beside its own, ascending. */
  readonly tiers: readonly DecimalString[];
  /** What is delivered when, by day. */
  readonly schedule: readonly ScheduledQuantity[];
};
export type ScheduledQuantity = { readonly quantity: DecimalString; readonly deliverOn: Day };

/**
 * A line as somebody gives it: its number follows from its place. With the `id` of a line that is there it is that line,
 * and what it does not say of its details stays.
 */
export type NewEventItem = Omit<EventItem, 'id' | 'lineNo' | 'lotId' | keyof ItemDetails> &
  Partial<ItemDetails> & {
    readonly id?: string | undefined;
    /** The number of its lot. */
    readonly lotNo?: number | null;
  };

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
