import { expect } from 'chai';
import request from 'supertest';
import { hashPassword, type PasswordHash, setPassword } from '../../src/identity/index.ts';
import { saltOf, whosePassword } from '../../src/identity/password.ts';
import { findPasswordOfAddress } from '../../src/identity/passwords.service.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { postForm } from '../support/saml.ts';
import { makeWorld, type World } from '../support/world.ts';

const PASSWORD = 'the lorry came late again';

describe('signing in with a password', () => {
  let world: World;
  let mei: Actor;
  let email: string;
  let hash: PasswordHash;
  before(async () => {
    hash = await hashPassword(PASSWORD);
  });
  beforeEach(async () => {
    world = await makeWorld();
    mei = (await makeSupplier(world)).actor;
    await world.runInTx(mei, (ctx) => setPassword(ctx, { userId: mei.userId ?? '', hash }));
    email = (await world.db('user_account').first()).email;
  });
  afterEach(() => world.close());

  type Browser = ReturnType<World['visitor']>;
  async function signIn(browser: Browser, form: { email: string; password: string }) {
    const page = await browser.get('/sign-in').expect(200);
    return postForm(browser, '/sign-in', page.text, form);
  }
  /** The session's cookie, as a browser sends it back. */
  const sessionCookieOf = (answer: { headers: Record<string, unknown> }): string =>
    /portico=[^;]+/.exec(String(answer.headers['set-cookie']))?.[0] ?? '';
  const signIns = () => world.db('event').where({ action: 'user.signed-in' });

  it('opens the pages of its supplier, whatever the case of the address', async () => {
    const browser = world.visitor();
    const answer = await signIn(browser, { email: ` ${email.toUpperCase()}`, password: PASSWORD });
    expect(answer.status).to.equal(303);
    expect(answer.headers['location']).to.equal('/');
    await browser.get('/').expect(200, new RegExp(mei.name));
    expect(await signIns()).to.have.length(1);
  });

  it('refuses a wrong password, keeps the address as it was typed, and leaves no trace', async () => {
    const answer = await signIn(world.visitor(), { email, password: 'the lorry came early' });
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('data-code="sign-in.not-recognised"').and.to.include(`value="${email}"`);
    expect(answer.text).not.to.include('came early');
    expect(await signIns()).to.have.length(0);
    expect((await world.db('user_account').first()).last_signed_in_at).to.equal(null);
  });

  it('gives an unknown, a deactivated and a passwordless account the same page as a wrong password', async () => {
    const off = (await makeSupplier(world)).actor;
    await world.runInTx(off, (ctx) => setPassword(ctx, { userId: off.userId ?? '', hash }));
    await world.db('user_account').where({ id: off.userId }).update({ is_active: false });
    const without = (await makeSupplier(world)).actor;
    const addresses = await world
      .db('user_account')
      .whereIn('id', [off.userId, without.userId])
      .pluck('email');
    const tries = [email, 'nobody@nowhere.example', ...addresses].map((address) => ({
      email: address,
      password: address === email ? 'the lorry came early' : PASSWORD,
    }));
    const pages: string[] = [];
    for (const form of tries) {
      const answer = await signIn(world.visitor(), form);
      expect(answer.status).to.equal(422);
      pages.push(answer.text.replaceAll(form.email, 'E').replaceAll(/name="_csrf" value="[^"]*"/g, ''));
    }
    expect(new Set(pages).size).to.equal(1);
    expect(await signIns()).to.have.length(0);
  });

  it('takes as long for an unknown address as for a wrong password', async () => {
    const browser = world.visitor();
    const page = await browser.get('/sign-in').expect(200);
    const time = async (address: string): Promise<number> => {
      const before = process.cpuUsage();
      await postForm(browser, '/sign-in', page.text, {
        email: address,
        password: 'the lorry came early',
      }).expect(422);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    await time('warm@up.example');
    const known: number[] = [];
    const unknown: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      known.push(await time(email));
      unknown.push(await time(`nobody-${n}@nowhere.example`));
    }
    // The processor's time, and the least of it: neither depends on what else the machine does.
    const ratio = Math.min(...known) / Math.min(...unknown);
    // Without the decoy hash an unknown address is answered at least twice as fast.
    expect(ratio).to.be.within(0.6, 1.6);
  });

  it('makes a guesser wait after ten tries, even with the right password, and stores no address', async () => {
    const browser = world.visitor();
    for (let n = 0; n < 10; n += 1)
      expect((await signIn(browser, { email, password: `wrong ${n}` })).text).to.include(
        'sign-in.not-recognised',
      );
    const blocked = await signIn(browser, { email, password: PASSWORD });
    expect(blocked.status).to.equal(422);
    expect(blocked.text).to.include('data-code="sign-in.too-many-tries"');
    expect(await signIns()).to.have.length(0);
    expect(JSON.stringify(await world.db('rate_limit'))).not.to.include(email);
    await world.db('rate_limit').where('key', 'like', 'sign-in both%').delete();
    expect((await signIn(browser, { email, password: PASSWORD })).status).to.equal(303);
  });

  it('changes the session id, so that one known before opens nothing', async () => {
    const browser = world.visitor();
    const known = sessionCookieOf(await signIn(browser, { email, password: PASSWORD }));
    const home = await browser.get('/').expect(200);
    const again = await postForm(browser, '/sign-in', home.text, { email, password: PASSWORD }).expect(303);
    expect(sessionCookieOf(again)).not.to.equal(known);
    await request(world.app).get('/').set('Cookie', known).expect(303).expect('Location', '/sign-in');
    await request(world.app).get('/').set('Cookie', sessionCookieOf(again)).expect(200);
  });

  it('goes where the visitor wanted to go, once, and never to another site', async () => {
    const browser = world.visitor();
    await browser.get('/orders?state=sent').expect(303);
    const answer = await signIn(browser, { email, password: PASSWORD });
    expect(answer.headers['location']).to.equal('/orders?state=sent');
    const lured = world.visitor();
    lured.jar.setCookie(`portico-return-to=${encodeURIComponent('//evil.example')}`, '127.0.0.1', '/');
    expect((await signIn(lured, { email, password: PASSWORD })).headers['location']).to.equal('/');
  });

  it('refuses a form that another site sends, or without its token', async () => {
    const browser = world.visitor();
    const page = await browser.get('/sign-in').expect(200);
    const form = { email, password: PASSWORD };
    await browser
      .post('/sign-in')
      .type('form')
      .send(form)
      .expect(403, /form\.token-expired/);
    await postForm(browser, '/sign-in', page.text, form)
      .set('Sec-Fetch-Site', 'cross-site')
      .expect(403, /form\.cross-site/);
    await postForm(browser, '/sign-in', page.text, form).set('Origin', 'http://evil.example').expect(403);
    const foreign = await world.visitor().get('/sign-in');
    await postForm(browser, '/sign-in', foreign.text, form).expect(403);
    expect(await signIns()).to.have.length(0);
  });

  it('refuses what is longer than a password can be, and what is no text', async () => {
    expect((await signIn(world.visitor(), { email, password: 'x'.repeat(201) })).status).to.equal(422);
    const browser = world.visitor();
    const page = await browser.get('/sign-in');
    const nested = { email: { toString: 'x' }, password: ['a', 'b'] } as unknown as Record<string, string>;
    expect((await postForm(browser, '/sign-in', page.text, nested)).status).to.equal(422);
  });

  it('ends after 20 minutes without use, and says so', async () => {
    const browser = world.visitor();
    await signIn(browser, { email, password: PASSWORD });
    world.setNow('2026-03-02T10:19:59Z');
    await browser.get('/').expect(200);
    world.setNow('2026-03-02T10:39:59Z');
    await browser.get('/').expect(303).expect('Location', '/sign-in');
    await browser.get('/sign-in').expect(200, /away for a while/);
  });

  it('ends after eight hours of use', async () => {
    const browser = world.visitor();
    await signIn(browser, { email, password: PASSWORD });
    for (let minutes = 15; minutes < 8 * 60; minutes += 15) {
      world.setNow(new Date(Date.parse('2026-03-02T10:00:00Z') + minutes * 60_000).toISOString());
      await browser.get('/').expect(200);
    }
    world.setNow('2026-03-02T18:00:00Z');
    await browser.get('/').expect(303);
  });

  it('ends at the next request when the account is deactivated', async () => {
    const browser = world.visitor();
    await signIn(browser, { email, password: PASSWORD });
    await world.db('user_account').update({ is_active: false });
    await browser.get('/').expect(303).expect('Location', '/sign-in');
  });

  it('ends when signing out, for whoever kept the cookie too', async () => {
    const browser = world.visitor();
    const answer = await signIn(browser, { email, password: PASSWORD });
    const cookie = sessionCookieOf(answer);
    const home = await browser.get('/').expect(200);
    await postForm(browser, '/sign-out', home.text).expect(303);
    await request(world.app).get('/').set('Cookie', cookie).expect(303).expect('Location', '/sign-in');
  });

  it('needs the current password for a new one, and then ends all other sessions', async () => {
    const [browser, elsewhere] = [world.visitor(), world.visitor()];
    for (const one of [browser, elsewhere]) await signIn(one, { email, password: PASSWORD });
    const page = await browser.get('/sign-in/password').expect(200);
    const next = 'the lorry came early today';
    const wrong = { current: 'not that one here', password: next, repeated: next };
    await postForm(browser, '/sign-in/password', page.text, wrong).expect(422, /password\.current-is-wrong/);
    const right = { current: PASSWORD, password: next, repeated: next };
    await postForm(browser, '/sign-in/password', page.text, { ...right, repeated: `${next}!` }).expect(
      422,
      /password\.repeated-differs/,
    );
    await postForm(browser, '/sign-in/password', page.text, {
      ...right,
      password: 'short',
      repeated: 'short',
    }).expect(422, /password\.too-short/);
    expect((await world.db('user_account').first()).password_hash).to.equal(hash);
    await postForm(browser, '/sign-in/password', page.text, right).expect(303);
    await browser.get('/').expect(200);
    await elsewhere.get('/').expect(303);
    expect((await signIn(world.visitor(), { email, password: PASSWORD })).status).to.equal(422);
    expect((await signIn(world.visitor(), { email, password: next })).status).to.equal(303);
  });

  it('knows by the password which of two companies is meant, when one person works for both', async () => {
    const twin = (await makeSupplier(world)).actor;
    await world.db('user_account').where({ id: twin.userId }).update({ email: email.toUpperCase() });
    const set = (password: string) =>
      world.runInTx(twin, async (ctx) => {
        const like = await findPasswordOfAddress(ctx, email);
        await setPassword(ctx, { userId: twin.userId ?? '', hash: await hashPassword(password, like) });
      });
    expect((await refusal(set(PASSWORD))).code).to.equal('password.used-at-other-company');
    const other = 'the ferry came early for once';
    await set(other);
    for (const [password, who] of [
      [PASSWORD, mei],
      [other, twin],
    ] as const) {
      const browser = world.visitor();
      expect((await signIn(browser, { email, password })).status).to.equal(303);
      expect((await browser.get('/').expect(200)).text).to.include(who.name);
    }
    expect((await signIn(world.visitor(), { email, password: 'neither of the two' })).status).to.equal(422);
  });

  it('makes one hash for a sign-in, however many accounts have the address', async () => {
    const hashes: string[] = [await hashPassword('first of them all')];
    for (const password of ['second of them all', 'third of them all'])
      hashes.push(await hashPassword(password, hashes[0]));
    expect(new Set(hashes.map(saltOf)).size).to.equal(1);
    const accounts = hashes.map((passwordHash) => ({ passwordHash }));
    expect(await whosePassword('third of them all', accounts)).to.equal(accounts[2]);
    expect(await whosePassword('fourth of them all', accounts)).to.equal(undefined);
    expect(await whosePassword('first of them all', [])).to.equal(undefined);
  });

  it('refuses a password with another salt, which would make a sign-in of this address slower', async () => {
    const twin = (await makeSupplier(world)).actor;
    await world.db('user_account').where({ id: twin.userId }).update({ email });
    const set = world.runInTx(twin, async (ctx) =>
      setPassword(ctx, { userId: twin.userId ?? '', hash: await hashPassword('one more good password') }),
    );
    expect((await refusal(set)).code).to.equal('password.busy');
    expect((await world.db('user_account').where({ id: twin.userId }).first()).password_hash).to.equal(null);
  });
});

describe('choosing how pages look', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());

  it('keeps the language of a visitor in the browser and of a user with the account', async () => {
    const browser = world.visitor();
    const page = await browser.get('/sign-in').expect(200, /<html lang="en" data-bs-theme="light"/);
    await postForm(browser, '/preferences', page.text, {
      locale: 'zh-CN',
      theme: 'dark',
      returnTo: '/sign-in',
    })
      .expect(303)
      .expect('Location', '/sign-in');
    await browser.get('/sign-in').expect(200, /<html lang="zh-CN" data-bs-theme="dark"/);

    const actor = await world.staff('buyer');
    const user = await world.as(actor);
    await user
      .post('/preferences', { locale: 'zh-CN', timeZone: 'Europe/Lisbon' })
      .expect(303)
      .expect('Location', '/');
    await user.get('/').expect(200, /<html lang="zh-CN"/);
    expect(await world.db('user_account').first()).to.include({
      locale: 'zh-CN',
      time_zone: 'Europe/Lisbon',
      theme: 'auto',
    });
  });

  it('answers a Chinese browser in Chinese', async () => {
    await world
      .visitor()
      .get('/sign-in')
      .set('Accept-Language', 'zh-TW,zh;q=0.9,en;q=0.8')
      .expect(200, /<html lang="zh-CN"/);
    await world
      .visitor()
      .get('/sign-in')
      .set('Accept-Language', 'de-DE,en;q=0.8')
      .expect(200, /<html lang="en"/);
  });

  it('refuses a language or a zone there is not, and never leads to another site', async () => {
    const actor = await world.staff('buyer');
    const user = await world.as(actor);
    await user.post('/preferences', { locale: 'xx' }).expect(400);
    await user.post('/preferences', { timeZone: 'Mars/Olympus' }).expect(400);
    await user
      .post('/preferences', { locale: 'en', returnTo: '//evil.example' })
      .expect(303)
      .expect('Location', '/');
    expect(await world.db('user_account').first()).to.include({
      locale: 'en',
      time_zone: 'Asia/Shanghai',
      version: 2,
    });
  });
});
