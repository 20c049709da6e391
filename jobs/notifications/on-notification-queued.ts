import { deliverNotification } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

/** Mails a notification. Idempotent: one that is sent is passed over, and a second try has the same message id. */
export const job: EventJob = {
  name: 'notifications/on-notification-queued',
  on: ['notification.queued'],
  queue: 'mail',
  run: (house, event) => deliverNotification(house, event.subjectId),
};
