import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellReceivingSide } from './tell-receiving-side.ts';

const name = 'deliveries/on-despatch-advice-cancelled';
const cancelled = z.object({ reason: z.string() });

/** Tells the buyer and the receivers what does not come. Idempotent: `notify` tells nobody twice about one event. */
export const job: EventJob = {
  name,
  on: ['despatch_advice.cancelled'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) =>
      tellReceivingSide(ctx, {
        event,
        template: 'delivery-cancelled',
        facts: [{ label: 'deliveries.mail.reason', value: cancelled.parse(event.changes).reason }],
      }),
    ),
};
