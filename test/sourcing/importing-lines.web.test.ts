import { expect } from 'chai';
import { readUnit } from '../../src/catalog/index.ts';
import { draftEvent } from '../support/factories/sourcing.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const csv = (...rows: string[]) => Buffer.from(`item_code,description,quantity,unit\n${rows.join('\n')}\n`);

describe('importing lines from a spreadsheet', () => {
  let world: World;
  let buyer: Visitor;
  let eventId: string;
  beforeEach(async () => {
    world = await makeWorld();
    const draft = await draftEvent(world, { items: [] });
    eventId = draft.eventId;
    buyer = await world.as(draft.buyer);
  });
  afterEach(() => world.close());
  const page = () => `/events/${eventId}/lines/import`;
  const upload = (content: Buffer, name = 'lines.csv') =>
    buyer.upload(page(), {}, { sheet: [name, content] });
  const lines = () => world.db('event_item').where({ event_id: eventId }).orderBy('line_no');
  const carriedIn = (html: string) =>
    [...html.matchAll(/name="line" value="([^"]*)"/g)].map((found) =>
      (found[1] ?? '').replaceAll('&#34;', '"'),
    );

  it('shows what was read before it stores anything, and stores it when confirmed', async () => {
    const shown = await upload(
      csv('601-12281,"GUARDRAIL, MGS",238,L.F.', '109-08359,LIQUIDATED DAMAGES,1,$'),
    ).expect(200);
    expect(shown.text).to.include('GUARDRAIL, MGS');
    expect(await lines()).to.have.length(0);
    await buyer
      .post(`/events/${eventId}/lines`, { version: '1', mode: 'add', line: carriedIn(shown.text) })
      .expect(303)
      .expect('Location', `/events/${eventId}/invitations`);
    const stored = await lines().select('line_no', 'item_code', 'description', 'unit', 'original_unit');
    expect(stored).to.deep.equal([
      {
        line_no: 1,
        item_code: '601-12281',
        description: 'GUARDRAIL, MGS',
        unit: 'LF',
        original_unit: 'L.F.',
      },
      {
        line_no: 2,
        item_code: '109-08359',
        description: 'LIQUIDATED DAMAGES',
        unit: 'M4',
        original_unit: '$',
      },
    ]);
    await buyer.get(`/events/${eventId}`).expect(200, /LIQUIDATED DAMAGES/);
  });

  it('takes lots and what a line says beyond its columns, and gives them in the template again', async () => {
    const sheet = [
      'Description,Quantity,Unit,Lot,Target price,Reserve price,Price tiers,Alternatives,Specification',
      'Housing,5000,C62,Housings,46.25,55,10000; 20000,yes,EN AC-46000',
      'Shaft,8000,C62,Shafts,,,,,',
      'Cover,5000,C62,Housings,,,,no,',
    ];
    const shown = await upload(Buffer.from(sheet.join('\n'))).expect(200);
    for (const text of ['Lot: Housings', '46.25', 'EN AC-46000', '10,000'])
      expect(shown.text, text).to.include(text);
    const line = carriedIn(shown.text);
    await buyer.post(`/events/${eventId}/lines`, { version: '1', mode: 'add', line }).expect(303);
    expect(await world.db('lot').orderBy('lot_no').pluck('title')).to.deep.equal(['Housings', 'Shafts']);
    const [housing, shaft, cover] = await lines();
    expect(housing).to.include({
      target_price: '46.250000',
      reserve_price: '55.000000',
      takes_alternates: true,
    });
    expect(cover?.lot_id).to.equal(housing?.lot_id);
    expect(shaft).to.include({ target_price: null, takes_alternates: false, specification: '' });
    expect(await world.db('event_item_tier').where({ event_item_id: housing?.id })).to.have.length(2);

    const template = await buyer
      .get(`/events/${eventId}/lines/template`)
      .buffer(true)
      .parse((res, done) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => done(null, Buffer.concat(chunks)));
      });
    const again = await upload(template.body, 'lines.xlsx').expect(200);
    expect(carriedIn(again.text).map((one) => JSON.parse(one).lot)).to.deep.equal([
      'Housings',
      'Shafts',
      'Housings',
    ]);
    const wrong = await upload(Buffer.from(`${sheet[0]}\nPin,1,C62,,,,many,maybe,`)).expect(422);
    for (const cell of ['G2', 'H2']) expect(wrong.text).to.include(`>${cell}<`);
    expect(wrong.text).to.include('is no row of quantities');
  });

  it('names every wrong cell and stores nothing', async () => {
    const refused = await upload(csv('A-1,Bracket,many,C62', 'A-2,,5,furlong')).expect(422);
    for (const cell of ['C2', 'B3', 'D3']) expect(refused.text).to.include(`>${cell}<`);
    expect(carriedIn(refused.text)).to.deep.equal([]);
    expect(await lines()).to.have.length(0);
  });

  it('refuses what is no spreadsheet, and a form without a file', async () => {
    await upload(Buffer.from([0x4d, 0x5a, 0, 1, 2]), 'lines.xlsx').expect(422);
    await buyer.upload(page(), {}, {}).expect(422, /sourcing_event\.has-no-file/);
  });

  it('refuses lines that were altered on the way', async () => {
    const line = JSON.stringify({
      itemCode: '',
      description: 'x',
      quantity: '-5',
      unit: 'C62',
      needByOn: '',
      estimatedPrice: '',
    });
    await buyer.post(`/events/${eventId}/lines`, { version: '1', mode: 'add', line }).expect(422);
    await buyer.post(`/events/${eventId}/lines`, { version: '1', mode: 'add', line: 'no json' }).expect(422);
    expect(await lines()).to.have.length(0);
  });

  it('gives a template that can be sent back as it is filled in', async () => {
    const draft = await draftEvent(world, { buyer: buyer.actor });
    const template = await buyer
      .get(`/events/${draft.eventId}/lines/template`)
      .buffer(true)
      .parse((res, done) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => done(null, Buffer.concat(chunks)));
      });
    const shown = await upload(template.body, 'lines.xlsx').expect(200);
    expect(shown.text).to.include('Mount plate, anodised');
    expect(carriedIn(shown.text)).to.have.length(3);
  });
});

describe('reading units', () => {
  const cases: readonly [string, string, string | null][] = [
    ['EACH', 'EA', 'EACH'],
    ['L.F.', 'LF', 'L.F.'],
    ['S.Y.', 'YDK', 'S.Y.'],
    ['SYS', 'YDK', 'SYS'],
    ['S.F.', 'FTK', 'S.F.'],
    ['C.Y.', 'YDQ', 'C.Y.'],
    ['CYS', 'YDQ', 'CYS'],
    ['TON', 'STN', 'TON'],
    ['LBS', 'LBR', 'LBS'],
    ['GAL', 'GLL', 'GAL'],
    ['M.G.', 'ZZ', 'M.G.'],
    ['L.S.', 'LS', 'L.S.'],
    ['$', 'M4', '$'],
    ['MILE', 'SMI', 'MILE'],
    ['MONTH', 'MON', 'MONTH'],
    ['DAY', 'DAY', null],
    ['HOUR', 'HUR', 'HOUR'],
    ['kgm', 'KGM', null],
    ['件', 'C62', '件'],
  ];
  for (const [written, unit, originalUnit] of cases)
    it(`knows ${written} as ${unit}`, () => {
      expect(readUnit(written)).to.deep.equal({ unit, originalUnit });
    });
  it('does not guess', () => {
    expect(readUnit('furlong')).to.equal(null);
    expect(readUnit('constructor')).to.equal(null);
  });
});
