import { record } from '../audit/index.ts';
import { findUsersByRole, mayUse } from '../identity/index.ts';
import { personsOf, type StaffRole } from '../kernel/actor.ts';
import { found, notFound, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  type EvaluationPlan,
  findEvent,
  findPlan,
  lockEvent,
  type SourcingEvent,
} from '../sourcing/index.ts';
import {
  allSubmitted,
  assertAppointable,
  assertReady,
  assertRunsEvent,
  type CommitteeMember,
  committeeMemberLifecycle,
  isLive,
} from './committee.ts';
import * as queries from './evaluation.queries.ts';
import * as store from './evaluation.store.ts';
import { type Evaluation, evaluationLifecycle, type Subject, subjectsOf } from './evaluation.ts';

/** Who may be asked to score bids. */
const SCORERS: readonly StaffRole[] = ['requester', 'buyer', 'approver', 'receiver', 'finance'];

/** What every page of an evaluation begins with. */
export type Committee = {
  readonly event: SourcingEvent;
  readonly plan: EvaluationPlan;
  readonly subjects: readonly Subject[];
  readonly evaluation: Evaluation;
  readonly members: readonly CommitteeMember[];
  /** The reader's own membership, while it lasts. */
  readonly me: CommitteeMember | null;
};

/** @throws AppError `sourcing_event.not-found` */
export async function findCommittee(ctx: Ctx, eventId: string): Promise<Committee> {
  return committeeOf(ctx, await findEvent(ctx, eventId));
}

/** The same, holding the event until the transaction ends: acts of an evaluation take turns. */
export async function lockCommittee(ctx: Ctx, eventId: string): Promise<Committee> {
  const event = await lockEvent(ctx, eventId);
  await store.ensureEvaluation(ctx.tx, event.id);
  return committeeOf(ctx, event);
}

async function committeeOf(ctx: Ctx, event: SourcingEvent): Promise<Committee> {
  const plan = await findPlan(ctx, event.id);
  const members = await store.findMembers(ctx.tx, event.id);
  const evaluation = (await store.findEvaluation(ctx.tx, event.id)) ?? notBegun(event.id);
  const me = members.find((member) => member.userId === ctx.actor.userId && isLive(member)) ?? null;
  return { event, plan, subjects: subjectsOf(plan), evaluation, members, me };
}

const notBegun = (eventId: string): Evaluation => ({
  eventId,
  state: evaluationLifecycle.initial,
  startedAt: null,
  dueAt: null,
  closedAt: null,
  closeReason: null,
  fixedAt: null,
});

export type CommitteePage = Committee & {
  readonly candidates: readonly { readonly id: string; readonly name: string }[];
  readonly isOwner: boolean;
  readonly hasOpenedBids: boolean;
};

/** What the page of a committee shows to staff. @throws AppError `sourcing_event.not-found` */
export async function getCommitteePage(ctx: Ctx, eventId: string): Promise<CommitteePage> {
  const committee = await findCommittee(ctx, eventId);
  const isOwner = personsOf(ctx.actor).includes(committee.event.ownerId);
  return {
    ...committee,
    isOwner,
    candidates: isOwner && mayUse(ctx, 'sourcing_event.manage') ? await candidatesFor(ctx, committee) : [],
    hasOpenedBids: await queries.hasOpenedBids(ctx.tx, eventId),
  };
}

async function candidatesFor(ctx: Ctx, { event, members }: Committee): Promise<CommitteePage['candidates']> {
  const known = new Set([event.ownerId, ...members.map((member) => member.userId)]);
  const people = new Map<string, string>();
  for (const role of SCORERS)
    for (const { id, name } of await findUsersByRole(ctx, role)) if (!known.has(id)) people.set(id, name);
  return [...people].map(([id, name]) => ({ id, name })).toSorted((a, b) => a.name.localeCompare(b.name));
}

