import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { makeExport } from '../../src/reports/index.ts';

const name = 'reports/on-report-export-requested';

/** Makes the file. Idempotent: an export that is done stays as it is. */
export const job: EventJob = {
  name,
  on: ['report_export.requested'],
  queue: 'exports',
  run: (house, event) =>
    makeExport(house.runInTx, {
      exportId: event.subjectId,
      actor: system(name),
      catalogue: house.catalogue,
    }),
};
