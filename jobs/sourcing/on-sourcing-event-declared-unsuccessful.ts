import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellInvited } from './tell-invited.ts';

/** Tells everybody who was invited that the event ended without an award. */
export const job: EventJob = tellInvited({
  name: 'sourcing/on-sourcing-event-declared-unsuccessful',
  on: 'sourcing_event.declared-unsuccessful',
  template: 'event-unsuccessful',
});
