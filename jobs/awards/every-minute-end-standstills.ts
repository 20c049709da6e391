import { endStandstills } from '../../src/awards/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'awards/every-minute-end-standstills';

/** Makes awards final whose standstill is over; what somebody objects to waits for a decision. */
export const job: ScheduledJob = {
  name,
  everyMs: 60_000,
  queue: 'acts',
  run: async (house) => {
    await house.runInTx({ actor: system(name) }, endStandstills);
  },
};
