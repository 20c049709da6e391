import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellInvited } from './tell-invited.ts';

/** Tells everybody who was invited what was amended, why, and until when bids are taken now. */
export const job: EventJob = tellInvited({
  name: 'sourcing/on-sourcing-event-amended',
  on: 'sourcing_event.amended',
  template: 'event-changed',
  values: ['number'],
});
