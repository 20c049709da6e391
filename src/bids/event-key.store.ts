import type { Tx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';

export type KeyPurpose = 'time' | 'house';
export type EventKey = {
  readonly purpose: KeyPurpose;
  readonly recipient: string;
  readonly sealedIdentity: Buffer;
  readonly releasedAt: Date | null;
};

/** The first one counts: whoever comes second takes the key that is there. */
export const insertEventKeys = (
  tx: Tx,
  eventId: string,
  keys: readonly Pick<EventKey, 'purpose' | 'recipient' | 'sealedIdentity'>[],
  at: Date,
): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO event_key (event_id, round, purpose, recipient, sealed_identity, created_at)
     SELECT event.id, event.round, key.purpose, key.recipient, key.identity, ?
       FROM sourcing_event AS event,
            unnest(?::text[], ?::text[], ?::bytea[]) AS key (purpose, recipient, identity)
      WHERE event.id = ?
         ON CONFLICT (event_id, round, purpose) DO NOTHING`,
    [
      at,
      keys.map((key) => key.purpose),
      keys.map((key) => key.recipient),
      keys.map((key) => key.sealedIdentity),
      eventId,
    ],
  );

export const findEventKey = async (
  tx: Tx,
  eventId: string,
  purpose: KeyPurpose,
): Promise<EventKey | undefined> =>
  (
    await named<EventKey>(tx, {
      name: 'event_key.find',
      text: `
      SELECT event_key.purpose, event_key.recipient, event_key.sealed_identity AS "sealedIdentity",
             event_key.released_at AS "releasedAt"
        FROM event_key
        JOIN sourcing_event AS event ON event.id = event_key.event_id AND event.round = event_key.round
       WHERE event_key.event_id = $1
         AND event_key.purpose = $2`,
      values: [eventId, purpose],
    })
  )[0];

/** Notes that the keys may be used from now on; gives false when they were released before. */
export async function releaseEventKeys(tx: Tx, eventId: string, at: Date): Promise<boolean> {
  const released = await rowsOf(
    tx,
    `UPDATE event_key
        SET released_at = ?
       FROM sourcing_event AS event
      WHERE event.id = event_key.event_id
        AND event.round = event_key.round
        AND event.id = ?
        AND event_key.released_at IS NULL
  RETURNING event_key.purpose`,
    [at, eventId],
  );
  return released.length > 0;
}

/** Whom bids for an event are sealed to: null where the key is not made yet. */
export type Recipients = {
  readonly time: string | null;
  readonly house: string | null;
  readonly openers: readonly { readonly openerId: string; readonly recipient: string }[];
  readonly threshold: number | null;
};

export const findRecipients = async (tx: Tx, eventId: string): Promise<Recipients | undefined> =>
  (
    await named<Recipients>(tx, {
      name: 'event_key.recipients',
      text: `
      SELECT (SELECT key.recipient FROM event_key AS key
               WHERE key.event_id = event.id AND key.round = event.round AND key.purpose = 'time') AS time,
             (SELECT key.recipient FROM event_key AS key
               WHERE key.event_id = event.id AND key.round = event.round AND key.purpose = 'house') AS house,
             (SELECT coalesce(jsonb_agg(jsonb_build_object('openerId', opener.user_id, 'recipient', key.recipient)
                                        ORDER BY opener.user_id), '[]')
                FROM event_opener AS opener
                JOIN opener_key AS key ON key.id = opener.opener_key_id
               WHERE opener.event_id = event.id) AS openers,
             event.opener_threshold AS threshold
        FROM sourcing_event AS event
       WHERE event.id = $1`,
      values: [eventId],
    })
  )[0];
