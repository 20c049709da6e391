import { expect } from 'chai';
import { disqualifyBid, openBids } from '../../src/bids/index.ts';
import { type EvaluatedEvent, evaluatedEvent } from '../support/factories/awards.ts';
import { submittedBid } from '../support/factories/bids.ts';
import { closeEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('setting a bid aside', () => {
  let world: World;
  let made: EvaluatedEvent;
  let buyer: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await evaluatedEvent(world);
    buyer = await world.as(made.buyer);
  });
  afterEach(() => world.close());
  const bidId = (index: number): string => made.bidders[index]?.bidId ?? '';
  const path = (index: number): string => `/events/${made.eventId}/bids/${bidId(index)}/disqualification`;
  const stateOf = async (index: number): Promise<string> =>
    (
      await world
        .db('bid')
        .where({ id: bidId(index) })
        .first('state')
    ).state;
  const acts = (): Promise<string[]> =>
    world.db('event').where({ action: 'bid.disqualified' }).pluck('reason');

  it('leaves it out of the comparison, which says so and why', async () => {
    await buyer.post(path(0), { reason: 'No ISO 9001 certificate' }).expect(303);
    expect(await stateOf(0)).to.equal('disqualified');
    expect(await acts()).to.deep.equal(['No ISO 9001 certificate']);
    const { text } = await buyer.get(`/events/${made.eventId}/comparison`).expect(200);
    expect(text).to.include('Not compared').and.to.include('No ISO 9001 certificate');
    expect(text).to.include('1 bid is set aside');
    // The lowest bidder on two lines is gone: nobody covers all lines cheaper than Delta.
    expect(text).not.to.include('>35.10 USD<');
    const form = await buyer.get(`/events/${made.eventId}/award/new`).expect(200);
    expect(form.text).not.to.include(`value="${made.bidders[0]?.supplierId}"`);
  });

  it('tells its supplier the reason with the award, and nobody else', async () => {
    await buyer.post(path(0), { reason: 'No ISO 9001 certificate' }).expect(303);
    const [, second, third] = made.bidders;
    const lines = [
      { eventItemId: made.items[0]?.id, supplierId: second?.supplierId, quantity: '12000', reason: '' },
      { eventItemId: made.items[1]?.id, supplierId: second?.supplierId, quantity: '8500', reason: '' },
      { eventItemId: made.items[2]?.id, supplierId: third?.supplierId, quantity: '6000', reason: '' },
    ];
    const { headers } = await buyer
      .post(`/events/${made.eventId}/award`, { lines, justification: '', debrief: '' })
      .expect(303);
    const awardId = String(headers['location']).replace('/awards/', '');
    const approver = await world.as(await world.staff('approver'));
    await approver.post(`/awards/${awardId}/approval`).expect(303);
    expect(await stateOf(0)).to.equal('disqualified');
    await world.drainJobs();
    const mailsOf = (index: number): string[] =>
      world.mails
        .filter((mail) => mail.to.address === made.bidders[index]?.email)
        .map((mail) => `${mail.subject} ${mail.text}`);
    expect(mailsOf(0).join()).to.include('disqualified').and.to.include('No ISO 9001 certificate');
    expect([...mailsOf(1), ...mailsOf(2)].join()).not.to.include('ISO 9001');
    const loser = await world.as(made.bidders[0]?.actor as never);
    await loser.get(`/awards/${awardId}/letter`).expect(200, /No ISO 9001 certificate/);
  });

  it('asks for a reason, at its field and with the form open, and leaves no trace', async () => {
    const event = await publishedEvent(world, { closesAt: '2026-04-09T09:00:00Z' });
    const [supplier] = event.suppliers;
    if (supplier === undefined) throw new Error('no supplier');
    const submitted = await submittedBid(world, { supplier, ...event, prices: ['1', '1', '1'] });
    await closeEvent(world, event.event);
    const opener = await world.staff('bid_opener');
    await world.runInTx(opener, (ctx) => openBids(ctx, event.eventId));
    const owner = await world.as(event.buyer);
    const refused = await owner
      .post(`/events/${event.eventId}/bids/${submitted.bidId}/disqualification`, { reason: '  ' })
      .expect(422);
    expect(refused.text).to.include('data-code="form.required"').and.to.include('id="field-reason-error"');
    expect(await world.db('bid').where({ id: submitted.bidId }).pluck('state')).to.deep.equal(['valid']);
    expect(await acts()).to.deep.equal([]);
  });

  it('is for buyers and bid openers, on bids of that event, while bids are evaluated', async () => {
    const approver = await world.as(await world.staff('approver'));
    await approver.post(path(0), { reason: 'x' }).expect(403);
    const other = await evaluatedEvent(world, { bids: [{ name: 'Elsewhere', prices: ['1', '1', '1'] }] });
    // A week has passed, and with it the session.
    buyer = await world.as(made.buyer);
    await buyer
      .post(`/events/${made.eventId}/bids/${other.bidders[0]?.bidId}/disqualification`, { reason: 'x' })
      .expect(404);
    await buyer.post(path(0), { reason: 'x' }).expect(303);
    await buyer.post(path(0), { reason: 'again' }).expect(422, /bid\.cannot-disqualify/);
    const line = {
      eventItemId: made.items[0]?.id,
      supplierId: made.bidders[1]?.supplierId,
      quantity: '12000',
      reason: '',
    };
    await buyer
      .post(`/events/${made.eventId}/award`, { lines: [line], justification: 'One line only', debrief: '' })
      .expect(303);
    await buyer.post(path(1), { reason: 'too late' }).expect(422, /bid\.event-not-in-evaluation/);
    expect(await stateOf(1)).to.equal('valid');
    const opener = await world.staff('bid_opener');
    const refused = await refusal(
      world.runInTx(opener, (ctx) =>
        disqualifyBid(ctx, { eventId: made.eventId, bidId: bidId(2), reason: ' ' }),
      ),
    );
    expect(refused.code).to.equal('bid.event-not-in-evaluation');
  });

  it('comes before an award where a bid does not conform, so that its supplier gets an answer', async () => {
    await world
      .db('bid')
      .where({ id: bidId(2) })
      .update({ state: 'opened', total_amount: null });
    await world
      .db('bid_line')
      .where({ bid_id: bidId(2) })
      .delete();
    const line = {
      eventItemId: made.items[0]?.id,
      supplierId: made.bidders[1]?.supplierId,
      quantity: '12000',
      reason: 'x',
    };
    const propose = () =>
      buyer.post(`/events/${made.eventId}/award`, { lines: [line], justification: 'One line', debrief: '' });
    await propose().expect(422, /award\.bid-undecided/);
    expect(await world.db('award')).to.have.length(0);
    await buyer.post(path(2), { reason: 'Does not open' }).expect(303);
    await propose().expect(303);
  });
});

