import { expect } from 'chai';
import type { DespatchAdvice } from '../../src/deliveries/index.ts';
import { makePackingDocuments } from '../../src/deliveries/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { loadCatalogue } from '../../src/platform/i18n/catalogue.ts';
import { makeDespatch } from '../support/factories/deliveries.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, ORIGIN, type Visitor, type World } from '../support/world.ts';

describe('packing a delivery', () => {
  let world: World;
  let made: MadeOrder;
  let despatch: DespatchAdvice;
  let supplier: Visitor;
  before(async () => {
    world = await makeWorld();
    made = await makeOrder(world);
    despatch = await makeDespatch(world, made, { quantities: ['6', '4'] });
    supplier = await world.as(made.supplierUser);
  });
  after(() => world.close());

  const lineId = (index: number): string => made.lines[index]?.id ?? '';
  const form = (packingNo: number, second: object = {}) => ({
    packingNo: String(packingNo),
    units: [
      {
        kind: 'pallet',
        grossWeightKg: '120.5',
        contents: [
          { poLineId: lineId(0), quantity: '6', lotNumber: 'L-77', serialNumbers: '' },
          { poLineId: lineId(1), quantity: '1', serialNumbers: 'S-0001' },
        ],
      },
      {
        kind: 'parcel',
        sscc: '',
        contents: [{ poLineId: lineId(1), quantity: '3' }, { quantity: '' }],
        ...second,
      },
      { kind: 'pallet', contents: [{ quantity: '' }] },
    ],
  });
  const pack = (by: Visitor, body: Record<string, unknown>) =>
    by.post(`/despatches/${despatch.id}/packing`, body);
  const unitCount = async (): Promise<number> => (await world.db('handling_unit')).length;

  it('begins with all on one pallet, or with so many of each line in each', async () => {
    const together = await supplier.get(`/despatches/${despatch.id}/packing/new`).expect(200);
    expect(together.text).to.match(/name="units\[0\]\[contents\]\[1\]\[quantity\]"[^>]* value="4"/);
    const address = `/despatches/${despatch.id}/packing/new?mode=by-line&kind=parcel&per-${lineId(0)}=5`;
    const byLine = await supplier.get(address).expect(200);
    expect(byLine.text)
      .to.match(/name="units\[0\]\[contents\]\[0\]\[quantity\]"[^>]* value="5"/)
      .and.to.match(/name="units\[1\]\[contents\]\[0\]\[quantity\]"[^>]* value="1"/)
      .and.to.match(/name="units\[2\]\[contents\]\[0\]\[quantity\]"[^>]* value="4"/);
  });

  it('refuses what is not all of it, keeps what was typed, and leaves no trace', async () => {
    const bent = form(0, { sscc: '169012340000000014' });
    const wrong = await pack(supplier, bent).expect(422);
    expect(wrong.text).to.include('This is no SSCC').and.to.include('value="169012340000000014"');
    const short = await pack(
      supplier,
      form(0, { contents: [{ poLineId: lineId(1), quantity: '2' }] }),
    ).expect(422);
    expect(short.text)
      .to.include('Line 2: 3 of 4 are packed')
      .and.to.include('S-0001')
      .and.to.include('L-77');
    expect(await unitCount()).to.equal(0);
    expect(await world.db('sscc_counter')).to.have.length(0);
    expect(await world.db('event').where({ action: 'despatch_advice.packed' })).to.have.length(0);
  });

  it('is for the supplier of the delivery alone', async () => {
    await pack(await world.as(await world.staff('receiver')), form(0)).expect(403);
    await pack(await world.as((await makeSupplier(world)).actor), form(0)).expect(404);
    expect(await unitCount()).to.equal(0);
  });

  it('numbers the units and makes labels and list once, with the same bytes when the job runs again', async () => {
    await pack(supplier, form(0)).expect(303);
    expect(await world.db('handling_unit').orderBy('unit_no').pluck('sscc')).to.deep.equal([
      '169012340000000013',
      '169012340000000020',
    ]);
    await world.drainJobs();
    const papers = await world.db('document').where({ subject_id: despatch.id }).orderBy('kind');
    expect(papers.map((one) => [one.kind, one.version, one.file_name])).to.deep.equal([
      ['labels-pdf', 1, `${despatch.reference}-标签-1.pdf`],
      ['packing-list-pdf', 1, `${despatch.reference}-装箱单-1.pdf`],
    ]);
    await world.db('document').where({ subject_id: despatch.id }).update({ subject_id: papers[0].id });
    const catalogue = loadCatalogue('config/locales');
    await world.runInTx(system('test'), (ctx) =>
      makePackingDocuments(ctx, { despatchId: despatch.id, packingNo: 1, origin: ORIGIN, catalogue }),
    );
    const again = await world.db('document').where({ subject_id: despatch.id }).orderBy('kind');
    expect(again.map((one) => one.sha256)).to.deep.equal(papers.map((one) => one.sha256));
    const page = await (await world.as(await world.staff('receiver')))
      .get(`/despatches/${despatch.id}`)
      .expect(200);
    expect(page.text)
      .to.include('1 6901234 000000001 3')
      .and.to.include('Lot L-77')
      .and.to.include('Print the labels');
    const file = await supplier.get(`/documents/${again[0].id}/labels.pdf`).expect(200);
    expect(file.headers['content-type']).to.include('application/pdf');
  });

  it('refuses a packing of a page that somebody has packed meanwhile, and packs anew with other numbers', async () => {
    const stale = await pack(supplier, form(0)).expect(409);
    expect(stale.text).to.include('has packed').and.to.include('S-0001');
    expect(await unitCount()).to.equal(2);
    const taken = await pack(supplier, form(1, { sscc: '(00)169012340000000013' })).expect(422);
    expect(taken.text).to.include('SSCC 169012340000000013 was used before');
    await pack(supplier, form(1, { sscc: '(00)376104250021234569' })).expect(303);
    expect(
      await world.db('handling_unit').where({ packing_no: 2 }).orderBy('unit_no').pluck('sscc'),
    ).to.deep.equal(['169012340000000037', '376104250021234569']);
    const page = await supplier.get(`/despatches/${despatch.id}`).expect(200);
    expect(page.text).not.to.include('1 6901234 000000001 3');
  });

  it('is refused once the delivery was taken back', async () => {
    await supplier
      .post(`/despatches/${despatch.id}/cancellation`, { reason: 'The truck is broken' })
      .expect(303);
    const late = await pack(supplier, form(2)).expect(422);
    expect(late.text).to.include('can no longer be packed');
    expect(await unitCount()).to.equal(4);
  });
});
