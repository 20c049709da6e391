import { createHash, createHmac } from 'node:crypto';
import { expect } from 'chai';
import request from 'supertest';
import { hashPassword, setPassword } from '../../src/identity/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { postForm } from '../support/saml.ts';
import { makeWorld, ORIGIN, type World } from '../support/world.ts';

const PASSWORD = 'the lorry came late again';

describe('stealing a session', () => {
  let world: World;
  let mei: Actor;
  let email: string;
  beforeEach(async () => {
    world = await makeWorld();
    mei = (await makeSupplier(world)).actor;
    const hash = await hashPassword(PASSWORD);
    await world.runInTx(mei, (ctx) => setPassword(ctx, { userId: mei.userId ?? '', hash }));
    email = (await world.db('user_account').where({ id: mei.userId }).first()).email;
  });
  afterEach(() => world.close());

  const signIn = async (browser = world.visitor()) => {
    const page = await browser.get('/sign-in').expect(200);
    return postForm(browser, '/sign-in', page.text, { email, password: PASSWORD }).expect(303);
  };
  const cookieOf = (answer: { headers: Record<string, unknown> }): string =>
    decodeURIComponent(/portico=([^;]+)/.exec(String(answer.headers['set-cookie']))?.[1] ?? '');
  const signed = (id: string): string => {
    const secret = world.house.ports.keyRing.fingerprint('session cookie');
    const mac = createHmac('sha256', secret).update(id).digest('base64').replaceAll('=', '');
    return `s:${id}.${mac}`;
  };
  const homeWith = (cookie: string) =>
    request(world.app)
      .get('/')
      .set('Cookie', `portico=${encodeURIComponent(cookie)}`);

  it('is not possible with what the table of sessions holds, even for who could sign cookies', async () => {
    const cookie = cookieOf(await signIn());
    const id = cookie.slice(2, cookie.lastIndexOf('.'));
    // The forger's signature is right: with the id itself it opens the page.
    expect(signed(id)).to.equal(cookie);
    await homeWith(signed(id)).expect(200);
    for (const { sid } of await world.db('web_session')) {
      expect(sid).to.match(/^[0-9a-f]{64}$/);
      await homeWith(signed(sid)).expect(303).expect('Location', '/sign-in');
    }
    expect(JSON.stringify(await world.db('web_session'))).not.to.include(id);
  });

  it('is not possible with an id the thief chose before: signing in gives a new one', async () => {
    const chosen = 'A'.repeat(43);
    const cookie = { path: '/', httpOnly: true, originalMaxAge: null };
    const sid = createHash('sha256').update(chosen).digest('hex');
    const expire = new Date(Date.now() + 3_600_000);
    await world.db('web_session').insert({ sid, sess: { cookie, device: 'of the thief' }, expire });
    const browser = world.visitor();
    browser.jar.setCookie(`portico=${encodeURIComponent(signed(chosen))}`, '127.0.0.1', '/');
    const mine = cookieOf(await signIn(browser));
    await homeWith(mine).expect(200);
    await homeWith(signed(chosen)).expect(303).expect('Location', '/sign-in');
    expect(await world.db('web_session').where({ sid })).to.have.length(0);
  });

  it('is not helped by the cookie’s attributes: no script reads it, no other site sends it along', async () => {
    const cookies = String((await signIn()).headers['set-cookie']);
    const session = cookies.split(/,(?=\s*portico)/).find((cookie) => cookie.trim().startsWith('portico='));
    expect(session).to.include('HttpOnly').and.to.include('SameSite=Lax').and.to.include('Path=/');
  });

  it('gets no link of ours by naming another host', async () => {
    const browser = world.visitor();
    const page = await browser.get('/sign-in/new-link').expect(200);
    await postForm(browser, '/sign-in/new-link', page.text, { email })
      .set('Host', 'evil.example')
      .set('X-Forwarded-Host', 'evil.example')
      .expect(303);
    await world.drainJobs();
    const [mail] = world.mails;
    expect(mail?.text).to.include(`${ORIGIN}/sign-in/link/`);
    expect(`${mail?.text}${mail?.html}`).not.to.include('evil.example');
    const lured = await request(world.app).get('/orders').set('Host', 'evil.example').expect(303);
    expect(lured.headers['location']).to.equal('/sign-in');
  });
});
