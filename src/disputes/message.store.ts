import { newId } from '../kernel/id.ts';
import type { Tx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import type { Side } from './dispute.ts';
import type { Message, MessageKind, Reading, TalkedType } from './message.ts';

export type Talked = { readonly type: TalkedType; readonly id: string };

export async function insertMessage(
  tx: Tx,
  on: Talked & { supplierId: string },
  message: { authorId: string; authorSide: Side; kind: MessageKind; body: string; at: Date },
): Promise<string> {
  const id = newId();
  await tx('message').insert({
    id,
    subject_type: on.type,
    subject_id: on.id,
    supplier_id: on.supplierId,
    author_id: message.authorId,
    author_side: message.authorSide,
    kind: message.kind,
    body: message.body,
    at: message.at,
  });
  return id;
}

/** The first thousand messages, oldest first: nobody reads more on one page. */
export const findMessages = (tx: Tx, on: Talked): Promise<Message[]> =>
  named<Message>(tx, {
    name: 'message.of-subject',
    text: `
      SELECT message.id, message.kind, user_account.name AS "authorName", message.author_side AS "authorSide",
             message.body, message.at
        FROM message
        JOIN user_account ON user_account.id = message.author_id
       WHERE message.subject_type = $1 AND message.subject_id = $2
       ORDER BY message.at, message.id
       LIMIT 1000`,
    values: [on.type, on.id],
  });

/** Who has read, the last reading each. */
export const findReadings = (tx: Tx, on: Talked): Promise<Reading[]> =>
  rowsOf<Reading>(
    tx,
    `SELECT user_account.name, message_reading.side, message_reading.read_at AS "readAt"
       FROM message_reading
       JOIN user_account ON user_account.id = message_reading.user_id
      WHERE message_reading.subject_type = ? AND message_reading.subject_id = ?
      ORDER BY message_reading.read_at DESC
      LIMIT 100`,
    [on.type, on.id],
  );

/** Whoever opens the page has read what is on it. */
export const saveReading = (
  tx: Tx,
  on: Talked & { supplierId: string },
  by: { userId: string; side: Side; at: Date },
): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO message_reading (subject_type, subject_id, user_id, supplier_id, side, read_at)
     VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (subject_type, subject_id, user_id) DO UPDATE SET read_at = excluded.read_at`,
    [on.type, on.id, by.userId, on.supplierId, by.side, by.at],
  );

/** Everybody who has written here, for telling them of what comes next. */
export const findAuthors = (tx: Tx, on: Talked): Promise<{ id: string; side: Side }[]> =>
  rowsOf(
    tx,
    `SELECT DISTINCT message.author_id AS id, message.author_side AS side
       FROM message
      WHERE message.subject_type = ? AND message.subject_id = ?
      LIMIT 100`,
    [on.type, on.id],
  );
