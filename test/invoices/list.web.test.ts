import { expect } from 'chai';
import { findInvoices } from '../../src/invoices/invoice-list.queries.ts';
import { makeInvoice, makeReceived } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('listing invoices', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());
  const references = (html: string): string[] => [...html.matchAll(/INV-2026-\d{4}(?=<\/a>)/g)].map(String);

  it('filters by state, supplier, number and what is overdue, newest first', async () => {
    const finance = await world.staff('finance');
    const first = await makeInvoice(world, { supplierNumber: '100%_A' });
    world.setNow('2026-03-20T10:00:00Z');
    await makeInvoice(world, { supplierNumber: 'B-7', lines: [{ unitPrice: '13' }] });
    const found = async (query: string): Promise<string[]> =>
      references((await (await world.as(finance)).get(`/invoices?${query}`).expect(200)).text);
    expect(await found('')).to.deep.equal(['INV-2026-0002', 'INV-2026-0001']);
    expect(await found('state=exception')).to.deep.equal(['INV-2026-0002']);
    expect(await found('search=b-7')).to.deep.equal(['INV-2026-0002']);
    expect(await found('search=0%25_'), 'wildcards mean themselves').to.deep.equal(['INV-2026-0001']);
    expect(await found(`search=${first.order.order.reference}`)).to.deep.equal(['INV-2026-0001']);
    expect(await found('supplier=nobody')).to.deep.equal([]);
    expect(await found('state=nonsense&overdue=maybe')).to.have.length(2);
    world.setNow('2026-04-01T10:00:00Z');
    expect(await found('overdue=yes'), 'on the due day').to.deep.equal([]);
    world.setNow('2026-04-02T10:00:00Z');
    expect(await found('overdue=yes'), 'the day after').to.deep.equal(['INV-2026-0001']);
    expect((await (await world.as(finance)).get('/invoices').expect(200)).text).to.include('overdue</span>');
  });

  it('pages through every invoice once', async () => {
    const order = await makeOrder(world);
    const of = await makeReceived(world, { order });
    for (let count = 0; count < 5; count += 1)
      await makeInvoice(world, { of, isMatched: false, lines: [{ quantity: '1' }, { quantity: '' }] });
    const filter = { state: null, supplier: null, search: null, overdue: false };
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await world.runInTx(order.buyer, (ctx) =>
        findInvoices(ctx, { filter, today: '2026-03-02', page: { after, limit: 2 } }),
      );
      seen.push(...page.rows.map((row) => row.reference));
      after = page.nextCursor;
    } while (after !== null);
    expect(seen).to.deep.equal([5, 4, 3, 2, 1].map((number) => `INV-2026-000${number}`));
  });

  it('knows no page that it did not name itself', async () => {
    const visitor = await world.as(await world.staff('finance'));
    for (const after of ['x', '2026-03-02T10:00:00.000Z~1', "2026~'--"]) {
      await visitor.get(`/invoices?after=${after}`).expect(404);
      await visitor.get(`/invoices/exceptions?after=${after}`).expect(404);
    }
  });

  it('shows a supplier its own invoices, differences and receipts, and nothing of others', async () => {
    const own = await makeInvoice(world, { lines: [{ unitPrice: '13' }] });
    const other = await makeInvoice(world, { lines: [{ unitPrice: '13' }] });
    const waiting = await makeReceived(world, {
      order: await makeOrder(world, { supplierUser: own.order.supplierUser }),
    });
    await makeReceived(world);
    const visitor = await world.as(own.order.supplierUser);
    const list = await visitor.get('/invoices').expect(200);
    expect(references(list.text)).to.deep.equal(['INV-2026-0001']);
    expect(list.text.match(/\/invoice\/new"/g)).to.have.length(1);
    expect(list.text).to.include(`/receipts/${waiting.receipt.receipt.id}/invoice/new`);
    const differences = await visitor.get('/invoices/exceptions').expect(200);
    expect(references(differences.text)).to.deep.equal(['INV-2026-0001']);
    await visitor.get(`/invoices/${other.invoiceId}`).expect(404);
  });

  it('is there neither for a requester nor for those of a supplier who do not invoice', async () => {
    await (await world.as(await world.staff('requester'))).get('/invoices').expect(403);
    const { supplierId } = await makeOrder(world);
    await (await world.as(await world.supplierUser(supplierId, 'supplier_sales')))
      .get('/invoices')
      .expect(404);
    await world.visitor().get('/invoices').expect(303);
  });
});
