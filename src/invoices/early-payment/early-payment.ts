import { ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  multiplyDecimals,
  ratio,
  roundDecimal,
  shareOfMoney,
  subtractDecimals,
} from '../../kernel/money.ts';
import type { Policies } from '../../kernel/policies.ts';
import { addDays, type Day, daysBetween } from '../../kernel/time.ts';
import { addWorkingDays, type Calendar } from '../../kernel/working-days.ts';
import type { InvoiceState } from '../invoice.ts';

/** An agreed discount for payment on an earlier day; paid later, it is void and all is due. */
export const earlyPaymentLifecycle = defineLifecycle('early_payment', 'proposed', {
  proposed: { accept: 'accepted', refuse: 'refused', withdraw: 'withdrawn', expire: 'expired' },
  accepted: { take: 'taken', void: 'void' },
  refused: {},
  withdrawn: {},
  expired: {},
  taken: {},
  void: {},
});
export type EarlyPaymentState = (typeof earlyPaymentLifecycle.states)[number];

export type EarlyPayment = {
  readonly id: string;
  readonly invoiceId: string;
  readonly supplierId: string;
  /** The house's rule, or the supplier's own proposal. */
  readonly offeredBy: 'house' | 'supplier';
  readonly payOn: Day;
  /** When the invoice is due without it. */
  readonly dueOn: Day;
  readonly currency: string;
  /** What the discount was reckoned from. */
  readonly baseAmount: DecimalString;
  readonly discountAmount: DecimalString;
  /** What was really taken: less than agreed where credits made the payment smaller. */
  readonly takenAmount: DecimalString | null;
  readonly state: EarlyPaymentState;
  /** The last day on which a proposal can be answered. */
  readonly expiresOn: Day;
  readonly answer: string | null;
  readonly madeBy: string;
  readonly createdAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly version: number;
};

/** What an invoice would be paid by, on one day: the figures that a person agrees to. */
export type Offer = {
  readonly payOn: Day;
  readonly days: number;
  readonly discountAmount: DecimalString;
  readonly toPay: DecimalString;
  /** Of the amount, in percent a year, to two decimals. */
  readonly annualPercent: DecimalString;
};

/** An approved invoice that may be paid earlier. */
export type Payable = {
  readonly payable: DecimalString;
  readonly currency: string;
  readonly dueOn: Day;
};

/** Rates are told by a year of 365 days, whatever year it is. */
const DAYS_A_YEAR = 365;

/** amount × rate × days ÷ 365, rounded once to the currency. */
export const discountFor = (of: {
  amount: DecimalString;
  annualPercent: DecimalString;
  days: number;
  currency: string;
}): DecimalString =>
  shareOfMoney(of.amount, {
    part: multiplyDecimals(of.annualPercent, String(of.days)),
    whole: String(DAYS_A_YEAR * 100),
    currency: of.currency,
  });

/** What a discount is in a year, in percent of the amount: to be shown, never to reckon with. */
export const annualPercentOf = (of: {
  discount: DecimalString;
  amount: DecimalString;
  days: number;
}): DecimalString =>
  of.days <= 0 || !isPositive(of.amount)
    ? '0'
    : roundDecimal(
        ratio(
          multiplyDecimals(of.discount, String(DAYS_A_YEAR * 100)),
          multiplyDecimals(of.amount, String(of.days)),
        ),
        2,
      );

/** A discount on a day, as both sides read it. */
export function offerOf(invoice: Payable, of: { payOn: Day; discountAmount: DecimalString }): Offer {
  const { payOn, discountAmount } = of;
  const days = daysBetween(payOn, invoice.dueOn);
  return {
    payOn,
    days,
    discountAmount,
    toPay: subtractDecimals(invoice.payable, discountAmount),
    annualPercent: annualPercentOf({ discount: discountAmount, amount: invoice.payable, days }),
  };
}

type Rule = Policies['earlyPayment'];

/** The days between which an invoice can be paid earlier; null where there are none. */
export function daysFor(
  dueOn: Day,
  of: { earliest: Day; rule: Pick<Rule, 'leastDays'> },
): { first: Day; last: Day } | null {
  const last = addDays(dueOn, -of.rule.leastDays);
  return of.earliest <= last ? { first: of.earliest, last } : null;
}

/** What the house offers for payment on a day: nothing where it offers none, or where it would be less than a cent. */
export function houseOffer(invoice: Payable, of: { payOn: Day; earliest: Day; rule: Rule }): Offer | null {
  const { payOn, rule } = of;
  const days = daysFor(invoice.dueOn, of);
  if (rule.annualPercent === null || days === null || payOn < days.first || payOn > days.last) return null;
  const discountAmount = discountFor({
    amount: invoice.payable,
    annualPercent: rule.annualPercent,
    days: daysBetween(payOn, invoice.dueOn),
    currency: invoice.currency,
  });
  const isWorthIt = isPositive(discountAmount) && compareDecimals(discountAmount, invoice.payable) < 0;
  return isWorthIt ? offerOf(invoice, { payOn, discountAmount }) : null;
}

const A_WEEK = 7;
const STEPS_AT_MOST = 6;

/** What the house offers for the earliest day and each week after it: less the later. */
export function scaleOf(invoice: Payable, of: { earliest: Day; rule: Rule }): Offer[] {
  const scale: Offer[] = [];
  for (let step = 0; step < STEPS_AT_MOST; step += 1) {
    const offer = houseOffer(invoice, { ...of, payOn: addDays(of.earliest, step * A_WEEK) });
    if (offer === null) break;
    scale.push(offer);
  }
  return scale;
}

