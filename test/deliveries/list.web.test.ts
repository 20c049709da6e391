import { expect } from 'chai';
import { listDeliveries, listReceipts } from '../../src/deliveries/delivery-list.service.ts';
import type { Page, PageRequest } from '../../src/kernel/page.ts';
import { makeDespatch, makeReceipt } from '../support/factories/deliveries.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('listing deliveries', () => {
  let world: World;
  let made: MadeOrder;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeOrder(world, { lines: [{ quantity: '100' }] });
  });
  afterEach(() => world.close());
  const references = (html: string, prefix: string): string[] =>
    [...html.matchAll(new RegExp(`${prefix}-2026-\\d{4}(?=</a>)`, 'g'))].map(String);
  const announce = (expectedOn: string) => makeDespatch(world, made, { quantities: ['1'], expectedOn });
  const shown = async (query: string): Promise<string[]> =>
    references((await (await world.as(made.buyer)).get(`/deliveries?${query}`).expect(200)).text, 'ASN');

  it('tells by the plant’s calendar what comes today and what is overdue', async () => {
    await announce('2026-03-05');
    await announce('2026-03-04');
    await announce('2026-03-03');
    // It is 4 March in Qingdao, 3 March in Europe.
    world.setNow('2026-03-03T16:30:00Z');
    expect(await shown('')).to.deep.equal(['ASN-2026-0003', 'ASN-2026-0002', 'ASN-2026-0001']);
    expect(await shown('show=today')).to.deep.equal(['ASN-2026-0002']);
    expect(await shown('show=overdue')).to.deep.equal(['ASN-2026-0003']);
    expect(await shown('show=all')).to.deep.equal(['ASN-2026-0003', 'ASN-2026-0002', 'ASN-2026-0001']);
    expect(await shown('show=nonsense'), 'what makes no sense is not asked for').to.have.length(3);
  });

  it('expects what is neither received nor taken back, and finds the rest among all', async () => {
    await makeReceipt(world, made, { announced: ['5'] });
    await announce('2026-03-05');
    expect(await shown('')).to.deep.equal(['ASN-2026-0002']);
    expect(await shown('show=all')).to.deep.equal(['ASN-2026-0002', 'ASN-2026-0001']);
  });

  it('finds a delivery by its number, its order, its supplier and its tracking number', async () => {
    await announce('2026-03-05');
    for (const search of ['asn-2026-0001', 'po-2026-0001', 'orbit', 'JD0146'])
      expect(await shown(`search=${search}`), search).to.deep.equal(['ASN-2026-0001']);
    expect(await shown('search=%25'), 'a wildcard means itself').to.deep.equal([]);
  });

  const pages = async <T extends { reference: string }>(
    next: (page: PageRequest) => Promise<Page<T>>,
  ): Promise<string[]> => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Page<T> = await next({ after, limit: 2 });
      seen.push(...page.rows.map((row) => row.reference));
      after = page.nextCursor;
    } while (after !== null);
    return seen;
  };

  for (const show of ['expected', 'all'] as const)
    it(`pages through every delivery once: ${show}`, async () => {
      for (const day of ['04', '05', '05', '05', '03']) await announce(`2026-03-${day}`);
      const seen = await pages((page) =>
        world.runInTx(made.buyer, (ctx) => listDeliveries(ctx, { show, search: null }, page)),
      );
      expect(seen).to.deep.equal(
        (show === 'expected' ? [5, 1, 2, 3, 4] : [5, 4, 3, 2, 1]).map((number) => `ASN-2026-000${number}`),
      );
    });

  it('pages through every receipt once, the newest first', async () => {
    for (let count = 0; count < 5; count += 1) await makeReceipt(world, made, { quantities: ['1'] });
    const seen = await pages((page) =>
      world.runInTx(made.buyer, (ctx) => listReceipts(ctx, { search: null }, page)),
    );
    expect(seen).to.deep.equal([5, 4, 3, 2, 1].map((number) => `GR-2026-000${number}`));
  });

  it('knows no page that it did not name itself', async () => {
    const visitor = await world.as(made.buyer);
    for (const path of [
      '/deliveries?after=x',
      "/deliveries?after=2026-03-01~');--",
      '/deliveries/receipts?after=1',
    ])
      await visitor.get(path).expect(404);
  });

  it('shows a supplier its own deliveries and receipts, and no others', async () => {
    await makeReceipt(world, made, { announced: ['5'], quantities: ['4'] });
    const other = await makeOrder(world);
    await makeReceipt(world, other, { announced: ['1', '1'] });
    const visitor = await world.as(made.supplierUser);
    const all = await visitor.get('/deliveries?show=all').expect(200);
    expect(references(all.text, 'ASN')).to.deep.equal(['ASN-2026-0001']);
    const receipts = await visitor.get('/deliveries/receipts').expect(200);
    expect(references(receipts.text, 'GR')).to.deep.equal(['GR-2026-0001']);
    expect(receipts.text).to.include('1 line short');
  });

  it('says what to do when there is nothing', async () => {
    const visitor = await world.as(made.supplierUser);
    expect((await visitor.get('/deliveries').expect(200)).text).to.include('No delivery is under way');
    expect((await visitor.get('/deliveries/receipts').expect(200)).text).to.include(
      'Nothing has been received',
    );
  });

  it('is not there for a requester, and asks a visitor to sign in', async () => {
    await (await world.as(await world.staff('requester'))).get('/deliveries').expect(403);
    await world.visitor().get('/deliveries').expect(303);
  });
});
