import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  isZero,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import { isSameCharges, isSameTax, type TermsChange } from './changed-terms.ts';
import { type Delivery, fulfilmentOf, type OrderLine } from './fulfilment.ts';
import { type Charge, netLineAmount } from './order-charges.ts';

/** A change that one side proposes and the other answers; what is agreed becomes the order's next version. */
export const changeOrderLifecycle = defineLifecycle('change_order', 'sent', {
  sent: { accept: 'accepted', reject: 'rejected', withdraw: 'withdrawn', counter: 'countered' },
  // What moved in between may make an agreed change impossible: then the order stays as it is.
  accepted: { apply: 'applied', overtake: 'overtaken' },
  applied: {},
  rejected: {},
  withdrawn: {},
  // Another proposal stands in its place, for the other side to answer.
  countered: {},
  overtaken: {},
});
export type ChangeState = (typeof changeOrderLifecycle.states)[number];
export type Side = 'buyer' | 'supplier';

/** What is delivered: our item code, where it has one, and its words. */
export type OfferedItem = { readonly code: string | null; readonly description: string };
/** What a proposal is called: other terms, the same later, or another item. */
export const proposalKinds = ['terms', 'back_order', 'substitute'] as const;
export type ProposalKind = (typeof proposalKinds)[number];

/** What a change can alter of a line; no deliveries: nothing of it is ordered any more. */
export type LineTerms = {
  /** Null for whoever works without prices. */
  readonly unitPrice: DecimalString | null;
  readonly deliveries: readonly Delivery[];
  /** Only where a change is about another item. */
  readonly item?: OfferedItem;
  /** Only where it is about what is charged or allowed on the line. */
  readonly charges?: readonly Charge[];
  /** Only where it is about the line's tax; null: that of the order. */
  readonly taxRate?: DecimalString | null;
};
export type LineChange = {
  readonly poLineId: string;
  readonly lineNo: number;
  /** UNCL1229: 3 changed, 7 not accepted. */
  readonly code: '3' | '7';
  /** None in changes of the buyer and in rejections. */
  readonly proposal?: ProposalKind;
  readonly before: LineTerms;
  readonly after: LineTerms;
};

export type ChangeOrder = {
  readonly id: string;
  readonly orderId: string;
  readonly supplierId: string;
  /** Counts the changes of an order: people say "change 2 of PO-2026-0001". */
  readonly changeNo: number;
  readonly proposedSide: Side;
  readonly kind: 'change' | 'cancellation';
  readonly state: ChangeState;
  readonly baseVersion: number;
  readonly lines: readonly LineChange[];
  /** Of the order as a whole; null where it is about lines alone. */
  readonly terms: TermsChange | null;
  readonly reason: string;
  /** So small that the house rules take it by themselves. */
  readonly isTolerated: boolean;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly decisionReason: string;
  readonly appliedVersion: number | null;
  readonly dueAt: Date | null;
  readonly remindedAt: Date | null;
  readonly escalatedAt: Date | null;
  /** The proposal of the other side that this one answers. */
  readonly countersId: string | null;
  readonly version: number;
};

export const otherSide = (side: Side): Side => (side === 'buyer' ? 'supplier' : 'buyer');
export const totalOf = (deliveries: readonly Delivery[]): DecimalString =>
  trimDecimal(addDecimals(deliveries.map((one) => one.quantity)));

/** What stands in the order now, in the form that a change has. */
export const termsOf = (line: OrderLine): LineTerms => ({
  unitPrice: line.unitPrice === null ? null : trimDecimal(line.unitPrice),
  deliveries: inOrder(line.deliveries),
});

/** By day, without a day last; two of one day are one. */
export function inOrder(deliveries: readonly Delivery[]): Delivery[] {
  const byDay = new Map<Day | null, DecimalString>();
  for (const { quantity, dueOn } of deliveries)
    if (isPositive(quantity)) byDay.set(dueOn, addDecimals([byDay.get(dueOn) ?? '0', quantity]));
  return [...byDay]
    .map(([dueOn, quantity]) => ({ quantity: trimDecimal(quantity), dueOn }))
    .toSorted((one, other) => (one.dueOn ?? '9999').localeCompare(other.dueOn ?? '9999'));
}

/** All that a change can alter of a line, to compare what it names. */
const allTermsOf = (line: OrderLine): LineTerms => ({
  ...termsOf(line),
  item: itemOf(line),
  charges: line.charges ?? [],
  taxRate: line.taxRate ?? null,
});
const itemOf = (line: OrderLine): OfferedItem => ({ code: line.itemCode, description: line.description });
/** Terms that name no item leave it as it is. */
const isSameItem = ({ item: one }: LineTerms, { item: other }: LineTerms): boolean =>
  one === undefined ||
  other === undefined ||
  (one.code === other.code && one.description === other.description);

