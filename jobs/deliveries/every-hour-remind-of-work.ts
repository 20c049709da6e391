import { remindOfWork } from '../../src/deliveries/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'deliveries/every-hour-remind-of-work';
const AT_ONCE = 100;

/** Reminds whoever has stated work to answer, once; silence accepts none. Idempotent: who was reminded is noted. */
export const job: ScheduledJob = {
  name,
  everyMs: 3_600_000,
  queue: 'acts',
  run: async (house) => {
    while ((await house.runInTx({ actor: system(name) }, (ctx) => remindOfWork(ctx, AT_ONCE))) === AT_ONCE);
  },
};