/**
 * Asks somebody to score; whoever runs the event does this.
 * @throws AppError `sourcing_event.not-found`, `committee_member.cannot-score`, and what {@link assertAppointable} throws
 */
export async function appointMember(
  ctx: Ctx,
  of: { eventId: string; userId: string; isChair: boolean },
): Promise<void> {
  const committee = await lockCommittee(ctx, of.eventId);
  const { event, members, evaluation } = committee;
  assertAppointable(of, {
    ownerId: event.ownerId,
    persons: personsOf(ctx.actor),
    members,
    state: evaluation.state,
  });
  const candidates = await candidatesFor(ctx, committee);
  if (!candidates.some((candidate) => candidate.id === of.userId))
    throw ruleBroken('committee_member.cannot-score', 'This person may not score bids');
  const id = newId();
  await store.insertMember(ctx.tx, {
    id,
    ...of,
    state: committeeMemberLifecycle.initial,
    appointedAt: ctx.now,
    appointedBy: found('user', ctx.actor.userId),
  });
  await recordMember(ctx, 'appointed', {
    id,
    to: committeeMemberLifecycle.initial,
    changes: { eventId: event.id, userId: of.userId, isChair: of.isChair },
  });
}

/**
 * Takes somebody off the committee, with a reason; what it scored counts no more.
 * @throws AppError `committee_member.not-found`, `committee_member.cannot-remove`, `committee_member.needs-a-reason`,
 * `committee_member.appointed-by-owner-only`, `evaluation.cannot-appoint`
 */
export async function removeMember(
  ctx: Ctx,
  of: { eventId: string; memberId: string; reason: string },
): Promise<void> {
  const committee = await lockCommittee(ctx, of.eventId);
  assertRunsEvent({ ownerId: committee.event.ownerId, persons: personsOf(ctx.actor) });
  const { state } = committee.evaluation;
  if (state === 'consensus' || state === 'fixed')
    throw ruleBroken('evaluation.cannot-appoint', 'Scoring is over');
  const member = found(
    'committee_member',
    committee.members.find((one) => one.id === of.memberId),
  );
  await endMembership(ctx, committee, { member, action: 'remove', reason: of.reason });
}

/**
 * The member's own word on whether an interest of its own is in the way. With one it is off the committee, and
 * somebody else is appointed.
 * @throws AppError `sourcing_event.not-found`, `committee_member.not-found`, `committee_member.cannot-clear`,
 * `committee_member.needs-a-reason`
 */
export async function declareInterest(
  ctx: Ctx,
  of: { eventId: string; hasConflict: boolean; reason: string },
): Promise<void> {
  const committee = await lockCommittee(ctx, of.eventId);
  const member = found('committee_member', committee.me);
  if (of.hasConflict) return endMembership(ctx, committee, { member, action: 'conflict', reason: of.reason });
  const state = committeeMemberLifecycle.next(member.state, 'clear');
  await store.saveMember(ctx.tx, { id: member.id, state, declaredAt: ctx.now, reason: null });
  await recordMember(ctx, 'cleared', {
    id: member.id,
    from: member.state,
    to: state,
    changes: { eventId: of.eventId, userId: member.userId },
  });
  if (committee.evaluation.state === 'scoring') await giveSheets(ctx, of.eventId, [member]);
}

async function endMembership(
  ctx: Ctx,
  { event, members, evaluation }: Committee,
  of: { member: CommitteeMember; action: 'conflict' | 'remove'; reason: string },
): Promise<void> {
  const { member, reason } = of;
  const state = committeeMemberLifecycle.next(member.state, of.action);
  if (reason.trim() === '') throw ruleBroken('committee_member.needs-a-reason', 'Say why');
  const declaredAt = of.action === 'conflict' ? ctx.now : member.declaredAt;
  await store.saveMember(ctx.tx, { id: member.id, state, declaredAt, reason });
  await recordMember(ctx, state, {
    id: member.id,
    from: member.state,
    to: state,
    reason,
    changes: { eventId: event.id, userId: member.userId },
  });
  const left = members.map((one) => (one.id === member.id ? { ...one, state } : one));
  if (evaluation.state === 'scoring' && allSubmitted(left)) await endScoring(ctx, evaluation, null);
}

