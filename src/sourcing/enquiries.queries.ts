import { hasRole } from '../kernel/actor.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import { firstOf, named } from '../platform/db/statements.ts';
import type { Audience } from './enquiry.ts';

/** A question with its answer, as the buying side sees it. */
export type EnquiryRow = {
  readonly id: string;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly askerName: string;
  readonly askedAt: Date;
  readonly asked: string;
  readonly responseId: string | null;
  readonly audience: Audience | null;
  readonly question: string | null;
  readonly answer: string | null;
  readonly reason: string | null;
  readonly answererName: string | null;
  readonly answeredAt: Date | null;
};

/** All questions about an event: what waits for an answer first, the oldest first; then the latest answers. */
export const listEnquiries = (ctx: Ctx, eventId: string): Promise<EnquiryRow[]> =>
  named<EnquiryRow>(ctx.tx, {
    name: 'enquiry.of-event',
    text: `
      SELECT enquiry.id, enquiry.supplier_id AS "supplierId", supplier.name AS "supplierName",
             asker.name AS "askerName", enquiry.asked_at AS "askedAt", enquiry.question AS asked,
             response.id AS "responseId", response.audience, response.question, response.answer, response.reason,
             answerer.name AS "answererName", response.answered_at AS "answeredAt"
        FROM enquiry
        JOIN supplier ON supplier.id = enquiry.supplier_id
        JOIN user_account AS asker ON asker.id = enquiry.asked_by
        LEFT JOIN enquiry_response AS response ON response.enquiry_id = enquiry.id
        LEFT JOIN user_account AS answerer ON answerer.id = response.answered_by
       WHERE enquiry.event_id = $1
       ORDER BY response.answered_at DESC NULLS FIRST, enquiry.asked_at, enquiry.id
       LIMIT 1000`,
    values: [eventId],
  });

/** A question with its answer, as an invited supplier sees it: nothing in it tells who asked. */
export type SharedEnquiry = {
  /** Of the answer; of the own question while it has none. */
  readonly id: string;
  /** Of the reader's own question; null for another's. */
  readonly ownId: string | null;
  readonly question: string;
  readonly askedAt: Date | null;
  readonly audience: Audience | null;
  readonly answer: string | null;
  readonly answeredAt: Date | null;
};

/** What everybody was answered, and what this supplier asked; its own open questions first. */
export const listSharedEnquiries = (
  ctx: Ctx,
  of: { eventId: string; supplierId: string },
): Promise<SharedEnquiry[]> =>
  named<SharedEnquiry>(ctx.tx, {
    name: 'enquiry.shared',
    text: `
      SELECT coalesce(response.id, own.id) AS id, own.id AS "ownId", coalesce(own.question, response.question) AS question,
             own.asked_at AS "askedAt", response.audience, response.answer, response.answered_at AS "answeredAt"
        FROM (SELECT enquiry.id, enquiry.question, enquiry.asked_at
                FROM enquiry
               WHERE enquiry.event_id = $1
                 AND enquiry.supplier_id = $2) AS own
        FULL JOIN (SELECT answered.id, answered.enquiry_id, answered.audience, answered.question, answered.answer,
                          answered.answered_at
                     FROM enquiry_response AS answered
                    WHERE answered.event_id = $1
                      AND (answered.audience = 'everybody'
                           OR EXISTS (SELECT FROM enquiry AS mine
                                       WHERE mine.id = answered.enquiry_id
                                         AND mine.supplier_id = $2))) AS response
          ON response.enquiry_id = own.id
       ORDER BY response.answered_at DESC NULLS FIRST, own.asked_at DESC, id
       LIMIT 1000`,
    values: [of.eventId, of.supplierId],
  });

export type EnquiryCounts = { readonly unansweredCount: number; readonly answeredCount: number };

/** How many questions an event has, and how many wait for an answer. */
export const countEnquiries = async (ctx: Ctx, eventId: string): Promise<EnquiryCounts> =>
  (await firstOf<EnquiryCounts>(
    ctx.tx,
    `SELECT count(*) FILTER (WHERE response.id IS NULL)::int AS "unansweredCount",
            count(response.id)::int AS "answeredCount"
       FROM enquiry
       LEFT JOIN enquiry_response AS response ON response.enquiry_id = enquiry.id
      WHERE enquiry.event_id = ?`,
    [eventId],
  )) ?? { unansweredCount: 0, answeredCount: 0 };

/** The ids of an event's questions and answers, for its timeline. */
export const enquirySubjects = async (ctx: Ctx, eventId: string): Promise<string[]> => {
  const rows = await named<{ id: string }>(ctx.tx, {
    name: 'enquiry.subjects',
    text: `
      SELECT enquiry.id FROM enquiry WHERE enquiry.event_id = $1
       UNION ALL
      SELECT response.id FROM enquiry_response AS response WHERE response.event_id = $1
       LIMIT 2000`,
    values: [eventId],
  });
  return rows.map((row) => row.id);
};

type Waiting = {
  readonly id: string;
  readonly label: string;
  readonly dueAt: Date | null;
  readonly unansweredCount: number;
};

/** Questions that wait for an answer of whoever owns the event, while bids are taken. */
export async function waitingForAnswers(ctx: Ctx): Promise<WaitingItem[]> {
  if (ctx.actor.userId === null || !hasRole(ctx.actor, 'buyer')) return [];
  const rows = await named<Waiting>(ctx.tx, {
    name: 'enquiry.waiting',
    text: `
      SELECT event.id, event.reference || ' ' || event.title AS label, event.closes_at AS "dueAt",
             count(*)::int AS "unansweredCount"
        FROM enquiry
        JOIN sourcing_event AS event ON event.id = enquiry.event_id
       WHERE event.owner_id = $1
         AND event.state IN ('open', 'paused', 'amending')
         AND NOT EXISTS (SELECT FROM enquiry_response AS response WHERE response.enquiry_id = enquiry.id)
       GROUP BY event.id
       ORDER BY event.closes_at, event.id
       LIMIT 200`,
    values: [ctx.actor.userId],
  });
  if (rows.length === 0) return [];
  return [
    {
      key: 'waiting.sourcing.to-answer',
      count: rows.reduce((sum, row) => sum + row.unansweredCount, 0),
      href: '/events?state=open&mine=yes',
      urgent: true,
      items: rows
        .slice(0, 5)
        .map(({ id, label, dueAt }) => ({ label, href: `/events/${id}/enquiries`, dueAt })),
    },
  ];
}
