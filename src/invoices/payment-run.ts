import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isZero,
  subtractDecimals,
} from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import { type Application, type OpenCredit, planCredits } from './credits/credit-note.ts';
import { type Agreed, discountOn } from './early-payment/early-payment.ts';

export const paymentRunLifecycle = defineLifecycle('payment_run', 'draft', {
  draft: { release: 'released', cancel: 'cancelled' },
  released: { complete: 'completed' },
  completed: {},
  cancelled: {},
});
export type PaymentRunState = (typeof paymentRunLifecycle.states)[number];

export const paymentLifecycle = defineLifecycle('payment', 'planned', {
  planned: { order: 'ordered', offset: 'paid', cancel: 'cancelled' },
  ordered: { pay: 'paid', refuse: 'refused' },
  paid: {},
  refused: {},
  cancelled: {},
});
export type PaymentState = (typeof paymentLifecycle.states)[number];

/** Invoices that are paid together, each supplier's by one payment. */
export type PaymentRun = {
  readonly id: string;
  readonly reference: string;
  readonly currency: string;
  /** Invoices due until this day were looked at. */
  readonly dueUntil: Day;
  /** When the bank shall pay. */
  readonly payOn: Day;
  readonly state: PaymentRunState;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly releasedBy: string | null;
  readonly releasedAt: Date | null;
  readonly cancellationReason: string | null;
  readonly version: number;
};

/** What one supplier gets by a run; its reference is what the bank carries to the supplier and back to us. */
export type Payment = {
  readonly id: string;
  readonly reference: string;
  readonly runId: string;
  readonly supplierId: string;
  readonly currency: string;
  readonly payOn: Day;
  readonly state: PaymentState;
  readonly paidOn: Day | null;
  readonly bankReference: string | null;
  readonly refusalReason: string | null;
  readonly documentId: string | null;
};

/** An invoice that a payment is for; `holds` until it was taken out or the bank did not pay. */
export type PaymentLine = {
  readonly id: string;
  readonly paymentId: string;
  readonly invoiceId: string;
  /** Where it pays what was held back of the invoice, and not the invoice. */
  readonly retentionId: string | null;
  readonly amount: DecimalString;
  readonly holds: boolean;
  /** What was agreed for paying it early, and is not paid. */
  readonly earlyPaymentId: string | null;
  readonly discountAmount: DecimalString;
  /** Paid, with something left for another payment. */
  readonly isPart: boolean;
};

/** More is another run: a run is looked through by two people. */
export const INVOICES_AT_MOST = 500;

/** An invoice that can be paid, or what was held back of one, as a run takes it. */
export type Payable = {
  readonly id: string;
  readonly supplierId: string;
  /** What was approved, less what was credited. */
  readonly payable: DecimalString;
};

/** An invoice in a payment: what is paid of it, and the credits and the discount that take off the rest. */
export type PlannedLine<P> = {
  readonly invoice: P;
  readonly amount: DecimalString;
  readonly credits: readonly Application[];
  readonly discount: { readonly earlyPaymentId: string; readonly amount: DecimalString } | null;
};

/**
 * The payments that pay these invoices: one a supplier, in the order the suppliers come in, each invoice for all that
 * is left of it once the supplier's open credits are taken off, less what was agreed for paying it early. What is
 * credited in full stays in, with nothing to pay.
 * @param discounts by the invoice's id: those that the day of the payment is in time for
 * @throws AppError `payment_run.is-empty`, `payment_run.is-too-long`
 */
export function planPayments<P extends Payable>(
  invoices: readonly P[],
  credits: readonly OpenCredit[],
  discounts: ReadonlyMap<string, Agreed> = new Map(),
): { paymentNo: number; supplierId: string; lines: PlannedLine<P>[] }[] {
  if (invoices.length === 0) throw ruleBroken('payment_run.is-empty', 'A run pays at least one invoice');
  if (invoices.length > INVOICES_AT_MOST)
    throw ruleBroken('payment_run.is-too-long', 'Too many invoices for one run', { most: INVOICES_AT_MOST });
  const bySupplier = new Map<string, P[]>();
  for (const invoice of invoices)
    bySupplier.set(invoice.supplierId, [...(bySupplier.get(invoice.supplierId) ?? []), invoice]);
  const applications = planCredits(invoices, credits);
  return [...bySupplier].map(([supplierId, own], index) => ({
    paymentNo: index + 1,
    supplierId,
    lines: own.map((invoice) => {
      const taken = applications.filter((one) => one.invoiceId === invoice.id);
      const left = subtractDecimals(invoice.payable, addDecimals(taken.map((one) => one.amount)));
      const discount = discountOfLine(discounts.get(invoice.id), left);
      return {
        invoice,
        amount: discount === null ? left : subtractDecimals(left, discount.amount),
        credits: taken,
        discount,
      };
    }),
  }));
}

