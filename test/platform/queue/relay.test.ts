import { fork } from 'node:child_process';
import path from 'node:path';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { findPosition, hasNewEvents, relayLag } from '../../../src/platform/queue/relay.store.ts';
import { type Relay, relayBatch, startRelay } from '../../../src/platform/queue/relay.ts';
import { drainJobs } from '../../../src/platform/queue/run-inline.ts';
import { type JobWorker, startWorker } from '../../../src/platform/queue/worker.ts';
import { emptyHouse, handler, insertEvent, openStage, type QueueStage, until } from './support.ts';

describe('handing acts to the queues', function () {
  this.timeout(30_000);
  let stage: QueueStage;
  let worker: JobWorker | undefined;
  let running: Relay | undefined;
  const noticed = handler(() => {});

  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(async () => {
    await worker?.close();
    await running?.stop();
    worker = running = undefined;
    await stage.close();
  });

  const relay = () => relayBatch({ db: stage.db, queues: stage.queues, eventJobs: [noticed] });
  /** Relays until nothing is left: transactions of other tests on the server may hold rows back for a moment. */
  const relayAll = () =>
    until(async () => {
      await relay();
      return !(await hasNewEvents(stage.db));
    });
  const queuedEventIds = async () => {
    const queue = stage.queues.of('acts');
    const jobs = await (
      queue as unknown as { getWaiting(): Promise<{ data: { eventId: string } }[]> }
    ).getWaiting();
    return jobs.map((job) => job.data.eventId);
  };

  it('adds one job for each handler and passes over acts that nobody handles', async () => {
    const handled = await insertEvent(stage.db, 'test.happened');
    await insertEvent(stage.db, 'test.ignored');
    const second = { ...noticed, name: 'test/on-test-happened-too' };
    await until(async () => {
      await relayBatch({ db: stage.db, queues: stage.queues, eventJobs: [noticed, second] });
      return !(await hasNewEvents(stage.db));
    });
    expect(await queuedEventIds()).to.deep.equal([handled, handled]);
    await relay();
    expect(await queuedEventIds()).to.have.length(2);
  });

  it('does not skip an act whose transaction commits after a later one', async () => {
    const early = await begin(stage);
    const late = await begin(stage);
    const slowId = await insertEvent(early, 'test.happened');
    const quickId = await insertEvent(late, 'test.happened');
    await late.commit();
    await relay();
    expect(await queuedEventIds(), 'nothing may pass an open transaction').to.deep.equal([]);
    await early.commit();
    await relayAll();
    expect(await queuedEventIds()).to.have.members([slowId, quickId]);
  });

  it('leaves no trace of an act that was rolled back', async () => {
    const refused = await begin(stage);
    await insertEvent(refused, 'test.happened');
    await refused.rollback();
    const kept = await insertEvent(stage.db, 'test.happened');
    await relayAll();
    expect(await queuedEventIds()).to.deep.equal([kept]);
  });

  it('takes effect once and loses nothing when it is killed between adding jobs and moving on', async () => {
    const eventIds = await Promise.all(
      Array.from({ length: 20 }, () => insertEvent(stage.db, 'test.happened')),
    );
    await killRelayAfterAdding(stage);
    expect((await queuedEventIds()).sort()).to.deep.equal(eventIds.toSorted());
    expect((await stage.db.transaction(findPosition)).position, 'the position did not move').to.equal(0);

    await stage.db.raw('CREATE TABLE effect (event_id uuid PRIMARY KEY, runs integer NOT NULL)');
    let runs = 0;
    const idempotent = handler(async (id) => {
      runs += 1;
      await stage.db.raw('INSERT INTO effect VALUES (?, 1) ON CONFLICT DO NOTHING', [id]);
    });
    worker = await startWorker({
      db: stage.db,
      queues: stage.queues,
      house: emptyHouse,
      eventJobs: [idempotent],
      scheduledJobs: [],
      onJobFailed: () => {},
    });
    // The jobs are done and forgotten before the next relay adds them once more.
    await until(() => runs === 20);
    await relayAll();
    await until(() => runs === 40);
    const { rows } = await stage.db.raw<{ rows: { event_id: string }[] }>(
      'SELECT event_id FROM effect ORDER BY event_id',
    );
    expect(rows.map((row) => row.event_id)).to.deep.equal(eventIds.toSorted());
  });

  it('lets one relay through at a time', async () => {
    await insertEvent(stage.db, 'test.happened');
    const other = await begin(stage);
    await other.raw(`SELECT pg_advisory_xact_lock(hashtext('portico.relay'))`);
    expect(await relay()).to.equal(0);
    expect(await queuedEventIds()).to.deep.equal([]);
    await other.rollback();
    await relayAll();
    expect(await queuedEventIds()).to.have.length(1);
  });

  it('passes on what another cluster left and goes on with its own when the database was moved', async () => {
    // As after a restore: rows and position carry transaction numbers this cluster has not reached.
    await insertEvent(stage.db, 'test.happened', { transactionId: '90000000001' });
    const left = await insertEvent(stage.db, 'test.happened', { transactionId: '90000000002' });
    await stage.db.raw(
      `INSERT INTO relay_position (name, transaction_id, position)
       SELECT 'jobs', transaction_id, position FROM event WHERE transaction_id = '90000000001'::xid8`,
    );
    const fresh = await insertEvent(stage.db, 'test.happened');
    await relayAll();
    expect(await queuedEventIds()).to.have.members([left, fresh]);
    const later = await insertEvent(stage.db, 'test.happened');
    await relayAll();
    expect(await queuedEventIds()).to.have.members([left, fresh, later]);
  });

  it('hands an act over within a moment of being poked, and without a poke by looking itself', async () => {
    const errors: unknown[] = [];
    running = startRelay({
      db: stage.db,
      queues: stage.queues,
      eventJobs: [noticed],
      onError: (e) => errors.push(e),
    });
    const poked = await insertEvent(stage.db, 'test.happened');
    for (let i = 0; i < 100; i += 1) running.poke();
    await until(async () => (await queuedEventIds()).includes(poked));
    const found = await insertEvent(stage.db, 'test.happened');
    await until(async () => (await queuedEventIds()).includes(found));
    await running.stop();
    await insertEvent(stage.db, 'test.happened');
    expect((await stage.db.transaction(relayLag)).rowsBehind).to.equal(1);
    expect(errors).to.deep.equal([]);
  });
});

