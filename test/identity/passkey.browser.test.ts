import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { makeApp } from '../../src/app.ts';
import { hashPassword, setPassword } from '../../src/identity/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { makeLog } from '../../src/platform/logger.ts';
import { openBrowser } from '../support/browser.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

const PASSWORD = 'the lorry came late again';

describe('signing in with a passkey', function () {
  this.timeout(60_000);
  let world: World;
  let server: Server;
  let origin: string;
  let browser: Browser;
  let page: Page;
  let mei: Actor;
  let email: string;

  before(async () => {
    world = await makeWorld();
    server = createServer((req, res) => app(req, res));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    // Passkeys belong to a name: an address of numbers can have none.
    const { app } = makeApp(world.house, {
      origin,
      trustProxy: 0,
      readNow: () => world.now(),
      log: makeLog('silent'),
    });
    mei = (await makeSupplier(world)).actor;
    const hash = await hashPassword(PASSWORD);
    await world.runInTx(mei, (ctx) => setPassword(ctx, { userId: mei.userId ?? '', hash }));
    email = (await world.db('user_account').where({ id: mei.userId }).first()).email;
    browser = await openBrowser();
    page = await (await browser.newContext({ locale: 'en' })).newPage();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
  });
  after(async () => {
    await browser.close();
    server.close();
    await world.close();
  });

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
