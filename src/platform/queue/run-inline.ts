import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import type { EventJob, JobHouse } from './job.ts';
import { findEventRows, hasNewEvents, savePosition } from './relay.store.ts';
import { handlersOf, takeNext } from './relay.ts';

const BATCH_ROWS = 100;
const PATIENCE_ROUNDS = 1_000;

/**
 * Runs the handlers of all new acts here and now, in the order of the acts, and of the acts they make in turn,
 * until none is left; gives how many handlers ran. For tests and for loading data: same cursor as the relay,
 * but no queue and no second try, so a handler's error is thrown.
 */
export async function drainJobs(from: {
  db: Database;
  house: JobHouse;
  eventJobs: readonly EventJob[];
}): Promise<number> {
  let ran = 0;
  // A transaction anywhere in the cluster may hold back rows that are already there; it will not for long.
  for (let waited = 0; waited < PATIENCE_ROUNDS && (await hasNewEvents(from.db)); ) {
    const done = await drainBatch(from);
    ran += done.handlers;
    if (done.moved) waited = 0;
    else {
      waited += 1;
      await sleep(10);
    }
  }
  if (await hasNewEvents(from.db)) throw new Error('An open transaction keeps acts from being handed on');
  return ran;
}

async function drainBatch({ db, house, eventJobs }: Parameters<typeof drainJobs>[0]) {
  const { events, next } = await db.transaction((tx) => takeNext(tx, BATCH_ROWS));
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
  return { handlers: wanted.length, moved: next !== null };
}
