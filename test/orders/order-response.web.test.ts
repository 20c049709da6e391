import { expect } from 'chai';
import { system } from '../../src/kernel/actor.ts';
import { addReceived, passTimeOnAnswers } from '../../src/orders/index.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('changing an order', () => {
  let world: World;
  let made: MadeOrder;
  let supplier: Visitor;
  let buyer: Visitor;
  const start = async (state: 'sent' | 'acknowledged') => {
    world = await makeWorld();
    made = await makeOrder(world, { state, lines: [{}, { quantity: '4' }, { quantity: '20' }] });
    supplier = await world.as(made.supplierUser);
    buyer = await world.as(made.buyer);
    await world.drainJobs();
  };
  afterEach(() => world.close());

  const here = () => `/orders/${made.order.id}`;
  const rowVersion = async (): Promise<number> =>
    (await world.db('purchase_order').where({ id: made.order.id }).first('version')).version;
  const order = () => world.db('purchase_order').where({ id: made.order.id }).first();
  const changes = () => world.db('change_order').where({ order_id: made.order.id }).orderBy('change_no');
  const versions = () => world.db('po_version').where({ order_id: made.order.id }).orderBy('version');
  const deliveries = (line: number) =>
    world
      .db('po_schedule')
      .join('po_line', 'po_line.id', 'po_schedule.po_line_id')
      .where({ order_id: made.order.id, line_no: line })
      .orderBy('schedule_no')
      .select('po_schedule.*');
  const lineId = (index: number): string => made.lines[index]?.id ?? '';
  type Row = [quantity: string, dueOn: string];
  const answer = (index: number, code: string, rows: Row[] = [], more: Record<string, string> = {}) => ({
    poLineId: lineId(index),
    code,
    reason: code === '5' ? '' : 'Material is short',
    deliveries: rows.map(([quantity, dueOn]) => ({ quantity, dueOn })),
    ...more,
  });
  const respond = async (lines: object[], version?: number) =>
    supplier.post(`${here()}/response`, { version: version ?? (await rowVersion()), note: '', lines });
  const change = async (lines: object[], version?: number) =>
    buyer.post(`${here()}/changes`, {
      version: version ?? (await rowVersion()),
      reason: 'Plans changed',
      lines,
    });
  const act = async (by: Visitor, no: number, name: string, form: Record<string, string> = {}) => {
    const row = (await changes())[no - 1];
    return by.post(`${here()}/changes/${row.id}/${name}`, { version: row.version, ...form });
  };

  describe('by the supplier’s answer by line', () => {
    beforeEach(() => start('sent'));

    it('accepts one line, rejects one and splits one, and the buyer takes both into version 2', async () => {
      const page = await supplier.get(`${here()}/response`).expect(200);
      expect(page.text).to.include('Answer the order by line');
      await respond([
        answer(0, '5'),
        answer(1, '7'),
        answer(2, '3', [
          ['12', '2026-04-01'],
          ['8', '2026-05-04'],
        ]),
      ]).then((res) => expect(res.status).to.equal(303));
      expect((await order()).state).to.equal('acknowledged');
      expect(await world.db('order_response').pluck('code')).to.deep.equal(['CA']);
      expect(await world.db('order_response_line').orderBy('code').pluck('code')).to.deep.equal([
        '3',
        '5',
        '7',
      ]);
      await world.drainJobs();
      expect(await versions()).to.have.length(1);
      const shown = await buyer.get(`${here()}/changes`).expect(200);
      expect(shown.text).to.include('Material is short').and.to.include('Accept all 2');
      expect((await buyer.get('/')).text).to.include('1 order with a proposal to answer');
      const taken = await buyer.post(`${here()}/changes/acceptance`, { version: await rowVersion() });
      expect(taken.status).to.equal(303);
      await world.drainJobs();
      const [first, second] = await versions();
      expect(second.version).to.equal(2);
      expect(second.sha256)
        .to.match(/^[\da-f]{64}$/)
        .and.not.to.equal(first.sha256);
      expect(second.document_id).to.be.a('string');
      expect(await order()).to.include({ current_version: 2, total_amount: '375.0000' });
      expect((await deliveries(2)).length).to.equal(0);
      expect((await deliveries(3)).map((one) => [one.quantity, one.due_on])).to.deep.equal([
        ['12.000000', '2026-04-01'],
        ['8.000000', '2026-05-04'],
      ]);
      expect(world.mails.filter((mail) => mail.subject.includes('version 2'))).to.have.length(1);
      const difference = await buyer.get(`${here()}/changes?from=1&to=2`).expect(200);
      expect(difference.text).to.include('Version 1 against version 2');
    });

    it('takes what is within tolerance by itself, and once a line only', async () => {
      await respond([answer(0, '3', [['10', '2026-04-02']]), answer(1, '5')]);
      await world.drainJobs();
      expect((await order()).current_version).to.equal(2);
      expect((await deliveries(1))[0].due_on).to.equal('2026-04-02');
      await respond([answer(0, '3', [['10', '2026-04-03']])]);
      await world.drainJobs();
      expect((await order()).current_version).to.equal(2);
      expect((await changes()).map((one) => one.state)).to.deep.equal(['applied', 'sent']);
    });

    it('waits for the buyer beyond tolerance; a refusal leaves the order as it is and tells the supplier why', async () => {
      await respond([answer(0, '3', [['10', '2026-04-01']], { unitPrice: '13' })]);
      await world.drainJobs();
      expect((await order()).current_version).to.equal(1);
      expect((await act(buyer, 1, 'refusal', { reason: '' })).status).to.equal(422);
      expect((await changes())[0].state).to.equal('sent');
      expect((await act(buyer, 1, 'refusal', { reason: 'The price is agreed' })).status).to.equal(303);
      expect((await changes())[0]).to.include({ state: 'rejected', decision_reason: 'The price is agreed' });
      expect((await supplier.get(`${here()}/changes`)).text).to.include('The price is agreed');
      expect(await versions()).to.have.length(1);
      expect((await act(buyer, 1, 'acceptance')).status).to.equal(422);
    });

    it('is countered by the buyer; the supplier answers the counter, and only then is there a version', async () => {
      await respond([
        answer(
          0,
          'back-order',
          [
            ['4', '2026-04-01'],
            ['6', ''],
          ],
          {},
        ),
        answer(1, 'substitute', [], { itemCode: 'BR-B', itemDescription: 'Bracket B, 7075-T6' }),
      ]).then((res) => expect(res.status, res.text).to.equal(303));
      await world.drainJobs();
      const shown = await buyer.get(`${here()}/changes`).expect(200);
      expect(shown.text).to.include('Back-ordered').and.to.include('Bracket B, 7075-T6');
      const path = `${here()}/changes/${(await changes())[0].id}/counter`;
      expect((await buyer.get(path)).text).to.include('Counter proposal 1');
      const counter = (dueOn: string, version = '1') =>
        buyer.post(path, {
          version,
          reason: 'We need the rest in April',
          lines: [
            {
              poLineId: lineId(0),
              unitPrice: '',
              deliveries: [
                { quantity: '4', dueOn: '2026-04-01' },
                { quantity: '6', dueOn },
              ],
            },
          ],
        });
      const same = await counter('');
      expect(same.status).to.equal(422);
      expect(same.text).to.include('what was proposed');
      expect((await changes()).map((one) => one.state)).to.deep.equal(['sent', 'sent']);
      expect((await counter('2026-04-20')).status).to.equal(303);
      expect((await counter('2026-04-21')).status).to.equal(409);
      expect((await act(supplier, 1, 'withdrawal')).status).to.equal(422);
      expect((await act(buyer, 2, 'acceptance')).status).to.equal(303);
      await world.drainJobs();
      expect((await order()).current_version).to.equal(2);
      expect((await supplier.get(`${here()}/changes`)).text).to.include('in answer to proposal 1');
      expect((await act(supplier, 3, 'acceptance')).status).to.equal(303);
      await world.drainJobs();
      expect((await changes()).map((one) => one.state)).to.deep.equal(['countered', 'applied', 'applied']);
      expect((await deliveries(1)).map((one) => [one.quantity, one.due_on])).to.deep.equal([
        ['4.000000', '2026-04-01'],
        ['6.000000', '2026-04-20'],
      ]);
      expect(
        (
          await world
            .db('po_line')
            .where({ id: lineId(1) })
            .first()
        ).item_code,
      ).to.equal('BR-B');
      expect((await buyer.get(`${here()}/changes?from=1&to=3`)).text).to.include('Bracket B, 7075-T6');
    });

    it('refuses a proposal without a reason and one that changes nothing, and leaves no trace', async () => {
      const without = await respond([answer(0, '7', [], { reason: '' })]);
      expect(without.status).to.equal(422);
      expect(without.text).to.include('Line 1: say why');
      expect((await respond([answer(0, '3', [['10', '2026-04-01']])])).status).to.equal(422);
      expect(await changes()).to.have.length(0);
      expect(await world.db('order_response')).to.have.length(0);
      expect((await order()).state).to.equal('sent');
    });

    it('shows both when a colleague answered meanwhile, and keeps the first answer', async () => {
      const version = await rowVersion();
      await respond([answer(0, '3', [['10', '2026-05-01']])], version);
      const late = await respond([answer(1, '3', [['4', '2026-06-06']])], version);
      expect(late.status).to.equal(409);
      expect(late.text).to.include('change_order.order-changed-meanwhile');
      expect(await changes()).to.have.length(1);
    });

    it('is not there for another supplier, nor for the supplier’s people who do not sell', async () => {
      const other = await world.as((await makeOrder(world)).supplierUser);
      expect((await other.get(`${here()}/changes`)).status).to.equal(404);
      expect(
        (await other.post(`${here()}/response`, { version: 1, lines: [answer(0, '5')] })).status,
      ).to.equal(404);
      const logistics = await world.as(await world.supplierUser(made.supplierId, 'supplier_logistics'));
      expect((await logistics.get(`${here()}/response`)).status).to.equal(404);
      expect((await logistics.get(`${here()}/changes`)).text).to.not.include('12.50');
      expect(await world.db('order_response').where({ order_id: made.order.id })).to.have.length(0);
    });

    it('goes to approvers, too, when the buyer leaves a proposal without an answer', async () => {
      const approver = await world.staff('approver');
      await respond([answer(0, '3', [['10', '2026-06-01']])]);
      for (let week = 0; week < 3; week += 1) {
        world.setNow(new Date(world.now().getTime() + 7 * 86_400_000).toISOString());
        await world.runInTx(system('clock'), passTimeOnAnswers);
      }
      await world.drainJobs();
      const told = await world.db('notification').where({ template: 'order-answer-due' }).pluck('user_id');
      expect(told.filter((id) => id === made.buyer.userId)).to.have.length(2);
      expect(told.filter((id) => id === approver.userId)).to.have.length(1);
      expect((await changes())[0].state).to.equal('sent');
    });

    it('is reminded of, then taken to the buyer; silence changes nothing', async () => {
      const later = async (days: number): Promise<void> => {
        world.setNow(new Date(world.now().getTime() + days * 86_400_000).toISOString());
        await world.runInTx(system('clock'), passTimeOnAnswers);
        await world.runInTx(system('clock'), passTimeOnAnswers);
      };
      await later(7);
      await later(7);
      await later(7);
      await world.drainJobs();
      const acts = await world.db('event').whereLike('action', 'purchase_order.answer-%').orderBy('position');
      expect(acts.map((one) => one.action)).to.deep.equal([
        'purchase_order.answer-reminded',
        'purchase_order.answer-escalated',
      ]);
      expect((await order()).state).to.equal('sent');
      const told = world.mails.filter((mail) => mail.subject.includes('no answer yet'));
      expect(told).to.have.length(2);
    });
  });

  describe('by the buyer after it was acknowledged', () => {
    beforeEach(() => start('acknowledged'));
    const wanted = (index: number, rows: Row[], unitPrice = '12.5') => ({
      poLineId: lineId(index),
      unitPrice,
      deliveries: rows.map(([quantity, dueOn]) => ({ quantity, dueOn })),
    });
    const receive = (quantity: string) =>
      world.runInTx(system('test'), (ctx) =>
        addReceived(ctx, made.order.id, [{ poLineId: lineId(0), quantity }]),
      );

    it('becomes version 2 when the supplier agrees, and not before', async () => {
      expect((await buyer.get(`${here()}/changes/new`)).text).to.include('Change the order');
      expect((await change([wanted(0, [['15', '2026-04-01']])])).status).to.equal(303);
      await world.drainJobs();
      expect((await order()).current_version).to.equal(1);
      expect((await act(buyer, 1, 'acceptance')).status).to.equal(422);
      expect((await act(supplier, 1, 'acceptance')).status).to.equal(303);
      await world.drainJobs();
      expect(await order()).to.include({ current_version: 2, total_amount: '487.5000' });
      expect((await changes())[0]).to.include({ state: 'applied', applied_version: 2 });
    });

    it('never orders less than was received, and leaves no trace', async () => {
      await receive('6');
      const res = await change([wanted(0, [['5', '2026-04-01']])]);
      expect(res.status).to.equal(422);
      expect(res.text).to.include('Line 1: 6 are shipped, received or invoiced already');
      expect(await changes()).to.have.length(0);
      expect((await order()).current_version).to.equal(1);
    });

    it('is overtaken when more arrived before the supplier agreed; what arrived stays', async () => {
      await change([wanted(0, [['5', '2026-04-01']])]);
      await receive('6');
      expect((await act(supplier, 1, 'acceptance')).status).to.equal(422);
      expect((await changes())[0].state).to.equal('sent');
      expect((await deliveries(1))[0]).to.include({ quantity: '10.000000', received_quantity: '6.000000' });
    });

    it('refuses two people editing one order: the second sees what the first did', async () => {
      const version = await rowVersion();
      await change([wanted(0, [['15', '2026-04-01']])], version);
      const late = await change([wanted(1, [['7', '2026-04-09']])], version);
      expect(late.status).to.equal(409);
      expect(late.text).to.include('2026-04-09');
      expect(await changes()).to.have.length(1);
    });

    it('cancels the order when the supplier agrees and nothing has moved', async () => {
      await buyer.post(`${here()}/cancellation`, { version: await rowVersion(), reason: 'Project stopped' });
      expect((await act(supplier, 1, 'acceptance')).status).to.equal(303);
      await world.drainJobs();
      expect(await order()).to.include({ state: 'cancelled', total_amount: '0.0000' });
      expect((await supplier.get(here())).status).to.equal(200);
      expect((await supplier.get('/orders')).status).to.equal(200);
    });

    it('has the tables refuse deliveries that do not add up', async () => {
      const refusal = await world
        .db('po_line')
        .where({ id: lineId(0) })
        .update({ quantity: 3 })
        .catch((error: unknown) => String(error));
      expect(refusal).to.include('do not add up');
    });
  });
});
