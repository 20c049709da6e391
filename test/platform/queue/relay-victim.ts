// A relay that dies at the worst instant: the jobs are in the queue, the position has not moved.
import { openDatabase } from '../../../src/platform/db/database.ts';
import type { Queues } from '../../../src/platform/queue/queues.ts';
import { relayBatch } from '../../../src/platform/queue/relay.ts';
import { handler, openStageQueues, until } from './support.ts';

const url = process.argv[2] as string;
const db = openDatabase({ url, poolMax: 2, applicationName: 'test-relay-victim' });
const queues = await openStageQueues({ url, drop: async () => {} }, 'postgresql');
const deadly: Queues = {
  ...queues,
  of: (name) => ({
    ...queues.of(name),
    async addBulk(jobs) {
      await queues.of(name).addBulk(jobs);
      process.kill(process.pid, 'SIGKILL');
    },
  }),
};
await until(async () => (await relayBatch({ db, queues: deadly, eventJobs: [handler(() => {})] })) > 0);
