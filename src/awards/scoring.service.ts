import { record } from '../audit/index.ts';
import { type BidWithResponses, findBidsWithResponses } from '../bids/index.ts';
import { assertMay } from '../identity/index.ts';
import { conflict, found, invalid, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  type Committee,
  clearedMember,
  endScoring,
  findCommittee,
  lockCommittee,
} from './committee.service.ts';
import { allSubmitted, type CommitteeMember } from './committee.ts';
import { isOnScale } from './consensus.ts';
import { findInvitedNames } from './evaluation.queries.ts';
import * as store from './evaluation.store.ts';
import { rowsToScore } from './evaluation.ts';
import { assertComplete, assertOnScale, type Score, scoreSheetLifecycle } from './score-sheet.ts';

/** Bids that are judged: opened, and not set aside. */
export const judgedBids = async (ctx: Ctx, eventId: string): Promise<BidWithResponses[]> =>
  (await findBidsWithResponses(ctx, eventId)).filter((bid) => bid.state !== 'disqualified');

export type StatementPage = Committee & {
  readonly member: CommitteeMember;
  readonly invitedNames: readonly string[];
};

/** What a member declares on. @throws AppError `committee_member.not-found` */
export async function getStatement(ctx: Ctx, eventId: string): Promise<StatementPage> {
  const committee = await findCommittee(ctx, eventId);
  const member = found('committee_member', committee.me);
  return { ...committee, member, invitedNames: await findInvitedNames(ctx.tx, eventId) };
}

export type ScoreSheetPage = Committee & {
  readonly sheet: store.StoredSheet | null;
  /** What is scored of which bid. */
  readonly rows: readonly {
    readonly bid: BidWithResponses;
    readonly subject: Committee['subjects'][number];
  }[];
  readonly scores: readonly Score[];
};

/** A member's own sheet; null before scoring starts. @throws AppError as {@link clearedMember} */
export async function getScoreSheet(ctx: Ctx, eventId: string): Promise<ScoreSheetPage> {
  const committee = await findCommittee(ctx, eventId);
  const member = clearedMember(committee);
  const sheet = (await store.findSheet(ctx.tx, member.id)) ?? null;
  return {
    ...committee,
    sheet,
    rows: sheet === null ? [] : rowsToScore(await judgedBids(ctx, eventId), committee.subjects),
    scores: sheet === null ? [] : await store.findScores(ctx.tx, sheet.id),
  };
}

/**
 * Keeps a member's points, and hands the sheet in where `isSubmitted`. The last one that comes in ends scoring.
 * @throws AppError as {@link clearedMember}, `score_sheet.changed-meanwhile`, `score_sheet.cannot-submit`,
 * `score_sheet.scored-by-event-owner`, `score_sheet.unknown-row`, and what {@link assertComplete} throws
 */
export async function saveScoreSheet(
  ctx: Ctx,
  of: { eventId: string; version: number; scores: readonly Score[]; isSubmitted: boolean },
): Promise<void> {
  const committee = await lockCommittee(ctx, of.eventId);
  const member = clearedMember(committee);
  const { event, evaluation, members } = committee;
  const sheet = found('score_sheet', await store.lockSheet(ctx.tx, member.id));
  const state = evaluation.state === 'scoring' ? sheet.state : 'submitted';
  assertMay(ctx, 'score_sheet.submit', { state, ties: { owner: event.ownerId } });
  if (sheet.version !== of.version)
    throw conflict('score_sheet.changed-meanwhile', 'The sheet was saved in another window');
  const scale = ctx.policies.evaluation;
  const scores = await everyRow(ctx, committee, of.scores);
  assertOnScale(scores, scale);
  if (of.isSubmitted) assertComplete(scores, scale);
  // Before the sheet is handed in: what is on a submitted one can be written no more, also by the database's word.
  await store.replaceScores(ctx.tx, sheet.id, scores);
  const to = of.isSubmitted ? scoreSheetLifecycle.next(sheet.state, 'submit') : sheet.state;
  await store.saveSheet(ctx.tx, { ...sheet, state: to, submittedAt: of.isSubmitted ? ctx.now : null });
  if (!of.isSubmitted) return;
  await record(ctx, {
    action: 'score_sheet.submitted',
    subject: { type: 'score_sheet', id: sheet.id },
    from: sheet.state,
    to,
    changes: { eventId: event.id },
  });
  const now = members.map((one) => (one.id === member.id ? { ...one, sheetState: to } : one));
  if (allSubmitted(now)) await endScoring(ctx, evaluation, null);
}

