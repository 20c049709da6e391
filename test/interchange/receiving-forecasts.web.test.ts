import { expect } from 'chai';
import request from 'supertest';
import { commitWhole } from '../../src/forecasts/commits.service.ts';
import { makeCatalog } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('receiving forecasts from another system', () => {
  let world: World;
  let token: string;
  let plannerEmail: string;
  let supplier: Awaited<ReturnType<typeof makeSupplier>>;
  let reference: string;
  before(async () => {
    world = await makeWorld();
    await makeCatalog(world);
    const administrator = await world.as(await world.staff('administrator'));
    const scope = ['forecasts.write', 'forecasts.read'];
    const { text } = await administrator.post('/integrations', { name: 'MRP', scope }).expect(200);
    token = /data-token>([^<]+)</.exec(text)?.[1] ?? '';
    const { userId } = await world.staff('buyer');
    ({ email: plannerEmail } = await world.db('user_account').where({ id: userId }).first('email'));
    supplier = await makeSupplier(world);
    ({ reference } = await world.db('supplier').where({ id: supplier.supplierId }).first('reference'));
  });
  after(() => world.close());

  const body = (over: Record<string, unknown> = {}) => ({
    plannerEmail,
    supplier: reference,
    plantCode: 'QD01',
    categoryCode: 'MACH',
    fromWeek: '2026-W10',
    weeks: 13,
    publish: true,
    lines: [
      {
        itemCode: 'BRK-A',
        description: 'Bracket',
        unit: 'pcs',
        quantities: { '2026-W10': '100', '2026-W12': '7.5' },
      },
    ],
    ...over,
  });
  const call = (sent: unknown, key: string) =>
    request(world.app)
      .post('/api/v1/forecasts')
      .set('Authorization', `Bearer ${token}`)
      .set('Idempotency-Key', key)
      .send(sent as object);

  it('refuses what cannot be by its path, and makes nothing', async () => {
    const line = body().lines[0];
    for (const [over, path, code] of [
      [{ plannerEmail: 'nobody@hailan.example' }, 'plannerEmail', 'integration.no-such-planner'],
      [{ supplier: 'S-9999' }, 'supplier', 'integration.no-such-supplier'],
      [{ plantCode: 'NOWHERE' }, 'plantCode', 'form.invalid-choice'],
      [{ fromWeek: '2026-W60' }, 'fromWeek', 'forecast.no-such-week'],
      [{ fromWeek: '2026-W09' }, 'lines.0.quantities', undefined],
      [{ weeks: 53 }, 'weeks', 'forecast.weeks-out-of-range'],
      [
        { lines: [{ ...line, quantities: { '2026-W10': '-1' } }] },
        'lines.0.quantities.2026-W10',
        'forecast.no-quantity',
      ],
      [
        { lines: [{ ...line, quantities: { '2026-W40': '1' } }] },
        'lines.0.quantities',
        'integration.week-outside',
      ],
      [{ lines: [{ ...line, unit: 'furlongish' }] }, 'lines.0.unit', 'sourcing.unknown-unit'],
      [{ lines: [line, line] }, 'lines.1.itemCode', 'forecast.item-twice'],
    ] as const) {
      const refused = await call(body(over), 'wrong');
      expect(refused.status, path).to.equal(400);
      if (code !== undefined) expect(refused.body.error.fields[0]).to.include({ path, code });
    }
    expect(await world.db('forecast')).to.have.length(0);
    expect(await world.db('integration_call')).to.have.length(0);
  });

  it('makes and publishes one for the planner it names, once a key, and its next version with the next', async () => {
    const made = await call(body(), 'a').expect(201);
    expect(made.body).to.include({ reference: 'FC-2026-0001', state: 'published', version: 1 });
    expect((await call(body(), 'a').expect(200)).body).to.deep.equal(made.body);
    await call(body({ note: 'Other' }), 'a').expect(409);
    const next = await call(body({ note: 'More', weeks: 14 }), 'b').expect(201);
    expect(next.body).to.include({ id: made.body.id, version: 2 });
    expect(await world.db('forecast_version')).to.have.length(2);
    const event = await world.db('event').where({ action: 'forecast.published' }).first();
    expect(event.actor_name).to.equal('interchange/MRP');
    expect(await world.db('forecast').first('owner_id')).to.deep.equal(
      await world.db('user_account').where({ email: plannerEmail }).first('id as owner_id'),
    );
  });

  it('tells what is committed, once it is', async () => {
    const [{ id }] = await world.db('forecast');
    const ask = () =>
      request(world.app).get(`/api/v1/forecasts/${id}`).set('Authorization', `Bearer ${token}`).expect(200);
    expect((await ask()).body.lines[0]).to.deep.include({ itemCode: 'BRK-A', committed: null });
    await world.runInTx(supplier.actor, (ctx) => commitWhole(ctx, { forecastId: id, version: 2 }));
    const { body: told } = await ask();
    expect(told).to.include({ state: 'committed', committedAt: '2026-03-02T10:00:00.000Z' });
    expect(told.lines[0].committed).to.include({ '2026-W10': '100', '2026-W11': '0', '2026-W12': '7.5' });
  });
});
