import { remindOfDebitNotes } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/every-hour-remind-of-debit-notes';
const AT_ONCE = 100;

/**
 * Reminds suppliers of debit notes that they left without an answer, and then tells our side; time accepts none.
 * Idempotent: how often somebody was reminded is noted.
 */
export const job: ScheduledJob = {
  name,
  everyMs: 3_600_000,
  queue: 'acts',
  run: async (house) => {
    while (
      (await house.runInTx({ actor: system(name) }, (ctx) => remindOfDebitNotes(ctx, AT_ONCE))) === AT_ONCE
    );
  },
};
