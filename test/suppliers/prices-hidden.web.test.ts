import { expect } from 'chai';
import { makeApp } from '../../src/app.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { findOrder, findOrderLines } from '../../src/orders/index.ts';
import { listOrders } from '../../src/orders/order-list.service.ts';
import { makeDespatch, makeReceipt } from '../support/factories/deliveries.ts';
import { makeInvoice } from '../support/factories/invoices.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { crashesOnly } from '../support/log.ts';
import { makeWorld, ORIGIN, type Visitor, type World } from '../support/world.ts';

/** A price of its own, and what 10, 4 and 14 pieces cost at it: digits in a row that nothing else has by chance. */
const PRICE = '7919.3774';
const DIGITS = ['79193774', '7919377', '3167751', '11087128'];
const bare = (text: string): string => text.replaceAll(/[\s,.'’]/g, '');
const saysPrice = (text: string): boolean => DIGITS.some((digits) => bare(text).includes(digits));

describe('prices hidden from whoever only packs and sends', () => {
  let world: World;
  let made: MadeOrder;
  let packer: Actor;
  let warehouse: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeOrder(world, {
      lines: [{ unitPrice: PRICE }, { quantity: '4', unitPrice: PRICE }],
      state: 'approved',
    });
    packer = await world.supplierUser(made.supplierId, 'supplier_logistics');
    warehouse = await world.as(packer);
    await world.drainJobs();
  });
  afterEach(() => world.close());

  /** Every page and file the portal has, with the ids of everything this test made in the place of its parameters. */
  async function everythingReachable(visitor: Visitor): Promise<{ path: string; text: string }[]> {
    const { routes } = makeApp(world.house, { origin: ORIGIN, trustProxy: 0, log: crashesOnly });
    const ids: Record<string, string[]> = {
      orderId: [made.order.id],
      despatchId: await world.db('despatch_advice').pluck('id'),
      receiptId: await world.db('goods_receipt').pluck('id'),
      invoiceId: await world.db('invoice').pluck('id'),
      documentId: await world.db('document').pluck('id'),
      notificationId: await world.db('notification').where({ user_id: packer.userId }).pluck('id'),
      supplierId: [made.supplierId],
      fileName: ['file.pdf'],
    };
    const paths = routes
      .filter(({ method }) => method === 'get')
      .flatMap(({ path }) =>
        [...path.matchAll(/:(\w+)/g)].reduce<string[]>(
          (found, [hole, name]) =>
            found.flatMap((one) => (ids[name ?? ''] ?? []).map((id) => one.replace(hole, id))),
          [path],
        ),
      );
    const sorts = ['largest', 'smallest'].flatMap((sort) => [
      `/orders?sort=${sort}`,
      `/orders/export.csv?sort=${sort}`,
    ]);
    const answers: { path: string; text: string }[] = [];
    for (const path of [...paths, ...sorts]) {
      const answer = await visitor.get(path).buffer(true);
      if (answer.status === 200) answers.push({ path, text: answer.text ?? String(answer.body) });
    }
    return answers;
  }

  it('finds no price on any page, list, export or file, whatever is asked for', async () => {
    const { order, supplierUser } = made;
    await (await world.as(supplierUser))
      .post(`/orders/${order.id}/acknowledgement`, { version: 1, note: '' })
      .expect(303);
    const receipt = await makeReceipt(world, made, { announced: ['10', '3'] });
    await makeInvoice(world, { of: { order: made, receipt } });
    await world.drainJobs();
    const seen = await everythingReachable(warehouse);
    expect(seen.map(({ path }) => path)).to.include.members([
      '/orders',
      '/orders?sort=largest',
      '/orders/export.csv',
      `/orders/${order.id}`,
      `/orders/${order.id}/deliveries`,
      `/orders/${order.id}/despatches/new`,
      '/deliveries',
      `/receipts/${receipt.receipt.id}`,
      '/notifications',
    ]);
    expect(
      seen.map(({ path }) => path).filter((path) => /documents|invoices|awards|bids/.test(path)),
    ).to.deep.equal([]);
    expect(seen.filter(({ text }) => saysPrice(text)).map(({ path }) => path)).to.deep.equal([]);
    const sales = await everythingReachable(await world.as(supplierUser));
    expect(sales.filter(({ text }) => saysPrice(text)).map(({ path }) => path)).to.include.members([
      '/orders',
      '/orders/export.csv',
      `/orders/${order.id}`,
    ]);
  });

  it('keeps them in the database: no use-case hands them out', async () => {
    const { order, lines } = await world.runInTx(packer, async (ctx) => ({
      order: await findOrder(ctx, made.order.id),
      lines: await findOrderLines(ctx, made.order.id),
    }));
    const filter = {
      state: null,
      supplier: null,
      from: null,
      to: null,
      search: null,
      sort: 'largest',
    } as const;
    const listed = await world.runInTx(packer, (ctx) => listOrders(ctx, filter, { after: null, limit: 50 }));
    expect(order?.totalAmount).to.equal(null);
    expect(listed.rows.map((row) => row.totalAmount)).to.deep.equal([null]);
    expect(lines.map((line) => [line.unitPrice, line.amount])).to.deep.equal([
      [null, null],
      [null, null],
    ]);
  });

  it('mails it what to deliver, without amount and document', async () => {
    const [address] = await world.db('user_account').where({ id: packer.userId }).pluck('email');
    const mails = world.mails.filter((mail) => mail.to.address === address);
    expect(mails.map((mail) => mail.subject)).to.deep.equal([
      `Purchase order ${made.order.reference}: goods to prepare`,
    ]);
    expect(mails[0]?.attachments).to.deep.equal([]);
    expect(saysPrice(JSON.stringify(mails))).to.equal(false);
    const others = world.mails.filter((mail) => mail.to.address !== address);
    expect(saysPrice(JSON.stringify(others.map((mail) => mail.text)))).to.equal(true);
  });

  it('shows them again to whoever does invoices besides', async () => {
    const both = await world.as(
      await world.supplierUser(made.supplierId, 'supplier_logistics', 'supplier_accounts'),
    );
    const page = await both.get(`/orders/${made.order.id}`).expect(200);
    expect(saysPrice(page.text)).to.equal(true);
  });

  it('announces a delivery all the same', async () => {
    await (await world.as(made.supplierUser))
      .post(`/orders/${made.order.id}/acknowledgement`, { version: 1, note: '' })
      .expect(303);
    const despatch = await makeDespatch(world, { ...made, supplierUser: packer });
    await warehouse.get(`/despatches/${despatch.id}`).expect(200);
    const amounts = await world.db('po_line').where({ order_id: made.order.id }).pluck('unit_price');
    expect(amounts.map(Number)).to.deep.equal([Number(PRICE), Number(PRICE)]);
  });
});
