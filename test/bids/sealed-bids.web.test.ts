import { expect } from 'chai';
import { startBid } from '../../src/bids/index.ts';
import { getSealedDraft } from '../../src/bids/sealed-bids.service.ts';
import { sealEnvelope } from '../../src/bids/sealing.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import {
  draftAmendment,
  findAmendment,
  publishAmendment,
  reviseAmendment,
} from '../../src/sourcing/amendments.service.ts';
import { saveRequirement } from '../../src/sourcing/evaluation-plan.service.ts';
import { changeSealing, findEvent, publishEvent } from '../../src/sourcing/index.ts';
import { someQuestion } from '../support/factories/evaluation.ts';
import { appointing } from '../support/factories/openers.ts';
import { draftEvent, publishedEvent, someItems } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

const inBrowser = appointing([], { sealingLevel: 'in_browser' });

describe('an event whose bids are sealed in the browser', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());

  it('does not go out with questions that its bidders could not answer, and says what to do', async () => {
    const { eventId, buyer } = await draftEvent(world, { suppliers: [await makeSupplier(world)] });
    const ask = { eventId, version: 0, requirementId: null };
    await world.runInTx(buyer, async (ctx) => {
      await inBrowser(ctx, eventId);
      await saveRequirement(ctx, { ...ask, requirement: someQuestion({ envelope: 'commercial' }) });
    });
    const visitor = await world.as(buyer);
    const page = await visitor.get(`/events/${eventId}`).expect(200);
    expect(page.text).to.include('choose sealing on arrival, or take the questions out');
    expect(page.text).to.include(`href="/events/${eventId}/openers">Change how bids are sealed`);
    const refused = await visitor.post(`/events/${eventId}/publication`).expect(422);
    expect(refused.text).to.include('sourcing_event.browser-takes-no-questions');
    expect(refused.text).to.include(
      'Choose sealing on arrival under “Who opens”, or take the questions out.',
    );
    expect(await world.db('sourcing_event').where({ id: eventId }).first()).to.include({ state: 'draft' });
    expect(await world.db('event').where({ action: 'sourcing_event.published' })).to.have.length(0);

    await world.runInTx(buyer, async (ctx) => {
      const event = await findEvent(ctx, eventId);
      await changeSealing(ctx, { ...event, eventId, sealingLevel: 'on_arrival' });
      await publishEvent(ctx, eventId);
    });
    expect(await world.db('sourcing_event').where({ id: eventId }).first()).to.include({ state: 'open' });
  });

  it('is not chosen for a draft that asks for alternates', async () => {
    const { eventId, buyer } = await draftEvent(world, { items: someItems({ takesAlternates: true }) });
    const { version } = await world.runInTx(buyer, (ctx) => findEvent(ctx, eventId));
    const visitor = await world.as(buyer);
    const form = { version, sealingLevel: 'in_browser', envelopes: ['commercial'], threshold: 2 };
    await visitor
      .post(`/events/${eventId}/openers`, form)
      .expect(422, /sourcing_event\.browser-takes-no-alternates/);
    const row = await world.db('sourcing_event').where({ id: eventId }).first();
    expect(row).to.include({ sealing_level: 'on_arrival', version });
  });

  it('takes a sealed bid only from who has acknowledged every amendment', async () => {
    const { eventId, buyer, suppliers } = await publishedEvent(world, { prepare: inBrowser });
    const bidder = suppliers[0]?.actor as Actor;
    const bidId = await world.runInTx(bidder, (ctx) => startBid(ctx, eventId));
    world.setNow('2026-03-02T11:00:00Z');
    const amendmentId = await world.runInTx(buyer, async (ctx) => {
      const id = await draftAmendment(ctx, eventId);
      const { amendment } = await findAmendment(ctx, { eventId, id });
      const terms = { ...amendment.proposal.terms, description: 'Revision B' };
      await reviseAmendment(ctx, {
        eventId,
        id,
        version: 1,
        terms,
        items: null,
        touchesAll: true,
        reason: 'B',
      });
      await publishAmendment(ctx, { eventId, id, version: 2 });
      return id;
    });
    const draft = () => world.runInTx(bidder, (ctx) => getSealedDraft(ctx, bidId));
    const sealed = async () => {
      const { keys, revision } = await draft();
      const one = await sealEnvelope(new TextEncoder().encode('{}'), keys);
      const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
      const envelope = {
        envelope: 'commercial',
        recipient: one.recipient,
        sealed: base64(one.sealed),
        contentSha256: '0'.repeat(64),
        timeShare: base64(one.timeShare),
        houseShare: one.houseShare === null ? null : base64(one.houseShare),
        openerShares: [],
        bidderKey: base64(one.timeShare),
        fileIds: [],
      };
      return { revision, idempotencyKey: newId(), envelopes: JSON.stringify([envelope]) };
    };
    const visitor = await world.as(bidder);
    await visitor.get(`/bids/${bidId}/sealed-edit`).expect(200, /Read amendment 1 and acknowledge it/);
    const form = await sealed();
    await visitor.post(`/bids/${bidId}/sealed-submission`, form).expect(422, /amendment\.not-acknowledged/);
    expect(await world.db('bid_version')).to.have.length(0);
    expect(await world.db('bid').pluck('state')).to.deep.equal(['draft']);

    await visitor.post(`/bids/invitations/${eventId}/amendments/${amendmentId}/acknowledgement`).expect(303);
    expect((await draft()).unacknowledged).to.equal(null);
    await visitor.post(`/bids/${bidId}/sealed-submission`, form).expect(200);
    expect(await world.db('bid').pluck('state')).to.deep.equal(['submitted']);
  });
});
