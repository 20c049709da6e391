import { expect } from 'chai';
import { system } from '../../src/kernel/actor.ts';
import { closeDueEvents, extendEventClosing, isOpenAt } from '../../src/sourcing/index.ts';
import { extendClosing } from '../../src/sourcing/sourcing-event.ts';
import { submittedBid } from '../support/factories/bids.ts';
import { type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const CLOSES = new Date('2026-03-09T09:00:00Z');
const plus = (ms: number): Date => new Date(CLOSES.getTime() + ms);

describe('whether a closing time can be extended', () => {
  const open = { state: 'open', closesAt: CLOSES } as const;
  const cases = [
    { it: 'to a later one, just before closing', closesAt: plus(1), clock: plus(-1), refused: null },
    {
      it: 'not to the one it has',
      closesAt: CLOSES,
      clock: plus(-1),
      refused: 'sourcing_event.closing-not-later',
    },
    {
      it: 'not to an earlier one',
      closesAt: plus(-1),
      clock: plus(-2),
      refused: 'sourcing_event.closing-not-later',
    },
    {
      it: 'not at the closing instant',
      closesAt: plus(60_000),
      clock: CLOSES,
      refused: 'sourcing_event.is-not-open',
    },
  ];
  for (const one of cases)
    it(one.it, () => {
      const act = () => extendClosing(open, one);
      if (one.refused === null) expect(act().closesAt).to.deep.equal(one.closesAt);
      else expect(act).to.throw().with.property('code', one.refused);
    });
});

describe('extending the closing time of an event', () => {
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
  const typed = (over: Record<string, string> = {}) => ({
    version: String(made.event.version),
    timeZone: 'Asia/Shanghai',
    closesAt: '2026-03-11T17:00',
    reason: 'Drawings came late',
    ...over,
  });
  const extend = (over: Record<string, string> = {}) =>
    buyer.post(`/events/${made.eventId}/closing`, typed(over));

  it('moves it in the event’s zone, tells everybody who was invited, and keeps bids valid', async () => {
    const [supplier] = made.suppliers;
    if (supplier === undefined) throw new Error('no supplier');
    await submittedBid(world, { supplier, ...made, prices: ['2.40', '11', '0.12'] });
    await extend().expect(303);
    const after = await row();
    expect(after.closes_at.toISOString()).to.equal('2026-03-11T09:00:00.000Z');
    expect(after.due_at).to.deep.equal(after.closes_at);
    expect(after).to.include({ state: 'open', version: made.event.version + 1 });
    await world.drainJobs();
    const told = world.mails.filter((mail) => mail.subject.includes('bids now close'));
    expect(told.map((mail) => mail.to.address)).to.have.members(made.suppliers.map((one) => one.email));
    expect(told[0]?.text).to.include('Drawings came late').and.to.include('11 Mar 2026');
    world.setNow('2026-03-09T09:00:00Z');
    expect(await world.runInTx(system('test'), closeDueEvents)).to.equal(0);
    expect(isOpenAt({ state: 'open', closesAt: after.closes_at }, world.now())).to.equal(true);
    expect(await world.db('bid').pluck('state')).to.deep.equal(['submitted']);
    const act = await world.db('event').where({ action: 'sourcing_event.closing-extended' }).first();
    expect(act.reason).to.equal('Drawings came late');
  });

  it('refuses an earlier time, no reason, and a zone’s missing hour, and leaves no trace', async () => {
    const before = await row();
    await extend({ closesAt: '2026-03-09T16:59' }).expect(422, /closing-not-later/);
    await extend({ reason: ' ' }).expect(422, /id="field-reason-error"/);
    await extend({ closesAt: '' }).expect(422, /id="field-closesAt-error"/);
    await extend({ timeZone: 'Europe/Berlin', closesAt: '2026-03-29T02:30' }).expect(
      422,
      /form\.invalid-time/,
    );
    expect(await row()).to.deep.equal(before);
    expect(await world.db('event').where({ action: 'sourcing_event.closing-extended' })).to.have.length(0);
  });

  it('refuses who saw an older version, and who is no buyer', async () => {
    await extend().expect(303);
    await extend({ closesAt: '2026-03-12T17:00' }).expect(409, /changed-meanwhile/);
    const approver = await world.as(await world.staff('approver'));
    await approver.post(`/events/${made.eventId}/closing`, typed()).expect(403);
    expect((await row()).closes_at.toISOString()).to.equal('2026-03-11T09:00:00.000Z');
  });

  it('refuses at the closing instant, before the sweeper comes by', async () => {
    world.setNow(CLOSES.toISOString());
    const error = await refusal(
      world.runInTx(made.buyer, (ctx) =>
        extendEventClosing(ctx, {
          eventId: made.eventId,
          version: made.event.version,
          closesAt: plus(60_000),
          reason: 'Too late',
        }),
      ),
    );
    expect(error.code).to.equal('sourcing_event.is-not-open');
    expect((await row()).closes_at).to.deep.equal(CLOSES);
  });
});
