import { makeSelfBilled } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-goods-receipt-posted';

/** Makes the invoice of a receipt for its supplier, where both agreed to that. Idempotent: a receipt is invoiced once. */
export const job: EventJob = {
  name,
  on: ['goods_receipt.posted'],
  queue: 'acts',
  run: async (house, event) => {
    await house.runInTx({ actor: system(name) }, (ctx) => makeSelfBilled(ctx, event.subjectId));
  },
};
