import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellOwner } from './tell-owner.ts';

/** Tells the owner that the event was closed. */
export const job: EventJob = tellOwner({
  name: 'sourcing/on-sourcing-event-closed',
  on: 'sourcing_event.closed',
  template: 'event-closed',
});
