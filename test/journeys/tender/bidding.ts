import { expect } from 'chai';
import { PRICES } from './prices.ts';
import { type BidderKey, CLOSING, press, type Seat, says, type Tender } from './stage.ts';

/** Who has a bid in at the closing. */
export const standingAt = (level: Tender['level']): readonly BidderKey[] =>
  level === 'on_arrival' ? ['winner', 'second', 'failing'] : ['winner', 'second', 'failing', 'late'];

/** Five bids: some that stand, one that will fail, one that is taken back, one that comes too late. */
export function bidding(j: Tender): void {
  const isHere = (): boolean => j.level === 'in_browser';
  /** On the form, which both levels share, once it can be written. */
  const ready = (seat: Seat) =>
    seat.page.waitForSelector(isHere() ? '[data-editor]:not([hidden])' : '[data-draft-ready]', {
      state: 'attached',
    });
  const write = async (key: BidderKey): Promise<Seat> => {
    const seat = j.bidders[key];
    await seat.page.goto(`/bids/invitations/${j.eventId}`);
    await press(seat, j.t('bids.invitation.start'));
    await ready(seat);
    for (const [at, price] of PRICES[key].entries())
      await seat.page.locator('[data-price]').nth(at).fill(price);
    await seat.page.locator('textarea[name^="answers["]').fill(`Two cells of our own: ${seat.actor.name}.`);
    if (!isHere()) await review(seat);
    return seat;
  };
  const again = async (seat: Seat): Promise<void> => {
    await seat.page.goto('/bids');
    await seat.page.locator('a[href$="/edit"]').first().click();
    await ready(seat);
  };
  const review = async (seat: Seat): Promise<void> => {
    if (isHere()) {
      await seat.page.locator('[data-to-review]').first().click();
      return;
    }
    await press(seat, new RegExp(j.t('bids.edit.review')));
    await seat.page.waitForURL(/\/submission$/);
  };
  const submit = async (seat: Seat): Promise<void> => {
    if (isHere()) {
      await review(seat);
      return seat.page.locator('[data-submit]').click();
    }
    await press(seat, j.t('bids.submission.submit'));
  };
  const received = (seat: Seat) =>
    isHere() ? seat.page.waitForSelector('[data-done]:not([hidden])') : seat.page.waitForURL(/\/receipt/);

  for (const key of ['winner', 'second', 'failing', 'withdrawing'] as const)
    it(`takes the bid of the ${key} one, and gives a receipt`, async () => {
      const seat = await write(key);
      if (key === 'winner') await j.look(seat, 'a bid that is written');
      await submit(seat);
      await received(seat);
    });

  it('refuses a bid that leaves out a line of a lot', async () => {
    const { second } = j.bidders;
    await again(second);
    await second.page.locator('[data-price]').nth(1).fill('');
    await review(second);
    await says(second, j.t('errors.bid.leaves-out-lines', { lines: '2' }));
    if (!isHere())
      expect(await second.page.locator('form[action$="/submission"] button').count()).to.equal(0);
    // What was submitted before stands.
    await says(second, j.t('bids.status.changes-since', { version: 1 }));
    const versions = await j.opened.world.db('bid_version').join('bid', 'bid.id', 'bid_version.bid_id');
    expect(versions.filter((one) => one.supplier_id === second.actor.supplierId)).to.have.length(1);
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
    const { late } = j.bidders;
    if (isHere()) {
      // Here one is in time, and its correction is not.
      await submit(await write('late'));
      await received(late);
    }
    j.opened.world.setNow('2026-03-30T08:59:30Z');
    await j.signIn(late);
    if (isHere()) await again(late);
    else await write('late');
    if (isHere()) {
      await late.page.locator('[data-price]').first().fill('39.5');
      await review(late);
      await late.page.waitForSelector('[data-review]:not([hidden])');
    }
    j.opened.world.setNow(CLOSING);
    if (isHere()) await late.page.locator('[data-submit]').click();
    else await submit(late);
    if (isHere()) await says(late, j.t('errors.bid.deadline-passed'));
    else await late.page.locator('[data-code="bid.deadline-passed"]').waitFor();
    const versions = await j.opened.world.db('bid_version').join('bid', 'bid.id', 'bid_version.bid_id');
    const ofLate = versions.filter((one) => one.supplier_id === late.actor.supplierId);
    expect(ofLate).to.have.length(isHere() ? 1 : 0);
  });
}
