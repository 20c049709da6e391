import { conflict, ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import { compareDecimals, type DecimalString, type Money } from '../kernel/money.ts';
import { dayIn, instantAt, wallClock } from '../kernel/time.ts';
import { addWorkingDays, type Calendar } from '../kernel/working-days.ts';
import { type Difference, isEmpty, type Proposal } from './amendment-difference.ts';
import { estimatedValueOf, type NewEventItem } from './event-item.ts';
import { isOpenAt, needsApproval, type SourcingEvent } from './sourcing-event.ts';

/** A change of an event that is open: ours until it is published, then everybody's who was invited. */
export const amendmentLifecycle = defineLifecycle('amendment', 'draft', {
  draft: { 'request-approval': 'pending_approval', publish: 'published', withdraw: 'withdrawn' },
  pending_approval: { approve: 'approved', return: 'draft', withdraw: 'withdrawn' },
  approved: { publish: 'published', return: 'draft', withdraw: 'withdrawn' },
  published: {},
  withdrawn: {},
});
export type AmendmentState = (typeof amendmentLifecycle.states)[number];

export type Amendment = {
  readonly id: string;
  readonly eventId: string;
  /** Null until it is published. */
  readonly number: number | null;
  readonly state: AmendmentState;
  readonly round: number;
  /** The event's version it was made from. */
  readonly eventVersion: number;
  readonly proposal: Proposal;
  /** Every bid has to be submitted again, whatever it speaks of. */
  readonly touchesAll: boolean;
  readonly reason: string;
  /** What everybody reads; null until it is published. */
  readonly changes: Difference | null;
  readonly closesAtBefore: Date | null;
  readonly closesAt: Date | null;
  readonly draftedBy: string;
  readonly createdAt: Date;
  readonly approvalRequestedBy: string | null;
  readonly approvedBy: string | null;
  readonly publishedBy: string | null;
  readonly publishedAt: Date | null;
  readonly settledAt: Date | null;
  readonly version: number;
};

/**
 * An approver is asked again when the value has come to the threshold, when it has grown above what was approved, and
 * when it cannot be compared any more.
 */
export function needsApprovalAgain(
  before: { event: Pick<SourcingEvent, 'currency'>; items: readonly NewEventItem[] },
  after: { event: Pick<SourcingEvent, 'currency'>; items: readonly NewEventItem[] },
  threshold: Money,
): boolean {
  if (!needsApproval(after.event, after.items, threshold)) return false;
  if (!needsApproval(before.event, before.items, threshold)) return true;
  if (before.event.currency !== after.event.currency) return true;
  const was = estimatedValueOf(before.items, before.event.currency);
  return hasGrown(was, estimatedValueOf(after.items, after.event.currency));
}

/** Is it more than it was, or can it not be compared any more? */
export const hasGrown = (was: DecimalString | null, is: DecimalString | null): boolean =>
  is === null || was === null ? was !== is : compareDecimals(is, was) > 0;

/**
 * What bids were judged by stays for the rounds that follow.
 * @throws AppError `amendment.plan-is-fixed`
 */
export function assertPlanAmendable(event: Pick<SourcingEvent, 'round'>): void {
  if (event.round > 1)
    throw ruleBroken('amendment.plan-is-fixed', 'Bids were judged by these questions and criteria already');
}

/** @throws AppError `amendment.is-no-draft` */
export function assertAmendmentIsDraft(amendment: Pick<Amendment, 'state'>): void {
  if (amendment.state !== 'draft')
    throw ruleBroken('amendment.is-no-draft', 'Only a draft can be changed', { state: amendment.state });
}

/**
 * Only an event that takes bids, or has paused them, is amended, and not at its closing instant. A paused one takes
 * bids again by it.
 * @throws AppError `amendment.event-not-open`
 */
export function assertAmendable(event: Pick<SourcingEvent, 'state' | 'closesAt'>, clock: Date): void {
  if (event.state !== 'paused' && !isOpenAt(event, clock))
    throw ruleBroken('amendment.event-not-open', 'Only an event that takes bids can be amended');
}

/** What is published is what was looked at. @throws AppError `amendment.event-changed` */
export function assertMadeFrom(event: Pick<SourcingEvent, 'version'>, amendment: Amendment): void {
  if (event.version !== amendment.eventVersion)
    throw conflict('amendment.event-changed', 'The event has changed since the amendment was drafted');
}

/**
 * @throws AppError `amendment.changes-nothing`, `amendment.leaves-no-line`, `amendment.closing-nearer`,
 * `amendment.needs-a-reason`
 */
export function assertPublishable(
  event: Pick<SourcingEvent, 'closesAt'>,
  of: { proposal: Proposal; told: Difference; touchesAll: boolean; fileCount: number; reason: string },
): void {
  const { closesAt } = of.proposal.terms;
  if (isEmpty(of.told) && of.fileCount === 0)
    throw ruleBroken('amendment.changes-nothing', 'Nothing that suppliers see has changed');
  if (of.proposal.items.length === 0)
    throw ruleBroken('amendment.leaves-no-line', 'An event asks for one line at least');
  if (event.closesAt !== null && (closesAt === null || closesAt < event.closesAt))
    throw ruleBroken('amendment.closing-nearer', 'Closing is never moved nearer');
  if (of.reason.trim() === '') throw ruleBroken('amendment.needs-a-reason', 'Say why');
}

/**
 * The closing time an amendment leads to: as proposed, or, where that leaves suppliers less than so many working days,
 * the first one at the same time of day that does not.
 */
export function closingWithNotice(
  closesAt: Date,
  of: { now: Date; noticeWorkingDays: number; timeZone: string; calendar: Calendar },
): Date {
  const [, nowTime = ''] = wallClock(of.now, of.timeZone).split('T');
  const [, closingTime = ''] = wallClock(closesAt, of.timeZone).split('T');
  const enough = addWorkingDays(dayIn(of.now, of.timeZone), of.noticeWorkingDays, of.calendar);
  const day = closingTime >= nowTime ? enough : addWorkingDays(enough, 1, of.calendar);
  const earliest = instantAt(`${day}T${closingTime}`, of.timeZone);
  return closesAt >= earliest ? closesAt : earliest;
}
