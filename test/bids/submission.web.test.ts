import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { newId } from '../../src/kernel/id.ts';
import { draftBid, submittedBid, typedLines } from '../support/factories/bids.ts';
import { type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('submitting a bid', () => {
  let world: World;
  let event: PublishedEvent;
  let supplier: PublishedEvent['suppliers'][number];
  let visitor: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    event = await publishedEvent(world);
    supplier = event.suppliers[0] as typeof supplier;
    visitor = await world.as(supplier.actor);
  });
  afterEach(() => world.close());

  const field = (html: string, name: string): string =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
  const draft = (prices: string[]) => draftBid(world, { supplier, ...event, prices });
  const sealedEnvelope = () => world.db('bid_envelope').first();
  const versions = () => world.db('bid_version').orderBy('version');
  const bidOf = (id: string) => world.db('bid').where({ id }).first();

  it('goes from the invitation to the receipt without a line of JavaScript', async () => {
    const invitation = `/bids/invitations/${event.eventId}`;
    await visitor.get('/bids').expect(200, new RegExp(event.event.reference));
    await visitor.get(invitation).expect(200, /9 Mar 2026,? 17:00.*9 Mar 2026,? 10:00/s);
    const started = await visitor.post(`${invitation}/bid`).expect(303);
    const edit = started.headers['location'] as string;
    const bidId = edit.split('/')[2] as string;
    await visitor.get(edit).expect(200, /NOT SUBMITTED/);
    await visitor
      .post(`/bids/${bidId}/draft`, {
        revision: 1,
        next: 'review',
        note: '',
        lines: typedLines(event.items, ['2.40', '', '0.12']),
      })
      .expect(303)
      .expect('Location', `/bids/${bidId}/submission`);
    const review = await visitor.get(`/bids/${bidId}/submission`).expect(200, /480\.00 USD/);
    expect(review.text)
      .to.match(/Line 2 has no price/)
      .and.to.match(/NOT SUBMITTED/);
    expect(await versions()).to.have.length(0);
    await visitor
      .post(`/bids/${bidId}/submission`, {
        revision: field(review.text, 'revision'),
        idempotencyKey: field(review.text, 'idempotencyKey'),
      })
      .expect(303)
      .expect('Location', `/bids/${bidId}/receipt`);
    const envelope = await sealedEnvelope();
    const receipt = await visitor.get(`/bids/${bidId}/receipt`).expect(200);
    expect(receipt.text).to.include(envelope.content_sha256).and.to.include('2026-03-02T10:00:00.000Z');
    expect(await bidOf(bidId)).to.include({ state: 'submitted', current_version: 1, total_amount: null });
    expect(
      await world.db('invitation').where({ supplier_id: supplier.supplierId }).pluck('state'),
    ).to.deep.equal(['submitted']);
    await visitor.get(`/bids/${bidId}`).expect(200, /Submitted, version 1/);
  });

  it('gives a receipt that proves the content by the two commands it names', async () => {
    const { bidId } = await submittedBid(world, { supplier, ...event, prices: ['2.40'] });
    const receipt = await visitor.get(`/bids/${bidId}/receipt.json`).expect(200);
    const content = await visitor.get(`/bids/${bidId}/content.json`).buffer(true).expect(200);
    const envelope = await sealedEnvelope();
    expect(createHash('sha256').update(content.text).digest('hex')).to.equal(envelope.content_sha256);
    expect(createHash('sha256').update(envelope.sealed).digest('hex')).to.equal(
      receipt.body.receipt.envelopes[0].sealedSha256,
    );

    const folder = mkdtempSync(path.join(tmpdir(), 'receipt-'));
    const page = await visitor.get(`/bids/${bidId}/receipt`);
    const script = /node -e "(.+?)" BID/.exec(page.text)?.[1] ?? '';
    const verify = (file: object): string => {
      writeFileSync(path.join(folder, 'receipt.json'), JSON.stringify(file));
      return execFileSync(process.execPath, ['-e', script, path.join(folder, 'receipt.json')])
        .toString()
        .trim();
    };
    expect(verify(receipt.body)).to.equal('true');
    const forged = receipt.body.signed.replace('"version":1', '"version":2');
    expect(verify({ ...receipt.body, signed: forged })).to.equal('false');
    rmSync(folder, { recursive: true });
  });

  it('makes one version of a form that was sent twice, also at once', async () => {
    const { bidId, revision } = await draft(['1']);
    const form = { revision, idempotencyKey: newId() };
    const answers = await Promise.all([1, 2, 3].map(() => visitor.post(`/bids/${bidId}/submission`, form)));
    expect(answers.map((answer) => answer.status)).to.deep.equal([303, 303, 303]);
    expect(await versions()).to.have.length(1);
    expect(await world.db('event').where({ action: 'bid.submitted' })).to.have.length(1);
  });

  it('replaces the bid by a new version, and keeps the old receipt', async () => {
    const { bidId, revision } = await submittedBid(world, { supplier, ...event, prices: ['2.40'] });
    await visitor
      .post(`/bids/${bidId}/draft`, { revision, lines: typedLines(event.items, ['2.30']) })
      .expect(303);
    await visitor.get(`/bids/${bidId}/edit`).expect(200, /Changes since version 1 are NOT SUBMITTED/);
    await visitor
      .post(`/bids/${bidId}/submission`, { revision: revision + 1, idempotencyKey: newId() })
      .expect(303);
    expect((await versions()).map((version) => version.version)).to.deep.equal([1, 2]);
    await visitor.get(`/bids/${bidId}/receipt?version=1`).expect(200, /version 1/);
    await visitor.get(`/bids/${bidId}`).expect(200, /230\.00 USD/);
  });

  const refusals: [string, string[], object, string][] = [
    ['nothing priced', ['', ''], {}, 'bid.no-line-priced'],
    ['an entry that cannot be read', ['1', '2,5'], {}, 'bid.has-errors'],
    ['a price of zero that nobody confirmed', ['0'], {}, 'bid.free-line-not-confirmed'],
  ];
  for (const [what, prices, over, code] of refusals)
    it(`refuses ${what}, says why, and leaves no trace`, async () => {
      const { bidId, revision } = await draft(prices);
      const events = await world.db('event').count();
      const answer = await visitor.post(`/bids/${bidId}/submission`, {
        revision,
        idempotencyKey: newId(),
        ...over,
      });
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include(`data-code="${code}"`);
      expect(await versions()).to.have.length(0);
      expect(await bidOf(bidId)).to.include({ state: 'draft', current_version: 0 });
      expect(await world.db('event').count()).to.deep.equal(events);
    });

  it('takes a price of zero that is meant', async () => {
    const { bidId, revision } = await draft(['0']);
    await visitor
      .post(`/bids/${bidId}/submission`, { revision, idempotencyKey: newId(), isFreeMeant: 'yes' })
      .expect(303);
    expect(await versions()).to.have.length(1);
  });

  it('refuses at the closing instant itself, before anybody has closed the event', async () => {
    const { bidId, revision } = await draft(['1']);
    world.setNow('2026-03-09T09:00:00.000Z');
    visitor = await world.as(supplier.actor);
    const answer = await visitor.post(`/bids/${bidId}/submission`, { revision, idempotencyKey: newId() });
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('data-code="bid.deadline-passed"');
    expect(await versions()).to.have.length(0);
    await visitor.get(`/bids/${bidId}`).expect(200, /This bid was NOT SUBMITTED/);
  });

  it('refuses what another window changed after it was reviewed', async () => {
    const { bidId, revision } = await draft(['1']);
    await visitor
      .post(`/bids/${bidId}/draft`, { revision, lines: typedLines(event.items, ['9']) })
      .expect(303);
    const answer = await visitor.post(`/bids/${bidId}/submission`, { revision, idempotencyKey: newId() });
    expect(answer.status).to.equal(409);
    expect(await versions()).to.have.length(0);
  });

  it('refuses to submit the same again', async () => {
    const { bidId, revision } = await submittedBid(world, { supplier, ...event, prices: ['1'] });
    const answer = await visitor.post(`/bids/${bidId}/submission`, { revision, idempotencyKey: newId() });
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('data-code="bid.nothing-changed"');
    expect(await versions()).to.have.length(1);
  });

  it("answers 404 for every page and act on another supplier's bid, and for an event one was not invited to", async () => {
    const { bidId, revision } = await draft(['1']);
    const other = await world.as((event.suppliers[1] as typeof supplier).actor);
    for (const page of [
      '',
      '/edit',
      '/submission',
      '/receipt',
      '/receipt.json',
      '/content.json',
      '/files',
      '/sheet',
      '/sheet.xlsx',
      '/withdrawal',
    ])
      await other.get(`/bids/${bidId}${page}`).expect(404);
    await other.post(`/bids/${bidId}/submission`, { revision, idempotencyKey: newId() }).expect(404);
    await other.post(`/bids/${bidId}/draft`, { revision, lines: typedLines(event.items, ['7']) }).expect(404);
    await other.post(`/bids/${bidId}/withdrawal`).expect(404);
    const secret = await publishedEvent(world);
    await visitor.get(`/bids/invitations/${secret.eventId}`).expect(404);
    await visitor.post(`/bids/invitations/${secret.eventId}/bid`).expect(404);
    expect(await versions()).to.have.length(0);
  });

  it('mails the receipt: hash and time, and no price', async () => {
    await submittedBid(world, { supplier, ...event, prices: ['7391.284617'] });
    await world.drainJobs();
    const envelope = await sealedEnvelope();
    const mail = world.mails.find((one) => one.subject.startsWith('Received'));
    expect(mail?.to).to.deep.include({ address: supplier.email });
    expect(JSON.stringify(mail))
      .to.include(envelope.content_sha256)
      .and.not.to.match(/7391|739128/);
  });
});

describe('answering an invitation', () => {
  it('declines with a reason, and refuses to without one', async () => {
    const world = await makeWorld();
    try {
      const event = await publishedEvent(world);
      const [supplier] = event.suppliers as [PublishedEvent['suppliers'][number]];
      const visitor = await world.as(supplier.actor);
      const url = `/bids/invitations/${event.eventId}`;
      await visitor.post(`${url}/answer`, { answer: 'decline', reason: ' ' }).expect(422);
      const state = () => world.db('invitation').where({ supplier_id: supplier.supplierId }).first();
      expect(await state()).to.include({ state: 'invited' });
      await visitor.post(`${url}/view`).expect(204);
      expect(await state()).to.include({ state: 'viewed' });
      await visitor
        .post(`${url}/answer`, { answer: 'decline', reason: 'No capacity before May' })
        .expect(303);
      expect(await state()).to.include({ state: 'declined', decline_reason: 'No capacity before May' });
      await visitor.post(`${url}/bid`).expect(422, /bid\.invitation-ended/);
      expect(await world.db('bid')).to.have.length(0);
    } finally {
      await world.close();
    }
  });
});
