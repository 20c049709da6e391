import { landOpenedBids } from '../../src/awards/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

/** Fixes the rates of an opened event and works out what its bids cost us delivered. Done twice, it gives the same. */
export const job: EventJob = {
  name: 'awards/on-sourcing-event-opened',
  on: ['sourcing_event.opened'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system('awards/on-sourcing-event-opened') }, (ctx) =>
      landOpenedBids(ctx, event.subjectId),
    ),
};
