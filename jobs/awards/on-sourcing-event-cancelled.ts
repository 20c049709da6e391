import { cancelProposal } from '../../src/awards/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'awards/on-sourcing-event-cancelled';

/** What was proposed ends with its event, and nobody is asked to approve it any more. Done twice, it gives the same. */
export const job: EventJob = {
  name,
  on: ['sourcing_event.cancelled'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) => cancelProposal(ctx, event.subjectId)),
};
