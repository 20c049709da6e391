import { expect } from 'chai';
import { job as remind } from '../../jobs/forecasts/every-hour-remind-of-forecasts.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import type { JobHouse } from '../../src/platform/queue/job.ts';
import { makeCatalog } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const WEEKS = ['2026W10', '2026W11', '2026W12', '2026W13', '2026W14', '2026W15'];
const row = (itemCode: string, quantities: readonly string[], over: Record<string, string> = {}) => ({
  itemCode,
  description: `Part ${itemCode}`,
  unit: 'C62',
  ...Object.fromEntries(quantities.map((quantity, index) => [WEEKS[index], quantity])),
  ...over,
});

describe('a forecast and its commit', () => {
  let world: World;
  let buyerActor: Actor;
  let buyer: Visitor;
  let supplier: Visitor;
  let supplierId: string;
  let page: string;
  before(async () => {
    world = await makeWorld();
    await makeCatalog(world);
    buyerActor = await world.staff('buyer');
    buyer = await world.as(buyerActor);
    const made = await makeSupplier(world);
    supplierId = made.supplierId;
    supplier = await world.as(made.actor);
  });
  after(() => world.close());

  const terms = { fromWeek: '2026-W10', weeks: '6', firmWeeks: '2', tradeOffWeeks: '2', note: '' };
  const draft = () => world.db('forecast_version').whereNull('published_at').first();
  const save = async (over: Record<string, unknown> = {}) =>
    buyer.post(`${page}/draft`, { revision: (await draft()).revision, ...terms, ...over });
  const lines = () => world.db('forecast_line').orderBy('line_no');
  const forecast = () => world.db('forecast').first();
  const said = async (action: string) => (await world.db('event').where({ action })).length;
  const mailsTo = (subject: string) => world.mails.filter((mail) => mail.subject.includes(subject)).length;

  it('begins once for a supplier, a plant and a category', async () => {
    const form = { supplierId, plantCode: 'QD01', categoryCode: 'MACH' };
    expect((await buyer.post('/forecasts', { ...form, plantCode: 'NOWHERE' })).status).to.equal(422);
    expect(await world.db('forecast')).to.have.length(0);
    const made = await buyer.post('/forecasts', form).expect(303);
    page = made.headers['location']?.replace('/draft', '') ?? '';
    await buyer.post('/forecasts', form).expect(422, /FC-2026-0001 runs already/);
    expect(await world.db('forecast')).to.have.length(1);
    await buyer.get(`${page}/draft`).expect(200, /2026W35/);
  });

  it('refuses what cannot be, each at its field, keeps what was typed, and stores nothing of it', async () => {
    for (const [over, words] of [
      [{ lines: [row('BRK-A', ['-5'])] }, 'it cannot be negative'],
      [{ lines: [row('BRK-A', ['1234567890123'])] }, 'Not a quantity'],
      [{ lines: [row('BRK-A', ['5'], { unit: 'furlongish' })] }, 'furlongish'],
      [{ lines: [row('BRK-A', ['5'], { description: '' })] }, 'The catalogue does not know BRK-A'],
      [{ lines: [row('BRK-A', ['5']), row('BRK-A', ['6'])] }, 'stands in line 1 already'],
      [{ lines: [row('BRK-A', ['5'], { price: '7' })] }, 'BRK-A'],
      [{ fromWeek: '2026-W09' }, '2026-W10 is the first'],
      [{ fromWeek: '2026-W60' }, 'There is no such week'],
      [{ weeks: '3' }, 'within the limits'],
      [{ weeks: '53' }, 'within the limits'],
      [{ firmWeeks: '5' }, 'at most the 6 weeks'],
      [{ next: 'publish', lines: [row('BRK-A', ['0', ''])] }, 'Nothing is forecast yet'],
    ] as const) {
      const refused = await save(over);
      expect(refused.status, words).to.equal(422);
      expect(refused.text).to.include(words);
    }
    expect((await save({ lines: [row('BRK-A', ['many'])] })).text).to.include('value="many"');
    expect(await lines()).to.have.length(0);
    expect(await draft()).to.include({ revision: 1, weeks: 26 });
    await supplier.get(page).expect(404);
    expect((await supplier.get('/forecasts').expect(200)).text).not.to.include('FC-2026');
  });

  it('keeps a draft, shows the second of two writers both, and comes back with a row more', async () => {
    const typed = [row('BRK-A', ['100', '100', '100', '100', '100', '100']), {}, row('HSG-7', ['', '40'])];
    expect((await save({ lines: typed })).status).to.equal(303);
    expect((await lines()).map(({ item_code, quantities }) => [item_code, String(quantities)])).to.deep.equal(
      [
        ['BRK-A', '100,100,100,100,100,100'],
        ['HSG-7', '0,40,0,0,0,0'],
      ],
    );
    const stale = await buyer.post(`${page}/draft`, {
      revision: 1,
      ...terms,
      note: 'Mine',
      lines: [row('BRK-A', ['90', '100', '100', '100', '100', '100'])],
    });
    expect(stale.status).to.equal(409);
    expect(stale.text).to.include('value="90"').and.include('>100<').and.include('>Mine<');
    expect(await draft()).to.include({ revision: 2, note: '' });
    const more = await save({ lines: ['X', 'Y', 'Z'].map((item) => row(item, ['7'])), next: 'add-line' });
    expect(more.status).to.equal(200);
    expect(more.text).to.include('value="7"').and.include('lines[3][itemCode]');
    expect(await lines()).to.have.length(2);
  });

  it('is published to its supplier and nobody else, who gets a mail and work on its home page', async () => {
    expect((await save({ next: 'publish' })).status).to.equal(303);
    expect(await forecast()).to.include({ state: 'published', current_version: 1 });
    await world.drainJobs();
    expect(mailsTo('FC-2026-0001, version 1')).to.equal(1);
    const seen = await supplier.get(page).expect(200);
    expect(seen.text).to.include('BRK-A').and.include('Commit to everything').and.include('Firm');
    expect((await supplier.get('/').expect(200)).text).to.include('1 forecast to commit to');
    const stranger = await world.as((await makeSupplier(world)).actor);
    await stranger.get(page).expect(404);
    await stranger.get(`${page}/commit`).expect(404);
    await stranger.post(`${page}/commit/whole`, { version: 1 }).expect(404);
    expect(await world.db('forecast_commit')).to.have.length(0);
    await buyer.post(`${page}/commit/whole`, { version: 1 }).expect(403);
    await world.db.raw(`UPDATE forecast_line SET quantities = '{1}'`).then(
      () => expect.fail('A published line was changed'),
      (error: Error) => expect(error.message).to.include('never changed'),
    );
  });

  const answer = async (quantities: readonly (readonly string[])[], over: Record<string, unknown> = {}) => {
    const all = await world
      .db('forecast_line')
      .join('forecast_version', 'forecast_version.id', 'forecast_line.forecast_version_id')
      .where('forecast_version.version', over['version'] ?? 1)
      .orderBy('line_no')
      .select('forecast_line.id');
    return {
      version: 1,
      revision: (await world.db('forecast_commit').whereNull('submitted_at').first())?.revision ?? 0,
      lines: all.map(({ id }, index) => ({
        lineId: id,
        reason: index === 0 ? 'One shift' : '',
        ...Object.fromEntries((quantities[index] ?? []).map((quantity, place) => [`w${place}`, quantity])),
      })),
      ...over,
    };
  };
  const FULL = ['100', '100', '100', '100', '100', '100'];
  const HOUSING = ['0', '40', '0', '0', '0', '0'];

  it('is kept while its supplier types, which nobody of ours sees, and refused where it says nothing or too much', async () => {
    const halfway = await answer([['100', '60'], HOUSING]);
    const saved = await supplier
      .post(`${page}/commit`, halfway)
      .set('Accept', 'application/json')
      .expect(200);
    expect(saved.body).to.include({ revision: 1 });
    await supplier.post(`${page}/commit`, halfway).set('Accept', 'application/json').expect(409);
    expect((await supplier.get(`${page}/commit`).expect(200)).text).to.include('value="60"');
    expect((await buyer.get(page).expect(200)).text).not.to.include('One shift');
    for (const [quantities, words] of [
      [[['100', '60'], HOUSING], 'Say how much, or 0'],
      [[['100', '100', '100', '100', '100', '101'], HOUSING], 'You commit 601 in all'],
      [[FULL, ['0', '39', '0', '0', '0', '0']], 'Say why it is not as forecast'],
      [[['100', '-1', '0', '0', '0', '0'], HOUSING], 'Not a quantity'],
    ] as const) {
      const refused = await supplier.post(`${page}/commit`, await answer(quantities, { next: 'submit' }));
      expect(refused.status, words).to.equal(422);
      expect(refused.text).to.include(words);
    }
    const foreign = await answer([FULL, HOUSING], { next: 'submit' });
    foreign.lines[0] = { ...foreign.lines[0], lineId: '0190b0a0-0000-7000-8000-000000000000' } as never;
    await supplier.post(`${page}/commit`, foreign).expect(422);
    expect(await forecast()).to.include({ state: 'published' });
    expect(await world.db('forecast_commit')).to.have.length(1);
    expect(await said('forecast.committed')).to.equal(0);
  });

  it('is submitted with less and later, which both sides see first, and the planner is told of', async () => {
    const short = [['100', '60', '140', '100', '100', '60'], HOUSING];
    await supplier.post(`${page}/commit`, await answer(short, { next: 'submit' })).expect(303);
    expect(await forecast()).to.include({ state: 'committed' });
    const seen = await buyer.get(page).expect(200);
    expect(seen.text)
      .to.include('1 line is committed below')
      .and.include('One shift')
      .and.include('40 missing');
    await world.drainJobs();
    expect(mailsTo('has committed to FC-2026-0001')).to.equal(1);
    // What is said once can be said better: a later commit is another one, and the earlier stays.
    await supplier.post(`${page}/commit/whole`, { version: 1 }).expect(303);
    expect(await world.db('forecast_commit').whereNotNull('submitted_at')).to.have.length(2);
    expect((await buyer.get(page)).text).to.include('Everything is committed as forecast');
    await supplier.post(`${page}/commit`, await answer(short, { next: 'submit' })).expect(303);
  });

  it('goes on in versions that say what changed, and lowers firm weeks with a note only', async () => {
    await buyer.post(`${page}/versions`).expect(303);
    await buyer.post(`${page}/versions`).expect(303);
    expect(await world.db('forecast_version')).to.have.length(2);
    const typed = { lines: [row('BRK-A', ['100', '80', '100', '130', '100', '100']), row('NEW-1', ['5'])] };
    const refused = await save({ ...typed, next: 'publish' });
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('firm weeks are lower').and.include('value="80"');
    expect(await forecast()).to.include({ current_version: 1 });
    expect((await save({ ...typed, note: 'The line is rebuilt', next: 'publish' })).status).to.equal(303);
    expect(await forecast()).to.include({ state: 'published', current_version: 2 });
    const seen = (await supplier.get(page).expect(200)).text;
    expect(seen).to.include('20 less than in version 1').and.include('30 more than in version 1');
    expect(seen).to.include('No longer forecast since version 1').and.include('The line is rebuilt');
    expect((await supplier.get(`${page}?version=1`).expect(200)).text).to.include('Version 2 counts now');
    await supplier.get(`${page}?version=9`).expect(404);
    // Who still answers the old one is told of the new one, and begins with what it said where nothing changed.
    await supplier.post(`${page}/commit/whole`, { version: 1 }).expect(409);
    const form = (await supplier.get(`${page}/commit`).expect(200)).text;
    expect(form).to.include('value="140"').and.include('value="One shift"');
  });

  it('is reminded of and then taken to the planner, and is never committed to by silence', async () => {
    const run = () => remind.run({ runInTx: world.house.runInTx } as JobHouse);
    await run();
    expect(await said('forecast.reminded')).to.equal(0);
    world.setNow('2026-03-06T10:00:00Z');
    for (const _ of [1, 2]) await run();
    expect(await said('forecast.reminded')).to.equal(1);
    expect(await said('forecast.escalated')).to.equal(0);
    world.setNow('2026-03-11T10:00:00Z');
    for (const _ of [1, 2]) await run();
    expect(await said('forecast.escalated')).to.equal(1);
    buyer = await world.as(buyerActor);
    await world.drainJobs();
    expect(mailsTo('still waits for your commitment')).to.equal(1);
    expect(mailsTo('stays silent on')).to.equal(1);
    expect(await forecast()).to.include({ state: 'published' });
    expect((await buyer.get('/')).text).to.include('whose supplier stays silent');
    expect((await buyer.get('/forecasts?state=published&q=new-1')).text).to.include('Overdue');
  });

  it('begins no version in a week that is over, and ends with a reason', async () => {
    await buyer.post(`${page}/versions`).expect(303);
    world.setNow('2026-03-18T10:00:00Z');
    [buyer, supplier] = [await world.as(buyerActor), await world.as(supplier.actor)];
    const over = await save({ fromWeek: '2026-W11', lines: [row('BRK-A', ['1', '1'])] });
    expect(over.text).to.include('This week is over. 2026-W12');
    await buyer.post(`${page}/draft/removal`, { revision: 99 }).expect(409);
    const { revision } = await draft();
    await buyer.post(`${page}/draft/removal`, { revision }).expect(303);
    await buyer.post(`${page}/end`, { reason: '' }).expect(422);
    await buyer.post(`${page}/end`, { reason: 'Phased out' }).expect(303);
    expect(await forecast()).to.include({ state: 'ended' });
    await supplier.post(`${page}/commit/whole`, { version: 2 }).expect(422, /cannot be committed to/);
    await buyer.post(`${page}/versions`).expect(422);
    await world.drainJobs();
    expect(mailsTo('FC-2026-0001 is ended')).to.equal(1);
  });
});
