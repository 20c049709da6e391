import { expect } from 'chai';
import { answerClarification } from '../../src/bids/clarifications.service.ts';
import { openBids } from '../../src/bids/index.ts';
import { type EvaluatedEvent, evaluatedEvent } from '../support/factories/awards.ts';
import { submittedBid } from '../support/factories/bids.ts';
import { closeEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('asking about an abnormally low bid', () => {
  let world: World;
  let made: EvaluatedEvent;
  let buyer: Visitor;
  before(async () => {
    world = await makeWorld();
    made = await evaluatedEvent(world, {
      bids: [
        { name: 'Cheap Casting', prices: ['20.00', '21.00', '22.00'] },
        { name: 'Usual Works', prices: ['35.10', '38.60', '44.85'] },
        { name: 'Other Works', prices: ['36.10', '39.60', '45.85'] },
      ],
    });
    buyer = await world.as(made.buyer);
  });
  after(() => world.close());
  const bidder = (index: number) => made.bidders[index] as (typeof made.bidders)[number];
  const base = (index: number) => `/events/${made.eventId}/bids/${bidder(index).bidId}`;
  const stateOf = async (index: number) =>
    (
      await world
        .db('bid')
        .where({ id: bidder(index).bidId })
        .first('state')
    ).state;
  const asked = () => world.db('clarification').orderBy('asked_at');
  const lines = () =>
    made.items.map((item) => ({
      eventItemId: item.id,
      supplierId: bidder(0).supplierId,
      quantity: item.quantity,
      reason: '',
    }));
  const propose = () =>
    buyer.post(`/events/${made.eventId}/award`, { lines: lines(), justification: '', debrief: '' });

  it('marks it by the rule, with the figures, on the comparison and on its page', async () => {
    const page = await buyer.get(`/events/${made.eventId}/comparison`).expect(200);
    expect(page.text.match(/>abnormally low</g)).to.have.length(1);
    const { text } = await buyer.get(`${base(0)}/costs`).expect(200);
    expect(text).to.match(/4\d\.\d\d % below the median of the complete bids \(1,018,400\.00 USD\)/);
    expect((await buyer.get(`${base(1)}/costs`).expect(200)).text).to.include('Not by the rule');
  });

  it('asks that supplier alone, puts the bid in question, and tells the supplier', async () => {
    const form = { question: 'Is the heat treatment in it?', answerUntil: '2026-03-12T17:00' };
    await buyer.post(`${base(0)}/clarifications`, { ...form, answerUntil: '2026-03-01T17:00' }).expect(422);
    await buyer.post(`${base(0)}/clarifications`, { ...form, question: ' ' }).expect(422);
    expect(await asked()).to.deep.equal([]);
    expect(await stateOf(0)).to.equal('valid');
    await buyer.post(`${base(0)}/clarifications`, form).expect(303);
    expect(await stateOf(0)).to.equal('abnormally_low');
    await world.drainJobs();
    expect(world.mails.filter((mail) => mail.subject.includes('a question about your bid'))).to.have.length(
      1,
    );
    const others = await world.as(bidder(1).actor);
    await others.get(`/bids/${bidder(0).bidId}`).expect(404);
    const acts = await world.db('event').whereIn('action', ['bid.flagged', 'sourcing_event.bid-questioned']);
    expect(acts.map((act) => act.supplier_id)).to.deep.equal([null, null]);
  });

  it('lets nobody propose an award meanwhile', async () => {
    await propose().expect(422, /in question as abnormally low/);
    expect(await world.db('award')).to.deep.equal([]);
  });

  it('takes one answer, of that supplier, until and not at the time it was given', async () => {
    const [question] = await asked();
    const answer = (index: number, words: string) =>
      world.runInTx(bidder(index).actor, (ctx) =>
        answerClarification(ctx, { bidId: bidder(0).bidId, clarificationId: question.id, answer: words }),
      );
    expect((await refusal(answer(1, 'Not mine'))).code).to.equal('bid.not-found');
    const before = world.now();
    world.setNow('2026-03-12T09:00:00Z');
    expect((await refusal(answer(0, 'Too late'))).code).to.equal('clarification.too-late');
    world.setNow(before.toISOString());
    const own = await world.as(bidder(0).actor);
    const path = `/bids/${bidder(0).bidId}/clarifications/${question.id}/answer`;
    await own.post(path, { answer: 'Yes, and we stand by it.' }).expect(303);
    expect((await refusal(answer(0, 'Again'))).code).to.equal('clarification.answered-already');
    expect((await asked())[0].answer).to.equal('Yes, and we stand by it.');
  });

  it('is decided by a person with a reason, and can be awarded then', async () => {
    buyer = await world.as(made.buyer);
    expect((await buyer.get(`${base(0)}/costs`).expect(200)).text).to.include('Yes, and we stand by it.');
    await buyer.post(`${base(0)}/acceptance`, { reason: ' ' }).expect(422);
    expect(await stateOf(0)).to.equal('abnormally_low');
    await buyer.post(`${base(0)}/acceptance`, { reason: 'Explained and confirmed' }).expect(303);
    expect(await stateOf(0)).to.equal('valid');
    await buyer.post(`${base(0)}/acceptance`, { reason: 'Twice' }).expect(422);
    await propose().expect(303);
    await buyer
      .post(`${base(1)}/clarifications`, { question: 'Late?', answerUntil: '2026-03-20T17:00' })
      .expect(422);
  });

  it('stands on the bidder’s page of a bid that was really opened, with the answer under it', async () => {
    const supplier = await makeSupplier(world);
    const open = await publishedEvent(world, {
      suppliers: [supplier],
      approver: await world.staff('approver'),
      closesAt: new Date(world.now().getTime() + 86_400_000).toISOString(),
    });
    const { eventId, items } = open;
    const { bidId } = await submittedBid(world, { supplier, eventId, items, prices: ['0.5', '1', '0.01'] });
    await closeEvent(world, open.event);
    const opener = await world.staff('bid_opener');
    await world.runInTx(opener, (ctx) => openBids(ctx, eventId));
    await world.drainJobs();
    const own = await world.as(open.buyer);
    const until = new Date(world.now().getTime() + 3 * 86_400_000).toISOString().slice(0, 16);
    const question = { question: 'How do you make it for that?', answerUntil: until };
    // 65 % below the estimate: the rule needs no second bid for that.
    expect((await own.get(`/events/${eventId}/bids/${bidId}/costs`).expect(200)).text).to.include(
      'below the estimate',
    );
    await own.post(`/events/${eventId}/bids/${bidId}/clarifications`, question).expect(303);
    const bidderOf = await world.as(supplier.actor);
    const page = (await bidderOf.get(`/bids/${bidId}`).expect(200)).text;
    expect(page)
      .to.include('How do you make it for that?')
      .and.to.include('Only you and the buyer read them');
    expect(page).to.not.include('below the estimate').and.to.not.include('put in question');
    const action = /action="(\/bids\/[^"]+\/answer)"/.exec(page)?.[1] ?? '';
    expect((await bidderOf.post(action, { answer: '' }).expect(422)).text).to.include('How do you make it');
    await bidderOf.post(action, { answer: 'By forging.' }).expect(303);
    expect((await bidderOf.get(`/bids/${bidId}`).expect(200)).text).to.include('By forging.');
  });
});
