import { ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';
import {
  compareDecimals,
  type DecimalString,
  isPositive,
  subtractDecimals,
  trimDecimal,
} from '../../kernel/money.ts';
import { dayIn, instantAt } from '../../kernel/time.ts';
import { addWorkingDays, type Calendar } from '../../kernel/working-days.ts';

/**
 * Something was wrong with goods. The supplier says how it keeps it from spreading, why it happened and what it
 * changes (8D, D3 to D6); we look whether it helps, and close it. Each answer can be returned with a reason.
 */
export const nonconformanceLifecycle = defineLifecycle('nonconformance', 'open', {
  open: { send: 'sent' },
  sent: { contain: 'contained', settle: 'closed' },
  contained: { 'find-cause': 'root_cause', return: 'returned', settle: 'closed' },
  root_cause: { act: 'action', return: 'returned' },
  action: { verify: 'verification', return: 'returned' },
  verification: { close: 'closed', return: 'returned' },
  returned: { contain: 'contained', 'find-cause': 'root_cause', act: 'action' },
  closed: {},
});
export type NonconformanceState = (typeof nonconformanceLifecycle.states)[number];

export const severities = ['minor', 'major', 'critical'] as const;
export const dispositions = ['return', 'rework', 'scrap', 'use_as_is'] as const;
export const claims = ['none', 'replacement', 'debit'] as const;
/** The answers, in their order; each is the state it leads to. */
export const answerSteps = ['contained', 'root_cause', 'action'] as const;
export type AnswerStep = (typeof answerSteps)[number];
const ACT = { contained: 'contain', root_cause: 'find-cause', action: 'act' } as const;

export type Nonconformance = {
  readonly id: string;
  readonly reference: string;
  readonly supplierId: string;
  readonly plantCode: string;
  readonly orderId: string;
  readonly poLineId: string;
  readonly receiptId: string;
  readonly quantity: DecimalString;
  readonly found: 'at_receipt' | 'afterwards';
  readonly defect: string;
  readonly severity: (typeof severities)[number];
  readonly needs8d: boolean;
  readonly disposition: (typeof dispositions)[number];
  readonly claim: (typeof claims)[number];
  /** In the order's currency; null unless it is a debit. */
  readonly claimAmount: DecimalString | null;
  readonly returnedQuantity: DecimalString;
  readonly state: NonconformanceState;
  /** By when the side whose turn it is acts; null once it is closed. */
  readonly dueAt: Date | null;
  readonly remindedAt: Date | null;
  readonly openedBy: string;
  readonly openedAt: Date;
  readonly closedBy: string | null;
  readonly closedAt: Date | null;
  readonly closingNote: string | null;
  readonly version: number;
};

/** One answer to a step; one that was returned stays. */
export type CorrectiveAction = {
  readonly id: string;
  readonly nonconformanceId: string;
  readonly supplierId: string;
  readonly step: AnswerStep | 'verification';
  readonly body: string;
  readonly writtenBy: string;
  readonly writtenAt: Date;
  readonly returnedBy: string | null;
  readonly returnedAt: Date | null;
  readonly returnReason: string | null;
};

/** How many working days each step has, and in which calendar. */
export type QualityTimes = {
  readonly days: Readonly<Record<'contained' | 'root_cause' | 'action' | 'ours', number>>;
  readonly calendar: Calendar;
  readonly timeZone: string;
};

/** The step that is to be answered next, or again; null where it is our turn. */
export function nextAnswer(
  of: Pick<Nonconformance, 'state'>,
  answers: readonly Pick<CorrectiveAction, 'step' | 'returnedAt'>[],
): AnswerStep | null {
  if (of.state === 'sent') return 'contained';
  if (of.state === 'contained') return 'root_cause';
  if (of.state === 'root_cause') return 'action';
  if (of.state !== 'returned') return null;
  return (
    answerSteps.find((step) => !answers.some((one) => one.step === step && one.returnedAt === null)) ?? null
  );
}

/** Who acts next. @returns null once it is closed */
export function whoActs(of: Pick<Nonconformance, 'state'>): 'supplier' | 'buyer' | null {
  if (of.state === 'closed') return null;
  return of.state === 'action' || of.state === 'verification' || of.state === 'open' ? 'buyer' : 'supplier';
}

const dueFrom = (at: Date, days: number, { calendar, timeZone }: QualityTimes): Date =>
  instantAt(`${addWorkingDays(dayIn(at, timeZone), days, calendar)}T18:00`, timeZone);

/** By when the next one acts, once a step is done. */
export function dueAfter(state: NonconformanceState, at: Date, times: QualityTimes): Date | null {
  const { days } = times;
  switch (state) {
    case 'closed':
      return null;
    case 'sent':
    case 'returned':
      return dueFrom(at, days.contained, times);
    case 'contained':
      return dueFrom(at, days.root_cause, times);
    case 'root_cause':
      return dueFrom(at, days.action, times);
    default:
      return dueFrom(at, days.ours, times);
  }
}

/**
 * The supplier answers the next step, and no other.
 * @throws AppError `nonconformance.step-not-asked`, `nonconformance.cannot-contain`, `-find-cause`, `-act`
 */
export function answerStep(
  of: Nonconformance,
  answers: readonly Pick<CorrectiveAction, 'step' | 'returnedAt'>[],
  by: { step: AnswerStep; at: Date; times: QualityTimes },
): Nonconformance {
  if (nextAnswer(of, answers) !== by.step)
    throw ruleBroken('nonconformance.step-not-asked', 'Another step is asked for now', { state: of.state });
  const state = nonconformanceLifecycle.next(of.state, ACT[by.step]);
  return { ...of, state, dueAt: dueAfter(state, by.at, by.times), remindedAt: null };
}

/** @throws AppError `nonconformance.cannot-return`, `-verify`, `-close` */
export function moveOn(
  of: Nonconformance,
  act: 'send' | 'return' | 'verify',
  by: { at: Date; times: QualityTimes },
): Nonconformance {
  const state = nonconformanceLifecycle.next(of.state, act);
  return { ...of, state, dueAt: dueAfter(state, by.at, by.times), remindedAt: null };
}

/**
 * Ends it: after the check whether the change helps, or, where no 8D was asked for, as soon as it is settled.
 * @throws AppError `nonconformance.needs-its-8d`, `nonconformance.cannot-close`
 */
export function close(of: Nonconformance, by: { userId: string; at: Date; note: string }): Nonconformance {
  if (of.needs8d && of.state !== 'verification')
    throw ruleBroken('nonconformance.needs-its-8d', 'It ends after its 8D steps', { state: of.state });
  const state = nonconformanceLifecycle.next(of.state, of.state === 'verification' ? 'close' : 'settle');
  return { ...of, state, dueAt: null, closedBy: by.userId, closedAt: by.at, closingNote: by.note };
}

/** The clock reminds, once a step; it ends nothing. Null where nothing is due. */
export const remind = (of: Nonconformance, at: Date): Nonconformance | null =>
  of.dueAt !== null && of.dueAt <= at && of.remindedAt === null ? { ...of, remindedAt: at } : null;

/**
 * What is found afterwards was received before.
 * @throws AppError `nonconformance.more-than-received`
 */
export function assertWasReceived(quantity: DecimalString, received: DecimalString): void {
  if (compareDecimals(quantity, received) > 0)
    throw ruleBroken('nonconformance.more-than-received', 'More than was received', {
      received: trimDecimal(received),
    });
}

/** Of goods sent back, what can still be taken from the received quantity: what is not invoiced. */
export function returnable(
  quantity: DecimalString,
  line: { readonly receivedQuantity: DecimalString; readonly invoicedQuantity: DecimalString },
): DecimalString {
  const free = subtractDecimals(line.receivedQuantity, line.invoicedQuantity);
  if (!isPositive(free)) return '0';
  return compareDecimals(quantity, free) <= 0 ? quantity : free;
}
