import { remindMembers } from '../../src/awards/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'awards/every-hour-remind-committee';

/** Reminds members whose score sheet is due within a day. Idempotent: each is reminded once. */
export const job: ScheduledJob = {
  name,
  everyMs: 3_600_000,
  queue: 'acts',
  run: async (house) => {
    await house.runInTx({ actor: system(name) }, remindMembers);
  },
};
