import { expect } from 'chai';
import { findContradictions } from '../../src/audit/verify.queries.ts';
import { findEventItems } from '../../src/sourcing/index.ts';
import {
  approvedRequisition,
  makeBudget,
  makeTwoPlants,
  someLine,
} from '../support/factories/requisitions.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('buying a requisition line in parts', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
    await makeTwoPlants(world);
    await makeBudget(world);
  });
  after(() => world.close());
  const parts = () =>
    world
      .db('requisition_line')
      .join('budget_commitment', 'document_id', 'requisition_line.id')
      .orderBy('part_no')
      .select('quantity', 'progress', 'reserved', 'committed')
      .then((rows) =>
        rows.map((row) => [Number(row.quantity), row.progress, Number(row.reserved), Number(row.committed)]),
      );

  it('takes a part into an event and a part into an order, keeps the rest waiting, and commits each part once', async () => {
    const buyer = await world.as(await world.staff('buyer'));
    const other = await world.as(await world.staff('buyer'));
    const {
      lineIds: [id = ''],
      ...needed
    } = await approvedRequisition(world, { lines: [someLine({ itemCode: null, description: 'Gloves' })] });
    const take = (who: typeof buyer, quantity: string) =>
      who.post('/events/from-requisitions', { line: id, title: 'Gloves', quantity: { [id]: quantity } });
    // Two at once want 60 of 100: one gets it, the other is told what is left.
    const both = await Promise.all([take(buyer, '60'), take(other, '60')]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).to.deep.equal([303, 422]);
    const refused = both.find(({ status }) => status === 422);
    expect(refused?.text).to.include('there is only 40 left').and.include('40 left of 100');
    expect(await world.db('sourcing_event').count()).to.deep.equal([{ count: 1 }]);
    for (const [quantity, words] of [
      ['0', 'more than nothing'],
      ['4x', 'is-invalid'],
      ['40.000001', 'only 40 left'],
    ] as const)
      expect((await take(other, quantity).expect(422)).text).to.include(words);
    expect(await parts()).to.deep.equal([
      [40, 'open', 100, 0],
      [60, 'sourcing', 150, 0],
    ]);
    const event = await world.db('sourcing_event').first();
    const maker = await world.runInTx(buyer.actor, (ctx) => findEventItems(ctx, event.id));
    expect(maker.map(({ quantity }) => quantity)).to.deep.equal(['60']);
    expect((await buyer.get(`/events/${event.id}`)).text).to.include(needed.requisitionId);

    // Of the 40 left an order takes 30.
    const begun = await buyer
      .post('/orders/from-requisitions', { line: id, quantity: { [id]: '30' } })
      .expect(303);
    expect((await buyer.get(String(begun.headers['location'])).expect(200)).text)
      .to.include('the rest goes on waiting')
      .and.include('value="30"');
    const supplier = await makeSupplier(world);
    const draft = (quantity: string, source: string) => ({
      supplierId: supplier.supplierId,
      title: 'Gloves at once',
      plantCode: 'QD01',
      categoryCode: 'MACH',
      currency: 'USD',
      incoterm: 'DAP',
      incotermPlace: 'Qingdao',
      paymentTermsDays: '30',
      lines: [{ description: 'Gloves', quantity, unit: 'PR', unitPrice: '2', sources: source }],
      next: 'save',
    });
    const made = await buyer.post('/orders', draft('30', id));
    expect(made.status, made.text).to.equal(303);
    const order = await world.db('purchase_order').first();
    const [source] = await world.db('po_line_source').pluck('requisition_line_id');
    expect(await parts()).to.deep.equal([
      [10, 'open', 25, 0],
      [60, 'sourcing', 150, 0],
      [30, 'sourcing', 75, 0],
    ]);
    // The draft is to order 25 only: 5 more wait again.
    await buyer
      .post(`/orders/${order.id}/edit`, { ...draft('25', source ?? ''), version: order.version })
      .expect(303);
    await buyer.post(`/orders/${order.id}/submission`).expect(303);
    await world.drainJobs();
    expect(await parts()).to.deep.equal([
      [10, 'open', 25, 0],
      [60, 'sourcing', 150, 0],
      [25, 'ordered', 0, 50],
      [5, 'open', 12.5, 0],
    ]);
    expect(await world.db('requisition').first('state')).to.deep.equal({ state: 'part_ordered' });
    const waiting = (await buyer.get('/requisition-lines').expect(200)).text;
    expect(waiting).to.include('10 left of 100').and.include('5 left of 100');
    const page = (await (await world.as(needed.requester)).get(`/requisitions/${needed.requisitionId}`)).text;
    expect(page).to.include(event.reference).and.include(order.reference).and.include('Line bought in parts');
    expect((await buyer.get(`/orders/${order.id}`)).text).to.include('PR-2026-0001');

    // What the event does not buy waits again; both rests of the line are one need of the next event.
    await buyer.post(`/events/${event.id}/cancellation`, { reason: 'Stock was found' });
    await other.post(`/events/${event.id}/cancellation`, { reason: 'Stock was found' });
    const rests = await world.db('requisition_line').where({ progress: 'open' }).pluck('id');
    expect(rests).to.have.length(3);
    await other.post('/events/from-requisitions', { line: rests, title: 'The rest' }).expect(303);
    const items = await world.db('event_item').orderBy('id').pluck('quantity');
    expect(items.map(Number)).to.deep.equal([60, 75]);
    // Copied, it is one line again.
    await (await world.as(needed.requester)).post(`/requisitions/${needed.requisitionId}/copy`).expect(303);
    const copied = await world.db('requisition_line').whereNot({ requisition_id: needed.requisitionId });
    expect(copied.map((one) => [Number(one.quantity), one.part_no])).to.deep.equal([[100, 1]]);
    expect(await world.db.transaction((tx) => findContradictions(tx))).to.deep.equal([]);
  });
});
