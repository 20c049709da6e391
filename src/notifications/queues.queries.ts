import type { Ctx } from '../platform/db/context.ts';
import { named } from '../platform/db/statements.ts';
import { findHeartbeats } from '../platform/queue/heartbeat.store.ts';
import { type QueueName, queueNames, type ScheduledJob } from '../platform/queue/job.ts';
import type { QueueCounts, QueuedJob, Queues } from '../platform/queue/queues.ts';
import { relayLag } from '../platform/queue/relay.store.ts';

const FAILED_SHOWN = 50;
/** A scheduled job is late when it has missed this many runs. */
const MISSED_RUNS = 3;

export type FailedJob = {
  readonly queue: QueueName;
  readonly id: string;
  readonly name: string;
  readonly error: string;
  readonly attempts: number;
  readonly failedAt: Date | null;
  /** The act it was for; null when the row is not to be found. */
  readonly event: { readonly action: string; readonly subjectType: string; readonly at: Date } | null;
};
export type ScheduledRow = {
  readonly name: string;
  readonly queue: QueueName;
  readonly everyMs: number;
  readonly lastRunAt: Date | null;
  readonly lastOkAt: Date | null;
  readonly lastError: string | null;
  readonly nextAt: Date | null;
  readonly state: 'waiting' | 'well' | 'failing' | 'late';
};
export type QueueOverview = {
  readonly kind: Queues['kind'];
  readonly queues: readonly (QueueCounts & { readonly name: QueueName })[];
  readonly failed: readonly FailedJob[];
  readonly lag: { readonly rowsBehind: number; readonly oldestAt: Date | null };
  readonly scheduled: readonly ScheduledRow[];
};

/** Everything an administrator looks at to know that the portal works when nobody clicks. */
export async function queueOverview(
  ctx: Ctx,
  queues: Queues,
  scheduledJobs: readonly ScheduledJob[],
): Promise<QueueOverview> {
  const [counts, failed, nextRuns] = await Promise.all([
    Promise.all(queueNames.map((name) => countsOf(queues, name))),
    Promise.all(queueNames.map((name) => failedOf(queues, name))),
    nextRunsOf(queues),
  ]);
  return {
    kind: queues.kind,
    queues: counts,
    failed: await withEvents(ctx, failed.flat().slice(0, FAILED_SHOWN)),
    lag: await relayLag(ctx.tx),
    scheduled: await scheduleOf(ctx, scheduledJobs, nextRuns),
  };
}

async function countsOf(queues: Queues, name: QueueName): Promise<QueueCounts & { name: QueueName }> {
  const counts = await queues
    .of(name)
    .getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed', 'completed');
  const of = (state: string): number => counts[state] ?? 0;
  return {
    name,
    waiting: of('waiting') + of('prioritized'),
    active: of('active'),
    delayed: of('delayed'),
    failed: of('failed'),
    completed: of('completed'),
  };
}

const failedOf = async (queues: Queues, queue: QueueName): Promise<{ queue: QueueName; job: QueuedJob }[]> =>
  (await queues.of(queue).getFailed(0, FAILED_SHOWN - 1)).map((job) => ({ queue, job }));

async function nextRunsOf(queues: Queues): Promise<ReadonlyMap<string, Date>> {
  const schedulers = await Promise.all(queueNames.map((name) => queues.of(name).getJobSchedulers()));
  return new Map(
    schedulers
      .flat()
      .flatMap(({ key, next }) => (next === undefined ? [] : [[key, new Date(next)] as const])),
  );
}

async function withEvents(
  ctx: Ctx,
  failed: readonly { queue: QueueName; job: QueuedJob }[],
): Promise<FailedJob[]> {
  const rows = await named<NonNullable<FailedJob['event']> & { id: string }>(ctx.tx, {
    name: 'queues.events',
    text: `
      SELECT event.id, event.action, event.subject_type AS "subjectType", event.at
        FROM event
       WHERE event.id = ANY ($1::uuid[])`,
    values: [failed.flatMap(({ job }) => job.data.eventId ?? [])],
  });
  const events = new Map(rows.map((row) => [row.id, row]));
  return failed.map(({ queue, job }) => ({
    queue,
    id: String(job.id),
    name: job.name,
    error: job.failedReason ?? '',
    attempts: job.attemptsMade,
    failedAt: job.finishedOn === undefined ? null : new Date(job.finishedOn),
    event: events.get(job.data.eventId ?? '') ?? null,
  }));
}

async function scheduleOf(
  ctx: Ctx,
  scheduledJobs: readonly ScheduledJob[],
  nextRuns: ReadonlyMap<string, Date>,
): Promise<ScheduledRow[]> {
  const beats = new Map((await findHeartbeats(ctx.tx)).map((beat) => [beat.name, beat]));
  return scheduledJobs.map((job) => {
    const beat = beats.get(job.name);
    const times = {
      lastRunAt: beat?.lastRunAt ?? null,
      lastOkAt: beat?.lastOkAt ?? null,
      lastError: beat?.lastError ?? null,
      nextAt: nextRuns.get(job.name) ?? null,
    };
    return {
      name: job.name,
      queue: job.queue,
      everyMs: job.everyMs,
      ...times,
      state: stateOf(job, times, ctx.now),
    };
  });
}

/** `late` says more than `failing`: nobody runs it at all. */
export function stateOf(
  job: Pick<ScheduledJob, 'everyMs'>,
  beat: { lastRunAt: Date | null; lastError: string | null },
  now: Date,
): ScheduledRow['state'] {
  if (beat.lastRunAt === null) return 'waiting';
  // A minute's grace, so that a job of every second is not called late during a restart.
  if (now.getTime() - beat.lastRunAt.getTime() > job.everyMs * MISSED_RUNS + 60_000) return 'late';
  return beat.lastError === null ? 'well' : 'failing';
}
