import { expect } from 'chai';
import { listSuppliers, supplierSorts } from '../../src/suppliers/suppliers.queries.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('listing suppliers', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
    for (const name of ['Zhejiang ~ Tools', 'alpha Metals', 'Beta 100%', 'Ölmühle GmbH'])
      await makeSupplier(world, { name });
  });
  afterEach(() => world.close());
  const names = (html: string): string[] =>
    [...html.matchAll(/<td class="bidi">(Zhejiang|alpha|Beta|Ölmühle)/g)].map((found) => found[1] as string);

  for (const sort of supplierSorts)
    it(`pages through every supplier once, sorted by ${sort}`, async () => {
      const buyer = await world.staff('buyer');
      const read = (after: string | null, limit: number) =>
        world.runInTx(buyer, (ctx) =>
          listSuppliers(ctx, { search: '', state: null, sort }, { after, limit }),
        );
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof read>> = await read(after, 1);
        seen.push(...page.rows.map((row) => row.name));
        after = page.nextCursor;
      } while (after !== null);
      expect(new Set(seen).size).to.equal(4);
      expect(seen).to.deep.equal((await read(null, 100)).rows.map((row) => row.name));
    });

  it('sorts by name whatever its case, and the other way round', async () => {
    const visitor = await world.as(await world.staff('buyer'));
    const first = names((await visitor.get('/suppliers').expect(200)).text);
    expect(first.indexOf('alpha')).to.be.lessThan(first.indexOf('Beta'));
    expect(names((await visitor.get('/suppliers?sort=name-last').expect(200)).text)).to.deep.equal(
      first.toReversed(),
    );
    expect(names((await visitor.get('/suppliers?q=0%25').expect(200)).text)).to.deep.equal(['Beta']);
  });

  it('exports what is filtered', async () => {
    const visitor = await world.as(await world.staff('finance'));
    const { text, headers } = await visitor.get('/suppliers/export.csv?q=beta').expect(200);
    expect(headers['content-disposition']).to.include('suppliers-2026-03-02.csv');
    const rows = text.trim().split('\r\n');
    expect(rows).to.have.length(2);
    expect(rows[1]).to.include('Beta 100%').and.to.include('Registered');
  });
});
