import { expect } from 'chai';
import type { DespatchAdvice } from '../../src/deliveries/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { makeDespatch } from '../support/factories/deliveries.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

// Wednesday, 4 March, 08:00 and 09:00 in Qingdao.
const EIGHT = '2026-03-04T00:00:00.000Z';
const NINE = '2026-03-04T01:00:00.000Z';

describe('a delivery on its way to the dock', () => {
  let world: World;
  let made: MadeOrder;
  let despatches: DespatchAdvice[];
  let supplier: Visitor;
  let receiver: Visitor;
  let receiverActor: Actor;
  before(async () => {
    world = await makeWorld();
    made = await makeOrder(world);
    despatches = [];
    for (const quantities of [
      ['1', '1'],
      ['1', '1'],
      ['1', '1'],
    ])
      despatches.push(await makeDespatch(world, made, { quantities }));
    supplier = await world.as(made.supplierUser);
    receiverActor = await world.staff('receiver');
    receiver = await world.as(receiverActor);
  });
  after(() => world.close());

  const id = (index: number): string => despatches[index]?.id ?? '';
  const propose = (index: number, startsAt: string, version = 0) =>
    supplier.post(`/despatches/${id(index)}/dock`, { version: String(version), startsAt, note: '' });
  const appointment = (index: number) =>
    world
      .db('dock_appointment')
      .where({ despatch_advice_id: id(index) })
      .first();
  const taken = async (): Promise<[string, number][]> =>
    (await world.db('dock_slot').orderBy('starts_at')).map((row) => [row.starts_at.toISOString(), row.taken]);

  it('takes a proposed time, moves the expected day there, and tells the plant', async () => {
    const page = await supplier.get(`/despatches/${id(0)}/dock?day=2026-03-04`).expect(200);
    expect(page.text).to.include('08:00–09:00').and.to.include('2 docks free');
    await propose(0, EIGHT).expect(303);
    await propose(1, EIGHT).expect(303);
    expect(await appointment(0)).to.include({ state: 'proposed', version: 1 });
    expect(
      (
        await world
          .db('despatch_advice')
          .where({ id: id(0) })
          .first()
      ).expected_on,
    ).to.equal('2026-03-04');
    await world.drainJobs();
    const { email } = await world.db('user_account').where({ id: receiverActor.userId }).first('email');
    expect(
      world.mails.filter((mail) => mail.to.address === email && mail.subject.includes('proposes')),
    ).to.have.length(2);
  });

  it('refuses a third at two docks, a time that is none, a stale page and a stranger, without a trace', async () => {
    expect((await propose(2, EIGHT).expect(422)).text).to.include('All docks are taken');
    expect((await propose(2, '2026-03-04T00:10:00.000Z').expect(422)).text).to.include(
      'no slot at this time',
    );
    expect((await propose(2, '').expect(422)).text).to.include('Choose a time');
    expect((await propose(0, NINE, 0).expect(409)).text)
      .to.include('meanwhile')
      .and.to.include('08:00–09:00');
    const stranger = await world.as((await makeSupplier(world)).actor);
    await stranger.get(`/despatches/${id(0)}/dock`).expect(404);
    await stranger.post(`/despatches/${id(2)}/dock`, { version: '0', startsAt: NINE, note: '' }).expect(404);
    await receiver
      .post(`/despatches/${id(2)}/dock/move`, { version: '0', startsAt: NINE, note: 'x' })
      .expect(404);
    expect(await appointment(2)).to.equal(undefined);
    expect(await taken()).to.deep.equal([[EIGHT, 2]]);
    expect(await world.db('event').where('action', 'like', 'dock%')).to.have.length(2);
  });

  it('is confirmed, or moved with a reason: the dock it had is free again, and the supplier is told', async () => {
    await receiver.post(`/despatches/${id(0)}/dock/confirmation`, { version: '1' }).expect(303);
    expect(await appointment(0)).to.include({ state: 'confirmed', version: 2 });
    const again = await receiver.post(`/despatches/${id(0)}/dock/confirmation`, { version: '2' }).expect(422);
    expect(again.text).to.include('confirmed already');
    const move = { version: '1', startsAt: NINE, note: '' };
    expect((await receiver.post(`/despatches/${id(1)}/dock/move`, move).expect(422)).text).to.include(
      'Why it is moved',
    );
    await receiver.post(`/despatches/${id(1)}/dock/move`, { ...move, note: 'Stocktaking' }).expect(303);
    expect(await taken()).to.deep.equal([
      [EIGHT, 1],
      [NINE, 1],
    ]);
    await world.drainJobs();
    const moved = world.mails.find((mail) => mail.subject.includes('moved to'));
    expect(moved?.text).to.include('Stocktaking').and.to.include('09:00');
    await propose(2, EIGHT).expect(303);
  });

  it('leaves with its carrier, and comes to the gate: the list of the day shows what to do', async () => {
    const gone = { carrier: '', trackingNumber: 'T-9' };
    expect((await supplier.post(`/despatches/${id(0)}/departure`, gone).expect(422)).text).to.include('T-9');
    await supplier.post(`/despatches/${id(0)}/departure`, { ...gone, carrier: 'SF Express' }).expect(303);
    expect(
      await world
        .db('despatch_advice')
        .where({ id: id(0) })
        .first(),
    ).to.include({
      state: 'in_transit',
      carrier: 'SF Express',
      tracking_number: 'T-9',
    });
    await supplier.post(`/despatches/${id(0)}/departure`, { ...gone, carrier: 'SF Express' }).expect(422);
    await supplier.post(`/despatches/${id(0)}/arrival`).expect(404);
    world.setNow('2026-03-04T00:05:00Z');
    receiver = await world.as(receiverActor);
    supplier = await world.as(made.supplierUser);
    const list = await receiver.get('/deliveries/arrivals').expect(200);
    const order = [...list.text.matchAll(/data-arrival="([^"]+)"/g)].map((match) => match[1]);
    expect(order).to.deep.equal([0, 2, 1].map((index) => despatches[index]?.reference));
    await receiver.post(`/despatches/${id(0)}/arrival`).expect(303);
    await world.drainJobs();
    const [left] = world.mails.filter((mail) => mail.subject.includes('is on its way'));
    expect(left?.text).to.include('SF Express').and.to.include('T-9');
    const there = world.mails.filter((mail) => mail.subject.includes('has arrived'));
    expect(there.map((mail) => mail.to.address)).to.have.length(1);
    expect(there[0]?.text).to.include('is at the gate of');
    expect((await receiver.get('/deliveries/arrivals').expect(200)).text).to.include(
      `/despatches/${id(0)}/receipt/new`,
    );
    const late = await propose(0, NINE, 2).expect(422);
    expect(late.text).to.include('there already');
    const cancelled = await supplier.post(`/despatches/${id(0)}/cancellation`, { reason: 'x' }).expect(422);
    expect(cancelled.text).to.include('cannot be taken back');
    expect((await receiver.get(`/deliveries?show=expected`).expect(200)).text).to.include(
      despatches[0]?.reference ?? '',
    );
  });

  it('gives its dock back when it is cancelled', async () => {
    await supplier.post(`/despatches/${id(2)}/cancellation`, { reason: 'Broken truck' }).expect(303);
    expect(await taken()).to.deep.equal([
      [EIGHT, 1],
      [NINE, 1],
    ]);
    expect((await receiver.get('/deliveries/arrivals').expect(200)).text).not.to.include(
      despatches[2]?.reference ?? '-',
    );
  });

  it('is counted by its pallets: what is unticked is missing, with the reason filled in', async () => {
    const row = (poLineId: string | undefined, quantity: string) => ({ poLineId, quantity });
    const [first, second] = made.lines;
    await supplier
      .post(`/despatches/${id(1)}/packing`, {
        packingNo: '0',
        units: [
          { kind: 'pallet', contents: [row(first?.id, '1')] },
          { kind: 'parcel', contents: [row(second?.id, '1')] },
        ],
      })
      .expect(303);
    const all = await receiver.get(`/despatches/${id(1)}/receipt/new`).expect(200);
    expect(all.text).to.match(/name="lines\[1\]\[quantity\]"[^>]* value="1"/);
    const part = await receiver.get(`/despatches/${id(1)}/receipt/new?came=1&unit=1`).expect(200);
    expect(part.text)
      .to.match(/name="lines\[0\]\[quantity\]"[^>]* value="1"/)
      .and.to.match(/name="lines\[1\]\[quantity\]"[^>]* value="0"/)
      .and.to.include('Not there: unit 2');
    const { sscc } = await world.db('handling_unit').where({ unit_no: 1 }).first('sscc');
    const found = await receiver
      .get(`/deliveries?show=all&search=${encodeURIComponent(`(00)${sscc}`)}`)
      .expect(200);
    expect(found.text).to.include(despatches[1]?.reference).and.not.to.include(despatches[0]?.reference);
  });
});
