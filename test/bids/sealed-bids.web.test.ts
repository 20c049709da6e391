import { expect } from 'chai';
import { startBid } from '../../src/bids/index.ts';
import { getSealedDraft } from '../../src/bids/sealed-bids.service.ts';
import { sealEnvelope } from '../../src/bids/sealing.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { publishAmendment } from '../../src/sourcing/amendment-publication.service.ts';
import { draftAmendment, findAmendment, reviseAmendment } from '../../src/sourcing/amendments.service.ts';
import { appointing } from '../support/factories/openers.ts';
import { publishedEvent } from '../support/factories/sourcing.ts';
import { makeWorld, type World } from '../support/world.ts';

const inBrowser = appointing([], { sealingLevel: 'in_browser' });

describe('an event whose bids are sealed in the browser', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());

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

  it('says of each thing that only the browser can do why the server does not', async () => {
    const { eventId, suppliers } = await publishedEvent(world, { prepare: inBrowser });
    const bidder = suppliers[0]?.actor as Actor;
    const bidId = await world.runInTx(bidder, (ctx) => startBid(ctx, eventId));
    const visitor = await world.as(bidder);
    const trace = () => Promise.all([world.db('event').count(), world.db('bid_draft'), world.db('bid')]);
    const before = await trace();
    const form = { revision: 1, idempotencyKey: newId() };
    for (const [path, fields, words] of [
      ['draft', { revision: 1, note: 'x' }, 'bid.sealed-in-browser'],
      ['submission', form, 'bid.sealed-in-browser'],
      ['closing-choice', { revision: 1 }, 'bid.browser-submits'],
    ] as const) {
      const answer = await visitor.post(`/bids/${bidId}/${path}`, fields);
      expect(answer.status, path).to.equal(422);
      expect(answer.text, path).to.include(words);
    }
    await visitor.get(`/bids/${bidId}/difference?from=1&to=draft`).expect(422, /Open each with your own key/);
    expect(await trace()).to.deep.equal(before);
  });
});
