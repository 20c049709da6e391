import { expect } from 'chai';
import { submitBid } from '../../src/bids/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { closeDueEvents } from '../../src/sourcing/index.ts';
import { pauseBidding, resumeBidding } from '../../src/sourcing/sourcing-event.ts';
import { draftBid, submittedBid } from '../support/factories/bids.ts';
import { type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const CLOSES = new Date('2026-03-09T09:00:00Z');
const plus = (ms: number): Date => new Date(CLOSES.getTime() + ms);
const codeOf = (act: () => unknown): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('whether bidding may be paused or resumed', () => {
  const pause = (state: 'open' | 'paused' | 'closed', clock: Date) =>
    codeOf(() => pauseBidding({ state, closesAt: CLOSES }, clock));
  const resume = (closesAt: Date, clock: Date, state: 'open' | 'paused' = 'paused') =>
    codeOf(() => resumeBidding({ state, closesAt: CLOSES }, { closesAt, clock }));
  it('is paused just before closing', () => expect(pause('open', plus(-1))).to.equal(null));
  it('is not paused at closing', () => expect(pause('open', CLOSES)).to.equal('sourcing_event.cannot-pause'));
  it('is not paused twice', () => expect(pause('paused', plus(-1))).to.equal('sourcing_event.cannot-pause'));
  it('is resumed with the closing time it had', () => expect(resume(CLOSES, plus(-1))).to.equal(null));
  it('is resumed with a later one, also when the old one has passed', () =>
    expect(resume(plus(2), plus(1))).to.equal(null));
  it('is not resumed with a nearer one', () =>
    expect(resume(plus(-1), plus(-2))).to.equal('sourcing_event.closing-nearer'));
  it('is not resumed at the closing time it would have', () =>
    expect(resume(CLOSES, CLOSES)).to.equal('sourcing_event.closes-in-the-past'));
  it('is not resumed when it is open', () =>
    expect(resume(CLOSES, plus(-1), 'open')).to.equal('sourcing_event.cannot-resume'));
});

describe('pausing an open event', () => {
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
  const pause = (reason = 'A drawing is wrong') => buyer.post(`/events/${made.eventId}/pause`, { reason });
  const resume = async (over: Record<string, string> = {}) =>
    buyer.post(`/events/${made.eventId}/resumption`, {
      version: String((await row()).version),
      timeZone: 'Asia/Shanghai',
      closesAt: '2026-03-11T17:00',
      reason: 'The drawing is right now',
      ...over,
    });
  const supplierAt = (index: number) => {
    const supplier = made.suppliers[index];
    if (supplier === undefined) throw new Error('no supplier');
    return supplier;
  };

  it('takes no bid and does not close by itself, keeps what is in, and tells everybody; resuming takes bids again', async () => {
    await submittedBid(world, { supplier: supplierAt(0), ...made, prices: ['2.40', '11', '0.12'] });
    const supplier = supplierAt(1);
    const draft = await draftBid(world, { supplier, ...made, prices: ['2.50', '12', '0.13'] });
    const submit = () =>
      world.runInTx(supplier.actor, (ctx) =>
        submitBid(ctx, { ...draft, idempotencyKey: newId(), isFreeMeant: false }),
      );
    await pause().expect(303);
    expect((await row()).due_at).to.equal(null);
    expect((await refusal(submit())).code).to.equal('bid.event-not-open');
    await world.drainJobs();
    const told = world.mails.filter((mail) => mail.subject.includes('bidding is paused'));
    expect(told.map((mail) => mail.to.address)).to.have.members(made.suppliers.map((one) => one.email));
    expect(told[0]?.text).to.include('A drawing is wrong');
    const page = await (await world.as(supplier.actor)).get(`/bids/invitations/${made.eventId}`);
    expect(page.text).to.include('The buyer has paused bidding').and.to.include('while bidding is paused');
    world.setNow('2026-03-10T09:00:00Z');
    expect(await world.runInTx(system('test'), closeDueEvents)).to.equal(0);
    expect((await refusal(submit())).code).to.equal('bid.event-not-open');
    expect(await world.db('bid').orderBy('state').pluck('state')).to.deep.equal(['draft', 'submitted']);

    buyer = await world.as(made.buyer);
    expect((await resume()).status).to.equal(303);
    const after = await row();
    expect(after.state).to.equal('open');
    expect(after.closes_at.toISOString()).to.equal('2026-03-11T09:00:00.000Z');
    expect(after.due_at).to.deep.equal(after.closes_at);
    await submit();
    await world.drainJobs();
    const again = world.mails.filter((mail) => mail.subject.includes('bids are taken again'));
    expect(again.map((mail) => mail.to.address)).to.have.members(made.suppliers.map((one) => one.email));
    const acts = await world
      .db('event')
      .whereIn('action', ['sourcing_event.paused', 'sourcing_event.resumed'])
      .orderBy('position');
    expect(acts.map((act) => [act.from_state, act.to_state, act.reason])).to.deep.equal([
      ['open', 'paused', 'A drawing is wrong'],
      ['paused', 'open', 'The drawing is right now'],
    ]);
  });

  it('refuses no reason, a nearer closing, an older version and who is no buyer, and leaves no trace', async () => {
    const open = await row();
    await pause(' ').expect(422);
    const approver = await world.as(await world.staff('approver'));
    await approver.post(`/events/${made.eventId}/pause`, { reason: 'x' }).expect(403);
    expect(await row()).to.deep.equal(open);
    await pause().expect(303);
    const paused = await row();
    expect((await resume({ closesAt: '2026-03-09T16:59' })).text).to.include('closing-nearer');
    expect((await resume({ reason: ' ' })).status).to.equal(422);
    expect((await resume({ version: String(open.version) })).status).to.equal(409);
    expect(await row()).to.deep.equal(paused);
    expect(await world.db('event').where({ action: 'sourcing_event.resumed' })).to.have.length(0);
  });
});
