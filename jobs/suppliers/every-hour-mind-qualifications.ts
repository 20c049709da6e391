import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';
import { mindQualifications } from '../../src/suppliers/index.ts';

const name = 'suppliers/every-hour-mind-qualifications';

/** Ends qualifications whose last day is over, and reminds of those that end soon, once a distance. Idempotent. */
export const job: ScheduledJob = {
  name,
  everyMs: 3_600_000,
  queue: 'acts',
  run: async (house) => {
    await house.runInTx({ actor: system(name) }, mindQualifications);
  },
};
