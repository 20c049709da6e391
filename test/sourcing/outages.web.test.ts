import { expect } from 'chai';
import { system } from '../../src/kernel/actor.ts';
import { beat, closeDueEvents } from '../../src/sourcing/index.ts';
import { closingAfter, isOutage } from '../../src/sourcing/outage.ts';
import { submittedBid } from '../support/factories/bids.ts';
import { publishedEvent } from '../support/factories/sourcing.ts';
import { makeWorld, type World } from '../support/world.ts';

const policy = { countedFromSeconds: 60, lastMinutes: 60, minutesAfter: 30 };
const at = (time: string): Date => new Date(`2026-03-09T${time}Z`);

describe('what counts as an outage', () => {
  const of = (ms: number): boolean =>
    isOutage({ lastBeatAt: at('08:00:00.000'), at: new Date(at('08:00:00.000').getTime() + ms) }, policy);
  it('is not what is shorter', () => expect(of(59_999)).to.equal(false));
  it('is as long as the policy says', () => expect(of(60_000)).to.equal(true));
});

describe('the closing time after an outage', () => {
  const closes = at('09:00:00.000');
  const cases = [
    { it: 'stays when it ended as the last hour began', from: '07:00', until: '08:00', closes: '09:00' },
    {
      it: 'is later by its length when it reached into the last hour',
      from: '07:59',
      until: '08:09',
      closes: '09:10',
    },
    { it: 'stands on full five minutes', from: '08:10', until: '08:22', closes: '09:15' },
    { it: 'is half an hour after its end at least', from: '08:55', until: '08:58', closes: '09:30' },
    {
      it: 'is half an hour after its end when it went over the closing',
      from: '08:59',
      until: '09:20',
      closes: '09:50',
    },
    { it: 'is later by its length when that is longer', from: '08:00', until: '10:00', closes: '11:00' },
    { it: 'stays when it began at the closing', from: '09:00', until: '10:00', closes: '09:00' },
  ];
  for (const one of cases)
    it(one.it, () =>
      expect(
        closingAfter(
          { startedAt: at(`${one.from}:00.000`), endedAt: at(`${one.until}:00.000`) },
          { closesAt: closes, policy },
        ).toISOString(),
      ).to.equal(at(`${one.closes}:00.000`).toISOString()),
    );
});

describe('measuring outages', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());
  const beatAt = (iso: string): Promise<void> => {
    world.setNow(iso);
    return world.runInTx(system('heartbeat'), beat);
  };
  const close = () => world.runInTx(system('test'), closeDueEvents);

  it('extends every closing that an outage came near, also one that passed meanwhile, and tells everybody', async () => {
    const near = await publishedEvent(world);
    const far = await publishedEvent(world, { closesAt: '2026-03-10T09:00:00Z' });
    const [bidder] = near.suppliers;
    if (bidder === undefined) throw new Error('no supplier');
    await submittedBid(world, { supplier: bidder, ...near, prices: ['1', '2', '3'] });
    await beatAt('2026-03-09T08:50:00Z');
    await beatAt('2026-03-09T08:50:59Z');
    expect(await world.db('outage')).to.have.length(0);
    // Nobody answers from here on; the worker does not close what may have to be extended.
    world.setNow('2026-03-09T09:00:30Z');
    expect(await close()).to.equal(0);
    await beatAt('2026-03-09T09:10:59Z');
    const [closing, other] = [near, far].map(({ eventId }) =>
      world.db('sourcing_event').where({ id: eventId }).first(),
    );
    expect((await closing).closes_at.toISOString()).to.equal('2026-03-09T09:45:00.000Z');
    expect((await closing).due_at.toISOString()).to.equal('2026-03-09T09:45:00.000Z');
    expect((await other).closes_at.toISOString()).to.equal('2026-03-10T09:00:00.000Z');
    expect(await world.db('bid').pluck('state')).to.deep.equal(['submitted']);
    await beatAt('2026-03-09T09:11:04Z');
    expect(await world.db('outage')).to.have.length(1);
    await world.drainJobs();
    const told = world.mails.filter((mail) => mail.subject.includes('after an outage'));
    expect(told.map((mail) => mail.to.address)).to.have.members(near.suppliers.map((one) => one.email));
    expect(told[0]?.text)
      .to.match(/09:50|9:50/)
      .and.match(/10:10|18:10|16:50|17:10/);
    const page = await (await world.as(bidder.actor)).get('/outages').expect(200);
    expect(page.text).to.include('20 min 0 s');
    expect((await (await world.as(near.buyer)).get(`/events/${near.eventId}`)).text).to.include(
      'Closing extended after an outage',
    );
    // And then it closes as any other, once a process was seen to answer at the closing.
    world.setNow('2026-03-09T09:45:00Z');
    expect(await close()).to.equal(0);
    for (let ms = at('09:11:30.000').getTime(); ms < at('09:45:00.000').getTime(); ms += 59_000)
      await beatAt(new Date(ms).toISOString());
    expect(await world.db('outage')).to.have.length(1);
    await beatAt('2026-03-09T09:45:00Z');
    expect(await close()).to.equal(1);
  });
});
