import { closePaidOrder } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-purchase-order-closed-short';

/** An order whose invoices are all paid closes once its rest is given up. Idempotent: a closed one stays closed. */
export const job: EventJob = {
  name,
  on: ['purchase_order.closed-short'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) => closePaidOrder(ctx, event.subjectId)),
};
