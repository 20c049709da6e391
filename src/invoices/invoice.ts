import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import type { DecimalString } from '../kernel/money.ts';
import { addDays, type Day } from '../kernel/time.ts';
import type { InvoiceCharge } from './charges/invoice-charge.ts';
import { type ExceptionKind, mayBeAccepted } from './match.ts';
import type { TaxGroup } from './totals.ts';

export const invoiceLifecycle = defineLifecycle('invoice', 'draft', {
  draft: { submit: 'submitted' },
  submitted: { match: 'matched', query: 'exception' },
  exception: { correct: 'corrected', accept: 'matched', reject: 'rejected', resume: 'matched' },
  corrected: { match: 'matched', query: 'exception' },
  matched: { 'ask-approval': 'pending_approval' },
  pending_approval: { approve: 'approved', reject: 'rejected' },
  approved: { schedule: 'scheduled', pay: 'paid', offset: 'credited' },
  scheduled: { settle: 'paid', 'settle-part': 'approved', offset: 'credited', unschedule: 'approved' },
  paid: {},
  credited: {},
  rejected: {},
});
export type InvoiceState = (typeof invoiceLifecycle.states)[number];

/** The states that an invoice rests in, in the order of its life, for filters. */
export const invoiceStates = [
  'submitted',
  'exception',
  'corrected',
  'pending_approval',
  'approved',
  'scheduled',
  'paid',
  'credited',
  'rejected',
] as const satisfies readonly InvoiceState[];

export type Invoice = {
  readonly id: string;
  /** Ours. */
  readonly reference: string;
  /** The supplier's own, as it wrote it. */
  readonly supplierNumber: string;
  /** Of a statement's invoice the first of its orders. */
  readonly orderId: string;
  readonly supplierId: string;
  /** What it is made from: one receipt, one statement. */
  readonly receiptId: string | null;
  readonly statementId: string | null;
  /** Or an instalment of its order, before what that pays for is received. */
  readonly instalmentId: string | null;
  /** Or its order alone, where nothing is received. */
  readonly isByOrder: boolean;
  readonly currency: string;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  readonly netAmount: DecimalString;
  readonly taxAmount: DecimalString;
  readonly grossAmount: DecimalString;
  /** What bears each tax, and the tax on it: net and tax are their sums. */
  readonly taxes: readonly TaxGroup[];
  /** What is charged and allowed beside the lines. */
  readonly charges: readonly InvoiceCharge[];
  readonly state: InvoiceState;
  readonly rejectionReason: string | null;
  readonly submittedBy: string;
  readonly submittedAt: Date;
  /** The version of its figures that is in force. */
  readonly currentVersion: number;
  /** The buyer who took its differences as they are. */
  readonly acceptedBy: string | null;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  readonly paidOn: Day | null;
  readonly paymentReference: string | null;
  /** Counts changes of the row, for forms that two people may have open. */
  readonly version: number;
};

/** Payment is due so many days after a correct invoice is there, and after its own date: the later of both. */
export const dueOn = (of: { issuedOn: Day; arrivedOn: Day; paymentTermsDays: number }): Day =>
  addDays(of.arrivedOn > of.issuedOn ? of.arrivedOn : of.issuedOn, of.paymentTermsDays);

/** Not paid though it is due, and neither refused. */
export const isOverdue = (invoice: Pick<Invoice, 'state' | 'dueOn'>, today: Day): boolean =>
  !invoiceLifecycle.isTerminal(invoice.state) && invoice.dueOn < today;

/**
 * The invoice as a buyer takes it, differences and all.
 * @throws AppError `invoice.cannot-accept`, `invoice.inspection-not-decided`, `invoice.sums-not-acceptable`
 */
export function acceptExceptions(
  invoice: Invoice,
  by: { userId: string; kinds: readonly ExceptionKind[] },
): Invoice {
  const state = invoiceLifecycle.next(invoice.state, 'accept');
  if (by.kinds.includes('not_inspected'))
    throw ruleBroken('invoice.inspection-not-decided', 'It waits for an inspection');
  if (!by.kinds.every(mayBeAccepted))
    throw ruleBroken('invoice.sums-not-acceptable', 'Sums that do not add up have to be corrected');
  return { ...invoice, state, acceptedBy: by.userId };
}

/**
 * The invoice as finance clears it for payment; who may not, because of a hand in it before, the table of rights says.
 * @throws AppError `invoice.cannot-approve`
 */
export const approve = (invoice: Invoice, decision: { userId: string; at: Date }): Invoice => ({
  ...invoice,
  state: invoiceLifecycle.next(invoice.state, 'approve'),
  approvedBy: decision.userId,
  approvedAt: decision.at,
});

