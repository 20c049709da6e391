import { expect } from 'chai';
import { eventIdentity, releaseTimeKey } from '../../src/bids/event-keys.service.ts';
import { concludeEnvelope, disqualifyBid, openBids, startBid, waitingFor } from '../../src/bids/index.ts';
import { findEvent, lockEvent } from '../../src/sourcing/index.ts';
import { submittedBid } from '../support/factories/bids.ts';
import { appointing, givePartAs, makeOpener, type TestOpener } from '../support/factories/openers.ts';
import {
  closeEvent,
  draftEvent,
  type PublishedEvent,
  publishedEvent,
} from '../support/factories/sourcing.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type World } from '../support/world.ts';

type Supplier = PublishedEvent['suppliers'][number];

describe('opening a tender by two of three openers', () => {
  let world: World;
  let event: PublishedEvent;
  let openers: [TestOpener, TestOpener, TestOpener];
  let first: Supplier;
  let second: Supplier;
  beforeEach(async () => {
    world = await makeWorld();
    openers = [await makeOpener(world), await makeOpener(world), await makeOpener(world, 'buyer')];
    event = await publishedEvent(world, {
      prepare: appointing(openers, { envelopes: ['technical', 'commercial'] }),
    });
    [first, second] = event.suppliers as [Supplier, Supplier];
  });
  afterEach(() => world.close());

  const submitted = (supplier: Supplier, price: string) =>
    submittedBid(world, { supplier, ...event, prices: [price] });
  const give = (opener: TestOpener, bend?: Parameters<typeof givePartAs>[1]['bend']) =>
    givePartAs(world, { eventId: event.eventId, opener, ...(bend === undefined ? {} : { bend }) });
  /** What the home page shows an opener, by its key and the address of each line. */
  const waitsFor = async (opener: TestOpener): Promise<{ key: string; href: string | undefined }[]> =>
    (await world.runInTx(opener.actor, waitingFor)).map(({ key, items }) => ({ key, href: items[0]?.href }));
  const stateOf = async (): Promise<string> => (await world.db('sourcing_event').first()).state;
  const minutesOf = async (envelope: string) =>
    (await world.db('opening').where({ envelope }).first()).minutes;
  const openTechnical = async (): Promise<void> => {
    await give(openers[0]);
    await give(openers[1]);
    await world.runInTx(event.buyer, (ctx) => concludeEnvelope(ctx, event.eventId));
  };
  const bendFirst = (shares: { envelopeId: string; share: string }[]) =>
    shares.map((one, index) => (index > 0 ? one : { ...one, share: Buffer.alloc(75, 1).toString('base64') }));

  it('opens envelope by envelope, each with its minutes, and asks for no share of a bid that failed', async () => {
    const failed = await submitted(first, '2.40');
    await submitted(second, '2.60');
    expect(await world.db('bid_envelope_share')).to.have.length(12);
    expect(await world.db('bid_envelope').whereNotNull('house_share')).to.have.length(0);
    expect(await waitsFor(openers[0])).to.deep.equal([]);
    await closeEvent(world, event.event);
    const opening = { key: 'waiting.bids.parts', href: `/events/${event.eventId}/opening` };
    expect(await waitsFor(openers[0])).to.deep.equal([opening]);
    const page = () => world.as(event.buyer).then((buyer) => buyer.get(`/events/${event.eventId}/opening`));
    expect((await page()).text).to.include('0 of 2 needed');
    expect(
      (await refusal(world.runInTx(openers[0].actor, (ctx) => openBids(ctx, event.eventId)))).code,
    ).to.equal('opening.needs-openers');

    expect((await give(openers[0])).status).to.equal(303);
    expect(await stateOf()).to.equal('opening');
    expect([await waitsFor(openers[0]), await waitsFor(openers[2])]).to.deep.equal([[], [opening]]);
    expect(await world.db('opened_envelope')).to.have.length(0);
    expect((await page()).text)
      .to.include('1 of 2 needed')
      .and.include(openers[0].actor.name);
    expect((await give(openers[2])).status).to.equal(303);
    expect(
      (await minutesOf('technical')).parts.map((part: { openerName: string }) => part.openerName),
    ).to.have.members([openers[0].actor.name, openers[2].actor.name]);
    expect(await world.db('bid_line')).to.have.length(0);
    expect(await waitsFor(openers[1])).to.deep.equal([]);

    await world.runInTx(event.buyer, (ctx) =>
      disqualifyBid(ctx, { eventId: event.eventId, bidId: failed.bidId, reason: 'No test bench.' }),
    );
    await world.runInTx(event.buyer, (ctx) => concludeEnvelope(ctx, event.eventId));
    expect([await waitsFor(openers[0]), await waitsFor(openers[1])]).to.deep.equal([[opening], [opening]]);
    await give(openers[1]);
    const held = await world.db('opener_share').join('bid_envelope', 'bid_envelope.id', 'envelope_id');
    expect(held.filter((one) => one.envelope === 'commercial').map((one) => one.bid_id)).not.to.include(
      failed.bidId,
    );
    await give(openers[2]);
    expect(await stateOf()).to.equal('evaluation');
    expect(await waitsFor(openers[0])).to.deep.equal([]);
    expect(
      (await minutesOf('commercial')).bids.map((bid: { totalAmount: string }) => bid.totalAmount),
    ).to.deep.equal(['260.00']);
    for (const envelope of ['technical', 'commercial']) {
      const pdf = await (await world.as(event.buyer))
        .get(`/events/${event.eventId}/opening/minutes.pdf?envelope=${envelope}`)
        .buffer(true)
        .expect(200)
        .expect('Content-Type', 'application/pdf');
      expect(Buffer.from(pdf.body).subarray(0, 5).toString()).to.equal('%PDF-');
    }
  });

  it('gives neither a share nor the time key before closing, whoever asks', async () => {
    await submitted(first, '2.40');
    const visitor = await world.as(openers[0].actor);
    await visitor.get(`/events/${event.eventId}/opening/part.json`).expect(422);
    await visitor.post(`/events/${event.eventId}/opening/part`, { shares: '[]' }).expect(422);
    for (const who of [openers[0].actor, event.buyer]) {
      const asked = world.runInTx(who, async (ctx) =>
        releaseTimeKey(ctx, await lockEvent(ctx, event.eventId)),
      );
      expect((await refusal(asked)).code).to.equal('opening.event-not-closed');
    }
    await world.db('sourcing_event').update({ state: 'closed' });
    const early = world.runInTx(openers[0].actor, async (ctx) =>
      releaseTimeKey(ctx, await lockEvent(ctx, event.eventId)),
    );
    expect((await refusal(early)).code).to.equal('opening.too-early');
    const identity = world.runInTx(openers[0].actor, (ctx) => eventIdentity(ctx, event.eventId, 'time'));
    expect((await refusal(identity)).code).to.equal('opening.too-early');
    expect(await world.db('event_key').pluck('released_at')).to.deep.equal([null, null]);
    expect(await world.db('opener_part')).to.have.length(0);
  });

  it('names a wrong share and a tampered bid, opens the others, and the third opener opens what stayed shut', async () => {
    const a = await submitted(first, '2.40');
    const b = await submitted(second, '2.60');
    await closeEvent(world, event.event);
    await openTechnical();
    await world.db.raw('ALTER TABLE bid_envelope DISABLE TRIGGER bid_envelope_is_append_only');
    await world.db.raw(
      `UPDATE bid_envelope SET sealed = set_byte(sealed, 900, get_byte(sealed, 900) # 1) WHERE bid_id = ? AND envelope = 'commercial'`,
      [b.bidId],
    );
    await give(openers[0], bendFirst);
    expect((await world.db('opener_part').orderBy('given_at', 'desc').pluck('wrong')).flat()).to.have.length(
      1,
    );
    await give(openers[1]);
    const references = new Map(
      (await world.db('bid')).map((bid) => [bid.id as string, bid.reference as string]),
    );
    const minutes = await minutesOf('commercial');
    const faults = new Map(
      minutes.bids.map((bid: { bidReference: string; fault: string }) => [bid.bidReference, bid.fault]),
    );
    expect(faults.get(references.get(a.bidId))).to.equal('too-few-shares');
    expect(faults.get(references.get(b.bidId))).to.equal('does-not-open');
    expect(await stateOf()).to.equal('evaluation');
    expect([await waitsFor(openers[0]), await waitsFor(openers[2])].map((one) => one.length)).to.deep.equal([
      1, 1,
    ]);

    const page = await (await world.as(openers[2].actor)).get(`/events/${event.eventId}/opening`).expect(200);
    expect(page.text).to.include('These bids stayed shut').and.include('Does not fit for');
    expect((await give(openers[2])).status).to.equal(303);
    expect(await waitsFor(openers[2])).to.deep.equal([]);
    expect(await world.db('bid').where({ id: a.bidId }).first()).to.include({
      state: 'valid',
      total_amount: '240.0000',
    });
    expect((await world.db('bid').where({ id: b.bidId }).first()).state).to.equal('opened');
    const later = (await world.db('opening').where({ envelope: 'commercial' }).first()).later;
    expect(later.map((bid: { bidId: string; fault: null }) => [bid.bidId, bid.fault])).to.deep.equal([
      [a.bidId, null],
    ]);
  });

  it('refuses a part of which nothing fits, of nobody appointed, and leaves no trace', async () => {
    await submitted(first, '2.40');
    await closeEvent(world, event.event);
    const other = await makeOpener(world);
    const visitor = await world.as(other.actor);
    await visitor.get(`/events/${event.eventId}/opening/part.json`).expect(403);
    await visitor.post(`/events/${event.eventId}/opening/part`, { shares: '[]' }).expect(403);
    const wrong = await give({ ...openers[0], identity: other.identity });
    expect(wrong.status).to.equal(422);
    expect(await world.db('opener_part')).to.have.length(0);
    expect(await world.db('opener_share')).to.have.length(0);
    expect(await stateOf()).to.equal('closed');
  });

  it('is rescued by the bidders’ own keys when two openers are lost', async () => {
    const a = await submitted(first, '2.40');
    const b = await submitted(second, '2.60');
    await closeEvent(world, event.event);
    await openTechnical();
    await give(openers[0]);
    const colleague = await world.as(await world.staff('bid_opener'));
    const bidder = await world.as(first.actor);
    const keyFile = async (visitor: typeof bidder, bidId: string, envelope: string): Promise<string> =>
      (await visitor.get(`/bids/${bidId}/key.txt?envelope=${envelope}`).expect(200)).text;
    await bidder
      .post(`/bids/${a.bidId}/rescue`, { key: await keyFile(bidder, a.bidId, 'commercial') })
      .expect(422);
    await colleague.post(`/events/${event.eventId}/opening/rescued`).expect(422, /opening\.nothing-rescued/);
    await colleague
      .post(`/events/${event.eventId}/opening/rescue-request`, { reason: 'Two openers have left.' })
      .expect(303);
    await world.drainJobs();
    const asked = world.mails.filter((mail) => mail.subject.includes('please give the key'));
    expect(asked.map((mail) => mail.to.address)).to.have.members([first.email, second.email]);

    await bidder.get(`/bids/${a.bidId}/rescue`).expect(200, /cannot open the Commercial envelope/);
    const other = await keyFile(bidder, a.bidId, 'technical');
    await bidder.post(`/bids/${a.bidId}/rescue`, { key: other }).expect(422, /not the key of that envelope/);
    await bidder
      .post(`/bids/${a.bidId}/rescue`, { key: await keyFile(bidder, a.bidId, 'commercial') })
      .expect(303);
    expect(await world.db('bid_rescue')).to.have.length(1);
    await (await world.as(event.buyer)).post(`/events/${event.eventId}/opening/rescued`).expect(422);
    await colleague.post(`/events/${event.eventId}/opening/rescued`).expect(303);
    const minutes = await minutesOf('commercial');
    expect(
      minutes.bids.map((bid: Record<string, unknown>) => [bid['bidId'], bid['isRescued'], bid['fault']]),
    ).to.deep.equal([
      [a.bidId, true, null],
      [b.bidId, false, 'too-few-shares'],
    ]);
    // The other bidder finds its key later: its bid counts too.
    const late = await world.as(second.actor);
    await late
      .post(`/bids/${b.bidId}/rescue`, { key: await keyFile(late, b.bidId, 'commercial') })
      .expect(303);
    await colleague.post(`/events/${event.eventId}/opening/rescued`).expect(303);
    expect(await world.db('bid').pluck('state')).to.deep.equal(['valid', 'valid']);
  });
});

