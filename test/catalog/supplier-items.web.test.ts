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
    expect((await buyer.get(`/orders/${order.id}/lines.csv`).expect(200)).text).to.include('AX-77');
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

  it('go out as a file in either language and come back: changes are shown first, and one wrong cell stores nothing', async () => {
    const buyer = await world.as(await world.staff('buyer'));
    const { supplierId } = await makeSupplier(world);
    const { reference } = await world.db('supplier').where({ id: supplierId }).first('reference');
    const path = '/catalog/supplier-items';
    const upload = (csv: string) =>
      buyer.upload(`${path}/import`, {}, { sheet: ['numbers.csv', Buffer.from(csv)] });
    const head = 'Supplier,Our item,Supplier’s number,Our unit,Supplier’s unit,How many of our unit';
    const wrong = await upload(
      `${head}\n${reference},BR-7,X-7,C62,BX,12\nNOBODY,BR-8,X-8,C62,,\n${reference},BR-9,X-9,C62,C62,2\n`,
    ).expect(422);
    expect(wrong.text).to.include('>A3<').and.include('>F4<').and.not.include('name="item"');
    const shown = await upload(`${head}\n${reference},BR-7,X-7,C62,箱,12\n${reference},BR-8,X-8,件,,\n`);
    expect(shown.text).to.include('2 new, 0 changed');
    expect(await rows(), 'nothing is stored by looking').to.deep.equal([]);
    const item = [...shown.text.matchAll(/name="item" value="([^"]*)"/g)].map(([, value = '']) =>
      value.replaceAll('&#34;', '"'),
    );
    await buyer.post(`${path}/imported`, { item }).expect(303);
    await buyer.post(`${path}/imported`, { item }).expect(409);
    expect(
      (await rows()).map((row) => [row.item_code, row.supplier_unit, Number(row.units_per_supplier_unit)]),
    ).to.deep.equal([
      ['BR-7', 'BX', 12],
      ['BR-8', 'C62', 1],
    ]);
    const chinese = await world.as(await world.staff('buyer'));
    await chinese.post('/preferences', { locale: 'zh-CN' });
    for (const [reader, heading] of [
      [buyer, 'Supplier reference'],
      [chinese, '供应商代码'],
    ] as const) {
      const { text } = await reader.get(`${path}/export.csv`).expect(200);
      expect(text).to.include(heading);
      expect((await upload(text).expect(200)).text, text).to.include('All 2 rows say what is stored');
      const changed = await upload(text.replace('X-7', 'X-7b')).expect(200);
      expect(changed.text).to.include('0 new, 1 changed').and.include('<ins class="bidi">X-7b</ins>');
    }
  });
});
