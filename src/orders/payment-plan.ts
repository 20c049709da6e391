import { ruleBroken } from '../kernel/errors.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  multiplyDecimals,
  ratio,
  roundMoney,
} from '../kernel/money.ts';
import { addDays, addMonths, type Day } from '../kernel/time.ts';

/** A part of the order's amount that is paid before what it buys is received. */
export type Instalment = {
  /** The prepayment is 0, milestones count from 1: what is said of one keeps its number. */
  readonly no: number;
  readonly kind: 'prepayment' | 'milestone';
  /** Of a milestone; empty for the prepayment, which has one name everywhere. */
  readonly name: string;
  /** Of the order without tax; either this or the amount. */
  readonly percent: DecimalString | null;
  readonly amount: DecimalString | null;
  readonly expectedOn: Day | null;
  /** Due only once the supplier's bank guarantee is there and taken. */
  readonly needsGuarantee: boolean;
};

/** What is held back of every invoice for received goods, with its tax. */
export type Retention = {
  readonly percent: DecimalString;
  /** How long after the last receipt it is released; null where only a decision does. */
  readonly releaseAfter: number | null;
  readonly releaseUnit: 'days' | 'months';
};

/** How an order is paid, where that is more than each invoice in full when it is due. */
export type PaymentPlan = {
  readonly instalments: readonly Instalment[];
  readonly retention: Retention | null;
};

/** An instalment with what it comes to, without tax. */
export type PricedInstalment = Instalment & { readonly netAmount: DecimalString };

/** What an order's instalments come to: a percentage is of the order's amount without tax, rounded once. */
export const pricedInstalments = (
  plan: Pick<PaymentPlan, 'instalments'>,
  order: { readonly totalAmount: DecimalString; readonly currency: string },
): PricedInstalment[] =>
  plan.instalments.map((one) => ({
    ...one,
    netAmount: roundMoney(
      one.amount ?? multiplyDecimals(order.totalAmount, ratio(one.percent ?? '0', '100')),
      order.currency,
    ),
  }));

/** A plan that says nothing is none. */
export const planOrNone = (plan: PaymentPlan): PaymentPlan | null =>
  plan.instalments.length === 0 && plan.retention === null ? null : plan;

/**
 * Asks whether an order of this amount can be paid so: instalments are of something, and together no more than it is.
 * @throws AppError `payment_plan.above-order`, `payment_plan.of-nothing`
 */
export function assertPlanFits(
  plan: PaymentPlan | null,
  order: { readonly totalAmount: DecimalString; readonly currency: string },
): void {
  if (plan === null) return;
  const instalments = pricedInstalments(plan, order);
  if (instalments.some((one) => !isPositive(one.netAmount)))
    throw ruleBroken('payment_plan.of-nothing', 'An instalment comes to nothing');
  const planned = addDecimals(instalments.map((one) => one.netAmount));
  if (compareDecimals(planned, order.totalAmount) > 0)
    throw ruleBroken('payment_plan.above-order', 'The instalments are more than the order', {
      planned: roundMoney(planned, order.currency),
      most: roundMoney(order.totalAmount, order.currency),
      currency: order.currency,
    });
}

/** The day that what is held back falls due for release; null before the last receipt, and where a decision releases it. */
export const releaseDay = (retention: Retention, lastReceivedOn: Day | null): Day | null => {
  if (lastReceivedOn === null || retention.releaseAfter === null) return null;
  const add = retention.releaseUnit === 'days' ? addDays : addMonths;
  return add(lastReceivedOn, retention.releaseAfter);
};

/** Do two versions of an order plan its payment alike? */
export const isSamePlan = (one: PaymentPlan | null, other: PaymentPlan | null): boolean =>
  JSON.stringify(one === null ? null : inOrder(one)) ===
  JSON.stringify(other === null ? null : inOrder(other));

/** JSON columns keep no order of keys. */
const inOrder = ({ instalments, retention }: PaymentPlan) => [
  instalments.map(({ no, kind, name, percent, amount, expectedOn, needsGuarantee }) => [
    no,
    kind,
    name,
    percent,
    amount,
    expectedOn,
    needsGuarantee,
  ]),
  retention === null ? null : [retention.percent, retention.releaseAfter, retention.releaseUnit],
];
