import { expect } from 'chai';
import { makeOrder } from '../support/factories/orders.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('suppliers’ item numbers', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());
  const rows = () => world.db('supplier_item').orderBy('item_code');

  it('are kept by buyers, and stand on the order’s page and document with what the supplier does not pack', async () => {
    const buyer = await world.as(await world.staff('buyer'));
    const supplier = await makeSupplier(world);
    const form = {
      itemCode: 'BR-1',
      supplierId: supplier.supplierId,
      supplierItemCode: 'AX-77',
      unit: 'C62',
      supplierUnit: 'BX',
      unitsPerSupplierUnit: '12',
      packQuantity: '',
      minimumQuantity: '',
    };
    const path = '/catalog/supplier-items';
    const refused = await buyer.post(path, { ...form, unit: 'furlongish', packQuantity: '0' }).expect(422);
    expect(refused.text).to.include('value="furlongish"').and.include('AX-77');
    await buyer.post(path, { ...form, supplierUnit: 'C62' }).expect(422, /one is one/);
    expect(await rows()).to.deep.equal([]);
    await buyer.post(path, form).expect(303);
    await buyer.post(path, form).expect(422, /kept already/);
    expect(await rows()).to.have.length(1);
    expect((await buyer.get(`${path}?q=ax-7`).expect(200)).text)
      .to.include('AX-77')
      .and.include('BR-1');
    expect((await buyer.get(`${path}?item=OTHER`)).text).to.not.include('AX-77');

    // Two change it: the second sees both.
    const [{ id }] = await rows();
    const { itemCode: _item, supplierId: _supplier, ...kept } = form;
    const changed = { ...kept, packQuantity: '1', minimumQuantity: '2', version: '1' };
    await buyer.post(`${path}/${id}`, changed).expect(303);
    const stale = await buyer.post(`${path}/${id}`, { ...changed, supplierItemCode: 'AX-78' }).expect(409);
    expect(stale.text).to.include('What is stored now').and.include('AX-77').and.include('value="AX-78"');
    const requester = await world.as(await world.staff('requester'));
    await requester.get(path).expect(200);
    await requester.post(path, form).expect(403);

    const { order } = await makeOrder(world, {
      supplierUser: supplier.actor,
      lines: [
        { itemCode: 'BR-1', quantity: '30', unit: 'C62' },
        { itemCode: 'BR-2', quantity: '30', unit: 'C62' },
      ],
    });
    const ours = (await buyer.get(`/orders/${order.id}`).expect(200)).text;
    expect(ours).to.include('AX-77').and.include('data-packaging="no-multiple"').and.include('36');
    const its = (await (await world.as(supplier.actor)).get(`/orders/${order.id}`).expect(200)).text;
    expect(its).to.include('AX-77').and.include('= 2.5').and.not.include('data-packaging');
    const stored = await world.db('po_version').where({ order_id: order.id }).first('content');
    expect(
      stored.content.lines.map((one: { supplierItem?: unknown }) => one.supplierItem ?? null),
    ).to.deep.equal([{ code: 'AX-77', quantity: '2.5', unit: 'BX' }, null]);
    await buyer.post(`${path}/${id}/removal`, { version: '1' }).expect(409);
    await buyer.post(`${path}/${id}/removal`, { version: '2' }).expect(303);
    expect(await rows()).to.deep.equal([]);
    const acts = await world
      .db('event')
      .where({ subject_type: 'supplier_item' })
      .orderBy('id')
      .pluck('action');
    expect(acts).to.deep.equal(['supplier_item.entered', 'supplier_item.changed', 'supplier_item.removed']);
    expect((await buyer.get(`/orders/${order.id}`)).text).to.not.include('AX-77');
  });
});
