import { expect } from 'chai';
import { CLOSING, press, type Tender } from './stage.ts';

/** One envelope after the other: who fails in the first keeps its prices to itself for ever. */
export function opening(j: Tender): void {
  const supplierOf = async (key: 'winner' | 'second' | 'failing') =>
    (await j.opened.world.db('supplier').where({ id: j.bidders[key].actor.supplierId }).first())
      .name as string;

  it('closes by the clock, with three bids sealed', async () => {
    await j.closeAt(CLOSING);
    await j.signIn(j.opener);
    await j.opener.page.goto(`/events/${j.eventId}/opening`);
    await j.opener.page.getByRole('button', { name: j.t('bids.opening.open', { count: 3 }) }).waitFor();
    expect(await j.opened.world.db('bid_line')).to.have.length(0);
  });

  it('opens the technical envelopes, fails one bid with a reason, and goes on without it', async () => {
    const { page } = j.opener;
    await press(j.opener, j.t('bids.opening.open', { count: 3 }));
    await page.getByText(j.t('sealing.judging', { envelope: j.t('sealing.envelope.technical') })).waitFor();
    expect(await j.opened.world.db('bid_line'), 'no price is open yet').to.have.length(0);
    const fail = page.locator('details', { hasText: await supplierOf('failing') }).last();
    await fail.locator('summary').click();
    await fail
      .locator('textarea, input[name="reason"]')
      .first()
      .fill('No die-casting machine of the size that was asked for.');
    await fail.getByRole('button', { name: j.t('sealing.fail') }).click();
    await page.getByRole('button', { name: j.t('sealing.conclude', { count: 2 }) }).click();
    await page.getByRole('button', { name: j.t('bids.opening.open', { count: 2 }) }).click();
    await page.getByRole('link', { name: j.t('bids.opening.compare') }).waitFor();
  });

  it('compares the two that are left, and shows no price of the one that failed', async () => {
    await j.signIn(j.buyer);
    await j.buyer.page.goto(`/events/${j.eventId}/comparison`);
    const text = await j.buyer.page.locator('main').innerText();
    expect(text)
      .to.include(await supplierOf('winner'))
      .and.to.include(await supplierOf('second'));
    const lines = await j.opened.world
      .db('bid_line')
      .join('bid', 'bid.id', 'bid_line.bid_id')
      .select('supplier_id');
    const priced = new Set(lines.map((line) => line.supplier_id as string));
    expect([...priced]).to.have.members([
      j.bidders.winner.actor.supplierId,
      j.bidders.second.actor.supplierId,
    ]);
  });
}
