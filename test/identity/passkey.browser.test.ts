import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { hashPassword, setPassword } from '../../src/identity/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { addAuthenticator, openPasskeyBrowser, type PasskeyBrowser } from '../support/passkey-browser.ts';
import type { World } from '../support/world.ts';

const PASSWORD = 'the lorry came late again';

describe('signing in with a passkey', function () {
  this.timeout(60_000);
  let world: World;
  let opened: PasskeyBrowser;
  let origin: string;
  let page: Page;
  let mei: Actor;
  let email: string;

  before(async () => {
    opened = await openPasskeyBrowser();
    ({ world, origin } = opened);
    mei = (await makeSupplier(world)).actor;
    const hash = await hashPassword(PASSWORD);
    await world.runInTx(mei, (ctx) => setPassword(ctx, { userId: mei.userId ?? '', hash }));
    email = (await world.db('user_account').where({ id: mei.userId }).first()).email;
    page = await (await opened.browser.newContext({ locale: 'en' })).newPage();
    await addAuthenticator(page);
  });
  after(() => opened.close());

  it('registers one on the security page, gives recovery codes, and signs in without name or password', async () => {
    await page.goto(`${origin}/sign-in`);
    await page.fill('#field-email', email);
    await page.fill('#field-password', PASSWORD);
    await page.click('form[action="/sign-in"] button');
    await page.goto(`${origin}/security`);
    await page.fill('#field-name', 'Office laptop');
    await page.click('form[data-passkey="register"] button');
    await page.waitForURL(`${origin}/security/recovery-codes`);
    expect(await page.locator('ol code').count()).to.equal(10);
    const [passkey] = await world.db('passkey');
    expect(passkey).to.include({ user_id: mei.userId, name: 'Office laptop' });

    await page.context().clearCookies();
    await page.goto(`${origin}/sign-in`);
    await page.click('form[data-passkey="sign-in"] button');
    await page.waitForURL(`${origin}/`);
    expect(await page.textContent('header')).to.include(mei.name);
    expect(
      (await world.db('event').where({ action: 'user.signed-in' }).orderBy('position', 'desc').first())
        .changes,
    ).to.deep.equal({ method: 'passkey' });
    expect((await world.db('passkey').first()).last_used_at).not.to.equal(null);
  });

  it('refuses an answer to another challenge, a second use of one, and the passkey of a deactivated account', async () => {
    await page.context().clearCookies();
    await page.goto(`${origin}/sign-in`);
    const posted: string[] = [];
    await page.route('**/sign-in/passkey', async (route) => {
      posted.push(route.request().postData() ?? '');
      await route.continue();
    });
    await page.click('form[data-passkey="sign-in"] button');
    await page.waitForURL(`${origin}/`);
    await page.unroute('**/sign-in/passkey');
    const response = new URLSearchParams(posted[0]).get('response') ?? '';
    await page.context().clearCookies();
    for (const begins of [false, true]) {
      await page.goto(`${origin}/sign-in`);
      const _csrf = (await page.getAttribute('[name=_csrf]', 'value')) ?? '';
      const headers = { 'x-csrf-token': _csrf };
      if (begins) await page.request.post(`${origin}/sign-in/passkey/options`, { headers });
      const answer = await page.request.post(`${origin}/sign-in/passkey`, { form: { _csrf, response } });
      expect(answer.status()).to.equal(422);
    }
    await world.db('user_account').where({ id: mei.userId }).update({ is_active: false });
    await page.goto(`${origin}/sign-in`);
    await page.click('form[data-passkey="sign-in"] button');
    await page.waitForSelector('[data-code="passkey.not-accepted"]');
    await world.db('user_account').where({ id: mei.userId }).update({ is_active: true });
  });

  it('asks for a passkey or recovery code after the password from now on', async () => {
    await page.goto(`${origin}/sign-in`);
    await page.fill('#field-email', email);
    await page.fill('#field-password', PASSWORD);
    await page.click('form[action="/sign-in"] button');
    await page.waitForURL(`${origin}/sign-in/second-step`);
    await page.click('form[data-passkey="sign-in"] button');
    await page.waitForURL(`${origin}/`);
  });
});
