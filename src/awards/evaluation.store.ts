import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { CommitteeMember } from './committee.ts';
import type { CriterionScore, Evaluation } from './evaluation.ts';
import type { Score } from './score-sheet.ts';

const EVALUATION = `
  SELECT evaluation.event_id AS "eventId", evaluation.state, evaluation.started_at AS "startedAt",
         evaluation.due_at AS "dueAt", evaluation.closed_at AS "closedAt",
         evaluation.close_reason AS "closeReason", evaluation.fixed_at AS "fixedAt"
    FROM evaluation
   WHERE evaluation.event_id = ?`;

export const findEvaluation = (tx: Tx, eventId: string): Promise<Evaluation | undefined> =>
  firstOf<Evaluation>(tx, EVALUATION, [eventId]);

/** Begins the evaluation of an event where nobody did before. */
export const ensureEvaluation = (tx: Tx, eventId: string): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO evaluation (event_id, state)
     VALUES (?, 'preparing')
         ON CONFLICT (event_id) DO NOTHING`,
    [eventId],
  );

export async function saveEvaluation(
  tx: Tx,
  { eventId, ...of }: Evaluation,
  by: { closedBy?: string | null; fixedBy?: string | null } = {},
): Promise<void> {
  await tx('evaluation')
    .where({ event_id: eventId })
    .update({
      state: of.state,
      started_at: of.startedAt,
      due_at: of.dueAt,
      closed_at: of.closedAt,
      close_reason: of.closeReason,
      fixed_at: of.fixedAt,
      ...(by.closedBy === undefined ? {} : { closed_by: by.closedBy }),
      ...(by.fixedBy === undefined ? {} : { fixed_by: by.fixedBy }),
    });
}

/** Everybody who was ever on the committee, the chair first. */
export const findMembers = (tx: Tx, eventId: string): Promise<CommitteeMember[]> =>
  rowsOf<CommitteeMember>(
    tx,
    `SELECT member.id, member.event_id AS "eventId", member.user_id AS "userId", user_account.name,
            member.is_chair AS "isChair", member.state, member.appointed_at AS "appointedAt",
            member.declared_at AS "declaredAt", member.reason, score_sheet.state AS "sheetState"
       FROM committee_member AS member
       JOIN user_account ON user_account.id = member.user_id
       LEFT JOIN score_sheet ON score_sheet.member_id = member.id
      WHERE member.event_id = ?
      ORDER BY member.is_chair DESC, member.appointed_at, member.id`,
    [eventId],
  );

export async function insertMember(
  tx: Tx,
  member: Pick<CommitteeMember, 'id' | 'eventId' | 'userId' | 'isChair' | 'state' | 'appointedAt'> & {
    appointedBy: string;
  },
): Promise<void> {
  await tx('committee_member').insert({
    id: member.id,
    event_id: member.eventId,
    user_id: member.userId,
    is_chair: member.isChair,
    state: member.state,
    appointed_by: member.appointedBy,
    appointed_at: member.appointedAt,
  });
}

export async function saveMember(
  tx: Tx,
  member: Pick<CommitteeMember, 'id' | 'state' | 'declaredAt' | 'reason'>,
): Promise<void> {
  await tx('committee_member')
    .where({ id: member.id })
    .update({ state: member.state, declared_at: member.declaredAt, reason: member.reason });
}

/** A sheet for each of these members that has none. */
export async function insertSheets(
  tx: Tx,
  sheets: readonly { id: string; eventId: string; memberId: string; userId: string }[],
): Promise<void> {
  if (sheets.length === 0) return;
  await tx('score_sheet')
    .insert(
      sheets.map((sheet) => ({
        id: sheet.id,
        event_id: sheet.eventId,
        member_id: sheet.memberId,
        user_id: sheet.userId,
        state: 'draft',
        version: 1,
      })),
    )
    .onConflict('member_id')
    .ignore();
}

export type StoredSheet = {
  readonly id: string;
  readonly state: 'draft' | 'submitted';
  readonly version: number;
  readonly submittedAt: Date | null;
};

/** A member's sheet, held until the transaction ends. */
export const lockSheet = (tx: Tx, memberId: string): Promise<StoredSheet | undefined> =>
  firstOf<StoredSheet>(tx, `${SHEET} FOR UPDATE`, [memberId]);

export const findSheet = (tx: Tx, memberId: string): Promise<StoredSheet | undefined> =>
  firstOf<StoredSheet>(tx, SHEET, [memberId]);

const SHEET = `
  SELECT score_sheet.id, score_sheet.state, score_sheet.version, score_sheet.submitted_at AS "submittedAt"
    FROM score_sheet
   WHERE score_sheet.member_id = ?`;

export const findScores = (tx: Tx, sheetId: string): Promise<Score[]> =>
  rowsOf<Score>(
    tx,
    `SELECT score.bid_id AS "bidId", score.subject_id AS "subjectId", trim_scale(score.points)::text AS points,
            score.comment
       FROM score
      WHERE score.sheet_id = ?`,
    [sheetId],
  );

/** What a sheet says now takes the place of what it said. */
export async function replaceScores(tx: Tx, sheetId: string, scores: readonly Score[]): Promise<void> {
  await tx('score').where({ sheet_id: sheetId }).delete();
  await rowsOf(
    tx,
    `INSERT INTO score (sheet_id, bid_id, subject_id, points, comment)
     SELECT ?, given."bidId", given."subjectId", given.points, given.comment
       FROM jsonb_to_recordset(?::jsonb)
         AS given ("bidId" uuid, "subjectId" uuid, points numeric, comment text)`,
    [sheetId, JSON.stringify(scores)],
  );
}

export async function saveSheet(
  tx: Tx,
  sheet: Pick<StoredSheet, 'id' | 'state' | 'version' | 'submittedAt'>,
): Promise<void> {
  await tx('score_sheet')
    .where({ id: sheet.id })
    .update({ state: sheet.state, version: sheet.version + 1, submitted_at: sheet.submittedAt });
}

/** What a member that counts gave; only readable once scoring is over. */
export type GivenScore = Score & { readonly memberId: string; readonly memberName: string };

export const findGivenScores = (tx: Tx, eventId: string): Promise<GivenScore[]> =>
  rowsOf<GivenScore>(
    tx,
    `SELECT member.id AS "memberId", user_account.name AS "memberName", score.bid_id AS "bidId",
            score.subject_id AS "subjectId", trim_scale(score.points)::text AS points, score.comment
       FROM committee_member AS member
       JOIN user_account ON user_account.id = member.user_id
       JOIN score_sheet AS sheet ON sheet.member_id = member.id AND sheet.state = 'submitted'
       JOIN score ON score.sheet_id = sheet.id
      WHERE member.event_id = ?
        AND member.state = 'cleared'
      ORDER BY member.is_chair DESC, member.appointed_at, member.id`,
    [eventId],
  );

export type Agreed = {
  readonly bidId: string;
  readonly subjectId: string;
  readonly points: string;
  readonly reason: string;
};

export const findAgreed = (tx: Tx, eventId: string): Promise<Agreed[]> =>
  rowsOf<Agreed>(
    tx,
    `SELECT agreed.bid_id AS "bidId", agreed.subject_id AS "subjectId",
            trim_scale(agreed.points)::text AS points, agreed.reason
       FROM consensus_score AS agreed
      WHERE agreed.event_id = ?`,
    [eventId],
  );

export const saveAgreed = (
  tx: Tx,
  agreed: Agreed & { eventId: string; recordedBy: string; recordedAt: Date },
): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO consensus_score (event_id, bid_id, subject_id, points, reason, recorded_by, recorded_at)
     VALUES (:eventId, :bidId, :subjectId, :points, :reason, :recordedBy, :recordedAt)
         ON CONFLICT (bid_id, subject_id) DO UPDATE
        SET points = excluded.points, reason = excluded.reason, recorded_by = excluded.recorded_by,
            recorded_at = excluded.recorded_at`,
    agreed,
  );

