import { expect } from 'chai';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { notify } from '../../src/notifications/index.ts';
import { mailboxMailer } from '../../src/platform/mail/mailbox-mailer.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { openQueues, type Queues, toQueue } from '../../src/platform/queue/queues.ts';
import { startWorker } from '../../src/platform/queue/worker.ts';
import { until } from '../platform/queue/support.ts';
import { makeWorld, type World } from '../support/world.ts';
import { databaseUrlOf } from './support.ts';

const tell = (world: World, actor: Actor, subject: string) =>
  world.runInTx(system('test'), (ctx) =>
    notify(ctx, {
      eventId: newId(),
      userIds: [actor.userId as string],
      template: 'test-message',
      params: { company: subject },
      link: '/preferences-test',
    }),
  );

describe('reading notifications', () => {
  let world: World;
  let buyer: Actor;
  beforeEach(async () => {
    world = await makeWorld();
    buyer = await world.staff('buyer');
  });
  afterEach(() => world.close());
  const unreadIds = async () =>
    (await world.db('notification').where({ read_at: null }).orderBy('id')).map((row) => row.id as string);

  it('counts the unread in the bell and lists them before the read ones', async () => {
    await tell(world, buyer, 'Older');
    await tell(world, buyer, 'Newer');
    const visitor = await world.as(buyer);
    const [, newer] = await unreadIds();
    await visitor.post(`/notifications/${newer}/reading`).expect(303);
    const page = await visitor.get('/notifications').expect(200);
    expect(page.text).to.include('aria-label="Notifications, 1 unread"');
    expect(page.text.indexOf('from Older')).to.be.lessThan(page.text.indexOf('from Newer'));
  });

  it('marks one as read and goes to its document', async () => {
    await tell(world, buyer, 'One');
    const visitor = await world.as(buyer);
    const [id] = await unreadIds();
    const answer = await visitor.post(`/notifications/${id}/reading`).expect(303);
    expect(answer.headers['location']).to.equal('/preferences-test');
    expect(await unreadIds()).to.deep.equal([]);
  });

  it("does not show or mark somebody else's, and leaves no trace of trying", async () => {
    await tell(world, buyer, 'Secret');
    const stranger = await world.as(await world.staff('buyer'));
    const [id] = await unreadIds();
    expect((await stranger.get('/notifications').expect(200)).text).not.to.include('Secret');
    await stranger.post(`/notifications/${id}/reading`).expect(404);
    await stranger.post('/notifications/reading').expect(303);
    expect(await unreadIds()).to.deep.equal([id]);
  });

  it('pages by 50 without losing or repeating one', async () => {
    for (let index = 0; index < 53; index += 1) await tell(world, buyer, `No. ${index}!`);
    const visitor = await world.as(buyer);
    await visitor.post(`/notifications/${(await unreadIds())[52]}/reading`).expect(303);
    const first = await visitor.get('/notifications').expect(200);
    const next = /href="(\/notifications\?after=[^"]+)"/.exec(first.text)?.[1] ?? '';
    const second = await visitor.get(next).expect(200);
    const seen = [first.text, second.text].flatMap((text) =>
      [...text.matchAll(/data-notification="([^"]+)"/g)].map((m) => m[1]),
    );
    expect(seen).to.have.length(53);
    expect(new Set(seen).size).to.equal(53);
    expect(second.text).to.include('No. 52!');
  });

  it('marks all of the own as read', async () => {
    await tell(world, buyer, 'One');
    await tell(world, buyer, 'Two');
    const visitor = await world.as(buyer);
    await visitor.post('/notifications/reading').expect(303);
    expect(await unreadIds()).to.deep.equal([]);
  });

  it('asks a visitor to sign in', async () => {
    await world.visitor().get('/notifications').expect(303).expect('Location', '/sign-in');
  });
});

describe('looking into the mailbox', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld({ showsMailbox: true });
    const mailer = mailboxMailer({ db: world.db, from: 'Portico <portal@hailan.example>' });
    const mail = {
      to: { name: 'Wang Wei', address: 'wang@supplier.example' },
      subject: 'Please bid <b>now</b>',
      text: 'Plain words',
      html: '<html><head><title>x</title></head><body><script>alert(1)</script><a href="https://x.example">go</a></body></html>',
      messageId: '<1@test>',
      attachments: [{ fileName: 'PO "1".pdf', mediaType: 'application/pdf', content: Buffer.from('%PDF') }],
    };
    await mailer.send(mail);
    await mailer.send({
      ...mail,
      to: { name: 'Li', address: 'LI@other.example' },
      subject: 'For Li',
      messageId: '<2@test>',
    });
  });
  afterEach(() => world.close());
  const idOf = async (subject: string) =>
    (await world.db('mailbox_message').where({ subject }).first()).id as string;

  it('lists everything, newest first, to anybody', async () => {
    const page = await world.visitor().get('/mailbox').expect(200);
    expect(page.text.indexOf('For Li')).to.be.lessThan(page.text.indexOf('Please bid'));
    expect(page.text).to.include('Please bid &lt;b&gt;now');
  });

  it('filters by a part of the address, in whatever case', async () => {
    const page = await world.visitor().get('/mailbox?recipient=li@').expect(200);
    expect(page.text).to.include('For Li').and.not.include('Please bid');
    const none = await world.visitor().get('/mailbox?recipient=nobody').expect(200);
    expect(none.text).to.include('No mail to this recipient');
  });

  it('shows one with its texts and files', async () => {
    const id = await idOf('Please bid <b>now</b>');
    const page = await world.visitor().get(`/mailbox/${id}`).expect(200);
    expect(page.text).to.include('Plain words').and.include('Wang Wei &lt;wang@supplier.example&gt;');
    const file = await world.visitor().get(`/mailbox/${id}/attachments/0`).expect(200);
    expect(file.headers['content-disposition']).to.include('attachment').and.include('PO');
    expect(file.headers['content-type']).to.include('application/pdf');
    expect(Buffer.from(file.body).toString()).to.equal('%PDF');
    await world.visitor().get(`/mailbox/${id}/attachments/7`).expect(404);
  });

  it('shows its HTML in a sandbox that runs and loads nothing', async () => {
    const html = await world
      .visitor()
      .get(`/mailbox/${await idOf('For Li')}/html`)
      .expect(200);
    const policy = html.headers['content-security-policy'] as string;
    expect(policy).to.include("default-src 'none'").and.include('sandbox').and.not.include('allow-scripts');
    expect(policy).not.to.include('allow-same-origin');
    expect(html.text).to.include('<base target="_top">');
  });

  it('knows nothing of an unknown or malformed id', async () => {
    await world.visitor().get(`/mailbox/${newId()}`).expect(404);
    await world.visitor().get('/mailbox/nonsense').expect(404);
  });

  it('does not exist where it was not asked for', async () => {
    const other = await makeWorld();
    await other.visitor().get('/mailbox').expect(404);
    await other.close();
  });
});

