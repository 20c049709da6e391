import { getInvoiceFacts } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { findReceivedSources } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { markReceived } from '../../src/requisitions/index.ts';

const name = 'requisitions/on-invoice-approved';

/**
 * Notes on requisitions what has come of them where nothing is received but by being invoiced: once that is approved, and not
 * before, because what is received stays received. Idempotent for the same reason.
 */
export const job: EventJob = {
  name,
  on: ['invoice.approved'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { invoice } = await getInvoiceFacts(ctx, event.subjectId);
      if (invoice.isByOrder) await markReceived(ctx, await findReceivedSources(ctx, invoice.orderId));
    }),
};
