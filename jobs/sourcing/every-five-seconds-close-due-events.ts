import { submitAtClosing } from '../../src/bids/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';
import { closeDueEvents } from '../../src/sourcing/index.ts';

const name = 'sourcing/every-five-seconds-close-due-events';

/**
 * Closes events at their closing time; with it, and before anybody can open, submits the drafts whose suppliers
 * have chosen so. Idempotent: a closed event is due no more.
 */
export const job: ScheduledJob = {
  name,
  everyMs: 5000,
  queue: 'acts',
  run: async (house) => {
    await house.runInTx({ actor: system(name) }, (ctx) => closeDueEvents(ctx, submitAtClosing));
  },
};
