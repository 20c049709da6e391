import { job as onNotificationQueued } from './notifications/on-notification-queued.ts';
import type { EventJob, ScheduledJob } from '../src/platform/queue/job.ts';

/** Everything that happens without a click, after an act. */
export const eventJobs: readonly EventJob[] = [onNotificationQueued];

/** Everything that happens by the clock. */
export const scheduledJobs: readonly ScheduledJob[] = [];
