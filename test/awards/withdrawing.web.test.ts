import { expect } from 'chai';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { issueOrdersForAward } from '../../src/orders/index.ts';
import { type EvaluatedEvent, evaluatedEvent } from '../support/factories/awards.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('withdrawing an award', () => {
  let world: World;
  let made: EvaluatedEvent;
  let buyer: Visitor;
  let approver: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await evaluatedEvent(world);
    buyer = await world.as(made.buyer);
    approver = await world.as(await world.staff('approver'));
  });
  afterEach(() => world.close());

  const supplier = (index: number) => made.bidders[index]?.supplierId ?? '';
  const item = (line: number) => made.items[line]?.id;
  /** Huaqiang gets lines 1 and 3, Müller line 2. */
  async function awarded(standstillDays: string): Promise<string> {
    const lines = [0, 1, 2].map((line) => ({
      eventItemId: item(line),
      supplierId: supplier(line === 1 ? 1 : 0),
      quantity: '100 %',
      reason: '',
    }));
    const { headers } = await buyer
      .post(`/events/${made.eventId}/award`, { lines, justification: '', debrief: '', standstillDays })
      .expect(303);
    await approver.post(`${headers['location']}/approval`).expect(303);
    return String(headers['location']).replace('/awards/', '');
  }
  const ask = (id: string, supplierId: string, excludes = 'yes') =>
    buyer.post(`/awards/${id}/withdrawals`, { supplierId, reason: 'Its furnace broke.', excludes });
  async function decide(id: string, verdict: string, by = approver) {
    const { id: withdrawalId } = await world.db('award_withdrawal').where({ state: 'requested' }).first('id');
    return by.post(`/awards/${id}/withdrawals/${withdrawalId}/decision`, { verdict, note: '' });
  }
  const awards = () => world.db('award').orderBy('proposed_at').orderBy('id');
  const eventState = async () =>
    (await world.db('sourcing_event').where({ id: made.eventId }).first('state')).state;
  const bidStates = () => world.db('bid').orderBy('total_amount', 'desc').pluck('state');

  it('takes two people, gives one supplier’s lines to the next in rank, and leaves the others theirs', async () => {
    const id = await awarded('3');
    await world.drainJobs();
    await ask(id, supplier(0)).expect(303);
    await ask(id, supplier(1)).expect(422, /requested-already/);
    expect(await eventState()).to.equal('awarded');
    expect((await approver.get('/')).text).to.include('1 withdrawal of an award to confirm');
    await world
      .db('user_role')
      .insert({ user_id: made.buyer.userId, role: 'approver', granted_at: world.now() });
    expect((await decide(id, 'confirm', buyer)).text).to.include('decided-by-requester');
    expect(await world.db('award_line').whereNotNull('withdrawal_id')).to.have.length(0);
    expect((await decide(id, 'confirm')).status).to.equal(303);

    const [first, next] = await awards();
    expect([first.state, next.state]).to.deep.equal(['standstill', 'proposed']);
    expect(await eventState()).to.equal('evaluation');
    // Müller keeps its line; Huaqiang and Delta are compared again, Huaqiang not for what it lost.
    expect(await bidStates()).to.deep.equal(['valid', 'valid', 'part_awarded']);
    const lines = await world.db('award_line').where({ award_id: next.id }).orderBy('amount');
    expect(lines.map((line) => [line.event_item_id, line.supplier_id, line.is_lowest])).to.deep.equal([
      [item(2), supplier(2), true],
      // Müller's 36.80 before Delta's 37.20.
      [item(0), supplier(1), true],
    ]);
    const back = await world
      .db('savings_entry')
      .whereNotNull('reverses_id')
      .orderBy('amount')
      .pluck('amount');
    expect(back).to.deep.equal(['-421200.0000', '-269100.0000']);
    await world.drainJobs();
    const templates = await world
      .db('notification')
      .whereIn('template', ['award-withdrawn', 'award-reopened']);
    expect(templates.map((one) => one.template)).to.have.members([
      'award-reopened',
      'award-reopened',
      'award-withdrawn',
    ]);

    const form = await buyer.get(`/events/${made.eventId}/award/new`).expect(200);
    expect(form.text).to.include('prefilled with the next in rank').and.not.to.include('Bracket B');
    await buyer
      .post(`/events/${made.eventId}/award`, {
        lines: [
          { eventItemId: item(0), supplierId: supplier(1), quantity: '12000', reason: '' },
          { eventItemId: item(2), supplierId: supplier(0), quantity: '6000', reason: 'Again' },
        ],
        justification: '',
        debrief: '',
      })
      .expect(422, /no-such-offer/);
    await buyer
      .post(`/events/${made.eventId}/award`, {
        lines: [
          { eventItemId: item(0), supplierId: supplier(1), quantity: '12000', reason: '' },
          { eventItemId: item(2), supplierId: supplier(2), quantity: '6000', reason: '' },
        ],
        justification: '',
        debrief: '',
      })
      .expect(303);
    await approver.post(`/awards/${next.id}/approval`).expect(303);
    expect(await bidStates()).to.deep.equal(['part_awarded', 'unsuccessful', 'awarded']);
    await world.drainJobs();
    const letters = await world.db('award_letter').where({ award_id: next.id });
    // Each about the two lines that came back only.
    expect(letters.map((one) => one.content.lines.length)).to.have.members([1, 2, 2]);
    expect(await world.db('purchase_order').orderBy('total_amount').pluck('supplier_id')).to.deep.equal([
      supplier(2),
      supplier(1),
    ]);
  });

  it('cancels the whole of it when nothing is left, and lets who lost it compete again', async () => {
    const id = await awarded('2');
    await world.drainJobs();
    await ask(id, '', 'no').expect(303);
    expect((await decide(id, 'confirm')).status).to.equal(303);
    const [first, next] = await awards();
    expect([first.state, next.state, next.withdrawal_id === null]).to.deep.equal([
      'cancelled',
      'proposed',
      false,
    ]);
    expect(await bidStates()).to.deep.equal(['valid', 'valid', 'valid']);
    const suppliers = await world
      .db('award_line')
      .where({ award_id: next.id })
      .orderBy('amount')
      .pluck('supplier_id');
    expect(suppliers).to.deep.equal([supplier(0), supplier(1), supplier(0)]);
    const winner = await world.as((made.bidders[0] as { actor: Actor }).actor);
    expect((await winner.get(`/awards/${id}/letter`).expect(200)).text).to.include(
      'withdrawn after you were told',
    );
  });

  it('cancels an order that was not sent, whose supplier never hears of it', async () => {
    const id = await awarded('0');
    const orderIds = await world.runInTx(system('test'), (ctx) => issueOrdersForAward(ctx, id));
    expect(orderIds).to.have.length(2);
    await ask(id, supplier(0)).expect(303);
    expect((await decide(id, 'confirm')).status).to.equal(303);
    await world.drainJobs();
    const orders = await world.db('purchase_order').orderBy('total_amount', 'desc');
    expect(orders.map((one) => [one.supplier_id, one.state, one.sent_at === null])).to.deep.equal([
      [supplier(0), 'cancelled', true],
      [supplier(1), 'sent', false],
    ]);
    const loser = await world.as((made.bidders[0] as { actor: Actor }).actor);
    await loser.get(`/orders/${orders[0].id}`).expect(404);
    expect((await loser.get('/orders').expect(200)).text).not.to.include(orders[0].reference);
    expect(
      await world.db('notification').where({ template: 'order-issued' }).pluck('user_id'),
    ).not.to.include(made.bidders[0]?.userId);
    await ask(id, supplier(1)).expect(422, /event-moved-on/);
  });

  it('is refused once the supplier has its order', async () => {
    const id = await awarded('0');
    await world.drainJobs();
    const refused = await ask(id, supplier(0)).expect(422, /order-sent/);
    expect(refused.text).to.include('PO-2026-');
    expect(await world.db('award_withdrawal')).to.have.length(0);
  });

  it('leaves everything as it is when it is refused, and is not for others', async () => {
    const id = await awarded('2');
    await approver
      .post(`/awards/${id}/withdrawals`, { supplierId: '', reason: 'x', excludes: 'yes' })
      .expect(403);
    await ask(id, '').expect(303);
    expect((await decide(id, 'refuse')).status).to.equal(303);
    expect((await awards()).map((one) => one.state)).to.deep.equal(['active']);
    expect(await eventState()).to.equal('awarded');
    expect(await world.db('savings_entry').whereNotNull('reverses_id')).to.have.length(0);
    await buyer
      .post(`/awards/${id}/withdrawals`, { supplierId: '', reason: ' ', excludes: 'yes' })
      .expect(422);
  });
});
