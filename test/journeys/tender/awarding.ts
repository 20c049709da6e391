import { expect } from 'chai';
import { type BidderKey, press, says, type Tender } from './stage.ts';

const REASON = 'Cheaper on this lot, and it casts in a house of its own.';
export const DEBRIEF = 'Price and concept decided, as published.';

/** Each lot to another supplier, with reasons; somebody else approves it. */
export function awarding(j: Tender): void {
  it('splits the award by lots, and asks why where it is not the first in rank', async () => {
    const { page } = j.buyer;
    await page.goto(`/events/${j.eventId}/award/new`);
    const lines: readonly BidderKey[] = ['second', 'second', 'winner', 'winner'];
    for (const [at, key] of lines.entries())
      await page.selectOption(`#field-lines-${at}-supplierId`, j.bidders[key].actor.supplierId);
    await page.getByLabel(j.t('awards.form.debrief'), { exact: true }).fill(DEBRIEF);
    await press(j.buyer, j.t('awards.form.propose'));
    await says(j.buyer, j.t('errors.award.reason-required'));
    await j.look(j.buyer, 'award, reason missing');
    expect(await j.opened.world.db('award')).to.have.length(0);
    for (const at of [0, 1]) await page.fill(`#field-lines-${at}-reason`, REASON);
    await press(j.buyer, j.t('awards.form.propose'));
    await says(j.buyer, j.t('awards.notice.proposed'));
    await j.look(j.buyer, 'award');
    j.awardId = (await j.opened.world.db('award').first('id')).id;
    expect(await page.getByRole('button', { name: j.t('awards.award.approve') }).count()).to.equal(0);
  });

  it('is approved by somebody who had no part in it', async () => {
    const { page } = j.approver;
    await page.goto(`/awards/${j.awardId}`);
    await says(j.approver, REASON);
    await j.look(j.approver, 'award to approve');
    await press(j.approver, j.t('awards.award.approve'));
    await says(j.approver, j.t('awards.notice.approved'));
    await j.opened.world.drainJobs();
  });
}
