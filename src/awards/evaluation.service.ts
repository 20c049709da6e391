import { record } from '../audit/index.ts';
import {
  type BidWithResponses,
  concludeOpened,
  failBid,
  isUndecidedKnockOut,
  standsIn,
} from '../bids/index.ts';
import { assertMay } from '../identity/index.ts';
import { personsOf } from '../kernel/actor.ts';
import { ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Criterion } from '../sourcing/index.ts';
import { type Committee, clearedMember, findCommittee, lockCommittee } from './committee.service.ts';
import { assertRunsEvent } from './committee.ts';
import { type Settled, settle } from './consensus.ts';
import * as store from './evaluation.store.ts';
import {
  type AnsweredBid,
  type CriterionScore,
  evaluationLifecycle,
  placeOf,
  rowsToScore,
  scoreOf,
} from './evaluation.ts';
import { assertIsChair, judgedBids } from './scoring.service.ts';
import { belowMinimum } from './scoring.ts';

/** What members gave one thing of one bid, and what that comes to. */
export type ConsensusCell = {
  readonly bid: BidWithResponses;
  readonly subject: Committee['subjects'][number];
  readonly given: readonly store.GivenScore[];
  readonly settled: Settled | null;
  readonly agreed: store.Agreed | null;
};
/** A bid with its scores by every criterion that no price decides and that judges its lots, and those it does not reach the minimum of. */
export type TechnicalResult = {
  readonly bid: BidWithResponses;
  readonly scores: readonly (CriterionScore & Pick<Criterion, 'title' | 'minimumScore'>)[];
  readonly below: readonly (CriterionScore & Pick<Criterion, 'title' | 'minimumScore'>)[];
};
export type ConsensusPage = Committee & {
  readonly isOver: boolean;
  readonly cells: readonly ConsensusCell[];
  readonly results: readonly TechnicalResult[];
  /** How many cells the committee has to agree on before the result can be fixed. */
  readonly openCount: number;
  readonly undecidedNames: readonly string[];
  readonly isFixable: boolean;
};

/**
 * Where the committee agrees: for its members, and for whoever runs the event once the result is fixed or nothing is
 * judged by people. While scoring goes on it shows who has handed in, and nothing of what.
 * @throws AppError `sourcing_event.not-found`, `committee_member.not-found`
 */
export async function getConsensus(ctx: Ctx, eventId: string): Promise<ConsensusPage> {
  const committee = await findCommittee(ctx, eventId);
  assertMayRead(ctx, committee);
  const state = committee.evaluation.state;
  const isOver = state === 'consensus' || state === 'fixed' || committee.subjects.length === 0;
  const { cells, results } = isOver ? await technicalOf(ctx, committee) : { cells: [], results: [] };
  const openCount = cells.filter((cell) => (cell.settled?.points ?? null) === null).length;
  const undecided = results.filter(({ bid }) => isUndecidedKnockOut(bid));
  return {
    ...committee,
    isOver,
    cells,
    results,
    openCount,
    undecidedNames: undecided.map(({ bid }) => bid.supplierName),
    isFixable: isOver && state !== 'fixed' && openCount === 0 && undecided.length === 0 && results.length > 0,
  };
}

/** Members, and whoever runs the event where there is nobody to be influenced. */
function assertMayRead(ctx: Ctx, committee: Committee): void {
  const runsIt = personsOf(ctx.actor).includes(committee.event.ownerId);
  if (runsIt && (committee.subjects.length === 0 || committee.evaluation.state === 'fixed')) return;
  clearedMember(committee);
}

async function technicalOf(
  ctx: Ctx,
  committee: Committee,
): Promise<{ cells: ConsensusCell[]; results: TechnicalResult[] }> {
  const { event, subjects } = committee;
  const bids = await judgedBids(ctx, event.id);
  const given = await store.findGivenScores(ctx.tx, event.id);
  const agreed = await store.findAgreed(ctx.tx, event.id);
  const scale = ctx.policies.evaluation;
  const cells = rowsToScore(bids, subjects).map(({ bid, subject }): ConsensusCell => {
    const own = given.filter((one) => one.bidId === bid.id && one.subjectId === subject.id);
    const agreement = agreed.find((one) => one.bidId === bid.id && one.subjectId === subject.id) ?? null;
    const points = own.flatMap((one) => (one.points === null ? [] : [one.points]));
    return {
      bid,
      subject,
      given: own,
      agreed: agreement,
      settled: settle(points, agreement?.points ?? null, scale),
    };
  });
  const settled = new Map(cells.map((cell) => [placeOf(cell.bid.id, cell.subject.id), cell.settled]));
  return { cells, results: await resultsOf(ctx, committee, { bids, settled }) };
}

