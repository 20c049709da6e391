import { expect } from 'chai';
import { givePart, loseShare, rescue } from './opening.ts';
import { type BidderKey, companyOf, press, type Seat, says, type Tender } from './stage.ts';

type Points = Partial<Record<BidderKey, string>>;

/** A committee scores what was opened; who fails keeps its prices to itself for ever, and the others' are opened. */
export function scoring(j: Tender): void {
  const here = (page: string): string => `/events/${j.eventId}/${page}`;

  it('appoints a committee, whose members say that they have no interest of their own', async () => {
    const { page } = j.buyer;
    for (const { actor } of [j.chair, j.member]) {
      await page.goto(here('committee'));
      await page.selectOption('select[name="userId"]', actor.userId);
      await press(j.buyer, j.t('evaluation.committee.appoint'));
      await says(j.buyer, j.t('evaluation.notice.appointed'));
    }
    for (const seat of [j.chair, j.member]) {
      await seat.page.goto(here('statement'));
      await seat.page.check('input[name="interest"][value="none"]');
      if (seat === j.chair) await j.look(seat, 'statement');
      await press(seat, j.t('evaluation.statement.make'));
      await says(seat, j.t('evaluation.notice.declared'));
    }
    await page.goto(here('committee'));
    await j.look(j.buyer, 'committee');
    await press(j.buyer, j.t('evaluation.committee.start-act'));
    await says(j.buyer, j.t('evaluation.notice.started'));
  });

  const score = async (seat: Seat, points: Points): Promise<void> => {
    await seat.page.goto(here('score-sheet'));
    for (const [key, given] of Object.entries(points)) {
      const bid = seat.page.locator('section', { hasText: await companyOf(j, key as BidderKey) });
      await bid.locator('input[name$="[points]"]').fill(given);
      await bid.locator('textarea').fill(`${given} by the machines they describe`);
    }
    await j.look(seat, 'score sheet');
    await press(seat, j.t('evaluation.sheet.submit'));
    await says(seat, j.t('evaluation.notice.sheet-submitted'));
  };

  it('takes two private sheets: who is through reads nothing of the other’s', async () => {
    await score(j.chair, { winner: '9', second: '7', failing: '2' });
    await j.chair.page.goto(here('consensus'));
    await says(j.chair, j.t('evaluation.consensus.not-yet'));
    await score(j.member, { winner: '5', second: '7', failing: '3' });
  });

  it('has the chair record what was agreed where the two were far apart', async () => {
    const { page } = j.chair;
    await page.goto(here('consensus'));
    await says(j.chair, '5 by the machines they describe');
    await j.look(j.chair, 'consensus');
    const fix = page.getByRole('button', { name: j.t('evaluation.consensus.fix') });
    expect(await fix.isDisabled()).to.equal(true);
    const row = page.locator('tr.table-warning');
    expect(await row.innerText()).to.include(await companyOf(j, 'winner'));
    await row.locator('input[name="points"]').fill('8');
    await row.locator('textarea').fill('The tooling plan, read again together, convinced both.');
    await row.getByRole('button', { name: j.t('evaluation.consensus.record') }).click();
    await says(j.chair, j.t('evaluation.notice.agreed'));
  });

  it('fixes the technical result: one fails below the minimum, and is told why', async () => {
    const { page } = j.chair;
    const reason = page.locator('textarea[name^="reasons["]');
    expect(await reason.count()).to.equal(1);
    expect(await reason.inputValue()).to.include('25 of the 50 needed');
    await press(j.chair, j.t('evaluation.consensus.fix'));
    await says(j.chair, j.t('evaluation.notice.fixed'));
    const failed = await j.opened.world.db('bid').where({ state: 'disqualified' });
    const unread = j.level === 'in_browser' ? [j.bidders.late.actor.supplierId] : [];
    expect(failed.map((bid) => bid.supplier_id)).to.have.members([
      j.bidders.failing.actor.supplierId,
      ...unread,
    ]);
    expect(new Set(failed.map((bid) => bid.disqualified_at_envelope))).to.deep.equal(new Set(['technical']));
  });

  it('opens the prices of the two that are left by two other openers, for the first is ill', async () => {
    const [, second, third] = j.openers;
    await givePart(j, second);
    expect(await j.opened.world.db('bid_line')).to.have.length(0);
    if (j.level === 'in_browser') await loseShare(j, third);
    await givePart(j, third);
    if (j.level === 'in_browser') await rescue(j, third);
    await third.page.getByRole('link', { name: j.t('bids.opening.compare') }).waitFor();
    await j.look(third, 'minutes');
    const priced = await j.opened.world
      .db('bid_line')
      .join('bid', 'bid.id', 'bid_line.bid_id')
      .distinct('supplier_id')
      .pluck('supplier_id');
    expect(priced).to.have.members([j.bidders.winner.actor.supplierId, j.bidders.second.actor.supplierId]);
  });

  it('compares the two, and ranks by price and concept', async () => {
    const { page } = j.buyer;
    const names = [await companyOf(j, 'winner'), await companyOf(j, 'second')] as const;
    for (const at of ['comparison', 'evaluation']) {
      await page.goto(here(at));
      const text = await page.locator('main').innerText();
      expect(text).to.include(names[0]).and.to.include(names[1]);
      await j.look(j.buyer, at);
    }
  });
}
