import { expect } from 'chai';
import { makeAgreement, termsLine } from '../support/factories/agreements.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('prices that follow an index', () => {
  let world: World;
  let buyer: Visitor;
  before(async () => {
    world = await makeWorld();
    buyer = await world.as(await world.staff('buyer'));
  });
  after(() => world.close());
  const codeOf = (text: string): string | undefined => /data-code="([^"]+)"/.exec(text)?.[1];

  it('are proposed as a version when a value is entered, and count when both sides have signed it', async () => {
    const formula = { expression: 'P0 * (0.4 + 0.6 * ALU / ALU0)', baseMonth: '', baseTiers: [] };
    const terms = { lines: [termsLine({ formula })] };
    const unknown = await makeAgreement(world, { terms, until: 'draft' });
    const author = await world.as(unknown.buyer);
    const page = `/agreements/${unknown.agreementId}`;
    const refused = await author.post(`${page}/submission`, { rowVersion: '1' }).expect(422);
    expect(codeOf(refused.text)).to.equal('agreement.index-unknown');

    const index = { code: 'alu', nameEn: 'Aluminium', nameZh: '铝', source: 'SHFE' };
    await buyer.post('/price-indices', index).expect(303);
    expect(codeOf((await buyer.post('/price-indices', index).expect(422)).text)).to.equal(
      'price_index.code-in-use',
    );
    const enter = (month: string, value: string) =>
      buyer.post('/price-index-values', { indexCode: 'ALU', month, value });
    expect(codeOf((await enter('2026-04', '1').expect(422)).text)).to.equal('price_index.month-to-come');
    await enter('2026-13', '1').expect(422);
    expect(await world.db('price_index_value')).to.deep.equal([]);

    const made = await makeAgreement(world, { terms });
    const versions = () =>
      world.db('agreement_version').where({ agreement_id: made.agreementId }).orderBy('version');
    await enter('2026-03', '2000').expect(303);
    await world.drainJobs();
    expect(await versions()).to.have.lengthOf(1);
    world.setNow('2026-04-02T10:00:00Z');
    buyer = await world.as(buyer.actor);
    // A correction of the month it begins with counts, too.
    await enter('2026-03', '2500').expect(303);
    await enter('2026-04', '3000').expect(303);
    await world.drainJobs();
    const [, proposed] = await versions();
    expect(proposed).to.include({ state: 'draft', author_id: null });
    expect(proposed.terms.lines[0].tiers).to.deep.equal([
      { fromQuantity: '0', unitPrice: '14' },
      { fromQuantity: '100', unitPrice: '13.216' },
    ]);
    const [line] = await world.db('agreement_line').where({ agreement_id: made.agreementId });
    expect(line.tiers[0].unitPrice).to.equal('12.5');
    expect(
      await world.db('notification').where({ user_id: made.buyer.userId, template: 'agreement-news' }),
    ).to.have.lengthOf.above(0);
    const { text } = await buyer.get('/price-indices').expect(200);
    expect(text).to.include('2026-04').and.include('3,000');
  });

  it('are entered by who buys or pays, and not seen by suppliers', async () => {
    const { supplier } = await makeAgreement(world, { until: 'draft' });
    await (await world.as(supplier)).get('/price-indices').expect(404);
    const approver = await world.as(await world.staff('approver'));
    await approver.get('/price-indices').expect(200);
    await approver.post('/price-indices', {}).expect(403);
  });

  it('come by spreadsheet with where they were read: all of them or none, and once only', async () => {
    await buyer
      .post('/price-indices', { code: 'cu', nameEn: 'Copper', nameZh: '铜', source: 'SHFE' })
      .expect(303);
    const upload = (csv: string) =>
      buyer.upload('/price-index-values/import', {}, { sheet: ['values.csv', Buffer.from(csv)] });
    const values = () => world.db('price_index_value').where({ index_code: 'CU' }).orderBy('month');
    const head = 'Index,Month,Value,Source,Published on';
    const wrong = await upload(
      `${head}\nCU,2026-03,9000,LME,2026-04-01\nZINC,2026-03,1,LME,\nCU,soon,1,LME,\nCU,2031-01,1,LME,\nCU,2026-03,1,LME,\n`,
    ).expect(422);
    for (const cell of ['A3', 'B4', 'B5', 'B6']) expect(wrong.text, cell).to.include(`>${cell}<`);
    expect(await values()).to.deep.equal([]);
    const before = await world.db('event').where({ action: 'price_index.valued' }).pluck('id');
    await upload(`${head}\ncu,2026-02,8800.5,LME,2026-03-02\nCU,2026/3,9000,"LME, cash",2026-04-01\n`).expect(
      303,
    );
    expect(
      (await values()).map((one) => [one.month, Number(one.value), one.source, one.published_on]),
    ).to.deep.equal([
      ['2026-02', 8800.5, 'LME', '2026-03-02'],
      ['2026-03', 9000, 'LME, cash', '2026-04-01'],
    ]);
    const acts = await world.db('event').where({ action: 'price_index.valued' }).whereNotIn('id', before);
    expect(acts.map(({ changes }) => [changes.code, changes.count])).to.deep.equal([['CU', 2]]);
    // What goes out comes back and changes nothing.
    const { text } = await buyer.get('/price-indices/values.csv').expect(200);
    await upload(text).expect(303);
    expect(await values()).to.have.length(2);
    expect((await buyer.get('/price-indices').expect(200)).text).to.include('LME, cash · ');
    const requester = await world.as(await world.staff('requester'));
    await requester.get('/price-indices/values.csv').expect(403);
  });
});
