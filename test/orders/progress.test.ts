import { expect } from 'chai';
import fc from 'fast-check';
import { system } from '../../src/kernel/actor.ts';
import { AppError } from '../../src/kernel/errors.ts';
import {
  addInvoiced,
  addReceived,
  addShipped,
  closeOrderWhenDone,
  findOrder,
  findOrderLines,
} from '../../src/orders/index.ts';
import { stateOf } from '../../src/orders/purchase-order.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('booking on an order', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());
  const book = (act: typeof addShipped, orderId: string, changes: { poLineId: string; quantity: string }[]) =>
    world.runInTx(system('test'), (ctx) => act(ctx, orderId, changes));
  const refusal = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'allowed',
      (error) => (error instanceof AppError ? error.code : String(error)),
    );
  const read = (orderId: string) =>
    world.runInTx(system('test'), async (ctx) => ({
      order: await findOrder(ctx, orderId),
      lines: await findOrderLines(ctx, orderId),
    }));

  it('goes from acknowledged to closed by what was booked, and records each step', async () => {
    const { order, lines } = await makeOrder(world, { lines: [{ quantity: '10' }] });
    const [line] = lines;
    const some = (quantity: string) => [{ poLineId: line?.id ?? '', quantity }];
    expect(await book(addShipped, order.id, some('6'))).to.equal('open');
    expect(await book(addReceived, order.id, some('6'))).to.equal('part_received');
    expect(await book(addInvoiced, order.id, some('6'))).to.equal('part_received');
    expect(await book(addReceived, order.id, some('4'))).to.equal('part_invoiced');
    expect((await read(order.id)).order?.nextDueOn).to.equal(null);
    expect(await book(addInvoiced, order.id, some('4'))).to.equal('invoiced');
    await world.runInTx(system('test'), (ctx) => closeOrderWhenDone(ctx, order.id));
    await world.runInTx(system('test'), (ctx) => closeOrderWhenDone(ctx, order.id));
    expect((await read(order.id)).order?.state).to.equal('closed');
    const acts = await world.db('event').where({ subject_id: order.id }).orderBy('position');
    expect(acts.slice(3).map((act) => `${act.from_state}>${act.to_state}`)).to.deep.equal([
      'acknowledged>open',
      'open>part_received',
      'part_received>part_invoiced',
      'part_invoiced>invoiced',
      'invoiced>closed',
    ]);
    expect(await refusal(book(addReceived, order.id, some('-1')))).to.equal('purchase_order.is-closed');
  });

  it('does not close an order of which something is still to come', async () => {
    const { order } = await makeOrder(world);
    await world.runInTx(system('test'), (ctx) => closeOrderWhenDone(ctx, order.id));
    expect((await read(order.id)).order?.state).to.equal('acknowledged');
  });

  it('refuses an over-receipt of one line and books nothing of the others', async () => {
    const { order, lines } = await makeOrder(world);
    const changes = [
      { poLineId: lines[0]?.id ?? '', quantity: '1' },
      { poLineId: lines[1]?.id ?? '', quantity: '4.000001' },
    ];
    const acts = await world.db('event').where({ subject_id: order.id });
    expect(await refusal(book(addReceived, order.id, changes))).to.equal(
      'po_line.received-more-than-ordered',
    );
    const after = await read(order.id);
    expect(after.lines).to.deep.equal(lines);
    expect(after.order).to.deep.equal(order);
    expect(await world.db('event').where({ subject_id: order.id })).to.have.length(acts.length);
  });

  it('has the tables refuse what would get past the rules', async () => {
    const { lines } = await makeOrder(world);
    const set = (change: object) =>
      world
        .db('po_schedule')
        .where({ po_line_id: lines[0]?.id })
        .update(change)
        .then(
          () => 'written',
          (error) => error.code,
        );
    expect(await set({ received_quantity: '10.000001' })).to.equal('23514');
    expect(await set({ invoiced_quantity: '1' })).to.equal('23514');
    expect(await set({ shipped_quantity: '11' })).to.equal('23514');
  });

  it('announces nothing before the supplier has acknowledged, but receives what stands at the gate', async () => {
    const { order, lines } = await makeOrder(world, { state: 'sent' });
    const one = [{ poLineId: lines[0]?.id ?? '', quantity: '1' }];
    expect(await refusal(book(addShipped, order.id, one))).to.equal('purchase_order.not-acknowledged');
    expect(await book(addReceived, order.id, one)).to.equal('part_received');
    expect(await book(addReceived, order.id, [{ poLineId: lines[0]?.id ?? '', quantity: '-1' }])).to.equal(
      'sent',
    );
  });

  it('books nothing on an order that was not sent', async () => {
    const { order, lines } = await makeOrder(world, { state: 'approved' });
    const one = [{ poLineId: lines[0]?.id ?? '', quantity: '1' }];
    expect(await refusal(book(addReceived, order.id, one))).to.equal('purchase_order.not-sent-yet');
    expect((await read(order.id)).lines).to.deep.equal(lines);
  });

  it('lets two receipts at the same time not receive more than was ordered', async () => {
    const { order, lines } = await makeOrder(world);
    const most = [{ poLineId: lines[0]?.id ?? '', quantity: '6' }];
    const outcomes = await Promise.all([1, 2, 3].map(() => refusal(book(addReceived, order.id, most))));
    expect(outcomes.toSorted()).to.deep.equal([
      'allowed',
      'po_line.received-more-than-ordered',
      'po_line.received-more-than-ordered',
    ]);
    expect((await read(order.id)).lines[0]?.receivedQuantity).to.equal('6.000000');
  });

  it('is not found for another supplier', async () => {
    const { order, lines } = await makeOrder(world);
    const other = await makeOrder(world);
    const act = world.runInTx(other.supplierUser, (ctx) =>
      addShipped(ctx, order.id, [{ poLineId: lines[0]?.id ?? '', quantity: '1' }]),
    );
    expect(await refusal(act)).to.equal('purchase_order.not-found');
    expect((await read(order.id)).lines).to.deep.equal(lines);
  });

  it('has the derived state after any sequence of bookings', async () => {
    const { order, lines } = await makeOrder(world);
    const booking = fc.record({
      act: fc.constantFrom(addShipped, addReceived, addInvoiced),
      line: fc.constantFrom(0, 1),
      quantity: fc.constantFrom('-2.5', '-1', '1', '2.5', '4', '10'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(booking, { maxLength: 8 }), async (bookings) => {
        for (const { act, line, quantity } of bookings)
          await refusal(book(act, order.id, [{ poLineId: lines[line]?.id ?? '', quantity }]));
        const after = await read(order.id);
        if (after.order === undefined) throw new Error('The order is gone');
        expect(after.order.state).to.equal(
          stateOf({ state: 'acknowledged', acknowledgedAt: world.now() }, after.lines),
        );
      }),
      { numRuns: 25 },
    );
  });
});