/** Each bid's score by every criterion that no price decides, once it is fixed or where people judge nothing. */
export const findTechnicalResults = async (ctx: Ctx, committee: Committee): Promise<TechnicalResult[]> =>
  resultsOf(ctx, committee, { bids: await judgedBids(ctx, committee.event.id), settled: new Map() });

async function resultsOf(
  ctx: Ctx,
  { event, plan, evaluation }: Committee,
  of: { bids: readonly BidWithResponses[]; settled: ReadonlyMap<string, Settled | null> },
): Promise<TechnicalResult[]> {
  const scale = ctx.policies.evaluation;
  const fixed = evaluation.state === 'fixed' ? await store.findFixed(ctx.tx, event.id) : [];
  return of.bids.map((bid): TechnicalResult => {
    const scores = plan.criteria
      .filter((criterion) => criterion.envelope !== 'commercial' && standsIn(bid, criterion.lotId))
      .map((criterion) => ({
        ...(fixed.find((one) => one.bidId === bid.id && one.criterionId === criterion.id) ??
          scoreOf(answeredOf(bid), criterion, { plan, settled: of.settled, scale })),
        title: criterion.title,
        minimumScore: criterion.minimumScore,
      }));
    return { bid, scores, below: belowMinimum(scores) };
  });
}

export const answeredOf = (bid: BidWithResponses): AnsweredBid => ({
  bidId: bid.id,
  answers: Object.fromEntries(bid.responses.map(({ requirementId, answer }) => [requirementId, answer])),
});

/**
 * Fixes the technical result: bids below a minimum fail, with the reason their suppliers read, and the commercial
 * envelopes of the others may be opened. Done by the chair; where people judge nothing, by whoever runs the event.
 * @throws AppError as {@link assertIsChair}, `evaluation.cannot-fix`, `evaluation.not-settled`,
 * `evaluation.knock-out-undecided`, `evaluation.failure-needs-a-reason`, `committee_member.appointed-by-owner-only`
 */
export async function fixResult(
  ctx: Ctx,
  of: { eventId: string; reasons: Readonly<Record<string, string>> },
): Promise<void> {
  const committee = await lockCommittee(ctx, of.eventId);
  const { event, evaluation, subjects } = committee;
  if (subjects.length === 0) assertRunsEvent({ ownerId: event.ownerId, persons: personsOf(ctx.actor) });
  else assertIsChair(committee);
  assertMay(ctx, 'evaluation.fix', {
    state: subjects.length > 0 && evaluation.state === 'preparing' ? 'scoring' : evaluation.state,
  });
  const { results } = await technicalOf(ctx, committee);
  assertSettled(results);
  const failing = results.filter((result) => result.below.length > 0);
  for (const { bid } of failing)
    if ((of.reasons[bid.id] ?? '').trim() === '')
      throw ruleBroken('evaluation.failure-needs-a-reason', 'Say why the bid fails', {
        name: bid.supplierName,
      });
  await store.insertFixed(
    ctx.tx,
    event.id,
    results.flatMap(({ bid, scores }) => scores.map((score) => ({ ...score, bidId: bid.id }))),
  );
  for (const { bid } of failing)
    await failBid(ctx, { event, bidId: bid.id, reason: of.reasons[bid.id] ?? '' });
  if (event.state === 'opening') await concludeOpened(ctx, event);
  const state = evaluationLifecycle.next(evaluation.state, 'fix');
  await store.saveEvaluation(
    ctx.tx,
    { ...evaluation, state, fixedAt: ctx.now },
    { fixedBy: ctx.actor.userId },
  );
  await record(ctx, {
    action: 'evaluation.fixed',
    subject: { type: 'evaluation', id: event.id },
    from: evaluation.state,
    to: state,
    changes: { eventId: event.id, failedBidIds: failing.map(({ bid }) => bid.id) },
  });
}

function assertSettled(results: readonly TechnicalResult[]): void {
  const undecided = results.find(({ bid }) => isUndecidedKnockOut(bid));
  if (undecided !== undefined)
    throw ruleBroken('evaluation.knock-out-undecided', 'A bid that an answer excludes is decided on first', {
      name: undecided.bid.supplierName,
    });
  const open = results.flatMap(({ scores }) => scores.filter((score) => score.score === null));
  if (results.length === 0 || open.length > 0)
    throw ruleBroken('evaluation.not-settled', 'The committee still has to agree', { count: open.length });
}