function discountOfLine(early: Agreed | undefined, left: DecimalString): PlannedLine<unknown>['discount'] {
  if (early === undefined) return null;
  const amount = discountOn(early, left);
  return isZero(amount) ? null : { earlyPaymentId: early.id, amount };
}

/** A payment that holds something and pays nothing: credits cover it, and no bank is asked. */
export const isOffset = (
  payment: Pick<Payment, 'id'> & { readonly amount: DecimalString },
  lines: readonly Pick<PaymentLine, 'paymentId' | 'holds'>[],
): boolean => isZero(payment.amount) && lines.some((line) => line.holds && line.paymentId === payment.id);

/** What the bank is told to carry: `PAY-2026-0007-02`. */
export const paymentReference = (runReference: string, paymentNo: number): string =>
  `${runReference}-${String(paymentNo).padStart(2, '0')}`;

/**
 * Payments are planned for today or later.
 * @throws AppError `payment_run.pays-in-the-past`
 */
export function assertPaysInTime(payOn: Day, today: Day): void {
  if (payOn < today) throw ruleBroken('payment_run.pays-in-the-past', 'A bank does not pay in the past');
}

/** The run as a second person in finance releases it; a planned day that is over becomes today. */
export const release = (run: PaymentRun, by: { userId: string; at: Date; today: Day }): PaymentRun => ({
  ...run,
  state: paymentRunLifecycle.next(run.state, 'release'),
  releasedBy: by.userId,
  releasedAt: by.at,
  payOn: run.payOn < by.today ? by.today : run.payOn,
});

/** A released run is over once no payment of it is with the bank. */
export const progress = (run: PaymentRun, payments: readonly Pick<Payment, 'state'>[]): PaymentRun =>
  payments.some((payment) => payment.state === 'ordered')
    ? run
    : { ...run, state: paymentRunLifecycle.next(run.state, 'complete') };

/** What a payment is for, summed: only what it holds. */
export const amountOf = (lines: readonly Pick<PaymentLine, 'amount' | 'holds'>[]): DecimalString =>
  addDecimals(lines.filter((line) => line.holds).map((line) => line.amount));

/** One row of what the bank did: our reference, the day, the amount. */
export type PaymentResult = {
  readonly reference: string;
  readonly paidOn: Day;
  readonly amount: DecimalString;
  readonly bankReference: string | null;
};

/** What is wrong with a row; its words are at `errors.payment.<fault>`. */
export type ResultFault = {
  readonly index: number;
  readonly column: 'reference' | 'paidOn' | 'amount';
  readonly code: string;
  readonly params: Readonly<Record<string, string>>;
};

type Expected = Pick<Payment, 'reference' | 'state'> & { readonly amount: DecimalString };

/**
 * What does not fit of what the bank is said to have done: a payment is paid once, in full, after its release and not
 * in the future.
 */
export function faultsOf(
  results: readonly PaymentResult[],
  of: { payments: readonly Expected[]; releasedOn: Day; today: Day },
): ResultFault[] {
  const expected = new Map(of.payments.map((payment) => [payment.reference, payment]));
  const seen = new Set<string>();
  return results.flatMap((result, index): ResultFault[] => {
    const at = (column: ResultFault['column'], code: string, params: ResultFault['params'] = {}) => [
      { index, column, code, params: { reference: result.reference, ...params } },
    ];
    const payment = expected.get(result.reference);
    if (payment === undefined) return at('reference', 'payment.not-of-this-run');
    if (seen.has(result.reference)) return at('reference', 'payment.twice-in-the-file');
    seen.add(result.reference);
    if (payment.state === 'paid') return at('reference', 'payment.is-paid');
    if (payment.state !== 'ordered') return at('reference', 'payment.is-not-ordered');
    if (compareDecimals(result.amount, payment.amount) !== 0)
      return at('amount', 'payment.other-amount', { expected: payment.amount, actual: result.amount });
    if (result.paidOn > of.today) return at('paidOn', 'payment.paid-in-the-future');
    if (result.paidOn < of.releasedOn)
      return at('paidOn', 'payment.paid-before-release', { day: of.releasedOn });
    return [];
  });
}
