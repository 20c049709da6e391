import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import { type DecimalString, isPositive, isZero } from '../kernel/money.ts';
import { isService } from '../kernel/quantity.ts';
import type { Day } from '../kernel/time.ts';
import {
  type OrderLine,
  openQuantity,
  orderProgress,
  type ProgressState,
  underWayQuantity,
  wantedQuantity,
} from './fulfilment.ts';
import type { Charge } from './order-charges.ts';
import type { PaymentPlan } from './payment-plan.ts';

/** The part of an order's life that people decide. What follows is derived from its lines, never set by hand. */
export const purchaseOrderLifecycle = defineLifecycle('purchase_order', 'draft', {
  draft: { submit: 'pending_approval', 'waive-approval': 'approved', cancel: 'cancelled' },
  pending_approval: { approve: 'approved', return: 'draft', reject: 'cancelled', withdraw: 'cancelled' },
  approved: { send: 'sent', withdraw: 'cancelled' },
  sent: { acknowledge: 'acknowledged' },
  acknowledged: {},
  cancelled: {},
});
export type DecidedState = (typeof purchaseOrderLifecycle.states)[number];
/** Closed is the end: everything is received, invoiced and paid. Cancelled is one, too: nothing of it is ordered any more. */
export type OrderState = DecidedState | ProgressState | 'closed';

/** All states in the order of an order's life, for filters. */
export const orderStates: readonly OrderState[] = [
  ...purchaseOrderLifecycle.states.filter((state) => state !== 'cancelled'),
  'open',
  'part_received',
  'received',
  'part_invoiced',
  'invoiced',
  'closed',
  'cancelled',
];
/** A supplier sees an order from the moment it is sent. */
export const statesBeforeSending = ['draft', 'pending_approval', 'approved'] as const;

export type PurchaseOrder = {
  readonly id: string;
  readonly reference: string;
  readonly awardId: string | null;
  readonly eventId: string | null;
  /** Its own, where it comes from no event. */
  readonly categoryCode: string | null;
  readonly supplierId: string;
  readonly plantCode: string;
  readonly buyerId: string;
  readonly title: string;
  readonly currency: string;
  readonly incoterm: string;
  readonly incotermPlace: string;
  readonly paymentTermsDays: number;
  /** Where that is not the plant's. */
  readonly deliveryAddress: string | null;
  readonly state: OrderState;
  /** The version of the document that is in force, `po_version.version`. */
  readonly currentVersion: number;
  /** Null for whoever works without prices. */
  readonly totalAmount: DecimalString | null;
  /** On the order as a whole; none for whoever works without prices. */
  readonly charges: readonly Charge[];
  /** How much of each charge that is invoiced by itself is invoiced, by its id; below nothing of an allowance. */
  readonly chargesInvoiced: Readonly<Record<string, DecimalString>>;
  /** In percent; null where the order says nothing about tax. */
  readonly taxRate: DecimalString | null;
  /** Null where each invoice is paid in full when it is due, and for whoever works without prices. */
  readonly plan: PaymentPlan | null;
  readonly lineCount: number;
  readonly issuedOn: Day;
  /** The earliest date at which something is still to be delivered. */
  readonly nextDueOn: Day | null;
  readonly sentAt: Date | null;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  /** Counts changes of the row, for forms that two people may have open. */
  readonly version: number;
};

const isDecided = (state: OrderState): state is DecidedState =>
  purchaseOrderLifecycle.states.some((decided) => decided === state);

/** True while goods and invoices can be booked on the order. */
export const isRunning = (order: Pick<PurchaseOrder, 'state'>): boolean =>
  order.state !== 'closed' &&
  order.state !== 'cancelled' &&
  !statesBeforeSending.some((state) => state === order.state);

/**
 * The order as its supplier's answer AB makes it.
 * @throws AppError `purchase_order.cannot-acknowledge` when it is not waiting for that answer
 */
export function acknowledge(order: PurchaseOrder, by: { userId: string | null; at: Date }): PurchaseOrder {
  if (!isDecided(order.state))
    throw ruleBroken('purchase_order.cannot-acknowledge', 'The order is being delivered already');
  const state = purchaseOrderLifecycle.next(order.state, 'acknowledge');
  return { ...order, state, acknowledgedAt: by.at, acknowledgedBy: by.userId };
}

/**
 * The order in the state that an act before its sending leads to.
 * @throws AppError `purchase_order.cannot-submit`, `-waive-approval`, `-approve`, `-return`, `-reject`, `-cancel`,
 * `-withdraw`
 */
export function moveOrder(
  order: PurchaseOrder,
  action: 'submit' | 'waive-approval' | 'approve' | 'return' | 'reject' | 'cancel' | 'withdraw',
): PurchaseOrder {
  if (!isDecided(order.state))
    throw ruleBroken(`purchase_order.cannot-${action}`, 'The order was sent long ago');
  return { ...order, state: purchaseOrderLifecycle.next(order.state, action) };
}

/**
 * Only a draft is edited: what was asked for, approved or sent is changed by a change order.
 * @throws AppError `purchase_order.is-no-draft`, `purchase_order.follows-award`
 */
export function assertEditable(order: Pick<PurchaseOrder, 'state' | 'reference' | 'awardId'>): void {
  if (order.state !== 'draft')
    throw ruleBroken('purchase_order.is-no-draft', 'Only a draft is edited', { reference: order.reference });
  if (order.awardId !== null)
    throw ruleBroken('purchase_order.follows-award', 'It says what was awarded', {
      reference: order.reference,
    });
}

