import { expect } from 'chai';
import type { Actor } from '../../src/kernel/actor.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('acknowledging an order', () => {
  let world: World;
  let made: MadeOrder;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeOrder(world, { state: 'sent' });
  });
  afterEach(() => world.close());
  const path = (): string => `/orders/${made.order.id}/acknowledgement`;
  const rowOf = (id: string) => world.db('purchase_order').where({ id }).first();
  const answers = () => world.db('order_response').where({ order_id: made.order.id });
  const acts = () => world.db('event').where({ action: 'purchase_order.acknowledged' });
  const expectNoTrace = async (): Promise<void> => {
    expect((await rowOf(made.order.id)).state).to.equal('sent');
    expect(await answers()).to.have.length(0);
    expect(await acts()).to.have.length(0);
  };

  it('answers AB with a note, says so on the page, and records who did', async () => {
    const visitor = await world.as(made.supplierUser);
    const page = await visitor.get(`/orders/${made.order.id}`).expect(200);
    expect(page.text).to.include('You have to acknowledge the order');
    await visitor
      .post(path(), { version: 1, note: 'Our number 4711' })
      .expect(303)
      .expect('Location', `/orders/${made.order.id}`);
    const row = await rowOf(made.order.id);
    expect(row).to.include({ state: 'acknowledged', acknowledged_by: made.supplierUser.userId });
    const [answer] = await answers();
    expect(answer).to.include({
      code: 'AB',
      note: 'Our number 4711',
      version: 1,
      responded_by: made.supplierUser.userId,
    });
    const [act] = await acts();
    expect(act).to.include({
      from_state: 'sent',
      to_state: 'acknowledged',
      reason: 'Our number 4711',
      supplier_id: made.supplierId,
    });
    const after = await visitor.get(`/orders/${made.order.id}`).expect(200);
    expect(after.text).to.include('You have acknowledged the order').and.not.to.include('/acknowledgement"');
  });

  it('refuses the second answer, and keeps the first', async () => {
    const visitor = await world.as(made.supplierUser);
    await visitor.post(path(), { version: 1, note: 'first' }).expect(303);
    const second = await visitor.post(path(), { version: 1, note: 'second' }).expect(422);
    expect(second.text).to.include('data-code="purchase_order.cannot-acknowledge"');
    expect(await answers()).to.have.length(1);
    expect(await acts()).to.have.length(1);
  });

  it('refuses an answer to a version that is not in force any more, and keeps what was typed', async () => {
    await world.db('purchase_order').where({ id: made.order.id }).update({ current_version: 2 });
    const visitor = await world.as(made.supplierUser);
    const res = await visitor.post(path(), { version: 1, note: 'typed with care' }).expect(409);
    expect(res.text)
      .to.include('data-code="purchase_order.changed-meanwhile"')
      .and.to.include('typed with care');
    await expectNoTrace();
  });

  it('refuses a note that is too long, at its field', async () => {
    const visitor = await world.as(made.supplierUser);
    const res = await visitor.post(path(), { version: 1, note: 'x'.repeat(2001) }).expect(422);
    expect(res.text).to.include('href="#field-note"');
    await expectNoTrace();
  });

  it("is not found for another supplier's order, and for one that is not sent", async () => {
    const other = await makeOrder(world, { state: 'sent' });
    await (await world.as(other.supplierUser)).post(path(), { version: 1 }).expect(404);
    await (await world.as(other.supplierUser)).get(`/orders/${made.order.id}`).expect(404);
    const early = await makeOrder(world, { state: 'approved' });
    const visitor = await world.as(early.supplierUser);
    await visitor.get(`/orders/${early.order.id}`).expect(404);
    await visitor.post(`/orders/${early.order.id}/acknowledgement`, { version: 1 }).expect(404);
    await expectNoTrace();
  });

  it('is not for the buyer, nor for the people of the supplier who do not sell', async () => {
    await (await world.as(made.buyer)).post(path(), { version: 1 }).expect(403);
    const accounts = await world.supplierUser(made.supplierId, 'supplier_accounts');
    await (await world.as(accounts)).post(path(), { version: 1 }).expect(404);
    await expectNoTrace();
  });

  it('is a 404 for what is no id at all', async () => {
    const visitor = await world.as(made.supplierUser);
    await visitor.get('/orders/nonsense').expect(404);
    await visitor.get('/orders/0190a000-0000-7000-8000-000000000000').expect(404);
  });

  it('waits on the supplier’s home page, and after two days on the buyer’s', async () => {
    const homeOf = async (actor: Actor): Promise<string> =>
      (await (await world.as(actor)).get('/').expect(200)).text;
    expect(await homeOf(made.supplierUser)).to.include('1 order to acknowledge');
    world.setNow('2026-03-04T09:59:59Z');
    expect(await homeOf(made.buyer)).not.to.include('not acknowledged for two days');
    world.setNow('2026-03-04T10:00:00Z');
    expect(await homeOf(made.buyer)).to.include('1 order not acknowledged for two days');
    expect(await homeOf(await world.staff('buyer')), 'another buyer').not.to.include('not acknowledged');
  });
});
