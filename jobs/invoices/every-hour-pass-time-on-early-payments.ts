import { passTimeOnEarlyPayment } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/every-hour-pass-time-on-early-payments';

/**
 * Ends proposals that nobody answered and discounts that were not paid for by their day, each in a transaction of its own.
 * Idempotent: what ended is not due.
 */
export const job: ScheduledJob = {
  name,
  everyMs: 3_600_000,
  queue: 'acts',
  run: async (house) => {
    while (await house.runInTx({ actor: system(name) }, passTimeOnEarlyPayment));
  },
};
