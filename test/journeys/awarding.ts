import { expect } from 'chai';
import { realBidders } from '../support/real-lines.ts';
import { APPROVER, BUYER, type Journey, TITLE } from './journey.ts';
import { expectText, reloadUntil, signInAsStaff } from './steps.ts';

const { collom } = realBidders;

/** From the closing time to an approved award. */
export function awarding(j: Journey): void {
  it('shows no price to the buyer before the bids are opened, and closes them by the clock', async () => {
    await expectSealed();
    await j.buyer.go(`/events/${j.eventId}`);
    const shown = await j.buyer.page.locator('main').innerText();
    expect(shown, 'who has bid is told').not.to.contain(j.t('state.invitation.buyer.submitted'));
    j.stage.portal.travel({ days: 2, minutes: 1 });
    await j.buyer.go(`/events/${j.eventId}`);
    await expectText(j.buyer, j.t('identity.session-over'));
    await signInAsStaff(j.stage, j.buyer, BUYER);
    await j.buyer.go(`/events/${j.eventId}`);
    await reloadUntil(j.buyer.page, j.buyer.page.locator('.page-head [data-state="closed"]'));
    await j.buyer.look('29-closed');
    await expectSealed();
    await j.stage.portal.runAsSystem(async ({ tx }) => {
      expect(await tx('bid_line').count().first()).to.have.property('count', 0);
    });
  });

  async function expectSealed(): Promise<void> {
    const pages = ['', '/opening', '/comparison'].map((page) => `/events/${j.eventId}${page}`);
    for (const page of ['/events', '/', ...pages]) {
      const answer = await j.buyer.page.request.get(page);
      const html = await answer.text();
      for (const price of ['148.62', '130.62', '86.07', '249,352', '293,580'])
        expect(html, `${page} shows ${price}`).not.to.contain(price);
    }
  }

  it('has somebody else open the bids, and compares them line by line', async () => {
    await j.buyer.follow(j.t('sourcing.act.see-opening'));
    await j.buyer.see(j.t('bids.opening.heading'));
    await j.buyer.look('30-to-open');
    await expectText(j.buyer, j.t('errors.opening.opened-by-event-owner'));
    await signInAsStaff(j.stage, j.approver, APPROVER);
    await j.approver.go(`/events/${j.eventId}/opening`);
    await j.approver.press(j.t('bids.opening.open', { count: 3 }));
    await expectText(j.approver, j.t('bids.notice.opened'));
    await j.buyer.go(`/events/${j.eventId}/opening`);
    await j.buyer.look('31-minutes');
    await j.buyer.page.getByRole('link', { name: j.t('bids.opening.compare') }).click();
    await j.buyer.see(TITLE);
    const row = j.buyer.page.locator('table.cmp tbody tr').first();
    expect(await row.locator('.bestcell').innerText())
      .to.contain('90')
      .and.to.contain(j.t('awards.lowest'));
    expect(await row.innerText()).to.contain(j.t('awards.no-bid'));
    await expectText(j.buyer, '249,352.92');
    await expectText(j.buyer, j.t('awards.row.not-comparable'));
    await j.buyer.look('32-comparison');
  });

  it('awards a line to two suppliers with a reason, and has somebody else approve it', async () => {
    const award = { name: j.t('awards.comparison.award'), exact: true };
    await j.buyer.page.locator('main').getByRole('link', award).click();
    await j.buyer.page.locator('#award-form').waitFor();
    await j.buyer.page.getByLabel(j.t('awards.form.quantity-of', { line: 2 }), { exact: true }).fill('500');
    await j.buyer.press(j.t('awards.form.split-line', { line: 2 }));
    const supplierOf2 = j.buyer.page.getByLabel(j.t('awards.form.supplier-of', { line: 2 }), { exact: true });
    await supplierOf2.nth(1).waitFor();
    await supplierOf2.nth(1).selectOption({ index: await optionOf(collom.name) });
    await j.buyer.page
      .getByLabel(j.t('awards.form.quantity-of', { line: 2 }), { exact: true })
      .nth(1)
      .fill('396');
    await j.buyer.press(j.t('awards.form.propose'));
    await expectText(j.buyer, j.t('errors.award.reason-required', { line: 2 }));
    await j.buyer.look('33-award-reason-missing');
    await j.buyer.page
      .getByLabel(j.t('awards.form.reason-of', { line: 2 }), { exact: true })
      .nth(1)
      .fill('Two sources: one quarry alone cannot load in time.');
    await j.buyer.type(
      j.t('awards.form.debrief'),
      'Thank you. The award went by price and by loading capacity.',
    );
    await j.buyer.look('34-award-form');
    await j.buyer.press(j.t('awards.form.propose'));
    await expectText(j.buyer, j.t('awards.notice.proposed'));
    await j.buyer.look('35-award-proposed');
    const awardPage = new URL(j.buyer.page.url()).pathname;
    expect(await j.buyer.page.getByRole('button', { name: j.t('awards.award.approve') }).count()).to.equal(0);
    await j.approver.go('/');
    await j.approver.look('36-home-approver-award');
    await j.approver.go(awardPage);
    await j.approver.look('37-award-to-approve');
    await j.approver.press(j.t('awards.award.approve'));
    await expectText(j.approver, j.t('awards.notice.approved'));

    async function optionOf(name: string): Promise<number> {
      const options = await supplierOf2.nth(1).locator('option').allInnerTexts();
      return options.findIndex((option) => option.includes(name));
    }
  });
}
