import { expect } from 'chai';
import type { Test } from 'supertest';
import { makeCatalog } from '../support/factories/sourcing.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const asBuffer: Parameters<Test['parse']>[0] = (res, done) => {
  const chunks: Buffer[] = [];
  res.on('data', (chunk: Buffer) => chunks.push(chunk));
  res.on('end', () => done(null, Buffer.concat(chunks)));
};
const PATH = '/catalog/items';
const FORM = {
  code: 'BR-1',
  description: 'Bracket',
  descriptionZh: '支架',
  categoryCode: 'MACH',
  unit: '件',
  conversions: 'BX = 12',
  packQuantity: '12',
  packaging: 'carton',
  tax: 'S:13',
  incoterm: 'DAP',
};

describe('the catalogue’s items', () => {
  let world: World;
  let buyer: Visitor;
  before(async () => {
    world = await makeWorld();
    await makeCatalog(world);
    buyer = await world.as(await world.staff('buyer'));
  });
  after(() => world.close());
  const items = () => world.db('item').orderBy('code');
  const acts = () => world.db('event').where({ subject_type: 'item' }).orderBy('id').pluck('action');
  const upload = (csv: string) =>
    buyer.upload(`${PATH}/import`, {}, { sheet: ['items.csv', Buffer.from(csv)] });
  /** The items a preview carries to the form that takes them over. */
  const carriedBy = (page: string): string[] =>
    [...page.matchAll(/name="item" value="([^"]*)"/g)].map(([, value = '']) =>
      value.replaceAll('&#34;', '"').replaceAll('&amp;', '&'),
    );

  it('are entered, changed, given drawings, retired and used again by buyers, and read by others', async () => {
    const refused = await buyer.post(PATH, { ...FORM, unit: 'furlongish', categoryCode: 'NONE' }).expect(422);
    expect(refused.text).to.include('value="furlongish"').and.include('支架');
    await buyer.post(PATH, { ...FORM, categoryCode: 'NONE' }).expect(422, /no category NONE/);
    await buyer.post(PATH, { ...FORM, tax: 'S:17' }).expect(422, /not one of those offered/);
    await buyer.post(PATH, { ...FORM, conversions: 'pieces = 2' }).expect(422, /own unit/);
    expect(await items()).to.deep.equal([]);
    expect(await acts()).to.deep.equal([]);
    await buyer.post(PATH, FORM).expect(303);
    await buyer.post(PATH, FORM).expect(422, /already an item BR-1/);
    const [{ id, conversions }] = await items();
    expect(conversions).to.deep.equal([{ unit: 'BX', quantity: '12' }]);

    const { code: _code, ...terms } = FORM;
    const change = { ...terms, description: 'Bracket, painted', version: '1' };
    await buyer.post(`${PATH}/${id}`, change).expect(303);
    const stale = await buyer.post(`${PATH}/${id}`, { ...change, packaging: 'pallet' }).expect(409);
    expect(stale.text).to.include('Typed by you').and.include('pallet').and.include('carton');
    await buyer.post(`${PATH}/${id}`, { ...change, version: '2' }).expect(303);
    expect((await items())[0]?.version, 'saying the same is no change').to.equal(2);
    await buyer
      .upload(`${PATH}/${id}/files`, {}, { files: ['drawing.pdf', Buffer.from('%PDF-1.7\n%%EOF\n')] })
      .expect(303);

    const requester = await world.as(await world.staff('requester'));
    const seen = (await requester.get(`${PATH}/${id}`).expect(200)).text;
    expect(seen)
      .to.include('drawing.pdf')
      .and.include('Bracket, painted')
      .and.not.include('name="packaging"');
    await requester.post(`${PATH}/${id}/retirement`, { version: '2' }).expect(403);
    await buyer.post(`${PATH}/${id}/retirement`, { version: '1' }).expect(409);
    await buyer.post(`${PATH}/${id}/retirement`, { version: '2' }).expect(303);
    expect((await requester.get(PATH)).text).to.not.include('BR-1');
    expect((await requester.get(`${PATH}?state=retired&q=${encodeURIComponent('支')}`)).text).to.include(
      'BR-1',
    );
    await buyer.post(`${PATH}/${id}/retirement`, { version: '3' }).expect(422, /retired already/);
    await buyer.post(`${PATH}/${id}/reinstatement`, { version: '3' }).expect(303);
    expect(await acts()).to.deep.equal([
      'item.created',
      'item.changed',
      'document.added',
      'item.retired',
      'item.reinstated',
    ]);
  });

  it('come by spreadsheet and go back: each change is shown first, and one wrong cell stores nothing', async () => {
    const before = await items();
    const wrong = await upload(
      'Item,Description,Category,Unit\nBR-1,Bracket,MACH,C62\nBR-2,Plate,NONE,KGM\n',
    ).expect(422);
    expect(wrong.text).to.include('<strong class="tnum">C3</strong>').and.not.include('name="item"');
    expect(await items()).to.deep.equal(before);

    const shown = await upload(
      'Item,Description,Category,Unit,Other units,State\nBR-1,"Bracket, raw",MACH,C62,,Active\nBR-2,Plate <b>,MACH,KGM,TNE = 1000,Active\n',
    ).expect(200);
    expect(shown.text).to.include('1 new, 1 changed').and.include('<ins class="bidi">Bracket, raw</ins>');
    expect(await items(), 'nothing is stored by looking').to.deep.equal(before);
    const carried = carriedBy(shown.text.replaceAll('&lt;', '<').replaceAll('&gt;', '>'));
    await buyer.post(`${PATH}/imported`, { item: carried }).expect(303);
    await buyer.post(`${PATH}/imported`, { item: carried }).expect(409, /BR-1 meanwhile/);
    expect(
      (await items()).map((item) => [item.code, item.description, item.packaging, item.version]),
    ).to.deep.equal([
      ['BR-1', 'Bracket, raw', 'carton', before[0]?.version + 1],
      ['BR-2', 'Plate <b>', null, 1],
    ]);

    // What was sent out says what is stored, as workbook and as file.
    const workbook = await buyer
      .get(`${PATH}/import/template?state=all`)
      .buffer(true)
      .parse(asBuffer)
      .expect(200);
    const same = await buyer
      .upload(`${PATH}/import`, {}, { sheet: ['items.xlsx', workbook.body] })
      .expect(200);
    expect(same.text).to.include('All 2 rows say what is stored already').and.not.include('name="item"');
    const file = await buyer.get(`${PATH}/export.csv?state=all`).expect(200);
    expect((await upload(file.text).expect(200)).text).to.include('All 2 rows say');
    expect((await buyer.get(`${PATH}?q=plate&category=MACH`)).text)
      .to.include('BR-2')
      .and.not.include('BR-1');
  });
});
