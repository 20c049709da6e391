import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Download, Page } from 'playwright-core';
import { type Locale, loadCatalogue, type Translate } from '../../src/platform/i18n/catalogue.ts';
import { openBrowser } from '../support/browser.ts';
import { type RunningPortal, startPortal } from '../support/portal.ts';
import { overhangOn, violationsOn } from './looking.ts';

/** Somebody at a browser of their own, who reads the page in their language. */
export type Person = {
  readonly page: Page;
  go(path: string): Promise<void>;
  /** Waits for the page with this heading. */
  see(heading: string): Promise<void>;
  press(button: string): Promise<void>;
  follow(link: string): Promise<void>;
  type(label: string, value: string): Promise<void>;
  /** Presses what starts a download and gives it. */
  take(link: string): Promise<Download>;
  /** Looks the page over; what is wrong with it goes to the findings of the stage. */
  look(name: string): Promise<void>;
};

export type Stage = {
  readonly portal: RunningPortal;
  readonly t: Translate;
  /** A person with a browser profile of their own; its options are for phones and for browsers without script. */
  person(options?: BrowserContextOptions): Promise<Person>;
  /** What was found on the pages that were looked at: violations of accessibility, text beside the screen or in
   * another language than the reader's. */
  readonly findings: readonly string[];
  /** Where every person now stands, when a step has failed. */
  photograph(name: string): Promise<readonly string[]>;
  close(): Promise<void>;
};

const root = path.join(import.meta.dirname, '../..');
const catalogue = loadCatalogue(path.join(root, 'config/locales'));
const DESK = { width: 1280, height: 900 };
const PATIENCE_MS = 45_000;

/** A portal of its own, a real browser, and the words of the language the journey is made in. */
export async function openStage(locale: Locale): Promise<Stage> {
  const portal = await startPortal({ locale });
  const browser = await openBrowser();
  const people: Person[] = [];
  const findings: string[] = [];
  const shots = process.env['JOURNEY_SHOTS'] ?? null;
  if (shots !== null) await mkdir(path.join(shots, locale), { recursive: true });
  return {
    portal,
    t: catalogue.translator(locale),
    findings,
    async person(options = {}) {
      const page = await openPage(browser, { locale, ...options, baseURL: portal.origin });
      const folder = shots === null ? null : path.join(shots, locale);
      const hasScript = options.javaScriptEnabled !== false;
      const person = personAt(page, { locale, shots: folder, hasScript, found: findings });
      people.push(person);
      return person;
    },
    async photograph(name) {
      const files = people.map((_, index) => path.join(tmpdir(), `portico-${locale}-${name}-${index}.png`));
      await Promise.all(
        people.map(({ page }, index) => page.screenshot({ path: files[index] ?? '', fullPage: true })),
      );
      return people.map(({ page }, index) => `${page.url()} ${files[index]}`);
    },
    async close() {
      await browser.close();
      await portal.close();
    },
  };
}

async function openPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({
    viewport: DESK,
    timezoneId: 'Asia/Shanghai',
    acceptDownloads: true,
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  // Leaving a page with a save under way asks back; the browser's own question is not what is tested.
  page.on('dialog', (dialog) => void dialog.accept());
  return page;
}

function personAt(
  page: Page,
  {
    locale,
    shots,
    hasScript,
    found,
  }: { locale: Locale; shots: string | null; hasScript: boolean; found: string[] },
): Person {
  return {
    page,
    async go(to) {
      await page.goto(to);
    },
    async see(heading) {
      await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
    },
    async press(button) {
      await page.getByRole('button', { name: button, exact: true }).first().click();
    },
    async follow(link) {
      await page.getByRole('link', { name: link, exact: true }).first().click();
    },
    async type(label, value) {
      await page.getByLabel(label, { exact: true }).fill(value);
    },
    async take(link) {
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: link, exact: true }).first().click();
      return download;
    },
    async look(name) {
      await page.waitForLoadState();
      if (shots !== null) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
      const findings = [
        // Axe is a script, and the page is the same with and without.
        ...(hasScript ? await violationsOn(page) : []),
        ...(await overhangOn(page)),
        ...(locale === 'en' ? [] : await untranslatedOn(page)),
      ];
      found.push(...findings.map((finding) => `${name}: ${finding}`));
    },
  };
}

/** Sentences of the English catalogue that stand on a page in another language. */
async function untranslatedOn(page: Page): Promise<string[]> {
  const text = await page.locator('body').innerText();
  return englishSentences
    .filter((sentence) => text.includes(sentence))
    .map((sentence) => `in English: ${sentence}`);
}

const english = catalogue.translator('en');
const chinese = catalogue.translator('zh-CN');
// A word alone may be a name or a code; several together that the other catalogue says otherwise are a sentence.
const englishSentences = catalogue
  .keys('en')
  .map((key) => ({ key, text: textOf(english, key) }))
  .filter(({ key, text }) => text.includes(' ') && text.length > 9 && text !== textOf(chinese, key))
  .map(({ text }) => text);

/** A text without placeholders; empty for one that has some. */
function textOf(t: Translate, key: string): string {
  try {
    return t(key);
  } catch {
    return '';
  }
}
