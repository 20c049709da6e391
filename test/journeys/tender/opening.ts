import { expect } from 'chai';
import { PASSPHRASE } from '../../support/factories/openers.ts';
import { CLOSING, type Seat, says, type Tender } from './stage.ts';

/** Gives an opener's part of the envelope that is next: its passphrase unwraps its key in its browser. */
export async function givePart(j: Tender, { page }: Seat): Promise<void> {
  await page.goto(`/events/${j.eventId}/opening`);
  await page.fill('#passphrase', PASSPHRASE);
  await page.click('form[data-opener-part] button');
  await page.getByText(j.t('sealing.notice.part-given')).waitFor();
}

/** The technical envelopes, by two of three openers. */
export function opening(j: Tender): void {
  it('closes by the clock, with three bids sealed', async () => {
    await j.closeAt(CLOSING);
    for (const seat of [...j.openers, j.buyer, j.approver, j.chair, j.member]) await j.signIn(seat);
    await j.buyer.page.goto(`/events/${j.eventId}/opening`);
    await says(j.buyer, j.t('bids.opening.sealed', { count: 3 }));
    await says(j.buyer, j.t('sealing.part.progress', { given: 0, threshold: 2, count: 3 }));
    await j.look(j.buyer, 'opening');
    expect(await j.opened.world.db('bid_line')).to.have.length(0);
  });

  it('opens nothing by one opener alone, nor by a passphrase that is not its own', async () => {
    const [first] = j.openers;
    await first.page.goto(`/events/${j.eventId}/opening`);
    await first.page.fill('#passphrase', 'not the right one at all');
    await first.page.click('form[data-opener-part] button');
    await first.page.getByText(j.t('sealing.part.wrong-passphrase')).waitFor();
    await givePart(j, first);
    await says(first, j.t('sealing.part.progress', { given: 1, threshold: 2, count: 3 }));
    await j.look(first, 'opening, one part given');
    expect(await j.opened.world.db('opened_envelope')).to.have.length(0);
  });

  it('opens the technical envelopes by the second of three, and no price', async () => {
    const [, second] = j.openers;
    await givePart(j, second);
    await says(second, j.t('sealing.judging', { envelope: j.t('sealing.envelope.technical') }));
    await j.look(second, 'minutes of the technical envelopes');
    const { world } = j.opened;
    expect(await world.db('bid_response')).to.have.length(3);
    expect(await world.db('bid_line'), 'no price is open yet').to.have.length(0);
    expect(await world.db('opened_envelope').distinct('envelope').pluck('envelope')).to.deep.equal([
      'technical',
    ]);
  });
}
