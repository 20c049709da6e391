import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../../../src/kernel/id.ts';
import type { Database } from '../../../src/platform/db/database.ts';
import { openDatabase } from '../../../src/platform/db/database.ts';
import type { EventJob, JobHouse } from '../../../src/platform/queue/job.ts';
import { openQueues, type Queues } from '../../../src/platform/queue/queues.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

/** Nothing in these tests sends mail or opens a transaction through the house. */
export const emptyHouse = {} as JobHouse;

export type QueueStage = { database: TestDatabase; db: Database; queues: Queues; close(): Promise<void> };

/** A database of one's own and queues on it, or on the Redis of TEST_REDIS_URL. */
export async function openStage(on: 'postgresql' | 'redis' = 'postgresql'): Promise<QueueStage> {
  const database = await createTestDatabase();
  const db = openDatabase({ url: database.url, poolMax: 8, applicationName: 'test-queue' });
  const queues = await openStageQueues(database, on);
  return {
    database,
    db,
    queues,
    async close() {
      await queues.close();
      await db.destroy();
      await database.drop();
    },
  };
}

/** A second set of connections to the same queues, as another process would have. */
export const openStageQueues = (database: TestDatabase, on: 'postgresql' | 'redis'): Promise<Queues> =>
  openQueues({
    databaseUrl: database.url,
    redisUrl: on === 'redis' ? (process.env['TEST_REDIS_URL'] ?? '') : null,
    redisPrefix: new URL(database.url).pathname.slice(1),
    onError: () => {},
  });

const LONGEST_WAIT_MS = 20_000;

/** Waits until it is so, looking often. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const from = performance.now();
  while (!(await isSo())) {
    if (performance.now() - from > LONGEST_WAIT_MS)
      throw new Error(`Not so after ${LONGEST_WAIT_MS} ms: ${String(isSo)}`);
    await sleep(10);
  }
}

/** Writes an event row as `record` would; gives its id. */
export async function insertEvent(
  db: Pick<Database, 'raw'>,
  action: string,
  numbered: { transactionId?: string } = {},
): Promise<string> {
  const id = newId();
  await db.raw(
    `INSERT INTO event (id, at, actor_kind, actor_name, action, subject_type, subject_id, transaction_id)
     VALUES (?, clock_timestamp(), 'system', 'test', ?, 'test', ?, COALESCE(?::text::xid8, pg_current_xact_id()))`,
    [id, action, id, numbered.transactionId ?? null],
  );
  return id;
}

/** A handler of `test.happened` that runs what it is given. */
export const handler = (
  run: (eventId: string) => Promise<void> | void,
  name = 'test/on-test-happened',
): EventJob => ({
  name,
  on: ['test.happened'],
  queue: 'acts',
  run: async (_house, event) => run(event.id),
});
