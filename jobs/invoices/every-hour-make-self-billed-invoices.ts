import {
  acceptNextUnanswered,
  endNextSelfBilling,
  makeNextSelfBilled,
  stateNextMonth,
} from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/every-hour-make-self-billed-invoices';

/**
 * Makes the invoices of receipts that became ours to invoice after they were posted, states the month that is over, lets silence accept where the house's
 * rule says so, and ends agreements that are over; each in a transaction of its own. Idempotent: what was done is not found.
 */
export const job: ScheduledJob = {
  name,
  everyMs: 3_600_000,
  queue: 'acts',
  run: async (house) => {
    const who = { actor: system(name) };
    for (const next of [makeNextSelfBilled, stateNextMonth, acceptNextUnanswered]) {
      const tried: string[] = [];
      for (;;) {
        const done = await house.runInTx(who, (ctx) => next(ctx, tried));
        if (done === null) break;
        tried.push(done);
      }
    }
    while (await house.runInTx(who, endNextSelfBilling));
  },
};
