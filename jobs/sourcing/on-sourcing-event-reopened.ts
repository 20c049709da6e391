import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellInvited } from './tell-invited.ts';

/** Tells everybody who was invited that bids are taken again, and until when. */
export const job: EventJob = tellInvited({
  name: 'sourcing/on-sourcing-event-reopened',
  on: 'sourcing_event.reopened',
  template: 'event-reopened',
});
