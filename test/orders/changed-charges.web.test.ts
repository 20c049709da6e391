import { expect } from 'chai';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('changing what is charged on an order', () => {
  let world: World;
  let made: MadeOrder;
  let supplier: Visitor;
  let buyer: Visitor;
  before(async () => {
    world = await makeWorld();
    made = await makeOrder(world, { state: 'sent', lines: [{}, { quantity: '4' }] });
    supplier = await world.as(made.supplierUser);
    buyer = await world.as(made.buyer);
    await world.drainJobs();
  });
  after(() => world.close());

  const here = () => `/orders/${made.order.id}`;
  const order = () => world.db('purchase_order').where({ id: made.order.id }).first();
  const changes = () => world.db('change_order').where({ order_id: made.order.id }).orderBy('change_no');
  const lines = () => world.db('po_line').where({ order_id: made.order.id }).orderBy('line_no');
  const accepted = () => made.lines.map((line) => ({ poLineId: line.id, code: '5' }));
  const freight = (amount: string) => [{ reason: 'freight', percent: '', amount }];
  const respond = async (more: object) =>
    supplier.post(`${here()}/response`, { version: (await order()).version, lines: accepted(), ...more });
  const accept = async (by: Visitor, no: number) => {
    const change = (await changes())[no - 1];
    const res = await by.post(`${here()}/changes/${change.id}/acceptance`, { version: change.version });
    expect(res.status, res.text).to.equal(303);
    await world.drainJobs();
  };
  const contents = async () =>
    (await world.db('po_version').where({ order_id: made.order.id }).orderBy('version')).map(
      (one) => one.content,
    );
  const asStands = () =>
    made.lines.map((line) => ({ poLineId: line.id, deliveries: line.deliveries, unitPrice: line.unitPrice }));

  it('is asked for by the supplier with its answer, countered by the buyer, and in force with the supplier’s yes', async () => {
    expect((await supplier.get(`${here()}/response`).expect(200)).text).to.include('Ask for a charge');
    const without = await respond({ charges: freight('50') });
    expect(without.status).to.equal(422);
    expect(without.text).to.include('Say why you ask for the charge');
    expect(await changes()).to.have.length(0);
    const asked = await respond({ charges: freight('50'), chargesReason: 'Two lorries' });
    expect(asked.status, asked.text).to.equal(303);
    await world.drainJobs();
    expect(await world.db('order_response').pluck('code')).to.deep.equal(['CA']);
    expect((await order()).current_version, 'nothing is taken by rule').to.equal(1);
    expect((await respond({ charges: freight('9'), chargesReason: 'And more' })).text).to.include(
      'change_order.terms-under-discussion',
    );
    expect(await changes()).to.have.length(1);
    const shown = await buyer.get(`${here()}/changes`).expect(200);
    expect(shown.text)
      .to.include('Two lorries')
      .and.to.include('nothing charged')
      .and.to.match(/\+[^<]*50\.00/);
    const path = `${here()}/changes/${(await changes())[0].id}/counter`;
    expect((await buyer.get(path).expect(200)).text).to.include('value="50"');
    const counter = (amount: string) =>
      buyer.post(path, { version: 1, reason: 'One is enough', charges: freight(amount), taxRate: '13' });
    expect((await counter('x')).status).to.equal(422);
    expect((await counter('30')).status).to.equal(303);
    await accept(supplier, 2);
    const [net] = [Number(made.order.totalAmount) + 30];
    expect(await order()).to.include({
      current_version: 2,
      total_amount: `${net.toFixed(2)}00`,
      tax_rate: '13.0000',
    });
    const [, second] = await contents();
    expect(second.totals.charges.map((one: { value: string }) => one.value)).to.deep.equal(['30.00']);
    expect(second.totals.taxes.map((one: { rate: string }) => one.rate)).to.deep.equal(['13']);
    expect((await buyer.get(`${here()}/changes?from=1&to=2`)).text)
      .to.include('Freight')
      .and.to.include('Tax 13 %');
  });

  it('is proposed by the buyer line by line and for the order; what is charged no more leaves the prices', async () => {
    expect((await buyer.get(`${here()}/changes/new`).expect(200)).text)
      .to.include('Charges and tax of the order')
      .and.to.include('Discount and tax of the line');
    const [first, second] = asStands();
    const sent = await buyer.post(`${here()}/changes`, {
      version: (await order()).version,
      reason: 'As agreed by phone',
      charges: [],
      taxRate: '13',
      lines: [
        { ...first, discount: '10', taxRate: '6' },
        { ...second, discount: '', taxRate: '' },
      ],
    });
    expect(sent.status, sent.text).to.equal(303);
    // A form without a row has no charges at all: then they stay.
    expect((await changes())[2].terms).to.equal(null);
    await accept(supplier, 3);
    const [discounted, plain] = await lines();
    expect(discounted).to.deep.include({
      tax_rate: '6.0000',
      charges: [{ reason: 'discount', percent: '10', amount: null }],
    });
    expect(plain.tax_rate).to.equal(null);
    expect((await order()).charges).to.have.length(1);
    const cleared = await buyer.post(`${here()}/changes`, {
      version: (await order()).version,
      reason: 'It comes with our own lorry',
      charges: freight(''),
      lines: asStands(),
    });
    expect(cleared.status, cleared.text).to.equal(303);
    await accept(supplier, 4);
    expect(await order()).to.deep.include({ current_version: 4, charges: [], tax_rate: '13.0000' });
    expect((await lines())[1].net_price).to.equal(null);
    const page = await supplier.get(`${here()}/changes?from=2&to=4`).expect(200);
    expect(page.text).to.include('nothing charged').and.to.include('10 %');
  });
});
