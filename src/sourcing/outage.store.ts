import type { Tx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import type { Outage } from './outage.ts';

/** When a web process last said that it answers, held until the transaction ends; undefined before the first. */
export const lockLastBeat = async (tx: Tx): Promise<Date | undefined> =>
  (
    await named<{ lastBeatAt: Date }>(tx, {
      name: 'portal_heartbeat.lock',
      text: 'SELECT last_beat_at AS "lastBeatAt" FROM portal_heartbeat WHERE id = 1 FOR UPDATE',
      values: [],
    })
  )[0]?.lastBeatAt;

/** A clock that went back moves nothing. */
export const saveBeat = (tx: Tx, at: Date): Promise<unknown> =>
  named(tx, {
    name: 'portal_heartbeat.save',
    text: `
      INSERT INTO portal_heartbeat (id, last_beat_at)
      VALUES (1, $1)
          ON CONFLICT (id) DO UPDATE
         SET last_beat_at = greatest(portal_heartbeat.last_beat_at, excluded.last_beat_at)`,
    values: [at],
  });

export async function insertOutage(tx: Tx, outage: Outage): Promise<void> {
  await tx('outage').insert({ id: outage.id, started_at: outage.startedAt, ended_at: outage.endedAt });
}

/** An event that takes bids, with the closing time it has. */
export type ClosingSoon = {
  readonly id: string;
  readonly reference: string;
  readonly timeZone: string;
  readonly closesAt: Date;
};

/** Open events that close after `from` and until `to`, held; also those whose closing time went by while we were out. */
export const lockClosingBetween = (tx: Tx, of: { from: Date; to: Date }): Promise<ClosingSoon[]> =>
  rowsOf<ClosingSoon>(
    tx,
    `SELECT event.id, event.reference, event.time_zone AS "timeZone", event.closes_at AS "closesAt"
       FROM sourcing_event AS event
      WHERE event.state = 'open'
        AND event.due_at > ?
        AND event.due_at <= ?
      ORDER BY event.id
        FOR UPDATE`,
    [of.from, of.to],
  );

type Extension = { readonly eventId: string; readonly closesAtBefore: Date; readonly closesAt: Date };

/** Moves the closing times, and notes for which outage, in one statement. */
export const saveExtensions = (
  tx: Tx,
  outageId: string,
  extensions: readonly Extension[],
): Promise<unknown> =>
  rowsOf(
    tx,
    `WITH extended AS (
       SELECT given."eventId" AS event_id, given."closesAtBefore" AS closes_at_before, given."closesAt" AS closes_at
         FROM jsonb_to_recordset(?::jsonb)
           AS given ("eventId" uuid, "closesAtBefore" timestamptz, "closesAt" timestamptz)
     ), noted AS (
       INSERT INTO outage_extension (outage_id, event_id, closes_at_before, closes_at)
       SELECT ?, extended.event_id, extended.closes_at_before, extended.closes_at
         FROM extended
     )
     UPDATE sourcing_event AS event
        SET closes_at = extended.closes_at, due_at = extended.closes_at, version = event.version + 1
       FROM extended
      WHERE event.id = extended.event_id`,
    [JSON.stringify(extensions), outageId],
  );

/** An outage as the page lists it. */
export type OutageRow = Outage & { readonly extendedCount: number };

/** The newest first; how many events it extended is counted among those the reader may see. */
export const findOutages = (tx: Tx, of: { beforeId: string | null; limit: number }): Promise<OutageRow[]> =>
  rowsOf<OutageRow>(
    tx,
    `SELECT outage.id, outage.started_at AS "startedAt", outage.ended_at AS "endedAt",
            (SELECT count(*)::int
               FROM outage_extension AS extension
              WHERE extension.outage_id = outage.id) AS "extendedCount"
       FROM outage
      WHERE (?::uuid IS NULL OR outage.id < ?::uuid)
      ORDER BY outage.id DESC
      LIMIT ?`,
    [of.beforeId, of.beforeId, of.limit],
  );
