import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import { applyAgreed } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'orders/on-change-order-accepted';
const accepted = z.object({ changeId: z.uuid() });

/** Makes the version that a supplier agreed to. Idempotent: a change is applied once. */
export const job: EventJob = {
  name,
  on: ['purchase_order.change-accepted'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) =>
      applyAgreed(ctx, { orderId: event.subjectId, changeIds: [accepted.parse(event.changes).changeId] }),
    ),
};
