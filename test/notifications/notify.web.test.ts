import { expect } from 'chai';
import { storeGenerated } from '../../src/documents/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { deliverNotification, notify } from '../../src/notifications/index.ts';
import type { Message } from '../../src/notifications/notifications.service.ts';
import type { JobHouse } from '../../src/platform/queue/job.ts';
import { registerSupplier } from '../../src/suppliers/index.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('telling somebody about an act', () => {
  let world: World;
  let buyer: Actor;
  let supplierId: string;

  beforeEach(async () => {
    world = await makeWorld();
    buyer = await world.staff('buyer');
    supplierId = await world.runInTx(buyer, (ctx) =>
      registerSupplier(ctx, {
        name: 'Nordwind',
        country: 'DE',
        addressLines: ['Hafen 1'],
        taxId: '',
        language: 'en',
      }),
    );
  });
  afterEach(() => world.close());

  const tell = (userIds: (string | null)[], more: Partial<Message> = {}) =>
    world.runInTx(system('test'), (ctx) =>
      notify(ctx, {
        eventId: newId(),
        userIds: userIds as string[],
        template: 'test-message',
        params: { company: 'Hailan' },
        link: '/orders',
        ...more,
      }),
    );
  const rows = () => world.db('notification').select('*').orderBy('id');

  it('mails each person once, in the language of each', async () => {
    const chinese = await world.staff('approver');
    await world.db('user_account').where({ id: chinese.userId }).update({ locale: 'zh-CN' });
    await tell([buyer.userId, chinese.userId, buyer.userId]);
    await world.drainJobs();
    const bySubject = world.mails.map((mail) => mail.subject).toSorted();
    expect(bySubject).to.deep.equal(['Test message from Hailan', '来自Hailan的测试邮件']);
    const toBuyer = world.mails.find((mail) => mail.to.name === buyer.name);
    expect(toBuyer?.html).to.include('Mail works').and.include('http://127.0.0.1/orders');
    expect(toBuyer?.html).to.include('Hailan Appliances Co., Ltd.');
    const toChinese = world.mails.find((mail) => mail.to.name === chinese.name);
    expect(toChinese?.html).to.include('海岚电器有限公司').and.include('lang="zh-CN"');
    expect(toChinese?.text).to.include('打开门户:\nhttp://127.0.0.1/orders');
    expect((await rows()).map((row) => row.state)).to.deep.equal(['sent', 'sent']);
  });

  it('tells nobody twice about one act, however often the job that tells runs', async () => {
    const eventId = newId();
    await tell([buyer.userId], { eventId });
    await tell([buyer.userId], { eventId });
    await world.drainJobs();
    expect(world.mails).to.have.length(1);
    const queued = await world.db('event').where({ action: 'notification.queued' });
    expect(queued).to.have.length(1);
  });

  it('does not send a sent mail again when its job runs once more', async () => {
    await tell([buyer.userId]);
    await world.drainJobs();
    await world.db('relay_position').update({ transaction_id: '0', position: 0 });
    expect(await world.drainJobs()).to.be.greaterThan(0);
    expect(world.mails).to.have.length(1);
    expect(await world.db('event').where({ action: 'notification.sent' })).to.have.length(1);
  });

  it('shows markup in a value as text', async () => {
    await tell([buyer.userId], { params: { company: '<img src=x onerror=alert(1)>' } });
    await world.drainJobs();
    expect(world.mails[0]?.html).to.include('&lt;img');
    expect(world.mails[0]?.html).not.to.include('<img');
  });

  it("signs a supplier's user in by its link when it has no password yet, and the link is in no table", async () => {
    const seller = await world.supplierUser(supplierId, 'supplier_sales');
    await tell([seller.userId], { signInLink: true, link: '/bids' });
    await world.drainJobs();
    const [, token] =
      /http:\/\/127\.0\.0\.1\/sign-in\/link\/([\w-]{40,})/.exec(world.mails[0]?.text ?? '') ?? [];
    expect(token).to.be.a('string');
    expect(world.mails[0]?.text).to.include('do not pass it on');
    const stored = JSON.stringify([await rows(), await world.db('event'), await world.db('sign_in_link')]);
    expect(stored).not.to.include(token);
    expect(await world.db('sign_in_link').first()).to.include({ user_id: seller.userId, return_to: '/bids' });
  });

  it('leads to the plain page when the supplier has a password, or when the reader is staff', async () => {
    const seller = await world.supplierUser(supplierId, 'supplier_sales');
    await world.db('user_account').where({ id: seller.userId }).update({ password_hash: 'set' });
    await tell([seller.userId, buyer.userId], { signInLink: true, link: '/bids' });
    await world.drainJobs();
    expect(world.mails).to.have.length(2);
    for (const mail of world.mails) expect(mail.text).to.include('http://127.0.0.1/bids\n');
    expect(await world.db('sign_in_link')).to.have.length(0);
  });

  it('attaches the document of the act', async () => {
    const { id: documentId } = await world.runInTx(system('test'), (ctx) =>
      storeGenerated(ctx, {
        subject: { type: 'purchase_order', id: newId() },
        kind: 'order-pdf',
        version: 1,
        fileName: 'PO-2026-0001.pdf',
        mediaType: 'application/pdf',
        visibility: 'internal',
        supplierId: null,
        content: Buffer.from('%PDF-1.7 real enough'),
      }),
    );
    await tell([buyer.userId], { documentId });
    await world.drainJobs();
    const [file] = world.mails[0]?.attachments ?? [];
    expect(file).to.include({ fileName: 'PO-2026-0001.pdf', mediaType: 'application/pdf' });
    expect(Buffer.from(file?.content ?? []).toString()).to.equal('%PDF-1.7 real enough');
    expect(world.mails[0]?.text).to.include('attached');
  });

  it('sends nothing to an account that was closed, and says so', async () => {
    await world.db('user_account').where({ id: buyer.userId }).update({ is_active: false });
    await tell([buyer.userId]);
    await world.drainJobs();
    expect(world.mails).to.have.length(0);
    expect((await rows())[0]).to.include({ state: 'failed', failure: 'nobody to send to' });
  });
});

describe('sending a notification while the mail server is away', () => {
  it('notes the failure, throws so that the queue tries again, and is sent at the next try', async () => {
    const world = await makeWorld();
    const buyer = await world.staff('buyer');
    await world.runInTx(system('test'), (ctx) =>
      notify(ctx, {
        eventId: newId(),
        userIds: [buyer.userId as string],
        template: 'test-message',
        params: { company: 'Hailan' },
        link: '/',
      }),
    );
    const queued = await world.db('notification').first();
    const brokenHouse: JobHouse = {
      ...world.house,
      origin: 'http://127.0.0.1',
      mailer: { send: () => Promise.reject(new Error('connection refused')) },
    };
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const refused = await deliverNotification(brokenHouse, queued.id).catch((error: Error) => error);
      expect(refused).to.have.property('message', 'connection refused');
    }
    expect(await world.db('notification').first()).to.include({
      state: 'failed',
      failure: 'connection refused',
    });
    expect(await world.db('event').where({ action: 'notification.failed' })).to.have.length(1);
    await world.drainJobs();
    expect(await world.db('notification').first()).to.include({ state: 'sent', failure: null });
    expect(world.mails).to.have.length(1);
    await world.close();
  });
});
