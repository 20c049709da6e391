import { inspect } from 'node:util';
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import type { Person, Stage } from './stage.ts';

export const PASSWORD = 'riprap by the river 7';
const LONGEST_WAIT_MS = 60_000;

/** Looks again by reloading until it is there: for what a job does. */
export async function reloadUntil(page: Page, there: Locator): Promise<void> {
  const from = performance.now();
  while ((await there.count()) === 0) {
    if (performance.now() - from > LONGEST_WAIT_MS) {
      await there.first().waitFor({ timeout: 1 });
    }
    await page.waitForTimeout(200);
    await page.reload();
  }
}

/** A staff member signs in at the identity provider and stands on their home page. */
export async function signInAsStaff({ t }: Stage, person: Person, name: string): Promise<void> {
  await person.go('/');
  await person.see(t('identity.sign-in.title'));
  await person.follow(t('identity.sign-in.single-sign-on'));
  await person.see(t('identity.development.title'));
  await person.page.getByRole('button', { name }).click();
  await person.see(t('home.greeting', { name }));
}

/** A supplier comes back, by a link of a mail, with the password it chose. */
export async function signInAsSupplier({ t }: Stage, person: Person, email: string): Promise<void> {
  await person.see(t('identity.sign-in.title'));
  await person.type(t('identity.email'), email);
  await person.type(t('identity.password-label'), PASSWORD);
  await person.press(t('identity.sign-in.submit'));
}

/** Opens the mail of this subject to this address in the built-in mailbox, as soon as it is there. */
export async function openMail(
  { t }: Stage,
  person: Person,
  of: { to: string; subject: string | RegExp },
): Promise<void> {
  await person.go(`/mailbox?recipient=${encodeURIComponent(of.to)}`);
  await person.see(t('mailbox.heading'));
  const link = person.page.getByRole('link', { name: of.subject });
  await reloadUntil(person.page, link);
  await link.first().click();
  await person.page.getByRole('heading', { level: 1 }).waitFor();
}

/** The text of the mail that is open. */
export const textOfMail = (person: Person): Promise<string> =>
  person.page.frameLocator('iframe').locator('body').innerText();

/** What a mail's subject looks like; numbers of documents may be others than those given. */
export function subjectOf(t: Stage['t'], key: string, params: Record<string, string | number>): RegExp {
  const escaped = t(key, params).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(escaped.replace('PO-0000-0000', String.raw`PO-\d{4}-\d+`));
}

/** Presses the button of the mail that is open. */
export const pressInMail = (person: Person, action: string): Promise<void> =>
  person.page.frameLocator('iframe').getByRole('link', { name: action, exact: true }).click();

/** Waits until the page says it. */
export const expectText = (person: Person, text: string): Promise<void> =>
  person.page.getByText(text).filter({ visible: true }).first().waitFor();

/** What the focus is on, by its name: where keys go. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(
    `(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()`,
  );

/** Goes on by the tabulator until the focus is there. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let keys = 0; keys < 100; keys += 1) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The tabulator does not lead to ${name}`);
}

/** The id in the address of the page, after the given word. */
export function idIn(page: Page, after: string): string {
  const id = new RegExp(`/${after}/([0-9a-f-]{36})`).exec(page.url())?.[1];
  expect(id, `an id in ${page.url()}`).to.be.a('string');
  return String(id);
}

/** Leaves out every later step of a journey when one has failed, and says where everybody stood then. */
export function inOrder(stage: () => Stage): void {
  let hasFailed = false;
  beforeEach(function () {
    if (hasFailed) this.skip();
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed' || hasFailed) return;
    hasFailed = true;
    const { portal, photograph } = stage();
    process.stderr.write(
      `${(await photograph('failed')).join('\n')}\n${inspect(portal.complaints.slice(0, 5))}\n`,
    );
  });
}