/** The first day that money can be with the supplier, when it is agreed today. */
export const earliestDay = (
  today: Day,
  of: { rule: Pick<Rule, 'leadWorkingDays'>; calendar: Calendar },
): Day => addWorkingDays(today, of.rule.leadWorkingDays, of.calendar);

// Longer than any holidays.
const LOOKED_BACK_DAYS = 60;

/** The last day on which payment by a day can still be agreed. */
export function lastAnswerDay(
  payOn: Day,
  of: { rule: Pick<Rule, 'leadWorkingDays'>; calendar: Calendar },
): Day | null {
  for (let back = 0; back <= LOOKED_BACK_DAYS; back += 1) {
    const day = addDays(payOn, -back);
    if (earliestDay(day, of) <= payOn) return day;
  }
  return null;
}

/** @throws AppError `early_payment.is-off` */
export function assertOn(rule: Rule): void {
  if (!rule.isOn) throw ruleBroken('early_payment.is-off', 'Nobody is paid earlier here');
}

/**
 * Only what is approved and in no payment run is paid earlier.
 * @throws AppError `early_payment.invoice-not-approved`
 */
export function assertApproved(invoice: { readonly state: InvoiceState; readonly reference: string }): void {
  if (invoice.state !== 'approved')
    throw ruleBroken('early_payment.invoice-not-approved', 'The invoice does not wait for its payment', {
      reference: invoice.reference,
    });
}

/**
 * What a supplier proposes, until it can be paid by that day no more.
 * @throws AppError `early_payment.day-not-possible`, `early_payment.discount-too-large`, `early_payment.due-too-soon`
 */
export function propose(
  invoice: Payable,
  of: { payOn: Day; discountAmount: DecimalString; earliest: Day; rule: Rule; calendar: Calendar },
): { offer: Offer; expiresOn: Day } {
  const days = daysFor(invoice.dueOn, of);
  const expiresOn = lastAnswerDay(of.payOn, of);
  if (days === null || expiresOn === null)
    throw ruleBroken('early_payment.due-too-soon', 'It is due too soon', { day: invoice.dueOn });
  if (of.payOn < days.first || of.payOn > days.last)
    throw ruleBroken('early_payment.day-not-possible', 'Not between these days', {
      first: days.first,
      last: days.last,
    });
  if (compareDecimals(of.discountAmount, invoice.payable) >= 0)
    throw ruleBroken('early_payment.discount-too-large', 'Something is left to pay', {
      most: invoice.payable,
      currency: invoice.currency,
    });
  return { offer: offerOf(invoice, of), expiresOn };
}

/**
 * Finance takes what a supplier proposed, while that day can still be met.
 * @throws AppError `early_payment.cannot-accept`, `early_payment.is-over`, `early_payment.invoice-changed`
 */
export function accept(
  early: EarlyPayment,
  by: { userId: string; at: Date; today: Day; payable: DecimalString },
): EarlyPayment {
  const state = earlyPaymentLifecycle.next(early.state, 'accept');
  if (by.today > early.expiresOn)
    throw ruleBroken('early_payment.is-over', 'It cannot be paid by that day any more', { day: early.payOn });
  if (compareDecimals(by.payable, early.baseAmount) !== 0)
    throw ruleBroken(
      'early_payment.invoice-changed',
      'Something else is left to pay than when it was proposed',
    );
  return { ...early, state, decidedBy: by.userId, decidedAt: by.at };
}

/** Finance refuses a proposal, or its supplier takes it back. @throws AppError `early_payment.cannot-<act>` */
export const endProposal = (
  early: EarlyPayment,
  act: 'refuse' | 'withdraw',
  by: { userId: string; at: Date; answer: string | null },
): EarlyPayment => ({
  ...early,
  state: earlyPaymentLifecycle.next(early.state, act),
  answer: by.answer,
  decidedBy: by.userId,
  decidedAt: by.at,
});

/** What was agreed, as far as a payment needs it. */
export type Agreed = Pick<EarlyPayment, 'id' | 'payOn' | 'baseAmount' | 'discountAmount' | 'currency'>;

/** Until, and on, the agreed day; a day later nothing is taken off. */
export const isInTime = (early: Pick<Agreed, 'payOn'>, paidOn: Day): boolean => paidOn <= early.payOn;

/** Those, by their invoice, that a payment on this day is in time for. */
export const inTimeFor = <E extends Agreed>(
  agreed: ReadonlyMap<string, E>,
  payOn: Day,
): ReadonlyMap<string, E> => new Map([...agreed].filter(([, early]) => isInTime(early, payOn)));

/** The discount on what is left of an invoice once credits are taken off: all of it, or its share. */
export const discountOn = (early: Agreed, left: DecimalString): DecimalString =>
  compareDecimals(left, early.baseAmount) >= 0
    ? early.discountAmount
    : shareOfMoney(early.discountAmount, { part: left, whole: early.baseAmount, currency: early.currency });

/** Where an agreed early payment ends: taken, or void where nothing was taken off. */
export const settle = (early: EarlyPayment, takenAmount: DecimalString | null): EarlyPayment => {
  const isTaken = takenAmount !== null && isPositive(takenAmount);
  return {
    ...early,
    state: earlyPaymentLifecycle.next(early.state, isTaken ? 'take' : 'void'),
    takenAmount: isTaken ? takenAmount : null,
  };
};

/**
 * The house brings forward only so much at a time.
 * @param of.budget what may be out; null: no limit
 * @throws AppError `early_payment.budget-used`
 */
export function assertInBudget(of: {
  budget: DecimalString | null;
  used: DecimalString;
  more: DecimalString;
}): void {
  if (of.budget !== null && compareDecimals(addDecimals([of.used, of.more]), of.budget) > 0)
    throw ruleBroken('early_payment.budget-used', 'No more is paid early at present');
}
