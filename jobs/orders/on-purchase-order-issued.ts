import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import { makeOrderDocument } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'orders/on-purchase-order-issued';
const issued = z.object({ version: z.int().positive() });

/** Makes the order's PDF. Idempotent: a version has one document. */
export const job: EventJob = {
  name,
  on: ['purchase_order.issued', 'purchase_order.version-issued'],
  queue: 'documents',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) =>
      makeOrderDocument(ctx, {
        orderId: event.subjectId,
        version: issued.parse(event.changes).version,
        catalogue: house.catalogue,
      }),
    ),
};