const isSameCharged = (one: LineTerms, other: LineTerms): boolean =>
  (one.charges === undefined || other.charges === undefined || isSameCharges(one.charges, other.charges)) &&
  (one.taxRate === undefined || other.taxRate === undefined || isSameTax(one.taxRate, other.taxRate));

export const isSameTerms = (one: LineTerms, other: LineTerms): boolean =>
  isSameItem(one, other) &&
  isSameCharged(one, other) &&
  compareDecimals(one.unitPrice ?? '0', other.unitPrice ?? '0') === 0 &&
  one.deliveries.length === other.deliveries.length &&
  one.deliveries.every((delivery, index) => {
    const beside = other.deliveries[index];
    return (
      beside?.dueOn === delivery.dueOn && isZero(subtractDecimals(beside?.quantity ?? '0', delivery.quantity))
    );
  });

/** What has happened to a line already: no version orders less. */
export const movedQuantity = (
  line: Pick<OrderLine, 'shippedQuantity' | 'receivedQuantity' | 'invoicedQuantity'>,
): DecimalString =>
  [line.shippedQuantity, line.receivedQuantity, line.invoicedQuantity].reduce((most, one) =>
    compareDecimals(one, most) > 0 ? one : most,
  );

/** The deliveries that are left when all that has not moved is cancelled. */
export function movedDeliveries(line: OrderLine): Delivery[] {
  let left = movedQuantity(line);
  return inOrder(
    inOrder(line.deliveries).map((delivery) => {
      const quantity = compareDecimals(left, delivery.quantity) > 0 ? delivery.quantity : left;
      left = subtractDecimals(left, quantity);
      return { ...delivery, quantity };
    }),
  );
}

/**
 * Asks whether a line can have these terms: it never orders less than was shipped, received or invoiced, what was
 * invoiced keeps its price, and what was shipped keeps its item. A line that is closed short is not changed any more.
 * @throws AppError `change_order.below-moved`, `change_order.price-of-invoiced`, `change_order.charges-of-invoiced`,
 * `change_order.item-of-moved`
 */
export function assertKeepsWhatMoved(line: OrderLine, after: LineTerms): void {
  if (isPositive(line.shortClosedQuantity ?? '0'))
    throw ruleBroken('change_order.line-closed-short', 'The line is closed short', { line: line.lineNo });
  const moved = movedQuantity(line);
  if (compareDecimals(totalOf(after.deliveries), moved) < 0)
    throw ruleBroken('change_order.below-moved', 'Less than was shipped, received or invoiced', {
      line: line.lineNo,
      least: trimDecimal(moved),
    });
  if (
    isPositive(line.invoicedQuantity) &&
    compareDecimals(after.unitPrice ?? '0', line.unitPrice ?? '0') !== 0
  )
    throw ruleBroken('change_order.price-of-invoiced', 'The line is invoiced at its price', {
      line: line.lineNo,
    });
  if (isPositive(line.invoicedQuantity) && !isSameCharged(allTermsOf(line), after))
    throw ruleBroken('change_order.charges-of-invoiced', 'The line is invoiced with its discount and tax', {
      line: line.lineNo,
    });
  if (isPositive(moved) && !isSameItem({ ...after, item: itemOf(line) }, after))
    throw ruleBroken('change_order.item-of-moved', 'Some of the ordered item is on its way', {
      line: line.lineNo,
    });
}

/**
 * The change of a line to other terms.
 * @throws AppError `change_order.changes-nothing` and what {@link assertKeepsWhatMoved} throws
 */
export function changeOf(line: OrderLine, after: LineTerms, code: LineChange['code'] = '3'): LineChange {
  const { item, charges, taxRate } = after;
  const now = termsOf(line);
  const before: LineTerms = {
    ...now,
    ...(item === undefined ? {} : { item: itemOf(line) }),
    ...(charges === undefined ? {} : { charges: line.charges ?? [] }),
    ...(taxRate === undefined ? {} : { taxRate: line.taxRate ?? null }),
  };
  const wanted: LineTerms = {
    unitPrice: after.unitPrice ?? now.unitPrice,
    deliveries: inOrder(after.deliveries),
    ...(item === undefined ? {} : { item }),
    ...(charges === undefined ? {} : { charges }),
    ...(taxRate === undefined ? {} : { taxRate }),
  };
  assertKeepsWhatMoved(line, wanted);
  if (isSameTerms(before, wanted))
    throw ruleBroken('change_order.changes-nothing', 'It is as it was', { line: line.lineNo });
  return { poLineId: line.id, lineNo: line.lineNo, code, before, after: wanted };
}

