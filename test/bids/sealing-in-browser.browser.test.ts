import { readFileSync } from 'node:fs';
import ExcelJS from '@protobi/exceljs';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { concludeEnvelope, openBids, startBid } from '../../src/bids/index.ts';
import { makeKeyPair } from '../../src/bids/sealing.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { saveRequirement } from '../../src/sourcing/evaluation-plan.service.ts';
import { findPlan } from '../../src/sourcing/index.ts';
import { someQuestion } from '../support/factories/evaluation.ts';
import { appointing, givePartAs, makeOpener, PASSPHRASE } from '../support/factories/openers.ts';
import { closeEvent, publishedEvent, someItems } from '../support/factories/sourcing.ts';
import { openWorldBrowser, signInContext, type WorldBrowser } from '../support/world-browser.ts';

const PRICE = '7391.284617';
const TIER_PRICE = '6402.771935';
const ALTERNATE_PRICE = '8113.906247';
const SECRETS = [
  PRICE,
  TIER_PRICE,
  ALTERNATE_PRICE,
  'CANARY-ALTERNATE',
  'CANARY-PROOF.txt',
  'CANARY-UNIT',
  'CANARY-NOTE',
  'CANARY-TECHNIQUE',
  'CANARY-FILE.txt',
  'CANARY-CONTENT',
];

