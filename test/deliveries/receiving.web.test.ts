import { expect } from 'chai';
import { receiptsOfOrder, receivedQuantities } from '../../src/deliveries/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { findOrderLines } from '../../src/orders/index.ts';
import { makeDespatch, makeReceipt } from '../support/factories/deliveries.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

type Row = { quantity: string; shortfallReason?: string };

describe('receiving goods', () => {
  let world: World;
  let made: MadeOrder;
  let receiver: Actor;
  let visitor: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeOrder(world);
    receiver = await world.staff('receiver');
    visitor = await world.as(receiver);
  });
  afterEach(() => world.close());

  const form = (rows: readonly Row[], over: object = {}) => ({
    idempotencyKey: newId(),
    receivedOn: '2026-03-02',
    note: '',
    lines: rows.map((row, index) => ({ poLineId: made.lines[index]?.id ?? '', shortfallReason: '', ...row })),
    ...over,
  });
  const onOrder = (by: Visitor, rows: readonly Row[], over: object = {}) =>
    by.post(`/orders/${made.order.id}/receipts`, form(rows, over));
  const schedules = async () =>
    (
      await world
        .db('po_schedule')
        .join('po_line', 'po_line.id', 'po_schedule.po_line_id')
        .where('po_line.order_id', made.order.id)
        .orderBy('po_line.line_no')
        .select('shipped_quantity as shipped', 'received_quantity as received')
    ).map((row) => [Number(row.shipped), Number(row.received)]);
  const orderState = async (): Promise<string> =>
    (await world.db('purchase_order').where({ id: made.order.id }).first()).state;
  const despatchState = async (id: string): Promise<string> =>
    (await world.db('despatch_advice').where({ id }).first()).state;
  const expectNoTrace = async (): Promise<void> => {
    expect(await world.db('goods_receipt')).to.have.length(0);
    expect(await world.db('goods_receipt_line')).to.have.length(0);
    expect(await world.db('event').where({ action: 'goods_receipt.posted' })).to.have.length(0);
    expect(await world.db('event').where({ action: 'despatch_advice.received' })).to.have.length(0);
    expect(await world.db('reference_counter').where({ prefix: 'GR' })).to.have.length(0);
    expect((await schedules()).map(([, received]) => received)).to.deep.equal([0, 0]);
  };

  describe('that were announced', () => {
    let despatchId: string;
    const post = (by: Visitor, rows: readonly Row[], over: object = {}) =>
      by.post(`/despatches/${despatchId}/receipt`, form(rows, over));
    beforeEach(async () => {
      despatchId = (await makeDespatch(world, made, { quantities: ['6', '4'] })).id;
    });

    it('is prefilled with the announced quantities and today at the plant', async () => {
      // Already 3 March in Qingdao.
      world.setNow('2026-03-02T16:30:00Z');
      const page = await (await world.as(receiver)).get(`/despatches/${despatchId}/receipt/new`).expect(200);
      expect(page.text)
        .to.match(/name="lines\[0\]\[quantity\]"[^>]* value="6"/)
        .and.to.match(/name="lines\[1\]\[quantity\]"[^>]* value="4"/)
        .and.to.include('value="2026-03-03"');
    });

    it('posts what came as announced, and says so to both sides', async () => {
      const res = await post(visitor, [{ quantity: '6' }, { quantity: '4' }]).expect(303);
      const [receipt] = await world.db('goods_receipt');
      expect(receipt).to.include({
        reference: 'GR-2026-0001',
        state: 'posted',
        order_id: made.order.id,
        despatch_advice_id: despatchId,
        supplier_id: made.supplierId,
        received_on: '2026-03-02',
        posted_by: receiver.userId,
      });
      expect(res.headers['location']).to.equal(`/receipts/${receipt.id}`);
      expect(await despatchState(despatchId)).to.equal('received');
      expect(await schedules()).to.deep.equal([
        [6, 6],
        [4, 4],
      ]);
      expect(await orderState()).to.equal('part_received');
      const supplier = await world.as(made.supplierUser);
      const page = await supplier.get(`/receipts/${receipt.id}`).expect(200);
      expect(page.text).to.include('GR-2026-0001').and.to.include(`/receipts/${receipt.id}/invoice/new`);
      expect((await visitor.get(`/receipts/${receipt.id}`).expect(200)).text).not.to.include('/invoice/new');
      const delivery = await supplier.get(`/despatches/${despatchId}`).expect(200);
      expect(delivery.text).to.include('As announced').and.to.include('GR-2026-0001');
    });

    it('posts a short line with its reason, opens what is missing, and tells the supplier and the buyer', async () => {
      await post(visitor, [
        { quantity: '5', shortfallReason: 'Damaged in transit' },
        { quantity: '4' },
      ]).expect(303);
      expect(await despatchState(despatchId)).to.equal('part_received');
      expect(await schedules(), 'what did not come is not under way any more').to.deep.equal([
        [5, 5],
        [4, 4],
      ]);
      const [receipt] = await world.db('goods_receipt');
      const page = await visitor.get(`/receipts/${receipt.id}`).expect(200);
      expect(page.text).to.include('data-short="1"').and.to.include('Damaged in transit');
      const supplier = await world.as(made.supplierUser);
      const open = await supplier.get(`/orders/${made.order.id}/despatches/new`).expect(200);
      expect(open.text).to.match(/name="lines\[0\]\[quantity\]"[^>]* value="5"/);
      await world.drainJobs();
      const told = world.mails.filter((mail) => mail.text.includes('Damaged in transit'));
      const addresses = await world
        .db('user_account')
        .whereIn('id', [made.supplierUser.userId, made.buyer.userId])
        .pluck('email');
      expect(told.map((mail) => mail.to.address)).to.have.members(addresses);
      expect(told[0]?.text).to.include('5 / 6');
    });

    it('takes more than was announced up to the order, and counts it as announced', async () => {
      await post(visitor, [{ quantity: '10' }, { quantity: '4' }]).expect(303);
      expect(await schedules()).to.deep.equal([
        [10, 10],
        [4, 4],
      ]);
      expect(await orderState()).to.equal('received');
    });

    it('takes another line of the order that came along', async () => {
      await world.db('despatch_line').where({ po_line_id: made.lines[1]?.id }).del();
      await post(visitor, [{ quantity: '6' }, { quantity: '1' }]).expect(303);
      const lines = await world.db('goods_receipt_line').where({ po_line_id: made.lines[1]?.id });
      expect(lines.map((line) => [Number(line.quantity), line.announced_quantity])).to.deep.equal([
        [1, null],
      ]);
    });

    it('leaves what other deliveries have under way as it is', async () => {
      const second = await makeDespatch(world, made, { quantities: ['4', '0'] });
      await post(visitor, [{ quantity: '8' }, { quantity: '4' }]).expect(303);
      expect(await schedules(), '8 arrived, and of the 4 under way only 2 have room').to.deep.equal([
        [10, 8],
        [4, 4],
      ]);
      const refused = await visitor
        .post(`/despatches/${second.id}/receipt`, form([{ quantity: '4' }]))
        .expect(422);
      expect(refused.text).to.match(/at most 2 can be received: 10 were ordered in all/i);
      await visitor
        .post(
          `/despatches/${second.id}/receipt`,
          form([{ quantity: '2', shortfallReason: 'Refused at the gate' }]),
        )
        .expect(303);
      expect(await orderState()).to.equal('received');
    });

    it('posts once, however often the form is sent', async () => {
      const typed = form([{ quantity: '6' }, { quantity: '4' }]);
      const path = `/despatches/${despatchId}/receipt`;
      const answers = await Promise.all([visitor.post(path, typed), visitor.post(path, typed)]);
      answers.push(await visitor.post(path, typed));
      expect(answers.map((answer) => answer.status)).to.deep.equal([303, 303, 303]);
      expect(new Set(answers.map((answer) => answer.headers['location'])).size).to.equal(1);
      expect(await world.db('goods_receipt')).to.have.length(1);
      expect(await world.db('event').where({ action: 'goods_receipt.posted' })).to.have.length(1);
      expect((await schedules())[0]).to.deep.equal([6, 6]);
    });

    it('lets one of two receivers post the same delivery, and tells the other so', async () => {
      const colleague = await world.as(await world.staff('receiver'));
      const rows = [{ quantity: '6' }, { quantity: '4' }];
      const answers = await Promise.all([post(visitor, rows), post(colleague, rows)]);
      expect(answers.map((answer) => answer.status)).to.have.members([303, 422]);
      const refused = answers.find((answer) => answer.status === 422);
      expect(refused?.text)
        .to.include('data-code="despatch_advice.cannot-receive"')
        .and.to.include('This delivery is settled');
      expect(await world.db('goods_receipt')).to.have.length(1);
      expect(await world.db('event').where({ action: 'despatch_advice.received' })).to.have.length(1);
      expect((await schedules())[0]).to.deep.equal([6, 6]);
    });

    it('lets a receipt and a cancellation at the same time not both happen', async () => {
      const supplier = await world.as(made.supplierUser);
      const answers = await Promise.all([
        post(visitor, [{ quantity: '6' }, { quantity: '4' }]),
        supplier.post(`/despatches/${despatchId}/cancellation`, { reason: 'Truck broke down' }),
      ]);
      expect(answers.map((answer) => answer.status)).to.have.members([303, 422]);
      const isReceived = (await despatchState(despatchId)) === 'received';
      expect((await schedules())[0]).to.deep.equal(isReceived ? [6, 6] : [0, 0]);
      expect(await world.db('goods_receipt')).to.have.length(isReceived ? 1 : 0);
    });

    const refusals = [
      {
        says: 'a line over the order, at its field, keeping what was typed',
        rows: [{ quantity: '10.5' }, { quantity: '4' }],
        code: 'goods_receipt.more-than-ordered',
        field: '#field-lines-0-quantity',
      },
      {
        says: 'a short line without a reason, at its field',
        rows: [{ quantity: '5' }, { quantity: '4' }],
        code: 'goods_receipt.short-without-reason',
        field: '#field-lines-0-shortfallReason',
      },
      {
        says: 'an emptied field without a reason, because nothing came of what was announced',
        rows: [{ quantity: '' }, { quantity: '4' }],
        code: 'goods_receipt.short-without-reason',
        field: '#field-lines-0-shortfallReason',
      },
      {
        says: 'a receipt of nothing',
        rows: [
          { quantity: '0', shortfallReason: 'Lost' },
          { quantity: '0', shortfallReason: 'Lost' },
        ],
        code: 'goods_receipt.nothing-received',
      },
      {
        says: 'a form that forgets a line',
        rows: [{ quantity: '6' }],
        code: 'goods_receipt.line-not-counted',
      },
      {
        says: 'what is no number',
        rows: [{ quantity: 'six' }, { quantity: '4' }],
        code: 'form.invalid-number',
      },
      {
        says: 'a day that has not come at the plant',
        rows: [{ quantity: '6' }, { quantity: '4' }],
        over: { receivedOn: '2026-03-03' },
        code: 'goods_receipt.received-in-future',
        field: '#field-receivedOn',
      },
      {
        says: 'a day before the order',
        rows: [{ quantity: '6' }, { quantity: '4' }],
        over: { receivedOn: '2026-03-01' },
        code: 'goods_receipt.received-before-order',
        field: '#field-receivedOn',
      },
    ];
    for (const { says, rows, over = {}, code, field } of refusals)
      it(`refuses ${says}`, async () => {
        const res = await post(visitor, rows, { note: 'typed with care', ...over }).expect(422);
        expect(res.text).to.include(`data-code="${code}"`).and.to.include('typed with care');
        if (field !== undefined)
          expect(res.text)
            .to.include(`href="${field}"`)
            .and.to.include(`id="${field.slice(1)}`);
        expect(await despatchState(despatchId)).to.equal('submitted');
        await expectNoTrace();
      });

    it('is for receivers: not for the buyer, not for the supplier', async () => {
      const rows = [{ quantity: '6' }, { quantity: '4' }];
      await post(await world.as(made.buyer), rows).expect(403);
      await post(await world.as(made.supplierUser), rows).expect(404);
      await expectNoTrace();
    });

    it('waits on the receiver’s home page from its day on, urgently when it is late', async () => {
      const home = async (): Promise<string> => (await (await world.as(receiver)).get('/').expect(200)).text;
      world.setNow('2026-03-04T15:59:59Z');
      expect(await home()).not.to.include('expected until today');
      world.setNow('2026-03-04T16:00:00Z');
      expect(await home(), '5 March at the plant')
        .to.include('1 delivery expected until today')
        .and.not.to.include('bg-red');
      world.setNow('2026-03-05T16:00:00Z');
      expect(await home()).to.include('bg-red');
    });
  });

  describe('that nobody announced', () => {
    it('starts empty and posts what was counted', async () => {
      const page = await visitor.get(`/orders/${made.order.id}/receipts/new`).expect(200);
      expect(page.text).to.match(/name="lines\[0\]\[quantity\]"[^>]* value=""/);
      await onOrder(visitor, [{ quantity: '7' }, { quantity: '' }]).expect(303);
      expect(await schedules()).to.deep.equal([
        [7, 7],
        [0, 0],
      ]);
      const lines = await world.db('goods_receipt_line');
      expect(lines.map((line) => [Number(line.quantity), line.announced_quantity])).to.deep.equal([
        [7, null],
      ]);
    });

    it('receives what stands at the gate before the supplier has answered, and does not have it announced again', async () => {
      made = await makeOrder(world, { state: 'sent', supplierUser: made.supplierUser });
      await onOrder(visitor, [{ quantity: '6' }, { quantity: '' }]).expect(303);
      expect((await schedules())[0]).to.deep.equal([6, 6]);
      const supplier = await world.as(made.supplierUser);
      const rest = await supplier.get(`/orders/${made.order.id}/despatches/new`).expect(200);
      expect(rest.text).to.match(/name="lines\[0\]\[quantity\]"[^>]* value="4"/);
    });

    it('posts once, however often the form is sent', async () => {
      const typed = form([{ quantity: '7' }]);
      const path = `/orders/${made.order.id}/receipts`;
      const answers = await Promise.all([visitor.post(path, typed), visitor.post(path, typed)]);
      expect(answers.map((answer) => answer.status)).to.deep.equal([303, 303]);
      expect(await world.db('goods_receipt')).to.have.length(1);
      expect((await schedules())[0]).to.deep.equal([7, 7]);
    });

    it('does not take the form of one order for another', async () => {
      const typed = form([{ quantity: '1' }]);
      await visitor.post(`/orders/${made.order.id}/receipts`, typed).expect(303);
      const other = await makeOrder(world, { supplierUser: made.supplierUser });
      const res = await visitor.post(`/orders/${other.order.id}/receipts`, typed).expect(409);
      expect(res.text).to.include('data-code="goods_receipt.form-used-already"');
      expect(await world.db('goods_receipt').where({ order_id: other.order.id })).to.have.length(0);
    });

    it('refuses more than was ordered', async () => {
      const res = await onOrder(visitor, [{ quantity: '10' }, { quantity: '4.000001' }]).expect(422);
      expect(res.text)
        .to.include('href="#field-lines-1-quantity"')
        .and.to.match(/at most 4 can be received/i);
      await expectNoTrace();
    });

    it('refuses an order that was not sent, and one of which nothing is open', async () => {
      const full = made;
      await makeReceipt(world, full, { receiver });
      const page = await visitor.get(`/orders/${full.order.id}/receipts/new`).expect(200);
      expect(page.text).to.include('There is nothing left to receive');
      await onOrder(visitor, [{ quantity: '1' }]).expect(422);
      expect(await world.db('goods_receipt')).to.have.length(1);
      made = await makeOrder(world, { state: 'approved' });
      const early = await onOrder(visitor, [{ quantity: '1' }]).expect(422);
      expect(early.text).to.include('data-code="purchase_order.not-sent-yet"');
      expect(await world.db('goods_receipt').where({ order_id: made.order.id })).to.have.length(0);
    });
  });

  it('has receipts that add up to what the order says was received', async () => {
    const first = await makeReceipt(world, made, { receiver, announced: ['6', '4'], quantities: ['5', '4'] });
    const second = await makeReceipt(world, made, { receiver, quantities: ['2.5', '0'] });
    const { receipts, sums, lines } = await world.runInTx(made.buyer, async (ctx) => ({
      receipts: await receiptsOfOrder(ctx, made.order.id),
      sums: await receivedQuantities(ctx, made.order.id),
      lines: await findOrderLines(ctx, made.order.id),
    }));
    expect(receipts).to.deep.equal([first.receipt, second.receipt]);
    expect(sums).to.have.deep.members(
      lines.map((line) => ({ poLineId: line.id, quantity: line.receivedQuantity })),
    );
    const other = (await makeOrder(world)).supplierUser;
    expect(await world.runInTx(other, (ctx) => receiptsOfOrder(ctx, made.order.id))).to.deep.equal([]);
  });

  it('shows a receipt to its own supplier only, and nobody a malformed id', async () => {
    const { receipt } = await makeReceipt(world, made, { receiver });
    const other = await world.as((await makeOrder(world)).supplierUser);
    for (const path of [
      `/receipts/${receipt.id}`,
      `/orders/${made.order.id}/deliveries`,
      '/receipts/nonsense',
    ])
      await other.get(path).expect(404);
    await (await world.as(await world.staff('requester'))).get(`/receipts/${receipt.id}`).expect(403);
    await (await world.as(await world.staff('auditor'))).get(`/receipts/${receipt.id}`).expect(200);
  });
});
