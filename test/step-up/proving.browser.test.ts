import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { provisionStaff } from '../../src/identity/index.ts';
import { openBrowser } from '../support/browser.ts';
import { type RunningPortal, startPortal } from '../support/portal.ts';

describe('proving again who one is, in a real browser', () => {
  let browser: Browser;
  let portal: RunningPortal;
  before(async function () {
    this.timeout(120_000);
    portal = await startPortal();
    for (const name of ['Wu Min', 'Zhao Lei'])
      await portal.runAsSystem((ctx) =>
        provisionStaff(ctx, {
          name,
          email: `${name.replace(' ', '.').toLowerCase()}@hailan.example`,
          nameId: name,
          idpEntityId: 'urn:portico:development-idp',
          roles: ['requester'],
          locale: 'en',
          timeZone: 'Asia/Shanghai',
        }),
      );
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await portal?.close();
  });

  const open = async (withScript: boolean) => {
    const context = await browser.newContext({ javaScriptEnabled: withScript, locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(`${portal.origin}/saml/login`);
    await page.getByRole('button', { name: /buyer/i }).first().click();
    if (!withScript) await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL((url) => url.pathname === '/saml/finish' || url.pathname === '/');
    if (!withScript) await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${portal.origin}/`);
    return page;
  };

  for (const withScript of [true, false])
    it(`goes on with what was typed, by single sign-on, with${withScript ? '' : 'out'} JavaScript`, async function () {
      this.timeout(90_000);
      const page = await open(withScript);
      await page.goto(`${portal.origin}/delegations`);
      portal.travel({ minutes: 6 });
      await page.getByLabel('Who acts for you').selectOption({ index: 1 });
      const days = await page.getByLabel('First day').inputValue();
      await page.getByLabel('Last day').fill(days);
      await page.getByLabel('Note').fill('Typed once, <only> "once" 中文');
      await page.getByRole('button', { name: 'Delegate', exact: true }).click();
      await page.getByRole('heading', { name: 'Prove that it is you' }).waitFor();
      await page.getByRole('link', { name: 'Sign in with single sign-on' }).click();
      await page.getByText('The portal asks for a new proof').waitFor();
      await page.getByRole('button', { name: /buyer/i }).first().click();
      for (let step = 0; !withScript && step < 3; step += 1)
        await page.getByRole('button', { name: 'Continue' }).click();
      await page.waitForURL(`${portal.origin}/delegations`);
      const list = page.getByRole('region', { name: 'Who acts for me' });
      expect(await list.innerText()).to.include('Typed once, <only> "once" 中文');
      expect(portal.complaints).to.deep.equal([]);
      // So that the second run may delegate again.
      page.on('dialog', (dialog) => void dialog.accept());
      await list.getByRole('button', { name: /End now/ }).click();
      await page.getByText('The delegation is ended.').waitFor();
      await page.context().close();
    });
});
