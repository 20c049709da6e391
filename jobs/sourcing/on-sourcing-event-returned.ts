import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellOwner } from './tell-owner.ts';

/** Tells the owner that the event was returned. */
export const job: EventJob = tellOwner({
  name: 'sourcing/on-sourcing-event-returned',
  on: 'sourcing_event.returned',
  template: 'event-returned',
});