describe('running jobs in place', () => {
  let stage: QueueStage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.close());

  it('runs handlers in the order of the acts, and those of acts that they make', async () => {
    const first = await insertEvent(stage.db, 'test.happened');
    const second = await insertEvent(stage.db, 'test.happened');
    const ran: string[] = [];
    const made: string[] = [];
    const chain = handler(async (id) => {
      ran.push(id);
      if (id === first) made.push(await insertEvent(stage.db, 'test.happened'));
    });
    expect(await drainJobs({ db: stage.db, house: emptyHouse, eventJobs: [chain] })).to.equal(3);
    expect(ran).to.deep.equal([first, second, ...made]);
    expect(await drainJobs({ db: stage.db, house: emptyHouse, eventJobs: [chain] })).to.equal(0);
  });

  it('does not wait for ever for a transaction that has nothing to do with it', async () => {
    const elsewhere = await begin(stage);
    await elsewhere.raw('SELECT pg_current_xact_id()');
    await insertEvent(stage.db, 'test.happened');
    expect(await drainJobs({ db: stage.db, house: emptyHouse, eventJobs: [handler(() => {})] })).to.equal(1);
    await elsewhere.rollback();
  });

  it("throws a handler's error and runs it again the next time", async () => {
    await insertEvent(stage.db, 'test.happened');
    let tries = 0;
    const job = handler(() => {
      tries += 1;
      if (tries === 1) throw new Error('first');
    });
    const refused = await drainJobs({ db: stage.db, house: emptyHouse, eventJobs: [job] }).catch(
      (error: Error) => error,
    );
    expect(refused).to.have.property('message', 'first');
    await drainJobs({ db: stage.db, house: emptyHouse, eventJobs: [job] });
    expect(tries).to.equal(2);
  });
});

const begin = (stage: QueueStage): Promise<Knex.Transaction> => stage.db.transaction();

/** A relay in a process of its own that kills itself when the jobs are added and nothing else is done. */
const killRelayAfterAdding = (stage: QueueStage): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = fork(path.join(import.meta.dirname, 'relay-victim.ts'), [stage.database.url], {
      execArgv: ['--import', 'tsx'],
    });
    child.once('exit', (_code, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`ended with ${signal ?? 'no signal'}`)),
    );
  });
