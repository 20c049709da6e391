import { expect } from 'chai';
import type { Knex } from 'knex';
import { PASSPHRASE } from '../../support/factories/openers.ts';
import { standingAt } from './bidding.ts';
import { expectNoPriceAnywhere } from './searching.ts';
import { bidOf, CLOSING, companyOf, envelopeOf, press, type Seat, says, type Tender } from './stage.ts';

/** Gives an opener's part of the envelope that is next: its passphrase unwraps its key in its browser. */
export async function givePart(j: Tender, { page }: Seat): Promise<void> {
  await page.goto(`/events/${j.eventId}/opening`);
  await page.fill('#passphrase', PASSPHRASE);
  await page.click('form[data-opener-part] button');
  await page.getByText(j.t('sealing.notice.part-given')).waitFor();
}

/** Gives the shares of other bids than those that are asked for: each opens, and none fits. */
async function giveWrongPart(j: Tender, seat: Seat): Promise<void> {
  const { page } = seat;
  await page.route('**/opening/part.json', async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { shares: { sealed: string }[] };
    const shares = body.shares.map((share, at, all) => ({ ...share, sealed: all.at(at - 1)?.sealed }));
    await route.fulfill({ response, json: { ...body, shares } });
  });
  await page.goto(`/events/${j.eventId}/opening`);
  await page.fill('#passphrase', PASSPHRASE);
  await page.click('form[data-opener-part] button');
  await says(seat, j.t('errors.opening.nothing-fits'));
  await page.unroute('**/opening/part.json');
}

/** What somebody does who holds the database itself: its own rules keep nothing from them. */
const bend = (j: Tender, act: (tx: Knex.Transaction) => Promise<unknown>): Promise<unknown> =>
  j.opened.world.db.transaction(async (tx) => {
    await tx.raw('SET LOCAL session_replication_role = replica');
    await act(tx);
  });

/** The technical envelopes, by two of three openers. */
export function opening(j: Tender): void {
  const isHere = (): boolean => j.level === 'in_browser';
  const count = (): number => standingAt(j.level).length;
  it('closes by the clock, with the bids that stand sealed', async () => {
    await j.closeAt(CLOSING);
    for (const seat of [...j.openers, j.buyer, j.approver, j.chair, j.member]) await j.signIn(seat);
    await j.buyer.page.goto(`/events/${j.eventId}/opening`);
    await says(j.buyer, j.t('bids.opening.sealed', { count: count() }));
    await says(j.buyer, j.t('sealing.part.progress', { given: 0, threshold: 2, count: 3 }));
    await j.look(j.buyer, 'opening');
    expect(await j.opened.world.db('bid_line')).to.have.length(0);
  });

  it('holds no price in any table, log, mail, file or page', () => expectNoPriceAnywhere(j));

  it('opens nothing by one opener alone, nor by what is not its own', async () => {
    const [first] = j.openers;
    if (isHere()) await giveWrongPart(j, first);
    else {
      await first.page.goto(`/events/${j.eventId}/opening`);
      await first.page.fill('#passphrase', 'not the right one at all');
      await first.page.click('form[data-opener-part] button');
      await first.page.getByText(j.t('sealing.part.wrong-passphrase')).waitFor();
    }
    expect(await j.opened.world.db('opener_part')).to.have.length(0);
    await givePart(j, first);
    await says(first, j.t('sealing.part.progress', { given: 1, threshold: 2, count: 3 }));
    await j.look(first, 'opening, one part given');
    expect(await j.opened.world.db('opened_envelope')).to.have.length(0);
  });

  it('opens the technical envelopes by the second of three, and no price', async () => {
    const [, second] = j.openers;
    const { world } = j.opened;
    if (isHere()) {
      const { id, sealed } = await envelopeOf(j, 'late', 'technical');
      const bent = Buffer.from(sealed);
      bent[bent.length - 1] = (bent.at(-1) ?? 0) ^ 1;
      await bend(j, (tx) => tx('bid_envelope').where({ id }).update({ sealed: bent }));
    }
    await givePart(j, second);
    await says(second, j.t('sealing.judging', { envelope: j.t('sealing.envelope.technical') }));
    await j.look(second, 'minutes of the technical envelopes');
    expect(await world.db('bid_response')).to.have.length(3);
    expect(await world.db('bid_line'), 'no price is open yet').to.have.length(0);
    expect(await world.db('opened_envelope').distinct('envelope').pluck('envelope')).to.deep.equal([
      'technical',
    ]);
  });

  if (!isHere()) return;
  it('names the one whose ciphertext was changed, and sets it aside; its bidder can prove what it sent', async () => {
    const [, second] = j.openers;
    const { reference, id } = await bidOf(j, 'late');
    await says(second, j.t('bids.fault.does-not-open'));
    const fault = second.page.locator('[data-fault="does-not-open"]');
    expect(await fault.innerText()).to.include(reference);
    const act = second.page.locator(`form[action$="/bids/${id}/disqualification"]`);
    const name = await companyOf(j, 'late');
    await second.page
      .locator('summary', { hasText: j.t('bids.opening.disqualify', { bid: reference, name }) })
      .click();
    await act
      .locator('textarea')
      .fill('Its technical envelope was changed after receipt and cannot be read.');
    await act.locator('button').click();
    await says(second, j.t('state.bid.buyer.disqualified'));
    const { late } = j.bidders;
    await j.signIn(late);
    await late.page.goto(`/bids/${id}/own-copy`);
    await says(late, j.t('sealing.own.altered'));
    await says(late, j.t('sealing.own.proved'));
    await j.look(late, 'own copy');
  });
}

/** What one opener's browser holds of one bid is lost: that bid stays shut, and its bidder's own key opens it. */
export async function loseShare(j: Tender, opener: Seat): Promise<void> {
  const { id } = await envelopeOf(j, 'second', 'commercial');
  const lost = { envelope_id: id, opener_id: opener.actor.userId ?? '' };
  const other = await j.opened.world.db('bid_envelope_share').whereNot(lost).first('sealed');
  await bend(j, (tx) => tx('bid_envelope_share').where(lost).update({ sealed: other.sealed }));
}

export async function rescue(j: Tender, opener: Seat): Promise<void> {
  const { id } = await bidOf(j, 'second');
  const { second } = j.bidders;
  await says(opener, j.t('bids.fault.too-few-shares'));
  await opener.page.locator('summary', { hasText: j.t('sealing.rescue.request') }).click();
  const act = opener.page.locator('form[action$="/opening/rescue-request"]');
  await act.locator('textarea').fill('One opener is ill, another has lost its share.');
  await act.locator('button').click();
  await says(opener, j.t('sealing.notice.rescue-requested'));
  await j.signIn(second);
  await second.page.goto(`/bids/${id}/rescue`);
  await press(second, j.t('sealing.rescue.take-kept'));
  await j.look(second, 'rescue');
  await press(second, j.t('sealing.rescue.give'));
  await says(second, j.t('sealing.notice.rescue-key-given'));
  await opener.page.goto(`/events/${j.eventId}/opening`);
  await press(opener, j.t('sealing.rescue.open', { count: 1 }));
  await says(opener, j.t('sealing.notice.rescued'));
  expect(await opener.page.locator('[data-later]').innerText()).to.include(j.t('sealing.by-own-key'));
}
