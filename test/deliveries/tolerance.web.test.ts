import { expect } from 'chai';
import { receiveOnOrder } from '../../src/deliveries/index.ts';
import type { AppError } from '../../src/kernel/errors.ts';
import { newId } from '../../src/kernel/id.ts';
import type { Policies } from '../../src/kernel/policies.ts';
import { makeDespatch, makeReceipt } from '../support/factories/deliveries.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('more and less than was ordered', () => {
  let world: World;
  let made: MadeOrder;
  before(async () => {
    world = await makeWorld();
    made = await makeOrder(world, { lines: [{ quantity: '100' }, { quantity: '40' }] });
  });
  after(() => world.close());

  const lineId = (index: number): string => made.lines[index]?.id ?? '';
  const count = (quantity: string) => ({
    idempotencyKey: newId(),
    receivedOn: '2026-03-02',
    note: '',
    lines: [{ poLineId: lineId(0), quantity }],
  });
  const received = async (): Promise<number[]> =>
    (
      await world.db('po_schedule').join('po_line', 'po_line.id', 'po_schedule.po_line_id').orderBy('line_no')
    ).map((row) => Number(row.received_quantity));
  const orderState = async (): Promise<string> =>
    (await world.db('purchase_order').where({ id: made.order.id }).first()).state;

  it('is refused with words beyond the tolerance, and leaves no trace', async () => {
    const receiver = await world.as(await world.staff('receiver'));
    const form = await receiver.get(`/orders/${made.order.id}/receipts/new`).expect(200);
    expect(form.text).to.include('at most 105');
    const refused = await receiver.post(`/orders/${made.order.id}/receipts`, count('106')).expect(422);
    expect(refused.text).to.include('100 were ordered in all, and at most 5 % more are taken');
    expect(await received()).to.deep.equal([0, 0]);
    expect(await world.db('goods_receipt')).to.have.length(0);
  });

  it('is taken within it, shown on the receipt and the order, told to the buyer, and can be invoiced', async () => {
    const receiver = await world.as(await world.staff('receiver'));
    const res = await receiver.post(`/orders/${made.order.id}/receipts`, count('103')).expect(303);
    expect(await received()).to.deep.equal([103, 0]);
    const receipt = await receiver.get(res.headers['location'] ?? '').expect(200);
    expect(receipt.text).to.include('3 more than ordered');
    expect((await receiver.get(`/orders/${made.order.id}/deliveries`).expect(200)).text).to.include(
      '3 more than ordered',
    );
    await world.drainJobs();
    const { email } = await world.db('user_account').where({ id: made.buyer.userId }).first('email');
    const told = world.mails.find(
      (mail) => mail.to.address === email && mail.subject.includes('more than ordered'),
    );
    expect(told?.text).to.include('+3');
    const invoice = await (await world.as(made.supplierUser))
      .get(`${res.headers['location']}/invoice/new`)
      .expect(200);
    expect(invoice.text).to.include('value="103"');
  });

  it('is taken as the supplier’s or the category’s own tolerance says, and else as everywhere', async () => {
    const other = await makeOrder(world, { lines: [{ quantity: '100' }] });
    const { reference } = await world.db('supplier').where({ id: other.supplierId }).first('reference');
    const receiver = await world.staff('receiver');
    const post = (quantity: string, scopes: Policies['receiving']['scopes']) =>
      world.runInTx(receiver, (ctx) =>
        receiveOnOrder(
          { ...ctx, policies: { ...ctx.policies, receiving: { ...ctx.policies.receiving, scopes } } },
          {
            ...count(quantity),
            orderId: other.order.id,
            lines: [{ poLineId: other.lines[0]?.id ?? '', quantity, shortfallReason: '' }],
          },
        ),
      );
    const own = [{ supplier: reference, category: null, overDeliveryPercent: '10' }];
    const strangers = [{ supplier: 'S-0000', category: null, overDeliveryPercent: '50' }];
    await post('106', strangers).then(
      () => expect.fail('More was taken than is tolerated'),
      (error: AppError) => expect(error.fields[0]?.params ?? error.params).to.include({ percent: '5' }),
    );
    expect(await world.db('goods_receipt').where({ order_id: other.order.id })).to.have.length(0);
    await post('110', own);
    const [row] = await world.db('goods_receipt_line').orderBy('id', 'desc').limit(1);
    expect(Number(row.over_quantity)).to.equal(10);
  });

  it('is closed short by the buyer, with a reason, as far as nothing is announced', async () => {
    await makeDespatch(world, made, { quantities: ['0', '15'] });
    const buyer = await world.as(made.buyer);
    const path = `/orders/${made.order.id}/short-closing`;
    const wrong = await buyer.post(path, { line: lineId(1), reason: '' }).expect(422);
    expect(wrong.text).to.include('Fill this in');
    const none = await buyer.post(path, { reason: 'x' }).expect(422);
    expect(none.text).to.include('Choose at least one line');
    const all = await buyer.post(path, { line: [lineId(0), lineId(1)], reason: 'x' }).expect(422);
    expect(all.text).to.include('Of line 1 there is nothing to close short');
    expect(await world.db('po_line').where('short_closed_quantity', '>', 0)).to.have.length(0);
    expect(await world.db('event').where({ action: 'purchase_order.closed-short' })).to.have.length(0);

    await buyer.post(path, { line: lineId(1), reason: 'The model ends' }).expect(303);
    const page = await buyer.get(`/orders/${made.order.id}/deliveries`).expect(200);
    expect(page.text).to.include('25 closed short').and.not.to.include('short-closing');
    await world.drainJobs();
    const told = world.mails.find((mail) => mail.subject.includes('gives up a rest'));
    expect(told?.text).to.include('The model ends').and.to.include('25');
    const announce = await (await world.as(made.supplierUser))
      .get(`/orders/${made.order.id}/despatches/new`)
      .expect(200);
    expect(announce.text).to.include('Everything of this order is announced or received');
  });

  it('leaves the order to finish by what still comes', async () => {
    expect(await orderState()).to.equal('part_received');
    await makeReceipt(world, made, { quantities: ['0', '15'] });
    expect(await orderState()).to.equal('received');
    expect(
      (
        await world
          .db('po_schedule')
          .where({ po_line_id: lineId(1) })
          .first()
      ).fulfilment,
    ).to.equal('short_closed');
  });

  it('closes an order whose invoices are all paid with its last rest', async () => {
    const order = await makeOrder(world, { lines: [{ quantity: '10' }] });
    await makeReceipt(world, order, { quantities: ['6'] });
    // As if its only invoice had been sent and paid.
    const [line] = order.lines;
    await world.db('po_schedule').where({ po_line_id: line?.id }).update({ invoiced_quantity: 6 });
    const buyer = await world.as(order.buyer);
    await buyer
      .post(`/orders/${order.order.id}/short-closing`, { line: line?.id, reason: 'Enough' })
      .expect(303);
    await world.drainJobs();
    expect((await world.db('purchase_order').where({ id: order.order.id }).first()).state).to.equal('closed');
    const late = await buyer.post(`/orders/${order.order.id}/short-closing`, { line: line?.id, reason: 'x' });
    expect(late.status).to.equal(422);
    expect(late.text).to.include('closed');
  });
});
