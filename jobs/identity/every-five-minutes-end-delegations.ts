import { noteRunOutDelegations } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'identity/every-five-minutes-end-delegations';

/**
 * Notes delegations that have run out, or lost one of their people, and so tells both. They stopped holding at that
 * instant without it. Idempotent: one that is noted is not taken again.
 */
export const job: ScheduledJob = {
  name,
  everyMs: 5 * 60_000,
  queue: 'acts',
  run: (house) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      await noteRunOutDelegations(ctx);
    }),
};
