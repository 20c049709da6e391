import { expect } from 'chai';
import { type EvaluatedEvent, evaluatedEvent } from '../support/factories/awards.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('comparing award scenarios', () => {
  let world: World;
  let made: EvaluatedEvent;
  let buyer: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await evaluatedEvent(world);
    buyer = await world.as(made.buyer);
  });
  afterEach(() => world.close());

  const page = () => `/events/${made.eventId}/scenarios`;
  const add = (form: Record<string, unknown>) => buyer.post(page(), form);
  const idOf = async (where: object): Promise<string> =>
    (await world.db('award_scenario').where(where).first('id')).id;
  const supplier = (index: number) => made.bidders[index]?.supplierId ?? '';

  it('saves by rule and by search, shows them side by side, and makes one the award form', async () => {
    await add({ method: 'cheapest' }).expect(303);
    await add({ method: 'one-supplier', supplierId: supplier(2) }).expect(303);
    await add({ method: 'fewest-suppliers' }).expect(303);
    await add({ method: 'limits', maxSharePercent: '80', maxSuppliers: '2', name: 'Two sources' }).expect(
      303,
    );
    const waiting = await buyer.get(page()).expect(200);
    expect(waiting.text).to.include('searching…').and.to.include('hx-get=');
    await world.drainJobs();

    const rows = await world.db('award_scenario').orderBy('created_at').orderBy('id');
    expect(rows.map((row) => [row.method, row.state, row.outcome, row.best_amount])).to.deep.equal([
      ['cheapest', 'solved', null, null],
      ['one-supplier', 'solved', null, null],
      // Huaqiang alone: 421,200 + 328,100 + 269,100.
      ['fewest-suppliers', 'solved', 'proved', '1018400.0000'],
      // Cheapest of each line gives Huaqiang 68 %.
      ['limits', 'solved', 'proved', '1012450.0000'],
    ]);
    const { text } = await buyer.get(page()).expect(200);
    expect(text)
      .to.include('Two sources')
      .and.to.include('at most 2 suppliers')
      .and.to.include('proved optimum')
      .and.to.include('1,018,400.00')
      .and.to.include('Everything to Delta Parts')
      .and.not.to.include('hx-get=');
    const form = await buyer.get(
      `/events/${made.eventId}/award/new?scenario=${await idOf({ method: 'fewest-suppliers' })}`,
    );
    const chosen = [...form.text.matchAll(/<option value="([^"]+)"[^>]*selected>([^<]*)/g)].map(
      (match) => match[1],
    );
    expect(chosen).to.deep.equal([supplier(0), supplier(0), supplier(0)]);
    await world.as(await world.staff('approver')).then((other) => other.get(page()).expect(200));
  });

  it('says what nothing keeps to, and never calls it an optimum', async () => {
    await add({ method: 'limits', maxSharePercent: '30' }).expect(303);
    await world.drainJobs();
    expect(await world.db('award_scenario').first('outcome', 'best_amount')).to.deep.equal({
      outcome: 'impossible',
      best_amount: null,
    });
    const { text } = await buyer.get(page()).expect(200);
    expect(text).to.include('nothing keeps to these limits').and.not.to.include('Use for the award');
  });

  it('keeps what is typed in the award form, shares too, and proposes nothing by that', async () => {
    const lines = [
      { eventItemId: made.items[0]?.id, supplierId: supplier(0), quantity: '60 %', reason: '' },
      { eventItemId: made.items[0]?.id, supplierId: supplier(2), quantity: '40 %', reason: '' },
      { eventItemId: made.items[1]?.id, supplierId: '', quantity: '8500', reason: '' },
    ];
    await buyer
      .post(`/events/${made.eventId}/award/scenario`, {
        lines,
        justification: '',
        debrief: '',
        name: 'Split',
      })
      .expect(303);
    const kept = await world.db('award_scenario_line').orderBy('quantity').pluck('quantity');
    expect(kept).to.deep.equal(['4800.000000', '7200.000000']);
    expect(await world.db('award')).to.have.length(0);
    const again = await buyer
      .post(`/events/${made.eventId}/award/scenario`, {
        lines,
        justification: '',
        debrief: '',
        name: 'split',
      })
      .expect(422, /award_scenario\.name-taken/);
    expect(again.text).to.include('value="60 %"');
    expect(await world.db('award_scenario')).to.have.length(1);
  });

  it('holds prices against the last one paid, and keeps whom it was paid to', async () => {
    const { supplierId, userId } = made.bidders[2] ?? { supplierId: '', userId: '' };
    await makeOrder(world, {
      buyer: made.buyer,
      supplierUser: { kind: 'supplier', userId, name: 'Delta', roles: ['supplier_sales'], supplierId },
    });
    await world
      .db('po_line')
      .where({ line_no: 1 })
      .update({ item_code: 'BR-A', unit: 'C62', unit_price: '40' });
    await add({ method: 'incumbents' }).expect(303);
    const first = await world.db('award_scenario_line').where({ event_item_id: made.items[0]?.id }).first();
    expect(first.supplier_id).to.equal(supplierId);
    // 12,000 × (40 − 37.20)
    expect((await buyer.get(page()).expect(200)).text).to.include('33,600.00');
  });

  it('refuses what says too little and who may not, and leaves no trace', async () => {
    await add({ method: 'limits', maxSuppliers: '', maxSharePercent: '' }).expect(422, /field-maxSuppliers/);
    await add({ method: 'limits', maxSharePercent: '100' }).expect(422);
    await add({ method: 'one-supplier', supplierId: '' }).expect(422, /form\.required/);
    await add({ method: 'one-supplier', supplierId: made.eventId }).expect(422, /unknown-supplier/);
    await add({ method: 'by-hand' }).expect(422);
    await (await world.as(await world.staff('approver'))).post(page(), { method: 'cheapest' }).expect(403);
    expect(await world.db('award_scenario')).to.have.length(0);
    expect(await world.db('event').whereLike('action', 'award_scenario.%')).to.have.length(0);
    await add({ method: 'cheapest' }).expect(303);
    const id = await idOf({ method: 'cheapest' });
    await buyer.post(`${page()}/${id}/removal`).expect(303);
    await buyer.post(`${page()}/${id}/removal`).expect(404);
    expect(await world.db('award_scenario')).to.have.length(0);
  });
});
