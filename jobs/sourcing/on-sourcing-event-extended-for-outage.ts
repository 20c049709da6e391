import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellInvited } from './tell-invited.ts';

/** Tells everybody who was invited that there is more time, and what was measured. */
export const job: EventJob = tellInvited({
  name: 'sourcing/on-sourcing-event-extended-for-outage',
  on: 'sourcing_event.extended-for-outage',
  template: 'event-outage',
  instants: ['outageStartedAt', 'outageEndedAt'],
});
