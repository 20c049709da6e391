import { expect } from 'chai';
import { receiveOnOrder } from '../../src/deliveries/index.ts';
import { newId } from '../../src/kernel/id.ts';
import { makeInvoice, makeReceived } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type World } from '../support/world.ts';

/** Roles that nobody is given together any more: whoever has them still is stopped at the act. */
describe('one person with roles that conflict', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  it('does not receive what it bought, and leaves no trace', async () => {
    const both = await world.staff('buyer', 'receiver');
    const { order, lines } = await makeOrder(world, { buyer: both });
    const count = {
      orderId: order.id,
      idempotencyKey: newId(),
      receivedOn: world.now().toISOString().slice(0, 10),
      note: '',
      lines: lines.map((line) => ({ poLineId: line.id, quantity: line.quantity, shortfallReason: '' })),
    };
    const error = await refusal(world.runInTx(both, (ctx) => receiveOnOrder(ctx, count)));
    expect(error.code).to.equal('goods_receipt.received-by-own-buyer');
    expect(await world.db('goods_receipt').where({ order_id: order.id })).to.deep.equal([]);
  });

  it('does not pay what it bought, and leaves no trace', async () => {
    const both = await world.staff('buyer', 'finance');
    const of = await makeReceived(world, { buyer: both });
    const { invoiceId } = await makeInvoice(world, { of });
    const form = { paidOn: world.now().toISOString().slice(0, 10), paymentReference: 'P-1' };
    const version = async (): Promise<number> =>
      (await world.db('invoice').where({ id: invoiceId }).first('version')).version;
    const finance = await world.as(await world.staff('finance'));
    await finance.post(`/invoices/${invoiceId}/approval`, { version: await version() }).expect(303);
    const buyer = await world.as(both);
    await buyer
      .post(`/invoices/${invoiceId}/payment`, { ...form, version: await version() })
      .expect(422, /paid-by-own-buyer/);
    expect((await world.db('invoice').where({ id: invoiceId }).first('state')).state).to.equal('approved');
  });
});
