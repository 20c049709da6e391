import { z } from 'zod';
import { makeAgreementDocuments } from '../../src/agreements/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'agreements/on-agreement-offered';
const about = z.object({ version: z.int().positive() });

/** Makes the documents of what is offered, and of what both have signed. Idempotent: a document is made once. */
export const job: EventJob = {
  name,
  on: ['agreement.offered', 'agreement.in-force'],
  queue: 'documents',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) =>
      makeAgreementDocuments(ctx, {
        agreementId: event.subjectId,
        version: about.parse(event.changes).version,
        catalogue: house.catalogue,
      }),
    ),
};
