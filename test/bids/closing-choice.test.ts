import { expect } from 'chai';
import fc from 'fast-check';
import { receivedForClosing } from '../../src/bids/closing-choice.ts';
import {
  chooseClosingSubmission,
  type Minutes,
  openBids,
  revokeClosingSubmission,
  saveDraft,
  submitAtClosing,
} from '../../src/bids/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { closeDueEvents, extendEventClosing } from '../../src/sourcing/index.ts';
import { draftBid, submittedBid, typedLines } from '../support/factories/bids.ts';
import { closeEvent, type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const CLOSING = '2026-03-09T09:00:00.000Z';

describe('when a bid counts as received that closing submits', () => {
  it('is when the last of both was here, and before closing when both were', () => {
    const instant = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(instant, instant, (chosenAt, savedAt) => {
        const at = receivedForClosing({ chosenAt, savedAt }).getTime();
        expect(at).to.equal(Math.max(chosenAt.getTime(), savedAt.getTime()));
      }),
    );
  });
});

describe('submitting at closing what is complete', () => {
  let world: World;
  let event: PublishedEvent;
  let supplier: PublishedEvent['suppliers'][number];
  let opener: Actor;
  beforeEach(async () => {
    world = await makeWorld();
    event = await publishedEvent(world);
    opener = await world.staff('bid_opener');
    supplier = event.suppliers[0] as typeof supplier;
  });
  afterEach(() => world.close());

  const draft = (prices: string[]) => draftBid(world, { supplier, ...event, prices });
  const choose = (bidId: string, isFreeMeant = false) =>
    world.runInTx(supplier.actor, (ctx) => chooseClosingSubmission(ctx, { bidId, isFreeMeant }));
  const open = (): Promise<Minutes> => world.runInTx(opener, (ctx) => openBids(ctx, event.eventId));
  const bidOf = (id: string) => world.db('bid').where({ id }).first();
  const choiceOf = (bidId: string) => world.db('bid_closing_choice').where({ bid_id: bidId }).first();
  const mailsTo = (email: string): string[] =>
    world.mails.filter((mail) => mail.to.address === email).map((mail) => mail.subject);

  it('takes the draft as it was last saved, counts it as in time, mails the receipt, and opens it', async () => {
    const { bidId, revision } = await draft(['1']);
    await choose(bidId);
    world.setNow('2026-03-09T08:59:59.000Z');
    const lines = typedLines(event.items, ['2', '3']);
    await world.runInTx(supplier.actor, (ctx) => saveDraft(ctx, { bidId, revision, note: '', lines }));
    world.setNow('2026-03-09T09:00:04.000Z');
    await closeEvent(world, { closesAt: world.now() });
    expect(await choiceOf(bidId)).to.include({ outcome: 'submitted', refusal_code: null });
    const version = await world.db('bid_version').first();
    expect(version.received_at.toISOString()).to.equal('2026-03-09T08:59:59.000Z');
    expect(version.submitted_by).to.equal(supplier.userId);
    const entry = await world.db('event').where({ action: 'bid.submitted' }).first();
    expect(entry).to.include({ actor_id: supplier.userId, supplier_id: supplier.supplierId });
    expect(entry.changes).to.include({ isAtClosing: true });
    await world.drainJobs();
    expect(mailsTo(supplier.email).some((subject) => subject.startsWith('Received: your bid'))).to.equal(
      true,
    );
    const visitor = await world.as(supplier.actor);
    await visitor.get(`/bids/${bidId}/receipt`).expect(200, /Submitted at closing: chosen/);
    await visitor.get(`/bids/${bidId}`).expect(200, /as you had chosen/);
    const minutes = await open();
    expect(minutes.bids.map((bid) => `${bid.bidId} ${bid.version}`)).to.deep.equal([`${bidId} 1`]);
    expect((await bidOf(bidId)).total_amount).to.match(/^320\.0+$/);
  });

  it('leaves everybody’s draft alone who has not chosen it', async () => {
    const { bidId } = await draft(['1', '2', '3']);
    await closeEvent(world, event.event);
    expect((await bidOf(bidId)).state).to.equal('draft');
    expect(await world.db('bid_version')).to.have.length(0);
  });

  const incomplete: [string, string[], string][] = [
    ['an entry that cannot be read', ['1', '1,5'], 'bid.has-errors'],
    ['no price at all', ['', ''], 'bid.no-line-priced'],
    ['a price of zero that nobody confirmed', ['1', '0'], 'bid.free-line-not-confirmed'],
  ];
  for (const [what, prices, code] of incomplete)
    it(`submits nothing with ${what}, and says why in one mail and on the page`, async () => {
      const { bidId } = await draft(prices);
      await choose(bidId);
      await closeEvent(world, event.event);
      expect((await bidOf(bidId)).state).to.equal('draft');
      expect(await choiceOf(bidId)).to.include({ outcome: 'refused', refusal_code: code });
      expect(await world.db('bid_version')).to.have.length(0);
      expect((await world.db('sourcing_event').first()).state).to.equal('closed');
      await world.drainJobs();
      const told = world.mails.filter(
        (mail) => mail.to.address === supplier.email && /has closed/.test(mail.subject),
      );
      expect(told).to.have.length(1);
      expect(told[0]?.text).to.match(/could not be read|No line had a price|A price was zero/);
      const visitor = await world.as(supplier.actor);
      await visitor.get(`/bids/${bidId}`).expect(200, /You had chosen that the closing submits this bid/);
    });

  it('submits a price of zero that was confirmed with the choice', async () => {
    const { bidId } = await draft(['1', '0']);
    await choose(bidId, true);
    await closeEvent(world, event.event);
    expect(await choiceOf(bidId)).to.include({ outcome: 'submitted' });
  });

  it('replaces an earlier version by what was changed since, and keeps it where nothing was', async () => {
    const [, other] = event.suppliers as [typeof supplier, typeof supplier];
    const changed = await submittedBid(world, { supplier, ...event, prices: ['1'] });
    const same = await submittedBid(world, { supplier: other, ...event, prices: ['5'] });
    const lines = typedLines(event.items, ['0.9']);
    await world.runInTx(supplier.actor, (ctx) => saveDraft(ctx, { ...changed, note: '', lines }));
    await choose(changed.bidId);
    await world.runInTx(other.actor, (ctx) =>
      chooseClosingSubmission(ctx, { bidId: same.bidId, isFreeMeant: false }),
    );
    await closeEvent(world, event.event);
    expect(await choiceOf(changed.bidId)).to.include({ outcome: 'submitted' });
    expect(await choiceOf(same.bidId)).to.include({ outcome: 'nothing-new' });
    const minutes = await open();
    expect(minutes.bids.map((bid) => `${bid.bidId} ${bid.version}`)).to.have.members([
      `${changed.bidId} 2`,
      `${same.bidId} 1`,
    ]);
  });

  it('does nothing once it was taken back, and cannot be chosen or taken back at the closing instant', async () => {
    const { bidId } = await draft(['1']);
    await choose(bidId);
    await world.runInTx(supplier.actor, (ctx) => revokeClosingSubmission(ctx, bidId));
    world.setNow(CLOSING);
    expect((await refusal(choose(bidId))).code).to.equal('bid.deadline-passed');
    expect(
      (await refusal(world.runInTx(supplier.actor, (ctx) => revokeClosingSubmission(ctx, bidId)))).code,
    ).to.equal('bid.deadline-passed');
    expect(await world.db('bid_closing_choice')).to.have.length(0);
    await closeEvent(world, event.event);
    expect((await bidOf(bidId)).state).to.equal('draft');
    const acts = await world.db('event').where({ subject_id: bidId }).orderBy('position').pluck('action');
    expect(acts.filter((act: string) => act.includes('closing-submission'))).to.deep.equal([
      'bid.closing-submission-chosen',
      'bid.closing-submission-revoked',
    ]);
  });

  it('waits for the closing that counts when it is moved on', async () => {
    const { bidId } = await draft(['1']);
    await choose(bidId);
    const closesAt = new Date('2026-03-10T09:00:00Z');
    await world.runInTx(event.buyer, (ctx) =>
      extendEventClosing(ctx, {
        eventId: event.eventId,
        version: event.event.version,
        closesAt,
        reason: 'x',
      }),
    );
    await closeEvent(world, event.event);
    expect((await bidOf(bidId)).state).to.equal('draft');
    await closeEvent(world, { closesAt });
    expect((await bidOf(bidId)).state).to.equal('submitted');
  });

  it('lets a damaged draft keep nobody else from being submitted, and no event from closing', async () => {
    const suppliers = [supplier, await makeSupplier(world), await makeSupplier(world)];
    event = await publishedEvent(world, { suppliers, buyer: event.buyer });
    const bidIds: string[] = [];
    for (const one of suppliers) {
      const { bidId } = await draftBid(world, { supplier: one, ...event, prices: ['1'] });
      await world.runInTx(one.actor, (ctx) => chooseClosingSubmission(ctx, { bidId, isFreeMeant: false }));
      bidIds.push(bidId);
    }
    await world
      .db('bid_draft')
      .where({ bid_id: bidIds[1] })
      .update({ sealed: Buffer.from('bent') });
    await closeEvent(world, event.event);
    expect(await world.db('bid_closing_choice').orderBy('bid_id').pluck('refusal_code')).to.deep.equal([
      null,
      'bid.draft-damaged',
      null,
    ]);
    expect((await open()).bids).to.have.length(2);
    // Again: what is closed is due no more.
    const again = await world.runInTx(system('test'), (ctx) => closeDueEvents(ctx, submitAtClosing));
    expect(again).to.equal(0);
  });

  describe('on its pages', () => {
    let visitor: Visitor;
    let bidId: string;
    beforeEach(async () => {
      visitor = await world.as(supplier.actor);
      ({ bidId } = await draft(['2.40', '1,5']));
    });

    it('is off until it is confirmed, says what would happen now, and can be taken back', async () => {
      await visitor.get(`/bids/${bidId}/edit`).expect(200, /Should it be submitted at closing/);
      await visitor.get(`/bids/${bidId}/closing-choice`).expect(200, /would NOT be submitted/);
      const refused = await visitor.post(`/bids/${bidId}/closing-choice`, {}).expect(422);
      expect(refused.text).to.include('Tick the box').and.to.include('#field-isUnderstood');
      expect(await world.db('bid_closing_choice')).to.have.length(0);
      await visitor.post(`/bids/${bidId}/closing-choice`, { isUnderstood: 'yes' }).expect(303);
      const page = await visitor.get(`/bids/${bidId}/edit`).expect(200);
      expect(page.text).to.include('Will be submitted at closing').and.to.include('NOT SUBMITTED');
      expect(page.text).to.include(supplier.actor.name);
      await visitor.post(`/bids/${bidId}/closing-choice/revocation`).expect(303);
      await visitor.post(`/bids/${bidId}/closing-choice/revocation`).expect(422, /Nothing was chosen/);
      expect(await world.db('bid_closing_choice')).to.have.length(0);
    });

    it('does not exist for another supplier, nor for the buyer', async () => {
      const [, other] = event.suppliers as [typeof supplier, typeof supplier];
      const stranger = await world.as(other.actor);
      await stranger.get(`/bids/${bidId}/closing-choice`).expect(404);
      await stranger.post(`/bids/${bidId}/closing-choice`, { isUnderstood: 'yes' }).expect(404);
      await stranger.post(`/bids/${bidId}/closing-choice/revocation`).expect(404);
      const buyer = await world.as(event.buyer);
      await buyer.get(`/bids/${bidId}/closing-choice`).expect(403);
      expect(await world.db('bid_closing_choice')).to.have.length(0);
    });
  });
});
