import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellOwner } from './tell-owner.ts';

/** Tells the owner that the event was approved. */
export const job: EventJob = tellOwner({
  name: 'sourcing/on-sourcing-event-approved',
  on: 'sourcing_event.approved',
  template: 'event-approved',
});
