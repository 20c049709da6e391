import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellInvited } from './tell-invited.ts';

/** Tells everybody who was invited that no bids are taken for a while. */
export const job: EventJob = tellInvited({
  name: 'sourcing/on-sourcing-event-paused',
  on: 'sourcing_event.paused',
  template: 'event-paused',
});
