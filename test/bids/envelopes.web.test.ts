import { expect } from 'chai';
import {
  concludeEnvelope,
  disqualifyBid,
  findOpenedContents,
  isReadableByServer,
  openBids,
  openedEnvelopes,
} from '../../src/bids/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { changeSealing, findEvent } from '../../src/sourcing/index.ts';
import { submittedBid } from '../support/factories/bids.ts';
import { closeEvent, type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type World } from '../support/world.ts';

type Supplier = PublishedEvent['suppliers'][number];

describe('opening a technical envelope before the commercial one', () => {
  let world: World;
  let event: PublishedEvent;
  let opener: Actor;
  let first: Supplier;
  let second: Supplier;
  beforeEach(async () => {
    world = await makeWorld();
    event = await publishedEvent(world, {
      prepare: async (ctx, eventId) => {
        const before = await findEvent(ctx, eventId);
        await changeSealing(ctx, { ...before, eventId, envelopes: ['commercial', 'technical'] });
      },
    });
    [first, second] = event.suppliers as [Supplier, Supplier];
    opener = await world.staff('bid_opener');
  });
  afterEach(() => world.close());

  const submitted = (supplier: Supplier, price: string) =>
    submittedBid(world, { supplier, ...event, prices: [price] });
  const open = () => world.runInTx(opener, (ctx) => openBids(ctx, event.eventId));
  const conclude = () => world.runInTx(event.buyer, (ctx) => concludeEnvelope(ctx, event.eventId));
  const stateOf = async (): Promise<string> => (await world.db('sourcing_event').first()).state;
  const opened = () => world.runInTx(opener, (ctx) => openedEnvelopes(ctx, event.eventId));

  it('shows no price until the technical one is judged, and never that of a bid that failed', async () => {
    const a = await submitted(first, '2.40');
    await submitted(second, '2.60');
    expect(await world.db('bid_envelope')).to.have.length(4);
    await closeEvent(world, event.event);
    await world.drainJobs();

    expect((await open()).envelope).to.equal('technical');
    expect(await stateOf()).to.equal('opening');
    expect([...(await opened())]).to.deep.equal(['technical']);
    expect(await world.db('bid').pluck('state')).to.deep.equal(['opened', 'opened']);
    expect(await world.db('bid_line')).to.have.length(0);
    expect((await refusal(open())).code).to.equal('opening.not-concluded');
    const judging = await (await world.as(event.buyer))
      .get(`/events/${event.eventId}/opening`)
      .expect(200, /Technical envelope: judge the bids/);
    expect(judging.text)
      .to.match(/2 bids go on/)
      .and.not.to.match(/240\.00|260\.00/);

    await world.runInTx(event.buyer, (ctx) =>
      disqualifyBid(ctx, { eventId: event.eventId, bidId: a.bidId, reason: 'No test bench.' }),
    );
    await (await world.as(event.buyer)).post(`/events/${event.eventId}/opening/conclusion`).expect(303);
    expect((await refusal(conclude())).code).to.equal('opening.nothing-to-conclude');

    const minutes = await open();
    expect(minutes.envelope).to.equal('commercial');
    expect(minutes.bids.map((bid) => [bid.supplierName, bid.totalAmount])).to.deep.equal([
      [second.name, '260.00'],
    ]);
    expect(await stateOf()).to.equal('evaluation');
    const failed = await world.db('bid').where({ id: a.bidId }).first();
    expect(failed).to.include({
      state: 'disqualified',
      total_amount: null,
      disqualified_at_envelope: 'technical',
    });
    expect(await world.db('opened_envelope').where({ bid_id: a.bidId }).pluck('envelope')).to.deep.equal([
      'technical',
    ]);
    const contents = await world.runInTx(opener, (ctx) => findOpenedContents(ctx, event.eventId));
    expect(contents.map((one) => one.envelope)).to.deep.equal(['technical', 'technical', 'commercial']);
    const page = await (await world.as(event.buyer)).get(`/events/${event.eventId}/opening`).expect(200);
    expect(page.text)
      .to.include('Failed after the opening of the Technical envelope')
      .and.to.include('260.00')
      .and.not.to.include('240.00');
  });

  it('has nothing more to open when every bid failed', async () => {
    const { bidId } = await submitted(first, '2.40');
    await closeEvent(world, event.event);
    await open();
    await world.runInTx(opener, (ctx) =>
      disqualifyBid(ctx, { eventId: event.eventId, bidId, reason: 'No.' }),
    );
    await conclude();
    expect(await stateOf()).to.equal('evaluation');
    expect(await world.db('bid_line')).to.have.length(0);
  });

  it('may be submitted by the server, which seals it', () => {
    expect(isReadableByServer({ sealingLevel: 'on_arrival' })).to.equal(true);
    expect(isReadableByServer({ sealingLevel: 'in_browser' })).to.equal(false);
  });
});
