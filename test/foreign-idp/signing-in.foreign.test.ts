import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { changed } from '../support/saml-forgery.ts';
import type { Account } from './provider.ts';
import { openStage, type Stage } from './stage.ts';

const unpacked = process.env['TEST_FOREIGN_IDP'] ?? '';
const WEI: Account = {
  password: 'weipw',
  attributes: {
    uid: ['li.wei'],
    email: ['li.wei@hailan.example'],
    displayName: ['李伟'],
    groups: ['purchasing', 'canteen'],
  },
};
const GUEST: Account = {
  password: 'guestpw',
  attributes: {
    uid: ['guest'],
    email: ['guest@hailan.example'],
    displayName: ['访客'],
    groups: ['canteen'],
  },
};
const withGroups = (account: Account, ...groups: string[]): Account => ({
  ...account,
  attributes: { ...account.attributes, groups },
});

describe('signing in at a foreign identity provider (SimpleSAMLphp)', function () {
  if (unpacked === '') {
    it('needs one: TEST_FOREIGN_IDP=$(node bin/foreign-idp.mjs) npm test -- test/foreign-idp');
    return;
  }
  this.timeout(120_000);
  let stage: Stage;

  before(async () => {
    stage = await openStage(unpacked);
  });
  after(() => stage.close());
  beforeEach(async () => {
    await stage.provider.setAccounts({ wei: WEI, guest: GUEST });
    await stage.provider.signWith('first');
    await stage.restart();
    await stage.introduce();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.error((await stage.provider.log()).slice(-4_000));
  });

  /** From our sign-in page to the provider's form, filled in. */
  const askProvider = async (page: Page, user: string, password: string): Promise<void> => {
    await page.goto(`${stage.origin}/sign-in`);
    await page.click('a[href="/saml/login"]');
    await page.waitForURL(`${stage.provider.entryPoint.split('/saml2')[0]}/**`);
    await page.fill('#username', user);
    await page.fill('#password', password);
  };
  const submit = (page: Page): Promise<void> => page.press('#password', 'Enter');
  const signIn = async (page: Page, user = 'wei', password = 'weipw'): Promise<void> => {
    await askProvider(page, user, password);
    await submit(page);
    await page.waitForURL((url) => url.origin === stage.origin && url.pathname !== '/saml/finish');
  };
  /** The answer on its way to us, held up. */
  const answerTo = async (page: Page): Promise<URLSearchParams> => {
    const held = new Promise<string>((resolve) => {
      void page.route('**/saml/acs', async (route) => {
        resolve(route.request().postData() ?? '');
        await route.abort();
      });
    });
    await askProvider(page, 'wei', 'weipw');
    await submit(page);
    return new URLSearchParams(await held);
  };
  const post = (form: URLSearchParams) =>
    fetch(`${stage.origin}/saml/acs`, { method: 'POST', redirect: 'manual', body: form });
  const reasonOf = async (response: Response) => /refused \(([\w-]+)\)/.exec(await response.text())?.[1];
  const staff = () =>
    stage.query(
      `SELECT u.name, u.email, u.name_id, u.idp_entity_id,
              ARRAY(SELECT r.role FROM user_role AS r WHERE r.user_id = u.id ORDER BY r.role) AS roles
         FROM user_account AS u ORDER BY u.name_id`,
    );
  const isIn = async (page: Page): Promise<boolean> => {
    await page.goto(`${stage.origin}/`);
    return new URL(page.url()).pathname === '/';
  };

  it('takes a person in, with the name and the roles that the provider gives', async () => {
    const page = await stage.openPage();
    await signIn(page);
    expect(await page.textContent('body')).to.contain('李伟');
    expect(await staff()).to.deep.equal([
      {
        name: '李伟',
        email: 'li.wei@hailan.example',
        name_id: 'li.wei',
        idp_entity_id: stage.provider.issuer,
        roles: ['buyer'],
      },
    ]);
  });

  it('gets both the answer and its assertion signed, in answer to a signed request', async () => {
    const page = await stage.openPage();
    const request = page.waitForRequest((sent) => sent.url().startsWith(stage.provider.entryPoint));
    const answer = await answerTo(page);
    const asked = new URL((await request).url()).searchParams;
    const xml = Buffer.from(answer.get('SAMLResponse') ?? '', 'base64').toString();
    expect(asked.get('SigAlg')).to.equal('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256');
    expect(xml.match(/<ds:Signature /g)).to.have.length(2);
  });

  it('is refused by the provider when the request was changed on its way', async () => {
    const page = await stage.openPage();
    const login = await fetch(`${stage.origin}/saml/login`, { redirect: 'manual' });
    const asked = login.headers.get('location') ?? '';
    await page.goto(asked);
    expect(await page.locator('#username').count()).to.equal(1);
    await page.goto(changed(asked, 'SAMLRequest=', 'RelayState=another&SAMLRequest='));
    expect(await page.locator('#username').count()).to.equal(0);
  });

  it('shows a person without a mapped group the page that says so, and no more', async () => {
    const page = await stage.openPage('zh-CN');
    await askProvider(page, 'guest', 'guestpw');
    await submit(page);
    await page.waitForSelector('[data-code="user.no-role"]');
    expect(await page.textContent('main')).to.contain('访客');
    expect(await isIn(page)).to.equal(false);
    expect((await staff()).map((person) => person['name_id'])).not.to.include('guest');
  });

  it('gives the roles of the groups at the next sign-in, and takes those that went', async () => {
    const page = await stage.openPage();
    await stage.provider.setAccounts({ wei: withGroups(WEI, 'controlling', 'heads') });
    await signIn(page);
    expect((await staff())[0]?.['roles']).to.deep.equal(['finance', 'requester']);
    await stage.provider.setAccounts({ wei: withGroups(WEI) });
    const again = await stage.openPage();
    await askProvider(again, 'wei', 'weipw');
    await submit(again);
    await again.waitForSelector('[data-code="user.no-role"]');
    expect((await staff())[0]?.['roles']).to.deep.equal([]);
    expect(await isIn(page)).to.equal(false);
  });

  it('signs out here and, from the page after it, at the provider', async () => {
    const page = await stage.openPage();
    await signIn(page);
    await page.click('form[action="/sign-out"] button');
    await page.waitForURL(`${stage.origin}/signed-out`);
    await page.click(`a[href^="${stage.provider.logoutUrl}"]`);
    await page.waitForURL(`${stage.origin}/signed-out`);
    await page.goto(`${stage.origin}/saml/login`);
    await page.waitForSelector('#username');
    expect(await isIn(page)).to.equal(false);
  });

  it('is known by the metadata it shows, and nothing more has to be set', async () => {
    await stage.restart({ byMetadata: true });
    const page = await stage.openPage();
    await signIn(page);
    await page.goto(stage.provider.signOutUrl);
    await page.waitForURL(/logout\.php/);
    expect(await isIn(page)).to.equal(false);
  });

  it('is signed out here when the person signs out at the provider', async () => {
    const page = await stage.openPage();
    await signIn(page);
    await page.goto(stage.provider.signOutUrl);
    await page.waitForURL(/logout\.php/);
    expect(await isIn(page)).to.equal(false);
  });

  it('takes an answer once', async () => {
    const answer = await answerTo(await stage.openPage());
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(answer)));
    const statuses = answers.map((response) => response.status);
    expect(statuses).to.have.members([303, 403, 403, 403, 403, 403]);
    expect(await reasonOf(await post(answer))).to.equal('replayed');
  });

  it('refuses what was said to another portal', async () => {
    await stage.restart({ entityId: 'urn:another:portal' });
    await stage.introduce();
    const answer = await answerTo(await stage.openPage());
    await stage.restart();
    expect(await reasonOf(await post(answer))).to.equal('wrong-audience');
  });

  it('refuses an encrypted assertion by that name: its key would have to be ours', async () => {
    await stage.introduce({ encryptsAssertions: true });
    const answer = await answerTo(await stage.openPage());
    expect(await reasonOf(await post(answer))).to.equal('encrypted');
  });

  describe('while its certificate is exchanged', () => {
    it('goes on without a break, and ends with the old one refused', async () => {
      const [first, second] = stage.provider.certificates;
      await stage.restart({ certificates: [first, second] });
      await signIn(await stage.openPage());
      await stage.provider.signWith('second');
      await signIn(await stage.openPage());
      await stage.restart({ certificates: [second] });
      const page = await stage.openPage();
      await signIn(page);
      expect(await isIn(page)).to.equal(true);
      await page.goto(stage.provider.signOutUrl);
      await page.waitForURL(/logout\.php/);
      expect(await isIn(page)).to.equal(false);

      await stage.provider.signWith('first');
      const answer = await answerTo(await stage.openPage());
      expect(await reasonOf(await post(answer))).to.equal('bad-signature');
    });

    it('refuses the new one as long as nobody has entered it', async () => {
      await stage.provider.signWith('second');
      const answer = await answerTo(await stage.openPage());
      expect(await reasonOf(await post(answer))).to.equal('bad-signature');
    });
  });
});
