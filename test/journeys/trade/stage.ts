import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Actor } from '../../../src/kernel/actor.ts';
import { loadCatalogue, type Translate } from '../../../src/platform/i18n/catalogue.ts';
import { makeOrder } from '../../support/factories/orders.ts';
import { openWorldBrowser, signInContext, type WorldBrowser } from '../../support/world-browser.ts';
import { overhangOn, violationsOn } from '../looking.ts';

/** Somebody at a browser of their own. */
export type Seat = { readonly page: Page; readonly actor: Actor };

/** An order of three lines and everybody who has to do with it until it is paid, each at a browser. */
export type Trade = {
  opened: WorldBrowser;
  t: Translate;
  buyer: Seat;
  supplier: Seat;
  /** At the gate, with a phone. */
  receiver: Seat;
  finance: Seat;
  /** Releases what finance made. */
  payer: Seat;
  orderId: string;
  findings: string[];
  look(seat: Seat, name: string): Promise<void>;
};

const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
};
const DAY_OF_ORDER = '2026-03-02T01:00:00Z';

export async function openTrade(): Promise<Trade> {
  const opened = await openWorldBrowser();
  const { world, origin, browser } = opened;
  const seat = async (actor: Actor, options: BrowserContextOptions = {}): Promise<Seat> => {
    const context = await browser.newContext({ locale: 'en', baseURL: origin, ...options });
    context.setDefaultTimeout(30_000);
    await signInContext(opened, context, actor);
    const page = await context.newPage();
    // What cannot be undone asks once more: yes.
    page.on('dialog', (dialog) => void dialog.accept());
    return { page, actor };
  };
  world.setNow(DAY_OF_ORDER);
  const made = await makeOrder(world, {
    state: 'approved',
    title: 'Brackets for the spring series',
    lines: [
      { description: 'Bracket A, 6061-T6', quantity: '100', unitPrice: '12.50' },
      { description: 'Bracket B, 6061-T6', quantity: '40', unitPrice: '20.00' },
      { description: 'Cover plate, 1.5 mm', quantity: '60', unitPrice: '8.00' },
    ],
  });
  await world.drainJobs();
  const findings: string[] = [];
  const shots = process.env['JOURNEY_SHOTS'] ?? null;
  if (shots !== null) mkdirSync(shots, { recursive: true });
  return {
    opened,
    t: loadCatalogue(path.join(import.meta.dirname, '../../../config/locales')).translator('en'),
    buyer: await seat(made.buyer),
    supplier: await seat(made.supplierUser),
    receiver: await seat(await world.staff('receiver'), PHONE),
    finance: await seat(await world.staff('finance')),
    payer: await seat(await world.staff('finance')),
    orderId: made.order.id,
    findings,
    async look({ page }, name) {
      await page.waitForLoadState();
      if (shots !== null) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
      const found = [...(await violationsOn(page)), ...(await overhangOn(page))];
      findings.push(...found.map((finding) => `${name}: ${finding}`));
    },
  };
}

/** Presses the first button of this name, waits for the page that follows, and for what it set off. */
export async function press(j: Trade, { page }: Seat, name: string | RegExp): Promise<void> {
  await page
    .getByRole('button', { name, exact: typeof name === 'string' })
    .filter({ visible: true })
    .first()
    .click();
  await page.waitForLoadState();
  await j.opened.world.drainJobs();
}

export async function follow({ page }: Seat, name: string | RegExp): Promise<void> {
  await page
    .getByRole('link', { name, exact: typeof name === 'string' })
    .filter({ visible: true })
    .first()
    .click();
  await page.waitForLoadState();
}

/** Waits until the page says it. */
export const says = ({ page }: Seat, text: string | RegExp): Promise<void> =>
  page.locator('main').getByText(text).filter({ visible: true }).first().waitFor();

/** Leaves out every later step when one has failed, and says where everybody stood then. */
export function inOrder(trade: () => Trade): void {
  let hasFailed = false;
  beforeEach(function () {
    if (hasFailed) this.skip();
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed' || hasFailed) return;
    hasFailed = true;
    const { buyer, supplier, receiver, finance, payer } = trade();
    for (const { page, actor } of [buyer, supplier, receiver, finance, payer])
      process.stderr.write(`${actor.name}: ${page.url()}\n`);
  });
}
