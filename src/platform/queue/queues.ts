import {
  createPostgresBackend,
  createRedisBackend,
  type Job,
  type JobsOptions,
  type PostgresConnectionOptions,
  runMigrations,
  withBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type QueueName, queueNames } from './job.ts';

/** What stands in a queue: never more than ids. */
export type JobPayload = { readonly eventId?: string };
export type QueuedJob = Pick<
  Job<JobPayload>,
  'id' | 'name' | 'data' | 'attemptsMade' | 'failedReason' | 'finishedOn' | 'timestamp' | 'opts'
> & { retry(state: 'failed', options: { resetAttemptsMade: boolean }): Promise<void> };

export type QueueCounts = {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  readonly completed: number;
};

/** The part of BullMQ's queue that we use; the same on PostgreSQL and on Redis. */
export type WorkQueue = {
  addBulk(jobs: { name: string; data: JobPayload; opts: JobsOptions }[]): Promise<unknown>;
  upsertJobScheduler(
    id: string,
    every: { every: number },
    template: { name: string; data: JobPayload; opts: JobsOptions },
  ): Promise<unknown>;
  getJobSchedulers(): Promise<{ key: string; next?: number }[]>;
  removeJobScheduler(id: string): Promise<boolean>;
  getJobCounts(
    ...states: ('waiting' | 'active' | 'delayed' | 'failed' | 'completed' | 'prioritized')[]
  ): Promise<Record<string, number>>;
  getFailed(start: number, end: number): Promise<QueuedJob[]>;
  getJob(id: string): Promise<QueuedJob | undefined>;
  getJobState(id: string): Promise<string>;
};

export type WorkerTuning = {
  readonly concurrency: number;
  /** How long a job of a process that died stays taken, and how often that is looked for. */
  readonly lockMs: number;
  readonly lookForLostMs: number;
};
export type QueueWorker = {
  /** Takes no new job and resolves when those under way are finished. */
  close(): Promise<void>;
};

/** The queues of this process, on PostgreSQL or on Redis. */
export type Queues = {
  readonly kind: 'postgresql' | 'redis';
  of(name: QueueName): WorkQueue;
  work(name: QueueName, run: (job: QueuedJob) => Promise<void>, tuning: WorkerTuning): Promise<QueueWorker>;
  /** Close the workers first. */
  close(): Promise<void>;
};

export type QueueSettings = {
  /** Where the queues live when no Redis is given: in the schema `bullmq` of this database. */
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  /** Connections come and go; what is heard of it goes to the log. */
  readonly onError: (error: Error) => void;
  /** Sets several installations on one Redis apart. */
  readonly redisPrefix?: string;
};

/**
 * A handler's job for one event. The id is the same however often it is added, so adding twice adds once while
 * the job is there; done jobs go, failed ones stay until a person has looked at them.
 */
export const toQueue = (jobName: string, eventId: string) => ({
  name: jobName,
  data: { eventId },
  opts: {
    jobId: `${eventId}/${jobName}`,
    attempts: 8,
    backoff: { type: 'exponential', delay: 5_000, jitter: 0.2 },
    removeOnComplete: true,
    removeOnFail: false,
  },
});

/** Opens the queues; on PostgreSQL their tables are made or brought up to date first. */
export const openQueues = (settings: QueueSettings): Promise<Queues> =>
  settings.redisUrl === null ? openOnPostgres(settings) : openOnRedis(settings, settings.redisUrl);

async function openOnPostgres({ databaseUrl, onError }: QueueSettings): Promise<Queues> {
  // One pool for all: each worker keeps one connection for LISTEN, the rest is shared.
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    options: '-c search_path=bullmq -c statement_timeout=60s -c lock_timeout=10s',
    application_name: 'portico-queues',
    max: 16,
    keepAlive: true,
    idleTimeoutMillis: 30_000,
  });
  pool.setMaxListeners(0);
  pool.on('error', onError);
  // A connection that dies while it is lent out speaks for itself, and unheard it would end the process.
  pool.on('connect', (client) => client.setMaxListeners(0).on('error', onError));
  await makeTables(pool);
  const bull = withBackend(createPostgresBackend);
  // BullMQ describes the pool in types of its own, which pg's overloads do not fit.
  const connection = pool as unknown as PostgresConnectionOptions;
  return assemble({
    kind: 'postgresql',
    onError,
    makeQueue: (name) => new bull.Queue<JobPayload>(name, { connection }),
    makeWorker: (name, run, options) =>
      new bull.Worker<JobPayload, void>(name, run, { connection, ...options }),
    end: () => pool.end(),
  });
}

/** BullMQ makes its tables itself, one process at a time, and refuses tables newer than it knows. */
async function makeTables(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, 'bullmq');
  } finally {
    client.release();
  }
}

async function openOnRedis({ redisPrefix, onError }: QueueSettings, redisUrl: string): Promise<Queues> {
  // Who adds must hear soon that Redis is away; who waits for work waits for as long as it takes.
  const forAdding = new Redis(redisUrl, { maxRetriesPerRequest: 2 });
  const forWorking = new Redis(redisUrl, { maxRetriesPerRequest: null });
  for (const connection of [forAdding, forWorking]) connection.on('error', onError);
  const prefix = redisPrefix ?? 'portico';
  const bull = withBackend(createRedisBackend);
  return assemble({
    kind: 'redis',
    onError,
    makeQueue: (name) => new bull.Queue<JobPayload>(name, { connection: forAdding, prefix }),
    makeWorker: (name, run, options) =>
      new bull.Worker<JobPayload, void>(name, run, { connection: forWorking, prefix, ...options }),
    async end() {
      forAdding.disconnect();
      forWorking.disconnect();
    },
  });
}

type RunJob = (job: QueuedJob) => Promise<void>;
type OnePart = WorkQueue & {
  on(event: 'error', heard: (error: Error) => void): unknown;
  close(): Promise<void>;
};
type OneWorker = QueueWorker & {
  on(event: 'error', heard: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
};

/** What both kinds have in common: a queue for each name, and somebody who hears its errors. */
function assemble(parts: {
  kind: Queues['kind'];
  onError: (error: Error) => void;
  makeQueue(name: QueueName): OnePart;
  makeWorker(name: QueueName, run: RunJob, options: ReturnType<typeof workerOptions>): OneWorker;
  end(): Promise<void>;
}): Queues {
  const queues = new Map(queueNames.map((name) => [name, parts.makeQueue(name)] as const));
  for (const queue of queues.values()) queue.on('error', parts.onError);
  return {
    kind: parts.kind,
    of: (name) => queues.get(name) as WorkQueue,
    async work(name, run, tuning) {
      const worker = parts.makeWorker(name, run, workerOptions(tuning));
      worker.on('error', parts.onError);
      await worker.waitUntilReady();
      return worker;
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      await parts.end();
    },
  };
}

const workerOptions = (tuning: WorkerTuning) => ({
  concurrency: tuning.concurrency,
  lockDuration: tuning.lockMs,
  stalledInterval: tuning.lookForLostMs,
  // A process may be killed more than once while it does the same job; the tenth time it is the job's doing.
  maxStalledCount: 10,
});
