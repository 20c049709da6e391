import { found, ruleBroken } from '../kernel/errors.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  floorTo,
  isPositive,
  isZero,
  multiplyDecimals,
  ratio,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import { quantityDecimals } from '../kernel/quantity.ts';
import type { Day } from '../kernel/time.ts';
import type { Charge } from './order-charges.ts';

/** How far one dated delivery is. */
export type Fulfilment = 'open' | 'part_shipped' | 'shipped' | 'part_received' | 'received' | 'short_closed';
/** Header states that follow from the lines. */
export type ProgressState = 'open' | 'part_received' | 'received' | 'part_invoiced' | 'invoiced';

/** So much of a line is delivered on this day; null: no day is agreed. */
export type Delivery = { readonly quantity: DecimalString; readonly dueOn: Day | null };

/** A line with its dated deliveries and what was announced, received and invoiced of it. */
export type OrderLine = {
  /** The `po_line`'s id. */
  readonly id: string;
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly quantity: DecimalString;
  readonly unit: string;
  /** Null, like the amount, for whoever works without prices. */
  readonly unitPrice: DecimalString | null;
  readonly priceBaseQuantity: DecimalString;
  /** With what is charged on the line. */
  readonly amount: DecimalString | null;
  readonly charges?: readonly Charge[];
  /** In percent; that of the order where it says nothing. */
  readonly taxRate?: DecimalString | null;
  /** When the next of it is to be delivered; once all has come, when the last was. */
  readonly dueOn: Day | null;
  /** In the order of their days; none where the line was cancelled. Goods fill them in this order. */
  readonly deliveries: readonly Delivery[];
  /** Announced by the supplier: under way, or arrived. */
  readonly shippedQuantity: DecimalString;
  readonly receivedQuantity: DecimalString;
  readonly invoicedQuantity: DecimalString;
  /** Ordered and given up by the buyer: it does not come any more. Nothing where it is left out. */
  readonly shortClosedQuantity?: DecimalString;
  readonly fulfilment: Fulfilment;
};

type Quantities = Pick<
  OrderLine,
  'quantity' | 'shippedQuantity' | 'receivedQuantity' | 'invoicedQuantity' | 'shortClosedQuantity'
>;
/** So much more (less, when negative) of a line. */
export type QuantityChange = { readonly poLineId: string; readonly quantity: DecimalString };
/** So much of a line has arrived, and so much of it is announced and still to come. */
export type Arrival = QuantityChange & { readonly underWayQuantity: DecimalString };

const larger = (a: DecimalString, b: DecimalString): DecimalString => (compareDecimals(a, b) >= 0 ? a : b);
const smaller = (a: DecimalString, b: DecimalString): DecimalString => (compareDecimals(a, b) <= 0 ? a : b);
const atLeastZero = (a: DecimalString): DecimalString => larger(a, '0');

/** Ordered, without what was closed short: what the supplier still owes, or has delivered. */
export const wantedQuantity = (line: Pick<Quantities, 'quantity' | 'shortClosedQuantity'>): DecimalString =>
  subtractDecimals(line.quantity, line.shortClosedQuantity ?? '0');
/** Wanted and not received. */
export const openQuantity = (line: Quantities): DecimalString =>
  atLeastZero(subtractDecimals(wantedQuantity(line), line.receivedQuantity));
/** Received beyond what was ordered, as far as a plant takes it. */
export const overQuantity = (line: Pick<Quantities, 'quantity' | 'receivedQuantity'>): DecimalString =>
  atLeastZero(subtractDecimals(line.receivedQuantity, line.quantity));
/**
 * What a plant can still take: what is open and, where it takes so many percent more than is wanted, that much more.
 * What is counted stays whole.
 */
export const receivableQuantity = (
  line: Quantities & Pick<OrderLine, 'unit'>,
  overPercent: DecimalString,
): DecimalString => {
  const wanted = wantedQuantity(line);
  const more = floorTo(ratio(multiplyDecimals(wanted, overPercent), '100'), quantityDecimals(line));
  return atLeastZero(subtractDecimals(addDecimals([wanted, more]), line.receivedQuantity));
};
/** Announced and not received. */
export const underWayQuantity = (line: Quantities): DecimalString =>
  atLeastZero(subtractDecimals(line.shippedQuantity, line.receivedQuantity));
/** Announced altogether when this much of it is still under way: never less than received, nor more than wanted. */
export const shippedWith = (line: Quantities, underWay: DecimalString): DecimalString =>
  smaller(wantedQuantity(line), addDecimals([line.receivedQuantity, underWay]));
/** Neither announced nor received: what the supplier can still announce, and the buyer can close short. */
export const announceableQuantity = (line: Quantities): DecimalString =>
  atLeastZero(subtractDecimals(wantedQuantity(line), larger(line.shippedQuantity, line.receivedQuantity)));
/** Received and not invoiced: what the supplier can invoice. */
export const invoiceableQuantity = (line: Quantities): DecimalString =>
  subtractDecimals(line.receivedQuantity, line.invoicedQuantity);

