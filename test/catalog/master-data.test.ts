import { expect } from 'chai';
import {
  createCategory,
  createItems,
  createPlant,
  findItemsByCodes,
  findPlant,
} from '../../src/catalog/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { makeCatalog } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('entering master data', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
    await makeCatalog(world);
  });
  afterEach(() => world.close());
  const item = (code: string) => ({ code, description: 'Guardrail', unit: 'LF', categoryCode: 'MACH' });

  it('writes many items at once and leaves known codes as they are', async () => {
    await world.runInTx(system('test'), async (ctx) => {
      expect(await createItems(ctx, [item('A'), item('B')])).to.equal(2);
      expect(await createItems(ctx, [{ ...item('B'), description: 'Other' }, item('C')])).to.equal(1);
      const known = await findItemsByCodes(ctx, ['A', 'B', 'Z']);
      expect(known.map((one) => one.description)).to.deep.equal(['Guardrail', 'Guardrail']);
    });
    expect(await world.db('event').where({ action: 'item.created' })).to.have.length(3);
  });

  it('refuses a code that is taken and a zone that does not exist, without a trace', async () => {
    const before = await world.db('event').pluck('id');
    const category = { code: 'MACH', nameEn: 'x', nameZh: 'x' };
    expect(
      (await refusal(world.runInTx(system('test'), (ctx) => createCategory(ctx, category)))).code,
    ).to.equal('category.code-in-use');
    const plant = { code: 'P2', nameEn: 'x', nameZh: 'x', addressLines: [], timeZone: 'Mars/Olympus' };
    expect((await refusal(world.runInTx(system('test'), (ctx) => createPlant(ctx, plant)))).code).to.equal(
      'plant.zone-unknown',
    );
    expect(await world.runInTx(system('test'), (ctx) => findPlant(ctx, 'P2'))).to.equal(undefined);
    expect(await world.db('event').pluck('id')).to.deep.equal(before);
  });

  it('is shown to those who work with it, and to no supplier', async () => {
    const buyer = await world.as(await world.staff('buyer'));
    await buyer.get('/catalog/categories').expect(200, /机加工件/);
    await buyer.get('/catalog/plants').expect(200, /青岛工厂/);
    const supplier = await world.as((await makeSupplier(world)).actor);
    await supplier.get('/catalog/plants').expect(404);
  });
});
