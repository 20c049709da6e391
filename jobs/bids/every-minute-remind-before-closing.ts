import { issueReminders } from '../../src/bids/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'bids/every-minute-remind-before-closing';

/**
 * Reminds invited suppliers that have not submitted, as long before closing as the policy says. Idempotent: one reminder a
 * supplier, step and closing time is all the table takes.
 */
export const job: ScheduledJob = {
  name,
  everyMs: 60_000,
  queue: 'acts',
  run: async (house) => {
    await house.runInTx({ actor: system(name) }, issueReminders);
  },
};
