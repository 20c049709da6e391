import { expect } from 'chai';
import { hashPassword, issueSignInLink, setPassword } from '../../src/identity/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { sha256Hex } from '../../src/platform/crypto/key-ring.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { postForm } from '../support/saml.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('signing in by a link from a mail', () => {
  let world: World;
  let mei: Actor;
  let token: string;
  beforeEach(async () => {
    world = await makeWorld();
    mei = (await makeSupplier(world)).actor;
    token = await linkFor(mei);
  });
  afterEach(() => world.close());

  const linkFor = (to: Actor, returnTo: string | null = '/?invited=yes') =>
    world.runInTx(system('test'), (ctx) =>
      issueSignInLink(ctx, { userId: to.userId ?? '', purpose: 'invitation', returnTo }),
    );
  /** Opens the link and presses its button. */
  async function use(browser: ReturnType<World['visitor']>, of: string) {
    const page = await browser.get(`/sign-in/link/${of}`);
    return postForm(browser, `/sign-in/link/${of}`, page.text);
  }
  const isSignedIn = async (browser: ReturnType<World['visitor']>) => (await browser.get('/')).status === 200;

  it('asks for a password the first time, then leads where the mail meant to', async () => {
    const browser = world.visitor();
    const page = await browser.get(`/sign-in/link/${token}`).expect(200);
    expect(page.text).to.include(mei.name);
    expect((await use(browser, token)).headers['location']).to.equal('/sign-in/password');
    const form = await browser.get('/sign-in/password').expect(200);
    const password = 'the lorry came late again';
    await postForm(browser, '/sign-in/password', form.text, { password, repeated: password })
      .expect(303)
      .expect('Location', '/?invited=yes');
    expect(await isSignedIn(browser)).to.equal(true);
    const [user] = await world.db('user_account').where({ id: mei.userId });
    expect(user.password_hash).to.match(/^\$argon2id\$/);
    expect(
      await world.db('event').where({ subject_id: mei.userId }).orderBy('position').pluck('action'),
    ).to.deep.equal(['user.created', 'sign_in_link.issued', 'user.signed-in', 'user.password-set']);
  });

  it('leads there at once when there is a password already', async () => {
    const hash = await hashPassword('the lorry came late again');
    await world.runInTx(mei, (ctx) => setPassword(ctx, { userId: mei.userId ?? '', hash }));
    expect((await use(world.visitor(), token)).headers['location']).to.equal('/?invited=yes');
  });

  it('keeps only the hash of the token, in the table and in the record', async () => {
    const [row] = await world.db('sign_in_link');
    expect(row.token_hash).to.equal(sha256Hex(token));
    expect(JSON.stringify([row, await world.db('event')])).not.to.include(token);
    expect(Buffer.from(token, 'base64url')).to.have.length(32);
  });

  it('is not used up by a mail scanner that opens it', async () => {
    for (let n = 0; n < 3; n += 1) await world.visitor().get(`/sign-in/link/${token}`).expect(200);
    expect((await use(world.visitor(), token)).status).to.equal(303);
  });

  it('refuses a second use, and an attempt to use it twice at once', async () => {
    const browsers = [world.visitor(), world.visitor(), world.visitor()];
    const answers = await Promise.all(browsers.map((browser) => use(browser, token)));
    expect(answers.filter((answer) => answer.status === 303)).to.have.length(1);
    expect(answers.filter((answer) => answer.status === 410)).to.have.length(2);
    expect(await world.db('event').where({ action: 'user.signed-in' })).to.have.length(1);
  });

  it('refuses after 72 hours, at that instant', async () => {
    world.setNow('2026-03-05T09:59:59.999Z');
    await world.visitor().get(`/sign-in/link/${token}`).expect(200);
    world.setNow('2026-03-05T10:00:00Z');
    const browser = world.visitor();
    await browser.get(`/sign-in/link/${token}`).expect(410);
    const signIn = await browser.get('/sign-in').expect(200);
    await postForm(browser, `/sign-in/link/${token}`, signIn.text).expect(410);
    expect(await isSignedIn(browser)).to.equal(false);
    expect((await world.db('sign_in_link').first()).used_at).to.equal(null);
  });

  it('answers alike for links that were used, have expired, never were, or belong to a deactivated account', async () => {
    await use(world.visitor(), token);
    const off = (await makeSupplier(world)).actor;
    const offToken = await linkFor(off);
    await world.db('user_account').where({ id: off.userId }).update({ is_active: false });
    const never = Buffer.alloc(32, 1).toString('base64url');
    const pages = await Promise.all(
      [token, offToken, never].map(async (of) => {
        const answer = await world.visitor().get(`/sign-in/link/${of}`).expect(410);
        return answer.text.replaceAll(of, 'T').replaceAll(/name="_csrf" value="[^"]*"/g, '');
      }),
    );
    expect(new Set(pages).size).to.equal(1);
  });

  it("signs in as the link's user, whoever used the browser before", async () => {
    const other = (await makeSupplier(world)).actor;
    const otherToken = await linkFor(other);
    const browser = world.visitor();
    await use(browser, otherToken);
    await use(browser, token);
    const home = await browser.get('/').expect(200);
    expect(home.text).to.include(mei.name).and.not.to.include(`>${other.name}<`);
  });

  it('refuses a post without the form token, and leaves the link unused', async () => {
    await world.visitor().post(`/sign-in/link/${token}`).type('form').send({}).expect(403);
    expect((await world.db('sign_in_link').first()).used_at).to.equal(null);
  });

  it('never leads to another site', async () => {
    let refused: unknown;
    await linkFor(mei, '//evil.example').catch((error: unknown) => {
      refused = error;
    });
    expect(String(refused)).to.include('a path of ours');
    expect(await world.db('sign_in_link')).to.have.length(1);
  });
});