describe('looking after the background jobs', function () {
  this.timeout(30_000);
  let world: World;
  let queues: Queues;
  let administrator: Actor;
  beforeEach(async () => {
    // The world's database has its name only once the world is made.
    const later: Queues = {
      kind: 'postgresql',
      of: (name) => queues.of(name),
      work: (...all) => queues.work(...all),
      close: () => queues.close(),
    };
    world = await makeWorld({ queues: later });
    queues = await openQueues({ databaseUrl: await databaseUrlOf(world), redisUrl: null, onError: () => {} });
    administrator = await world.staff('administrator');
  });
  afterEach(async () => {
    await queues.close();
    await world.close();
  });

  /** Makes one job for a real act fail for good. */
  const failOne = async (): Promise<string> => {
    await tell(world, administrator, 'Doomed');
    const { id } = await world
      .db('event')
      .where({ action: 'notification.queued' })
      .orderBy('position', 'desc')
      .first();
    const doomed: EventJob = {
      name: 'test/on-notification-queued',
      on: [],
      queue: 'mail',
      run: () => Promise.reject(new Error('<the> printer is on fire')),
    };
    const worker = await startWorker({
      db: world.db,
      queues,
      house: { ...world.house, origin: '', mailer: { send: async () => {} } },
      eventJobs: [doomed],
      scheduledJobs: [],
      onJobFailed: () => {},
    });
    const job = toQueue(doomed.name, id);
    await queues.of('mail').addBulk([{ ...job, opts: { ...job.opts, attempts: 1 } }]);
    await until(async () => (await queues.of('mail').getJobCounts('failed'))['failed'] === 1);
    await worker.close();
    return job.opts.jobId;
  };
  const counts = () => queues.of('mail').getJobCounts('waiting', 'failed');

  it('shows what failed, for which act, why, and how far the relay is behind', async () => {
    await failOne();
    const page = await (await world.as(administrator)).get('/administration/queues').expect(200);
    expect(page.text).to.include('&lt;the&gt; printer is on fire').and.include('test/on-notification-queued');
    expect(page.text).to.include('Notification written');
    expect(page.text).to.match(/data-behind="[1-9]/);
  });

  it('lets a failed job run again, and records who let it', async () => {
    const jobId = await failOne();
    const visitor = await world.as(administrator);
    await visitor.post('/administration/queues/retry', { queue: 'mail', jobId }).expect(303);
    expect(await counts()).to.include({ waiting: 1, failed: 0 });
    const act = await world.db('event').where({ action: 'job.retried' }).first();
    expect(act).to.include({ actor_id: administrator.userId, subject_id: jobId.split('/')[0] });
    await visitor.post('/administration/queues/retry', { queue: 'mail', jobId }).expect(409);
    expect(await world.db('event').where({ action: 'job.retried' })).to.have.length(1);
  });

  it('lets all failed jobs run again', async () => {
    await failOne();
    await (await world.as(administrator)).post('/administration/queues/retry-all').expect(303);
    expect(await counts()).to.include({ waiting: 1, failed: 0 });
  });

  it('refuses everybody but an administrator, and leaves the job as it was', async () => {
    const jobId = await failOne();
    const visitor = await world.as(await world.staff('buyer', 'auditor'));
    await visitor.get('/administration/queues').expect(403);
    await visitor.post('/administration/queues/retry', { queue: 'mail', jobId }).expect(403);
    expect(await counts()).to.include({ waiting: 0, failed: 1 });
    expect(await world.db('event').where({ action: 'job.retried' })).to.have.length(0);
  });

  it('knows nothing of an unknown queue or job', async () => {
    const visitor = await world.as(administrator);
    await visitor.post('/administration/queues/retry', { queue: 'secrets', jobId: 'x' }).expect(404);
    await visitor.post('/administration/queues/retry', { queue: 'mail', jobId: 'x' }).expect(404);
  });
});
