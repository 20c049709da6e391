import { releaseDueRetentions } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/every-hour-release-retentions';
const AT_ONCE = 100;

/** Releases what was held back once its date has come; the next payment run can pay it. Idempotent: what is released is not again. */
export const job: ScheduledJob = {
  name,
  everyMs: 3_600_000,
  queue: 'acts',
  run: async (house) => {
    while (
      (await house.runInTx({ actor: system(name) }, (ctx) => releaseDueRetentions(ctx, AT_ONCE))) === AT_ONCE
    );
  },
};