export type FixedScore = CriterionScore & { readonly bidId: string };

export const insertFixed = (tx: Tx, eventId: string, scores: readonly FixedScore[]): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO criterion_score (bid_id, criterion_id, event_id, score, arithmetic)
     SELECT fixed."bidId", fixed."criterionId", ?, fixed.score, fixed.parts
       FROM jsonb_to_recordset(?::jsonb)
         AS fixed ("bidId" uuid, "criterionId" uuid, score numeric, parts jsonb)`,
    [eventId, JSON.stringify(scores)],
  );

export const findFixed = (tx: Tx, eventId: string): Promise<FixedScore[]> =>
  rowsOf<FixedScore>(
    tx,
    `SELECT fixed.bid_id AS "bidId", fixed.criterion_id AS "criterionId", trim_scale(fixed.score)::text AS score,
            fixed.arithmetic AS parts
       FROM criterion_score AS fixed
      WHERE fixed.event_id = ?`,
    [eventId],
  );

/** Members whose sheet is due within a day, or overdue, and who were not reminded of it. */
export const lockUnreminded = (
  tx: Tx,
  before: Date,
): Promise<{ id: string; eventId: string; userId: string }[]> =>
  rowsOf(
    tx,
    `SELECT member.id, member.event_id AS "eventId", member.user_id AS "userId"
       FROM committee_member AS member
       JOIN evaluation ON evaluation.event_id = member.event_id
       JOIN score_sheet AS sheet ON sheet.member_id = member.id
      WHERE evaluation.state = 'scoring'
        AND evaluation.due_at <= ?
        AND member.state = 'cleared'
        AND member.reminded_at IS NULL
        AND sheet.state = 'draft'
      ORDER BY member.id
      LIMIT 100
        FOR UPDATE OF member SKIP LOCKED`,
    [before],
  );

export async function saveReminded(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
  await tx('committee_member')
    .whereIn('id', [...ids])
    .update({ reminded_at: at });
}
