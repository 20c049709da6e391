import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';
import { completeNextDueRecovery } from '../../src/suppliers/index.ts';

const name = 'suppliers/every-minute-complete-due-recoveries';

/** Carries out approved recoveries whose time for objections is over, each in a transaction of its own. Idempotent: a completed one is no longer due. */
export const job: ScheduledJob = {
  name,
  everyMs: 60_000,
  queue: 'acts',
  run: async (house) => {
    while (await house.runInTx({ actor: system(name) }, completeNextDueRecovery));
  },
};
