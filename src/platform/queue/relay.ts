import type { Tx } from '../db/context.ts';
import type { Database } from '../db/database.ts';
import { type EventJob, queueNames } from './job.ts';
import { type Queues, toQueue } from './queues.ts';
import {
  findEventsFromElsewhere,
  findPosition,
  findSettledEvents,
  hasNewEvents,
  lastPositionFromElsewhere,
  type NewEvent,
  type RelayPosition,
  savePosition,
  takeRelayLock,
} from './relay.store.ts';

const BATCH_ROWS = 500;
const POLL_MS = 500;
const COALESCE_MS = 20;
const LONGEST_PAUSE_MS = 10_000;

export type Relay = {
  /** Says that there may be something new; many at once count as one. Never throws, never waits. */
  poke(): void;
  /** Resolves when the batch under way is handed on. */
  stop(): Promise<void>;
};

/**
 * Hands committed acts to the queues: at once when poked, else by looking twice a second. May run in every
 * process; a lock lets one work at a time.
 */
export function startRelay(relay: {
  db: Database;
  queues: Queues;
  eventJobs: readonly EventJob[];
  onError: (error: unknown) => void;
}): Relay {
  let timer: NodeJS.Timeout | undefined;
  let dueSoon = false;
  let underWay: Promise<void> | undefined;
  let pokedMeanwhile = false;
  let failures = 0;
  let stopped = false;

  const lookIn = (ms: number): void => {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      dueSoon = false;
      underWay = look().finally(() => {
        underWay = undefined;
        lookIn(pokedMeanwhile && failures === 0 ? COALESCE_MS : pauseAfter(failures));
        pokedMeanwhile = false;
      });
    }, ms);
  };
  const look = async (): Promise<void> => {
    try {
      if (await hasNewEvents(relay.db)) while (!stopped && (await relayBatch(relay)) === BATCH_ROWS);
      failures = 0;
    } catch (error) {
      failures += 1;
      relay.onError(error);
    }
  };
  lookIn(0);
  return {
    poke() {
      if (underWay !== undefined) pokedMeanwhile = true;
      else if (!dueSoon && failures === 0) {
        dueSoon = true;
        lookIn(COALESCE_MS);
      }
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}

const pauseAfter = (failures: number): number =>
  Math.min(POLL_MS * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MS);

/**
 * Hands the next acts on and moves the position, in this order: killed between the two, the next relay adds
 * the same jobs again, under the same ids. Gives how many rows were passed; 0 also when another relay is at it.
 */
export const relayBatch = (relay: {
  db: Database;
  queues: Queues;
  eventJobs: readonly EventJob[];
}): Promise<number> =>
  relay.db.transaction(async (tx) => {
    if (!(await takeRelayLock(tx))) return 0;
    const { events, next } = await takeNext(tx, BATCH_ROWS);
    if (next === null) return 0;
    await enqueue(relay.queues, relay.eventJobs, events);
    await savePosition(tx, next);
    return events.length;
  });

/** The next events and where the position stands after them; null when nothing is to be moved. */
export async function takeNext(
  tx: Tx,
  limit: number,
  findEvents: typeof findSettledEvents = findSettledEvents,
): Promise<{ events: readonly NewEvent[]; next: RelayPosition | null }> {
  const from = await findPosition(tx);
  if (from.isFromElsewhere) return takeFromElsewhere(tx, from, limit);
  const events = await findEvents(tx, from, limit);
  return { events, next: after(events, from) };
}

/**
 * The position is ahead of this cluster's transactions, so the database was restored or copied from another
 * one. What that one had left is handed on first; then counting begins anew, above its last row.
 */
async function takeFromElsewhere(tx: Tx, from: RelayPosition, limit: number) {
  const events = await findEventsFromElsewhere(tx, from, limit);
  if (events.length > 0) return { events, next: after(events, from) };
  const abovePosition = Math.max(from.abovePosition, await lastPositionFromElsewhere(tx));
  return { events, next: { transactionId: '0', position: 0, abovePosition } };
}

function after(events: readonly NewEvent[], from: RelayPosition): RelayPosition | null {
  const last = events.at(-1);
  if (last === undefined) return null;
  return { transactionId: last.transactionId, position: last.position, abovePosition: from.abovePosition };
}

/** One job for each handler of each event, a queue at a time. */
async function enqueue(
  queues: Queues,
  eventJobs: readonly EventJob[],
  events: readonly NewEvent[],
): Promise<void> {
  for (const name of queueNames) {
    const handlers = eventJobs.filter((job) => job.queue === name);
    const jobs = events.flatMap((event) =>
      handlersOf(event, handlers).map((job) => toQueue(job.name, event.id)),
    );
    if (jobs.length > 0) await queues.of(name).addBulk(jobs);
  }
}

/** The handlers that an event's action names. */
export const handlersOf = (event: { action: string }, eventJobs: readonly EventJob[]): EventJob[] =>
  eventJobs.filter((job) => job.on.includes(event.action));