/** One dated delivery with its share of what has moved. */
export type SpreadDelivery = Delivery & Quantities & { readonly scheduleNo: number };

/** What has moved of a line fills its deliveries one after the other, the earliest first; what is too much is the last's. */
export function spreadOver(
  line: Omit<Quantities, 'quantity'> & { readonly deliveries: readonly Delivery[] },
): SpreadDelivery[] {
  let before: DecimalString = '0';
  return line.deliveries.map((delivery, index) => {
    const from = before;
    before = addDecimals([before, delivery.quantity]);
    const share = (moved: DecimalString): DecimalString => {
      const left = subtractDecimals(moved, from);
      if (!isPositive(left)) return '0';
      if (index === line.deliveries.length - 1) return left;
      return compareDecimals(left, delivery.quantity) > 0 ? delivery.quantity : left;
    };
    return {
      ...delivery,
      scheduleNo: index + 1,
      shippedQuantity: share(line.shippedQuantity),
      receivedQuantity: share(line.receivedQuantity),
      invoicedQuantity: share(line.invoicedQuantity),
    };
  });
}

/** How far the line is, from its quantities. */
export function fulfilmentOf(line: Quantities): Fulfilment {
  const wanted = wantedQuantity(line);
  if (isZero(wanted)) return 'short_closed';
  if (compareDecimals(line.receivedQuantity, wanted) >= 0)
    return isPositive(line.shortClosedQuantity ?? '0') ? 'short_closed' : 'received';
  if (isPositive(line.receivedQuantity)) return 'part_received';
  if (compareDecimals(line.shippedQuantity, wanted) >= 0) return 'shipped';
  return isPositive(line.shippedQuantity) ? 'part_shipped' : 'open';
}

/**
 * The header state that the lines make, or null while nothing has moved. Receiving comes before invoicing: an
 * order of which something is still to come is `part_received`, however much of it is invoiced.
 */
export function orderProgress(lines: readonly Quantities[]): ProgressState | null {
  if (lines.length > 0 && lines.every((line) => !isPositive(openQuantity(line)))) {
    const toPay = (line: Quantities): DecimalString => larger(wantedQuantity(line), line.receivedQuantity);
    if (lines.every((line) => compareDecimals(line.invoicedQuantity, toPay(line)) >= 0)) return 'invoiced';
    return lines.some((line) => isPositive(line.invoicedQuantity)) ? 'part_invoiced' : 'received';
  }
  if (lines.some((line) => isPositive(line.receivedQuantity))) return 'part_received';
  return lines.some((line) => isPositive(line.shippedQuantity)) ? 'open' : null;
}

/**
 * The lines, with all closed short that these still have to come and that is not announced.
 * @throws AppError `po_line.nothing-to-close-short`, `po_line.not-found`
 */
export const closeShortOf = (lines: readonly OrderLine[], poLineIds: readonly string[]): OrderLine[] => {
  for (const id of poLineIds) {
    const line = found(
      'po_line',
      lines.find((one) => one.id === id),
    );
    if (!isPositive(announceableQuantity(line)))
      throw ruleBroken('po_line.nothing-to-close-short', `Line ${line.lineNo}: nothing to close`, {
        line: line.lineNo,
        underWay: trimDecimal(underWayQuantity(line)),
      });
  }
  return lines.map((line) => {
    if (!poLineIds.includes(line.id)) return line;
    const shortClosedQuantity = addDecimals([line.shortClosedQuantity ?? '0', announceableQuantity(line)]);
    const closed = { ...line, shortClosedQuantity };
    return { ...closed, fulfilment: fulfilmentOf(closed) };
  });
};

/** The earliest day at which something is still to be delivered. */
export const nextDueOn = (lines: readonly OrderLine[]): Day | null =>
  lines
    .filter((line) => isPositive(openQuantity(line)))
    .map((line) => line.dueOn)
    .reduce<Day | null>(
      (first, day) => (day !== null && (first === null || day < first) ? day : first),
      null,
    );

/**
 * The lines with more (or less) announced.
 * @throws AppError `po_line.announced-more-than-open`, `po_line.less-than-nothing`, `po_line.not-found`
 */
export const addShippedTo = (lines: readonly OrderLine[], changes: readonly QuantityChange[]): OrderLine[] =>
  change(lines, changes, (line, quantity) => {
    const shippedQuantity = addDecimals([line.shippedQuantity, quantity]);
    if (isPositive(quantity) && compareDecimals(quantity, announceableQuantity(line)) > 0)
      throw lineRule('announced-more-than-open', line, announceableQuantity(line));
    return { ...line, shippedQuantity: notNegative(line, shippedQuantity) };
  });

/**
 * The lines with more (or less) received; at most so many percent more than is wanted.
 * @throws AppError `po_line.received-more-than-ordered`, `po_line.received-less-than-invoiced`,
 * `po_line.less-than-nothing`, `po_line.not-found`
 */
