import { UnrecoverableError } from 'bullmq';
import type { Tx } from '../db/context.ts';
import type { Database } from '../db/database.ts';
import { saveHeartbeat } from './heartbeat.store.ts';
import { type EventJob, type JobHouse, type QueueName, queueNames, type ScheduledJob } from './job.ts';
import type { QueuedJob, Queues, QueueWorker, WorkerTuning } from './queues.ts';
import { findEventRows } from './relay.store.ts';

/** How many jobs of a queue one process does at a time: what mostly waits may be many, what computes few. */
const CONCURRENCY: Readonly<Record<QueueName, number>> = { acts: 4, mail: 4, documents: 2, exports: 1 };
const LOCK_MS = 30_000;

export type JobWorker = {
  /** Takes no new job and resolves when those under way are finished. */
  close(): Promise<void>;
};
export type WorkerDeps = {
  readonly db: Database;
  readonly queues: Queues;
  readonly house: JobHouse;
  readonly eventJobs: readonly EventJob[];
  readonly scheduledJobs: readonly ScheduledJob[];
  /** Hears each failed try; the job itself is tried again, or waits for a person. */
  readonly onJobFailed: (failure: { job: string; id: string; attempt: number; error: unknown }) => void;
  /** Tests find lost jobs sooner than in half a minute. */
  readonly timing?: Pick<WorkerTuning, 'lockMs' | 'lookForLostMs'>;
};

/** Starts working on all queues, and the clock of the scheduled jobs. */
export async function startWorker(deps: WorkerDeps): Promise<JobWorker> {
  await keepSchedule(deps.queues, deps.scheduledJobs);
  const timing = deps.timing ?? { lockMs: LOCK_MS, lookForLostMs: LOCK_MS };
  const workers: QueueWorker[] = await Promise.all(
    queueNames.map((name) =>
      deps.queues.work(name, (job) => runQueued(deps, job), { concurrency: CONCURRENCY[name], ...timing }),
    ),
  );
  return {
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

/** Makes the schedulers those of this release: new ones added, changed ones changed, dropped ones removed. */
async function keepSchedule(queues: Queues, scheduledJobs: readonly ScheduledJob[]): Promise<void> {
  for (const name of queueNames) {
    const queue = queues.of(name);
    const wanted = scheduledJobs.filter((job) => job.queue === name);
    const names = new Set(wanted.map((job) => job.name));
    for (const { key } of await queue.getJobSchedulers())
      if (!names.has(key)) await queue.removeJobScheduler(key);
    for (const job of wanted)
      await queue.upsertJobScheduler(
        job.name,
        { every: job.everyMs },
        // A run that fails is not tried again: the next one is as good. Its heartbeat says what happened.
        { name: job.name, data: {}, opts: { attempts: 1, removeOnComplete: true, removeOnFail: true } },
      );
  }
}

async function runQueued(deps: WorkerDeps, queued: QueuedJob): Promise<void> {
  try {
    const scheduled = deps.scheduledJobs.find((job) => job.name === queued.name);
    if (scheduled !== undefined) await runScheduled(deps.db, deps.house, scheduled);
    else await runForEvent(deps, queued);
  } catch (error) {
    deps.onJobFailed({ job: queued.name, id: queued.id ?? '', attempt: queued.attemptsMade + 1, error });
    throw error;
  }
}

async function runForEvent(deps: WorkerDeps, queued: QueuedJob): Promise<void> {
  const job = deps.eventJobs.find((one) => one.name === queued.name);
  // A name this release does not know waits for a person at once: trying again would not help.
  if (job === undefined) throw new UnrecoverableError(`No job is called ${queued.name}`);
  const { eventId } = queued.data;
  const [event] = eventId === undefined ? [] : await findEventRows(deps.db, [eventId]);
  if (event === undefined) throw new UnrecoverableError(`No event ${eventId}`);
  await job.run(deps.house, event);
}

/**
 * Runs a scheduled job now and notes its heartbeat; does nothing while another process runs the same one.
 * Whatever the job throws is thrown on.
 */
export async function runScheduled(db: Database, house: JobHouse, job: ScheduledJob): Promise<void> {
  const failures: unknown[] = [];
  // The heartbeat goes with the lock: as many jobs as the pool has connections would wait for one more for ever.
  await whileNobodyElseRuns(db, job.name, async (tx) => {
    try {
      await job.run(house);
    } catch (error) {
      failures.push(error);
    }
    await saveHeartbeat(tx, job.name, failures.map(messageOf)[0] ?? null);
  });
  if (failures.length > 0) throw failures[0];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The lock lives in a transaction of its own, so that it goes with the process that held it. */
const whileNobodyElseRuns = (db: Database, name: string, work: (tx: Tx) => Promise<void>): Promise<void> =>
  db.transaction(async (tx) => {
    const { rows } = await tx.raw<{ rows: { taken: boolean }[] }>(
      `SELECT set_config('idle_in_transaction_session_timeout', '0', true),
              pg_try_advisory_xact_lock(hashtext('portico.scheduled'), hashtext(?)) AS taken`,
      [name],
    );
    if (rows[0]?.taken === true) await work(tx);
  });
