import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellInvited } from './tell-invited.ts';

/** Tells everybody who was invited that the event was cancelled. */
export const job: EventJob = tellInvited({
  name: 'sourcing/on-sourcing-event-cancelled',
  on: 'sourcing_event.cancelled',
  template: 'event-cancelled',
});
