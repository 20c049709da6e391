import { expect } from 'chai';
import { Secret, TOTP } from 'otpauth';
import { hashPassword, issueSignInLink, type PasswordHash, setPassword } from '../../src/identity/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { postForm } from '../support/saml.ts';
import { makeWorld, type World } from '../support/world.ts';

const PASSWORD = 'the lorry came late again';
type Browser = ReturnType<World['visitor']>;

describe('signing in with a second factor', () => {
  let world: World;
  let mei: Actor;
  let email: string;
  let hash: PasswordHash;
  before(async () => {
    hash = await hashPassword(PASSWORD);
  });
  beforeEach(async () => {
    await makeMei();
  });
  afterEach(() => world.close());

  async function makeMei(secondFactor: 'required' | 'offered' = 'offered') {
    world = await makeWorld({
      signIn: { saml: null, developmentIdp: null, isDemonstration: false, secondFactor },
    });
    mei = (await makeSupplier(world)).actor;
    await world.runInTx(mei, (ctx) => setPassword(ctx, { userId: mei.userId ?? '', hash }));
    email = (await world.db('user_account').where({ id: mei.userId }).first()).email;
  }
  async function signIn(browser: Browser) {
    const page = await browser.get('/sign-in').expect(200);
    return postForm(browser, '/sign-in', page.text, { email, password: PASSWORD }).expect(303);
  }
  const codeAt = (seed: string) =>
    new TOTP({ secret: Secret.fromBase32(seed) }).generate({ timestamp: world.now().getTime() });
  const press = async (browser: Browser, url: string, form = {}, from = '/security') =>
    postForm(browser, url, (await browser.get(from).expect(200)).text, form);
  /** Sets an app up in this browser; gives its seed and the recovery codes. */
  async function setUpApp(browser: Browser): Promise<{ seed: string; codes: string[] }> {
    await press(browser, '/security/totp');
    const page = await browser.get('/security/totp').expect(200);
    const seed = (/<code[^>]*>([A-Z2-7 ]+)</.exec(page.text)?.[1] ?? '').replaceAll(' ', '');
    const done = await postForm(browser, '/security/totp/confirmation', page.text, { code: codeAt(seed) });
    expect(done.headers['location']).to.equal('/security/recovery-codes');
    const shown = await browser.get('/security/recovery-codes').expect(200);
    return {
      seed,
      codes: [...shown.text.matchAll(/<code[^>]*>([a-z2-9-]{19})</g)].map((one) => String(one[1])),
    };
  }
  const later = (seconds: number) =>
    world.setNow(new Date(world.now().getTime() + seconds * 1000).toISOString());
  const giveCode = (browser: Browser, code: string) =>
    press(browser, '/sign-in/second-step', { code }, '/sign-in/second-step');
  const isIn = async (browser: Browser) => (await browser.get('/').redirects(0)).status === 200;

  it('asks for a code after the right password, and lets nobody in before', async () => {
    const first = world.visitor();
    await signIn(first);
    const { seed } = await setUpApp(first);
    later(30);
    const browser = world.visitor();
    expect((await signIn(browser)).headers['location']).to.equal('/sign-in/second-step');
    expect(await isIn(browser)).to.equal(false);
    expect((await giveCode(browser, '000000')).status).to.equal(422);
    expect(await isIn(browser)).to.equal(false);
    expect((await giveCode(browser, codeAt(seed))).headers['location']).to.equal('/');
    expect(await isIn(browser)).to.equal(true);
    const methods = (await world.db('event').where({ action: 'user.signed-in' }).orderBy('position')).map(
      (event) => event.changes.method,
    );
    expect(methods).to.deep.equal(['password', 'password+totp']);
  });

  it('refuses a code that was used, also the one that set the app up', async () => {
    const first = world.visitor();
    await signIn(first);
    const { seed } = await setUpApp(first);
    const browser = world.visitor();
    await signIn(browser);
    expect((await giveCode(browser, codeAt(seed))).status).to.equal(422);
    later(30);
    expect((await giveCode(browser, codeAt(seed))).status).to.equal(303);
    const other = world.visitor();
    await signIn(other);
    expect((await giveCode(other, codeAt(seed))).status).to.equal(422);
  });

  it('asks for it after a link from a mail too: a mailbox alone opens nothing', async () => {
    const first = world.visitor();
    await signIn(first);
    await setUpApp(first);
    const token = await world.runInTx(mei, (ctx) =>
      issueSignInLink(ctx, { userId: mei.userId ?? '', purpose: 'password-reset', returnTo: null }),
    );
    const browser = world.visitor();
    const page = await browser.get(`/sign-in/link/${token}`).expect(200);
    const answer = await postForm(browser, `/sign-in/link/${token}`, page.text);
    expect(answer.headers['location']).to.equal('/sign-in/second-step');
    expect(await isIn(browser)).to.equal(false);
    await browser.get('/sign-in/password').expect(303).expect('Location', '/sign-in');
  });

  it('gives ten recovery codes once, takes each once, and keeps only hashes', async () => {
    const first = world.visitor();
    await signIn(first);
    const { codes } = await setUpApp(first);
    expect(new Set(codes).size).to.equal(10);
    await first.get('/security/recovery-codes').expect(303).expect('Location', '/security');
    const tables = [await world.db('recovery_code'), await world.db('event'), await world.db('web_session')];
    for (const code of codes) {
      expect(JSON.stringify(tables)).not.to.include(code);
      expect(JSON.stringify(tables)).not.to.include(code.replaceAll('-', ''));
    }
    const [code = ''] = codes;
    const browser = world.visitor();
    await signIn(browser);
    expect((await giveCode(browser, ` ${code.toUpperCase()} `)).status).to.equal(303);
    const again = world.visitor();
    await signIn(again);
    expect((await giveCode(again, code)).status).to.equal(422);
  });

  it("keeps the app's seed sealed, bound to its user", async () => {
    const first = world.visitor();
    await signIn(first);
    const { seed } = await setUpApp(first);
    const [row] = await world.db('totp');
    expect(row.sealed_seed.toString('latin1')).not.to.include(seed);
    const { keyRing } = world.house.ports;
    expect(keyRing.unseal(row.sealed_seed, `totp.sealed_seed.${mei.userId}`).toString()).to.equal(seed);
    expect(() => keyRing.unseal(row.sealed_seed, 'totp.sealed_seed.another')).to.throw();
  });

  it('makes a guesser of codes wait after ten tries', async () => {
    const first = world.visitor();
    await signIn(first);
    await setUpApp(first);
    const browser = world.visitor();
    await signIn(browser);
    for (let n = 0; n < 10; n += 1)
      expect((await giveCode(browser, `00000${n}`)).text).to.include('code-is-wrong');
    expect((await giveCode(browser, '000000')).text).to.include('sign-in.too-many-tries');
  });

  it('gives ten minutes for the second step, to that instant', async () => {
    const first = world.visitor();
    await signIn(first);
    const { seed } = await setUpApp(first);
    const browser = world.visitor();
    await signIn(browser);
    later(600);
    const late = await giveCode(browser, codeAt(seed));
    expect(late.text).to.include('second-step.took-too-long');
    expect(await isIn(browser)).to.equal(false);
  });

  it('changes nothing for whoever signed in long ago: an unattended screen is not enough', async () => {
    const browser = world.visitor();
    await signIn(browser);
    later(4 * 60 + 59);
    expect((await press(browser, '/security/totp')).status).to.equal(303);
    later(1);
    const held = await press(browser, '/security/totp/removal');
    expect(held.headers['location']).to.match(/^\/proof\?form=/);
    await browser.get('/security/totp').expect(303).expect('Location', '/proof?to=%2Fsecurity%2Ftotp');
    expect(await world.db('totp')).to.have.length(1);
  });

  it('lets a supplier see nothing before it set one up, where the house requires it', async () => {
    await world.close();
    await makeMei('required');
    const browser = world.visitor();
    await signIn(browser);
    for (const path of ['/', '/orders', '/notifications'])
      await browser.get(path).expect(303).expect('Location', '/security');
    await setUpApp(browser);
    expect(await isIn(browser)).to.equal(true);
  });

  it('shows where one is signed in, and ends all other sessions', async () => {
    const [browser, elsewhere] = [world.visitor(), world.visitor()];
    elsewhere.set('User-Agent', 'Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0');
    for (const one of [browser, elsewhere]) await signIn(one);
    await browser.get('/security').expect(200, /Firefox, Windows/);
    await press(browser, '/security/sign-out-elsewhere');
    expect(await isIn(browser)).to.equal(true);
    expect(await isIn(elsewhere)).to.equal(false);
  });

  it('is not for staff, who sign in with single sign-on', async () => {
    const buyer = await world.as(await world.staff('buyer'));
    await buyer.get('/security').expect(200);
    await buyer.post('/security/totp').expect(403);
    expect(await world.db('totp')).to.have.length(0);
  });
});
