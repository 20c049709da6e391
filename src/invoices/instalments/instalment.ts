import { type FieldError, invalid, ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  roundMoney,
  subtractDecimals,
  trimDecimal,
} from '../../kernel/money.ts';
import type { Day } from '../../kernel/time.ts';
import type { PricedInstalment } from '../../orders/index.ts';
import type { Difference } from '../match.ts';

/**
 * A prepayment or milestone of an order's plan. The supplier asks for what has to be confirmed, the buyer or the
 * requester confirms; silence is no answer. What is due is invoiced once.
 */
export const instalmentLifecycle = defineLifecycle('instalment', 'planned', {
  // A prepayment without a guarantee is due from the start: it is invoiced as it is planned.
  planned: { ask: 'asked', confirm: 'due', invoice: 'invoiced' },
  asked: { confirm: 'due', decline: 'planned' },
  due: { invoice: 'invoiced' },
  // Its invoice was rejected.
  invoiced: { free: 'due' },
});
export type InstalmentState = (typeof instalmentLifecycle.states)[number];

/** How far one is; what it is stands in the order's plan, under its number. */
export type InstalmentProgress = {
  readonly id: string;
  readonly orderId: string;
  readonly no: number;
  readonly supplierId: string;
  readonly state: InstalmentState;
  /** What the supplier said when it asked. */
  readonly note: string;
  readonly askedBy: string | null;
  readonly askedAt: Date | null;
  readonly reachedOn: Day | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly decisionReason: string;
  readonly version: number;
};

type Planned = Pick<PricedInstalment, 'kind' | 'needsGuarantee'>;

/** Has somebody of ours to confirm it: that a milestone is reached, that the guarantee is good? */
export const mustBeConfirmed = (planned: Planned): boolean =>
  planned.kind === 'milestone' || planned.needsGuarantee;

/** Can the supplier invoice it now? */
export const isDue = (planned: Planned, state: InstalmentState): boolean =>
  state === 'due' || (state === 'planned' && !mustBeConfirmed(planned));

/**
 * Asks whether it can be asked for, or confirmed, at all.
 * @throws AppError `instalment.needs-no-confirmation`
 */
export function assertConfirmable(planned: Planned): void {
  if (!mustBeConfirmed(planned))
    throw ruleBroken('instalment.needs-no-confirmation', 'The prepayment is due as it is planned');
}

/**
 * A milestone is reached, and a guarantee given, on a day that has been, and with a file that shows it.
 * @throws AppError `instalment.reached-in-the-future`, `instalment.evidence-needed`
 */
export function assertShown(of: { reachedOn: Day; today: Day; fileCount: number }): void {
  if (of.reachedOn > of.today)
    throw ruleBroken('instalment.reached-in-the-future', 'The day is still to come');
  if (of.fileCount === 0) throw ruleBroken('instalment.evidence-needed', 'No file shows it');
}

/**
 * It is confirmed by who ordered it or who needs it, and never by who pays for it.
 * @throws AppError `instalment.not-yours-to-confirm`, `instalment.confirmed-by-who-pays`
 */
export function assertMayConfirm(
  persons: readonly string[],
  of: { buyerId: string; requesterIds: readonly string[]; pays: boolean },
): void {
  const own = [of.buyerId, ...of.requesterIds];
  if (!persons.some((person) => own.includes(person)))
    throw ruleBroken('instalment.not-yours-to-confirm', 'Neither ordered nor needed by this person');
  if (of.pays) throw ruleBroken('instalment.confirmed-by-who-pays', 'Whoever pays does not confirm');
}

/** What an order has of instalments and invoices so far, without tax. */
export type OrderSums = {
  readonly totalAmount: DecimalString;
  /** Invoiced for received goods by invoices that were not rejected. */
  readonly invoicedAmount: DecimalString;
  /** Invoiced in advance and not deducted or credited yet. */
  readonly openPrepaid: DecimalString;
};

/** What is left of an order that an instalment can be deducted from later. */
export const leftToPrepay = (sums: OrderSums): DecimalString =>
  subtractDecimals(sums.totalAmount, addDecimals([sums.invoicedAmount, sums.openPrepaid]));

/**
 * Asks whether an instalment can be invoiced at this amount: it is due, the plan has no less, and what is still to be
 * invoiced of the order will take it up again.
 * @throws AppError `instalment.invoiced-already`, `instalment.not-confirmed`, `instalment.guarantee-missing`,
 * `invoice.figures-refused` with `instalment.above-plan` or `instalment.nothing-left-to-deduct-from` at the amount
 */
export function assertInvoiceable(
  planned: PricedInstalment,
  of: { state: InstalmentState; netAmount: DecimalString; sums: OrderSums; currency: string },
): void {
  assertIsDue(planned, of.state);
  const field = (code: string, most: DecimalString): FieldError => ({
    path: 'netAmount',
    code: `instalment.${code}`,
    message: code,
    params: { most: roundMoney(isPositive(most) ? most : '0', of.currency), currency: of.currency },
  });
  const left = leftToPrepay(of.sums);
  const faults = [
    ...(compareDecimals(of.netAmount, planned.netAmount) > 0 ? [field('above-plan', planned.netAmount)] : []),
    ...(compareDecimals(of.netAmount, left) > 0 ? [field('nothing-left-to-deduct-from', left)] : []),
  ];
  if (faults.length > 0)
    throw invalid('invoice.figures-refused', 'The invoice cannot be sent like this', faults.slice(0, 1));
}

/** @throws AppError `instalment.invoiced-already`, `instalment.not-confirmed`, `instalment.guarantee-missing` */
export function assertIsDue(planned: Planned, state: InstalmentState): void {
  if (isDue(planned, state)) return;
  if (state === 'invoiced') throw ruleBroken('instalment.invoiced-already', 'It is invoiced once');
  throw planned.kind === 'milestone'
    ? ruleBroken('instalment.not-confirmed', 'Nobody has confirmed that it is reached')
    : ruleBroken('instalment.guarantee-missing', 'The guarantee was not taken yet');
}

/** What an instalment's invoice asks more than the plan has due; it may ask less. */
export const differenceFromPlan = (netAmount: DecimalString, planned: DecimalString): Difference[] =>
  compareDecimals(netAmount, planned) <= 0
    ? []
    : [
        {
          kind: 'instalment',
          poLineId: null,
          expected: trimDecimal(planned),
          actual: trimDecimal(netAmount),
          amountEffect: subtractDecimals(netAmount, planned),
        },
      ];
