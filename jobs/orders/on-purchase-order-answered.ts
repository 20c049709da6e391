import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import { applyAgreed } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'orders/on-purchase-order-answered';
const answered = z.object({ tolerated: z.array(z.uuid()) });

/** Takes into the order what lies within the house's tolerances. Idempotent: a change is applied once. */
export const job: EventJob = {
  name,
  on: ['purchase_order.answered'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) =>
      applyAgreed(ctx, { orderId: event.subjectId, changeIds: answered.parse(event.changes).tolerated }),
    ),
};
