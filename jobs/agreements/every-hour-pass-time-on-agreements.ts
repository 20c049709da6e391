import { passTimeOnNextAgreement } from '../../src/agreements/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'agreements/every-hour-pass-time-on-agreements';

/** Reminds of renewals and ends what is over, each in a transaction of its own. Idempotent: what was done is not due. */
export const job: ScheduledJob = {
  name,
  everyMs: 3_600_000,
  queue: 'acts',
  run: async (house) => {
    while (await house.runInTx({ actor: system(name) }, passTimeOnNextAgreement));
  },
};
