import { expect } from 'chai';
import { eventJobs } from '../../jobs/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { notify } from '../../src/notifications/index.ts';
import { mailboxMailer } from '../../src/platform/mail/mailbox-mailer.ts';
import { openQueues } from '../../src/platform/queue/queues.ts';
import { startRelay } from '../../src/platform/queue/relay.ts';
import { startWorker } from '../../src/platform/queue/worker.ts';
import { until } from '../platform/queue/support.ts';
import { makeWorld } from '../support/world.ts';
import { databaseUrlOf } from './support.ts';

describe('the whole way from an act to a mail', () => {
  it('leads through relay, queue and worker to one mail for each person', async function () {
    this.timeout(30_000);
    const world = await makeWorld();
    const people = [await world.staff('buyer'), await world.staff('approver'), await world.staff('finance')];
    const queues = await openQueues({
      databaseUrl: await databaseUrlOf(world),
      redisUrl: null,
      onError: () => {},
    });
    const failures: unknown[] = [];
    const relay = startRelay({ db: world.db, queues, eventJobs, onError: (error) => failures.push(error) });
    world.house.onCommitted(() => relay.poke());
    const worker = await startWorker({
      db: world.db,
      queues,
      house: {
        ...world.house,
        origin: 'https://portal.hailan.example',
        mailer: mailboxMailer({ db: world.db, from: 'Portico <portal@hailan.example>' }),
      },
      eventJobs,
      scheduledJobs: [],
      onJobFailed: (failure) => failures.push(failure),
    });
    await world.runInTx(system('test'), (ctx) =>
      notify(ctx, {
        eventId: newId(),
        userIds: people.map((person) => String(person.userId)),
        template: 'test-message',
        params: { company: 'Hailan' },
        link: '/orders',
      }),
    );
    await until(async () => (await world.db('notification').where({ state: 'sent' })).length === 3);
    const kept = await world.db('mailbox_message').orderBy('to_name');
    expect(kept.map((mail) => mail.to_name)).to.have.members(people.map((person) => person.name));
    expect(failures).to.deep.equal([]);
    await relay.stop();
    await worker.close();
    await queues.close();
    await world.close();
  });
});
