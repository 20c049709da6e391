import { expect } from 'chai';
import { job as endStandstills } from '../../../jobs/awards/every-minute-end-standstills.ts';
import { textOfPdf } from '../../support/readable.ts';
import { DEBRIEF } from './awarding.ts';
import { amountOf, figuresOf } from './prices.ts';
import { inOnePiece, pricesOfOthers } from './searching.ts';
import { BIDDERS, type BidderKey, companyOf, says, type Tender } from './stage.ts';

/** Letters, the standstill, and the orders that follow it. */
export function telling(j: Tender): void {
  const letters = {} as Record<BidderKey, { page: string; pdf: string }>;
  const readLetter = async (key: BidderKey): Promise<string> => {
    const seat = j.bidders[key];
    await j.signIn(seat);
    await seat.page.goto(`/awards/${j.awardId}/letter`);
    await j.look(seat, `letter of the ${key} one`);
    const pdf = await seat.page.getByRole('link', { name: j.t('letters.download') }).getAttribute('href');
    const file = await seat.page.request.get(String(pdf));
    letters[key] = { page: await seat.page.locator('main').innerText(), pdf: textOfPdf(await file.body()) };
    return letters[key].page;
  };

  it('stands still first: nothing is ordered', async () => {
    const { db } = j.opened.world;
    expect((await db('award').first('state')).state).to.equal('standstill');
    expect(await db('purchase_order')).to.have.length(0);
  });

  it('writes a letter to each whose bid was opened', async () => {
    expect(await readLetter('second')).to.include(j.t('awards.letter.outcome-award'));
    expect(await readLetter('winner'))
      .to.include(j.t('awards.letter.outcome-part-award'))
      .and.to.include(j.t('awards.letter.line-lower-bid'))
      .and.to.include(DEBRIEF);
    expect(await readLetter('failing'))
      .to.include(j.t('awards.letter.outcome-disqualified'))
      .and.to.include('25 of the 50 needed');
  });

  it('tells no bidder another’s name or price', async () => {
    for (const key of ['winner', 'second', 'failing'] as const) {
      const { page, pdf } = letters[key];
      for (const text of [page, pdf]) {
        expect(pricesOfOthers(text, key), `the letter of the ${key} one`).to.deep.equal([]);
        for (const other of BIDDERS)
          if (other !== key) expect(text, key).not.to.include(await companyOf(j, other));
      }
    }
    const own = figuresOf('second').slice(0, 2);
    for (const text of [letters.second.page, letters.second.pdf])
      expect(inOnePiece(text), 'its own prices stand as they are looked for')
        .to.include(own[0])
        .and.to.include(own[1]);
  });

  it('orders from the two when the standstill is over, and not a minute before', async () => {
    const { world } = j.opened;
    const until = new Date((await world.db('award').first('standstill_until')).standstill_until);
    const sweepAt = async (time: number) => {
      world.setNow(new Date(time).toISOString());
      await endStandstills.run({ ...world.house, mailer: { send: async () => {} }, origin: j.opened.origin });
      await world.drainJobs();
      return (await world.db('award').first('state')).state;
    };
    expect(await sweepAt(until.getTime() - 60_000)).to.equal('standstill');
    expect(await sweepAt(until.getTime())).to.equal('final');
    const orders = await world.db('purchase_order');
    expect(orders.map((order) => order.supplier_id)).to.have.members([
      j.bidders.winner.actor.supplierId,
      j.bidders.second.actor.supplierId,
    ]);
    await j.signIn(j.buyer);
    await j.buyer.page.goto(`/awards/${j.awardId}`);
    await says(j.buyer, j.t('state.award.buyer.final'));
    await j.look(j.buyer, 'final award');
    for (const [key, amount] of [
      ['winner', amountOf('winner', [2, 3])],
      ['second', amountOf('second', [0, 1])],
    ] as const) {
      const seat = j.bidders[key];
      await j.signIn(seat);
      await seat.page.goto('/orders');
      await says(seat, Number(amount).toLocaleString('en', { minimumFractionDigits: 2 }));
      await j.look(seat, `orders of the ${key} one`);
    }
  });
}
