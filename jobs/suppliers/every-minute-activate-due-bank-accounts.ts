import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';
import { activateNextDue } from '../../src/suppliers/index.ts';

const name = 'suppliers/every-minute-activate-due-bank-accounts';

/** Takes approved bank accounts into use when the time to object is over, each in a transaction of its own. Idempotent: one in use is no longer due. */
export const job: ScheduledJob = {
  name,
  everyMs: 60_000,
  queue: 'acts',
  run: async (house) => {
    while (await house.runInTx({ actor: system(name) }, activateNextDue));
  },
};