/** The change that cancels what has not moved of a line. @throws AppError `change_order.changes-nothing` */
export const cancellationOf = (line: OrderLine): LineChange =>
  changeOf(line, { unitPrice: line.unitPrice, deliveries: movedDeliveries(line) }, '7');

/**
 * The order's lines with a change made. What was shipped, received and invoiced of them stays.
 * @throws AppError `change_order.overtaken` when a line is not any more what the change was about, and what
 * {@link assertKeepsWhatMoved} throws
 */
export function applyTo(
  lines: readonly OrderLine[],
  changes: readonly LineChange[],
  currency: string,
): OrderLine[] {
  const byLine = new Map(changes.map((change) => [change.poLineId, change]));
  return lines.map((line) => {
    const change = byLine.get(line.id);
    if (change === undefined) return line;
    if (!isSameTerms(allTermsOf(line), change.before))
      throw ruleBroken('change_order.overtaken', 'The line was changed meanwhile', { line: line.lineNo });
    assertKeepsWhatMoved(line, change.after);
    const { deliveries, item, charges = line.charges ?? [], taxRate = line.taxRate ?? null } = change.after;
    const unitPrice = change.after.unitPrice ?? line.unitPrice;
    const quantity = totalOf(deliveries);
    const amount =
      unitPrice === null ? null : netLineAmount({ ...line, charges, quantity, unitPrice, currency });
    const ordered = { ...line, unitPrice, deliveries, quantity, amount, charges, taxRate };
    const changed =
      item === undefined ? ordered : { ...ordered, itemCode: item.code, description: item.description };
    return { ...changed, dueOn: nextDay(changed), fulfilment: fulfilmentOf(changed) };
  });
}

function nextDay(line: Pick<OrderLine, 'deliveries' | 'receivedQuantity'>): Day | null {
  let received = line.receivedQuantity;
  for (const { quantity, dueOn } of line.deliveries) {
    if (compareDecimals(received, quantity) < 0) return dueOn;
    received = subtractDecimals(received, quantity);
  }
  return line.deliveries.at(-1)?.dueOn ?? null;
}

/** What a change makes a line cost more, or less when negative; null for whoever works without prices. */
export function moneyEffect(
  change: Pick<LineChange, 'before' | 'after'>,
  line: { priceBaseQuantity: DecimalString; currency: string; charges?: readonly Charge[] },
): DecimalString | null {
  const cost = ({ unitPrice, deliveries, charges = line.charges ?? [] }: LineTerms) =>
    unitPrice === null ? null : netLineAmount({ ...line, charges, quantity: totalOf(deliveries), unitPrice });
  const [before, after] = [cost(change.before), cost(change.after)];
  return before === null || after === null ? null : trimDecimal(subtractDecimals(after, before));
}

/**
 * The change as the other side's answer makes it.
 * @throws AppError `change_order.own-proposal`, `change_order.cannot-accept`, `change_order.cannot-reject`
 */
export function decideChange(
  change: ChangeOrder,
  by: { side: Side; action: 'accept' | 'reject'; userId: string | null; at: Date; reason: string },
): ChangeOrder {
  const state = changeOrderLifecycle.next(change.state, by.action);
  if (by.side === change.proposedSide)
    throw ruleBroken('change_order.own-proposal', 'The other side answers a proposal');
  return { ...change, state, decidedBy: by.userId, decidedAt: by.at, decisionReason: by.reason, dueAt: null };
}

/**
 * The change as another proposal of the other side leaves it: answered neither with yes nor no.
 * @throws AppError `change_order.own-proposal`, `change_order.cannot-counter`
 */
export function counterChange(
  change: ChangeOrder,
  by: { side: Side; userId: string; at: Date; reason: string },
): ChangeOrder {
  const state = changeOrderLifecycle.next(change.state, 'counter');
  if (by.side === change.proposedSide)
    throw ruleBroken('change_order.own-proposal', 'The other side answers a proposal');
  return { ...change, state, decidedBy: by.userId, decidedAt: by.at, decisionReason: by.reason, dueAt: null };
}

/** @throws AppError `change_order.withdrawn-by-other`, `change_order.cannot-withdraw` */
export function withdrawChange(
  change: ChangeOrder,
  by: { side: Side; userId: string; at: Date },
): ChangeOrder {
  const state = changeOrderLifecycle.next(change.state, 'withdraw');
  if (by.side !== change.proposedSide)
    throw ruleBroken('change_order.withdrawn-by-other', 'Only the side that proposed it takes it back');
  return { ...change, state, decidedBy: by.userId, decidedAt: by.at, dueAt: null };
}
