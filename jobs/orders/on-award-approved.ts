import { system } from '../../src/kernel/actor.ts';
import { issueOrdersForAward } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'orders/on-award-approved';

/** Issues one order a winner, after the standstill where there is one. Idempotent: who has its order is passed over. */
export const job: EventJob = {
  name,
  on: ['award.approved', 'award.finalised'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      await issueOrdersForAward(ctx, event.subjectId);
    }),
};
