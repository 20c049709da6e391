import { expect } from 'chai';
import { hashPassword, issueSignInLink, setPassword } from '../../src/identity/index.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { postForm } from '../support/saml.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const OLD = 'mei@orbit.example';
const NEW = 'mei.lin@orbit.example';

describe('changing one’s own e-mail address', () => {
  let world: World;
  let mei: Awaited<ReturnType<typeof makeSupplier>>;
  let browser: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    mei = await makeSupplier(world, { email: OLD });
    browser = await world.as(mei.actor);
  });
  afterEach(() => world.close());
  const account = () => world.db('user_account').where({ id: mei.userId }).first();
  const mailTo = (address: string) => world.mails.filter((mail) => mail.to.address === address).at(-1);
  const linkIn = (address: string): string =>
    /\/address\/\w+\/[\w-]{43}/.exec(mailTo(address)?.text ?? '')?.[0] ?? '';
  const request = async (to = NEW): Promise<void> => {
    await browser.post('/security/address', { email: to }).expect(303);
    await world.drainJobs();
  };
  const confirm = async (): Promise<void> => {
    await request();
    await browser.post(linkIn(NEW)).expect(303);
    await world.drainJobs();
  };
  const revertAs = async (path: string) => {
    const visitor = world.visitor();
    const page = await visitor.get(path);
    return postForm(visitor, path, page.text, {});
  };

  it('changes nothing before the link to the new address is used, and tells the old one then', async () => {
    await request();
    expect((await account()).email).to.equal(OLD);
    expect(mailTo(OLD)).to.equal(undefined);
    await browser.get(linkIn(NEW)).expect(200, /mei\.lin@orbit\.example/);
    expect((await account()).email).to.equal(OLD);
    await browser.post(linkIn(NEW)).expect(303);
    await world.drainJobs();
    expect((await account()).email).to.equal(NEW);
    expect(mailTo(OLD)?.subject).to.equal('Your e-mail address was changed');
    await browser.get('/security/address').expect(200);
    const acts = await world
      .db('event')
      .where('action', 'like', 'user.address%')
      .orderBy('position')
      .pluck('action');
    expect(acts).to.deep.equal(['user.address-change-requested', 'user.address-changed']);
  });

  it('keeps tokens and addresses out of table and record: only hashes', async () => {
    await confirm();
    const stored = JSON.stringify([await world.db('address_change'), await world.db('event')]);
    for (const link of [linkIn(NEW), linkIn(OLD)]) expect(stored).not.to.include(link.split('/').at(-1));
    expect(JSON.stringify(await world.db('event'))).not.to.include(NEW);
  });

  it('confirms for the one who asked only, once, and until, not at, 24 hours', async () => {
    await request();
    const link = linkIn(NEW);
    const other = await world.as((await makeSupplier(world)).actor);
    await other.get(link).expect(410);
    await other.post(link).expect(410, /address_change\.link-does-not-work/);
    await world.visitor().get(link).redirects(0).expect(303);
    world.setNow('2026-03-03T10:00:00Z');
    const later = await world.as(mei.actor);
    await later.post(link).expect(410);
    expect((await account()).email).to.equal(OLD);
    world.setNow('2026-03-03T09:59:59Z');
    const intime = await world.as(mei.actor);
    await intime.post(link).expect(303);
    await intime.post(link).expect(410);
  });

  it('makes links that wait in the old mailbox worthless', async () => {
    const token = await world.runInTx(mei.actor, (ctx) =>
      issueSignInLink(ctx, { userId: mei.userId, purpose: 'invitation', returnTo: null }),
    );
    await world.visitor().get(`/sign-in/link/${token}`).expect(200);
    await confirm();
    await world.visitor().get(`/sign-in/link/${token}`).expect(410);
  });

  it('binds a link to its address even where nobody took it back', async () => {
    const token = await world.runInTx(mei.actor, (ctx) =>
      issueSignInLink(ctx, { userId: mei.userId, purpose: 'invitation', returnTo: null }),
    );
    await world.db('user_account').where({ id: mei.userId }).update({ email: NEW });
    await world.visitor().get(`/sign-in/link/${token}`).expect(410);
  });

  describe('taking it back from the old address', () => {
    it('works for a week without a sign-in, ends sessions, password and passkeys added since', async () => {
      const hash = await hashPassword('the lorry came late again');
      await world.runInTx(mei.actor, (ctx) => setPassword(ctx, { userId: mei.userId, hash }));
      browser = await world.as(mei.actor);
      await confirm();
      await world.db('passkey').insert({
        id: mei.supplierId,
        user_id: mei.userId,
        credential_id: 'thief',
        public_key: Buffer.from('x'),
        counter: 0,
        name: 'thief',
        created_at: world.now(),
      });
      expect((await account()).password_hash).to.equal(hash);
      expect((await revertAs(linkIn(OLD))).status).to.equal(303);
      expect(await account()).to.include({ email: OLD, password_hash: null });
      expect(await world.db('passkey')).to.have.length(0);
      await browser.get('/').expect(303);
      await world.drainJobs();
      expect(mailTo(OLD)?.text).to.match(/\/sign-in\/link\//);
      expect((await revertAs(linkIn(OLD) || '/address/revert/x')).status).not.to.equal(303);
    });

    it('ends after seven days, at that instant', async () => {
      await confirm();
      world.setNow('2026-03-09T10:00:00Z');
      await world.visitor().get(linkIn(OLD)).expect(410);
      world.setNow('2026-03-09T09:59:59Z');
      await world.visitor().get(linkIn(OLD)).expect(200);
    });

    it('takes later changes back too, so that no later link brings the thief’s address again', async () => {
      await confirm();
      const first = linkIn(OLD);
      await browser.post('/security/address', { email: 'thief@elsewhere.example' }).expect(303);
      await world.drainJobs();
      await browser.post(linkIn('thief@elsewhere.example')).expect(303);
      await world.drainJobs();
      const second = linkIn(NEW);
      expect((await revertAs(first)).status).to.equal(303);
      await world.visitor().get(second).expect(410);
      expect((await account()).email).to.equal(OLD);
    });
  });

  it('takes an address that somebody at another company has, but not a colleague’s nor the same', async () => {
    await makeSupplier(world, { email: NEW });
    const colleague = await world.supplierUser(mei.supplierId, 'supplier_sales');
    const { email } = await world.db('user_account').where({ id: colleague.userId }).first();
    await browser.post('/security/address', { email: email.toUpperCase() }).expect(422, /colleague-has-it/);
    await browser.post('/security/address', { email: OLD }).expect(422, /same-address/);
    expect(await world.db('address_change')).to.have.length(0);
    await confirm();
    expect((await account()).email).to.equal(NEW);
  });

  it('asks for a new password where another company’s account has the address with a password', async () => {
    const twin = await makeSupplier(world, { email: NEW });
    const set = (of: typeof mei, password: string) =>
      world.runInTx(of.actor, async (ctx) =>
        setPassword(ctx, { userId: of.userId, hash: await hashPassword(password) }),
      );
    await set(twin, 'the ferry came early for once');
    await set(mei, 'the lorry came late again');
    browser = await world.as(mei.actor);
    await request();
    await browser.post(linkIn(NEW)).expect(303).expect('Location', '/sign-in/password');
    expect((await account()).password_hash).to.equal(null);
  });

  it('is not for staff, whose address the identity provider says', async () => {
    const staff = await world.as(await world.staff('buyer'));
    await staff.get('/security/address').expect(404);
    await staff.post('/security/address', { email: NEW }).expect(403);
    expect(await world.db('address_change')).to.have.length(0);
  });

  it('gives way to a newer one, and can be taken back before it is confirmed', async () => {
    await request();
    const first = linkIn(NEW);
    await request('mei3@orbit.example');
    await browser.get(first).expect(410);
    await browser.post('/security/address/withdrawal').expect(303);
    await browser.post(linkIn('mei3@orbit.example')).expect(410);
    expect((await account()).email).to.equal(OLD);
  });
});
