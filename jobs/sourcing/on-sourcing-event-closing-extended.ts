import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellInvited } from './tell-invited.ts';

/** Tells everybody who was invited that there is more time. */
export const job: EventJob = tellInvited({
  name: 'sourcing/on-sourcing-event-closing-extended',
  on: 'sourcing_event.closing-extended',
  template: 'event-amended',
});
