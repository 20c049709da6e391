import { expect } from 'chai';
import { makeDespatch } from '../support/factories/deliveries.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');

describe('a delivery that is turned away at the gate', () => {
  let world: World;
  let made: MadeOrder;
  let page: string;
  before(async () => {
    world = await makeWorld();
    made = await makeOrder(world);
    page = `/despatches/${(await makeDespatch(world, made)).id}`;
  });
  after(() => world.close());
  const despatch = () => world.db('despatch_advice').first();
  const announced = async (): Promise<number[]> =>
    (await world.db('po_schedule')).map((row) => Number(row.shipped_quantity)).sort((a, b) => a - b);

  it('needs a reason, and whoever receives: refused it leaves no trace', async () => {
    const receiver = await world.as(await world.staff('receiver'));
    const supplier = await world.as(made.supplierUser);
    const wrong = await receiver.upload(`${page}/rejection`, { reason: ' ' }, {});
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.include('Fill this in');
    expect((await supplier.upload(`${page}/rejection`, { reason: 'x' }, {})).status).to.equal(404);
    const buyer = await world.as(made.buyer);
    expect((await buyer.upload(`${page}/rejection`, { reason: 'x' }, {})).status).to.equal(403);
    expect(await despatch()).to.include({ state: 'submitted', rejection_reason: '' });
    expect(await announced()).to.deep.equal([4, 10]);
  });

  it('is received by nobody, open again, and told with its photographs to its supplier and the buyer', async () => {
    const receiver = await world.as(await world.staff('receiver'));
    await receiver.post(`${page}/arrival`).expect(303);
    const sent = await receiver.upload(
      `${page}/rejection`,
      { reason: 'Pallets are wet' },
      { files: ['pallets.pdf', PDF] },
    );
    expect(sent.status).to.equal(303);
    expect(await despatch()).to.include({ state: 'rejected', rejection_reason: 'Pallets are wet' });
    expect(await announced()).to.deep.equal([0, 0]);
    expect(await world.db('goods_receipt')).to.have.length(0);
    await world.drainJobs();
    const told = world.mails.filter((mail) => mail.subject.includes('turned away'));
    expect(told.filter((mail) => mail.text.includes('Pallets are wet'))).to.have.length(told.length);
    const { email } = await world.db('user_account').where({ id: made.supplierUser.userId }).first('email');
    const { email: buyerEmail } = await world.db('user_account').where({ id: made.buyer.userId }).first();
    expect(told.map((mail) => mail.to.address)).to.include.members([email, buyerEmail]);
    const supplier = await world.as(made.supplierUser);
    const seen = (await supplier.get(page).expect(200)).text;
    expect(seen).to.include('Your delivery was turned away').and.include('pallets.pdf');
  });

  it('is the end of it: nothing is counted, taken back or turned away again, and all can be announced anew', async () => {
    const receiver = await world.as(await world.staff('receiver'));
    const supplier = await world.as(made.supplierUser);
    expect((await receiver.upload(`${page}/rejection`, { reason: 'x' }, {})).status).to.equal(422);
    await supplier.post(`${page}/cancellation`, { reason: 'x' }).expect(422);
    expect((await receiver.get(`${page}/receipt/new`).expect(200)).text).to.not.include('name="receivedOn"');
    await makeDespatch(world, made);
    expect(await announced()).to.deep.equal([4, 10]);
    expect(await world.db('event').where({ action: 'despatch_advice.rejected' })).to.have.length(1);
  });
});
