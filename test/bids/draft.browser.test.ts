import { expect } from 'chai';
import type { BrowserContext, Page } from 'playwright-core';
import { getDraft, saveDraft } from '../../src/bids/index.ts';
import { draftBid, typedLines } from '../support/factories/bids.ts';
import { type PublishedEvent, publishedEvent, someItems } from '../support/factories/sourcing.ts';
import { openWorldBrowser, signInContext, type WorldBrowser } from '../support/world-browser.ts';

const LINES = 250;

describe('writing a bid in a real browser', function () {
  this.timeout(120_000);
  let opened: WorldBrowser;
  let event: PublishedEvent;
  let supplier: PublishedEvent['suppliers'][number];
  let context: BrowserContext;
  let page: Page;
  let bidId: string;
  let items: PublishedEvent['items'];

  before(async () => {
    opened = await openWorldBrowser();
    const [template] = someItems() as [ReturnType<typeof someItems>[number]];
    event = await publishedEvent(opened.world, {
      items: Array.from({ length: LINES }, (_, at) => ({
        ...template,
        itemCode: null,
        quantity: '1',
        estimatedPrice: '0.5',
        description: `Bracket ${at + 1}`,
      })),
    });
    items = event.items;
    supplier = event.suppliers[0] as typeof supplier;
    ({ bidId } = await draftBid(opened.world, { supplier, ...event, prices: ['2.40'] }));
    context = await opened.browser.newContext({ locale: 'en' });
    await signInContext(opened, context, supplier.actor);
  });
  after(() => opened.close());
  beforeEach(async () => {
    page = await openEdit();
  });
  afterEach(async () => {
    await context.setOffline(false);
    for (const one of context.pages()) await one.close();
  });

  const openEdit = async (query = ''): Promise<Page> => {
    const fresh = await context.newPage();
    await fresh.goto(`${opened.origin}/bids/${bidId}/edit${query}`);
    await fresh.waitForSelector('[data-draft-ready]');
    return fresh;
  };
  const price = (line: number, on = page) => on.locator(`#field-lines-${items[line - 1]?.id}-unitPrice`);
  const said = (on = page) => on.locator('[data-saved-at]');
  const saysSaved = async (on = page) => {
    await on.waitForSelector('#bid-form:not([data-unsaved])');
    await said(on)
      .filter({ hasText: /^saved / })
      .waitFor();
  };
  const draft = () => opened.world.runInTx(supplier.actor, (ctx) => getDraft(ctx, bidId));
  const savedPrice = async (line: number) =>
    (await draft()).draft.lines[items[line - 1]?.id ?? '']?.unitPrice;
  const keptKeys = (on = page) =>
    on.evaluate<string[]>(`Object.keys(localStorage).filter((key) => key.startsWith('portico.bid.'))`);
  const colleagueSaves = async (prices: string[], triesLeft = 3): Promise<void> => {
    const { revision } = await draft();
    try {
      await opened.world.runInTx(supplier.actor, (ctx) =>
        saveDraft(ctx, { bidId, revision, lines: typedLines(items.slice(0, prices.length), prices) }),
      );
    } catch (error) {
      // A save of the window that was closed before may arrive in between: the colleague looks again.
      if (triesLeft === 0) throw error;
      await colleagueSaves(prices, triesLeft - 1);
    }
  };

  it('keeps what is typed while the line is down, says so, and sends it when it is back', async () => {
    await context.setOffline(true);
    await price(1).fill('3.10');
    await said().filter({ hasText: 'Kept on this device, NOT saved at the portal yet' }).waitFor();
    expect(await savedPrice(1)).to.equal('2.40');
    expect(await keptKeys()).to.have.length(1);
    await context.setOffline(false);
    await saysSaved();
    expect(await savedPrice(1)).to.equal('3.10');
    expect(await keptKeys()).to.deep.equal([]);
  });

  it('still has it when the window was closed meanwhile, and saves it in the next one', async () => {
    await context.setOffline(true);
    await price(2).fill('7.70');
    await said().filter({ hasText: 'Kept on this device' }).waitFor();
    await page.close();
    await context.setOffline(false);
    page = await openEdit();
    expect(await price(2).inputValue()).to.equal('7.70');
    await saysSaved();
    expect(await savedPrice(2)).to.equal('7.70');
  });

  it('shows both when a colleague saved meanwhile, and loses neither', async () => {
    await context.setOffline(true);
    await price(3).fill('1.11');
    await said().filter({ hasText: 'Kept on this device' }).waitFor();
    await page.close();
    await colleagueSaves(['3.10', '7.70', '9.99']);
    await context.setOffline(false);
    page = await openEdit();
    await page.getByRole('button', { name: 'Show both' }).click();
    await page.locator('[data-code="bid.changed-meanwhile"]').waitFor();
    expect(await price(3).inputValue()).to.equal('1.11');
    expect(await page.textContent('main')).to.include('saved meanwhile: 9.99');
    expect(await savedPrice(3)).to.equal('9.99');
    await page.getByRole('button', { name: 'Save for later' }).first().click();
    await page.getByText('Saved. Not submitted yet.').waitFor();
    expect(await savedPrice(3)).to.equal('1.11');
    expect(await keptKeys()).to.deep.equal([]);
  });

  it('survives a session that ran out: what was typed is there after signing in', async () => {
    await opened.world.db('web_session').delete();
    await price(4).fill('4.44');
    await said().filter({ hasText: 'you are signed out' }).waitFor();
    await page.getByRole('button', { name: 'Save for later' }).first().click();
    await page.waitForURL(/\/sign-in/);
    const cookies = await context.cookies();
    expect(cookies.find((one) => one.name === 'portico-return-to')?.value).to.include('edit');
    await signInContext(opened, context, supplier.actor);
    page = await openEdit();
    await saysSaved();
    expect(await savedPrice(4)).to.equal('4.44');
  });

  it('saves what somebody typed before the scripts of the page had come', async () => {
    const slow = await context.newPage();
    let isTyped = (): void => undefined;
    const typed = new Promise<void>((resolve) => {
      isTyped = resolve;
    });
    await slow.route('**/bid-draft.js*', async (route) => {
      await typed;
      await route.continue();
    });
    await slow.goto(`${opened.origin}/bids/${bidId}/edit`, { waitUntil: 'commit' });
    await price(6, slow).fill('6.66');
    await slow.locator('[name="note"]').fill('quick at the keys');
    const totalBefore = await slow.locator('[data-total]').textContent();
    isTyped();
    await slow.waitForSelector('[data-draft-ready]');
    await saysSaved(slow);
    expect(await savedPrice(6)).to.equal('6.66');
    expect((await draft()).draft.note).to.equal('quick at the keys');
    expect(await slow.locator('[data-total]').textContent()).not.to.equal(totalBefore);
  });

  it('asks before a window with unsaved entries is closed', async () => {
    await context.setOffline(true);
    await price(5).fill('5.55');
    await said().filter({ hasText: 'Kept on this device' }).waitFor();
    const asked = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).to.equal('beforeunload');
    await dialog.dismiss();
    await context.setOffline(false);
    await saysSaved();
  });

  it('fills lines from the clipboard, also those of further pages, and moves by keys', async () => {
    const text = Array.from({ length: LINES - 9 }, (_, at) => `"1,000.${10 + (at % 80)}"\t${at + 1}`).join(
      '\r\n',
    );
    await price(10).focus();
    await page.evaluate(`{
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', ${JSON.stringify(text)});
      document.activeElement.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }`);
    await saysSaved();
    const { read } = await draft();
    expect(read.errors).to.deep.equal([]);
    expect(read.lines[9]).to.include({ unitPrice: '1000.1', leadTimeDays: 1 });
    expect(read.lines[LINES - 1]).to.include({ leadTimeDays: LINES - 9 });
    const shown = await page.textContent('[data-total]');
    page = await openEdit('?page=3');
    expect(await page.textContent('[data-total]')).to.equal(shown);
    await price(201).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.type('8.88');
    await page.keyboard.press('ArrowUp');
    expect(await page.evaluate('document.activeElement.id')).to.equal(
      `field-lines-${items[201]?.id}-unitPrice`,
    );
    await page.getByRole('button', { name: /^Without a price/ }).click();
    await page.waitForURL(/only=missing/);
    expect(await savedPrice(203)).to.equal('8.88');
    expect(await page.locator('[data-line]').count()).to.equal(read.missing.length);
  });

  it('says how an upload ends: refused in place with its reason, too large before it is sent, or there', async () => {
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
    const choose = (name: string, buffer: Buffer) =>
      page.locator('input[type="file"]').setInputFiles({ name, mimeType: 'application/pdf', buffer });
    const upload = () => page.getByRole('button', { name: 'Upload' }).click();
    await page.goto(`${opened.origin}/bids/${bidId}/files`);
    await choose('large.pdf', Buffer.concat([pdf, Buffer.alloc(26 * 1_048_576)]));
    await upload();
    await page.getByText('large.pdf is larger than 25 MB').waitFor();
    await choose('terms.pdf', Buffer.from('MZ no pdf'));
    await upload();
    await page.locator('[data-code="document.content-differs"]').waitFor();
    await choose('terms.pdf', pdf);
    await upload();
    await page.locator('a[href$="/terms.pdf"]').waitFor();
    expect((await draft()).draft.files).to.have.length(1);
  });

  it('forgets at sign-out what could not be saved', async () => {
    await context.setOffline(true);
    await price(6).fill('6.66');
    await said().filter({ hasText: 'Kept on this device' }).waitFor();
    await context.setOffline(false);
    await page.evaluate(`{
      const form = document.querySelector('form[action="/sign-out"]');
      form.addEventListener('submit', (event) => event.preventDefault());
      form.requestSubmit();
    }`);
    expect(await keptKeys()).to.deep.equal([]);
  });
});
