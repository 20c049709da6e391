import { system } from '../../src/kernel/actor.ts';
import { cancelUnsentOrders, giveUpAgreements } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'orders/on-award-withdrawn';

/**
 * Cancels the orders of what was withdrawn, as far as they were not sent, and ends the agreements that were not signed.
 * Idempotent: what is cancelled or ended stays so.
 */
export const job: EventJob = {
  name,
  on: ['award.withdrawn'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      await cancelUnsentOrders(ctx, event.subjectId);
      await giveUpAgreements(ctx, event.subjectId);
    }),
};
