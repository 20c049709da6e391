import { expect } from 'chai';
import { wallClock } from '../../src/kernel/time.ts';
import type { Locale } from '../../src/platform/i18n/catalogue.ts';
import { realBidders, realLines } from '../support/real-lines.ts';
import { fillBidSheet, linesSheet } from './sheets.ts';
import { openStage, type Person, type Stage } from './stage.ts';
import {
  expectText,
  idIn,
  inOrder,
  openMail,
  PASSWORD,
  pressInMail,
  reloadUntil,
  signInAsStaff,
} from './steps.ts';

const BUYER = 'Ana Costa';
const APPROVER = '张敏 Zhang Min';
const TITLE = 'Scour protection, riprap';
const ZONE = 'Asia/Shanghai';
const { crackers, collom, morphey } = realBidders;

for (const locale of ['en', 'zh-CN'] as const) {
  describe(`from a purchase requirement to its payment, in ${locale}`, function () {
    this.timeout(60_000);
    journey(locale);
  });
}

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

function journey(locale: Locale): void {
  let stage: Stage;
  let t: Stage['t'];
  let buyer: Person;
  let approver: Person;
  const bidders = {} as Record<keyof typeof realBidders, Person>;
  let eventId = '';
  let eventReference = '';

  before(async () => {
    stage = await openStage(locale);
    t = stage.t;
    buyer = await stage.person();
    approver = await stage.person();
    for (const key of ['crackers', 'collom', 'morphey'] as const)
      bidders[key] = await stage.person({ timezoneId: 'America/Indiana/Indianapolis' });
  });
  after(() => stage.close());
  inOrder(() => stage);

  it('lets a buyer sign in by SAML single sign-on', async () => {
    await buyer.go('/');
    await buyer.see(t('identity.sign-in.title'));
    await buyer.look('01-sign-in');
    await signInAsStaff(stage, buyer, BUYER);
    await buyer.look('02-home-empty');
  });

  it('takes at most three screens to a requirement of three lines that waits for approval', async () => {
    const screens = new Set<string>();
    const { page } = buyer;
    await buyer.follow(t('nav.sourcing'));
    await buyer.see(t('sourcing.title'));
    await buyer.look('03-events-empty');
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) screens.add(new URL(frame.url()).pathname);
    });
    await buyer.follow(t('sourcing.new'));
    await buyer.see(t('sourcing.new'));
    await fillTerms();
    await page
      .getByRole('button', { name: t('sourcing.next-suppliers') })
      .last()
      .click();
    await buyer.see(t('sourcing.suppliers-and-files'));
    for (const { name } of Object.values(realBidders)) await page.getByLabel(name).check();
    await page.getByLabel(t('sourcing.files-explained')).setInputFiles({
      name: 'scour-protection.pdf',
      mimeType: 'application/pdf',
      buffer: PDF,
    });
    await buyer.look('05-suppliers-and-files');
    await buyer.press(t('sourcing.next-review'));
    await buyer.see(TITLE);
    await buyer.look('06-review');
    eventId = idIn(page, 'events');
    eventReference = /RFQ-\d{4}-\d+/.exec(await page.title())?.[0] ?? '';
    await buyer.press(t('sourcing.act.request-approval'));
    await expectText(buyer, t('sourcing.notice.approval-requested'));
    expect([...screens].length, [...screens].join(' ')).to.be.at.most(3);
  });

  async function fillTerms(): Promise<void> {
    const { page } = buyer;
    await buyer.type(t('sourcing.field.title'), TITLE);
    await page.getByLabel(t('sourcing.field.categoryCode')).selectOption('ROAD');
    await page.getByLabel(t('sourcing.field.plantCode')).selectOption('QD01');
    await page.getByLabel(t('sourcing.field.timeZone'), { exact: true }).selectOption(ZONE);
    const closesAt = new Date(stage.portal.now().getTime() + 2 * 86_400_000);
    await buyer.type(t('sourcing.field.closesAt'), wallClock(closesAt, ZONE));
    await buyer.type(t('sourcing.field.incotermPlace'), 'Qingdao');
    for (const [index, line] of realLines.entries()) {
      const field = (name: string): string => `${t(`sourcing.line.${name}`)} ${index + 1}`;
      await buyer.type(field('itemCode'), line.itemCode);
      await buyer.type(field('description'), line.description);
      await buyer.type(field('quantity'), line.quantity);
      await buyer.type(field('unit'), line.unit);
      await buyer.type(
        field('needByOn'),
        wallClock(new Date(closesAt.getTime() + 40 * 86_400_000), ZONE).slice(0, 10),
      );
      await buyer.type(field('estimatedPrice'), '140');
    }
    await buyer.look('04-new-requirement');
  }

  it('imports the lines of another requirement from a spreadsheet, naming the cell that is wrong', async () => {
    const { page } = buyer;
    await buyer.go('/events/new');
    await buyer.type(t('sourcing.field.title'), 'Lines from a spreadsheet');
    await page.getByLabel(t('sourcing.field.categoryCode')).selectOption('ROAD');
    await page.getByRole('button', { name: t('sourcing.save-and-import') }).click();
    await buyer.see(t('sourcing.import.heading'));
    await upload(await linesSheet(t, { wrong: 'twelve' }));
    await page
      .getByText(
        t('errors.sheet.not-a-number', {
          heading: t('sourcing.sheet.quantity'),
          value: 'twelve',
          example: '1234.50',
        }),
      )
      .waitFor();
    const row = page.locator('tr[data-code="sheet.not-a-number"]');
    expect(await row.innerText())
      .to.match(/C3/)
      .and.contain(t('sourcing.sheet.name'));
    await buyer.look('07-import-wrong-cell');
    await upload(await linesSheet(t, {}));
    await buyer.look('08-import-preview');
    await buyer.press(t('sourcing.import.confirm', { count: realLines.length }));
    await expectText(buyer, t('sourcing.notice.lines-imported'));
    await buyer.go(`/events/${idIn(page, 'events')}`);
    for (const line of realLines) await expectText(buyer, line.description);

    async function upload(buffer: Buffer): Promise<void> {
      await page
        .getByLabel(t('sourcing.import.file'))
        .setInputFiles({ name: 'lines.xlsx', mimeType: '', buffer });
      await buyer.press(t('sourcing.import.show-preview'));
    }
  });

  it('has an approver approve it, and the buyer publish it', async () => {
    await signInAsStaff(stage, approver, APPROVER);
    await reloadUntil(approver.page, approver.page.getByText(TITLE));
    await approver.look('09-home-approver');
    await approver.page.getByRole('link', { name: TITLE }).first().click();
    await approver.see(TITLE);
    await approver.look('10-to-approve');
    await approver.press(t('sourcing.act.approve'));
    await expectText(approver, t('sourcing.notice.approved'));
    await buyer.go(`/events/${eventId}`);
    await buyer.press(t('sourcing.act.publish'));
    await expectText(buyer, t('sourcing.notice.published'));
    await buyer.look('11-published');
  });

  it('leads each supplier from its mail to the requirement, in both time zones', async () => {
    for (const [key, { contact }] of Object.entries(realBidders)) {
      const supplier = bidders[key as keyof typeof realBidders];
      await openMail(stage, supplier, { to: contact.email, subject: eventReference });
      if (key === 'crackers') await supplier.look('12-mail-invitation');
      await pressInMail(supplier, t('mail.event-published.action'));
      await supplier.see(t('identity.link.title'));
      await supplier.press(t('identity.link.submit'));
      await supplier.see(t('identity.password.title'));
      if (key === 'crackers') await supplier.look('13-password');
      await supplier.type(t('identity.password.new'), PASSWORD);
      await supplier.type(t('identity.password.repeated'), PASSWORD);
      await supplier.press(t('identity.password.submit'));
      await supplier.see(TITLE);
      await expectText(supplier, `(${ZONE})`);
      await expectText(supplier, t('bids.closing.yours', { time: '§' }).split('§')[0] ?? '');
    }
    await bidders.crackers.look('14-invitation');
  });

  it('saves prices while they are typed, shows their total, and says NOT SUBMITTED until they are', async () => {
    const { page } = bidders.crackers;
    await bidders.crackers.press(t('bids.invitation.start'));
    await page.locator('#bid-form').waitFor();
    const prices = ['150', ...crackers.prices.slice(1)];
    const saved = autosaved(bidders.crackers);
    for (const [index, price] of prices.entries()) await typePrice(bidders.crackers, index, price);
    // 244 × 150 + 896 × 130.62 + 1116 × 86.07
    await expectText(bidders.crackers, '249,689.64');
    await expectText(bidders.crackers, t('bids.status.not-submitted'));
    await saved;
    await bidders.crackers.page.waitForLoadState('networkidle');
    await page.reload();
    expect(await page.getByLabel(priceLabel(2), { exact: true }).inputValue()).to.equal('86.07');
    await expectText(bidders.crackers, t('bids.status.not-submitted'));
    await bidders.crackers.look('15-bid-prices');
  });

  const priceLabel = (index: number): string =>
    t('bids.line.price-of', { line: index + 1, item: realLines[index]?.description });
  const typePrice = (person: Person, index: number, price: string): Promise<void> =>
    person.type(priceLabel(index), price);
  const autosaved = (person: Person): Promise<unknown> =>
    person.page.waitForResponse((answer) => answer.url().endsWith('/draft') && answer.status() === 200);

  it('gives a receipt with SHA-256, time and files, and lets the bid be replaced', async () => {
    const supplier = bidders.crackers;
    const { page } = supplier;
    await page.getByRole('button', { name: t('bids.edit.change-files') }).click();
    await page.getByLabel(t('bids.files.choose')).setInputFiles({
      name: 'method statement.pdf',
      mimeType: 'application/pdf',
      buffer: PDF,
    });
    await supplier.press(t('bids.files.upload'));
    await expectText(supplier, 'method statement.pdf');
    await supplier.look('16-bid-files');
    await supplier.follow(t('bids.files.back'));
    await submitFrom(supplier, t('bids.submission.submit'), '17-bid-review');
    await supplier.see(t('bids.receipt.heading'));
    expect(await page.locator('[data-content-sha256]').innerText()).to.match(/^[0-9a-f]{64}$/);
    const receivedAt = Date.parse(
      (await page.locator('[data-received-at]').getAttribute('data-received-at')) ?? '',
    );
    expect(Math.abs(receivedAt - stage.portal.now().getTime())).to.be.below(60_000);
    await expectText(supplier, 'method statement.pdf');
    await supplier.look('18-receipt');
    await supplier.follow(t('bids.bid.change'));
    await typePrice(supplier, 0, crackers.prices[0]);
    await expectText(supplier, t('bids.status.changes-since', { version: 1 }));
    await submitFrom(supplier, t('bids.submission.replace', { version: 2 }), '19-bid-replace');
    await expectText(supplier, t('bids.receipt.version', { version: 2 }));
  });

  async function submitFrom(supplier: Person, button: string, name: string): Promise<void> {
    await supplier.page
      .getByRole('button', { name: t('bids.edit.review') })
      .first()
      .click();
    await supplier.see(t('bids.submission.heading'));
    await supplier.look(name);
    await supplier.press(button);
    await supplier.see(t('bids.receipt.heading'));
  }

  it('takes prices from the downloaded spreadsheet', async () => {
    const supplier = bidders.collom;
    await supplier.press(t('bids.invitation.start'));
    await supplier.page.getByRole('button', { name: t('bids.edit.use-sheet') }).click();
    await supplier.see(t('bids.sheet.heading'));
    await supplier.look('20-bid-sheet');
    const download = supplier.page.waitForEvent('download');
    await supplier.page.locator('a[href$="/sheet.xlsx"]').click();
    const filled = await fillBidSheet(await (await download).path(), collom.prices, t);
    await supplier.page
      .getByLabel(t('bids.sheet.choose'))
      .setInputFiles({ name: 'bid.xlsx', mimeType: '', buffer: filled });
    await supplier.press(t('bids.sheet.upload-button'));
    await expectText(supplier, t('bids.sheet.preview', { count: 3 }));
    await supplier.look('21-bid-sheet-preview');
    await supplier.press(t('bids.sheet.apply'));
    await expectText(supplier, '293,580.00');
    await submitFrom(supplier, t('bids.submission.submit'), '22-bid-from-sheet');
  });

  it('lets a bid be withdrawn and another one be submitted, without a price on one line', async () => {
    const supplier = bidders.morphey;
    await supplier.press(t('bids.invitation.start'));
    for (const [index, price] of morphey.prices.entries()) await typePrice(supplier, index, price);
    await submitFrom(supplier, t('bids.submission.submit'), '23-morphey-review');
    await supplier.page.locator('.breadcrumb a').last().click();
    await supplier.look('24-bid-submitted');
    await supplier.follow(t('bids.bid.withdraw'));
    await supplier.see(t('bids.withdrawal.heading'));
    await supplier.look('25-withdrawal');
    await supplier.press(t('bids.withdrawal.withdraw'));
    await expectText(supplier, t('bids.notice.withdrawn'));
    await supplier.look('26-withdrawn');
    await supplier.go('/bids');
    await supplier.look('27-bids-of-supplier');
    await supplier.page.getByRole('link', { name: t('bids.list.look') }).click();
    await supplier.press(t('bids.invitation.start'));
    await supplier.page.locator('#bid-form').waitFor();
    await typePrice(supplier, 0, '');
    for (const index of [1, 2]) await typePrice(supplier, index, morphey.prices[index] ?? '');
    await submitFrom(supplier, t('bids.submission.submit'), '28-morphey-again');
  });

  it('shows no price to the buyer before the bids are opened, and closes them by the clock', async () => {
    await expectSealed();
    await buyer.go(`/events/${eventId}`);
    const shown = await buyer.page.locator('main').innerText();
    expect(shown, 'who has bid is told').not.to.contain(t('state.invitation.buyer.submitted'));
    stage.portal.travel({ days: 2, minutes: 1 });
    await buyer.go(`/events/${eventId}`);
    await expectText(buyer, t('identity.session-over'));
    await signInAsStaff(stage, buyer, BUYER);
    await buyer.go(`/events/${eventId}`);
    await reloadUntil(buyer.page, buyer.page.locator('.page-head [data-state="closed"]'));
    await buyer.look('29-closed');
    await expectSealed();
    await stage.portal.runAsSystem(async ({ tx }) => {
      expect(await tx('bid_line').count().first()).to.have.property('count', 0);
    });
  });

  async function expectSealed(): Promise<void> {
    const pages = ['', '/opening', '/comparison'].map((page) => `/events/${eventId}${page}`);
    for (const page of ['/events', '/', ...pages]) {
      const answer = await buyer.page.request.get(page);
      const html = await answer.text();
      for (const price of ['148.62', '130.62', '86.07', '249,352', '293,580'])
        expect(html, `${page} shows ${price}`).not.to.contain(price);
    }
  }

  it('opens the bids, and compares them line by line', async () => {
    await buyer.page.getByRole('link', { name: t('sourcing.act.open-bids') }).click();
    await buyer.see(t('bids.opening.heading'));
    await buyer.look('30-to-open');
    await buyer.press(t('bids.opening.open', { count: 3 }));
    await expectText(buyer, t('bids.notice.opened'));
    await buyer.look('31-minutes');
    await buyer.page.getByRole('link', { name: t('bids.opening.compare') }).click();
    await buyer.see(TITLE);
    const row = buyer.page.locator('table.cmp tbody tr').first();
    expect(await row.locator('.bestcell').innerText())
      .to.contain('90')
      .and.to.contain(t('awards.lowest'));
    expect(await row.innerText()).to.contain(t('awards.no-bid'));
    await expectText(buyer, '249,352.92');
    await expectText(buyer, t('awards.row.not-comparable'));
    await buyer.look('32-comparison');
  });

  it('awards a line to two suppliers with a reason, and has somebody else approve it', async () => {
    await buyer.follow(t('awards.comparison.award'));
    await buyer.page.locator('#award-form').waitFor();
    await buyer.page.getByLabel(t('awards.form.quantity-of', { line: 2 }), { exact: true }).fill('500');
    await buyer.press(t('awards.form.split-line', { line: 2 }));
    const supplierOf2 = buyer.page.getByLabel(t('awards.form.supplier-of', { line: 2 }), { exact: true });
    await supplierOf2.nth(1).waitFor();
    await supplierOf2.nth(1).selectOption({ index: await optionOf(collom.name) });
    await buyer.page
      .getByLabel(t('awards.form.quantity-of', { line: 2 }), { exact: true })
      .nth(1)
      .fill('396');
    await buyer.press(t('awards.form.propose'));
    await expectText(buyer, t('errors.award.reason-required', { line: 2 }));
    await buyer.look('33-award-reason-missing');
    await buyer.page
      .getByLabel(t('awards.form.reason-of', { line: 2 }), { exact: true })
      .nth(1)
      .fill('Two sources: one quarry alone cannot load in time.');
    await buyer.type(t('awards.form.debrief'), 'Thank you. The award went by price and by loading capacity.');
    await buyer.look('34-award-form');
    await buyer.press(t('awards.form.propose'));
    await expectText(buyer, t('awards.notice.proposed'));
    await buyer.look('35-award-proposed');
    const awardPage = new URL(buyer.page.url()).pathname;
    expect(await buyer.page.getByRole('button', { name: t('awards.award.approve') }).count()).to.equal(0);
    await signInAsStaff(stage, approver, APPROVER);
    await approver.look('36-home-approver-award');
    await approver.go(awardPage);
    await approver.look('37-award-to-approve');
    await approver.press(t('awards.award.approve'));
    await expectText(approver, t('awards.notice.approved'));

    async function optionOf(name: string): Promise<number> {
      const options = await supplierOf2.nth(1).locator('option').allInnerTexts();
      return options.findIndex((option) => option.includes(name));
    }
  });

  it('shows no page that somebody cannot read or use', () => {
    expect(stage.findings).to.deep.equal([]);
    expect(stage.portal.complaints).to.deep.equal([]);
  });
}
