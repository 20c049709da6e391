import { expect } from 'chai';
import { savingsOf } from '../../src/awards/savings.ts';
import { type EvaluatedEvent, evaluatedEvent } from '../support/factories/awards.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('what an award saves', () => {
  it('is counted for each line against each baseline that it has', () => {
    const line = { lineNo: 1, quantity: '10', unit: 'C62' };
    const asked = [
      { ...line, id: 'a', estimatedPrice: '5', targetPrice: '4' },
      { ...line, id: 'b', estimatedPrice: null, targetPrice: null },
    ];
    const won = {
      supplierId: 's',
      bidLineId: 'x',
      bidAlternateId: null,
      unitPrice: '4.5',
      priceBaseQuantity: '1',
      reason: '',
    };
    const lines = [
      { ...won, eventItemId: 'a', quantity: '3', amount: '13.50', isLowest: true },
      { ...won, eventItemId: 'b', quantity: '10', amount: '45.00', isLowest: true },
    ];
    const lastPrices = new Map([['b', { unitPrice: '460', priceBaseQuantity: '100' }]]);
    // Needed by two requisitions, 6 at 5 and 4 at 7.50: 60 for 10.
    const budgetPrices = new Map([['a', { unitPrice: '60', priceBaseQuantity: '10' }]]);
    const entries = savingsOf({ asked, lines, lastPrices, budgetPrices, currency: 'USD' });
    expect(entries.map((one) => one.budgetAmount)).to.deep.equal(['18.00', null]);
    expect(entries.map((one) => [one.estimateAmount, one.targetAmount, one.lastPriceAmount])).to.deep.equal([
      ['15.00', '12.00', null],
      [null, null, '46.00'],
    ]);
  });
});

describe('the register of savings', () => {
  let world: World;
  let made: EvaluatedEvent;
  let controller: Visitor;
  before(async () => {
    world = await makeWorld();
    made = await evaluatedEvent(world);
    controller = await world.as(await world.staff('finance'));
    const buyer = await world.as(made.buyer);
    const lines = [0, 1, 2].map((line) => ({
      eventItemId: made.items[line]?.id,
      supplierId: made.bidders[line === 1 ? 1 : 0]?.supplierId,
      quantity: made.items[line]?.quantity,
      reason: '',
    }));
    const { headers } = await buyer
      .post(`/events/${made.eventId}/award`, { lines, justification: '', debrief: '' })
      .expect(303);
    expect(await world.db('savings_entry')).to.have.length(0);
    const approver = await world.as(await world.staff('approver'));
    await approver.post(`${headers['location']}/approval`).expect(303);
  });
  after(() => world.close());

  it('is booked with the approval and never recomputed', async () => {
    const booked = () =>
      world
        .db('savings_entry')
        .orderBy('amount')
        .select('amount', 'estimate_amount', 'last_price_amount', 'category_code', 'plant_code', 'booked_on');
    const before = await booked();
    expect(before.map((row) => [row.amount, row.estimate_amount, row.last_price_amount])).to.deep.equal([
      ['269100.0000', null, null],
      ['322150.0000', '354875.0000', null],
      ['421200.0000', '460800.0000', null],
    ]);
    await world.db('event_item').update({ estimated_price: '1' });
    expect(await booked()).to.deep.equal(before);
    const change = await world
      .db('savings_entry')
      .update({ amount: '1' })
      .catch((error: Error) => error.message);
    expect(change).to.include('append');
  });

  it('adds up by month, category, plant and buyer, and is filtered', async () => {
    const { text } = await controller.get('/savings').expect(200);
    // (460,800 − 421,200) + (354,875 − 322,150)
    expect(text).to.include('72,325.00').and.to.include('2026-03').and.to.include('Bracket A');
    const [entry] = await world.db('savings_entry').select('category_code', 'plant_code');
    for (const [by, label] of [
      ['category', entry.category_code],
      ['plant', entry.plant_code],
      ['buyer', made.buyer.name],
    ])
      expect((await controller.get(`/savings?by=${by}`).expect(200)).text).to.include(`>${label}</th>`);
    const none = await controller.get('/savings?from=2026-04-01').expect(200);
    expect(none.text).to.include('Widen the dates').and.not.to.include('Bracket A');
    await controller.get('/savings?after=nonsense').expect(404);
  });

  it('leaves as a file, in the reader’s language', async () => {
    const csv = await controller.get('/savings/export?format=csv').expect(200);
    const rows = csv.text.trim().split('\r\n');
    expect(rows).to.have.length(4);
    expect(rows[0]).to.include('Saved vs estimate');
    expect(csv.text).to.include('39600');
    const xlsx = await controller.get('/savings/export?format=xlsx&plant=nowhere').expect(200);
    expect(xlsx.headers['content-disposition']).to.include('.xlsx');
  });

  it('is not there for suppliers, nor for who receives goods', async () => {
    const supplier = made.bidders[0]?.actor;
    if (supplier === undefined) throw new Error('no bidder');
    await (await world.as(supplier)).get('/savings').expect(404);
    await (await world.as(await world.staff('receiver'))).get('/savings/export').expect(403);
  });
});
