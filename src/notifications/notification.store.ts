import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Notification, NotificationState } from './notification.ts';

const COLUMNS = `
         notification.id, notification.event_id AS "eventId", notification.user_id AS "userId",
         notification.template, notification.params, notification.facts, notification.link,
         notification.has_sign_in_link AS "hasSignInLink", notification.signed_link AS "signedLink", notification.document_id AS "documentId",
         notification.state, notification.created_at AS "createdAt", notification.read_at AS "readAt"`;

export type NewNotification = Omit<Notification, 'state' | 'readAt'>;

/** Writes those that are new, in one statement; gives their ids. Somebody who was told is not told again. */
export async function insertNotifications(
  tx: Tx,
  notifications: readonly NewNotification[],
): Promise<string[]> {
  const inserted = await rowsOf<{ id: string }>(
    tx,
    `INSERT INTO notification (id, event_id, user_id, template, params, facts, link, has_sign_in_link, signed_link,
                               document_id, state, created_at)
     SELECT added.id, added."eventId", added."userId", added.template, added.params, added.facts, added.link,
            added."hasSignInLink", added."signedLink", added."documentId", 'queued', added."createdAt"
       FROM jsonb_to_recordset(?::jsonb)
         AS added (id uuid, "eventId" uuid, "userId" uuid, template text, params jsonb, facts jsonb, link text,
                   "hasSignInLink" boolean, "signedLink" jsonb, "documentId" uuid, "createdAt" timestamptz)
         ON CONFLICT (event_id, user_id, template) DO NOTHING
     RETURNING id`,
    [JSON.stringify(notifications)],
  );
  return inserted.map((row) => row.id);
}

export const findNotification = (tx: Tx, id: string): Promise<Notification | undefined> =>
  firstOf<Notification>(tx, `SELECT ${COLUMNS} FROM notification WHERE notification.id = ?`, [id]);

export const lockNotification = (tx: Tx, id: string): Promise<Notification | undefined> =>
  firstOf<Notification>(tx, `SELECT ${COLUMNS} FROM notification WHERE notification.id = ? FOR UPDATE`, [id]);

/** Saves how the mail went; `failure` is why it did not. */
export async function saveDelivery(
  tx: Tx,
  of: { id: string; state: NotificationState; failure: string | null; at: Date },
): Promise<void> {
  await tx('notification')
    .where({ id: of.id })
    .update({
      state: of.state,
      failure: of.failure?.slice(0, 2000) ?? null,
      sent_at: of.state === 'sent' ? of.at : null,
    });
}

/** Marks one of the user's as read; gives where it leads, or nothing when it is not the user's. */
export async function saveReading(
  tx: Tx,
  of: { id: string; userId: string; at: Date },
): Promise<{ link: string } | undefined> {
  return firstOf<{ link: string }>(
    tx,
    `UPDATE notification
        SET read_at = COALESCE(read_at, ?)
      WHERE id = ?
        AND user_id = ?
     RETURNING link`,
    [of.at, of.id, of.userId],
  );
}

export async function saveAllReadings(tx: Tx, of: { userId: string; at: Date }): Promise<void> {
  await tx('notification').where({ user_id: of.userId, read_at: null }).update({ read_at: of.at });
}

/** Gives what one user has not read to another one, who was not told of the same act already. */
export async function saveNewReader(tx: Tx, of: { from: string; to: string }): Promise<void> {
  await tx.raw(
    `UPDATE notification AS mine
        SET user_id = ?
      WHERE mine.user_id = ?
        AND mine.read_at IS NULL
        AND mine.state = 'sent'
        AND NOT EXISTS (SELECT FROM notification AS theirs
                         WHERE theirs.user_id = ? AND theirs.event_id = mine.event_id
                           AND theirs.template = mine.template)`,
    [of.to, of.from, of.to],
  );
}
