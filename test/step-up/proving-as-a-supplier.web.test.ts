import { expect } from 'chai';
import { Secret, TOTP } from 'otpauth';
import type { Agent } from 'supertest';
import { hashPassword, type PasswordHash, setPassword } from '../../src/identity/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { postForm } from '../support/saml.ts';
import { keptForm } from '../support/step-up.ts';
import { makeWorld, type World } from '../support/world.ts';

const PASSWORD = 'the lorry came late again';

describe('proving again who one is, as a supplier', () => {
  let world: World;
  let mei: Actor;
  let hash: PasswordHash;
  let browser: Agent;
  before(async () => {
    hash = await hashPassword(PASSWORD);
  });
  beforeEach(async () => {
    world = await makeWorld({ signIn: { saml: null, developmentIdp: null, isDemonstration: false } });
    mei = (await makeSupplier(world)).actor;
    await world.runInTx(mei, (ctx) => setPassword(ctx, { userId: mei.userId ?? '', hash }));
    const { email } = await world.db('user_account').where({ id: mei.userId }).first();
    browser = world.visitor();
    const page = await browser.get('/sign-in').expect(200);
    await postForm(browser, '/sign-in', page.text, { email, password: PASSWORD }).expect(303);
  });
  afterEach(() => world.close());

  const later = (seconds: number) =>
    world.setNow(new Date(world.now().getTime() + seconds * 1000).toISOString());
  const press = async (url: string, form = {}, from = '/security') =>
    postForm(browser, url, (await browser.get(from).expect(200)).text, form).redirects(0);
  const setUpApp = async (): Promise<string> => {
    await press('/security/totp');
    const page = await browser.get('/security/totp').expect(200);
    const seed = (/<code[^>]*>([A-Z2-7 ]+)</.exec(page.text)?.[1] ?? '').replaceAll(' ', '');
    await postForm(browser, '/security/totp/confirmation', page.text, { code: codeAt(seed) }).expect(303);
    return seed;
  };
  const codeAt = (seed: string) =>
    new TOTP({ secret: Secret.fromBase32(seed) }).generate({ timestamp: world.now().getTime() });
  const held = async () => (await press('/security/totp/removal')).headers['location'] ?? '';
  const formOf = (address: string) => ({ form: address.replace('/proof?form=', '') });

  it('takes a code of the app, and then does what was pressed', async () => {
    const seed = await setUpApp();
    later(301);
    const address = await held();
    expect(address).to.match(/^\/proof\?form=/);
    const wrong = await press('/proof/code', { code: '000000', ...formOf(address) }, address);
    expect(wrong.status).to.equal(422);
    expect(wrong.text)
      .to.include('data-code="second-step.code-is-wrong"')
      .and.to.include(formOf(address).form);
    expect(await held()).to.match(/^\/proof/);
    const right = await press('/proof/code', { code: codeAt(seed), ...formOf(address) }, address);
    expect(right.status).to.equal(303);
    const waiting = keptForm((await browser.get(right.headers['location'] ?? '').expect(200)).text);
    await browser.post(waiting.action).type('form').send(waiting.fields).expect(303);
    expect(await world.db('totp')).to.have.length(0);
  });

  it('takes no code twice', async () => {
    const seed = await setUpApp();
    later(301);
    const code = codeAt(seed);
    const address = await held();
    expect((await press('/proof/code', { code, ...formOf(address) }, address)).status).to.equal(303);
    await world
      .db('web_session')
      .update({ sess: world.db.raw(`jsonb_set(sess::jsonb, '{freshAt}', '""')::json`) });
    expect((await press('/proof/code', { code, ...formOf(address) }, address)).status).to.equal(422);
  });

  it('takes the password where there is nothing better, and not where there is', async () => {
    later(301);
    const address = (await press('/security/totp')).headers['location'] ?? '';
    const wrong = await press('/proof/password', { password: 'wrong', ...formOf(address) }, address);
    expect(wrong.text).to.include('data-code="proof.password-is-wrong"');
    const right = await press('/proof/password', { password: PASSWORD, ...formOf(address) }, address);
    expect(right.status).to.equal(303);
    await setUpApp();
    later(301);
    const again = await held();
    const page = await browser.get(again).expect(200);
    expect(page.text).not.to.include('name="password"');
    const refused = await press('/proof/password', { password: PASSWORD, ...formOf(again) }, again);
    expect(refused.text).to.include('data-code="proof.password-not-enough"');
    expect(await held()).to.match(/^\/proof/);
  });

  it('refuses after ten wrong codes, also the right one', async () => {
    const seed = await setUpApp();
    later(301);
    const address = await held();
    for (let tries = 0; tries < 10; tries += 1)
      await press('/proof/code', { code: '000000', ...formOf(address) }, address);
    const blocked = await press('/proof/code', { code: codeAt(seed), ...formOf(address) }, address);
    expect(blocked.text).to.include('data-code="sign-in.too-many-tries"');
    expect(await held()).to.match(/^\/proof/);
  });

  it('gives a new session id, and the old one opens nothing', async () => {
    const seed = await setUpApp();
    later(301);
    const address = await held();
    const before = await world.db('web_session').pluck('sid');
    await press('/proof/code', { code: codeAt(seed), ...formOf(address) }, address);
    expect(await world.db('web_session').whereIn('sid', before)).to.have.length(0);
    await browser.get('/security').expect(200);
  });

  it('shows nobody the key of an app without it', async () => {
    await press('/security/totp');
    later(301);
    await browser.get('/security/totp').expect(303).expect('Location', '/proof?to=%2Fsecurity%2Ftotp');
  });
});
