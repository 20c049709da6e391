import { expect } from 'chai';
import request from 'supertest';
import { ACCOUNT, makeBudget, makeTwoPlants } from '../support/factories/requisitions.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('receiving requisitions from another system', () => {
  let world: World;
  let administrator: Visitor;
  let token: string;
  let requesterEmail: string;
  beforeEach(async () => {
    world = await makeWorld();
    await makeTwoPlants(world);
    administrator = await world.as(await world.staff('administrator'));
    token = await issue('ERP Qingdao');
    const { userId } = await world.staff('requester');
    ({ email: requesterEmail } = await world.db('user_account').where({ id: userId }).first('email'));
  });
  afterEach(() => world.close());

  async function issue(name: string, scope = ['requisitions.write', 'requisitions.read']): Promise<string> {
    const { text } = await administrator.post('/integrations', { name, scope }).expect(200);
    return /data-token>([^<]+)</.exec(text)?.[1] ?? '';
  }
  const body = (over: Record<string, unknown> = {}) => ({
    externalReference: '4711',
    requesterEmail,
    title: 'Gloves',
    categoryCode: 'MACH',
    plantCode: 'QD01',
    currency: 'USD',
    submit: true,
    lines: [
      {
        description: 'Gloves, size 9',
        quantity: '100',
        unit: 'pair',
        needByOn: '2026-04-30',
        account: ACCOUNT,
        estimatedPrice: '2.5',
      },
    ],
    ...over,
  });
  const call = (sent: unknown, { key = 'call-1', bearer = token } = {}) =>
    request(world.app)
      .post('/api/v1/requisitions')
      .set('Authorization', `Bearer ${bearer}`)
      .set('Idempotency-Key', key)
      .send(sent as object);
  const count = async () => Number((await world.db('requisition').count())[0]?.['count']);

  it('makes and submits one for the person it names, once a key', async () => {
    await makeBudget(world);
    const made = await call(body()).expect(201);
    expect(made.body).to.include({
      reference: 'PR-2026-0001',
      state: 'submitted',
      externalReference: '4711',
    });
    const again = await call(body()).expect(200);
    expect(again.body).to.deep.equal(made.body);
    const both = await Promise.all([call(body(), { key: 'call-2' }), call(body(), { key: 'call-2' })]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).to.deep.equal([200, 201]);
    expect(await count()).to.equal(2);
    const conflict = await call(body({ title: 'Other' })).expect(409);
    expect(conflict.body.error.code).to.equal('integration.key-reused');
    const told = await request(world.app)
      .get(`/api/v1/requisitions/${made.body.id}`)
      .set('Authorization', `Bearer ${token}`)
      .expect(200);
    expect(told.body).to.deep.equal(made.body);
    const [row] = await world.db('requisition').where({ id: made.body.id });
    expect(row).to.include({ source: 'ERP Qingdao', external_reference: '4711' });
    const [act] = await world.db('event').where({ action: 'requisition.created' });
    expect(act).to.include({ actor_kind: 'system', actor_name: 'interchange/ERP Qingdao' });
  });

  it('names each wrong field by its path, and makes nothing', async () => {
    const wrong = body({
      title: '',
      surprise: 1,
      lines: [{ description: 'x', quantity: 100, unit: 'furlong', estimatedPrice: '1,5' }],
    });
    const refused = await call(wrong).expect(400);
    const paths = refused.body.error.fields.map(({ path }: { path: string }) => path);
    expect(paths).to.include.members(['title', 'lines.0.quantity', 'lines.0.unit', 'lines.0.estimatedPrice']);
    for (const [sent, path] of [
      [body({ plantCode: 'XX' }), 'plantCode'],
      [body({ requesterEmail: 'nobody@hailan.example' }), 'requesterEmail'],
      [body({ lines: [] }), 'lines'],
    ] as const) {
      const { body: answer } = await call(sent).expect(400);
      expect(answer.error.fields[0].path).to.equal(path);
    }
    expect(await count()).to.equal(0);
  });

  it('refuses what the rules refuse, and takes it corrected with the same key', async () => {
    const refused = await call(body()).expect(422);
    expect(refused.body.error).to.include({ code: 'budget.none' });
    expect(refused.body.error.message).to.include(ACCOUNT);
    expect(await count()).to.equal(0);
    await call(body({ submit: false })).expect(201);
    await makeBudget(world);
    await call(body(), { key: 'call-2' }).expect(201);
  });

  it('lets nobody in without a token, with a wrong or a revoked one, or beyond its scope', async () => {
    await request(world.app).post('/api/v1/requisitions').send(body()).expect(401);
    await call(body(), { bearer: `${token}x` }).expect(401);
    const reader = await issue('Reader', ['requisitions.read']);
    const beyond = await call(body(), { bearer: reader }).expect(403);
    expect(beyond.body.error.code).to.equal('integration.out-of-scope');
    await request(world.app)
      .post('/api/v1/requisitions')
      .set('Authorization', `Bearer ${token}`)
      .send(body())
      .expect(400, /integration\.needs-a-key/);
    await call('{"title":')
      .set('Content-Type', 'application/json')
      .expect(400, /form\.malformed/);
    const { id } = await world.db('integration').where({ name: 'ERP Qingdao' }).first('id');
    await administrator.post(`/integrations/${id}/revocation`).expect(303);
    await call(body()).expect(401);
    await administrator.post(`/integrations/${id}/revocation`).expect(404);
    expect(await count()).to.equal(0);
    // Only its hash was ever kept.
    const everything = JSON.stringify([await world.db('integration'), await world.db('event')]);
    expect(everything).not.to.include(token);
  });

  it('is looked after by administrators alone, with one of a name', async () => {
    await administrator
      .post('/integrations', { name: 'erp qingdao', scope: ['requisitions.read'] })
      .expect(422, /integration\.name-in-use/);
    await administrator.post('/integrations', { name: 'Other' }).expect(422);
    await administrator.get('/integrations').expect(200, /ERP Qingdao/);
    await (await world.as(await world.staff('buyer'))).get('/integrations').expect(403);
  });
});