/** The rows in the order they came, and those that did not come at all. @throws AppError `score_sheet.unknown-row` */
async function everyRow(ctx: Ctx, { event, subjects }: Committee, given: readonly Score[]): Promise<Score[]> {
  const bids = await judgedBids(ctx, event.id);
  const wanted = rowsToScore(bids, subjects).map(({ bid, subject }) => ({
    bidId: bid.id,
    subjectId: subject.id,
  }));
  const isSame = (a: Pick<Score, 'bidId' | 'subjectId'>, b: Pick<Score, 'bidId' | 'subjectId'>): boolean =>
    a.bidId === b.bidId && a.subjectId === b.subjectId;
  // A bid, or a lot of it, that was set aside meanwhile is simply scored no more.
  const known = given.filter((score) => wanted.some((row) => isSame(row, score)));
  if (new Set(known.map((score) => `${score.bidId} ${score.subjectId}`)).size < known.length)
    throw invalid('score_sheet.unknown-row', 'A row came twice');
  const left = wanted.filter((row) => !known.some((score) => isSame(row, score)));
  return [...known, ...left.map((row) => ({ ...row, points: null, comment: '' }))];
}

/**
 * Ends scoring before every sheet is in; those that are not handed in do not count.
 * @throws AppError as {@link clearedMember}, `evaluation.chair-only`, `evaluation.cannot-close`,
 * `evaluation.needs-a-reason`, `evaluation.no-sheet-submitted`
 */
export async function closeScoring(ctx: Ctx, of: { eventId: string; reason: string }): Promise<void> {
  const committee = await lockCommittee(ctx, of.eventId);
  assertIsChair(committee);
  assertMay(ctx, 'evaluation.close', { state: committee.evaluation.state });
  if (of.reason.trim() === '') throw ruleBroken('evaluation.needs-a-reason', 'Say why');
  if (!committee.members.some((one) => one.state === 'cleared' && one.sheetState === 'submitted'))
    throw ruleBroken('evaluation.no-sheet-submitted', 'No sheet has been handed in');
  await endScoring(ctx, committee.evaluation, of.reason);
}

/**
 * Writes down what the committee agreed on for one thing of one bid.
 * @throws AppError as {@link closeScoring}, `evaluation.not-in-consensus`, `consensus_score.off-scale`,
 * `consensus_score.unknown-row`
 */
export async function recordConsensus(
  ctx: Ctx,
  of: { eventId: string; bidId: string; subjectId: string; points: string; reason: string },
): Promise<void> {
  const committee = await lockCommittee(ctx, of.eventId);
  assertIsChair(committee);
  if (committee.evaluation.state !== 'consensus')
    throw ruleBroken('evaluation.not-in-consensus', 'The committee agrees once scoring is over');
  const bids = await judgedBids(ctx, of.eventId);
  const subject = committee.subjects.find((one) => one.id === of.subjectId);
  const rows = rowsToScore(bids, subject === undefined ? [] : [subject]);
  if (!rows.some(({ bid }) => bid.id === of.bidId))
    throw ruleBroken('consensus_score.unknown-row', 'No such bid or criterion');
  const { pointsAtMost, step } = ctx.policies.evaluation;
  if (!isOnScale(of.points, ctx.policies.evaluation))
    throw ruleBroken('consensus_score.off-scale', 'Off the scale', { maximum: pointsAtMost, step });
  if (of.reason.trim() === '') throw ruleBroken('evaluation.needs-a-reason', 'Say why');
  await store.saveAgreed(ctx.tx, {
    ...of,
    recordedBy: found('user', ctx.actor.userId),
    recordedAt: ctx.now,
  });
  await record(ctx, {
    action: 'evaluation.consensus-recorded',
    subject: { type: 'evaluation', id: of.eventId },
    reason: of.reason,
    changes: { bidId: of.bidId, about: subject?.title ?? '', points: of.points },
  });
}

/** @throws AppError as {@link clearedMember}, `evaluation.chair-only` */
export function assertIsChair(committee: Committee): void {
  if (!clearedMember(committee).isChair) throw ruleBroken('evaluation.chair-only', 'The chair does this');
}

/** Reminds each member once, a day before its sheet is due. */
export async function remindMembers(ctx: Ctx): Promise<number> {
  const due = await store.lockUnreminded(ctx.tx, new Date(ctx.now.getTime() + DAY_MS));
  if (due.length === 0) return 0;
  await store.saveReminded(
    ctx.tx,
    due.map((member) => member.id),
    ctx.now,
  );
  for (const { id, eventId, userId } of due)
    await record(ctx, {
      action: 'committee_member.reminded',
      subject: { type: 'committee_member', id },
      changes: { eventId, userId },
    });
  return due.length;
}
const DAY_MS = 86_400_000;
