import { matchInvoice } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-invoice-corrected';

/** Matches the corrected figures. Idempotent: a matched invoice is not matched again. */
export const job: EventJob = {
  name,
  on: ['invoice.corrected'],
  queue: 'acts',
  run: (house, event) => house.runInTx({ actor: system(name) }, (ctx) => matchInvoice(ctx, event.subjectId)),
};