/**
 * Gives every member its sheet, once bids have been opened and everybody has made its statement.
 * @throws AppError `evaluation.nothing-to-judge`, `evaluation.no-opened-bids`, `evaluation.cannot-start`,
 * `evaluation.due-in-the-past`, `committee_member.appointed-by-owner-only`, and what {@link assertReady} throws
 */
export async function startScoring(ctx: Ctx, of: { eventId: string; dueAt: Date }): Promise<void> {
  const { event, subjects, evaluation, members } = await lockCommittee(ctx, of.eventId);
  assertRunsEvent({ ownerId: event.ownerId, persons: personsOf(ctx.actor) });
  const state = evaluationLifecycle.next(evaluation.state, 'start');
  if (subjects.length === 0) throw ruleBroken('evaluation.nothing-to-judge', 'Nothing is judged by people');
  assertReady(members);
  if (!(await queries.hasOpenedBids(ctx.tx, event.id)))
    throw ruleBroken('evaluation.no-opened-bids', 'Bids are scored once they are opened');
  if (of.dueAt <= ctx.now) throw ruleBroken('evaluation.due-in-the-past', 'The time for scoring is over');
  await giveSheets(ctx, event.id, members.filter(isLive));
  await store.saveEvaluation(ctx.tx, { ...evaluation, state, startedAt: ctx.now, dueAt: of.dueAt });
  await record(ctx, {
    action: 'evaluation.started',
    subject: { type: 'evaluation', id: event.id },
    from: evaluation.state,
    to: state,
    changes: { eventId: event.id, dueAt: of.dueAt },
  });
}

const giveSheets = (ctx: Ctx, eventId: string, members: readonly CommitteeMember[]): Promise<void> =>
  store.insertSheets(
    ctx.tx,
    members.map((member) => ({ id: newId(), eventId, memberId: member.id, userId: member.userId })),
  );

/** Scoring is over: from here members see each other's sheets. Without a reason because all of them are in. */
export async function endScoring(ctx: Ctx, evaluation: Evaluation, reason: string | null): Promise<void> {
  const state = evaluationLifecycle.next(evaluation.state, 'close');
  await store.saveEvaluation(
    ctx.tx,
    { ...evaluation, state, closedAt: ctx.now, closeReason: reason },
    { closedBy: ctx.actor.userId },
  );
  await record(ctx, {
    action: 'evaluation.closed',
    subject: { type: 'evaluation', id: evaluation.eventId },
    from: evaluation.state,
    to: state,
    reason,
    changes: { eventId: evaluation.eventId },
  });
}

/** The reader's own seat; it exists only for members, and bids only for those who have said they have no conflict.
 * @throws AppError `committee_member.not-found`, `committee_member.statement-missing` */
export function clearedMember({ me }: Committee): CommitteeMember {
  const member = found('committee_member', me);
  if (member.state !== 'cleared')
    throw ruleBroken(
      'committee_member.statement-missing',
      'First say whether you have a conflict of interest',
    );
  return member;
}

/** Whoever still scores sees no price. @throws AppError `comparison.not-found` */
export async function assertSeesPrices(ctx: Ctx, eventId: string): Promise<void> {
  const isScoring = await queries.isScoring(ctx.tx, { eventId, userId: ctx.actor.userId });
  if (isScoring) throw notFound('comparison');
}

const recordMember = (
  ctx: Ctx,
  act: string,
  of: {
    id: string;
    from?: string;
    to: string;
    reason?: string;
    changes: Readonly<Record<string, unknown>>;
  },
): Promise<string> => {
  const { id, ...rest } = of;
  return record(ctx, {
    action: `committee_member.${act}`,
    subject: { type: 'committee_member', id },
    ...rest,
  });
};
