import type { EventJob, ScheduledJob } from '../src/platform/queue/job.ts';

/** Everything that happens without a click, after an act. */
export const eventJobs: readonly EventJob[] = [];

/** Everything that happens by the clock. */
export const scheduledJobs: readonly ScheduledJob[] = [];
