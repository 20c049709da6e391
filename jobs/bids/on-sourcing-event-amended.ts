import { settleBids } from '../../src/bids/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'bids/on-sourcing-event-amended';

/** Gives the bids that an amendment touches back to their suppliers. Idempotent: it is settled once. */
export const job: EventJob = {
  name,
  on: ['sourcing_event.amended'],
  queue: 'acts',
  run: (house, done) =>
    house.runInTx({ actor: system(name) }, (ctx) => settleBids(ctx, String(done.changes['amendmentId']))),
};
