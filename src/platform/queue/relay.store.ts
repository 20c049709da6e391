import type { Tx } from '../db/context.ts';
import type { Database } from '../db/database.ts';
import { named, namedOnce } from '../db/statements.ts';
import type { EventRow } from './job.ts';

/**
 * How far the relay has come. Transaction numbers are compared in SQL and carried as text: they are 64 bits
 * wide. Rows at or below `abovePosition` were made in another cluster and are done with.
 */
export type RelayPosition = {
  readonly transactionId: string;
  readonly position: number;
  readonly abovePosition: number;
};
export type NewEvent = {
  readonly id: string;
  readonly action: string;
  readonly transactionId: string;
  readonly position: number;
};

const EVENT_COLUMNS = `event.id, event.action, event.subject_type AS "subjectType", event.subject_id AS "subjectId",
         event.supplier_id AS "supplierId", event.actor_id AS "actorId", event.actor_name AS "actorName",
         event.at, event.changes`;

// Only what is older than every transaction still under way: a row of one of those may yet appear before
// rows that are already there. Plus, after a move to another cluster, rows from that one's future.
const HANDED_ON_NEXT = `
  FROM event
 WHERE (event.transaction_id, event.position) > ($1::text::xid8, $2::bigint)
   AND event.position > $3::bigint`;
const SETTLED = `
   AND event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())`;
const FROM_ELSEWHERE = `
   AND event.transaction_id >= pg_snapshot_xmax(pg_current_snapshot())`;

const bindingsOf = (from: RelayPosition): unknown[] => [
  from.transactionId,
  from.position,
  from.abovePosition,
];

/** Lets one relay through at a time; the others find out at once. Held until the transaction ends. */
export async function takeRelayLock(tx: Tx): Promise<boolean> {
  const rows = await named<{ taken: boolean }>(tx, {
    name: 'relay.lock',
    text: `SELECT pg_try_advisory_xact_lock(hashtext('portico.relay')) AS taken`,
    values: [],
  });
  return rows[0]?.taken === true;
}

/** Where the relay stands, and whether that is a place this cluster has not reached: then it is another's. */
export async function findPosition(tx: Tx): Promise<RelayPosition & { isFromElsewhere: boolean }> {
  const rows = await named<RelayPosition & { isFromElsewhere: boolean }>(tx, {
    name: 'relay.position',
    text: `
      SELECT relay.transaction_id::text AS "transactionId", relay.position, relay.above_position AS "abovePosition",
             relay.transaction_id >= pg_snapshot_xmax(pg_current_snapshot()) AS "isFromElsewhere"
        FROM relay_position AS relay
       WHERE relay.name = 'jobs'`,
    values: [],
  });
  return rows[0] ?? { transactionId: '0', position: 0, abovePosition: 0, isFromElsewhere: false };
}

/** The next rows that no transaction still under way can come before. */
export const findSettledEvents = (tx: Tx, from: RelayPosition, limit: number): Promise<NewEvent[]> =>
  named<NewEvent>(tx, {
    name: 'relay.settled-events',
    text: `
      SELECT event.id, event.action, event.transaction_id::text AS "transactionId", event.position
      ${HANDED_ON_NEXT} ${SETTLED}
       ORDER BY event.transaction_id, event.position
       LIMIT $4`,
    values: [...bindingsOf(from), limit],
  });

/** The next rows that are there, whatever is under way: for a process that knows that nobody else acts. */
export const findVisibleEvents = (tx: Tx, from: RelayPosition, limit: number): Promise<NewEvent[]> =>
  named<NewEvent>(tx, {
    name: 'relay.visible-events',
    text: `
      SELECT event.id, event.action, event.transaction_id::text AS "transactionId", event.position
      ${HANDED_ON_NEXT}
       ORDER BY event.transaction_id, event.position
       LIMIT $4`,
    values: [...bindingsOf(from), limit],
  });

/** Rows that another cluster numbered. */
export const findEventsFromElsewhere = (tx: Tx, from: RelayPosition, limit: number): Promise<NewEvent[]> =>
  named<NewEvent>(tx, {
    name: 'relay.events-from-elsewhere',
    text: `
      SELECT event.id, event.action, event.transaction_id::text AS "transactionId", event.position
      ${HANDED_ON_NEXT} ${FROM_ELSEWHERE}
       ORDER BY event.transaction_id, event.position
       LIMIT $4`,
    values: [...bindingsOf(from), limit],
  });

/** The newest row that another cluster numbered. */
export async function lastPositionFromElsewhere(tx: Tx): Promise<number> {
  const rows = await named<{ position: number }>(tx, {
    name: 'relay.last-from-elsewhere',
    text: `
      SELECT COALESCE(max(event.position), 0) AS position
        FROM event
       WHERE event.transaction_id >= pg_snapshot_xmax(pg_current_snapshot())`,
    values: [],
  });
  return rows[0]?.position ?? 0;
}

export const savePosition = (tx: Tx, at: RelayPosition): Promise<unknown> =>
  named(tx, {
    name: 'relay.save',
    text: `
      INSERT INTO relay_position (name, transaction_id, position, above_position)
      VALUES ('jobs', $1::text::xid8, $2, $3)
      ON CONFLICT (name) DO UPDATE
         SET transaction_id = EXCLUDED.transaction_id,
             position = EXCLUDED.position,
             above_position = EXCLUDED.above_position`,
    values: bindingsOf(at),
  });

/** Is there anything to hand on, settled or not? One round trip, so that asking often costs little. */
export async function hasNewEvents(db: Database): Promise<boolean> {
  const rows = await namedOnce<{ has: boolean }>(db, {
    name: 'relay.has-new-events',
    text: `
      SELECT EXISTS (
        SELECT 1
          FROM event
         WHERE (event.transaction_id, event.position) >
               (COALESCE(relay.transaction_id, '0'::xid8), COALESCE(relay.position, 0))
           AND event.position > COALESCE(relay.above_position, 0)
      ) OR COALESCE(relay.transaction_id >= pg_snapshot_xmax(pg_current_snapshot()), false) AS has
        FROM (SELECT) AS one
        LEFT JOIN relay_position AS relay ON relay.name = 'jobs'`,
    values: [],
  });
  return rows[0]?.has === true;
}

/** How many acts wait to be handed on, and since when. */
export async function relayLag(tx: Tx): Promise<{ rowsBehind: number; oldestAt: Date | null }> {
  const from = await findPosition(tx);
  const rows = await named<{ rowsBehind: number; oldestAt: Date | null }>(tx, {
    name: 'relay.lag',
    text: `SELECT count(*) AS "rowsBehind", min(event.at) AS "oldestAt" ${HANDED_ON_NEXT}`,
    values: bindingsOf(from),
  });
  return rows[0] ?? { rowsBehind: 0, oldestAt: null };
}

/** The event rows of these ids, in no order. */
export const findEventRows = (db: Database, ids: readonly string[]): Promise<EventRow[]> =>
  namedOnce<EventRow>(db, {
    name: 'relay.event-rows',
    text: `SELECT ${EVENT_COLUMNS} FROM event WHERE event.id = ANY ($1::uuid[])`,
    values: [ids],
  });
