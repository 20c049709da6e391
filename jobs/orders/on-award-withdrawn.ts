import { system } from '../../src/kernel/actor.ts';
import { cancelUnsentOrders } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'orders/on-award-withdrawn';

/** Cancels the orders of what was withdrawn, as far as they were not sent. Idempotent: what is cancelled stays so. */
export const job: EventJob = {
  name,
  on: ['award.withdrawn'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) => cancelUnsentOrders(ctx, event.subjectId)),
};
