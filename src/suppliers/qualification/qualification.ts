import { ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';
import { addDays, type Day } from '../../kernel/time.ts';

/** What a supplier may be asked for, by category and plant. In renewal, what held goes on until it is decided or ends. */
export const qualificationLifecycle = defineLifecycle('qualification', 'pending_approval', {
  pending_approval: {
    qualify: 'qualified',
    'qualify-conditionally': 'conditionally_qualified',
    reject: 'rejected',
  },
  qualified: { renew: 'in_renewal', expire: 'expired' },
  conditionally_qualified: { renew: 'in_renewal', expire: 'expired' },
  in_renewal: {
    qualify: 'qualified',
    'qualify-conditionally': 'conditionally_qualified',
    disqualify: 'disqualified',
    expire: 'pending_approval',
    lapse: 'expired',
  },
  rejected: { propose: 'pending_approval' },
  expired: { propose: 'pending_approval' },
  disqualified: { propose: 'pending_approval' },
});
export type QualificationState = (typeof qualificationLifecycle.states)[number];

export const outcomes = ['qualified', 'conditionally_qualified'] as const;
export type Outcome = (typeof outcomes)[number];
export const wantedOutcomes = [...outcomes, 'disqualified'] as const;
export type Wanted = (typeof wantedOutcomes)[number];

export type Qualification = {
  readonly id: string;
  readonly supplierId: string;
  readonly categoryCode: string;
  /** Null: at every plant that has no decision of its own. */
  readonly plantCode: string | null;
  readonly state: QualificationState;
  /** What holds now. */
  readonly outcome: Outcome | null;
  readonly conditions: string;
  /** The last day it holds; null without an end. */
  readonly validUntil: Day | null;
  readonly wanted: Wanted | null;
  readonly wantedConditions: string;
  readonly wantedValidUntil: Day | null;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly decisionComment: string;
  readonly remindedDays: number | null;
  readonly version: number;
};

export type Proposal = {
  readonly wanted: Wanted;
  readonly conditions: string;
  readonly validUntil: Day | null;
  readonly reason: string;
};

/**
 * Something to decide says why, holds at least until tomorrow, and names the conditions of a conditional one.
 * @throws AppError `qualification.needs-a-reason`, `qualification.needs-conditions`, `qualification.ends-in-the-past`
 */
export function assertProposal(proposal: Proposal, today: Day): void {
  const { wanted, conditions, validUntil, reason } = proposal;
  if (reason.trim() === '') throw ruleBroken('qualification.needs-a-reason', 'Say why');
  if (wanted === 'conditionally_qualified' && conditions.trim() === '')
    throw ruleBroken('qualification.needs-conditions', 'Say under which conditions');
  if (wanted !== 'disqualified' && validUntil !== null && validUntil <= today)
    throw ruleBroken('qualification.ends-in-the-past', 'It has to hold for some time');
}

/**
 * Asks for another decision on what is there.
 * @throws AppError `qualification.waits-already`, `qualification.nothing-to-take`
 */
export function propose(
  before: Qualification,
  of: Proposal & { requestedBy: string; at: Date },
): Qualification {
  if (before.wanted !== null)
    throw ruleBroken('qualification.waits-already', 'A decision is asked for already');
  if (of.wanted === 'disqualified' && before.outcome === null)
    throw ruleBroken('qualification.nothing-to-take', 'It is not qualified');
  const action = before.outcome === null ? 'propose' : 'renew';
  return {
    ...before,
    state: qualificationLifecycle.next(before.state, action),
    wanted: of.wanted,
    wantedConditions: of.conditions,
    wantedValidUntil: of.wanted === 'disqualified' ? null : of.validUntil,
    reason: of.reason,
    requestedBy: of.requestedBy,
    requestedAt: of.at,
    decidedBy: null,
    decidedAt: null,
    decisionComment: '',
  };
}

/**
 * What was asked for holds from now on; or it does not, and what held before goes on.
 * @throws AppError `qualification.cannot-…` where nothing waits, `qualification.needs-a-comment` for a refusal
 */
export function decideOn(
  before: Qualification,
  of: { agrees: boolean; comment: string; decidedBy: string; at: Date; today: Day },
): Qualification {
  if (!of.agrees && of.comment.trim() === '')
    throw ruleBroken('qualification.needs-a-comment', 'Say why not');
  const decided = { decidedBy: of.decidedBy, decidedAt: of.at, decisionComment: of.comment };
  const { wanted } = before;
  const outcome = of.agrees ? (wanted === 'disqualified' ? null : wanted) : before.outcome;
  const action =
    outcome === 'qualified'
      ? 'qualify'
      : outcome === 'conditionally_qualified'
        ? 'qualify-conditionally'
        : of.agrees
          ? 'disqualify'
          : 'reject';
  const state = qualificationLifecycle.next(before.state, action);
  const kept = of.agrees
    ? { conditions: before.wantedConditions, validUntil: before.wantedValidUntil, remindedDays: null }
    : {};
  if (
    of.agrees &&
    outcome !== null &&
    before.wantedValidUntil !== null &&
    before.wantedValidUntil <= of.today
  )
    throw ruleBroken('qualification.ends-in-the-past', 'It has to hold for some time');
  return {
    ...before,
    ...decided,
    ...kept,
    state,
    outcome,
    wanted: null,
    wantedConditions: '',
    wantedValidUntil: null,
  };
}

type Renewable = Pick<Qualification, 'state'> & { readonly renewalAskedAt: Date | null };

/**
 * May its supplier ask for a renewal? Also while we ask for another decision ourselves, of which it is told nothing.
 */
export const isRenewable = ({ state, renewalAskedAt }: Renewable): boolean =>
  renewalAskedAt === null &&
  (state === 'qualified' ||
    state === 'conditionally_qualified' ||
    state === 'in_renewal' ||
    state === 'expired');

/** @throws AppError `qualification.renewal-asked-already`, `qualification.nothing-to-renew` */
export function assertRenewable(of: Renewable): void {
  if (of.renewalAskedAt !== null)
    throw ruleBroken('qualification.renewal-asked-already', 'A renewal is asked for already');
  if (!isRenewable(of)) throw ruleBroken('qualification.nothing-to-renew', 'There is nothing to renew');
}

/** @throws AppError `qualification.no-renewal-asked`, `qualification.needs-a-comment` */
export function assertRenewalAnswered(of: Pick<Renewable, 'renewalAskedAt'>, reason: string): void {
  if (of.renewalAskedAt === null)
    throw ruleBroken('qualification.no-renewal-asked', 'No renewal is asked for');
  if (reason.trim() === '') throw ruleBroken('qualification.needs-a-comment', 'Say why not');
}

/** Its last day is over; what is asked for meanwhile waits on, but for its end, which has come. */
export function expire(before: Qualification): Qualification {
  const isOver = before.wanted === 'disqualified';
  const state = qualificationLifecycle.next(before.state, isOver ? 'lapse' : 'expire');
  return { ...before, state, outcome: null, ...(isOver ? { wanted: null } : {}) };
}

/** Does it hold on this day, its last one included? */
export const holdsOn = (
  { outcome, validUntil }: Pick<Qualification, 'outcome' | 'validUntil'>,
  day: Day,
): boolean => outcome !== null && (validUntil === null || day <= validUntil);

/**
 * How a supplier stands in a category at a plant: a decision for the plant goes before one for all plants. What waits for
 * its first decision, or has ended, says nothing.
 */
export function standingIn(
  all: readonly Qualification[],
  of: { categoryCode: string; plantCode: string; today: Day },
): Outcome | 'not_qualified' {
  const isDecided = (one: Qualification): boolean =>
    holdsOn(one, of.today) || one.state === 'rejected' || one.state === 'disqualified';
  const ofCategory = all.filter((one) => one.categoryCode === of.categoryCode && isDecided(one));
  const own = ofCategory.find((one) => one.plantCode === of.plantCode);
  const decisive = own ?? ofCategory.find((one) => one.plantCode === null);
  return decisive?.outcome ?? 'not_qualified';
}

/** The reminder that is due: the nearest of these distances from its end that has come and was not told. */
export function reminderDue(
  { validUntil, remindedDays }: Pick<Qualification, 'validUntil' | 'remindedDays'>,
  of: { today: Day; days: readonly number[] },
): number | null {
  if (validUntil === null || validUntil < of.today) return null;
  const come = of.days.filter((days) => addDays(of.today, days) >= validUntil);
  const nearest = come.length === 0 ? null : Math.min(...come);
  return nearest === null || (remindedDays !== null && remindedDays <= nearest) ? null : nearest;
}
