import { expect } from 'chai';
import { newId } from '../../src/kernel/id.ts';
import { enteredFor, makeReceived } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('invoicing charges by themselves', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  const [freightId, discountId] = [newId(), newId()];
  const charge = (orderChargeId: string, reason: string, amount: string, description = '') => ({
    orderChargeId,
    reason,
    amount,
    description,
    tax: '',
  });

  it('proposes their share with each receipt, knows what is left, and asks about what is off or was never ordered', async () => {
    const order = await makeOrder(world, {
      taxRate: '13',
      charges: [
        { reason: 'packing', percent: '10', amount: null },
        { reason: 'freight', percent: null, amount: '35', id: freightId },
        { reason: 'discount', percent: null, amount: '10', id: discountId },
      ],
    });
    const clerk: Visitor = await world.as(order.supplierUser);
    const buyer = await world.as(order.buyer);
    const half = await makeReceived(world, { order, quantities: ['5', '2'] });
    // Packing is in the prices, as before: 12.50 and a tenth.
    const prices = [{ unitPrice: '13.75' }, { unitPrice: '13.75' }];
    const post = async (to: string, of: typeof half, charges: object[], version?: number) => {
      const { lines, ...entered } = await enteredFor(world, of, { lines: prices });
      return clerk.post(to, {
        ...entered,
        tax: 'S:13',
        lines: lines.map(({ row: _row, tax: _tax, ...line }) => line),
        charges,
        ...(version === undefined ? {} : { version }),
      });
    };
    const invoices = () => world.db('invoice').orderBy('reference');
    const booked = async () =>
      (await world.db('purchase_order').where({ id: order.order.id }).first()).charges_invoiced;
    const receipt = (of: typeof half) => `/receipts/${of.receipt.receipt.id}/invoice`;

    const form = await clerk.get(`${receipt(half)}/new`).expect(200);
    expect(form.text)
      .to.match(/name="charges\[0\]\[amount\]"[^>]* value="17.50"/)
      .and.to.match(/name="charges\[1\]\[amount\]"[^>]* value="5.00"/)
      .and.to.match(/35\.00.USD of it left/)
      .and.to.match(/id="net-amount">108\.75</);
    const strange = await post(receipt(half), half, [charge(newId(), 'freight', '3')]);
    expect(strange.status).to.equal(422);
    expect(strange.text).to.include('The order has no such charge');
    expect(await booked()).to.deep.equal({});
    expect(await invoices()).to.have.length(0);

    const sent = await post(receipt(half), half, [
      charge(freightId, 'freight', '30'),
      charge(discountId, 'discount', ''),
    ]);
    expect(sent.status, sent.text).to.equal(303);
    await world.drainJobs();
    const [first] = await invoices();
    expect(first).to.include({ state: 'exception', net_amount: '126.2500' });
    expect(
      await world.db('match_exception').select('kind', 'charge_reason', 'expected', 'actual'),
    ).to.deep.equal([
      { kind: 'charge', charge_reason: 'discount', expected: '-5.000000', actual: '0.000000' },
    ]);
    const corrected = await post(
      `/invoices/${first.id}/correction`,
      half,
      [charge(freightId, 'freight', '30'), charge(discountId, 'discount', '5')],
      first.version,
    );
    expect(corrected.status, corrected.text).to.equal(303);
    await world.drainJobs();
    expect((await invoices())[0]).to.include({ state: 'pending_approval', net_amount: '121.2500' });
    expect(await booked()).to.deep.equal({ [freightId]: '30', [discountId]: '-5' });
    const shown = await buyer.get(`/invoices/${first.id}`).expect(200);
    expect(shown.text)
      .to.include('Freight')
      .and.to.include('>FC<')
      .and.to.match(/[-−][^<\d]*5\.00/);
    expect((await buyer.get(`/orders/${order.order.id}`)).text).to.include('USD of it invoiced');

    const rest = await makeReceived(world, { order, quantities: ['5', '2'] });
    const second = await clerk.get(`${receipt(rest)}/new`).expect(200);
    expect(second.text).to.match(/name="charges\[0\]\[amount\]"[^>]* value="5.00"/);
    await post(receipt(rest), rest, [
      charge(freightId, 'freight', '6.01'),
      charge(discountId, 'discount', '5'),
      charge('', 'insurance', '3', 'Cover on the way'),
    ]).then((res) => expect(res.status, res.text).to.equal(303));
    await world.drainJobs();
    const open = await world.db('match_exception').where({ state: 'open' }).orderBy('kind');
    expect(
      open.map((one) => [one.kind, one.charge_reason, one.acts_next, Number(one.amount_effect)]),
    ).to.deep.equal([
      ['charge', 'freight', 'supplier', 1.01],
      ['unplanned_charge', 'insurance', 'buyer', 3],
    ]);
    const waiting = await buyer.get('/invoices/exceptions?owner=buyer').expect(200);
    expect(waiting.text)
      .to.include('the order has no such charge')
      .and.not.to.include('left of what the order says');

    // What was refused is free again.
    const late = (await invoices())[1];
    const finance = await world.as(await world.staff('finance'));
    const refused = await finance.post(`/invoices/${late.id}/rejection`, {
      version: late.version,
      reason: 'As agreed, please',
    });
    expect(refused.status, refused.text).to.equal(303);
    expect(await booked()).to.deep.equal({ [freightId]: '30', [discountId]: '-5' });
    await post(receipt(rest), rest, [charge(freightId, 'freight', '6'), charge(discountId, 'discount', '5')]);
    await world.drainJobs();
    expect((await invoices())[2]).to.include({ state: 'pending_approval' });
    expect(await booked()).to.deep.equal({ [freightId]: '36', [discountId]: '-10' });

    // All goods are invoiced, and a charge may still be agreed, and invoiced alone.
    const change = await buyer.post(`/orders/${order.order.id}/changes`, {
      version: (await world.db('purchase_order').where({ id: order.order.id }).first()).version,
      reason: 'The second lorry, as agreed',
      charges: [
        { id: '', billing: 'spread', reason: 'packing', percent: '10', amount: '' },
        { id: freightId, billing: 'separate', reason: 'freight', percent: '', amount: '60' },
        { id: discountId, billing: 'separate', reason: 'discount', percent: '', amount: '10' },
      ],
      lines: order.lines.map((line) => ({
        poLineId: line.id,
        unitPrice: line.unitPrice,
        deliveries: line.deliveries,
      })),
    });
    expect(change.status, change.text).to.equal(303);
    const proposal = await world.db('change_order').where({ order_id: order.order.id }).first();
    await clerk.post(`/orders/${order.order.id}/changes/${proposal.id}/acceptance`, {
      version: proposal.version,
    });
    await world.drainJobs();
    const alone = await clerk.get(`${receipt(rest)}/new`).expect(200);
    expect(alone.text).to.match(/name="charges\[0\]\[amount\]"[^>]* value="24.00"/);
    const only = await clerk.post(receipt(rest), {
      supplierNumber: 'FREIGHT-1',
      issuedOn: world.now().toISOString().slice(0, 10),
      tax: 'S:13',
      charges: [charge(freightId, 'freight', '24')],
    });
    expect(only.status, only.text).to.equal(303);
    await world.drainJobs();
    expect((await invoices())[3]).to.include({ state: 'pending_approval', net_amount: '24.0000' });
  });
});