describe('sealing in the bidder’s browser', function () {
  this.timeout(120_000);
  let on: WorldBrowser;
  before(async () => {
    on = await openWorldBrowser();
  });
  // Each closes its event by the world's clock.
  beforeEach(() => on.world.setNow('2026-03-02T10:00:00Z'));
  after(() => on.close());

  const pageOf = async (actor: Actor): Promise<Page> => {
    const context = await on.browser.newContext({ acceptDownloads: true });
    await signInContext(on, context, actor);
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    return page;
  };
  const problems: string[] = [];
  const everything = async (): Promise<string> => {
    const { rows } = await on.world.db.raw(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema = 'public'`,
    );
    const texts: string[] = [];
    for (const { name } of rows) {
      const table = await on.world.db.raw(`SELECT "all"::text AS line FROM "${name}" AS "all"`);
      texts.push(...table.rows.map((row: { line: string }) => row.line));
    }
    return `${texts.join('\n')}${JSON.stringify(on.world.mails)}`;
  };
  const traces = (secret: string): string[] => [
    secret,
    Buffer.from(secret).toString('hex'),
    ...[0, 1, 2].map((offset) =>
      Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
        .toString('base64')
        .slice(Math.ceil((offset * 8) / 6), -4),
    ),
  ];
  const found = async (): Promise<string[]> => {
    const text = await everything();
    return SECRETS.filter((secret) => traces(secret).some((trace) => text.includes(trace)));
  };

  it('keeps a tender of two envelopes from the server until two of three openers open it', async () => {
    const { world, origin } = on;
    const openers = [await makeOpener(world), await makeOpener(world), await makeOpener(world)] as const;
    const event = await publishedEvent(world, {
      terms: { bidCurrencies: ['EUR'], takesPartialBids: false },
      items: someItems({ tiers: ['500'], takesAlternates: true, asksCapacity: true }),
      prepare: async (ctx, eventId) => {
        await appointing(openers, {
          envelopes: ['technical', 'commercial'],
          sealingLevel: 'in_browser',
        })(ctx, eventId);
        const { version } = await findPlan(ctx, eventId);
        const requirement = someQuestion({ knockOut: { by: 'answer', passes: ['yes'] } });
        await saveRequirement(ctx, { eventId, version, requirementId: null, requirement });
      },
    });
    const [supplier] = event.suppliers;
    const bidder = supplier?.actor as Actor;
    const question = await world
      .db('requirement')
      .first()
      .then((row) => row.id);
    const bidId = await world.runInTx(bidder, (ctx) => startBid(ctx, event.eventId));

    const page = await pageOf(bidder);
    const sent: string[] = [];
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
    await page.goto(`${origin}/bids/${bidId}/edit`);
    await page.waitForSelector('[data-editor]:not([hidden])');
    expect(page.url()).to.include('/sealed-edit');
    const [first, second, third] = event.items.map((item) => item.id);
    const field = (name: string) => `[name="${name}"]`;
    const refused = async (words: RegExp) => {
      await page.locator('[data-to-review]').first().click();
      await page.locator('[data-failed]').getByText(words).waitFor();
      expect(sent.some((one) => one.includes('sealed-submission'))).to.equal(false);
    };
    await refused(/A bid needs a price on at least one line/);
    await page.fill(field(`lines[${first}][unitPrice]`), PRICE);
    await refused(/Line 2, 3 has no price/);
    await page.fill(field(`lines[${second}][unitPrice]`), '1,5');
    await page.fill(field(`lines[${third}][unitPrice]`), '0');
    await refused(/One entry cannot be read.*Line 2: Write a price such as/s);
    expect(await page.locator(`#field-lines-${second}-unitPrice-error`).innerText()).to.include(
      'a decimal point',
    );
    const row = page.locator(`tr[data-line="${second}"]`);
    await row.locator('[data-unit-fields] summary').click();
    await page.fill(field(`lines[${second}][unitPrice]`), '18');
    await page.fill(field(`lines[${second}][pricedUnit]`), 'box');
    await refused(/Line 2: Say how many of the unit asked/);
    await page.fill(field(`lines[${second}][unitsPer]`), '12');
    await page.fill(field(`lines[${second}][unitReason]`), 'CANARY-UNIT');
    expect(await row.locator('[data-converted]').innerText()).to.equal('18.00 ÷ 12 = 1.50 per piece');
    expect(await row.locator('[data-amount]').innerText()).to.equal('60.00');
    await refused(/One question has to be answered.*Are you certified/s);
    await page.selectOption(field(`answers[${question}][answer]`), 'no');
    await page
      .locator(`[data-knock-out-of="${question}"]`)
      .getByText(/excludes/)
      .waitFor();
    await page.selectOption(field(`answers[${question}][answer]`), 'yes');
    await page.setInputFiles(`#proof-${question}`, {
      name: 'CANARY-PROOF.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('CANARY-CONTENT'),
    });
    await page.waitForSelector(`[data-file-list="${question}"] li`);
    await page.fill(field(`lines[${first}][capacity]`), '4500');
    await page.fill(field(`lines[${first}][tiers][q500]`), TIER_PRICE);
    await page.locator('tr[data-extras] summary').first().click();
    await page.fill(field(`lines[${first}][alternates][0][description]`), 'CANARY-ALTERNATE');
    await page.fill(field(`lines[${first}][alternates][0][unitPrice]`), ALTERNATE_PRICE);
    expect(await page.isVisible(field(`lines[${first}][alternates][1][description]`))).to.equal(true);
    expect(await page.isVisible(field(`lines[${first}][alternates][2][description]`))).to.equal(false);
    await page.selectOption(field('currency'), 'EUR');
    expect(await page.locator('[data-editor] .bid-lines thead').innerText()).to.match(/EUR/i);
    expect(await page.locator('[data-editor] [data-total]').innerText()).to.equal('739,188.46 EUR');
    await page.fill('#field-note', 'CANARY-NOTE');
    await page.fill('#field-notes-technical', 'CANARY-TECHNIQUE');
    await page.setInputFiles('#files-technical', {
      name: 'CANARY-FILE.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('CANARY-CONTENT'),
    });
    await page.waitForSelector('[data-file-list="technical"] li');
    await page.click('[data-save]');
    await page.getByText('Saved, sealed for you alone').waitFor();
    // The draft comes back in this browser, and from the server alone it is nothing.
    await page.reload();
    await page.waitForSelector('[data-editor]:not([hidden])');
    expect(await page.inputValue(field(`lines[${first}][unitPrice]`))).to.equal(PRICE);
    await page.locator('[data-passphrase] summary').click();
    await page.fill('#new-passphrase', PASSPHRASE);
    await page.fill('#new-passphrase-again', `${PASSPHRASE}, or other words`);
    await page.click('[data-wrap]');
    await page.getByText('The two passphrases differ').waitFor();
    await page.fill('#new-passphrase-again', PASSPHRASE);
    await page.click('[data-wrap]');
    await page.getByText('The key is locked with this passphrase').waitFor();
    const stranger = await pageOf(bidder);
    stranger.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
    await stranger.goto(`${origin}/bids/${bidId}/sealed-edit`);
    await stranger.waitForSelector('[data-import]:not([hidden])');
    await stranger.fill('#draft-passphrase', PASSPHRASE);
    await stranger.click('[data-open-draft]');
    await stranger.waitForSelector('[data-editor]:not([hidden])');
    expect(await stranger.inputValue(field(`lines[${first}][unitPrice]`))).to.equal(PRICE);

    // The review says all that will be sealed, and what it leaves out; zero has to be meant.
    await page.locator('[data-to-review]').first().click();
    const review = page.locator('[data-review]');
    await review.getByText('CANARY-ALTERNATE').waitFor();
    for (const said of [
      '7,391.284617',
      '18.00 ÷ 12 = 1.50 per piece',
      'CANARY-NOTE',
      'CANARY-TECHNIQUE',
      'CANARY-FILE.txt',
    ])
      expect(await review.getByText(said).count(), said).to.be.greaterThan(0);
    expect(await review.locator('[data-review-total]').innerText()).to.equal('739,188.46 EUR');
    expect(await review.locator('[data-free-label]').innerText()).to.include('line 3');
    await review.locator('[data-submit]').click();
    await page
      .locator('[data-failed]')
      .getByText(/A price is zero \(line 3\)/)
      .waitFor();
    await review.locator('[data-to-prices]').click();
    expect(await page.isVisible(field(`lines[${first}][unitPrice]`))).to.equal(true);
    await page.locator('[data-to-review]').first().click();
    await page.check('[data-free]');
    expect(sent.some((one) => one.includes('sealed-submission'))).to.equal(false);
    await review.locator('[data-submit]').click();
    await page.waitForSelector('[data-done]:not([hidden])');
    const sealingMs = Number(await page.getAttribute('#sealed-bid', 'data-sealing-ms'));
    expect(sealingMs).to.be.below(5000);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-keys]')]);
    const keys = readFileSync(await download.path(), 'utf8');
    expect(keys.match(/AGE-SECRET-KEY-1/g)).to.have.length(2);
    await page.goto(`${origin}/bids/${bidId}/receipt`);
    expect(await page.textContent('body')).to.include('in the bidder’s browser');
    await page.goto(`${origin}/bids/${bidId}`);
    expect(await page.textContent('body')).to.include('Your browser sealed this bid');
    // The bidder's own key opens it: by itself where it was kept, and from the file elsewhere.
    await page.goto(`${origin}/bids/${bidId}/own-copy`);
    const own = page.locator('[data-opened]');
    await own.getByText('7,391.284617').waitFor();
    for (const said of [
      'CANARY-ALTERNATE',
      '18.00 ÷ 12 = 1.50 per piece',
      'CANARY-UNIT',
      'CANARY-NOTE',
      'CANARY-TECHNIQUE',
      'CANARY-FILE.txt',
      '739,188.46 EUR',
    ])
      await own.getByText(said).first().waitFor();
    expect(await own.getByText('this is the content your signed receipt is for').count()).to.equal(2);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      own.getByRole('button', { name: 'Decrypt and save CANARY-FILE.txt' }).click(),
    ]);
    expect(file.suggestedFilename()).to.equal('CANARY-FILE.txt');
    expect(readFileSync(await file.path(), 'utf8')).to.equal('CANARY-CONTENT');
    const elsewhere = await pageOf(bidder);
    elsewhere.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
    await elsewhere.goto(`${origin}/bids/${bidId}/own-copy`);
    await elsewhere.fill('#key-text', (await makeKeyPair()).identity);
    await elsewhere.click('[data-open]');
    await elsewhere.getByText('None of these keys opens this bid').waitFor();
    expect(await elsewhere.isVisible('[data-opened]')).to.equal(false);
    await elsewhere.fill('#key-text', keys);
    await elsewhere.click('[data-open]');
    await elsewhere.getByText('7,391.284617').waitFor();
    expect(sent.filter((one) => one.includes('AGE-SECRET-KEY'))).to.deep.equal([]);

    expect(sent.filter((one) => SECRETS.some((secret) => one.includes(secret)))).to.deep.equal([]);
    await world.drainJobs();
    expect(await found()).to.deep.equal([]);

    await closeEvent(world, event.event);
    await world.drainJobs();
    expect(await found()).to.deep.equal([]);
    for (const envelope of ['technical', 'commercial']) {
      for (const opener of [openers[0], openers[2]])
        expect((await givePartAs(world, { eventId: event.eventId, opener })).status).to.equal(303);
      if (envelope === 'commercial') break;
      expect(await found()).to.have.members(['CANARY-TECHNIQUE', 'CANARY-FILE.txt', 'CANARY-PROOF.txt']);
      await world.runInTx(event.buyer, (ctx) => concludeEnvelope(ctx, event.eventId));
    }
    expect(await world.db('bid').pluck('state')).to.deep.equal(['valid']);
    expect((await world.db('bid').first()).currency).to.equal('EUR');
    const line = await world.db('bid_line').where({ event_item_id: first }).first();
    expect([line.unit_price, line.capacity]).to.deep.equal([PRICE, '4500.000000']);
    const inBoxes = await world.db('bid_line').where({ event_item_id: second }).first();
    expect(inBoxes).to.include({ priced_unit: 'BX', priced_reason: 'CANARY-UNIT', amount: '60.0000' });
    expect((await world.db('bid_line_tier').first()).unit_price).to.equal(TIER_PRICE);
    expect(await world.db('bid_alternate').first()).to.include({
      description: 'CANARY-ALTERNATE',
      unit_price: ALTERNATE_PRICE,
    });
    expect((await world.db('bid_response').first()).answer).to.equal('yes');
    const [fileId] = await world.db('bid_file').pluck('id');
    const buyer = await world.as(event.buyer);
    const opened = await buyer
      .get(`/events/${event.eventId}/opening/bids/${bidId}/files/${fileId}/x.txt`)
      .buffer(true)
      .expect(200);
    expect(Buffer.from(opened.body).toString()).to.equal('CANARY-CONTENT');
    expect(problems).to.deep.equal([]);
  });

  it('stays usable with many lines: pages, a search, what is missing, and pasting over the end of a page', async () => {
    const { world, origin } = on;
    const line = {
      itemCode: null,
      quantity: '10',
      estimatedPrice: '1',
      unit: 'C62',
      originalUnit: null,
      needByOn: null,
    };
    const event = await publishedEvent(world, {
      items: Array.from({ length: 130 }, (_, at) => ({
        ...line,
        description: `Part ${at + 1} of the press`,
      })),
      prepare: appointing([await makeOpener(world), await makeOpener(world)] as const, {
        sealingLevel: 'in_browser',
      }),
    });
    const bidder = event.suppliers[0]?.actor as Actor;
    const bidId = await world.runInTx(bidder, (ctx) => startBid(ctx, event.eventId));
    const page = await pageOf(bidder);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${origin}/bids/${bidId}/sealed-edit`);
    await page.waitForSelector('[data-editor]:not([hidden])');
    const rows = page.locator('[data-line-rows] [data-line]');
    const price = (at: number) => `[name="lines[${event.items[at]?.id}][unitPrice]"]`;
    const shown = (words: RegExp) => page.locator('[data-lines-where]').getByText(words).waitFor();
    await shown(/Page 1 of 2, 130 lines/);
    expect(await rows.count()).to.equal(100);
    await page.fill(price(0), '1,5');
    // Pasted on the last line of the page, it goes on over its end.
    await page.evaluate(`{
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', '7\\n8\\n9');
      const pasted = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.querySelector('${price(99)}').dispatchEvent(pasted);
    }`);
    await page.locator('[data-lines-step="1"]').click();
    await shown(/Page 2 of 2/);
    expect(await rows.count()).to.equal(30);
    expect(await page.inputValue(price(101))).to.equal('9');
    await page.fill(price(129), '2');
    expect(await page.locator('[data-editor] [data-total]').innerText()).to.equal('260.00 USD');
    expect(asked.filter((url) => url.includes('sealed-lines'))).to.have.length(1);
    // What is wrong is on another page: its link leads there.
    await page.locator('[data-to-review]').first().click();
    await page.locator('[data-failed] a').click();
    await shown(/Page 1 of 2/);
    expect(await page.evaluate('document.activeElement.name')).to.include(event.items[0]?.id);
    await page.locator('[data-lines-only="wrong"]').click();
    await shown(/1 lines/);
    await page.fill(price(0), '1.5');
    expect(await page.locator('[data-lines-only="missing"]').innerText()).to.include('125');
    await page.fill('[data-lines-q]', 'part 120');
    await page.locator('[data-lines-search]').click();
    await page.locator('[data-lines-only="all"]').click();
    await shown(/1 lines/);
    await page.fill(price(119), '3');
    // The sheet comes empty, and what is filled in goes into the draft here; an empty cell changes nothing.
    await page.locator('[data-sheet] summary').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('[data-sheet] a').click(),
    ]);
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(await download.path());
    const sheet = book.worksheets[0] as ExcelJS.Worksheet;
    const heading = [...Array(20).keys()].find((row) => sheet.getCell(row + 1, 1).value === 'Line') as number;
    const priceCell = (at: number) => sheet.getCell(heading + 2 + at, 8);
    expect(priceCell(119).value).to.equal(null);
    priceCell(119).value = 4;
    priceCell(1).value = 'on request';
    priceCell(2).value = { formula: '1+1', result: 2 };
    const buffer = Buffer.from(await book.xlsx.writeBuffer());
    await page.setInputFiles('#sheet-file', { name: 'filled.xlsx', mimeType: 'application/zip', buffer });
    await page.getByText('One correct line would change').waitFor();
    expect(await page.locator('[data-sheet-error-rows] tr').count()).to.equal(2);
    await page.locator('[data-sheet-take]').click();
    expect(await page.inputValue(price(119))).to.equal('4');
    expect(asked.filter((url) => url.includes('/sheet'))).to.deep.equal([]);
    await page.locator('[data-save]').click();
    await page.getByText('Saved, sealed for you alone').waitFor();
    await page.locator('[data-to-review]').first().click();
    const review = page.locator('[data-review]');
    await review.getByText('6 of 130 lines have a price').waitFor();
    expect(await review.locator('[data-item]').count()).to.equal(130);
    expect(await review.locator('[data-review-total]').innerText()).to.equal('315.00 USD');
    expect(problems).to.deep.equal([]);
  });

  it('asks chosen lines again in a round: the others stay as they were opened, and are not sealed once more', async () => {
    const { world, origin } = on;
    const made = await publishedEvent(world, {
      terms: { bidCurrencies: ['EUR'] },
      prepare: appointing([], { sealingLevel: 'in_browser' }),
    });
    const bidder = made.suppliers[0]?.actor as Actor;
    const page = await pageOf(bidder);
    const ids = made.items.map((item) => item.id);
    const price = (at: number) => `[name="lines[${ids[at]}][unitPrice]"]`;
    const write = async (): Promise<string> => {
      const bidId = await world.runInTx(bidder, (ctx) => startBid(ctx, made.eventId));
      await page.goto(`${origin}/bids/${bidId}/sealed-edit`);
      await page.waitForSelector('[data-editor]:not([hidden])');
      return bidId;
    };
    const send = async () => {
      await page.locator('[data-review] [data-submit]').click();
      await page.waitForSelector('[data-done]:not([hidden])');
    };
    const open = async () => {
      await world.drainJobs();
      await world.runInTx(await world.staff('bid_opener'), (ctx) => openBids(ctx, made.eventId));
      await world.drainJobs();
    };
    await write();
    await page.selectOption('[name="currency"]', 'EUR');
    await page.fill(price(0), '2.5');
    await page.locator(`tr[data-line="${ids[1]}"] [data-unit-fields] summary`).click();
    await page.fill(price(1), '144');
    await page.fill(`[name="lines[${ids[1]}][pricedUnit]"]`, 'box');
    await page.fill(`[name="lines[${ids[1]}][unitsPer]"]`, '12');
    await page.fill(`[name="lines[${ids[1]}][unitReason]"]`, 'Box of 12');
    await page.locator('[data-to-review]').first().click();
    await send();
    await closeEvent(world, made.event);
    await open();
    const buyer = await world.as(made.buyer);
    const { version } = await world.db('sourcing_event').where({ id: made.eventId }).first('version');
    const form = {
      version: String(version),
      timeZone: 'Asia/Shanghai',
      closesAt: '2026-03-12T17:00',
      reason: 'Close',
    };
    const who = { feedback: 'none', feedbackOn: 'total', supplierId: [made.suppliers[0]?.supplierId] };
    await buyer
      .post(`/events/${made.eventId}/rounds`, { ...form, ...who, choosesLines: 'yes', itemId: [ids[0]] })
      .expect(303);

    await signInContext(on, page.context(), bidder);
    const bidId = await write();
    // It begins with what was opened: the first line is asked, the second stays, the third was not offered.
    expect([await page.inputValue(price(0)), await page.inputValue(price(1))]).to.deep.equal(['2.5', '144']);
    expect(await page.locator(price(1)).getAttribute('readonly')).to.equal('');
    expect(await page.isDisabled('[name="currency"]')).to.equal(true);
    await page.fill(price(0), '2.2');
    await page.locator('[data-to-review]').first().click();
    const review = page.locator('[data-review]');
    await review.getByText('2 lines are not asked again').waitFor();
    expect(await review.locator('[data-item]').count()).to.equal(1);
    expect(await review.locator('[data-review-total]').innerText()).to.equal('700.00 EUR');
    await send();
    await closeEvent(world, { closesAt: new Date('2026-03-12T09:00:00Z') });
    await open();
    const lines = await world.db('bid_line').where({ bid_id: bidId }).orderBy('amount');
    expect(lines.map((line) => [line.unit_price, line.priced_unit, line.amount])).to.deep.equal([
      ['2.200000', null, '220.0000'],
      ['144.000000', 'BX', '480.0000'],
    ]);
    expect(await world.db('bid').where({ id: bidId }).first()).to.include({
      state: 'valid',
      total_amount: '700.0000',
    });
    const [sealed] = await world.db('opened_envelope').where({ bid_id: bidId }).pluck('content');
    expect(sealed.lines.map((line: { eventItemId: string }) => line.eventItemId)).to.deep.equal([ids[0]]);
    expect(problems).to.deep.equal([]);
  });
});
