import { selfBillStatement } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-self-billed-statement-confirmed';

/**
 * Makes the month's invoice once its statement is confirmed, where both agreed that we make it; again when finance rejected
 * one. Idempotent: what is invoiced is not confirmed any more.
 */
export const job: EventJob = {
  name,
  on: ['statement.confirmed', 'statement.released'],
  queue: 'acts',
  run: async (house, event) => {
    await house.runInTx({ actor: system(name) }, (ctx) => selfBillStatement(ctx, event.subjectId));
  },
};
