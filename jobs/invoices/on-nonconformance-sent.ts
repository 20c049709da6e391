import { findNonconformance } from '../../src/deliveries/index.ts';
import { sendDebitNote } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { findOrder } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-nonconformance-sent';

/** Sends the supplier our debit note where a nonconformance claims money. Idempotent: one nonconformance has one. */
export const job: EventJob = {
  name,
  on: ['nonconformance.sent'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const ncr = found('nonconformance', await findNonconformance(ctx, event.subjectId));
      if (ncr.claim !== 'debit' || ncr.claimAmount === null) return;
      const order = found('purchase_order', await findOrder(ctx, ncr.orderId));
      await sendDebitNote(ctx, {
        nonconformanceId: ncr.id,
        supplierId: ncr.supplierId,
        orderId: ncr.orderId,
        currency: order.currency,
        amount: ncr.claimAmount,
        reason: ncr.defect,
        claimedBy: ncr.openedBy,
      });
    }),
};
