import { expect } from 'chai';
import { hashPassword, setPassword } from '../../src/identity/index.ts';
import { newId } from '../../src/kernel/id.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import { changeRights } from '../../src/suppliers/people.service.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { addColleague, makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { postForm } from '../support/saml.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('a supplier’s own people', () => {
  let world: World;
  let made: Awaited<ReturnType<typeof makeSupplier>>;
  let boss: Visitor;
  let bossContact: string;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeSupplier(world, { name: 'Orbit Fasteners' });
    boss = await world.as(made.actor);
    bossContact = (await world.db('supplier_contact').where({ user_id: made.userId }).first()).id;
  });
  afterEach(() => world.close());
  const acts = (): Promise<string[]> =>
    world.db('event').where({ subject_id: made.supplierId }).orderBy('position').pluck('action');
  const mailTo = (address: string) => world.mails.filter((mail) => mail.to.address === address);
  const invitation = (over: Record<string, unknown> = {}) => ({
    name: 'Li Wei',
    email: 'li.wei@orbit.example',
    phone: '',
    locale: 'zh-CN',
    timeZone: 'Asia/Shanghai',
    roles: ['supplier_logistics'],
    ...over,
  });
  const linkIn = (address: string): string =>
    /\/sign-in\/link\/[\w-]{43}/.exec(mailTo(address).at(-1)?.text ?? '')?.[0] ?? '';
  const contactOf = async (email: string): Promise<string> =>
    (
      await world
        .db('supplier_contact')
        .join('user_account', 'user_account.id', 'supplier_contact.user_id')
        .where({ email })
        .first('supplier_contact.id')
    ).id;
  const signsIn = async (userId: string): Promise<void> => {
    const hash = await hashPassword('the lorry came late again');
    await world.db('user_account').where({ id: userId }).update({ password_hash: hash });
  };

  describe('inviting a colleague', () => {
    it('mails a link of 256 bits that works once, for 72 hours, and keeps only its hash', async () => {
      await boss.post('/company/people', invitation()).expect(303);
      await world.drainJobs();
      const link = linkIn('li.wei@orbit.example');
      expect(Buffer.from(link.split('/').at(-1) ?? '', 'base64url')).to.have.length(32);
      const [row] = await world.db('sign_in_link');
      expect(row.expires_at.getTime() - world.now().getTime()).to.equal(72 * 60 * 60_000);
      expect(row).to.include({ sent_to: 'li.wei@orbit.example', purpose: 'company-invitation' });
      expect(JSON.stringify([row, await world.db('event')])).not.to.include(link.split('/').at(-1));
      const browser = world.visitor();
      const page = await browser.get(link).expect(200, /Li Wei/);
      expect((await postForm(browser, link, page.text, {})).status).to.equal(303);
      await world.visitor().get(link).expect(410);
      await boss.get('/company').expect(200, /Li Wei/);
    });

    it('is for administrators: a seller sees who is there, and changes nothing', async () => {
      const seller = await world.as((await addColleague(world, made.supplierId)).actor);
      const page = await seller.get('/company').expect(200);
      expect(page.text).to.include('Colleague').and.not.to.include('/company/people/new');
      await seller.post('/company/people', invitation()).expect(404);
      await seller.get(`/company/people/${bossContact}`).expect(404);
      expect(await world.db('user_account').where({ email: 'li.wei@orbit.example' })).to.have.length(0);
    });

    it('tells the other administrators who was let in', async () => {
      const second = await addColleague(world, made.supplierId, { roles: ['supplier_administrator'] });
      await world.drainJobs();
      await boss.post('/company/people', invitation()).expect(303);
      await world.drainJobs();
      expect(mailTo(second.email).at(-1)?.subject).to.equal('Li Wei can now act for your company');
      expect(mailTo(made.email).map((mail) => mail.subject)).not.to.include(
        'Li Wei can now act for your company',
      );
    });

    it('needs a right and a mailbox that no colleague has', async () => {
      await boss.post('/company/people', invitation({ roles: [] })).expect(422, /id="roles-error"/);
      await boss
        .post('/company/people', invitation({ email: made.email.toUpperCase() }))
        .expect(422, /email-in-use/);
      expect(await world.db('supplier_contact')).to.have.length(1);
    });

    it('sent again, lets only the newest link in', async () => {
      await boss.post('/company/people', invitation()).expect(303);
      await world.drainJobs();
      const first = linkIn('li.wei@orbit.example');
      const id = await contactOf('li.wei@orbit.example');
      await boss.post(`/company/people/${id}/invitation`).expect(303);
      await world.drainJobs();
      const second = linkIn('li.wei@orbit.example');
      expect(second).not.to.equal(first);
      await world.visitor().get(first).expect(410);
      await world.visitor().get(second).expect(200);
    });

    it('taken back, opens nothing and closes the account', async () => {
      await boss.post('/company/people', invitation()).expect(303);
      await world.drainJobs();
      const id = await contactOf('li.wei@orbit.example');
      await boss.post(`/company/people/${id}/invitation-revocation`, { reason: 'Wrong person' }).expect(303);
      await world.visitor().get(linkIn('li.wei@orbit.example')).expect(410);
      await boss.post(`/company/people/${id}/invitation`).expect(422, /not-active/);
    });

    it('is not sent to somebody who signs in already', async () => {
      await signsIn(made.userId);
      await boss.post(`/company/people/${bossContact}/invitation`).expect(422, /can-sign-in/);
    });
  });

  describe('changing rights', () => {
    it('applies from the next click, and is recorded with what was before', async () => {
      const seller = await addColleague(world, made.supplierId);
      const visitor = await world.as(seller.actor);
      await visitor.get('/bids').expect(200);
      await boss
        .post(`/company/people/${seller.contactId}`, { roles: ['supplier_logistics'], version: '1' })
        .expect(303);
      await visitor.get('/bids').expect(404);
      const act = await world.db('event').where({ action: 'supplier.contact-rights-changed' }).first();
      expect(act.changes).to.deep.include({ from: ['supplier_sales'], to: ['supplier_logistics'] });
    });

    it('keeps the last administrator, also when two take the right from each other at once', async () => {
      await boss
        .post(`/company/people/${bossContact}`, { roles: ['supplier_sales'], version: '1' })
        .expect(422, /supplier\.last-administrator/);
      const second = await addColleague(world, made.supplierId, { roles: ['supplier_administrator'] });
      const take = (ctx: Ctx, contactId: string) =>
        changeRights(ctx, {
          supplierId: made.supplierId,
          contactId,
          roles: ['supplier_sales'],
          siteIds: [],
          version: 1,
        });
      let other: Promise<unknown> = Promise.resolve();
      await world.runInTx(made.actor, async (ctx) => {
        await take(ctx, second.contactId);
        let isDone = false;
        other = refusal(world.runInTx(second.actor, (theirs) => take(theirs, bossContact))).finally(() => {
          isDone = true;
        });
        while (!isDone && !(await somebodyWaits())) await new Promise(setImmediate);
      });
      expect(await other).to.include({ code: 'supplier.last-administrator' });
      expect(await world.db('user_role').where({ role: 'supplier_administrator' })).to.have.length(1);
    });

    /** A transaction waits for another one's lock in this world's database. */
    const somebodyWaits = async (): Promise<boolean> =>
      (
        await world.db.raw(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
      ).rows.length > 0;

    it('refuses a form that somebody else has overtaken', async () => {
      const seller = await addColleague(world, made.supplierId);
      const to = (role: string) => ({ roles: [role], version: '1' });
      await boss.post(`/company/people/${seller.contactId}`, to('supplier_logistics')).expect(303);
      await boss.post(`/company/people/${seller.contactId}`, to('supplier_accounts')).expect(409);
      expect(await world.db('user_role').where({ user_id: seller.userId }).pluck('role')).to.deep.equal([
        'supplier_logistics',
      ]);
    });

    it('takes no right of the buying side, and reaches nobody at another supplier', async () => {
      const other = await makeSupplier(world);
      const theirs = await addColleague(world, other.supplierId);
      for (const path of ['', '/deactivation', '/reactivation', '/invitation', '/invitation-revocation'])
        await boss
          .post(`/company/people/${theirs.contactId}${path}`, {
            ...(path === '' ? { roles: ['supplier_sales'], version: '1' } : {}),
            ...(path === '/deactivation' ? { reason: 'x', successorId: '' } : {}),
            ...(path === '/invitation-revocation' ? { reason: 'x' } : {}),
          })
          .expect(404);
      await boss.post(`/company/people/${bossContact}`, { roles: ['buyer'], version: '1' }).expect(422);
      expect(await world.db('user_role').where({ role: 'buyer' })).to.have.length(0);
    });
  });

  describe('leaving', () => {
    it('passes the main contact, the sites and unread messages to the successor, and ends every way in', async () => {
      const leaver = await addColleague(world, made.supplierId, { isPrimary: true });
      const heir = await addColleague(world, made.supplierId);
      await boss.post('/company/sites', site()).expect(303);
      const [{ id: siteId }] = await world.db('supplier_site');
      await boss
        .post(`/company/people/${leaver.contactId}`, {
          roles: ['supplier_sales'],
          siteIds: [siteId],
          version: '1',
        })
        .expect(303);
      const visitor = await world.as(leaver.actor);
      await makeOrder(world, { supplierUser: made.actor, state: 'approved' });
      await world.drainJobs();
      await world.db('notification').where({ user_id: heir.userId }).delete();
      const unread = await world.db('notification').where({ user_id: leaver.userId });
      expect(unread).not.to.have.length(0);
      await boss
        .post(`/company/people/${leaver.contactId}/deactivation`, {
          reason: 'Left',
          successorId: heir.contactId,
        })
        .expect(303);
      await world.drainJobs();
      expect(await world.db('notification').where({ user_id: heir.userId })).to.have.length(unread.length);
      await visitor.get('/bids').expect(303);
      expect(await world.db('supplier_contact').where({ id: heir.contactId }).first()).to.include({
        is_primary: true,
      });
      expect(await world.db('supplier_contact_site').where({ contact_id: heir.contactId })).to.have.length(1);
      const page = await boss.get('/company').expect(200);
      expect(page.text)
        .to.include('Left')
        .and.to.match(/work passed to Colleague/);
      expect((await acts()).at(-1)).to.equal('supplier.contact-deactivated');
    });

    it('refuses a successor who is gone or of another supplier, and leaves no trace', async () => {
      const leaver = await addColleague(world, made.supplierId);
      const other = await addColleague(world, (await makeSupplier(world)).supplierId);
      const before = await acts();
      await boss
        .post(`/company/people/${leaver.contactId}/deactivation`, {
          reason: 'Left',
          successorId: other.contactId,
        })
        .expect(422, /successor-not-active/);
      expect(await acts()).to.deep.equal(before);
      expect(await world.db('user_account').where({ id: leaver.userId }).first()).to.include({
        is_active: true,
      });
    });

    it('ends for a comeback by a new invitation, without the old password and passkeys', async () => {
      const leaver = await addColleague(world, made.supplierId);
      const hash = await hashPassword('the lorry came late again');
      await world.runInTx(leaver.actor, (ctx) => setPassword(ctx, { userId: leaver.userId, hash }));
      await world.db('passkey').insert({
        id: leaver.userId,
        user_id: leaver.userId,
        credential_id: 'old',
        public_key: Buffer.from('x'),
        counter: 0,
        name: 'old',
        created_at: world.now(),
      });
      await boss
        .post(`/company/people/${leaver.contactId}/deactivation`, { reason: 'Left', successorId: '' })
        .expect(303);
      await boss.post(`/company/people/${leaver.contactId}/reactivation`).expect(303);
      await world.drainJobs();
      expect(await world.db('user_account').where({ id: leaver.userId }).first()).to.include({
        is_active: true,
        password_hash: null,
      });
      expect(await world.db('passkey')).to.have.length(0);
      expect(linkIn(leaver.email)).not.to.equal('');
    });
  });

  const site = (over: Record<string, string> = {}) => ({
    name: 'Ningbo warehouse',
    country: 'cn',
    address: '1 Harbour Road\nNingbo',
    timeZone: 'Asia/Shanghai',
    ...over,
  });

  describe('its sites', () => {
    it('are added, changed and closed by its administrators, and seen by the buyer', async () => {
      await boss.post('/company/sites', site()).expect(303);
      const [row] = await world.db('supplier_site');
      expect(row).to.include({ supplier_id: made.supplierId, country: 'CN' });
      await boss.post('/company/sites', site({ name: 'NINGBO warehouse' })).expect(422, /name-in-use/);
      await boss
        .post(`/company/sites/${row.id}`, { ...site({ name: 'Ningbo port' }), version: '1' })
        .expect(303);
      await boss.post(`/company/sites/${row.id}`, { ...site(), version: '1' }).expect(409);
      const buyer = await world.as(await world.staff('buyer'));
      await buyer.get(`/suppliers/${made.supplierId}`).expect(200, /Ningbo port/);
      await boss.post(`/company/sites/${row.id}/closure`).expect(303);
      await boss.get(`/company/sites/${row.id}`).expect(404);
      expect((await acts()).slice(-3)).to.deep.equal([
        'supplier.site-added',
        'supplier.site-changed',
        'supplier.site-closed',
      ]);
    });

    it('are named by a delivery that leaves from one, and by no other supplier’s delivery', async () => {
      await boss.post('/company/sites', site()).expect(303);
      const [{ id: siteId }] = await world.db('supplier_site');
      const { order, lines } = await makeOrder(world, { supplierUser: made.actor });
      const announce = (visitor: Visitor, orderId: string, line: string) =>
        visitor.upload(
          `/orders/${orderId}/despatches`,
          {
            idempotencyKey: newId(),
            despatchedOn: '2026-03-02',
            expectedOn: '2026-03-05',
            siteId,
            'lines[0][poLineId]': line,
            'lines[0][quantity]': '1',
          },
          {},
        );
      await boss.get(`/orders/${order.id}/despatches/new`).expect(200, /Ningbo warehouse/);
      const told = await announce(boss, order.id, lines[0]?.id ?? '').expect(303);
      await boss.get(String(told.headers['location'])).expect(200, /Leaves from.*Ningbo warehouse/s);
      const other = await makeOrder(world);
      const stranger = await world.as(other.supplierUser);
      await announce(stranger, other.order.id, other.lines[0]?.id ?? '').expect(404);
      expect(await world.db('despatch_advice')).to.have.length(1);
    });

    it('of another supplier do not exist, also not for one’s own people', async () => {
      const other = await makeSupplier(world);
      await (await world.as(other.actor)).post('/company/sites', site()).expect(303);
      const [row] = await world.db('supplier_site');
      await boss.get(`/company/sites/${row.id}`).expect(404);
      await boss.post(`/company/sites/${row.id}`, { ...site(), version: '1' }).expect(404);
      await boss.post(`/company/sites/${row.id}/closure`).expect(404);
      const seller = await addColleague(world, made.supplierId);
      await boss
        .post(`/company/people/${seller.contactId}`, {
          roles: ['supplier_sales'],
          siteIds: [row.id],
          version: '1',
        })
        .expect(303);
      expect(await world.db('supplier_contact_site')).to.have.length(0);
      expect((await world.db('supplier_site').first()).is_active).to.equal(true);
    });
  });

  it('asks for a second administrator until there is one', async () => {
    await boss.get('/company').expect(200, /Name a second administrator/);
    await addColleague(world, made.supplierId, { roles: ['supplier_administrator'] });
    expect((await boss.get('/company').expect(200)).text).not.to.include('Name a second administrator');
  });

  it('lets nobody in from a screen left alone: people, a recovery and one’s address need a fresh proof', async () => {
    const ana = await world.as(await world.staff('buyer'));
    world.setNow('2026-03-02T10:06:00Z');
    for (const [visitor, path, form] of [
      [boss, '/company/people', invitation()],
      [boss, '/security/address', { email: 'new@orbit.example' }],
      [ana, `/suppliers/${made.supplierId}/recoveries`, { reason: 'x' }],
    ] as const) {
      const answer = await visitor.post(path, form).expect(303);
      expect(answer.headers['location']).to.match(/^\/proof\?/);
    }
    expect(await world.db('supplier_contact')).to.have.length(1);
    expect(await world.db('address_change')).to.have.length(0);
  });

  it('is no page for staff', async () => {
    const buyer = await world.as(await world.staff('buyer', 'administrator'));
    await buyer.get('/company').expect(403);
    await buyer.post('/company/people', invitation()).expect(403);
  });
});
