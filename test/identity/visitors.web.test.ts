import { expect } from 'chai';
import request from 'supertest';
import { hidden, postForm } from '../support/saml.ts';
import { signInForTest } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('looking at pages without signing in', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  const sessionCount = async () => (await world.db('web_session')).length;
  const cookiesOf = (answer: { headers: Record<string, unknown> }): string =>
    JSON.stringify(answer.headers['set-cookie'] ?? '');

  it('stores nothing, however many requests: not for a form, not for a page that asks to sign in', async () => {
    for (let n = 0; n < 25; n += 1) {
      await request(world.app).get('/sign-in').expect(200);
      await request(world.app).get(`/orders?page=${n}`).expect(303);
      await request(world.app).get('/no-such-page').expect(404);
      await request(world.app).post('/sign-in').type('form').send({ email: 'a', password: 'b' }).expect(403);
    }
    expect(await sessionCount()).to.equal(0);
  });

  it('still refuses a form without the token, with a token of another browser, and with the cookie for a token', async () => {
    const browser = world.visitor();
    const page = await browser.get('/sign-in').expect(200);
    const cookie = /portico-visitor=([^;]+)/.exec(cookiesOf(page))?.[1] ?? '';
    const foreign = hidden((await world.visitor().get('/sign-in')).text, '_csrf');
    for (const token of ['', foreign, cookie])
      await browser.post('/preferences').type('form').send({ theme: 'dark', _csrf: token }).expect(403);
    await postForm(request.agent(world.app), '/preferences', page.text, { theme: 'dark' }).expect(403);
    await postForm(browser, '/preferences', page.text, { theme: 'dark' }).expect(303);
  });

  it('gives one token for all pages and tabs of a browser, hidden from scripts', async () => {
    const browser = world.visitor();
    const first = await browser.get('/sign-in').expect(200);
    expect(cookiesOf(first)).to.match(/portico-visitor=[^;]{32}; Path=\/; HttpOnly; SameSite=Lax/);
    const second = await browser.get('/sign-in').expect(200);
    expect(second.headers['set-cookie']).to.equal(undefined);
    expect(hidden(first.text, '_csrf')).to.equal(hidden(second.text, '_csrf'));
  });

  it('does not let the token of the time before signing in act for whoever signed in', async () => {
    const actor = await world.staff('buyer');
    const browser = world.visitor();
    const page = await browser.get('/sign-in').expect(200);
    const { cookie } = await signInForTest(world.house, actor, world.now());
    browser.jar.setCookie(cookie, '127.0.0.1', '/');
    await browser.get('/').expect(200, new RegExp(actor.name));
    await postForm(browser, '/preferences', page.text, { theme: 'light' }).expect(403);
    await postForm(browser, '/preferences', (await browser.get('/')).text, { theme: 'dark' }).expect(303);
    expect((await world.db('user_account').where({ id: actor.userId }).first()).theme).to.equal('dark');
  });

  it('comes back to the page with its filters after choosing a language', async () => {
    const user = await world.as(await world.staff('buyer'));
    const page = await user.get('/?state=sent&since=x').expect(200);
    expect(hidden(page.text, 'returnTo')).to.equal('/?state=sent&since=x');
    const chosen = { locale: 'zh-CN', returnTo: hidden(page.text, 'returnTo') };
    await user.post('/preferences', chosen).expect('Location', '/?state=sent&since=x');
    await user.post('/preferences', { ...chosen, returnTo: '//evil.example/?a=b' }).expect('Location', '/');
  });

  it('keeps where a visitor wanted to go in its browser, and never follows it to another site', async () => {
    const answer = await request(world.app).get('/orders?state=sent').expect(303);
    expect(cookiesOf(answer)).to.include(`portico-return-to=${encodeURIComponent('/orders?state=sent')};`);
    expect(cookiesOf(await request(world.app).get('//evil.example/x'))).not.to.include('portico-return-to=');
  });
});
