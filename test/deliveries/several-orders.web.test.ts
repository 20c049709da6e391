import { expect } from 'chai';
import { newId } from '../../src/kernel/id.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('one delivery for several orders', () => {
  let world: World;
  let first: MadeOrder;
  let second: MadeOrder;
  let stranger: MadeOrder;
  let supplier: Visitor;
  let receiver: Visitor;
  before(async () => {
    world = await makeWorld();
    first = await makeOrder(world);
    second = await makeOrder(world, { supplierUser: first.supplierUser, lines: [{ quantity: '8' }] });
    stranger = await makeOrder(world);
    supplier = await world.as(first.supplierUser);
    receiver = await world.as(await world.staff('receiver'));
  });
  after(() => world.close());

  const lineOf = (made: MadeOrder, index = 0): string => made.lines[index]?.id ?? '';
  const announce = (rows: readonly [string, string][], over: object = {}) =>
    supplier.post(`/orders/${first.order.id}/despatches`, {
      idempotencyKey: newId(),
      despatchedOn: '2026-03-02',
      expectedOn: '2026-03-04',
      lines: rows.map(([poLineId, quantity]) => ({ poLineId, quantity })),
      ...over,
    });
  const moved = async (made: MadeOrder): Promise<[number, number][]> =>
    (
      await world
        .db('po_schedule')
        .join('po_line', 'po_line.id', 'po_schedule.po_line_id')
        .where('po_line.order_id', made.order.id)
        .orderBy('po_line.line_no')
    ).map((row) => [Number(row.shipped_quantity), Number(row.received_quantity)]);
  const stateOf = async (made: MadeOrder): Promise<string> =>
    (await world.db('purchase_order').where({ id: made.order.id }).first()).state;
  const newest = async () => world.db('despatch_advice').orderBy('id', 'desc').first();
  const receive = async (rows: readonly [string, string, string?][], key = newId()) =>
    receiver.post(`/despatches/${(await newest()).id}/receipt`, {
      idempotencyKey: key,
      receivedOn: '2026-03-02',
      note: '',
      lines: rows.map(([poLineId, quantity, shortfallReason = '']) => ({
        poLineId,
        quantity,
        shortfallReason,
      })),
    });

  it('offers the supplier its other orders to the plant, and nobody else’s', async () => {
    const page = await supplier.get(`/orders/${first.order.id}/despatches/new`).expect(200);
    expect(page.text)
      .to.include(`data-other="${second.order.reference}"`)
      .and.not.to.include(stranger.order.reference);
  });

  it('refuses a line of another supplier, of another plant, and too much, without a trace', async () => {
    await announce([
      [lineOf(first), '1'],
      [lineOf(stranger), '1'],
    ]).expect(404);
    await world.db('plant').insert({
      code: 'NB02',
      id: newId(),
      name_en: 'Ningbo',
      name_zh: '宁波',
      address_lines: [],
      time_zone: 'Asia/Shanghai',
    });
    await world.db('purchase_order').where({ id: second.order.id }).update({ plant_code: 'NB02' });
    const rows: [string, string][] = [
      [lineOf(first), '1'],
      [lineOf(second), '1'],
    ];
    expect((await announce(rows).expect(422)).text).to.include('A delivery goes to one plant');
    await world.db('purchase_order').where({ id: second.order.id }).update({ plant_code: 'QD01' });
    const tooMuch = await announce([
      [lineOf(first), '1'],
      [lineOf(second), '9'],
    ]).expect(422);
    expect(tooMuch.text).to.include('At most 8 can still be announced').and.to.include('value="9"');
    expect(await world.db('despatch_advice')).to.have.length(0);
    expect([...(await moved(first)), ...(await moved(second))].flat()).to.deep.equal([0, 0, 0, 0, 0, 0]);
  });

  it('is under way for each of them, and free again for each when it is taken back', async () => {
    await announce([
      [lineOf(first), '6'],
      [lineOf(second), '5'],
    ]).expect(303);
    expect([await moved(first), await moved(second)]).to.deep.equal([
      [
        [6, 0],
        [0, 0],
      ],
      [[5, 0]],
    ]);
    const { id, reference } = await newest();
    expect((await supplier.get(`/orders/${second.order.id}/deliveries`).expect(200)).text).to.include(
      reference,
    );
    await supplier.post(`/despatches/${id}/cancellation`, { reason: 'Broken truck' }).expect(303);
    expect([...(await moved(first)), ...(await moved(second))].flat()).to.deep.equal([0, 0, 0, 0, 0, 0]);
    expect([await stateOf(first), await stateOf(second)]).to.deep.equal(['acknowledged', 'acknowledged']);
    await world.drainJobs();
    const { email } = await world.db('user_account').where({ id: second.buyer.userId }).first('email');
    expect(world.mails.some((mail) => mail.to.address === email && mail.text.includes(reference))).to.equal(
      true,
    );
  });

  it('is received in one act by line, with a receipt for each order; a refused line leaves no trace', async () => {
    await announce([
      [lineOf(first), '6'],
      [lineOf(first, 1), '4'],
      [lineOf(second), '5'],
    ]).expect(303);
    const form = await receiver.get(`/despatches/${(await newest()).id}/receipt/new`).expect(200);
    expect(form.text).to.include(first.order.reference).and.to.include(second.order.reference);
    const short = await receive([
      [lineOf(first), '6'],
      [lineOf(first, 1), '4'],
      [lineOf(second), '3'],
    ]);
    expect(short.status).to.equal(422);
    expect(short.text).to.include('id="field-lines-2-shortfallReason-error"');
    const uncounted = await receive([[lineOf(second), '5']]);
    expect(uncounted.status).to.equal(422);
    expect(await world.db('goods_receipt')).to.have.length(0);
    expect((await moved(second)).flat()).to.deep.equal([5, 0]);

    const key = newId();
    const rows: [string, string, string?][] = [
      [lineOf(first), '6'],
      [lineOf(first, 1), '4'],
      [lineOf(second), '3', 'Damaged in transit'],
    ];
    const done = await receive(rows, key);
    expect(done.status).to.equal(303);
    const receipts = await world.db('goods_receipt').orderBy('reference');
    expect(receipts.map((receipt) => receipt.order_id)).to.have.members([first.order.id, second.order.id]);
    expect((await newest()).state).to.equal('part_received');
    expect([await moved(first), await moved(second)]).to.deep.equal([
      [
        [6, 6],
        [4, 4],
      ],
      [[3, 3]],
    ]);
    expect([await stateOf(first), await stateOf(second)]).to.deep.equal(['part_received', 'part_received']);
    expect((await receive(rows, key)).headers['location'], 'the same form posts once').to.equal(
      done.headers['location'],
    );
    expect(await world.db('goods_receipt')).to.have.length(2);
    const page = await supplier.get(`/despatches/${(await newest()).id}`).expect(200);
    for (const receipt of receipts) expect(page.text).to.include(receipt.reference);
  });

  it('can bring nothing of one of them, with a reason, and nothing at all is no receipt', async () => {
    await announce([
      [lineOf(first), '4'],
      [lineOf(second), '5'],
    ]).expect(303);
    const none = await receive([
      [lineOf(first), '0', 'Lost'],
      [lineOf(second), '0', 'Lost'],
    ]);
    expect(none.text).to.include('there is nothing to post');
    const some = await receive([
      [lineOf(first), '0', 'Lost'],
      [lineOf(second), '5'],
    ]);
    expect(some.status).to.equal(303);
    expect([await stateOf(first), await stateOf(second)]).to.deep.equal(['part_received', 'received']);
  });
});
