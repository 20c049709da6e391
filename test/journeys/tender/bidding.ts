import { expect } from 'chai';
import { type BidderKey, CLOSING, press, type Seat, says, type Tender } from './stage.ts';

const PRICES: Readonly<Record<BidderKey, readonly string[]>> = {
  winner: ['45', '50', '30', '32'],
  // A whole lot or nothing: this one bids for the housings alone.
  second: ['44', '49', '', ''],
  failing: ['20', '20', '20', '20'],
  withdrawing: ['46', '51', '29', '31'],
  late: ['40', '40', '25', '25'],
};

/** Five bids: two that stand, one that will fail, one that is taken back, one that comes too late. */
export function bidding(j: Tender): void {
  const write = async (key: BidderKey): Promise<Seat> => {
    const seat = j.bidders[key];
    await seat.page.goto(`/bids/invitations/${j.eventId}`);
    await press(seat, j.t('bids.invitation.start'));
    await seat.page.waitForSelector('[data-draft-ready]');
    for (const [at, price] of PRICES[key].entries())
      await seat.page.locator('[data-price]').nth(at).fill(price);
    await seat.page.locator('textarea[name^="answers["]').fill(`Two cells of our own: ${seat.actor.name}.`);
    await press(seat, new RegExp(j.t('bids.edit.review')));
    await seat.page.waitForURL(/\/submission$/);
    return seat;
  };
  const submit = async (seat: Seat): Promise<void> => {
    await press(seat, j.t('bids.submission.submit'));
    await seat.page.waitForURL(/\/receipt/);
  };

  for (const key of ['winner', 'second', 'failing', 'withdrawing'] as const)
    it(`takes the bid of the ${key} one, and gives a receipt`, async () => {
      await submit(await write(key));
    });

  it('refuses a bid that leaves out a line of a lot', async () => {
    const { second } = j.bidders;
    await second.page.goto('/bids');
    await second.page.locator('a[href$="/edit"]').first().click();
    await second.page.waitForSelector('[data-draft-ready]');
    await second.page.locator('[data-price]').nth(1).fill('');
    await press(second, new RegExp(j.t('bids.edit.review')));
    await second.page.waitForURL(/\/submission$/);
    await says(second, j.t('errors.bid.leaves-out-lines', { lines: '2' }));
    expect(await second.page.locator('form[action$="/submission"] button').count()).to.equal(0);
    // What was submitted before stands.
    await says(second, j.t('bids.status.changes-since', { version: 1 }));
  });

  it('lets one be withdrawn', async () => {
    const { withdrawing } = j.bidders;
    await withdrawing.page.goto('/bids');
    const address = await withdrawing.page
      .locator('a[href*="/bids/"][href$="/edit"]')
      .first()
      .getAttribute('href');
    await withdrawing.page.goto(`${address?.replace('/edit', '')}/withdrawal`);
    await press(withdrawing, j.t('bids.withdrawal.withdraw'));
    const withdrawn = await j.opened.world.db('bid').where({ state: 'withdrawn' });
    expect(withdrawn).to.have.length(1);
  });

  it('refuses the one that comes at the closing instant, and keeps what was typed', async () => {
    j.opened.world.setNow('2026-03-30T08:59:30Z');
    await j.signIn(j.bidders.late);
    const seat = await write('late');
    j.opened.world.setNow(CLOSING);
    await press(seat, j.t('bids.submission.submit'));
    await seat.page.locator('[data-code="bid.deadline-passed"]').waitFor();
    const versions = await j.opened.world.db('bid_version').join('bid', 'bid.id', 'bid_version.bid_id');
    expect(versions.filter((one) => one.supplier_id === seat.actor.supplierId)).to.have.length(0);
  });
}
