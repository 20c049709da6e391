import { expect } from 'chai';
import type { Actor } from '../../src/kernel/actor.ts';
import { draftEvent, publishedEvent, someItems } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('approving an event in a browser', () => {
  let world: World;
  let owner: Actor;
  let eventId: string;
  beforeEach(async () => {
    world = await makeWorld();
    const items = someItems({ quantity: '1000', estimatedPrice: '50' }).slice(0, 1);
    const draft = await draftEvent(world, { items, suppliers: [await makeSupplier(world)] });
    owner = draft.buyer;
    eventId = draft.eventId;
  });
  afterEach(() => world.close());
  const stateOf = async () => (await world.db('sourcing_event').where({ id: eventId }).first('state')).state;
  const told = (userId: string | null) =>
    world.db('notification').where({ user_id: userId }).orderBy('id').pluck('template');

  it('goes from the owner to an approver and back, and each is told', async () => {
    const approver = await world.staff('approver');
    const asOwner = await world.as(owner);
    const asApprover = await world.as(approver);
    await asOwner.post(`/events/${eventId}/publication`).expect(422, /sourcing_event\.needs-approval/);
    await asOwner.post(`/events/${eventId}/approval-request`).expect(303);
    await world.drainJobs();
    expect(await told(approver.userId)).to.deep.equal(['event-approval-requested']);
    await asApprover.get('/').expect(200, /1 purchase requirement to approve/);
    await asApprover.get(`/events/${eventId}`).expect(200, /\/approval"/);
    await asApprover.post(`/events/${eventId}/approval`).expect(303);
    await world.drainJobs();
    expect(await told(owner.userId)).to.deep.equal(['event-approved']);
    await asOwner.post(`/events/${eventId}/publication`).expect(303);
    expect(await stateOf()).to.equal('open');
  });

  it('wants a reason for giving it back, and mails the reason', async () => {
    const approver = await world.as(await world.staff('approver'));
    await (await world.as(owner)).post(`/events/${eventId}/approval-request`).expect(303);
    await approver.post(`/events/${eventId}/return`, { reason: ' ' }).expect(422);
    expect(await stateOf()).to.equal('pending_approval');
    await approver.post(`/events/${eventId}/return`, { reason: 'Split the lot' }).expect(303);
    expect(await stateOf()).to.equal('draft');
    await world.drainJobs();
    const mail = await world.db('notification').where({ template: 'event-returned' }).first('params');
    expect(mail.params).to.include({ reason: 'Split the lot' });
  });

  it('refuses the owner who is an approver as well, and leaves no trace', async () => {
    const both = await world.staff('buyer', 'approver');
    const own = await draftEvent(world, { buyer: both, suppliers: [await makeSupplier(world)] });
    const visitor = await world.as(both);
    await visitor.post(`/events/${own.eventId}/approval-request`).expect(303);
    const acts = () => world.db('event').where({ subject_id: own.eventId }).pluck('action');
    const before = await acts();
    await visitor.post(`/events/${own.eventId}/approval`).expect(422, /sourcing_event\.approver-is-owner/);
    expect(await acts()).to.deep.equal(before);
  });

  it('tells invited suppliers that an open event is cancelled, and nobody about a draft', async () => {
    const asOwner = await world.as(owner);
    await asOwner.post(`/events/${eventId}/cancellation`, { reason: 'Budget' }).expect(303);
    expect(await stateOf()).to.equal('cancelled');
    await world.drainJobs();
    expect(await world.db('notification')).to.have.length(0);
    const open = await publishedEvent(world, { buyer: owner });
    await asOwner.post(`/events/${open.eventId}/cancellation`, { reason: 'No need any more' }).expect(303);
    await world.drainJobs();
    const mails = await world.db('notification').where({ template: 'event-cancelled' }).pluck('user_id');
    expect(mails).to.have.members(open.suppliers.map((supplier) => supplier.userId));
  });
});
