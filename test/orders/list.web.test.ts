import { expect } from 'chai';
import { makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('listing orders', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());
  const references = (html: string): string[] => [...html.matchAll(/PO-2026-\d{4}(?=<\/a>)/g)].map(String);

  it('shows the newest first, with supplier, amount and next due date', async () => {
    const first = await makeOrder(world);
    world.setNow('2026-03-04T10:00:00Z');
    await makeOrder(world, {
      buyer: first.buyer,
      lines: [{ quantity: '1', unitPrice: '1234.5', dueOn: null }],
    });
    const { text } = await (await world.as(first.buyer)).get('/orders').expect(200);
    expect(references(text)).to.deep.equal(['PO-2026-0002', 'PO-2026-0001']);
    expect(text).to.include('1,234.50 USD').and.to.include('175.00 USD').and.to.include('1 Apr 2026');
  });

  it('says that a date has passed, in words and not by colour alone', async () => {
    const { buyer } = await makeOrder(world);
    world.setNow('2026-04-02T10:00:00Z');
    const { text } = await (await world.as(buyer)).get('/orders').expect(200);
    expect(text).to.include('overdue');
  });

  it('filters by state, supplier, date and words', async () => {
    const first = await makeOrder(world, { title: 'Copper busbars' });
    world.setNow('2026-05-04T10:00:00Z');
    await makeOrder(world, { title: '100%_steel plates', state: 'sent', buyer: first.buyer });
    const visitor = await world.as(first.buyer);
    const found = async (query: string): Promise<string[]> =>
      references((await visitor.get(`/orders?${query}`).expect(200)).text);
    expect(await found('state=sent')).to.deep.equal(['PO-2026-0002']);
    expect(await found('state=acknowledged')).to.deep.equal(['PO-2026-0001']);
    expect(await found('search=busbar')).to.deep.equal(['PO-2026-0001']);
    expect(await found('search=po-2026-0002')).to.deep.equal(['PO-2026-0002']);
    expect(await found('search=0%25_s'), 'wildcards mean themselves').to.deep.equal(['PO-2026-0002']);
    expect(await found('search=0_s'), 'an underscore is an underscore').to.deep.equal([]);
    expect(await found('from=2026-03-03')).to.deep.equal(['PO-2026-0002']);
    expect(await found('from=2026-03-02&to=2026-03-02')).to.deep.equal(['PO-2026-0001']);
    expect(await found('supplier=orbit')).to.have.length(2);
    expect(await found('supplier=nobody')).to.deep.equal([]);
    expect(await found('state=&supplier=&from=nonsense&sort=sideways')).to.have.length(2);
  });

  for (const sort of ['newest', 'oldest', 'due', 'largest', 'smallest'])
    it(`pages through every order once, sorted by ${sort}`, async () => {
      const { buyer, supplierUser } = await makeOrder(world, { lines: [{ dueOn: null }] });
      const prices = ['3', '1', '2', '2', '2'];
      for (const [index, unitPrice] of prices.entries())
        await makeOrder(world, {
          buyer,
          supplierUser,
          state: 'sent',
          currency: index === 4 ? 'CNY' : 'USD',
          lines: [{ unitPrice, dueOn: `2026-04-0${(index % 2) + 1}` }],
        });
      const seen: string[] = [];
      let after: string | null = null;
      const { listOrders } = await import('../../src/orders/order-list.service.ts');
      const filter = {
        state: null,
        supplier: null,
        from: null,
        to: null,
        search: null,
        sort: sort as 'newest',
      };
      do {
        const page = await world.runInTx(buyer, (ctx) => listOrders(ctx, filter, { after, limit: 2 }));
        seen.push(...page.rows.map((row) => row.reference));
        after = page.nextCursor;
      } while (after !== null);
      expect(seen).to.have.length(6);
      expect(new Set(seen).size).to.equal(6);
      const all = await world.runInTx(buyer, (ctx) => listOrders(ctx, filter, { after: null, limit: 100 }));
      expect(seen).to.deep.equal(all.rows.map((row) => row.reference));
    });

  it('sorts amounts within a currency only, because two currencies do not compare', async () => {
    const { buyer } = await makeOrder(world, {
      currency: 'CNY',
      lines: [{ quantity: '1', unitPrice: '900' }],
    });
    await makeOrder(world, { currency: 'USD', lines: [{ quantity: '1', unitPrice: '5' }] });
    await makeOrder(world, { currency: 'CNY', lines: [{ quantity: '1', unitPrice: '1000' }] });
    const { text } = await (await world.as(buyer)).get('/orders?sort=largest').expect(200);
    expect(references(text)).to.deep.equal(['PO-2026-0002', 'PO-2026-0003', 'PO-2026-0001']);
  });

  it('knows no page that it did not name itself', async () => {
    const { buyer } = await makeOrder(world);
    const visitor = await world.as(buyer);
    await visitor.get('/orders?after=x').expect(404);
    await visitor.get("/orders?after=2026-01-01~');--").expect(404);
  });

  it('shows a supplier its own orders, and those only once they are sent', async () => {
    const own = await makeOrder(world);
    await makeOrder(world);
    await makeOrder(world, { supplierUser: own.supplierUser, state: 'approved' });
    const { text } = await (await world.as(own.supplierUser)).get('/orders').expect(200);
    expect(references(text)).to.deep.equal([own.order.reference]);
    expect(text).not.to.include('Being sent');
  });

  it('is not there for a requester, and asks a visitor to sign in', async () => {
    await (await world.as(await world.staff('requester'))).get('/orders').expect(403);
    await world.visitor().get('/orders').expect(303);
  });

  it('exports the filtered list as CSV, with nothing a spreadsheet would calculate', async () => {
    const first = await makeOrder(world, { title: '=HYPERLINK("http://evil.example")' });
    await makeOrder(world, { buyer: first.buyer, state: 'sent' });
    const visitor = await world.as(first.buyer);
    const { text, headers } = await visitor.get('/orders/export.csv?state=acknowledged').expect(200);
    const rows = text.trim().split('\r\n');
    expect(headers['content-disposition']).to.include('orders-2026-03-02.csv');
    expect(rows).to.have.length(2);
    expect(rows[1]).to.include("'=HYPERLINK").and.to.include('175.0000').and.to.include('Acknowledged');
  });

  it('says so when nothing matches', async () => {
    const { buyer } = await makeOrder(world);
    const { text } = await (await world.as(buyer)).get('/orders?search=zzz').expect(200);
    expect(text).to.include('No order matches these filters');
  });
});
