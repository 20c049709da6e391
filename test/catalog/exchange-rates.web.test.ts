import { expect } from 'chai';
import { findExchangeRates } from '../../src/catalog/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const form = {
  fromCurrency: 'cny',
  toCurrency: 'USD',
  exchangeRate: '0.1391',
  validOn: '2026-03-01',
  rateSource: 'Treasury',
};

describe('exchange rates', () => {
  let world: World;
  let finance: Visitor;
  before(async () => {
    world = await makeWorld();
    finance = await world.as(await world.staff('finance'));
  });
  after(() => world.close());
  const rows = () => world.db('exchange_rate').orderBy('id');
  const found = async (knownAt = world.now(), day = '2026-03-02') =>
    (
      await world.runInTx(system('test'), (ctx) =>
        findExchangeRates(ctx, { from: ['CNY', 'EUR'], to: 'USD', day, knownAt }),
      )
    ).get('CNY')?.rate;

  it('are entered one by one, with who and whence, and each leaves an act', async () => {
    await finance.post('/exchange-rates', form).expect(303);
    const { text } = await finance.get('/exchange-rates').expect(200);
    expect(text).to.include('1 CNY = 0.1391 USD').and.to.include('Treasury');
    const acts = await world.db('event').where({ action: 'exchange_rate.entered' });
    expect(acts).to.have.length(1);
    expect(await found()).to.equal('0.1391');
  });

  it('keep what was typed when they are refused, and ask whether a rate far off is meant', async () => {
    const refused = await finance.post('/exchange-rates', { ...form, exchangeRate: '7.19' }).expect(422);
    expect(refused.text).to.include('more than 20 % away').and.to.include('value="7.19"');
    await finance.post('/exchange-rates', { ...form, exchangeRate: '0' }).expect(422);
    await finance.post('/exchange-rates', { ...form, fromCurrency: 'XQX' }).expect(422);
    await finance
      .post('/exchange-rates', { ...form, toCurrency: 'CNY' })
      .expect(422, /between two currencies/);
    expect(await rows()).to.have.length(1);
  });

  it('are corrected by a later row, and a look back sees what was known then', async () => {
    const before = world.now();
    world.setNow(new Date(before.getTime() + 60_000).toISOString());
    await finance.post('/exchange-rates', { ...form, exchangeRate: '0.14' }).expect(303);
    expect(await found()).to.equal('0.14');
    expect(await found(before)).to.equal('0.1391');
    expect(await found(world.now(), '2026-02-28')).to.equal(undefined);
    expect((await finance.get('/exchange-rates?currency=CNY').expect(200)).text).to.include(
      'corrected later',
    );
    expect((await finance.get('/exchange-rates?currency=JPY').expect(200)).text).to.include(
      'No exchange rates yet',
    );
  });

  it('are imported from a spreadsheet, all or none', async () => {
    const upload = (csv: string) =>
      finance.upload('/exchange-rates/import', {}, { sheet: ['rates.csv', Buffer.from(csv)] });
    const head = 'From,To,Rate,Valid from,Source\n';
    const wrong = await upload(`${head}EUR,USD,1.08,2026-03-01,ECB\nZZZ,USD,1,2026-03-01,ECB\n`).expect(422);
    expect(wrong.text).to.include('A3').and.to.include('no ISO 4217 currency');
    await upload(`${head}CNY,USD,1.4,2026-03-01,ECB\n`).expect(422, /more than 20 % away/);
    expect(await rows()).to.have.length(2);
    await upload(`${head}EUR,USD,1.08,2026-03-01,ECB\nJPY,USD,0.0067,2026-03-01,ECB\n`).expect(303);
    expect(await rows()).to.have.length(4);
    await finance.get('/exchange-rates/template').expect(200);
    await finance.upload('/exchange-rates/import', {}, {}).expect(422, /Choose a spreadsheet/);
  });

  it('are entered by finance and administrators, read by buyers, and no matter of suppliers', async () => {
    const buyer = await world.as(await world.staff('buyer'));
    expect((await buyer.get('/exchange-rates').expect(200)).text).not.to.include('Enter a rate');
    await buyer.post('/exchange-rates', form).expect(403);
    await (await world.as(await world.staff('administrator'))).get('/exchange-rates').expect(200);
    await (await world.as(await world.staff('receiver'))).get('/exchange-rates').expect(403);
  });
});
