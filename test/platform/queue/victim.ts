// A worker that takes a job, says so, and is killed by the test before it can end it.
import { openDatabase } from '../../../src/platform/db/database.ts';
import { startWorker } from '../../../src/platform/queue/worker.ts';
import { emptyHouse, handler, openStageQueues } from './support.ts';

const [url, kind] = process.argv.slice(2) as [string, 'postgresql' | 'redis'];
const db = openDatabase({ url, poolMax: 2, applicationName: 'test-victim' });
await startWorker({
  db,
  queues: await openStageQueues({ url, drop: async () => {} }, kind),
  house: emptyHouse,
  eventJobs: [
    handler(() => {
      process.send?.('took it');
      return new Promise<void>(() => {});
    }),
  ],
  scheduledJobs: [],
  onJobFailed: () => {},
  timing: { lockMs: 1_000, lookForLostMs: 500 },
});