/**
 * What an instalment comes to stands in its order: there is nothing to correct, and another one is sent once it is
 * rejected.
 * @throws AppError `invoice.instalment-not-corrected`
 */
export function assertHasLines(invoice: Pick<Invoice, 'instalmentId'>): void {
  if (invoice.instalmentId !== null)
    throw ruleBroken('invoice.instalment-not-corrected', 'An instalment is invoiced anew');
}

/** An invoice as the table of rights asks about it: who had a hand in it. */
export const toDecideOn = (
  invoice: Pick<Invoice, 'state' | 'supplierId' | 'submittedBy' | 'acceptedBy'>,
  orders: readonly { readonly buyerId: string }[],
  behind: readonly string[],
): {
  state: InvoiceState;
  behind: readonly string[];
  supplierId: string;
  ties: { submitter: string; buyer: readonly string[]; accepter: string | null };
} => ({
  state: invoice.state,
  behind,
  supplierId: invoice.supplierId,
  ties: {
    submitter: invoice.submittedBy,
    buyer: orders.map((order) => order.buyerId),
    accepter: invoice.acceptedBy,
  },
});

/**
 * The invoice as it is refused for good; the supplier may send another one.
 * @throws AppError `invoice.cannot-reject`
 */
export const reject = (invoice: Invoice, reason: string): Invoice => ({
  ...invoice,
  state: invoiceLifecycle.next(invoice.state, 'reject'),
  rejectionReason: reason,
});

/**
 * The invoice as it was paid.
 * @param payment.today the latest day that a payment can bear
 * @throws AppError `invoice.cannot-pay`, `invoice.paid-in-the-future`, `invoice.paid-before-it-was-issued`
 */
export function pay(
  invoice: Invoice,
  payment: { paidOn: Day; paymentReference: string; today: Day },
): Invoice {
  const state = invoiceLifecycle.next(invoice.state, 'pay');
  const { paidOn, paymentReference, today } = payment;
  if (paidOn > today) throw ruleBroken('invoice.paid-in-the-future', 'A payment is noted once it was made');
  if (paidOn < invoice.issuedOn)
    throw ruleBroken('invoice.paid-before-it-was-issued', 'An invoice is not paid before its own date', {
      day: invoice.issuedOn,
    });
  return { ...invoice, state, paidOn, paymentReference };
}

/** Where an invoice stands on the way that both sides see. */
export const invoiceSteps = ['received', 'matched', 'approved', 'due', 'paid'] as const;

/** The step that is reached; null for a rejected invoice, which goes no further. */
export function stepOf(invoice: Pick<Invoice, 'state' | 'dueOn'>, today: Day): number | null {
  switch (invoice.state) {
    case 'draft':
    case 'submitted':
    case 'exception':
    case 'corrected':
      return 0;
    case 'matched':
    case 'pending_approval':
      return 1;
    case 'approved':
    case 'scheduled':
      return today < invoice.dueOn ? 2 : 3;
    case 'paid':
    case 'credited':
      return 4;
    case 'rejected':
      return null;
  }
}

/** Who has to do something now, and what: a key of `invoices.next.<…>`. */
export type NextAct = {
  readonly who: 'portal' | 'supplier' | 'receiver' | 'finance' | 'nobody';
  readonly act:
    | 'match'
    | 'correct'
    | 'inspect'
    | 'approve'
    | 'pay'
    | 'await-payment'
    | 'invoice-again'
    | 'nothing'
    | 'nothing-credited';
};

/** Says who acts next on an invoice, which may have differences of these kinds. */
export function nextAct(state: InvoiceState, open: readonly ExceptionKind[] = []): NextAct {
  if (open.length > 0 && open.every((kind) => kind === 'not_inspected'))
    return { who: 'receiver', act: 'inspect' };
  switch (state) {
    case 'draft':
    case 'submitted':
    case 'corrected':
    case 'matched':
      return { who: 'portal', act: 'match' };
    case 'exception':
      return { who: 'supplier', act: 'correct' };
    case 'pending_approval':
      return { who: 'finance', act: 'approve' };
    case 'approved':
      return { who: 'finance', act: 'pay' };
    case 'scheduled':
      return { who: 'finance', act: 'await-payment' };
    case 'rejected':
      return { who: 'supplier', act: 'invoice-again' };
    case 'paid':
      return { who: 'nobody', act: 'nothing' };
    case 'credited':
      return { who: 'nobody', act: 'nothing-credited' };
  }
}
