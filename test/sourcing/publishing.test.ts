import { expect } from 'chai';
import { system } from '../../src/kernel/actor.ts';
import {
  approveEvent,
  closeDueEvents,
  createEvent,
  findEvent,
  findEventForSupplier,
  findEventItems,
  inviteSuppliers,
  listInvitations,
  publishEvent,
  submitForApproval,
} from '../../src/sourcing/index.ts';
import {
  draftEvent,
  makeCatalog,
  publishedEvent,
  someItems,
  someTerms,
} from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('publishing an event', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());
  const actsOn = (id: string) =>
    world.db('event').where({ subject_id: id }).orderBy('position').pluck('action');
  const stateOf = async (id: string) => (await world.db('sourcing_event').where({ id }).first('state')).state;

  it('opens it, tells every invited supplier, and says that nobody had to approve below the threshold', async () => {
    const { eventId, suppliers } = await publishedEvent(world);
    expect(await stateOf(eventId)).to.equal('open');
    expect(await actsOn(eventId)).to.deep.equal([
      'sourcing_event.created',
      'sourcing_event.approval-waived',
      'sourcing_event.published',
    ]);
    const issued = await world.db('event').where({ action: 'invitation.issued' }).pluck('supplier_id');
    expect(issued).to.have.members(suppliers.map((supplier) => supplier.supplierId));
  });

  it('refuses at the threshold without an approver, and leaves no trace', async () => {
    const supplier = await makeSupplier(world);
    const items = someItems({ quantity: '1', estimatedPrice: '50000' }).slice(0, 1);
    const { eventId, buyer } = await draftEvent(world, { suppliers: [supplier], items });
    const before = await actsOn(eventId);
    const error = await refusal(world.runInTx(buyer, (ctx) => publishEvent(ctx, eventId)));
    expect(error.code).to.equal('sourcing_event.needs-approval');
    expect(await stateOf(eventId)).to.equal('draft');
    expect(await actsOn(eventId)).to.deep.equal(before);
  });

  it('lets an approver approve, but not the owner with an approver’s role', async () => {
    const owner = await world.staff('buyer', 'approver');
    const approver = await world.staff('approver');
    const { eventId } = await draftEvent(world, { buyer: owner, suppliers: [await makeSupplier(world)] });
    await world.runInTx(owner, (ctx) => submitForApproval(ctx, eventId));
    const error = await refusal(world.runInTx(owner, (ctx) => approveEvent(ctx, eventId)));
    expect(error.code).to.equal('sourcing_event.approver-is-owner');
    expect(await stateOf(eventId)).to.equal('pending_approval');
    await world.runInTx(approver, (ctx) => approveEvent(ctx, eventId));
    expect(await stateOf(eventId)).to.equal('approved');
  });

  it('refuses an event without lines, without suppliers, or that has closed already', async () => {
    await makeCatalog(world);
    const supplier = await makeSupplier(world);
    const { eventId: alone, buyer } = await draftEvent(world, {});
    expect((await refusal(world.runInTx(buyer, (ctx) => publishEvent(ctx, alone)))).code).to.equal(
      'sourcing_event.has-no-invitations',
    );
    const empty = await world.runInTx(buyer, async (ctx) => {
      const id = await createEvent(ctx, { ...someTerms(), items: [] });
      await inviteSuppliers(ctx, id, [supplier.supplierId]);
      return id;
    });
    expect((await refusal(world.runInTx(buyer, (ctx) => submitForApproval(ctx, empty)))).code).to.equal(
      'sourcing_event.has-no-lines',
    );
    const late = await draftEvent(world, { buyer, suppliers: [supplier], terms: { closesAt: world.now() } });
    expect((await refusal(world.runInTx(buyer, (ctx) => publishEvent(ctx, late.eventId)))).code).to.equal(
      'sourcing_event.closes-in-the-past',
    );
    expect(await world.db('sourcing_event').whereNot({ state: 'draft' })).to.have.length(0);
  });

  it('shows a supplier the published event it was invited to, and never the estimates', async () => {
    const stranger = await makeSupplier(world);
    const { eventId, suppliers, buyer } = await publishedEvent(world);
    const invited = suppliers[0];
    if (invited === undefined) throw new Error('no supplier');
    const seen = await world.runInTx(invited.actor, (ctx) => findEventForSupplier(ctx, eventId));
    expect(seen.estimatedValue).to.equal(null);
    const items = await world.runInTx(invited.actor, (ctx) => findEventItems(ctx, eventId));
    expect(items.map((item) => item.estimatedPrice)).to.deep.equal([null, null, null]);
    expect((await world.runInTx(buyer, (ctx) => findEvent(ctx, eventId))).estimatedValue).to.equal('980');
    const hidden = await refusal(world.runInTx(stranger.actor, (ctx) => findEventForSupplier(ctx, eventId)));
    expect(hidden.kind).to.equal('not-found');
    expect(await world.runInTx(stranger.actor, (ctx) => findEventItems(ctx, eventId))).to.deep.equal([]);
    const draft = await draftEvent(world, { suppliers: [invited] });
    expect(
      (await refusal(world.runInTx(invited.actor, (ctx) => findEvent(ctx, draft.eventId)))).kind,
    ).to.equal('not-found');
  });

  it('tells a supplier that is invited later at once, and nobody twice', async () => {
    const { eventId, suppliers, buyer } = await publishedEvent(world);
    const late = await makeSupplier(world);
    const all = [...suppliers, late].map((supplier) => supplier.supplierId);
    await world.runInTx(buyer, (ctx) => inviteSuppliers(ctx, eventId, all));
    expect(await world.runInTx(buyer, (ctx) => listInvitations(ctx, eventId))).to.have.length(3);
    expect(await world.db('event').where({ action: 'invitation.issued' })).to.have.length(3);
  });
});

describe('closing events by the clock', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());
  const close = () => world.runInTx(system('test'), closeDueEvents);

  it('closes at the closing instant and not before, once', async () => {
    const { eventId } = await publishedEvent(world, { closesAt: '2026-03-09T09:00:00Z' });
    world.setNow('2026-03-09T08:59:59.999Z');
    expect(await close()).to.equal(0);
    world.setNow('2026-03-09T09:00:00Z');
    expect(await close()).to.equal(1);
    expect(await close()).to.equal(0);
    const row = await world.db('sourcing_event').where({ id: eventId }).first();
    expect(row).to.include({ state: 'closed', due_at: null });
    expect(
      await world.db('event').where({ action: 'sourcing_event.closed', subject_id: eventId }),
    ).to.have.length(1);
  });

  it('leaves an event that a bid is being written to for the next round', async () => {
    const { eventId } = await publishedEvent(world, { closesAt: '2026-03-09T09:00:00Z' });
    world.setNow('2026-03-09T09:00:00Z');
    await world.db.transaction(async (bidding) => {
      await bidding.raw('SELECT 1 FROM sourcing_event WHERE id = ? FOR SHARE', [eventId]);
      expect(await close()).to.equal(0);
    });
    expect(await close()).to.equal(1);
  });
});
