import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findRequest } from '../../src/reports/index.ts';

const name = 'reports/on-report-export-finished';
const finished = z.object({ rowCount: z.number() });

/** Tells whoever asked for it. Idempotent: `notify` tells nobody twice about one event. */
export const job: EventJob = {
  name,
  on: ['report_export.finished'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const one = await findRequest(ctx, event.subjectId);
      await notify(ctx, {
        eventId: event.id,
        userIds: [one.requestedBy],
        template: 'export-ready',
        params: { reference: one.reference, count: finished.parse(event.changes).rowCount },
        link: `/reports/exports/${one.id}`,
      });
    }),
};