describe('appointing the openers of an event', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  it('binds each with the key it has, and refuses who has none or is alone', async () => {
    const openers = [await makeOpener(world), await makeOpener(world)];
    const draft = await draftEvent(world);
    const buyer = await world.as(draft.buyer);
    const url = `/events/${draft.eventId}/openers`;
    const keyless = await world.staff('bid_opener');
    const { version } = await world.runInTx(draft.buyer, (ctx) => findEvent(ctx, draft.eventId));
    const form = (ids: readonly (string | null)[], threshold = 2) => ({
      version,
      sealingLevel: 'in_browser',
      envelopes: ['technical', 'commercial'],
      openerIds: ids,
      threshold,
    });
    const ids = openers.map(({ actor }) => actor.userId);
    await buyer.get(url).expect(200, /has no opener key yet/);
    await buyer.post(url, form([ids[0] as string])).expect(422, /opener\.too-few/);
    await buyer.post(url, form([...ids, keyless.userId])).expect(422, /opener\.has-no-key/);
    await buyer.post(url, form(ids, 3)).expect(422, /opener\.threshold-too-high/);
    expect(await world.db('event_opener')).to.have.length(0);
    await buyer.post(url, form(ids)).expect(303);
    expect(await world.db('event_opener').pluck('user_id')).to.have.members(ids as string[]);
    expect(await world.db('sourcing_event').where({ id: draft.eventId }).first()).to.include({
      sealing_level: 'in_browser',
      opener_threshold: 2,
      allows_sealing_on_arrival: false,
    });
    await buyer.post(url, form(ids)).expect(409);
    const opener = await world.as(openers[0]?.actor as TestOpener['actor']);
    await opener.get('/opener-key').expect(200, /age1/);
    await opener.post('/opener-key', { recipient: 'age1', wrapped: 'x' }).expect(422);
    await (await world.as(await world.staff('auditor'))).get('/opener-key').expect(403);
  });

  it('is found: from the home page, the security page, the event and the bid', async () => {
    const keyless = await world.as(await world.staff('bid_opener'));
    await keyless.get('/').expect(200, /Make your opener key[\s\S]+href="\/opener-key"/);
    await keyless.get('/security').expect(200, /href="\/opener-key"/);
    const auditor = await world.as(await world.staff('auditor'));
    expect((await auditor.get('/security').expect(200)).text).not.to.include('/opener-key');
    const openers = [await makeOpener(world), await makeOpener(world)] as const;
    const holder = await world.as(openers[0].actor);
    expect((await holder.get('/').expect(200)).text).not.to.include('Make your opener key');

    const { eventId, suppliers, event } = await publishedEvent(world, { prepare: appointing(openers) });
    const supplier = suppliers[0] as Supplier;
    const bidId = await world.runInTx(supplier.actor, (ctx) => startBid(ctx, eventId));
    const bidder = await world.as(supplier.actor);
    for (const page of [`/bids/${bidId}`, `/bids/${bidId}/edit`])
      await bidder
        .get(page)
        .expect(
          200,
          /server seals this bid[\s\S]+before 9 Mar 2026 17:00 GMT\+8;[\s\S]+takes 2 of the appointed openers/,
        );
    for (const state of ['open', 'closed', 'cancelled']) {
      await world.db('sourcing_event').where({ id: eventId }).update({ state });
      const page = await auditor.get(`/events/${eventId}`).expect(200);
      expect(page.text, state).to.include(`href="/events/${eventId}/openers"`);
    }
    await auditor.get(`/events/${eventId}/openers`).expect(200, /2 of 2 openers/);
    expect(event.openerThreshold).to.equal(2);
  });
});
