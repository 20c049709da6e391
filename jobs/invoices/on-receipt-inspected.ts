import { resumeInspected } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-receipt-inspected';

/** Lets invoices go on that waited for an inspection. Idempotent: one that does not wait stays as it is. */
export const job: EventJob = {
  name,
  on: ['goods_receipt.inspection-accepted', 'goods_receipt.inspection-rejected'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) => resumeInspected(ctx, event.subjectId)),
};
