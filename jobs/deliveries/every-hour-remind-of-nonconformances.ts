import { remindOfNonconformances } from '../../src/deliveries/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'deliveries/every-hour-remind-of-nonconformances';
const AT_ONCE = 100;

/** Reminds whoever is late with a nonconformance, once a step; time ends none. Idempotent: who was reminded is noted. */
export const job: ScheduledJob = {
  name,
  everyMs: 3_600_000,
  queue: 'acts',
  run: async (house) => {
    while (
      (await house.runInTx({ actor: system(name) }, (ctx) => remindOfNonconformances(ctx, AT_ONCE))) ===
      AT_ONCE
    );
  },
};
