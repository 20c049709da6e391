import { expect } from 'chai';
import { realBidders, realLines } from '../support/real-lines.ts';
import { type Journey, PDF } from './journey.ts';
import { fillBidSheet } from './sheets.ts';
import type { Person } from './stage.ts';
import { expectText, focused, tabTo } from './steps.ts';

const { crackers, collom, morphey } = realBidders;

/** Three bids: one by the page, one by the spreadsheet, one withdrawn and made anew. */
export function bidding(j: Journey): void {
  it('saves prices while they are typed, shows their total, and says NOT SUBMITTED until they are', async () => {
    const { page } = j.bidders.crackers;
    await j.bidders.crackers.press(j.t('bids.invitation.start'));
    await page.locator('#bid-form').waitFor();
    const prices = ['150', ...crackers.prices.slice(1)];
    const saved = autosaved(j.bidders.crackers);
    for (const [index, price] of prices.entries()) await typePrice(j.bidders.crackers, index, price);
    // 244 × 150 + 896 × 130.62 + 1116 × 86.07
    await expectText(j.bidders.crackers, '249,689.64');
    await expectText(j.bidders.crackers, j.t('bids.status.not-submitted'));
    await saved;
    await j.bidders.crackers.page.waitForLoadState('networkidle');
    await page.reload();
    expect(await page.getByLabel(priceLabel(2), { exact: true }).inputValue()).to.equal('86.07');
    await expectText(j.bidders.crackers, j.t('bids.status.not-submitted'));
    await j.bidders.crackers.look('15-bid-prices');
  });

  const priceLabel = (index: number): string =>
    j.t('bids.line.price-of', { line: index + 1, item: realLines[index]?.description });
  const typePrice = (person: Person, index: number, price: string): Promise<void> =>
    person.type(priceLabel(index), price);
  const autosaved = (person: Person): Promise<unknown> =>
    person.page.waitForResponse((answer) => answer.url().endsWith('/draft') && answer.status() === 200);

  it('gives a receipt with SHA-256, time and files', async () => {
    const supplier = j.bidders.crackers;
    const { page } = supplier;
    await page.getByRole('button', { name: j.t('bids.edit.change-files') }).click();
    await page.getByLabel(j.t('bids.files.choose')).setInputFiles({
      name: 'method statement.pdf',
      mimeType: 'application/pdf',
      buffer: PDF,
    });
    await supplier.press(j.t('bids.files.upload'));
    await expectText(supplier, 'method statement.pdf');
    await supplier.look('16-bid-files');
    await supplier.follow(j.t('bids.files.back'));
    await submitFrom(supplier, j.t('bids.submission.submit'), '17-bid-review');
    await supplier.see(j.t('bids.receipt.heading'));
    expect(await page.locator('[data-content-sha256]').innerText()).to.match(/^[0-9a-f]{64}$/);
    const receivedAt = Date.parse(
      (await page.locator('[data-received-at]').getAttribute('data-received-at')) ?? '',
    );
    expect(Math.abs(receivedAt - j.stage.portal.now().getTime())).to.be.below(60_000);
    await expectText(supplier, 'method statement.pdf');
    await supplier.look('18-receipt');
  });

  it('lets the bid be replaced, by the keyboard alone', async () => {
    const { page, follow, look, see } = j.bidders.crackers;
    await follow(j.t('bids.bid.change'));
    await page.locator('#bid-form').waitFor();
    await tabTo(page, priceLabel(0));
    await page.keyboard.type(crackers.prices[0]);
    await page.keyboard.press('Enter');
    expect(await focused(page), 'Enter goes to the next line').to.equal(priceLabel(1));
    await expectText(j.bidders.crackers, j.t('bids.status.changes-since', { version: 1 }));
    await tabTo(page, j.t('bids.edit.review'));
    await page.keyboard.press('Enter');
    await see(j.t('bids.submission.heading'));
    await look('19-bid-replace');
    await tabTo(page, j.t('bids.submission.replace', { version: 2 }));
    await page.keyboard.press('Enter');
    await see(j.t('bids.receipt.heading'));
    await expectText(j.bidders.crackers, j.t('bids.receipt.version', { version: 2 }));
  });

  async function submitFrom(supplier: Person, button: string, name: string): Promise<void> {
    await supplier.page
      .getByRole('button', { name: j.t('bids.edit.review') })
      .first()
      .click();
    await supplier.see(j.t('bids.submission.heading'));
    await supplier.look(name);
    await supplier.press(button);
    await supplier.see(j.t('bids.receipt.heading'));
  }

  it('takes prices from the downloaded spreadsheet', async () => {
    const supplier = j.bidders.collom;
    await supplier.press(j.t('bids.invitation.start'));
    await supplier.page.getByRole('button', { name: j.t('bids.edit.use-sheet') }).click();
    await supplier.see(j.t('bids.sheet.heading'));
    await supplier.look('20-bid-sheet');
    const download = supplier.page.waitForEvent('download');
    await supplier.page.locator('a[href$="/sheet.xlsx"]').click();
    const filled = await fillBidSheet(await (await download).path(), collom.prices, j.t);
    await supplier.page
      .getByLabel(j.t('bids.sheet.choose'))
      .setInputFiles({ name: 'bid.xlsx', mimeType: '', buffer: filled });
    await supplier.press(j.t('bids.sheet.upload-button'));
    await expectText(supplier, j.t('bids.sheet.preview', { count: 3 }));
    await supplier.look('21-bid-sheet-preview');
    await supplier.press(j.t('bids.sheet.apply'));
    await expectText(supplier, '293,580.00');
    await submitFrom(supplier, j.t('bids.submission.submit'), '22-bid-from-sheet');
  });

  it('lets a bid be withdrawn and another one be submitted, in a browser that runs no script', async () => {
    const supplier = j.bidders.morphey;
    await supplier.press(j.t('bids.invitation.start'));
    for (const [index, price] of morphey.prices.entries()) await typePrice(supplier, index, price);
    await submitFrom(supplier, j.t('bids.submission.submit'), '23-morphey-review');
    await supplier.page.locator('.breadcrumb a').last().click();
    await supplier.look('24-bid-submitted');
    await supplier.follow(j.t('bids.bid.withdraw'));
    await supplier.see(j.t('bids.withdrawal.heading'));
    await supplier.look('25-withdrawal');
    await supplier.press(j.t('bids.withdrawal.withdraw'));
    await expectText(supplier, j.t('bids.notice.withdrawn'));
    await supplier.look('26-withdrawn');
    await supplier.go('/bids');
    await supplier.look('27-bids-of-supplier');
    await supplier.page.getByRole('link', { name: j.t('bids.list.look') }).click();
    await supplier.press(j.t('bids.invitation.start'));
    await supplier.page.locator('#bid-form').waitFor();
    await typePrice(supplier, 0, '');
    for (const index of [1, 2]) await typePrice(supplier, index, morphey.prices[index] ?? '');
    await submitFrom(supplier, j.t('bids.submission.submit'), '28-morphey-again');
  });
}
