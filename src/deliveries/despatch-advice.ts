import { type FieldError, found, invalid, ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import {
  compareDecimals,
  type DecimalString,
  isZero,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import { announceableQuantity, type OrderLine, type QuantityChange, shippedWith } from '../orders/index.ts';

/** An announced delivery is settled by one receipt: what did not come with it is announced anew. */
export const despatchAdviceLifecycle = defineLifecycle('despatch_advice', 'draft', {
  draft: { submit: 'submitted' },
  submitted: {
    pack: 'submitted',
    'book-dock': 'submitted',
    depart: 'in_transit',
    arrive: 'arrived',
    receive: 'received',
    'receive-in-part': 'part_received',
    reject: 'rejected',
    cancel: 'cancelled',
  },
  in_transit: {
    'book-dock': 'in_transit',
    arrive: 'arrived',
    receive: 'received',
    'receive-in-part': 'part_received',
    reject: 'rejected',
    cancel: 'cancelled',
  },
  arrived: { receive: 'received', 'receive-in-part': 'part_received', reject: 'rejected' },
  received: {},
  part_received: {},
  rejected: {},
  cancelled: {},
});
export type DespatchState = (typeof despatchAdviceLifecycle.states)[number];

/** Announced, and not counted yet. */
export const underWayStates = despatchAdviceLifecycle.states.filter((state) =>
  despatchAdviceLifecycle.may(state, 'receive'),
);

/** An advance shipping notice: what the supplier says is coming. People see it as "ASN". */
export type DespatchAdvice = {
  readonly id: string;
  readonly reference: string;
  readonly orderId: string;
  readonly supplierId: string;
  readonly plantCode: string;
  readonly state: DespatchState;
  readonly despatchedOn: Day;
  readonly expectedOn: Day;
  readonly carrier: string;
  readonly trackingNumber: string;
  readonly note: string;
  /** How often it was packed; 0 while nobody has said how. */
  readonly packingNo: number;
  readonly packedAt: Date | null;
  readonly departedAt: Date | null;
  readonly arrivedAt: Date | null;
  /** Why the gate turned it away; empty where it did not. */
  readonly rejectionReason: string;
  readonly createdBy: string;
  readonly createdAt: Date;
};

/** So much of an order line is in a delivery. */
export type DespatchLine = { readonly poLineId: string; readonly quantity: DecimalString };

/**
 * The lines of a delivery, from a form's rows in their order: a row of nothing is not in this delivery.
 * @throws AppError `despatch_advice.nothing-announced`, `despatch_advice.lines-refused` with a field for each
 * line of which more is announced than can be, `po_line.not-found`
 */
export function despatchLines(
  orderLines: readonly OrderLine[],
  rows: readonly DespatchLine[],
): DespatchLine[] {
  const byId = new Map(orderLines.map((line) => [line.id, line]));
  const refused: FieldError[] = [];
  for (const [index, row] of rows.entries()) {
    const line = found('po_line', byId.get(row.poLineId));
    const most = announceableQuantity(line);
    if (compareDecimals(row.quantity, most) > 0)
      refused.push({
        path: `lines.${index}.quantity`,
        code: 'despatch_advice.more-than-announceable',
        message: `Line ${line.lineNo}: at most ${most}`,
        params: { line: line.lineNo, most: trimDecimal(most) },
      });
  }
  if (refused.length > 0)
    throw invalid('despatch_advice.lines-refused', 'More is announced than is open', refused);
  const lines = rows.filter((row) => !isZero(row.quantity));
  if (lines.length === 0) throw ruleBroken('despatch_advice.nothing-announced', 'A delivery needs a line');
  return lines;
}

/** Lines with the order each is of: what an act does to each of the orders. */
export function byOrder<Line extends { readonly poLineId: string }>(
  lines: readonly Line[],
  orderLines: readonly { readonly id: string; readonly orderId: string }[],
): { orderId: string; lines: Line[] }[] {
  const orderOf = new Map(orderLines.map((line) => [line.id, line.orderId]));
  const parts = new Map<string, Line[]>();
  for (const line of lines) {
    const orderId = found('po_line', orderOf.get(line.poLineId));
    parts.set(orderId, [...(parts.get(orderId) ?? []), line]);
  }
  return [...parts].map(([orderId, own]) => ({ orderId, lines: own }));
}

/**
 * One delivery goes to one plant.
 * @throws AppError `despatch_advice.other-plant`
 */
export function assertOnePlant(
  orders: readonly { readonly plantCode: string; readonly supplierId: string; readonly reference: string }[],
): void {
  const [first] = orders;
  const other = orders.find(
    (one) => one.plantCode !== first?.plantCode || one.supplierId !== first.supplierId,
  );
  if (other !== undefined)
    throw ruleBroken('despatch_advice.other-plant', 'A delivery goes to one plant', {
      reference: other.reference,
    });
}

/**
 * A delivery arrives on the day it is despatched, or later.
 * @throws AppError `despatch_advice.dates-refused`
 */
export function assertArrivesAfterDespatch(dates: { despatchedOn: Day; expectedOn: Day }): void {
  if (dates.expectedOn < dates.despatchedOn)
    throw invalid('despatch_advice.dates-refused', 'Expected before it is despatched', [
      {
        path: 'expectedOn',
        code: 'despatch_advice.expected-before-despatch',
        message: 'Expected before it is despatched',
      },
    ]);
}

/**
 * What is announced less once a delivery is cancelled. `underWay` is what other deliveries still have under way:
 * when more arrived than was announced, less comes free than was in the cancelled delivery.
 */
export const freedByCancelling = (
  orderLines: readonly OrderLine[],
  cancelled: readonly DespatchLine[],
  underWay: ReadonlyMap<string, DecimalString>,
): QuantityChange[] => {
  const ids = new Set(cancelled.map((line) => line.poLineId));
  return orderLines
    .filter((line) => ids.has(line.id))
    .map((line) => ({
      poLineId: line.id,
      quantity: subtractDecimals(shippedWith(line, underWay.get(line.id) ?? '0'), line.shippedQuantity),
    }))
    .filter((change) => !isZero(change.quantity));
};
