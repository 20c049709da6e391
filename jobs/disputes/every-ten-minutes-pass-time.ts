import { passTimeOnDisputes } from '../../src/disputes/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'disputes/every-ten-minutes-pass-time';

/** Reminds whose turn it is when time is up, and takes to an approver what stays unanswered. Never closes one. */
export const job: ScheduledJob = {
  name,
  everyMs: 600_000,
  queue: 'acts',
  run: async (house) => {
    await house.runInTx({ actor: system(name) }, passTimeOnDisputes);
  },
};
