import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import type { EventJob, JobHouse } from './job.ts';
import {
  findEventRows,
  findSettledEvents,
  findVisibleEvents,
  hasNewEvents,
  savePosition,
} from './relay.store.ts';
import { handlersOf, takeNext } from './relay.ts';

const BATCH_ROWS = 100;
const PATIENCE_ROUNDS = 50;
const ROUND_MS = 10;

/**
 * Runs the handlers of all new acts here and now, in the order of the acts, and of the acts they make in turn,
 * until none is left; gives how many handlers ran. For tests and for loading data, where nobody else acts: same
 * cursor as the relay, but no queue and no second try, so a handler's error is thrown.
 */
export async function drainJobs(from: {
  db: Database;
  house: JobHouse;
  eventJobs: readonly EventJob[];
}): Promise<number> {
  let ran = 0;
  let waited = 0;
  while (await hasNewEvents(from.db)) {
    // A transaction in another database of the cluster may hold rows back that are already here; it has a
    // moment to end, and then it does not matter.
    const batch = await drainBatch(from, waited < PATIENCE_ROUNDS ? findSettledEvents : findVisibleEvents);
    ran += batch.handlersRun;
    if (batch.isEmpty) {
      waited += 1;
      await sleep(ROUND_MS);
    }
  }
  return ran;
}

async function drainBatch(
  { db, house, eventJobs }: Parameters<typeof drainJobs>[0],
  findEvents: typeof findSettledEvents,
) {
  const { events, next } = await db.transaction((tx) => takeNext(tx, BATCH_ROWS, findEvents));
  const wanted = events.flatMap((event) =>
    handlersOf(event, eventJobs).map((job) => ({ job, id: event.id })),
  );
  const rows = new Map(
    (
      await findEventRows(
        db,
        wanted.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  );
  for (const { job, id } of wanted) {
    const row = rows.get(id);
    if (row !== undefined) await job.run(house, row);
  }
  if (next !== null) await db.transaction((tx) => savePosition(tx, next));
  return { handlersRun: wanted.length, isEmpty: next === null };
}
