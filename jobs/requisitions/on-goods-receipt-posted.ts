import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { findReceivedSources } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { markReceived } from '../../src/requisitions/index.ts';

const name = 'requisitions/on-goods-receipt-posted';

/** Notes on requisitions what has come of them. Idempotent: what is received stays received. */
export const job: EventJob = {
  name,
  on: ['goods_receipt.posted'],
  queue: 'acts',
  run: (house, posted) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const orderId = posted.changes['orderId'];
      await markReceived(ctx, await findReceivedSources(ctx, found('order', String(orderId))));
    }),
};
