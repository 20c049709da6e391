import { forgetOldFailures } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'identity/every-hour-forget-failed-sign-ins';

/** Failed sign-ins are kept for thirty days. Idempotent: what is gone stays gone. */
export const job: ScheduledJob = {
  name,
  everyMs: 60 * 60_000,
  queue: 'acts',
  run: (house) => house.runInTx({ actor: system(name) }, forgetOldFailures),
};
