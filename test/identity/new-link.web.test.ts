import { expect } from 'chai';
import { hashPassword, setPassword } from '../../src/identity/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { hidden, postForm } from '../support/saml.ts';
import { makeWorld, type World } from '../support/world.ts';

const PASSWORD = 'the lorry came late again';

describe('asking for a new link', () => {
  let world: World;
  let mei: Actor;
  let email: string;
  beforeEach(async () => {
    world = await makeWorld();
    mei = (await makeSupplier(world)).actor;
    email = (await world.db('user_account').where({ id: mei.userId }).first()).email;
    const hash = await hashPassword(PASSWORD);
    await world.runInTx(mei, (ctx) => setPassword(ctx, { userId: mei.userId ?? '', hash }));
  });
  afterEach(() => world.close());

  async function ask(address: string, browser = world.visitor()) {
    const page = await browser.get('/sign-in/new-link').expect(200);
    return postForm(browser, '/sign-in/new-link', page.text, { email: address });
  }
  const mailedPath = (): string => {
    const url = /https?:\S+\/sign-in\/link\/\S+/.exec(world.mails.at(-1)?.text ?? '')?.[0] ?? '';
    return new URL(url).pathname;
  };

  it('mails a link that works once, for an hour, and leads to a new password', async () => {
    expect((await ask(` ${email.toUpperCase()} `)).headers['location']).to.equal('/sign-in/new-link/sent');
    await world.drainJobs();
    expect(world.mails).to.have.length(1);
    expect(world.mails[0]?.to.address).to.equal(email);
    expect(world.mails[0]?.text).to.include('within one hour');
    const [link] = await world.db('sign_in_link');
    expect(link.purpose).to.equal('password-reset');
    expect(link.expires_at.toISOString()).to.equal('2026-03-02T11:00:00.000Z');
    const browser = world.visitor();
    const page = await browser.get(mailedPath()).expect(200);
    await postForm(browser, mailedPath(), page.text).expect(303).expect('Location', '/sign-in/password');
    const form = await browser.get('/sign-in/password').expect(200);
    expect(form.text).not.to.include('name="current"');
    const password = 'the lorry came on time';
    await postForm(browser, '/sign-in/password', form.text, { password, repeated: password })
      .expect(303)
      .expect('Location', '/');
    await world.visitor().get(mailedPath()).expect(410);
  });

  it('leads to the page that was asked for before, or where a lost link led', async () => {
    const browser = world.visitor();
    await browser.get('/bids/invitations/0190a6a0-0000-7000-8000-000000000001?tab=2').expect(303);
    await ask(email, browser);
    await world.drainJobs();
    const page = await browser.get(mailedPath()).expect(200);
    await postForm(browser, mailedPath(), page.text).expect(303);
    const form = await browser.get('/sign-in/password').expect(200);
    const password = 'the lorry came on time';
    await postForm(browser, '/sign-in/password', form.text, { password, repeated: password })
      .expect(303)
      .expect('Location', '/bids/invitations/0190a6a0-0000-7000-8000-000000000001?tab=2');
    const asking = world.visitor();
    await asking.get(mailedPath()).expect(410);
    const again = await asking.get('/sign-in/new-link').set('Referer', `http://127.0.0.1${mailedPath()}`);
    const lostLink = hidden(again.text, 'lostLink');
    expect(lostLink).to.have.length(64);
    await postForm(asking, '/sign-in/new-link', again.text, { email, lostLink }).expect(303);
    expect((await world.db('link_request').first()).return_to).to.include('/bids/invitations/');
  });

  it('takes on the language that was chosen just before, and leaves the account’s alone without a choice', async () => {
    const localeOf = async () => (await world.db('user_account').where({ id: mei.userId }).first()).locale;
    const signIn = async (browser: ReturnType<World['visitor']>) => {
      const form = await browser.get('/sign-in').expect(200);
      await postForm(browser, '/sign-in', form.text, { email, password: PASSWORD }).expect(303);
    };
    await signIn(world.visitor().set('Accept-Language', 'zh-CN'));
    expect(await localeOf()).to.equal('en');
    const browser = world.visitor();
    const form = await browser.get('/sign-in').expect(200);
    await postForm(browser, '/preferences', form.text, { locale: 'zh-CN', returnTo: '/sign-in' }).expect(303);
    await signIn(browser);
    expect(await localeOf()).to.equal('zh-CN');
  });

  it('sends somebody who works for two companies a mail for each, which says for which', async () => {
    const other = await makeSupplier(world, { name: 'Delta Parts', email });
    await ask(email);
    await world.drainJobs();
    expect(world.mails).to.have.length(2);
    expect(world.mails.filter((mail) => mail.text.includes('Delta Parts'))).to.have.length(1);
    expect(await world.db('sign_in_link').where({ user_id: other.userId })).to.have.length(1);
  });

  it('refuses the link after an hour, at that instant', async () => {
    await ask(email);
    await world.drainJobs();
    world.setNow('2026-03-02T10:59:59.999Z');
    await world.visitor().get(mailedPath()).expect(200);
    world.setNow('2026-03-02T11:00:00Z');
    await world.visitor().get(mailedPath()).expect(410);
  });

  it('does the same for an address that nobody has, one that is off and one of the staff, and mails nobody', async () => {
    const off = (await makeSupplier(world)).actor;
    await world.db('user_account').where({ id: off.userId }).update({ is_active: false });
    const buyer = await world.staff('buyer');
    const addresses = await world.db('user_account').whereIn('id', [off.userId, buyer.userId]).pluck('email');
    const answers = [];
    for (const address of [email, 'nobody@nowhere.example', ...addresses]) {
      const answer = await ask(address);
      answers.push(`${answer.status} ${answer.headers['location']} ${answer.text}`);
    }
    expect(new Set(answers).size).to.equal(1);
    // The page's work is the same as well: a request and its record, and no look at the accounts.
    expect(await world.db('link_request')).to.have.length(4);
    expect(await world.db('event').where({ action: 'user.link-requested' })).to.have.length(4);
    await world.drainJobs();
    expect(world.mails.map((mail) => mail.to.address)).to.deep.equal([email]);
    expect(await world.db('link_request')).to.have.length(0);
  });

  it('keeps no address in the record', async () => {
    await ask(email);
    expect(JSON.stringify(await world.db('event'))).not.to.include(email);
  });

  it('mails three an hour at most to one account, and says so alike for every address', async () => {
    for (const address of [email, 'nobody@nowhere.example']) {
      for (let n = 0; n < 3; n += 1) expect((await ask(address)).status).to.equal(303);
      const refused = await ask(address);
      expect(refused.status).to.equal(422);
      expect(refused.text).to.include('data-code="sign-in.too-many-tries"');
    }
    await world.drainJobs();
    expect(world.mails).to.have.length(3);
  });

  it('leaves password and sessions as they are until the link is used', async () => {
    const before = (await world.db('user_account').where({ id: mei.userId }).first()).password_hash;
    const user = await world.as(mei);
    await ask(email);
    await world.drainJobs();
    await user.get('/').expect(200);
    expect((await world.db('user_account').where({ id: mei.userId }).first()).password_hash).to.equal(before);
  });
});
