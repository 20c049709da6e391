import { system } from '../../src/kernel/actor.ts';
import { passTimeOnAnswers } from '../../src/orders/index.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'orders/every-ten-minutes-pass-time-on-answers';

/** Reminds whose answer is due, then takes it to the buyer. Never answers for anybody. */
export const job: ScheduledJob = {
  name,
  everyMs: 600_000,
  queue: 'acts',
  run: async (house) => {
    await house.runInTx({ actor: system(name) }, passTimeOnAnswers);
  },
};
