import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { newId } from '../../../src/kernel/id.ts';
import { findHeartbeats } from '../../../src/platform/queue/heartbeat.store.ts';
import type { EventJob, ScheduledJob } from '../../../src/platform/queue/job.ts';
import { toQueue } from '../../../src/platform/queue/queues.ts';
import { type JobWorker, startWorker } from '../../../src/platform/queue/worker.ts';
import { emptyHouse, handler, insertEvent, openStage, type QueueStage, until } from './support.ts';

const kinds = process.env['TEST_REDIS_URL'] ? (['postgresql', 'redis'] as const) : (['postgresql'] as const);

for (const kind of kinds)
  describe(`working on queues (${kind})`, function () {
    this.timeout(30_000);
    let stage: QueueStage;
    let workers: JobWorker[];
    let heard: { job: string; attempt: number; error: unknown }[];

    beforeEach(async () => {
      stage = await openStage(kind);
      workers = [];
      heard = [];
    });
    afterEach(async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await stage.close();
    });

    const work = async (jobs: { eventJobs?: EventJob[]; scheduledJobs?: ScheduledJob[] }) => {
      const worker = await startWorker({
        db: stage.db,
        queues: stage.queues,
        house: emptyHouse,
        eventJobs: jobs.eventJobs ?? [],
        scheduledJobs: jobs.scheduledJobs ?? [],
        onJobFailed: (failure) => heard.push(failure),
        timing: { lockMs: 1_000, lookForLostMs: 500 },
      });
      workers.push(worker);
      return worker;
    };
    const counts = () =>
      stage.queues.of('acts').getJobCounts('waiting', 'active', 'delayed', 'failed', 'completed');
    const nothingLeft = async () => Object.values(await counts()).every((count) => count === 0);
    const quickly = (name: string, eventId: string, attempts = 3) => {
      const job = toQueue(name, eventId);
      return { ...job, opts: { ...job.opts, attempts, backoff: { type: 'exponential', delay: 20 } } };
    };

    it('runs a handler once for its event and forgets the job', async () => {
      const ran: string[] = [];
      await work({ eventJobs: [handler((id) => void ran.push(id))] });
      const eventId = await insertEvent(stage.db, 'test.happened');
      await stage.queues.of('acts').addBulk([toQueue('test/on-test-happened', eventId)]);
      await until(async () => ran.length > 0 && (await nothingLeft()));
      expect(ran).to.deep.equal([eventId]);
    });

    it('tries again after a failure, each time later', async () => {
      const triedAt: number[] = [];
      const failTwice = handler(() => {
        triedAt.push(performance.now());
        if (triedAt.length < 3) throw new Error('not yet');
      });
      await work({ eventJobs: [failTwice] });
      const eventId = await insertEvent(stage.db, 'test.happened');
      const job = quickly(failTwice.name, eventId);
      job.opts.backoff.delay = 200;
      await stage.queues.of('acts').addBulk([job]);
      await until(async () => triedAt.length === 3 && (await nothingLeft()));
      const [first, second, third] = triedAt as [number, number, number];
      expect(second - first).to.be.at.least(190);
      expect(third - second).to.be.at.least(390);
      expect(heard.map((failure) => failure.attempt)).to.deep.equal([1, 2]);
    });

    it('keeps a job that failed every time for a person to see, and runs it when it is retried', async () => {
      let isBroken = true;
      const poisoned = handler(() => {
        if (isBroken) throw new Error('the printer is on fire');
      });
      await work({ eventJobs: [poisoned] });
      const eventId = await insertEvent(stage.db, 'test.happened');
      const queue = stage.queues.of('acts');
      await queue.addBulk([quickly(poisoned.name, eventId)]);
      await until(async () => (await counts())['failed'] === 1);
      const [failed] = await queue.getFailed(0, 10);
      expect(failed).to.include({
        name: poisoned.name,
        attemptsMade: 3,
        failedReason: 'the printer is on fire',
      });
      expect(failed?.data).to.deep.equal({ eventId });
      isBroken = false;
      await failed?.retry('failed', { resetAttemptsMade: true });
      await until(nothingLeft);
    });

    it('gives up at once on a handler this release does not have', async () => {
      await work({});
      const eventId = await insertEvent(stage.db, 'test.happened');
      await stage.queues.of('acts').addBulk([quickly('test/on-something-else', eventId)]);
      await until(async () => (await counts())['failed'] === 1);
      expect(heard).to.have.length(1);
    });

    it('does not run a delayed job before its time', async () => {
      const ranAt: number[] = [];
      const later = handler(() => void ranAt.push(performance.now()));
      await work({ eventJobs: [later] });
      const eventId = await insertEvent(stage.db, 'test.happened');
      const job = quickly(later.name, eventId);
      const addedAt = performance.now();
      await stage.queues.of('acts').addBulk([{ ...job, opts: { ...job.opts, delay: 300 } }]);
      await until(() => ranAt.length === 1);
      expect((ranAt[0] as number) - addedAt).to.be.at.least(290);
    });

    it('adds a job once however often it is handed over, also after it has failed', async () => {
      const queue = stage.queues.of('acts');
      const eventId = await insertEvent(stage.db, 'test.happened');
      const job = quickly('test/on-test-happened', eventId, 1);
      await queue.addBulk([job, job]);
      await queue.addBulk([job]);
      expect((await counts())['waiting']).to.equal(1);
      let runs = 0;
      await work({
        eventJobs: [
          handler(() => {
            runs += 1;
            throw new Error('no');
          }),
        ],
      });
      await until(async () => (await counts())['failed'] === 1);
      await queue.addBulk([job]);
      expect(await counts()).to.include({ waiting: 0, failed: 1 });
      expect(runs).to.equal(1);
    });

    it('runs a scheduled job again and again, and notes when it was well and when it was not', async () => {
      let runs = 0;
      const scheduled: ScheduledJob = {
        name: 'test/every-moment-count',
        everyMs: 100,
        queue: 'acts',
        run: async () => {
          runs += 1;
          if (runs === 2) throw new Error('hiccup');
        },
      };
      await work({ scheduledJobs: [scheduled] });
      const beat = async () => (await stage.db.transaction(findHeartbeats))[0];
      await until(async () => (await beat())?.lastError === 'hiccup' || runs > 2);
      await until(async () => runs > 2 && (await beat())?.lastError === null);
      expect((await beat())?.lastOkAt).to.be.instanceOf(Date);
      expect((await counts())['failed']).to.equal(0);
    });

    it('drops the schedule of a job that this release does not have any more', async () => {
      const scheduled: ScheduledJob = {
        name: 'test/every-hour-nothing',
        everyMs: 3_600_000,
        queue: 'acts',
        run: async () => {},
      };
      await (await work({ scheduledJobs: [scheduled] })).close();
      expect((await stage.queues.of('acts').getJobSchedulers()).map(({ key }) => key)).to.deep.equal([
        scheduled.name,
      ]);
      await work({ scheduledJobs: [] });
      expect(await stage.queues.of('acts').getJobSchedulers()).to.have.length(0);
    });

    it('lets only one of two workers run a scheduled job at a time', async () => {
      let underWay = 0;
      let most = 0;
      let runs = 0;
      const scheduled: ScheduledJob = {
        name: 'test/every-moment-linger',
        everyMs: 50,
        queue: 'acts',
        run: async () => {
          underWay += 1;
          most = Math.max(most, underWay);
          await sleep(200);
          underWay -= 1;
          runs += 1;
        },
      };
      await work({ scheduledJobs: [scheduled] });
      await work({ scheduledJobs: [scheduled] });
      await until(() => runs === 4);
      expect(most).to.equal(1);
    });

    it('finishes what is under way before it closes', async () => {
      let isDone = false;
      let isStarted = false;
      const slow = handler(async () => {
        isStarted = true;
        await sleep(300);
        isDone = true;
      });
      const worker = await work({ eventJobs: [slow] });
      await stage.queues
        .of('acts')
        .addBulk([toQueue(slow.name, await insertEvent(stage.db, 'test.happened'))]);
      await until(() => isStarted);
      await worker.close();
      expect(isDone).to.equal(true);
      expect(await nothingLeft()).to.equal(true);
    });

    it('gives a job to another worker when the process that did it is killed', async () => {
      const eventId = await insertEvent(stage.db, 'test.happened');
      await stage.queues.of('acts').addBulk([toQueue('test/on-test-happened', eventId)]);
      const victim = await startVictim(stage, kind);
      victim.kill('SIGKILL');
      const ran: string[] = [];
      await work({ eventJobs: [handler((id) => void ran.push(id))] });
      await until(async () => ran.length > 0 && (await nothingLeft()));
      expect(ran).to.deep.equal([eventId]);
    });

    it('loses nothing when all connections are cut', async () => {
      const ran = new Map<string, number>();
      const eventIds = await Promise.all(
        Array.from({ length: 40 }, () => insertEvent(stage.db, 'test.happened')),
      );
      const slow = handler(async (id) => {
        await sleep(20);
        ran.set(id, (ran.get(id) ?? 0) + 1);
      });
      await work({ eventJobs: [slow] });
      await stage.queues.of('acts').addBulk(eventIds.map((id) => quickly(slow.name, id, 8)));
      await until(() => ran.size > 5);
      await cutConnections(stage, kind);
      await until(async () => ran.size === eventIds.length && (await nothingLeft()));
      expect([...ran.keys()].sort()).to.deep.equal(eventIds.toSorted());
    });

    it('keeps ids only, so that nothing secret stands in a queue', () => {
      expect(toQueue('test/on-test-happened', newId()).data).to.have.all.keys('eventId');
    });
  });

/** A worker in a process of its own that takes the job and never ends it; resolves when it has it. */
async function startVictim(stage: QueueStage, kind: string): Promise<ChildProcess> {
  const child = fork(path.join(import.meta.dirname, 'victim.ts'), [stage.database.url, kind], {
    execArgv: ['--import', 'tsx'],
  });
  await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it took the job`)));
  });
  return child;
}

async function cutConnections(stage: QueueStage, kind: string): Promise<void> {
  if (kind === 'postgresql')
    await stage.db.raw(
      `SELECT pg_terminate_backend(pid)
         FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
  else {
    const { Redis } = await import('ioredis');
    const admin = new Redis(process.env['TEST_REDIS_URL'] as string);
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    admin.disconnect();
  }
}
