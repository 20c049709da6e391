import { keepSelfBilledDocument } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-self-billed-submitted';

/** Keeps the document of an invoice that we made, once its supplier has accepted it. Idempotent: one document a version. */
export const job: EventJob = {
  name,
  on: ['invoice.submitted', 'invoice.corrected'],
  queue: 'documents',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) =>
      keepSelfBilledDocument(ctx, { invoiceId: event.subjectId, catalogue: house.catalogue }),
    ),
};
