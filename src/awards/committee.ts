import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import type { EvaluationState } from './evaluation.ts';

/** Somebody sees nothing of the bids before it has said that no interest of its own is in the way. */
export const committeeMemberLifecycle = defineLifecycle('committee_member', 'appointed', {
  appointed: { clear: 'cleared', conflict: 'conflicted', remove: 'removed' },
  cleared: { conflict: 'conflicted', remove: 'removed' },
  conflicted: {},
  removed: {},
});
export type MemberState = (typeof committeeMemberLifecycle.states)[number];

export type CommitteeMember = {
  readonly id: string;
  readonly eventId: string;
  readonly userId: string;
  readonly name: string;
  readonly isChair: boolean;
  readonly state: MemberState;
  readonly appointedAt: Date;
  readonly declaredAt: Date | null;
  /** What the conflict is, or why the member was taken off. */
  readonly reason: string | null;
  /** Null while there is no sheet to fill in. */
  readonly sheetState: 'draft' | 'submitted' | null;
};

export const isLive = ({ state }: Pick<CommitteeMember, 'state'>): boolean =>
  state === 'appointed' || state === 'cleared';

/**
 * Who appoints is whoever runs the event, and it appoints others: it will see the prices and propose the award.
 * @throws AppError `committee_member.appointed-by-owner-only`, `committee_member.is-event-owner`,
 * `committee_member.appointed-already`, `evaluation.cannot-appoint`, `committee_member.second-chair`
 */
export function assertAppointable(
  who: { userId: string; isChair: boolean },
  of: {
    ownerId: string;
    persons: readonly string[];
    members: readonly CommitteeMember[];
    state: EvaluationState;
  },
): void {
  assertRunsEvent(of);
  if (who.userId === of.ownerId)
    throw ruleBroken('committee_member.is-event-owner', 'Whoever runs the event does not score its bids');
  if (of.members.some((member) => member.userId === who.userId))
    throw ruleBroken('committee_member.appointed-already', 'This person was on the committee before');
  if (of.state === 'consensus' || of.state === 'fixed')
    throw ruleBroken('evaluation.cannot-appoint', 'Scoring is over');
  if (who.isChair && of.members.some((member) => member.isChair && isLive(member)))
    throw ruleBroken('committee_member.second-chair', 'There is a chair already');
}

/** @throws AppError `committee_member.appointed-by-owner-only` */
export function assertRunsEvent(of: { ownerId: string; persons: readonly string[] }): void {
  if (!of.persons.includes(of.ownerId))
    throw ruleBroken('committee_member.appointed-by-owner-only', 'Only whoever runs the event does this');
}

/**
 * Scoring starts with a chair, and with nobody left who has not said whether it has a conflict.
 * @throws AppError `evaluation.needs-a-chair`, `evaluation.statements-missing`
 */
export function assertReady(members: readonly CommitteeMember[]): void {
  const live = members.filter(isLive);
  if (!live.some((member) => member.isChair)) throw ruleBroken('evaluation.needs-a-chair', 'Appoint a chair');
  const silent = live.filter((member) => member.state === 'appointed');
  if (silent.length > 0)
    throw ruleBroken('evaluation.statements-missing', 'Not everybody has made its statement', {
      names: silent.map((member) => member.name).join(', '),
    });
}

/** Every live member has handed in its sheet: nobody is left who could be influenced. */
export const allSubmitted = (members: readonly CommitteeMember[]): boolean => {
  const live = members.filter(isLive);
  return live.length > 0 && live.every((member) => member.sheetState === 'submitted');
};