export const addReceivedTo = (
  lines: readonly OrderLine[],
  changes: readonly QuantityChange[],
  overPercent: DecimalString = '0',
): OrderLine[] =>
  change(lines, changes, (line, quantity) => {
    const receivedQuantity = notNegative(line, addDecimals([line.receivedQuantity, quantity]));
    const most = receivableQuantity(line, overPercent);
    if (isPositive(quantity) && compareDecimals(quantity, most) > 0)
      throw lineRule('received-more-than-ordered', line, most);
    if (compareDecimals(receivedQuantity, line.invoicedQuantity) < 0)
      throw lineRule('received-less-than-invoiced', line, line.invoicedQuantity);
    return { ...line, receivedQuantity };
  });

/**
 * The lines with goods arrived. What was announced is corrected by it: what did not come can be announced
 * again, and what came unannounced is not announced once more.
 * @throws AppError what {@link addReceivedTo} throws
 */
export function addArrivedTo(
  lines: readonly OrderLine[],
  arrivals: readonly Arrival[],
  overPercent: DecimalString = '0',
): OrderLine[] {
  const underWay = new Map(arrivals.map((arrival) => [arrival.poLineId, arrival.underWayQuantity]));
  return addReceivedTo(lines, arrivals, overPercent).map((line) => {
    const left = underWay.get(line.id);
    if (left === undefined) return line;
    const arrived = { ...line, shippedQuantity: shippedWith(line, left) };
    return { ...arrived, fulfilment: fulfilmentOf(arrived) };
  });
}

/**
 * The lines with more (or less) invoiced.
 * @throws AppError `po_line.invoiced-more-than-received`, `po_line.less-than-nothing`, `po_line.not-found`
 */
export const addInvoicedTo = (lines: readonly OrderLine[], changes: readonly QuantityChange[]): OrderLine[] =>
  change(lines, changes, (line, quantity) => {
    const invoicedQuantity = notNegative(line, addDecimals([line.invoicedQuantity, quantity]));
    if (compareDecimals(invoicedQuantity, line.receivedQuantity) > 0)
      throw lineRule('invoiced-more-than-received', line, invoiceableQuantity(line));
    return { ...line, invoicedQuantity };
  });

/**
 * The lines of which so much more (or less) counts as received by being invoiced: nothing is counted, and what is wanted is the
 * limit. So whatever is invoiced is received, also here.
 * @throws AppError what {@link addReceivedTo} and {@link addInvoicedTo} throw
 */
export function takeAsInvoiced(lines: readonly OrderLine[], changes: readonly QuantityChange[]): OrderLine[] {
  const more = changes.filter((one) => isPositive(one.quantity));
  const less = changes.filter((one) => !isPositive(one.quantity));
  const freed = addReceivedTo(addInvoicedTo(lines, less), less);
  return addInvoicedTo(addReceivedTo(freed, more), more);
}

function change(
  lines: readonly OrderLine[],
  changes: readonly QuantityChange[],
  add: (line: OrderLine, quantity: DecimalString) => OrderLine,
): OrderLine[] {
  const byId = new Map(lines.map((line) => [line.id, line]));
  for (const { poLineId, quantity } of changes) {
    const changed = add(found('po_line', byId.get(poLineId)), quantity);
    byId.set(poLineId, { ...changed, fulfilment: fulfilmentOf(changed) });
  }
  return lines.map((line) => byId.get(line.id) ?? line);
}

function notNegative(line: OrderLine, quantity: DecimalString): DecimalString {
  if (!isPositive(quantity) && !isZero(quantity)) throw lineRule('less-than-nothing', line, '0');
  return quantity;
}

const lineRule = (sentence: string, line: OrderLine, most: DecimalString) =>
  ruleBroken(`po_line.${sentence}`, `Line ${line.lineNo}: at most ${most} ${line.unit}`, {
    line: line.lineNo,
    most: trimDecimal(most),
  });

/** How much of the order's value is received and invoiced, in percent: quantities of different units do not add. */
export function orderShares(lines: readonly OrderLine[]): {
  received: DecimalString;
  invoiced: DecimalString;
} {
  const total = addDecimals(lines.map((line) => line.amount ?? '0'));
  // An order that is free of charge, or whose prices are hidden, counts its lines instead.
  const weight = (line: OrderLine): DecimalString => (isZero(total) ? '1' : (line.amount ?? '0'));
  const whole = isZero(total) ? String(Math.max(lines.length, 1)) : total;
  const share = (of: (line: OrderLine) => DecimalString): DecimalString => {
    // Of a cancelled line there is nothing to come.
    const parts = lines.map((line) => {
      const wanted = wantedQuantity(line);
      // What came beyond it does not make up for another line.
      return isZero(wanted) ? '0' : multiplyDecimals(weight(line), ratio(smaller(of(line), wanted), wanted));
    });
    return multiplyDecimals(ratio(addDecimals(parts), whole), '100');
  };
  return {
    received: share((line) => line.receivedQuantity),
    invoiced: share((line) => line.invoicedQuantity),
  };
}
