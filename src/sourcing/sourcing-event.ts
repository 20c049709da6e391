import { ruleBroken } from '../kernel/errors.ts';
import type { Incoterm } from '../kernel/incoterm.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import { compareDecimals, type DecimalString, type Money } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Calendar } from '../kernel/working-days.ts';
import { type EventItem, estimatedValueOf } from './event-item.ts';
import type { EventSealing } from './event-sealing.ts';
import { asksPrices, type EventType } from './event-template.ts';

/** One competition, from the first draft to the last order of its award. */
export const sourcingEventLifecycle = defineLifecycle('sourcing_event', 'draft', {
  draft: { 'request-approval': 'pending_approval', 'waive-approval': 'approved', cancel: 'cancelled' },
  pending_approval: { approve: 'approved', return: 'draft', cancel: 'cancelled' },
  approved: { publish: 'open', return: 'draft', cancel: 'cancelled' },
  open: { close: 'closed', pause: 'paused', amend: 'amending', cancel: 'cancelled' },
  paused: { resume: 'open', cancel: 'cancelled' },
  amending: { republish: 'open', cancel: 'cancelled' },
  closed: {
    'start-opening': 'opening',
    reopen: 'open',
    'declare-unsuccessful': 'unsuccessful',
    cancel: 'cancelled',
  },
  opening: { 'start-evaluation': 'evaluation', cancel: 'cancelled' },
  evaluation: {
    'propose-award': 'award_proposed',
    'start-round': 'open',
    'declare-unsuccessful': 'unsuccessful',
    conclude: 'completed',
    cancel: 'cancelled',
  },
  award_proposed: {
    'request-award-approval': 'award_approval',
    'return-award': 'evaluation',
    cancel: 'cancelled',
  },
  award_approval: { award: 'awarded', 'return-award': 'evaluation', cancel: 'cancelled' },
  awarded: { complete: 'completed', 'withdraw-award': 'evaluation' },
  completed: {},
  cancelled: {},
  unsuccessful: {},
});
export type SourcingEventState = (typeof sourcingEventLifecycle.states)[number];

/** Who may bid: whom we invite, or every registered supplier as well. */
export const audiences = ['invited', 'qualified'] as const;
export type Audience = (typeof audiences)[number];

/** What the buyer says about an event before its lines. */
export type EventTerms = {
  readonly title: string;
  readonly description: string;
  readonly categoryCode: string;
  readonly plantCode: string;
  readonly incoterm: Incoterm;
  readonly incotermPlace: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly paymentTermsDays: number;
  readonly closesAt: Date | null;
  /** The IANA zone the closing time is stated in. */
  readonly timeZone: string;
  /** Until when suppliers may ask; where nobody said, two working days before closing (`enquiry.ts`). */
  readonly enquiriesUntil?: Date | null;
  /** No bid is opened before this, however early bidding closed. */
  readonly openingNotBefore?: Date | null;
  /** The day until which suppliers may expect a decision. */
  readonly decisionByOn?: Day | null;
  /** The calendar its working days are counted in; null is the plant's. */
  readonly calendarCode?: string | null;
  /** ISO 4217: what may be bid in beside `currency`. */
  readonly bidCurrencies?: readonly string[];
  /** May a bid leave out single lines? Where not, whole lots or nothing. */
  readonly takesPartialBids?: boolean;
  /** For how many days after closing a bid has to hold; null where nobody asks. */
  readonly bidValidDays?: number | null;
};

export type SourcingEvent = Required<EventTerms> &
  EventSealing & {
    readonly id: string;
    /** What people call it by: `RFQ-2026-0042`. */
    readonly reference: string;
    readonly eventType: EventType;
    readonly state: SourcingEventState;
    /** The sum of the line estimates; null unless every line has one, and for suppliers. */
    readonly estimatedValue: DecimalString | null;
    readonly ownerId: string;
    readonly approvalRequestedBy: string | null;
    readonly approvedBy: string | null;
    readonly publishedAt: Date | null;
    readonly closedAt: Date | null;
    readonly openedAt: Date | null;
    readonly createdAt: Date;
    readonly audience: Audience;
    /** Counts the rounds of bids; a supplier that is not asked again stays with its last one. */
    readonly round: number;
    readonly version: number;
    /** Its calendar, or its plant's, or the company's, with the days around closing that differ from their week. */
    readonly calendar: Calendar;
  };

