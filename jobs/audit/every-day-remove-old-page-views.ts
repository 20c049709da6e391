import { removeOldPageViews } from '../../src/audit/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'audit/every-day-remove-old-page-views';

/** What people looked at is kept as long as the policy says. Idempotent: what is gone stays gone. */
export const job: ScheduledJob = {
  name,
  everyMs: 24 * 3_600_000,
  queue: 'acts',
  run: (house) => house.runInTx({ actor: system(name) }, removeOldPageViews),
};
