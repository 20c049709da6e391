import { expect } from 'chai';
import { openBids, submitBid } from '../../src/bids/index.ts';
import { newId } from '../../src/kernel/id.ts';
import { reopenBidding } from '../../src/sourcing/sourcing-event.ts';
import { draftBid, submittedBid } from '../support/factories/bids.ts';
import { closeEvent, type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const CLOSED_AT = new Date('2026-03-09T09:00:00Z');

describe('whether bidding may be reopened', () => {
  const reopen = (state: 'closed' | 'opening' | 'open', closesAt: Date) => () =>
    reopenBidding({ state, closesAt: CLOSED_AT, closedAt: CLOSED_AT }, { closesAt, clock: CLOSED_AT });
  const later = new Date(CLOSED_AT.getTime() + 1);
  it('is reopened when it is closed, until a time to come', () =>
    expect(reopen('closed', later)()).to.deep.equal({ state: 'open', closesAt: later, closedAt: null }));
  it('is not reopened until now', () =>
    expect(reopen('closed', CLOSED_AT))
      .to.throw()
      .with.property('code', 'sourcing_event.closes-in-the-past'));
  for (const state of ['opening', 'open'] as const)
    it(`is not reopened when it is ${state}`, () =>
      expect(reopen(state, later)).to.throw().with.property('code', 'sourcing_event.cannot-reopen'));
});

describe('reopening a closed event', () => {
  let world: World;
  let made: PublishedEvent;
  let buyer: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await publishedEvent(world);
    buyer = await world.as(made.buyer);
  });
  afterEach(() => world.close());
  const row = () => world.db('sourcing_event').where({ id: made.eventId }).first();
  const bidStates = () => world.db('bid').orderBy('state').pluck('state');
  const supplierAt = (index: number) => made.suppliers[index] as PublishedEvent['suppliers'][number];
  const typed = async (over: Record<string, string> = {}) => ({
    version: String((await row()).version),
    timeZone: 'Asia/Shanghai',
    closesAt: '2026-03-11T17:00',
    reason: 'The mail gateway was down all afternoon',
    ...over,
  });

  it('is closed by the clock before the sweep says so, and then tells its owner who opens', async () => {
    const opener = await world.as(await world.staff('bid_opener'));
    await submittedBid(world, { supplier: supplierAt(0), ...made, prices: ['1', '2', '3'] });
    world.setNow('2026-03-09T08:59:59Z');
    buyer = await world.as(made.buyer);
    const before = await buyer.get(`/events/${made.eventId}`).expect(200);
    expect(before.text)
      .to.include('data-refresh-after="4000"')
      .and.include(`/events/${made.eventId}/closing"`);
    world.setNow(CLOSED_AT.toISOString());
    const at = await buyer.get(`/events/${made.eventId}`).expect(200);
    expect(at.text).to.include('data-state="closed"').and.include('data-refresh-after="3000"');
    expect(at.text).not.to.include(`/events/${made.eventId}/closing"`);
    expect((await buyer.get('/events').expect(200)).text).to.include('data-state="closed"');
    await closeEvent(world, made.event);
    const after = await buyer.get(`/events/${made.eventId}`).expect(200);
    expect(after.text).to.include('somebody else opens its bids').and.include(opener.actor.name);
    expect(after.text).not.to.include('Open the bids').and.not.to.include('data-refresh-after');
    expect((await buyer.get('/').expect(200)).text).not.to.include(`/events/${made.eventId}/opening`);
    const theirs = await (await world.as(opener.actor)).get('/').expect(200);
    expect(theirs.text).to.include(`/events/${made.eventId}/opening`);
  });

  it('takes bids again, gives sealed ones back as submitted, and tells everybody', async () => {
    const first = await submittedBid(world, { supplier: supplierAt(0), ...made, prices: ['1', '2', '3'] });
    const late = await draftBid(world, { supplier: supplierAt(1), ...made, prices: ['2', '2', '2'] });
    await closeEvent(world, made.event);
    await world.drainJobs();
    expect(await bidStates()).to.deep.equal(['draft', 'sealed']);
    buyer = await world.as(made.buyer);
    await buyer.post(`/events/${made.eventId}/reopening`, await typed()).expect(303);
    expect(await bidStates()).to.deep.equal(['draft', 'submitted']);
    const after = await row();
    expect([after.state, after.closes_at.toISOString(), after.closed_at, after.due_at]).to.deep.equal([
      'open',
      '2026-03-11T09:00:00.000Z',
      null,
      after.closes_at,
    ]);
    await world.runInTx(supplierAt(1).actor, (ctx) =>
      submitBid(ctx, { ...late, idempotencyKey: newId(), isFreeMeant: false }),
    );
    const supplier = await world.as(supplierAt(0).actor);
    await supplier.post(`/bids/${first.bidId}/withdrawal`).expect(303);
    await world.drainJobs();
    const told = world.mails.filter((mail) => mail.subject.includes('bids are taken again'));
    expect(told.map((mail) => mail.to.address)).to.have.members(made.suppliers.map((one) => one.email));
    expect(told[0]?.text).to.include('The mail gateway was down');
    const page = (await buyer.get(`/events/${made.eventId}`)).text;
    expect(page).to.include('The mail gateway was down').and.not.to.include('Bid received');
  });

  it('seals nothing when the work of the closing comes after the reopening', async () => {
    await submittedBid(world, { supplier: supplierAt(0), ...made, prices: ['1', '2', '3'] });
    await closeEvent(world, made.event);
    buyer = await world.as(made.buyer);
    await buyer.post(`/events/${made.eventId}/reopening`, await typed()).expect(303);
    await world.drainJobs();
    expect(await bidStates()).to.deep.equal(['submitted']);
  });

  it('is refused once the bids are opened, without a reason, to the past, and leaves no trace', async () => {
    await submittedBid(world, { supplier: supplierAt(0), ...made, prices: ['1', '2', '3'] });
    await buyer.post(`/events/${made.eventId}/reopening`, await typed()).expect(422);
    await closeEvent(world, made.event);
    await world.drainJobs();
    buyer = await world.as(made.buyer);
    const closed = await row();
    await buyer.post(`/events/${made.eventId}/reopening`, await typed({ reason: ' ' })).expect(422);
    await buyer
      .post(`/events/${made.eventId}/reopening`, await typed({ closesAt: '2026-03-09T17:00' }))
      .expect(422);
    await buyer
      .post(`/events/${made.eventId}/reopening`, await typed({ version: String(closed.version - 1) }))
      .expect(409);
    expect(await row()).to.deep.equal(closed);
    expect(await bidStates()).to.deep.equal(['sealed']);
  });

  it('and opening at the same time: one of them wins, and no bid is both', async () => {
    await submittedBid(world, { supplier: supplierAt(0), ...made, prices: ['1', '2', '3'] });
    await closeEvent(world, made.event);
    await world.drainJobs();
    const opener = await world.staff('bid_opener');
    buyer = await world.as(made.buyer);
    const form = await typed();
    const [opened, reopened] = await Promise.all([
      world
        .runInTx(opener, (ctx) => openBids(ctx, made.eventId))
        .then(
          () => 'opened',
          (error: { code: string }) => error.code,
        ),
      buyer.post(`/events/${made.eventId}/reopening`, form),
    ]);
    const { state } = await row();
    if (state === 'open') {
      expect([opened, reopened.status, await bidStates()]).to.deep.equal([
        'opening.event-not-closed',
        303,
        ['submitted'],
      ]);
    } else {
      expect([opened, state, await bidStates()]).to.deep.equal(['opened', 'evaluation', ['valid']]);
      expect([409, 422]).to.include(reopened.status);
    }
    expect(
      await world.db('event').whereIn('action', ['sourcing_event.reopened', 'sourcing_event.opened']),
    ).to.have.length(1);
  });
});

