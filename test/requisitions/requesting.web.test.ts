import { expect } from 'chai';
import { findContradictions } from '../../src/audit/verify.queries.ts';
import { giveDelegation } from '../../src/identity/delegation/delegations.service.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import {
  ACCOUNT,
  asking,
  makeBudget,
  makePolicy,
  makeRequisition,
  makeTwoPlants,
  someRule,
} from '../support/factories/requisitions.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const form = (over: Record<string, unknown> = {}) => ({
  title: 'Gloves for line 3',
  note: '',
  categoryCode: 'MACH',
  plantCode: 'QD01',
  currency: 'USD',
  account: ACCOUNT,
  needByOn: '2026-04-30',
  hasLines: 'yes',
  lines: [
    {
      itemCode: 'GL-10',
      description: 'Gloves, nitrile',
      quantity: '100',
      unit: 'pair',
      estimatedPrice: '2.5',
    },
    { itemCode: '', description: '', quantity: '', unit: '', estimatedPrice: '' },
  ],
  ...over,
});

describe('asking for something', () => {
  let world: World;
  let requester: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    await makeTwoPlants(world);
    requester = await world.as(await world.staff('requester'));
  });
  afterEach(() => world.close());
  const stateOf = async (id: string) => (await world.db('requisition').where({ id }).first('state'))?.state;
  const idIn = (location: string | undefined) =>
    /requisitions\/([\da-f-]{36})/.exec(location ?? '')?.[1] ?? '';

  it('is typed, gets the account and day of its head, and is submitted when its budget is enough', async () => {
    await makeBudget(world);
    await requester.get('/requisitions/new').expect(200, /What is needed/);
    const made = await requester.post('/requisitions', form({ next: 'submit' })).expect(303);
    const id = idIn(made.headers['location']);
    expect(await stateOf(id)).to.equal('submitted');
    const [line] = await world.db('requisition_line').where({ requisition_id: id });
    expect(line).to.include({
      account: ACCOUNT,
      unit: 'PR',
      original_unit: 'pair',
      need_by_on: '2026-04-30',
    });
    const page = await requester.get(`/requisitions/${id}`).expect(200);
    expect(page.text).to.include('PR-2026-0001').and.include('Waits for: Approver').and.include('250.00');
    await requester.get('/requisitions?q=gloves&mine=yes').expect(200, /PR-2026-0001/);
    const csv = await requester.get('/requisitions/export.csv').expect(200);
    expect(csv.text).to.include('PR-2026-0001');
    // Typed again from the last one.
    const copy = await requester.post(`/requisitions/${id}/copy`).expect(303);
    expect(await stateOf(idIn(copy.headers['location']))).to.equal('draft');
  });

  it('is refused at submission without an account, an estimate or a budget, and leaves no trace', async () => {
    for (const [over, code] of [
      [{ account: '' }, 'requisition.line-without-account'],
      [
        { lines: [{ description: 'Gloves', quantity: '1', unit: 'PR' }] },
        'requisition.line-without-estimate',
      ],
      [{}, 'budget.none'],
      [{ needByOn: '2026-03-01' }, 'requisition.needed-in-the-past'],
      [{ lines: [] }, 'requisition.has-no-lines'],
    ] as const) {
      const refused = await requester.post('/requisitions', form({ ...over, next: 'submit' })).expect(422);
      expect(refused.text).to.include(`data-code="${code}"`).and.include('Gloves for line 3');
    }
    expect(await world.db('requisition').count()).to.deep.equal([{ count: 0 }]);
    expect(await world.db('approval').count()).to.deep.equal([{ count: 0 }]);
  });

  it('is imported from a spreadsheet, looked at first, with every wrong cell named', async () => {
    const { requisitionId } = await makeRequisition(world, { requester: requester.actor, lines: [] });
    const page = `/requisitions/${requisitionId}/lines/import`;
    const csv = (...rows: string[]) =>
      ({
        sheet: [
          'lines.csv',
          Buffer.from(`Item code,Description,Qty,Unit,Plant,Account,Estimated price\n${rows.join('\n')}\n`),
        ],
      }) as Record<string, [string, Buffer]>;
    const refused = await requester
      .upload(page, {}, csv('A,Bolt,many,C62,QD01,X,1', 'B,Nut,5,C62,XX99,X,1'))
      .expect(422);
    expect(refused.text).to.include('>C2<').and.include('XX99');
    const shown = await requester
      .upload(page, {}, csv('A,Bolt,10,C62,NB02,4100,1.25', 'B,Nut,5,C62,,,2'))
      .expect(200);
    expect(await world.db('requisition_line').count()).to.deep.equal([{ count: 0 }]);
    const carried = [...shown.text.matchAll(/name="line" value="([^"]*)"/g)].map((found) =>
      (found[1] ?? '').replaceAll('&#34;', '"'),
    );
    await requester
      .post(`/requisitions/${requisitionId}/lines`, { version: '1', mode: 'add', line: carried })
      .expect(303);
    const stored = await world
      .db('requisition_line')
      .orderBy('line_no')
      .select('description', 'plant_code', 'account');
    expect(stored).to.deep.equal([
      { description: 'Bolt', plant_code: 'NB02', account: '4100' },
      { description: 'Nut', plant_code: 'QD01', account: null },
    ]);
    await requester.get(`/requisitions/${requisitionId}/lines/template`).expect(200);
  });

  it('shows both versions to the second of two who edit, and keeps others out', async () => {
    const { requisitionId } = await makeRequisition(world, { requester: requester.actor });
    const edit = `/requisitions/${requisitionId}/edit`;
    await requester.get(edit).expect(200);
    await requester.post(edit, { ...form({ title: 'First' }), version: '1' }).expect(303);
    const stale = await requester.post(edit, { ...form({ title: 'Second' }), version: '1' }).expect(409);
    expect(stale.text).to.include('First').and.include('Second');
    const stranger = await world.as(await world.staff('requester'));
    await stranger.get(`/requisitions/${requisitionId}`).expect(404);
    await stranger.get(edit).expect(404);
    await (await world.as(await world.staff('receiver'))).get('/requisitions').expect(403);
  });

  it('is approved by a chain with parallel steps, where a delegate acts for an approver and never for itself', async () => {
    await makeBudget(world);
    const [plant, category, director] = [
      await world.staff('approver'),
      await world.staff('approver'),
      await world.staff('approver'),
    ];
    await makePolicy(world, [
      asking(plant, { stage: 1, needs: 'all' }),
      asking(category, { stage: 1, needs: 'all' }),
      asking(director, { stage: 2, fromAmount: '200' }),
      someRule({ stage: 3, fromAmount: '100000' }),
    ]);
    const made = await requester.post('/requisitions', form({ next: 'submit' })).expect(303);
    const id = idIn(made.headers['location']);
    const decision = `/requisitions/${id}/decision`;
    await world.drainJobs();
    expect(
      world.mails.map((mail) => mail.subject).filter((one) => one.includes('waits for your approval')),
    ).to.have.lengthOf(2);

    // The category's approver is away; its delegate is somebody without any role of its own that decides.
    const delegate = await world.staff('buyer');
    await delegateTo(category, delegate);
    const away: Actor = {
      ...delegate,
      actsFor: [{ userId: category.userId ?? '', name: category.name, roles: ['approver'] }],
    };
    const visit = async (actor: Actor) => world.as(actor);
    await (await visit(director))
      .post(decision, { decision: 'approve', comment: '' })
      .expect(422, /approval\.not-yours/);
    await (await visit(plant)).get('/').expect(200, /waits for your approval/);
    await (await visit(plant)).post(decision, { decision: 'approve', comment: 'Needed.' }).expect(303);
    await (await visit(plant)).post(decision, { decision: 'approve', comment: '' }).expect(422);
    expect(await stateOf(id)).to.equal('submitted');
    await (await visit(away)).post(decision, { decision: 'approve', comment: '' }).expect(303);
    const steps = await world
      .db('approval_step')
      .orderBy('step_no')
      .select('state', 'decided_by', 'decided_for');
    expect(steps.map(({ state }) => state)).to.deep.equal(['approved', 'approved', 'pending']);
    expect(steps[1]).to.include({ decided_by: delegate.userId, decided_for: category.userId });
    await (await visit(director)).get(`/requisitions/${id}`).expect(200, /Needed\./);
    // Whoever decides sees what is left.
    await (await visit(director)).get(`/requisitions/${id}`).expect(200, /1,000\.00 USD/);
    await (await visit(director)).post(decision, { decision: 'approve', comment: '' }).expect(303);
    expect(await stateOf(id)).to.equal('approved');
    expect(await world.db('budget_commitment').select('reserved', 'committed')).to.deep.equal([
      { reserved: '250.0000', committed: '0.0000' },
    ]);
    await world.drainJobs();
    expect(world.mails.at(-1)?.subject).to.include('is approved');
  });

  it('is never decided by its requester, neither as an approver nor for one who is away', async () => {
    await makeBudget(world);
    const both = await world.staff('requester', 'approver');
    const own = await makeRequisition(world, { requester: both });
    const visitor = await world.as(both);
    await visitor.post(`/requisitions/${own.requisitionId}/submission`).expect(303);
    const page = await visitor.get(`/requisitions/${own.requisitionId}`).expect(200);
    expect(page.text).not.to.include('name="decision"');
    await visitor
      .post(`/requisitions/${own.requisitionId}/decision`, { decision: 'approve', comment: '' })
      .expect(422, /requisition\.approver-is-requester/);

    const absent = await world.staff('approver');
    await makePolicy(world, [asking(absent)]);
    const { requisitionId } = await makeRequisition(world, { requester: requester.actor });
    await requester.post(`/requisitions/${requisitionId}/submission`).expect(303);
    await delegateTo(absent, requester.actor);
    await (await world.as(requester.actor))
      .post(`/requisitions/${requisitionId}/decision`, { decision: 'approve', comment: '' })
      .expect(422, /requisition\.approver-is-requester/);
    expect(await stateOf(requisitionId)).to.equal('submitted');
    expect(await world.db('budget_commitment').count()).to.deep.equal([{ count: 0 }]);
  });

  it('is returned with a reason, changed, submitted again, and cancelled with what it had reserved', async () => {
    await makeBudget(world);
    const approver = await world.as(await world.staff('approver'));
    const { requisitionId } = await makeRequisition(world, { requester: requester.actor });
    const path = `/requisitions/${requisitionId}`;
    await requester.post(`${path}/submission`).expect(303);
    await approver
      .post(`${path}/decision`, { decision: 'return', comment: '' })
      .expect(422, /approval\.needs-a-comment/);
    await approver.post(`${path}/decision`, { decision: 'return', comment: 'Which size?' }).expect(303);
    expect(await stateOf(requisitionId)).to.equal('returned');
    await requester.get('/').expect(200, /given back to you/);
    const { version } = await world.db('requisition').where({ id: requisitionId }).first('version');
    await requester.post(`${path}/edit`, { ...form(), version: String(version), next: 'submit' }).expect(303);
    await approver.post(`${path}/decision`, { decision: 'approve', comment: '' }).expect(303);
    await requester.post(`${path}/cancellation`, { reason: 'No longer needed' }).expect(303);
    expect(await stateOf(requisitionId)).to.equal('cancelled');
    const [commitment] = await world.db('budget_commitment');
    expect(commitment.reserved).to.equal('0.0000');
    expect(await world.db.transaction((tx) => findContradictions(tx))).to.deep.equal([]);
    const timeline = await requester.get(path).expect(200);
    expect(timeline.text).to.include('Which size?').and.include('No longer needed');
  });

  /** For the days of the test. */
  async function delegateTo(principal: Actor, delegate: Actor): Promise<void> {
    await world.runInTx(principal, (ctx) =>
      giveDelegation(ctx, {
        delegateId: delegate.userId ?? '',
        roles: ['approver'],
        fromOn: '2026-03-02',
        untilOn: '2026-03-09',
        note: '',
      }),
    );
  }
});