/**
 * The order as it is handed to its supplier.
 * @throws AppError `purchase_order.cannot-send`
 */
export function send(order: PurchaseOrder, now: Date): PurchaseOrder {
  if (!isDecided(order.state)) throw ruleBroken('purchase_order.cannot-send', 'The order was sent long ago');
  return { ...order, state: purchaseOrderLifecycle.next(order.state, 'send'), sentAt: now };
}

/**
 * The header's state as it follows from the lines. An order that is not sent yet, or is closed, stays as it
 * is; otherwise deliveries and invoices tell, and before there are any, whether the supplier answered.
 */
export function stateOf(
  order: Pick<PurchaseOrder, 'state' | 'acknowledgedAt'>,
  lines: readonly OrderLine[],
): OrderState {
  if (!isRunning(order)) return order.state;
  if (lines.length > 0 && lines.every((line) => isZero(wantedQuantity(line)))) return 'cancelled';
  return orderProgress(lines) ?? (order.acknowledgedAt === null ? 'sent' : 'acknowledged');
}

/**
 * Asks whether quantities may be booked on the order at all.
 * @throws AppError `purchase_order.not-sent-yet`, `purchase_order.is-closed`, `purchase_order.is-cancelled`
 */
export function assertRunning(order: Pick<PurchaseOrder, 'state' | 'reference'>): void {
  if (order.state === 'closed')
    throw ruleBroken('purchase_order.is-closed', 'The order is closed', { reference: order.reference });
  if (order.state === 'cancelled')
    throw ruleBroken('purchase_order.is-cancelled', 'The order is cancelled', { reference: order.reference });
  if (!isRunning(order))
    throw ruleBroken('purchase_order.not-sent-yet', 'The order was not sent to its supplier yet', {
      reference: order.reference,
    });
}

/**
 * A supplier announces deliveries for orders it has acknowledged.
 * @throws AppError `purchase_order.not-acknowledged`
 */
export function assertAnswered(order: Pick<PurchaseOrder, 'state' | 'reference'>): void {
  if (order.state === 'sent')
    throw ruleBroken('purchase_order.not-acknowledged', 'The order was not acknowledged yet', {
      reference: order.reference,
    });
}

/** Where the order stands on the way that both sides see: issued, sent, acknowledged, received, invoiced, closed. */
export const orderSteps = ['issued', 'sent', 'acknowledged', 'received', 'invoiced', 'closed'] as const;
const STEP_OF: Readonly<Record<OrderState, number>> = {
  draft: 0,
  pending_approval: 0,
  approved: 0,
  sent: 1,
  acknowledged: 2,
  open: 2,
  part_received: 2,
  received: 3,
  part_invoiced: 3,
  invoiced: 4,
  closed: 5,
  cancelled: 1,
};
export const stepOf = (state: OrderState): number => STEP_OF[state];

/** Who has to do something now, and what: a key of `orders.next.<…>`. */
export type NextAct = {
  readonly who: 'buyer' | 'approver' | 'supplier' | 'receiver' | 'finance' | 'portal' | 'nobody';
  readonly act:
    | 'submit'
    | 'approve'
    | 'send'
    | 'acknowledge'
    | 'announce'
    | 'announce-rest'
    | 'state-work'
    | 'accept-work'
    | 'receive'
    | 'invoice'
    | 'invoice-rest'
    | 'pay'
    | 'answer-proposal'
    | 'answer-change'
    | 'nothing';
};

/** Says who acts next on the order. A proposal that waits for an answer comes first; goods under way wait for the receiver before anything else is asked of the supplier. */
export function nextAct(
  order: Pick<PurchaseOrder, 'state'>,
  lines: readonly OrderLine[],
  of: {
    proposedBy?: 'buyer' | 'supplier' | null;
    /** Lines in these units are work, which is stated and not delivered. */
    serviceUnits?: readonly string[];
    /** Does work that is stated wait for an answer? */
    isWorkStated?: boolean;
  } = {},
): NextAct {
  const { proposedBy = null, serviceUnits = [], isWorkStated = false } = of;
  const open = lines.filter((line) => isPositive(openQuantity(line)));
  const isWork = open.length > 0 && open.every((line) => isService(line, serviceUnits));
  if (proposedBy === 'supplier') return { who: 'buyer', act: 'answer-proposal' };
  if (proposedBy === 'buyer') return { who: 'supplier', act: 'answer-change' };
  const isUnderWay = lines.some((line) => isPositive(underWayQuantity(line)));
  switch (order.state) {
    case 'draft':
      return { who: 'buyer', act: 'submit' };
    case 'pending_approval':
      return { who: 'approver', act: 'approve' };
    case 'approved':
      return { who: 'portal', act: 'send' };
    case 'sent':
      return { who: 'supplier', act: 'acknowledge' };
    case 'acknowledged':
      if (isWorkStated) return { who: 'buyer', act: 'accept-work' };
      return { who: 'supplier', act: isWork ? 'state-work' : 'announce' };
    case 'open':
    case 'part_received':
      if (isUnderWay) return { who: 'receiver', act: 'receive' };
      if (isWorkStated) return { who: 'buyer', act: 'accept-work' };
      return { who: 'supplier', act: isWork ? 'state-work' : 'announce-rest' };
    case 'received':
      return { who: 'supplier', act: 'invoice' };
    case 'part_invoiced':
      return { who: 'supplier', act: 'invoice-rest' };
    case 'invoiced':
      return { who: 'finance', act: 'pay' };
    case 'closed':
    case 'cancelled':
      return { who: 'nobody', act: 'nothing' };
  }
}
