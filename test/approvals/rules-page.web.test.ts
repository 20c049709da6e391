import { expect } from 'chai';
import { passTimeOnApprovals } from '../../src/approvals/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { decideRequisition, submitRequisition } from '../../src/requisitions/index.ts';
import { asking, makeBudget, makePolicy, makeRequisition } from '../support/factories/requisitions.ts';
import { makeCatalog } from '../support/factories/sourcing.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('the rules of who approves what', () => {
  let world: World;
  let administrator: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    await makeCatalog(world);
    administrator = await world.as(await world.staff('administrator'));
  });
  afterEach(() => world.close());
  const page = '/approval-rules/requisition';
  const row = (over: Record<string, string> = {}) => ({
    fromAmount: '',
    categoryCode: '',
    plantCode: '',
    stage: '1',
    needs: 'all',
    approver: 'role:approver',
    remindAfterDays: '2',
    escalateAfterDays: '',
    escalateTo: '',
    ...over,
  });
  const form = (over: Record<string, unknown> = {}) => ({
    version: '0',
    validFrom: '2026-03-02',
    currency: 'USD',
    note: 'As the board decided',
    rules: [row(), row({ approver: '' })],
    next: 'save',
    ...over,
  });

  it('are written as a version, shown, and followed by the next one', async () => {
    await administrator.get('/approval-rules').expect(200, /one approver decides each/);
    await administrator.get(`${page}/new`).expect(200);
    const more = await administrator.post(page, form({ next: 'add-rule' })).expect(200);
    expect(more.text.match(/\[approver\]/g)).to.have.lengthOf(3);
    await administrator.post(page, form()).expect(303);
    const shown = await administrator.get(page).expect(200);
    expect(shown.text).to.include('Version 1').and.include('As the board decided').and.include('in force');
    await administrator.post(page, form()).expect(409);
    await administrator.post(page, form({ version: '1', validFrom: '2026-04-01' })).expect(303);
    expect((await administrator.get(page)).text).to.include('not yet in force');
    expect(await world.db('approval_rule').count()).to.deep.equal([{ count: 2 }]);
    await (await world.as(await world.staff('auditor'))).get(page).expect(200);
    await (await world.as(await world.staff('approver'))).get(`${page}/new`).expect(403);
    await administrator.get('/approval-rules/invoice').expect(404);
  });

  it('are refused with what is wrong in which row, and leave no trace', async () => {
    const buyer = await world.staff('buyer');
    for (const [over, at] of [
      [{ rules: [row({ approver: '' })] }, 'approval_policy.without-rules'],
      [{ rules: [row({ approver: buyer.userId ?? '' })] }, 'field-rules-0-approver'],
      [{ rules: [row({ plantCode: 'XX' })] }, 'field-rules-0-plantCode'],
      [{ rules: [row({ escalateAfterDays: '1' })] }, 'approval_policy.escalates-before-it-reminds'],
      [{ rules: [row({ fromAmount: '1,5' })] }, 'field-rules-0-fromAmount'],
      [{ validFrom: '2026-03-01' }, 'approval_policy.begins-in-the-past'],
    ] as const) {
      const refused = await administrator.post(page, form(over)).expect(422);
      expect(refused.text).to.include(at).and.include('As the board decided');
    }
    expect(await world.db('approval_policy').count()).to.deep.equal([{ count: 0 }]);
  });

  it('do not touch what was submitted under an earlier version', async () => {
    await makeBudget(world);
    const [before, after] = [await world.staff('approver'), await world.staff('approver')];
    await makePolicy(world, [asking(before)]);
    const { requisitionId, requester } = await makeRequisition(world);
    await world.runInTx(requester, (ctx) => submitRequisition(ctx, requisitionId));
    await makePolicy(world, [asking(after)]);
    const decision = { requisitionId, decision: 'approve', comment: '' } as const;
    const refused = await world
      .runInTx(after, (ctx) => decideRequisition(ctx, decision))
      .catch((error) => error);
    expect(refused).to.include({ code: 'approval.not-yours-to-decide' });
    await world.runInTx(before, (ctx) => decideRequisition(ctx, decision));
    expect(await world.db('requisition').first('state')).to.include({ state: 'approved' });
  });

  it('remind and escalate by the clock, each once, and the one who was asked first is asked no more', async () => {
    await makeBudget(world);
    const [first, second] = [await world.staff('approver'), await world.staff('approver')];
    await makePolicy(world, [
      asking(first, { remindAfterDays: 1, escalateAfterDays: 3, escalateTo: second.userId }),
    ]);
    const { requisitionId, requester } = await makeRequisition(world);
    await world.runInTx(requester, (ctx) => submitRequisition(ctx, requisitionId));
    const pass = () => world.runInTx(system('test'), passTimeOnApprovals);
    expect(await pass()).to.equal(0);
    world.setNow('2026-03-03T01:00:00Z');
    expect([await pass(), await pass()]).to.deep.equal([1, 0]);
    world.setNow('2026-03-05T01:00:00Z');
    expect([await pass(), await pass()]).to.deep.equal([1, 0]);
    await world.drainJobs();
    const subjects = world.mails.map((mail) => mail.subject);
    expect(subjects.filter((one) => one.startsWith('Reminder'))).to.have.lengthOf(1);
    expect(subjects.filter((one) => one.includes('comes to you'))).to.have.lengthOf(1);
    const decision = { requisitionId, decision: 'approve', comment: '' } as const;
    const late = await world
      .runInTx(first, (ctx) => decideRequisition(ctx, decision))
      .catch((error) => error);
    expect(late).to.include({ code: 'approval.not-yours-to-decide' });
    await (await world.as(second)).get(`/requisitions/${requisitionId}`).expect(200, /taken over from/);
    await world.runInTx(second, (ctx) => decideRequisition(ctx, decision));
    expect(await world.db('approval').first('state')).to.include({ state: 'approved' });
  });
});
