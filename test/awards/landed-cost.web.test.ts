import { expect } from 'chai';
import { landedPricesOf } from '../../src/awards/index.ts';
import { enterExchangeRate } from '../../src/catalog/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { type EvaluatedEvent, evaluatedEvent } from '../support/factories/awards.ts';
import { textOf } from '../support/text-of.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const rowOf = (html: string, words: string): string =>
  textOf(html.split('<tr').find((row) => row.includes(words)) ?? '').replace(/^[^>]*> /, '');

describe('comparing bids at landed cost', () => {
  let world: World;
  let made: EvaluatedEvent;
  let buyer: Visitor;
  const enterRate = (fromCurrency: string, rate: string) =>
    world.runInTx(system('test'), (ctx) =>
      enterExchangeRate(
        ctx,
        { fromCurrency, toCurrency: 'USD', rate, validOn: '2026-03-01', source: 'Treasury' },
        { isUnusualMeant: true },
      ),
    );
  before(async () => {
    world = await makeWorld();
    await enterRate('CNY', '0.14');
    // Line 1: 12,000; line 2: 8,500; line 3: 6,000. In CNY, 250 is 35.00 USD.
    made = await evaluatedEvent(world, {
      terms: { incoterm: 'FCA', incotermPlace: 'Qingdao', paymentTermsDays: 30 },
      bids: [
        { name: 'Dollar Forge', prices: ['36.00', '39.00', '46.00'] },
        { name: 'Yuan Works', prices: ['250', '270', '310'], currency: 'CNY' },
        { name: 'Part Bidder', prices: ['34.00', '38.00', null] },
      ],
    });
    await world.drainJobs();
    buyer = await world.as(made.buyer);
  });
  after(() => world.close());
  const bidOf = (index: number) => made.bidders[index]?.bidId ?? '';
  const costs = (index: number) => `/events/${made.eventId}/bids/${bidOf(index)}/costs`;
  const page = async (query = '') =>
    (await buyer.get(`/events/${made.eventId}/comparison${query}`).expect(200)).text;
  const enter = (index: number, form: Record<string, unknown>) =>
    buyer.post(costs(index), { costUnit: '%', costLine: '', reason: 'Forwarder of 2 March', ...form });

  it('fixes the rate of the opening, says so in the record, and keeps it whatever is entered later', async () => {
    const [rate] = await world.db('event_rate').where({ event_id: made.eventId });
    expect(rate).to.include({ from_currency: 'CNY', to_currency: 'USD', rate: '0.140000000000' });
    expect(await world.db('event').where({ action: 'sourcing_event.rates-fixed' })).to.have.length(1);
    await enterRate('CNY', '0.2');
    await buyer.post(`/events/${made.eventId}/landed-cost/rates`).expect(303);
    expect(await world.db('event_rate').where({ event_id: made.eventId })).to.deep.equal([rate]);
  });

  it('compares two currencies, opens each conversion, and leaves a missing line missing', async () => {
    const html = await page();
    const row = rowOf(html, 'Bracket A');
    expect(row).to.include('12,000 × 250.00 CNY 3,000,000.00 CNY');
    expect(row).to.include('× 0.14 (CNY → USD)').and.to.include('rate of 1 Mar 2026, Treasury = 420,000.00');
    expect(row).to.include('Landed, 35.00 each = 420,000.00 USD').and.to.include('bid 250.00 CNY');
    expect(rowOf(html, 'Mount plate')).to.include('no bid').and.to.not.include(' 0.00');
    // 420,000 + 321,300 + 260,400 against 432,000 + 331,500 + 276,000: the price in yuan is the lower one.
    expect(rowOf(html, 'Landed total, USD')).to.match(/1,001,700\.00 lowest 1,039,500\.00 .*incomplete/);
    expect(rowOf(html, 'As it was bid')).to.include('7,155,000.00 CNY');
  });

  it('takes a bid of other terms out of every figure until its costs are entered, and says which', async () => {
    const terms = `/events/${made.eventId}/bids/${bidOf(0)}/terms`;
    const form = { incoterm: 'DDP', incotermPlace: 'Qingdao', paymentTermsDays: '0', reason: 'Its letter' };
    await buyer.post(terms, { ...form, reason: '' }).expect(422);
    expect(await world.db('bid_terms')).to.deep.equal([]);
    await buyer.post(terms, form).expect(303);
    const html = await page();
    expect(html).to.include('2 bids cannot be compared yet');
    expect(textOf(html)).to.include('missing: Freight, Insurance, Duty');
    // 432,000 × 6 % × 30 ÷ 365: what paying at once costs.
    expect(rowOf(html, 'Bracket A')).to.include(
      'paid 30 days sooner than asked, at 6 % a year on 432,000.00 + 2,130.41',
    );
    expect(rowOf(html, 'Landed total, USD')).to.match(/1,044,626\.30 lowest/);
    const prices = await world.runInTx(made.buyer, (ctx) => landedPricesOf(ctx, made.eventId));
    expect(prices.filter((one) => one.landedUnit === null)).to.have.length(5);
  });

  it('adds freight, insurance and duty by bid or line, each with its reason and its arithmetic', async () => {
    await enter(1, { costKind: 'freight', costFigure: '9000', costUnit: 'USD' }).expect(303);
    await enter(1, { costKind: 'insurance', costFigure: '0' }).expect(303);
    await enter(1, { costKind: 'duty', costFigure: '2.5' }).expect(303);
    await enter(1, { costKind: 'freight', costFigure: '3', costLine: '3', reason: 'By air' }).expect(303);
    for (const kind of ['freight', 'insurance', 'duty'])
      await enter(2, { costKind: kind, costFigure: '1' }).expect(303);
    const html = await page();
    const first = rowOf(html, 'Bracket A');
    // Lines 1 and 2 share 9,000 by 420,000 : 321,300; line 3 flies.
    expect(first)
      .to.include('share of 9,000.00, by 420,000.00 of 741,300.00 of goods')
      .and.to.include('+ 5,099.15');
    expect(first).to.include('Duty: 2.5 % of 425,099.15').and.to.include('+ 10,627.48');
    expect(rowOf(html, 'Mount plate')).to.include('Freight: 3 % of 260,400.00 By air + 7,812.00');
    expect(html).to.not.include('cannot be compared yet');
    // (741,300 + 9,000) × 1.025 + (260,400 + 7,812) × 1.025, each line rounded.
    expect(rowOf(html, 'Landed total, USD')).to.match(/1,043,974\.80 lowest 1,044,626\.30/);
    const acts = await world.db('event').where({ action: 'sourcing_event.cost-entered' });
    expect(acts).to.have.length(7);
    expect(acts[0]).to.include({ reason: 'Forwarder of 2 March', supplier_id: null });
  });

  it('refuses what makes no sense, keeps what was typed, and leaves no trace', async () => {
    const count = () => world.db('cost_adjustment').count('* as count').first();
    const before = await count();
    const twice = await enter(1, { costKind: 'duty', costFigure: '4.75' }).expect(422);
    expect(twice.text).to.include('entered already').and.to.include('value="4.75"');
    await enter(1, { costKind: 'other', costFigure: '5', costUnit: 'EUR' }).expect(
      422,
      /no exchange rate from EUR to USD/,
    );
    await enter(1, { costKind: 'other', costFigure: '5', costLine: '99' }).expect(
      422,
      /no line of this number/,
    );
    await enter(1, { costKind: 'other', costFigure: '-5' }).expect(422);
    await enter(1, { costKind: 'other', costFigure: '5', reason: ' ' }).expect(422);
    expect(await count()).to.deep.equal(before);
    const other = await evaluatedEvent(world, { bids: [{ name: 'Elsewhere', prices: ['1', '1', '1'] }] });
    buyer = await world.as(made.buyer);
    await buyer.get(`/events/${other.eventId}/bids/${bidOf(1)}/costs`).expect(404);
    await buyer.post(`/events/${other.eventId}/bids/${bidOf(1)}/costs`, {}).expect(404);
  });

  it('takes a cost back, once', async () => {
    const { id } = await world
      .db('cost_adjustment')
      .where({ bid_id: bidOf(1), event_item_id: null, kind: 'freight' })
      .first();
    await buyer.post(`${costs(1)}/${id}/removal`).expect(303);
    await buyer.post(`${costs(1)}/${id}/removal`).expect(409);
    expect(await page()).to.include('1 bid cannot be compared yet');
    await enter(1, { costKind: 'freight', costFigure: '9000', costUnit: 'USD' }).expect(303);
  });

  it('shows prices at other quantities, target and what was paid last beside the line', async () => {
    const [item] = made.items;
    const line = await world
      .db('bid_line')
      .where({ bid_id: bidOf(1), event_item_id: item?.id })
      .first('id');
    await world.db('bid_line_tier').insert({ bid_line_id: line.id, quantity: '20000', unit_price: '240' });
    await world.db('event_item').where({ id: item?.id }).update({ target_price: '33.5' });
    const row = rowOf(await page(), 'Bracket A');
    expect(row).to.include('1 price at another quantity 20,000: 240.00').and.to.include('target 33.50');
    // What is asked for stays at the price for that quantity.
    expect(row).to.include('12,000 × 250.00 CNY');
  });

  it('writes landed figures beside the bid ones into the file', async () => {
    const csv = (await buyer.get(`/events/${made.eventId}/comparison/export?format=csv`).expect(200)).text;
    const [head, first] = csv.trim().split('\r\n');
    expect(head).to.include('Yuan Works: unit price (CNY)').and.to.include('Yuan Works: landed amount (USD)');
    expect(first)
      .to.include(',Part Bidder,')
      .and.to.include('250,3000000.0000,36.310552')
      .and.to.include('435726.6');
  });

  it('has the award go by landed prices, and the order by the bid’s', async () => {
    const { text } = await buyer.get(`/events/${made.eventId}/award/new`).expect(200);
    expect(text).to.include('Yuan Works');
    const prices = await world.runInTx(made.buyer, (ctx) => landedPricesOf(ctx, made.eventId));
    const line = prices.filter((one) => one.eventItemId === made.items[0]?.id);
    expect(
      line.map((one) => [one.supplierId === made.bidders[2]?.supplierId, one.landedUnit]),
    ).to.have.length(3);
    expect(line.every((one) => one.landedUnit !== null)).to.equal(true);
  });

  it('awards by landed prices, adds up in the event’s currency, and orders at the price and in the currency of the bid', async () => {
    const form = await buyer
      .get(`/events/${made.eventId}/award/new?start=${made.bidders[1]?.supplierId}`)
      .expect(200);
    expect(textOf(form.text).match(/Yuan Works · [^;]{0,60}/)?.[0]).to.equal(
      'Yuan Works · 250.00 CNY · 36.310553 landed Dollar Forge · 36.00 · 36.1775',
    );
    const lines = made.items.map((item) => ({
      eventItemId: item.id,
      supplierId: made.bidders[1]?.supplierId,
      quantity: item.quantity,
      reason: 'Best total',
    }));
    await buyer.post(`/events/${made.eventId}/award`, { lines, justification: '', debrief: '' }).expect(303);
    const award = await world.db('award').where({ event_id: made.eventId }).first();
    // 7,155,000 CNY at 0.14.
    expect(award).to.include({ currency: 'USD', total_amount: '1001700.0000' });
    const approver = await world.as(await world.staff('approver'));
    await approver.post(`/awards/${award.id}/approval`).expect(303);
    await world.drainJobs();
    const order = await world.db('purchase_order').where({ award_id: award.id }).first();
    expect(order).to.include({ currency: 'CNY', total_amount: '7155000.0000' });
    const [line] = await world.db('po_line').where({ order_id: order.id, line_no: 1 });
    expect(line).to.include({ unit_price: '250.000000', amount: '3000000.0000' });
    await buyer
      .post(costs(1), { costKind: 'other', costFigure: '1', costUnit: '%', reason: 'Too late' })
      .expect(422);
  });

  it('is entered by buyers, read by approvers and auditors, and is no matter of suppliers', async () => {
    const approver = await world.as(await world.staff('approver'));
    const { text } = await approver.get(costs(1)).expect(200);
    expect(text).to.include('Forwarder of 2 March').and.to.not.include('Add a cost');
    await approver.post(costs(1), {}).expect(403);
    await approver.get(`/events/${made.eventId}/landed-cost`).expect(200);
    const [bidder] = made.bidders;
    const supplier = await world.as((bidder as (typeof made.bidders)[number]).actor);
    await supplier.get(costs(0)).expect(404);
    await supplier.get(`/events/${made.eventId}/landed-cost`).expect(404);
  });
});
