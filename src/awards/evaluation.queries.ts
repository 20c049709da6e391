import { found } from '../kernel/errors.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx, Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';

const OPENED = `bid.state NOT IN ('draft', 'submitted', 'withdrawn', 'invalid', 'sealed', 'disqualified')`;

/** Is there a bid to score? */
export const hasOpenedBids = async (tx: Tx, eventId: string): Promise<boolean> =>
  (await firstOf(tx, `SELECT bid.id FROM bid WHERE bid.event_id = ? AND ${OPENED} LIMIT 1`, [eventId])) !==
  undefined;

/** Does this person sit on a committee that has not fixed its result? */
export const isScoring = async (tx: Tx, of: { eventId: string; userId: string | null }): Promise<boolean> =>
  of.userId !== null &&
  (await firstOf(
    tx,
    `SELECT member.id
       FROM committee_member AS member
       JOIN evaluation ON evaluation.event_id = member.event_id
      WHERE member.event_id = :eventId
        AND member.user_id = :userId
        AND member.state IN ('appointed', 'cleared')
        AND evaluation.state <> 'fixed'`,
    of,
  )) !== undefined;

/** Everybody who scored, and counts: they decide on no award. */
export const findScorerIds = async (tx: Tx, eventId: string): Promise<string[]> =>
  (
    await rowsOf<{ userId: string }>(
      tx,
      `SELECT member.user_id AS "userId"
         FROM committee_member AS member
        WHERE member.event_id = ?
          AND member.state = 'cleared'`,
      [eventId],
    )
  ).map(({ userId }) => userId);

/** Who was invited: what a member says it has no interest in. */
export const findInvitedNames = async (tx: Tx, eventId: string): Promise<string[]> =>
  (
    await rowsOf<{ name: string }>(
      tx,
      `SELECT supplier.name
         FROM invitation
         JOIN supplier ON supplier.id = invitation.supplier_id
        WHERE invitation.event_id = ?
          AND invitation.state NOT IN ('uninvited', 'declined')
        ORDER BY supplier.name`,
      [eventId],
    )
  ).map(({ name }) => name);

type Row = {
  readonly key: string;
  readonly eventId: string;
  readonly label: string;
  readonly dueAt: Date | null;
  readonly count: number;
};

const PAGES: Readonly<Record<string, string>> = {
  'waiting.evaluation.statements': 'statement',
  'waiting.evaluation.sheets': 'score-sheet',
  'waiting.evaluation.consensus': 'consensus',
};

/** Statements to make, sheets to fill in and results to settle: what waits for this person on its committees. */
export async function waitingForCommittee(ctx: Ctx): Promise<WaitingItem[]> {
  if (ctx.actor.kind !== 'staff' || ctx.actor.userId === null) return [];
  const rows = await rowsOf<Row>(
    ctx.tx,
    `WITH waiting AS (
       SELECT CASE
                WHEN member.state = 'appointed' THEN 'waiting.evaluation.statements'
                WHEN evaluation.state = 'consensus' THEN 'waiting.evaluation.consensus'
                ELSE 'waiting.evaluation.sheets'
              END AS key,
              event.id AS "eventId", event.reference || ' · ' || event.title AS label,
              CASE WHEN evaluation.state = 'scoring' THEN evaluation.due_at END AS "dueAt"
         FROM committee_member AS member
         JOIN evaluation ON evaluation.event_id = member.event_id
         JOIN sourcing_event AS event ON event.id = member.event_id
         LEFT JOIN score_sheet AS sheet ON sheet.member_id = member.id
        WHERE member.user_id = ?
          AND event.state NOT IN ('cancelled', 'unsuccessful')
          AND ((member.state = 'appointed' AND evaluation.state IN ('preparing', 'scoring'))
               OR (member.state = 'cleared' AND evaluation.state = 'scoring' AND sheet.state = 'draft')
               OR (member.state = 'cleared' AND evaluation.state = 'consensus' AND member.is_chair))
     ), numbered AS (
       SELECT waiting.*, count(*) OVER (PARTITION BY waiting.key) AS count,
              row_number() OVER (PARTITION BY waiting.key ORDER BY waiting."dueAt", waiting."eventId") AS place
         FROM waiting
     )
     SELECT numbered.key, numbered."eventId", numbered.label, numbered."dueAt", numbered.count
       FROM numbered
      WHERE numbered.place <= 5
      ORDER BY numbered.key, numbered.place`,
    [ctx.actor.userId],
  );
  return [...new Set(rows.map((row) => row.key))].map((key) => {
    const ofKey = rows.filter((row) => row.key === key);
    const hrefOf = (row: Row): string => `/events/${row.eventId}/${PAGES[key] ?? ''}`;
    return {
      key,
      count: ofKey[0]?.count ?? 0,
      href: ofKey[0] === undefined ? '/' : hrefOf(ofKey[0]),
      urgent: key !== 'waiting.evaluation.statements',
      items: ofKey.map((row) => ({ label: row.label, href: hrefOf(row), dueAt: row.dueAt })),
    };
  });
}

/** What mails about an evaluation name, and whom they may go to. */
export type CommitteeNews = {
  readonly eventId: string;
  readonly reference: string;
  readonly title: string;
  readonly dueAt: Date | null;
  readonly ownerId: string;
  /** Members with a seat, and the chair among them. */
  readonly memberIds: readonly string[];
  readonly chairIds: readonly string[];
  /** Whom the act was about; nobody where it was about all. */
  readonly subjectIds: readonly string[];
  readonly subjectName: string;
};

export async function findCommitteeNews(
  ctx: Ctx,
  of: { eventId: string; userId: unknown },
): Promise<CommitteeNews> {
  const userId = typeof of.userId === 'string' ? of.userId : null;
  return found(
    'sourcing_event',
    await firstOf<CommitteeNews>(
      ctx.tx,
      `SELECT event.id AS "eventId", event.reference, event.title, event.owner_id AS "ownerId",
              evaluation.due_at AS "dueAt",
              ARRAY(SELECT member.user_id FROM committee_member AS member
                     WHERE member.event_id = event.id AND member.state IN ('appointed', 'cleared')) AS "memberIds",
              ARRAY(SELECT member.user_id FROM committee_member AS member
                     WHERE member.event_id = event.id AND member.state = 'cleared' AND member.is_chair) AS "chairIds",
              ARRAY(SELECT person.id FROM user_account AS person
                     WHERE person.id = CAST(:userId AS uuid)) AS "subjectIds",
              coalesce((SELECT person.name FROM user_account AS person
                         WHERE person.id = CAST(:userId AS uuid)), '') AS "subjectName"
         FROM sourcing_event AS event
         JOIN evaluation ON evaluation.event_id = event.id
        WHERE event.id = :eventId`,
      { eventId: of.eventId, userId },
    ),
  );
}
