import { passTimeOnApprovals } from '../../src/approvals/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'approvals/every-ten-minutes-pass-time-on-approvals';

/** Reminds whoever a step waits for, then asks somebody else. Never decides for anybody. */
export const job: ScheduledJob = {
  name,
  everyMs: 600_000,
  queue: 'acts',
  run: async (house) => {
    await house.runInTx({ actor: system(name) }, passTimeOnApprovals);
  },
};
