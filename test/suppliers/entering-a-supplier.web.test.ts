import { expect } from 'chai';
import { findSuppliers, invitableSuppliers, supplierUserIds } from '../../src/suppliers/index.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const typed = (over: Record<string, string> = {}) => ({
  name: 'Müller Metall GmbH',
  country: 'de',
  address: 'Hauptstraße 1\n70173 Stuttgart',
  taxId: '',
  language: 'en',
  ...over,
});
const contact = (over: Record<string, string> = {}) => ({
  name: 'Anna Müller',
  email: 'anna@mueller.example',
  phone: '',
  roles: 'supplier_sales',
  locale: 'en',
  timeZone: 'Europe/Berlin',
  isPrimary: 'yes',
  ...over,
});

describe('entering a supplier', () => {
  let world: World;
  let buyer: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    buyer = await world.as(await world.staff('buyer'));
  });
  afterEach(() => world.close());
  const pathOf = (location: string | undefined) => location ?? '';

  it('registers it, and lets its first contact be told and sign in', async () => {
    const made = await buyer.post('/suppliers', typed()).expect(303);
    const path = pathOf(made.headers['location']);
    await buyer.get(path).expect(200, /SUP-2026-0001/);
    await buyer.post(`${path}/contacts`, contact()).expect(303);
    await buyer.get(path).expect(200, /anna@mueller\.example/);
    const supplier = await world.db('supplier').first();
    expect(supplier).to.include({ state: 'registered', country: 'DE' });
    expect(supplier.address_lines).to.deep.equal(['Hauptstraße 1', '70173 Stuttgart']);
    expect(
      await world.runInTx(buyer.actor, (ctx) => supplierUserIds(ctx, supplier.id, 'bids')),
    ).to.have.length(1);
    const acts = await world
      .db('event')
      .where({ subject_id: supplier.id })
      .orderBy('position')
      .pluck('action');
    expect(acts).to.deep.equal(['supplier.registered', 'supplier.contact-added']);
  });

  it('refuses a name that is taken, whatever its case, and leaves no trace', async () => {
    await buyer.post('/suppliers', typed()).expect(303);
    const acts = await world.db('event').pluck('id');
    const refused = await buyer.post('/suppliers', typed({ name: 'MÜLLER METALL GMBH' })).expect(422);
    expect(refused.text).to.include('supplier.name-in-use').and.include('value="MÜLLER METALL GMBH"');
    expect(await world.db('supplier')).to.have.length(1);
    expect(await world.db('event').pluck('id')).to.deep.equal(acts);
  });

  it('refuses a second contact with the same address, and wrong input at its field', async () => {
    const path = pathOf((await buyer.post('/suppliers', typed()).expect(303)).headers['location']);
    await buyer.post(`${path}/contacts`, contact()).expect(303);
    await buyer
      .post(`${path}/contacts`, contact({ email: 'ANNA@mueller.example' }))
      .expect(422, /email-in-use/);
    await buyer
      .post(`${path}/contacts`, contact({ email: 'no address' }))
      .expect(422, /id="field-email-error"/);
    expect(await world.db('supplier_contact')).to.have.length(1);
  });

  it('makes a new main contact take the place of the old one', async () => {
    const path = pathOf((await buyer.post('/suppliers', typed()).expect(303)).headers['location']);
    await buyer.post(`${path}/contacts`, contact()).expect(303);
    await buyer.post(`${path}/contacts`, contact({ name: 'Ben', email: 'ben@mueller.example' })).expect(303);
    expect(await world.db('supplier_contact').where({ is_primary: true })).to.have.length(1);
    await buyer.get('/suppliers').expect(200, /Ben/);
  });

  it('is for buyers; a supplier sees no other supplier', async () => {
    const supplier = await makeSupplier(world);
    const other = await makeSupplier(world);
    const visitor = await world.as(supplier.actor);
    await visitor.get('/suppliers').expect(404);
    await visitor.get(`/suppliers/${other.supplierId}`).expect(404);
    const auditor = await world.as(await world.staff('auditor'));
    await auditor.get('/suppliers').expect(200);
    await auditor.post('/suppliers', typed()).expect(403);
    expect(await world.db('supplier')).to.have.length(2);
  });
});

describe('looking for suppliers', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());

  it('pages through thousands by name, each shown once', async () => {
    await world.db.raw(`
      INSERT INTO supplier (id, reference, name, state, created_at)
      SELECT gen_random_uuid(), 'S-' || n, 'Supplier ' || lpad(n::text, 5, '0'), 'registered', now()
        FROM generate_series(1, 120) AS n`);
    const buyer = await world.as(await world.staff('buyer'));
    const seen: string[] = [];
    let path: string | null = '/suppliers';
    while (path !== null) {
      const page: { text: string } = await buyer.get(path).expect(200);
      seen.push(...[...page.text.matchAll(/>(Supplier \d{5})</g)].map((found) => found[1] ?? ''));
      path = /rel="next" href="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? null;
    }
    expect(seen).to.have.length(120);
    expect(new Set(seen).size).to.equal(120);
    await buyer.get('/suppliers?q=00077').expect(200, /Supplier 00077/);
  });

  it('takes search words as they are: a percent sign is no wildcard', async () => {
    await makeSupplier(world, { name: '100% Steel' });
    await makeSupplier(world, { name: 'Other' });
    await world.runInTx(await world.staff('buyer'), async (ctx) => {
      const found = await invitableSuppliers(ctx, { search: '%', limit: 10 });
      expect(found.map((supplier) => supplier.name)).to.deep.equal(['100% Steel']);
      expect(await findSuppliers(ctx, [])).to.deep.equal([]);
    });
  });

  it('offers only registered suppliers for invitation', async () => {
    const held = await makeSupplier(world, { name: 'Held back' });
    await makeSupplier(world, { name: 'Ready' });
    await world.db('supplier').where({ id: held.supplierId }).update({ state: 'on_hold' });
    const found = await world.runInTx(await world.staff('buyer'), (ctx) =>
      invitableSuppliers(ctx, { search: '', limit: 10 }),
    );
    expect(found.map((supplier) => supplier.name)).to.deep.equal(['Ready']);
  });
});