describe('closing an event without result', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());
  const stateOf = async (id: string): Promise<string> =>
    (await world.db('sourcing_event').where({ id }).first('state')).state;

  it('ends one that nobody bid for, and tells everybody who was invited why', async () => {
    const made = await publishedEvent(world);
    await closeEvent(world, made.event);
    await world.drainJobs();
    const buyer = await world.as(made.buyer);
    await buyer.get(`/events/${made.eventId}/opening`).expect(200, /Close without result/);
    await buyer.post(`/events/${made.eventId}/ending-without-award`, { reason: 'Nobody bid' }).expect(303);
    expect(await stateOf(made.eventId)).to.equal('unsuccessful');
    await world.drainJobs();
    const told = world.mails.filter((mail) => mail.subject.includes('ended without an award'));
    expect(told.map((mail) => mail.to.address)).to.have.members(
      made.suppliers.map((supplier) => supplier.email),
    );
    expect(told[0]?.text).to.include('Nobody bid');
  });

  it('is refused while a bid stands, and done when the last one is set aside', async () => {
    const made = await evaluatedEvent(world, { bids: [{ name: 'Alone', prices: ['1', '1', '1'] }] });
    const buyer = await world.as(made.buyer);
    const end = () =>
      buyer.post(`/events/${made.eventId}/ending-without-award`, { reason: 'No bid can be taken' });
    await end().expect(422, /opening\.bids-stand/);
    expect(await stateOf(made.eventId)).to.equal('evaluation');
    expect(await world.db('event').where({ action: 'sourcing_event.declared-unsuccessful' })).to.have.length(
      0,
    );
    await buyer
      .post(`/events/${made.eventId}/bids/${made.bidders[0]?.bidId}/disqualification`, {
        reason: 'Unsuitable',
      })
      .expect(303);
    await end().expect(303);
    expect(await stateOf(made.eventId)).to.equal('unsuccessful');
  });

  it('is refused before closing, after the end, and to who is no buyer', async () => {
    const made = await publishedEvent(world);
    const buyer = await world.as(made.buyer);
    const end = (visitor: Visitor) =>
      visitor.post(`/events/${made.eventId}/ending-without-award`, { reason: 'Nobody bid' });
    await end(buyer).expect(422, /cannot-declare-unsuccessful/);
    expect(await stateOf(made.eventId)).to.equal('open');
    await closeEvent(world, made.event);
    await end(await world.as(await world.staff('bid_opener'))).expect(403);
    expect(await stateOf(made.eventId)).to.equal('closed');
    const later = await world.as(made.buyer);
    await end(later).expect(303);
    await end(later).expect(422, /cannot-declare-unsuccessful/);
    expect((await refusal(world.runInTx(made.buyer, (ctx) => openBids(ctx, made.eventId)))).code).to.equal(
      'opening.event-not-closed',
    );
  });
});
