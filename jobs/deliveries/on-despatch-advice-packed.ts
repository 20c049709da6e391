import { z } from 'zod';
import { makePackingDocuments } from '../../src/deliveries/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'deliveries/on-despatch-advice-packed';
const packed = z.object({ packingNo: z.int().positive() });

/** Makes labels and packing list of a delivery. Idempotent: a packing has its papers once. */
export const job: EventJob = {
  name,
  on: ['despatch_advice.packed'],
  queue: 'documents',
  run: ({ runInTx, catalogue, origin }, event) =>
    runInTx({ actor: system(name) }, (ctx) =>
      makePackingDocuments(ctx, {
        despatchId: event.subjectId,
        packingNo: packed.parse(event.changes).packingNo,
        origin,
        catalogue,
      }),
    ),
};