describe('withdrawing an invitation', () => {
  let world: World;
  let made: PublishedEvent;
  let buyer: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await publishedEvent(world);
    buyer = await world.as(made.buyer);
  });
  afterEach(() => world.close());
  const removal = (supplierId: string, reason = 'Failed our audit') =>
    buyer.post(`/events/${made.eventId}/invited/${supplierId}/removal`, { reason });

  it('ends it in the same way whether a bid is in or not; the bid is never opened, and the supplier is told', async () => {
    const [bidder, silent] = made.suppliers as [
      PublishedEvent['suppliers'][number],
      PublishedEvent['suppliers'][number],
    ];
    await submittedBid(world, { supplier: bidder, ...made, prices: ['1', '2', '3'] });
    const answers = [await removal(bidder.supplierId), await removal(silent.supplierId)];
    expect(answers.map((answer) => answer.status)).to.deep.equal([303, 303]);
    expect(await world.db('bid').pluck('state')).to.deep.equal(['invalid']);
    const acts = await world.db('event').where({ action: 'invitation.uninvited' }).orderBy('position');
    expect(acts.map((act) => [act.from_state, act.to_state, act.reason])).to.deep.equal([
      [null, 'uninvited', 'Failed our audit'],
      [null, 'uninvited', 'Failed our audit'],
    ]);
    await world.drainJobs();
    const told = world.mails.filter((mail) => mail.subject.includes('invitation is withdrawn'));
    expect(told.map((mail) => mail.to.address)).to.have.members([bidder.email, silent.email]);
    await (await world.as(bidder.actor)).get(`/bids/invitations/${made.eventId}`).expect(404);
    expect((await buyer.get(`/events/${made.eventId}`)).text).to.include('Failed our audit');
  });

  it('is refused after closing, without a reason and for who is not invited, and leaves no trace', async () => {
    const { supplierId } = made.suppliers[0] as PublishedEvent['suppliers'][number];
    await removal(supplierId, ' ').expect(422);
    await removal(newId()).expect(404);
    await closeEvent(world, made.event);
    buyer = await world.as(made.buyer);
    expect((await removal(supplierId)).text).to.include('only before bidding ends');
    expect(await world.db('invitation').pluck('state')).to.deep.equal(['invited', 'invited']);
    expect(await world.db('event').where({ action: 'invitation.uninvited' })).to.have.length(0);
  });
});

describe('completing an event', () => {
  it('is for what was awarded, and for nothing before', async () => {
    const world = await makeWorld();
    try {
      const made = await publishedEvent(world);
      const buyer = await world.as(made.buyer);
      await buyer.post(`/events/${made.eventId}/completion`).expect(422);
      await world.db('sourcing_event').where({ id: made.eventId }).update({ state: 'awarded' });
      await buyer.post(`/events/${made.eventId}/completion`).expect(303);
      expect(await world.db('sourcing_event').pluck('state')).to.deep.equal(['completed']);
      await buyer.post(`/events/${made.eventId}/completion`).expect(422);
    } finally {
      await world.close();
    }
  });
});
