import { expect } from 'chai';
import { writePolicy } from '../../src/approvals/index.ts';
import { asking } from '../support/factories/requisitions.ts';
import { draftEvent, makeCatalog } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('approving an event by a chain', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
    await makeCatalog(world);
  });
  afterEach(() => world.close());
  const stateOf = async (id: string) => (await world.db('sourcing_event').where({ id }).first('state')).state;

  it('asks those the rules name, one stage after the other, also below the threshold', async () => {
    const [first, second] = [await world.staff('approver'), await world.staff('approver')];
    const administrator = await world.staff('administrator');
    await world.runInTx(administrator, (ctx) =>
      writePolicy(ctx, {
        documentType: 'sourcing_event',
        version: 0,
        validFrom: '2026-03-02',
        currency: 'USD',
        note: '',
        rules: [asking(first, { fromAmount: '500' }), asking(second, { stage: 2, fromAmount: '500' })],
      }),
    );
    const supplier = await makeSupplier(world);
    const { eventId, buyer } = await draftEvent(world, { suppliers: [supplier] });
    const visit = await world.as(buyer);
    const path = `/events/${eventId}`;
    await visit.get(path).expect(200, /approval rules name/);
    await visit.post(`${path}/publication`).expect(422, /sourcing_event\.needs-its-approvers/);
    await visit.post(`${path}/approval-request`).expect(303);
    await world.drainJobs();
    expect(world.mails.filter((mail) => mail.subject.includes('waits for your approval'))).to.have.lengthOf(
      1,
    );
    const other = await world.as(await world.staff('approver'));
    await other.post(`${path}/approval`).expect(422, /approval\.not-yours-to-decide/);
    await (await world.as(first)).post(`${path}/approval`).expect(303);
    expect(await stateOf(eventId)).to.equal('pending_approval');
    await (await world.as(second)).get('/').expect(200, /waits for your approval/);
    await (await world.as(second)).post(`${path}/return`, { reason: 'Which alloy?' }).expect(303);
    expect(await stateOf(eventId)).to.equal('draft');
    await visit.post(`${path}/approval-request`).expect(303);
    for (const approver of [first, second])
      await (await world.as(approver)).post(`${path}/approval`).expect(303);
    expect(await stateOf(eventId)).to.equal('approved');
    await visit.post(`${path}/publication`).expect(303);
    expect(await stateOf(eventId)).to.equal('open');
  });
});
