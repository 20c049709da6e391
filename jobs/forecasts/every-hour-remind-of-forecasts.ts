import { remindOfForecasts } from '../../src/forecasts/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'forecasts/every-hour-remind-of-forecasts';
const AT_ONCE = 100;

/** Reminds suppliers of forecasts that wait for their commit, then tells the planner. Idempotent: who was minded is noted. */
export const job: ScheduledJob = {
  name,
  everyMs: 3_600_000,
  queue: 'acts',
  run: async (house) => {
    while (
      (await house.runInTx({ actor: system(name) }, (ctx) => remindOfForecasts(ctx, AT_ONCE))) === AT_ONCE
    );
  },
};