/** Every currency that may be bid in, the event's own first. */
export const currenciesOf = (event: Pick<SourcingEvent, 'currency' | 'bidCurrencies'>): readonly string[] => [
  event.currency,
  ...event.bidCurrencies.filter((currency) => currency !== event.currency),
];

/** When time itself will move the event: an open one closes at its closing instant. */
export const nextDueAt = (event: Pick<SourcingEvent, 'state' | 'closesAt'>): Date | null =>
  event.state === 'open' ? event.closesAt : null;

/** Bids are taken until, and not at, the closing instant. `clock` is the database's, read after the lock. */
export const isOpenAt = (event: Pick<SourcingEvent, 'state' | 'closesAt'>, clock: Date): boolean =>
  event.state === 'open' && event.closesAt !== null && clock < event.closesAt;

/** The state as the clock has it: at the closing instant an event is closed, a few seconds before the sweep says so. */
export const stateAt = (event: Pick<SourcingEvent, 'state' | 'closesAt'>, now: Date): SourcingEventState =>
  event.state === 'open' && !isOpenAt(event, now) ? 'closed' : event.state;

/** Bids come in, or will again: who has bid is not told yet. */
export const isBidding = ({ state }: Pick<SourcingEvent, 'state'>): boolean =>
  state === 'open' || state === 'paused' || state === 'amending';

type Completable = Pick<SourcingEvent, 'closesAt' | 'eventType'> & Partial<Pick<SourcingEvent, 'audience'>>;

/** What an event is not yet ready for: codes of what is missing, empty when it can be sent out. */
export function missingForPublication(
  event: Completable,
  of: { lineCount: number; invitationCount: number; now: Date },
): readonly ('lines' | 'invitations' | 'closing-time' | 'future-closing')[] {
  return [
    ...(of.lineCount === 0 && asksPrices(event) ? (['lines'] as const) : []),
    ...(of.invitationCount === 0 && event.audience !== 'qualified' ? (['invitations'] as const) : []),
    ...(event.closesAt === null ? (['closing-time'] as const) : []),
    ...(event.closesAt !== null && event.closesAt <= of.now ? (['future-closing'] as const) : []),
  ];
}

/**
 * An event is complete when it has a line, an invited supplier and a closing time still to come; where no prices are
 * asked for, it needs no line.
 * @throws AppError `sourcing_event.has-no-lines`, `sourcing_event.has-no-invitations`,
 * `sourcing_event.has-no-closing-time`, `sourcing_event.closes-in-the-past`
 */
export function assertComplete(
  event: Completable,
  of: { lineCount: number; invitationCount: number; now: Date },
): void {
  const missing = missingForPublication(event, of)[0];
  if (missing === 'lines') throw ruleBroken('sourcing_event.has-no-lines', 'The event has no lines');
  if (missing === 'invitations')
    throw ruleBroken('sourcing_event.has-no-invitations', 'The event invites no supplier');
  if (missing === 'closing-time')
    throw ruleBroken('sourcing_event.has-no-closing-time', 'The event has no closing time');
  if (missing === 'future-closing')
    throw ruleBroken('sourcing_event.closes-in-the-past', 'The closing time has passed');
}

/**
 * An approver is needed at and above the threshold, and wherever the value cannot be compared with it: when
 * a line has no estimate, or the event is in another currency. Not knowing is no way around an approver.
 */
export function needsApproval(
  event: Pick<SourcingEvent, 'currency'>,
  items: readonly Pick<EventItem, 'quantity' | 'estimatedPrice'>[],
  threshold: Money,
): boolean {
  if (event.currency !== threshold.currency) return true;
  const value = estimatedValueOf(items, event.currency);
  return value === null || compareDecimals(value, threshold.amount) >= 0;
}

/**
 * Gives suppliers more time, and never less: an open event, before its closing instant, gets a later one.
 * @throws AppError `sourcing_event.is-not-open`, `sourcing_event.closing-not-later`
 */
