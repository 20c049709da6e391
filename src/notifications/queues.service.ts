import { recordAll } from '../audit/index.ts';
import { conflict, found } from '../kernel/errors.ts';
import { isId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type QueueName, queueNames } from '../platform/queue/job.ts';
import type { QueuedJob, Queues } from '../platform/queue/queues.ts';

/** As many as one press of the button sets going again; who has more presses again. */
const RETRY_AT_ONCE = 500;

/**
 * Lets a job that failed for good run again, with all its tries.
 * @throws AppError `job.not-found`, `job.not-failed` when it runs or waits again already
 */
export async function retryJob(
  ctx: Ctx,
  queues: Queues,
  of: { queue: string; jobId: string },
): Promise<void> {
  const queue = queues.of(
    found(
      'job',
      queueNames.find((name) => name === of.queue),
    ),
  );
  const job = found('job', await queue.getJob(of.jobId));
  if ((await queue.getJobState(of.jobId)) !== 'failed')
    throw conflict('job.not-failed', 'The job is already waiting or running again');
  await retry(ctx, [{ queue: of.queue, job }]);
}

/** Lets the failed jobs of all queues run again, at most 500 of each. */
export async function retryAllJobs(ctx: Ctx, queues: Queues): Promise<void> {
  const failed = await Promise.all(
    queueNames.map(async (name: QueueName) =>
      (await queues.of(name).getFailed(0, RETRY_AT_ONCE - 1)).map((job) => ({ queue: name, job })),
    ),
  );
  await retry(ctx, failed.flat());
}

/** Recorded first: were the queue's part to fail, the record would go with the transaction. */
async function retry(ctx: Ctx, failed: readonly { queue: string; job: QueuedJob }[]): Promise<void> {
  await recordAll(
    ctx,
    failed
      .filter(({ job }) => isId(job.data.eventId))
      .map(({ queue, job }) => ({
        action: 'job.retried',
        subject: { type: 'event', id: String(job.data.eventId) },
        changes: { queue, job: job.name },
      })),
  );
  await Promise.all(failed.map(({ job }) => job.retry('failed', { resetAttemptsMade: true })));
}
