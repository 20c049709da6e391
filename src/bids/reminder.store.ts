import type { Tx } from '../platform/db/context.ts';
import { firstOf, named, rowsOf } from '../platform/db/statements.ts';

/** Somebody who has to be reminded of an event that closes soon. */
export type DueReminder = {
  readonly eventId: string;
  readonly supplierId: string;
  readonly minutesBefore: number;
  readonly closesAt: Date;
};

/**
 * Invited suppliers that have not submitted a bid and not been reminded: from each of the steps on, in minutes before
 * closing, the nearest that was reached. Who was invited later than that has just been told the closing time.
 */
export const findDueReminders = (
  tx: Tx,
  of: { clock: Date; minutes: readonly number[]; limit: number },
): Promise<DueReminder[]> =>
  named<DueReminder>(tx, {
    name: 'bid-reminder.due',
    text: `
      SELECT event.id AS "eventId", invitation.supplier_id AS "supplierId", step.minutes AS "minutesBefore",
             event.closes_at AS "closesAt"
        FROM sourcing_event AS event
       CROSS JOIN LATERAL (
               SELECT min(policy.minutes) AS minutes
                 FROM unnest($3::integer[]) AS policy (minutes)
                WHERE event.closes_at <= $1::timestamptz + make_interval(mins => policy.minutes)
             ) AS step
        JOIN invitation ON invitation.event_id = event.id
       WHERE event.state = 'open'
         AND event.due_at > $1
         AND event.due_at <= $1::timestamptz + make_interval(mins => $4)
         AND invitation.state IN ('invited', 'viewed', 'accepted', 'responding')
         AND invitation.bidding_ended_at IS NULL
         AND invitation.invited_at <= event.closes_at - make_interval(mins => step.minutes)
         AND NOT EXISTS (SELECT 1
                           FROM bid_reminder
                          WHERE bid_reminder.event_id = event.id
                            AND bid_reminder.supplier_id = invitation.supplier_id
                            AND bid_reminder.minutes_before = step.minutes
                            AND bid_reminder.closes_at = event.closes_at)
       ORDER BY event.due_at, invitation.id
       LIMIT $2`,
    values: [of.clock, of.limit, of.minutes, Math.max(0, ...of.minutes)],
  });

/** Keeps those that nobody else has issued meanwhile; gives them. */
export const insertReminders = (
  tx: Tx,
  reminders: readonly (DueReminder & { id: string })[],
  issuedAt: Date,
): Promise<{ id: string; eventId: string; supplierId: string; minutesBefore: number }[]> =>
  rowsOf(
    tx,
    `INSERT INTO bid_reminder (id, event_id, supplier_id, minutes_before, closes_at, issued_at)
     SELECT due.id, due."eventId", due."supplierId", due."minutesBefore", due."closesAt", ?
       FROM jsonb_to_recordset(?::jsonb)
         AS due (id uuid, "eventId" uuid, "supplierId" uuid, "minutesBefore" integer, "closesAt" timestamptz)
         ON CONFLICT (event_id, supplier_id, minutes_before, closes_at) DO NOTHING
     RETURNING bid_reminder.id, bid_reminder.event_id AS "eventId", bid_reminder.supplier_id AS "supplierId",
               bid_reminder.minutes_before AS "minutesBefore"`,
    [issuedAt, JSON.stringify(reminders)],
  );

/** What a reminder says. */
export type Reminder = {
  readonly supplierId: string;
  readonly eventId: string;
  readonly reference: string;
  readonly title: string;
  readonly closesAt: Date;
  readonly timeZone: string;
  /** The draft that was begun; null where there is none. */
  readonly bidId: string | null;
};

/** The reminder while there is still something to remind of; undefined once a bid is in, or it is too late. */
export const findReminder = (tx: Tx, of: { id: string; clock: Date }): Promise<Reminder | undefined> =>
  firstOf<Reminder>(
    tx,
    `SELECT bid_reminder.supplier_id AS "supplierId", event.id AS "eventId", event.reference, event.title,
            event.closes_at AS "closesAt", event.time_zone AS "timeZone", bid.id AS "bidId"
       FROM bid_reminder
       JOIN sourcing_event AS event ON event.id = bid_reminder.event_id
       JOIN invitation ON invitation.event_id = event.id AND invitation.supplier_id = bid_reminder.supplier_id
       LEFT JOIN bid ON bid.event_id = event.id AND bid.supplier_id = invitation.supplier_id AND bid.state = 'draft' AND bid.round = event.round
      WHERE bid_reminder.id = ?
        AND bid_reminder.closes_at = event.closes_at
        AND event.state = 'open'
        AND event.closes_at > ?
        AND invitation.state IN ('invited', 'viewed', 'accepted', 'responding')`,
    [of.id, of.clock],
  );
