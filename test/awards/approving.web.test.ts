import { expect } from 'chai';
import type { Actor } from '../../src/kernel/actor.ts';
import { cancelEvent } from '../../src/sourcing/index.ts';
import { evaluatedEvent } from '../support/factories/awards.ts';
import { asking, makePolicy, someRule } from '../support/factories/requisitions.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('approving an award by the rules of the house', () => {
  let world: World;
  let eventId: string;
  let buyer: Visitor;
  let lead: Actor;
  let director: Actor;
  let path: string;
  beforeEach(async () => {
    world = await makeWorld();
    const made = await evaluatedEvent(world);
    ({ eventId } = made);
    [lead, director] = [await world.staff('approver'), await world.staff('approver')];
    await world
      .db('user_role')
      .insert({ user_id: made.buyer.userId, role: 'approver', granted_at: world.now() });
    // The lead, from a million on the director, and in place of the event's owner, whom a rule names, any approver.
    await makePolicy(
      world,
      [
        asking(lead),
        asking(director, { stage: 2, fromAmount: '1000000' }),
        asking(made.buyer, { stage: 3 }),
        someRule({ stage: 4, fromAmount: '9000000' }),
      ],
      'award',
    );
    buyer = await world.as(made.buyer);
    const lines = [0, 1, 2].map((line) => ({
      eventItemId: made.items[line]?.id,
      supplierId: made.bidders[line === 1 ? 1 : 0]?.supplierId,
      quantity: '100 %',
      reason: '',
    }));
    const sent = await buyer
      .post(`/events/${eventId}/award`, { lines, justification: '', debrief: '' })
      .expect(303);
    path = String(sent.headers['location']);
  });
  afterEach(() => world.close());
  const stateOfAward = async (): Promise<string> => (await world.db('award').first('state')).state;
  const home = async (actor: Actor): Promise<string> => (await (await world.as(actor)).get('/')).text;

  it('asks stage by stage, keeps each comment, and is binding with the last yes', async () => {
    await world.drainJobs();
    const asked = () => world.db('notification').where({ template: 'approval-asked' }).pluck('user_id');
    expect(await asked())
      .to.include(lead.userId)
      .and.not.include(director.userId);
    const [first, last] = [await world.as(lead), await world.as(director)];
    expect((await first.get(path).expect(200)).text)
      .to.include('Approve the award')
      .and.include('Stage 2');
    await last.post(`${path}/approval`, { comment: 'Me first' }).expect(422, /approval\.not-yours-to-decide/);
    expect((await last.get(path)).text).to.not.include('Approve the award');
    await first.post(`${path}/approval`, { comment: 'x'.repeat(2001) }).expect(422);
    await first.post(`${path}/approval`, { comment: 'Good prices, long lead time.' }).expect(303);
    expect(await stateOfAward()).to.equal('pending_approval');
    expect((await first.get(path)).text).to.include('You have agreed');
    await first.post(`${path}/approval`).expect(422, /approval\./);
    expect(await home(director)).to.include('waits for your approval');
    await world.drainJobs();
    expect(await asked()).to.include(director.userId);
    await last.post(`${path}/approval`).expect(303);
    // One hand decides once, also where only a role is asked for.
    await last.post(`${path}/approval`).expect(422, /approval\.decided-already/);
    const other = await world.as(await world.staff('approver'));
    await other.post(`${path}/approval`, { comment: 'Go.' }).expect(303);
    expect(await stateOfAward()).to.equal('active');
    const page = (await buyer.get(path).expect(200)).text;
    expect(page).to.include('Good prices, long lead time.').and.include('in place of somebody');
    const { reason } = await world.db('event').where({ action: 'award.approved' }).first('reason');
    expect(reason).to.equal('Go.');
  });

  it('is asked of nobody who has a part in it: neither at home nor by mail', async () => {
    await world.drainJobs();
    expect(await home(buyer.actor)).to.not.include('waits for your approval');
    const told = await world.db('notification').where({ template: 'approval-asked' }).pluck('user_id');
    expect(told).to.not.include(buyer.actor.userId);
    await buyer.post(`${path}/approval`).expect(422, /award\.decided-by/);
    expect(await world.db('event').where({ action: 'approval.step-approved' })).to.have.length(0);
  });

  it('comes back with the first no, and ends with its event', async () => {
    const first = await world.as(lead);
    await first.post(`${path}/return`, { reason: 'Which steel?' }).expect(303);
    expect(await stateOfAward()).to.equal('returned');
    const steps = await world.db('approval_step').orderBy('step_no').pluck('state');
    expect(steps.filter((state) => state === 'pending' || state === 'waiting')).to.deep.equal([]);
    const again = await world.db('award_line').select();
    const lines = again.map((line) => ({
      eventItemId: line.event_item_id,
      supplierId: line.supplier_id,
      quantity: '100 %',
      reason: '',
    }));
    await buyer.post(`/events/${eventId}/award`, { lines, justification: '', debrief: '' }).expect(303);
    expect(await home(lead)).to.include('waits for your approval');
    await world.runInTx(buyer.actor, (ctx) => cancelEvent(ctx, { eventId, reason: 'No need' }));
    await world.drainJobs();
    expect(await world.db('award').orderBy('proposed_at').pluck('state')).to.deep.equal([
      'returned',
      'cancelled',
    ]);
    expect(await home(lead)).to.not.include('waits for your approval');
    expect((await first.get(path)).status).to.equal(200);
  });
});
