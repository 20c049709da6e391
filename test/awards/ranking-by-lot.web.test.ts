import { expect } from 'chai';
import type { Actor } from '../../src/kernel/actor.ts';
import { type EvaluatedEvent, evaluatedEvent } from '../support/factories/awards.ts';
import { weighByLots } from '../support/factories/evaluation.ts';
import { textOf } from '../support/text-of.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

/**
 * Lot 1 is line 1 of 100, lot 2 is line 2 of 10. Akers bids for both, cheap and with 12 months; Birch for lot 2 alone, a
 * little dearer and with 36; Cedar for both, dearest and with 24.
 */
describe('ranking by lot where criteria exist', () => {
  let world: World;
  let made: EvaluatedEvent;
  let buyer: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    const item = {
      itemCode: null,
      unit: 'C62',
      originalUnit: null,
      needByOn: '2026-04-30',
      estimatedPrice: null,
    };
    made = await evaluatedEvent(world, {
      items: [
        { ...item, description: 'Housing', quantity: '100' },
        { ...item, description: 'Cover', quantity: '10' },
      ],
      bids: [
        { name: 'Akers', prices: ['10', '50'] },
        { name: 'Birch', prices: [null, '60'] },
        { name: 'Cedar', prices: ['20', '100'] },
      ],
    });
    await weighByLots(world, made, { lots: [[0], [1]], months: ['12', '36', '24'], weights: ['60', '40'] });
    buyer = await world.as(made.buyer);
  });
  afterEach(() => world.close());
  const path = () => `/events/${made.eventId}`;
  const row = (line: number, bidder: number, reason = '') => ({
    eventItemId: made.items[line]?.id,
    supplierId: made.bidders[bidder]?.supplierId,
    quantity: '100 %',
    reason,
  });
  const propose = (lines: readonly object[]) =>
    buyer.post(`${path()}/award`, {
      lines,
      justification: '',
      debrief: '',
      standstillDays: '0',
      tells: { asked: 'yes', rank: 'yes' },
    });

  it('ranks who bids for one lot within it, by the weighted total, on page, comparison and in the file', async () => {
    const words = textOf((await buyer.get(`${path()}/evaluation`).expect(200)).text);
    // Over all lines Birch has no total. Akers: 60 × 100 + 40 × 33.33; Cedar: 60 × 50 + 40 × 66.67.
    expect(words).to.match(/1 Akers first 100 33.33 73.332 2 Cedar 50 66.67 56.668 — Birch — 100 not ranked/);
    expect(words).to.match(/Lot 1: Lot 1 Rank Bidder Price Total 1 Akers first 100 73.332 2 Cedar 50 56.668/);
    // Of lot 2: Birch 60 × 83.33 + 40 × 100.
    expect(words).to.match(
      /Lot 2: Lot 2 Rank Bidder Price Total 1 Birch first 83.33 89.998 2 Akers 100 73.332/,
    );
    const csv = (await buyer.get(`${path()}/evaluation/export?format=csv`).expect(200)).text;
    expect(csv)
      .to.match(/Lot 2: Lot 2,1,Birch/)
      .and.match(/,,Birch/);
    expect(textOf((await buyer.get(`${path()}/comparison`).expect(200)).text)).to.include(
      'weighted score 89.998, rank 1',
    );
  });

  it('awards each lot to its first in rank without a reason, and says what the price difference is', async () => {
    const form = (await buyer.get(`${path()}/award/new`).expect(200)).text;
    const chosen = [...form.matchAll(/<option value="([^"]+)"[^>]*selected>/g)].map((match) => match[1]);
    expect(chosen).to.deep.equal([made.bidders[0]?.supplierId, made.bidders[1]?.supplierId]);
    expect(form).to.include('All to the first in rank');
    await propose([row(0, 0), row(1, 0)]).expect(422, /award\.reason-required/);
    expect(await world.db('award')).to.deep.equal([]);
    const { headers } = await propose([row(0, 0), row(1, 1)]).expect(303);
    const award = await world.db('award').first();
    // Birch is 10 × 10 dearer than Akers on lot 2: first in rank, and not the cheapest.
    expect([award.total_amount, award.lowest_amount]).to.deep.equal(['1600.0000', '1500.0000']);
    const page = textOf((await buyer.get(String(headers['location'])).expect(200)).text);
    expect(page)
      .to.include('first in rank')
      .and.include('More than the cheapest bids 100.00 USD')
      .and.include('every line went to the first in rank')
      .and.not.include('not the lowest');
  });

  it('finds the best weighted total within limits, by the value of each lot, and refuses it without criteria', async () => {
    const search = (form: object, of = made.eventId) =>
      buyer.post(`/events/${of}/scenarios`, { method: 'limits', ...form });
    await search({ maxSuppliers: '2', goal: 'weighted' }).expect(303);
    await search({ maxSuppliers: '2', goal: 'cost', name: 'Cheap' }).expect(303);
    await search({ maxSuppliers: '1', goal: 'weighted', name: 'One' }).expect(303);
    await search({ maxSuppliers: '1', goal: 'beauty' }).expect(422);
    await world.drainJobs();
    const found = await world.db('award_scenario').orderBy('created_at').orderBy('id');
    expect(found.map((one) => [one.goal, one.outcome, one.best_amount])).to.deep.equal([
      // Short of 100: 26.668 % of 1,000 with Akers, and 10.002 % of 500 with Birch.
      ['weighted', 'proved', '316.6900'],
      ['cost', 'proved', '1500.0000'],
      ['weighted', 'proved', '400.0200'],
    ]);
    const page = textOf((await buyer.get(`${path()}/scenarios`).expect(200)).text);
    // (1,000 × 73.332 + 500 × 89.998) ÷ 1,500, then Akers with both.
    expect(page).to.match(/Weighted total averaged by the value of each line 78\.89 73\.33 73\.33/);
    expect(page).to.include('Best weighted total within limits').and.include('proved optimum');
    const plain = await evaluatedEvent(world);
    buyer = await world.as(plain.buyer);
    await search({ maxSuppliers: '2', goal: 'weighted' }, plain.eventId).expect(422, /without-criteria/);
    expect(await world.db('award_scenario').where({ event_id: plain.eventId })).to.deep.equal([]);
  });

  it('tells each bidder its place in its lots, and nobody how many there were', async () => {
    const { headers } = await propose([row(0, 0), row(1, 2, 'Known quality')]).expect(303);
    const page = textOf((await buyer.get(String(headers['location']))).text);
    expect(page).to.include('not first in rank').and.include('1 line did not go to the first in rank');
    const approver = await world.as(await world.staff('approver'));
    await approver.post(`${headers['location']}/approval`).expect(303);
    await world.drainJobs();
    const letterOf = async (bidder: number): Promise<string> => {
      const visitor = await world.as((made.bidders[bidder] as { actor: Actor }).actor);
      return textOf((await visitor.get(`${headers['location']}/letter`).expect(200)).text);
    };
    const birch = await letterOf(1);
    expect(birch).to.include('Lot 2, Lot 2: by the weighted total your bid was number 1.');
    expect(birch).to.not.match(/Lot 1, Lot 1:|complete bids|number 1 of/);
    expect(await letterOf(2)).to.include('Lot 1, Lot 1: by the weighted total your bid was number 2.');
  });
});