export function extendClosing<T extends Pick<SourcingEvent, 'state' | 'closesAt'>>(
  event: T,
  to: { closesAt: Date; clock: Date },
): T {
  if (!isOpenAt(event, to.clock) || event.closesAt === null)
    throw ruleBroken('sourcing_event.is-not-open', 'Only while bids are taken');
  if (to.closesAt <= event.closesAt)
    throw ruleBroken('sourcing_event.closing-not-later', 'The new closing time must be later');
  return { ...event, closesAt: to.closesAt };
}

/**
 * Stops bidding for a while, before the closing instant; while it is paused no bid is taken and no time passes it.
 * @throws AppError `sourcing_event.cannot-pause`
 */
export function pauseBidding<T extends Pick<SourcingEvent, 'state' | 'closesAt'>>(event: T, clock: Date): T {
  const state = sourcingEventLifecycle.next(event.state, 'pause');
  if (!isOpenAt(event, clock)) throw ruleBroken('sourcing_event.cannot-pause', 'Bidding is over');
  return { ...event, state };
}

/**
 * Takes bids again, until the closing time it had or a later one, which is still to come.
 * @throws AppError `sourcing_event.cannot-resume`, `sourcing_event.closing-nearer`, `sourcing_event.closes-in-the-past`
 */
export function resumeBidding<T extends Pick<SourcingEvent, 'state' | 'closesAt'>>(
  event: T,
  to: { closesAt: Date; clock: Date },
): T {
  const state = sourcingEventLifecycle.next(event.state, 'resume');
  if (event.closesAt !== null && to.closesAt < event.closesAt)
    throw ruleBroken('sourcing_event.closing-nearer', 'Closing is never moved nearer');
  if (to.closesAt <= to.clock)
    throw ruleBroken('sourcing_event.closes-in-the-past', 'The closing time has passed');
  return { ...event, state, closesAt: to.closesAt };
}

/**
 * Takes bids again after closing, until a new closing time; only while nothing is opened, which the state says.
 * @throws AppError `sourcing_event.cannot-reopen`, `sourcing_event.closes-in-the-past`
 */
export function reopenBidding<T extends Pick<SourcingEvent, 'state' | 'closesAt' | 'closedAt'>>(
  event: T,
  to: { closesAt: Date; clock: Date },
): T {
  const state = sourcingEventLifecycle.next(event.state, 'reopen');
  if (to.closesAt <= to.clock)
    throw ruleBroken('sourcing_event.closes-in-the-past', 'The closing time has passed');
  return { ...event, state, closesAt: to.closesAt, closedAt: null };
}

/**
 * An audience grows; an event that is out is not taken from those who may have begun.
 * @throws AppError `sourcing_event.audience-is-fixed`
 */
export function widenAudience<T extends Pick<SourcingEvent, 'state' | 'audience' | 'round'>>(
  event: T,
  audience: Audience,
): T {
  if (event.audience === audience) return event;
  const isWider = event.state === 'open' && event.round === 1 && audience === 'qualified';
  if (event.state !== 'draft' && !isWider)
    throw ruleBroken('sourcing_event.audience-is-fixed', 'Who may bid can only be widened once it is out');
  return { ...event, audience };
}

/**
 * Only a draft is changed; what suppliers have been sent is not.
 * @throws AppError `sourcing_event.is-no-draft`
 */
export function assertIsDraft(event: Pick<SourcingEvent, 'state'>): void {
  if (event.state !== 'draft')
    throw ruleBroken('sourcing_event.is-no-draft', 'Only a draft can be changed', { state: event.state });
}

/** The steps people see, each with the states that stand on it. */
export const eventSteps: readonly { readonly key: string; readonly states: readonly SourcingEventState[] }[] =
  [
    { key: 'draft', states: ['draft'] },
    { key: 'approval', states: ['pending_approval', 'approved'] },
    { key: 'bidding', states: ['open', 'paused', 'amending'] },
    { key: 'opening', states: ['closed', 'opening'] },
    { key: 'evaluation', states: ['evaluation', 'award_proposed', 'award_approval'] },
    { key: 'award', states: ['awarded', 'completed'] },
  ];
