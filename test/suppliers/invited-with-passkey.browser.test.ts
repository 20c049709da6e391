import { expect } from 'chai';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { addAuthenticator, openPasskeyBrowser, type PasskeyBrowser } from '../support/passkey-browser.ts';

describe('somebody invited, in a real browser', function () {
  this.timeout(120_000);
  let opened: PasskeyBrowser;
  before(async () => {
    opened = await openPasskeyBrowser();
  });
  after(() => opened.close());

  it('makes a passkey at the first sign-in, signs out, and signs in with it, without ever having a password', async () => {
    const { world, origin, browser } = opened;
    const boss = await makeSupplier(world);
    const invitation = {
      name: 'Li Wei',
      email: 'li.wei@orbit.example',
      phone: '',
      locale: 'en',
      timeZone: 'Asia/Shanghai',
      roles: ['supplier_sales'],
    };
    await (await world.as(boss.actor)).post('/company/people', invitation).expect(303);
    await world.drainJobs();
    const mail = world.mails.find((one) => one.to.address === invitation.email);
    const link = /\/sign-in\/link\/[\w-]{43}/.exec(mail?.text ?? '')?.[0] ?? '';

    const page = await (await browser.newContext({ locale: 'en' })).newPage();
    await addAuthenticator(page);
    await page.goto(origin + link);
    await page.click(`form[action="${link}"] button`);
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in/link/'));
    await page.goto(`${origin}/security`);
    await page.click('form[data-passkey="register"] button');
    await page.waitForURL(`${origin}/security/recovery-codes`);
    expect(await page.locator('ol code').count()).to.equal(10);

    await page.click('form[action="/sign-out"] button');
    await page.waitForURL(`${origin}/signed-out`);
    await page.goto(`${origin}/sign-in`);
    await page.click('form[data-passkey="sign-in"] button');
    await page.waitForURL(`${origin}/`);
    expect(await page.textContent('header')).to.include('Li Wei');
    const account = await world.db('user_account').where({ email: invitation.email }).first();
    expect(account.password_hash).to.equal(null);
    expect(await world.db('passkey').where({ user_id: account.id })).to.have.length(1);
  });
});
