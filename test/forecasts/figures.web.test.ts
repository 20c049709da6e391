import { expect } from 'chai';
import { findDocument } from '../../src/disputes/documents.service.ts';
import { shortfallOf } from '../../src/forecasts/commit.ts';
import { submitCommit } from '../../src/forecasts/commits.service.ts';
import { publishForecast, saveDraft, startVersion } from '../../src/forecasts/forecasts.service.ts';
import { findShortLines } from '../../src/forecasts/shortfalls.queries.ts';
import type { AppError } from '../../src/kernel/errors.ts';
import { makeReceipt } from '../support/factories/deliveries.ts';
import { incoming, makeForecast, someTerms } from '../support/factories/forecasts.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('the figures of a forecast', () => {
  let world: World;
  let made: Awaited<ReturnType<typeof makeForecast>>;
  before(async () => {
    world = await makeWorld();
    made = await makeForecast(world, {});
  });
  after(() => world.close());
  const page = () => `/forecasts/${made.forecastId}`;

  const answer = (version: number, quantities: readonly (readonly string[])[]) =>
    world.runInTx(made.supplier, async (ctx) => {
      const rows = await world
        .db('forecast_line')
        .join('forecast_version', 'forecast_version.id', 'forecast_line.forecast_version_id')
        .where({ forecast_id: made.forecastId, version })
        .orderBy('line_no')
        .select('forecast_line.id');
      const lines = rows.map(({ id }, index) => ({
        lineId: id,
        quantities: quantities[index] ?? [],
        reason: 'One press is down',
        capacityNote: '60 a week',
      }));
      await submitCommit(ctx, { forecastId: made.forecastId, version, revision: 0, note: '', lines });
    });

  it('are short by week first by what comes soonest, for whoever may see the forecast, and add up as the rule does', async () => {
    const buyer = await world.as(made.buyer);
    expect((await buyer.get('/forecasts/shortfalls').expect(200)).text).to.include('Nothing is short');
    const short = ['100', '60', '140', '100', '100', '60'];
    await answer(1, [short, ['0', '40', '0', '40', '0', '40']]);
    const seen = (await buyer.get('/forecasts/shortfalls').expect(200)).text;
    expect(seen).to.include('2026-W11').and.include('BRK-A').and.include('One press is down');
    expect(seen).not.to.include('HSG-7');
    const [row] = await world.runInTx(made.buyer, findShortLines);
    const rule = shortfallOf(['100', '100', '100', '100', '100', '100'], short);
    expect(row).to.include({ firstWeek: '2026-03-09', zone: 'firm', most: rule?.most, atEnd: rule?.atEnd });
    const file = await buyer.get('/forecasts/shortfalls/export.csv').expect(200);
    expect(file.text.split('\r\n')[1]).to.include('2026-W11').and.include('60 a week');
    const stranger = await world.as((await makeSupplier(world)).actor);
    expect((await stranger.get('/forecasts/shortfalls').expect(200)).text).not.to.include('BRK-A');
    await stranger.get(`${page()}/items?item=BRK-A`).expect(404);
    await stranger.get(`${page()}/accuracy`).expect(404);
    await stranger.get(`${page()}/export.csv`).expect(404);
  });

  it('open to the orders and receipts they are made of, in the same unit and of the same plant and supplier only', async () => {
    const lines = [
      { itemCode: 'BRK-A', quantity: '90', dueOn: '2026-03-05' },
      { itemCode: 'BRK-A', quantity: '70', dueOn: '2026-03-11' },
      { itemCode: 'BRK-A', quantity: '3', unit: 'KGM', dueOn: '2026-03-11' },
      { itemCode: 'OTHER', quantity: '7', dueOn: '2026-03-11' },
    ];
    const order = await makeOrder(world, { supplierUser: made.supplier, buyer: made.buyer, lines });
    await makeOrder(world, { lines: [{ itemCode: 'BRK-A', quantity: '1000', dueOn: '2026-03-05' }] });
    await makeOrder(world, {
      supplierUser: made.supplier,
      state: 'approved',
      lines: [{ itemCode: 'BRK-A', quantity: '500' }],
    });
    const { receipt } = await makeReceipt(world, order, {
      quantities: ['50', '0', '0', '0'],
      receivedOn: '2026-03-02',
    });
    for (const reader of [made.buyer, made.supplier]) {
      const seen = (await (await world.as(reader)).get(`${page()}/items?item=BRK-A`).expect(200)).text;
      expect(seen).to.include(`/orders/${order.order.id}`).and.include(`/receipts/${receipt.id}`);
      // 90 and 70 ordered, 50 of it received: 110 are open, and the forecast goes on from the 50.
      expect(seen).to.include('>110<').and.include('>50<').and.include('>650<');
      expect(seen).not.to.include('1,000').and.not.to.include('>500<');
      expect((await (await world.as(reader)).get(page()).expect(200)).text).to.include('>Ordered<');
    }
    const buyer = await world.as(made.buyer);
    await buyer.get(`${page()}/items?item=NONE`).expect(404);
    const file = (await buyer.get(`${page()}/export.csv`).expect(200)).text;
    const rows = file.split('\r\n').filter((row) => row.startsWith('BRK-A'));
    expect(rows.map((row) => row.split(',').slice(4, 8).join(' '))).to.deep.equal([
      'Forecast 600 100 100',
      'Committed 560 100 60',
      'Ordered  90 70',
      'Received  50 0',
    ]);
    const sheet = await buyer.get(`${page()}/export.xlsx`).expect(200);
    expect(sheet.headers['content-type']).to.include('spreadsheetml');
  });

  it('can be written about and disputed by both sides, and by nobody else', async () => {
    const on = `/messages/forecast/${made.forecastId}`;
    const [buyer, supplier] = [await world.as(made.buyer), await world.as(made.supplier)];
    await buyer.post(on, { body: 'Can a second press help?' }).expect(303);
    await world.drainJobs();
    const { email } = await world.db('user_account').where({ id: made.supplier.userId }).first('email');
    expect(
      world.mails.some((mail) => mail.to.address === email && mail.subject.includes('FC-2026')),
    ).to.equal(true);
    expect((await supplier.get(on).expect(200)).text).to.include('Can a second press help?');
    const form = { topic: 'delivery', title: 'Week 11', body: 'Sixty are missing.' };
    await supplier.post(`${on}/disputes`, form).expect(303);
    const dispute = await world.db('dispute').first();
    expect(dispute).to.include({ subject_type: 'forecast', owner_id: made.buyer.userId });
    await buyer.get(`/disputes/${dispute.id}`).expect(200, /Sixty are missing/);
    await (await world.as((await makeSupplier(world)).actor)).get(on).expect(404);
    const elsewhere = await world.staff('buyer');
    const scope = { plants: ['NB02'], categories: null };
    const seen = await world.runInTx({ ...elsewhere, scope }, (ctx) =>
      findDocument(ctx, 'forecast', made.forecastId).then(
        () => 'seen',
        (error: AppError) => error.code,
      ),
    );
    expect(seen).to.equal('forecast.not-found');
  });

  it('say afterwards how good they were: what was forecast weeks before, and committed to before its week', async () => {
    world.setNow('2026-03-10T10:00:00Z');
    // What is said of a week within it, or later, makes no earlier forecast better.
    await world.runInTx(made.buyer, async (ctx) => {
      await startVersion(ctx, made.forecastId);
      const lines = [incoming('BRK-A', ['70', '100', '100', '100'], '2026-03-09')];
      const terms = { ...someTerms, fromWeek: '2026-03-09', weeks: 4, firmWeeks: 1, note: 'Less' };
      const revision = await saveDraft(ctx, { ...terms, forecastId: made.forecastId, revision: 1, lines });
      await publishForecast(ctx, { forecastId: made.forecastId, revision });
    });
    world.setNow('2026-03-24T10:00:00Z');
    const buyer = await world.as(made.buyer);
    const seen = (await buyer.get(`${page()}/accuracy?weeks=1`).expect(200)).text;
    const rowsOf = (html: string) =>
      [...html.matchAll(/<tr><td class="tnum text-nowrap">(.*?)<\/tr>/gs)].map((match) =>
        (match[1] ?? '')
          .replaceAll(/<[^>]+>/g, ' ')
          .replaceAll(/\s+/g, ' ')
          .trim(),
      );
    // W10 had begun before anything was said of it; in W10 version 1 said 100 of W11, and version 2 came in W11 itself.
    expect(rowsOf(seen).filter((row) => row.includes('BRK-A'))).to.deep.equal([
      '2026-W11 BRK-A 100 70 30 60 0',
      '2026-W12 BRK-A 100 0 100 140 0',
    ]);
    expect((await buyer.get(`${page()}/accuracy?weeks=99`).expect(200)).text).to.include('4 weeks');
  });
});
