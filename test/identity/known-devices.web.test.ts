import { expect } from 'chai';
import type { Agent } from 'supertest';
import { hashPassword, type PasswordHash, setPassword } from '../../src/identity/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { postForm } from '../support/saml.ts';
import { makeWorld, type World } from '../support/world.ts';

const PASSWORD = 'the lorry came late again';
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0';

describe('knowing the browsers somebody signs in from', () => {
  let world: World;
  let mei: Actor;
  let email: string;
  let hash: PasswordHash;
  before(async () => {
    hash = await hashPassword(PASSWORD);
  });
  beforeEach(async () => {
    world = await makeWorld({ signIn: { saml: null, developmentIdp: null, isDemonstration: false } });
    mei = (await makeSupplier(world)).actor;
    await world.runInTx(mei, (ctx) => setPassword(ctx, { userId: mei.userId ?? '', hash }));
    email = (await world.db('user_account').where({ id: mei.userId }).first()).email;
    await world.drainJobs();
  });
  afterEach(() => world.close());

  const later = (minutes: number) =>
    world.setNow(new Date(world.now().getTime() + minutes * 60_000).toISOString());
  async function signIn(browser: Agent, password = PASSWORD, cookie?: string) {
    const page = await browser.get('/sign-in').expect(200);
    const post = postForm(browser, '/sign-in', page.text, { email, password }).set('User-Agent', FIREFOX);
    return cookie === undefined ? post : post.set('Cookie', cookie);
  }
  const told = async () => {
    await world.drainJobs();
    return world.mails.filter((mail) => mail.subject.includes('new browser'));
  };
  const deviceCookie = (answer: { headers: Record<string, unknown> }): string =>
    /portico-device=([^;]+)/.exec(String(answer.headers['set-cookie']))?.[1] ?? '';

  it('says nothing of the first browser of a new account, and nothing of one that is known', async () => {
    const browser = world.visitor();
    await signIn(browser);
    // The session is over by then; the browser is the same.
    later(60);
    await signIn(browser);
    expect(await told()).to.have.length(0);
    expect(await world.db('known_device')).to.have.length(1);
  });

  it('tells its owner of a browser not seen before: when, which and how, and where to act', async () => {
    await signIn(world.visitor());
    later(60);
    await signIn(world.visitor());
    const [mail, ...more] = await told();
    expect(more).to.have.length(0);
    expect(JSON.stringify(mail?.to)).to.include(email);
    expect(mail?.text)
      .to.include('Firefox, Windows')
      .and.to.include('Password')
      .and.to.include('/security')
      .and.to.include('Sign out everywhere else');
    const act = await world.db('event').where({ action: 'user.new-device' }).first();
    expect(act).to.include({ actor_id: mei.userId, subject_id: mei.userId });
    expect(
      await world.db('notification').where({ template: 'new-device', user_id: mei.userId }),
    ).to.have.length(1);
  });

  it('goes by the cookie and not by what the browser says of itself', async () => {
    await signIn(world.visitor());
    later(60);
    const stranger = world.visitor();
    await signIn(stranger);
    expect(await told()).to.have.length(1);
  });

  it('takes no cookie that it did not give, and none that was changed', async () => {
    const first = world.visitor();
    const given = deviceCookie(await signIn(first));
    expect(given).to.match(/^[\w-]{43}\.[0-9a-f]{32}$/);
    const [token = ''] = given.split('.');
    for (const forged of [`${token}.${'0'.repeat(32)}`, token, 'x', `${'A'.repeat(43)}.${'0'.repeat(32)}`]) {
      later(60);
      await signIn(world.visitor(), PASSWORD, `portico-device=${forged}`);
    }
    expect(await told()).to.have.length(4);
  });

  it('keeps only the hash: the table lets nobody pass for a browser', async () => {
    const given = deviceCookie(await signIn(world.visitor()));
    const rows = JSON.stringify(await world.db('known_device'));
    expect(rows).not.to.include(given.split('.')[0]);
    expect(rows).not.to.include(given.split('.')[1]);
  });

  it('gives a cookie that scripts cannot read and that lasts', async () => {
    const answer = await signIn(world.visitor());
    const cookie = [answer.headers['set-cookie']]
      .flat()
      .find((one) => String(one).startsWith('portico-device'));
    expect(cookie)
      .to.match(/HttpOnly/)
      .and.to.match(/SameSite=Lax/)
      .and.to.match(/Max-Age=34560000/);
  });

  it('shows the sign-in before, and the refused tries since then', async () => {
    const browser = world.visitor();
    await signIn(browser);
    later(60);
    for (let tries = 0; tries < 3; tries += 1) await signIn(world.visitor(), 'wrong');
    later(1);
    const again = world.visitor();
    await signIn(again);
    const home = await again.get('/').expect(200);
    expect(home.text)
      .to.include('Last sign-in:')
      .and.to.include('Firefox, Windows')
      .and.to.include('3 refused tries');
    later(1);
    const third = world.visitor();
    await signIn(third);
    const security = await third.get('/security').expect(200);
    expect(security.text).to.include('Last sign-in:').and.not.to.include('refused tr');
  });

  it('offers a passkey until there is one, and after "later" not for 30 days', async () => {
    const browser = world.visitor();
    await signIn(browser);
    const home = await browser.get('/').expect(200);
    expect(home.text).to.include('Make a passkey');
    await postForm(browser, '/security/passkey-offer/postponement', home.text).expect(303);
    expect((await browser.get('/').expect(200)).text).not.to.include('Make a passkey');
    later(30 * 24 * 60 - 1);
    const before = world.visitor();
    await signIn(before);
    expect((await before.get('/').expect(200)).text).not.to.include('Make a passkey');
    later(1);
    expect((await before.get('/').expect(200)).text).to.include('Make a passkey');
    const buyer = await world.as(await world.staff('buyer'));
    expect((await buyer.get('/').expect(200)).text).not.to.include('Make a passkey');
  });
});
