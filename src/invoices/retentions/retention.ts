import { ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';
import {
  compareDecimals,
  type DecimalString,
  isPositive,
  shareOfMoney,
  subtractDecimals,
} from '../../kernel/money.ts';
import type { Day } from '../../kernel/time.ts';
import type { InvoiceState } from '../invoice.ts';

/**
 * What is held back of an invoice for received goods. It is released when its date comes, or by finance when somebody
 * else asked for it; then it waits for a payment run.
 */
export const retentionLifecycle = defineLifecycle('retention', 'held', {
  held: { ask: 'asked', 'fall-due': 'released', void: 'void' },
  asked: { approve: 'released', refuse: 'held', 'fall-due': 'released' },
  released: { schedule: 'scheduled' },
  scheduled: { settle: 'paid', unschedule: 'released' },
  paid: {},
  void: {},
});
export type RetentionState = (typeof retentionLifecycle.states)[number];

/** The states that people look for; what never came to be is not shown. */
export const retentionStates = [
  'held',
  'asked',
  'released',
  'scheduled',
  'paid',
] as const satisfies readonly RetentionState[];

export type Retained = {
  readonly id: string;
  readonly invoiceId: string;
  readonly orderId: string;
  readonly supplierId: string;
  readonly currency: string;
  readonly percent: DecimalString;
  readonly amount: DecimalString;
  readonly state: RetentionState;
  readonly reason: string;
  readonly answer: string;
  readonly askedBy: string | null;
  readonly askedAt: Date | null;
  readonly releasedBy: string | null;
  readonly releasedAt: Date | null;
  /** When it is released by itself; null before the last receipt, and where a decision releases it. */
  readonly releaseOn: Day | null;
  readonly invoiceState: InvoiceState;
  readonly version: number;
};

/**
 * What is held back of an invoice, or of its order's share of one: a percentage of all that it comes to with tax, whatever
 * of it was paid in advance, and never more than is left to pay.
 */
export function retainedOf(of: {
  percent: DecimalString;
  grossAmount: DecimalString;
  deducted: DecimalString;
  currency: string;
}): DecimalString {
  const share = shareOfMoney(of.grossAmount, { part: of.percent, whole: '100', currency: of.currency });
  const left = subtractDecimals(of.grossAmount, of.deducted);
  const retained = compareDecimals(share, left) < 0 ? share : left;
  return isPositive(retained) ? retained : '0';
}

/** Only of what finance approved something can be released. */
export const isOfApproved = (state: InvoiceState): boolean =>
  state === 'approved' || state === 'scheduled' || state === 'paid' || state === 'credited';

/**
 * Its release is asked for before its date, with a reason.
 * @throws AppError `retention.invoice-not-approved`, `retention.cannot-ask`
 */
export function askRelease(one: Retained, by: { userId: string; at: Date; reason: string }): Retained {
  const state = retentionLifecycle.next(one.state, 'ask');
  if (!isOfApproved(one.invoiceState))
    throw ruleBroken('retention.invoice-not-approved', 'The invoice is approved first');
  return { ...one, state, reason: by.reason, answer: '', askedBy: by.userId, askedAt: by.at };
}

/** Finance releases what somebody else asked for. @throws AppError `retention.cannot-approve` */
export const approveRelease = (one: Retained, by: { userId: string; at: Date }): Retained => ({
  ...one,
  state: retentionLifecycle.next(one.state, 'approve'),
  releasedBy: by.userId,
  releasedAt: by.at,
});

/** It stays held back, and why. @throws AppError `retention.cannot-refuse` */
export const refuseRelease = (one: Retained, answer: string): Retained => ({
  ...one,
  state: retentionLifecycle.next(one.state, 'refuse'),
  answer,
});

/**
 * It is released by its date, and by nobody.
 * @throws AppError `retention.before-its-date`, `retention.cannot-fall-due`
 */
export function fallDue(one: Retained, at: { today: Day; now: Date }): Retained {
  const state = retentionLifecycle.next(one.state, 'fall-due');
  if (one.releaseOn === null || at.today < one.releaseOn || !isOfApproved(one.invoiceState))
    throw ruleBroken('retention.before-its-date', 'Its date has not come');
  return { ...one, state, releasedBy: null, releasedAt: at.now };
}
