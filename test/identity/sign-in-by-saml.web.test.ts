import { expect } from 'chai';
import request from 'supertest';
import {
  finish,
  hidden,
  makeSamlWorld,
  postForm,
  postResponse,
  responseFor,
  signInBySaml,
} from '../support/saml.ts';
import type { World } from '../support/world.ts';

describe('signing in through SAML', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeSamlWorld();
  });
  afterEach(() => world.close());
  const rolesOf = (userId: string) =>
    world.db('user_role').where({ user_id: userId }).orderBy('role').pluck('role');

  it('makes a user of (provider, NameID) with the roles of its groups, and says who it is', async () => {
    const browser = world.visitor();
    await signInBySaml(world, browser, 'ana');
    const [user] = await world.db('user_account');
    expect(user).to.include({
      kind: 'staff',
      name_id: 'ana',
      name: 'Ana Costa',
      email: 'ana@hailan.example',
    });
    expect(user.idp_entity_id).to.equal('urn:portico:development-idp');
    expect(await rolesOf(user.id)).to.deep.equal(['finance', 'requester']);
    const acts = await world.db('event').orderBy('position');
    expect(acts.map((act) => act.action)).to.deep.equal(['user.created', 'user.signed-in']);
    expect(acts[1]).to.include({ actor_id: user.id, actor_kind: 'staff', subject_id: user.id });
    await browser.get('/').expect(200, /Ana Costa/);
  });

  it('goes where the visitor wanted to go', async () => {
    const browser = world.visitor();
    await browser.get('/?from=mail').expect(303).expect('Location', '/sign-in');
    const accepted = await postResponse(world, await responseFor(browser, 'li.wei')).expect(303);
    const done = await finish(browser, accepted, 303);
    expect(done.headers['location']).to.equal('/?from=mail');
  });

  it('is the same user next time, and takes over changed roles', async () => {
    await signInBySaml(world, world.visitor(), 'ana');
    const [before] = await world.db('user_account');
    await world.db('user_role').where({ user_id: before.id, role: 'finance' }).update({ role: 'buyer' });
    await signInBySaml(world, world.visitor(), 'ana');
    expect(await world.db('user_account')).to.have.length(1);
    expect(await rolesOf(before.id)).to.deep.equal(['finance', 'requester']);
  });

  it('shows a clear page to somebody without a role, and leaves no account', async () => {
    const browser = world.visitor();
    const accepted = await postResponse(world, await responseFor(browser, 'guest')).expect(303);
    const page = await finish(browser, accepted, 403);
    expect(page.text).to.include('data-code="user.no-role"').and.to.include('A Guest');
    expect(await world.db('user_account')).to.have.length(0);
    await browser.get('/').expect(303).expect('Location', '/sign-in');
  });

  it('takes the roles away when the groups are gone, also from the session that is open', async () => {
    const browser = world.visitor();
    await signInBySaml(world, browser, 'ana');
    await world.db('user_account').update({ name_id: 'guest' });
    const other = world.visitor();
    await finish(other, await postResponse(world, await responseFor(other, 'guest')).expect(303), 403);
    expect(await world.db('user_role')).to.have.length(0);
    await browser.get('/').expect(303).expect('Location', '/sign-in');
  });

  it('refuses a deactivated account and puts an open session out at the next request', async () => {
    const browser = world.visitor();
    await signInBySaml(world, browser, 'li.wei');
    await browser.get('/').expect(200);
    await world.db('user_account').update({ is_active: false });
    await browser.get('/').expect(303).expect('Location', '/sign-in');
    const other = world.visitor();
    const accepted = await postResponse(world, await responseFor(other, 'li.wei')).expect(303);
    const page = await finish(other, accepted, 403);
    expect(page.text).to.include('data-code="user.deactivated"');
  });

  it('refuses a result that another browser asked for: nobody is signed in as somebody else unawares', async () => {
    const attacker = world.visitor();
    const accepted = await postResponse(world, await responseFor(attacker, 'li.wei')).expect(303);
    const victim = world.visitor();
    await victim.get('/saml/login').expect(302);
    const page = await finish(victim, accepted, 403);
    expect(page.text).to.include('data-code="sign-in.another-browser"');
    await victim.get('/').expect(303);
    expect(await world.db('user_account')).to.have.length(0);
    await finish(attacker, accepted, 303);
  });

  it('gives a ticket once, and for two minutes', async () => {
    const browser = world.visitor();
    const accepted = await postResponse(world, await responseFor(browser, 'li.wei')).expect(303);
    await finish(browser, accepted, 303);
    const again = await finish(browser, accepted, 403);
    expect(again.text).to.include('data-code="sign-in.ticket-used"');

    const late = world.visitor();
    const second = await postResponse(world, await responseFor(late, 'ana')).expect(303);
    world.setNow('2026-03-02T10:02:00Z');
    const page = await finish(late, second, 403);
    expect(page.text).to.include('data-code="sign-in.ticket-used"');
  });

  it('changes the session id, so that one known before opens nothing', async () => {
    const browser = world.visitor();
    const before = await browser.get('/saml/login').expect(302);
    const cookie = /portico=[^;]+/.exec(String(before.headers['set-cookie']))?.[0] ?? '';
    expect(cookie).not.to.equal('');
    await signInBySaml(world, browser, 'li.wei');
    await browser.get('/').expect(200);
    await request(world.app).get('/').set('Cookie', cookie).expect(303).expect('Location', '/sign-in');
  });

  it('does not touch the cookie of the browser when the identity provider posts', async () => {
    const accepted = await postResponse(world, await responseFor(world.visitor(), 'li.wei')).expect(303);
    expect(accepted.headers['set-cookie']).to.equal(undefined);
    const refused = await postResponse(world, '<nonsense/>').expect(403);
    expect(refused.headers['set-cookie']).to.equal(undefined);
  });

  it('keeps no session id in the database that a browser could use', async () => {
    const browser = world.visitor();
    const page = await browser.get('/saml/login').expect(302);
    const sid =
      decodeURIComponent(String(page.headers['set-cookie']?.[0]))
        .replace(/^portico=s:/, '')
        .split('.')[0] ?? '';
    expect(sid).to.match(/^[\w-]{43}$/);
    const rows = await world.db('web_session');
    expect(rows).to.have.length(1);
    expect(rows[0].sid).to.match(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(rows)).not.to.include(sid);
    for (const value of [`s:${rows[0].sid}.x`, rows[0].sid])
      await request(world.app)
        .get('/')
        .set('Cookie', `portico=${encodeURIComponent(value)}`)
        .expect(303);
  });

  it('signs out here by a form and at the identity provider by a link', async () => {
    const browser = world.visitor();
    await signInBySaml(world, browser, 'li.wei');
    const home = await browser.get('/').expect(200);
    await postForm(browser, '/sign-out', home.text).expect(303).expect('Location', '/signed-out');
    const page = await browser.get('/signed-out').expect(200);
    await browser.get('/').expect(303).expect('Location', '/sign-in');
    const link = /href="(http:\/\/127\.0\.0\.1\/development-idp\/slo[^"]*)"/.exec(page.text)?.[1];
    const logout = new URL((link ?? '').replaceAll('&amp;', '&'));
    const answer = await browser.get(logout.pathname + logout.search).expect(303);
    const back = new URL(answer.headers['location'] ?? '');
    expect(back.pathname).to.equal('/saml/slo');
    await browser
      .get(back.pathname + back.search)
      .expect(303)
      .expect('Location', '/signed-out');
    const unsigned = back.search.replace(/&SigAlg=.*/, '');
    await browser.get(back.pathname + unsigned).expect(403, /not-signed/);
  });

  it('begins anew for somebody who comes without a request or a ticket', async () => {
    await world.visitor().get('/development-idp/sso').expect(303).expect('Location', '/saml/login');
    await world.visitor().get('/saml/finish').expect(303).expect('Location', '/sign-in');
  });

  it('begins and checks by what was posted alone: a message in the address never reaches the library', async () => {
    const browser = world.visitor();
    const login = await browser.get('/saml/login?SAMLResponse=abc&SAMLRequest=abc').expect(302);
    expect(login.headers['location']).to.match(/\/development-idp\/sso\?SAMLRequest=(?!abc)/);
    const xml = await responseFor(browser, 'ana');
    await request(world.app)
      .post('/saml/acs?SAMLResponse=abc&SAMLRequest=abc')
      .type('form')
      .send({ SAMLResponse: Buffer.from(xml).toString('base64'), SAMLRequest: 'abc' })
      .expect(303, /saml\/finish/);
    await request(world.app)
      .post('/saml/acs')
      .type('form')
      .send({ SAMLRequest: 'abc' })
      .expect(403, /missing/);
  });

  it('does not use a request up by a refused response, so that a forger keeps nobody out', async () => {
    const browser = world.visitor();
    const xml = await responseFor(browser, 'ana');
    await postResponse(world, xml.replace(/(<ds:SignatureValue>|<SignatureValue>)./, '$1_')).expect(403);
    await postResponse(world, xml.replace('>ana<', '>li.wei<')).expect(403, /bad-signature/);
    await finish(browser, await postResponse(world, xml).expect(303), 303);
  });

  it('describes itself to the identity provider: address, certificate, and that both are signed', async () => {
    const { text } = await world.visitor().get('/saml/metadata').expect(200);
    expect(text)
      .to.include('Location="http://127.0.0.1/saml/acs"')
      .and.to.include('WantAssertionsSigned="true"');
    expect(text)
      .to.include('AuthnRequestsSigned="true"')
      .and.to.match(/X509Certificate>\s*MII/);
  });

  it('refuses a sign-in request that nobody signed: the development provider answers the portal only', async () => {
    const browser = world.visitor();
    const login = await browser.get('/saml/login').expect(302);
    const to = new URL(login.headers['location'] ?? '');
    to.searchParams.delete('Signature');
    await browser.get(to.pathname + to.search).expect(403, /not-signed/);
    const picker = await browser.get(
      new URL(login.headers['location'] ?? '').pathname + new URL(login.headers['location'] ?? '').search,
    );
    expect(hidden(picker.text, 'request')).to.include('Signature=');
  });
});
