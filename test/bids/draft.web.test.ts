import { expect } from 'chai';
import fc from 'fast-check';
import { waitingFor } from '../../src/bids/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { lineAmount as exactAmount } from '../../src/kernel/money.ts';
import { draftBid, submittedBid, typedLines } from '../support/factories/bids.ts';
import { closeEvent, type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('keeping a draft', () => {
  let world: World;
  let event: PublishedEvent;
  let supplier: PublishedEvent['suppliers'][number];
  let visitor: Visitor;
  let bidId: string;
  let revision: number;
  beforeEach(async () => {
    world = await makeWorld();
    event = await publishedEvent(world);
    supplier = event.suppliers[0] as typeof supplier;
    visitor = await world.as(supplier.actor);
    ({ bidId, revision } = await draftBid(world, { supplier, ...event, prices: ['2.40'] }));
  });
  afterEach(() => world.close());

  const autosave = (over: { revision?: number; prices?: string[] }) =>
    visitor
      .post(`/bids/${bidId}/draft`, {
        revision: over.revision ?? revision,
        note: '',
        lines: typedLines(event.items, over.prices ?? ['2.50', '', '0.1']),
      })
      .set('Accept', 'application/json');
  const kept = () => world.db('bid_draft').first();

  it('saves while one types, answers with the exact total, and says what cannot be read', async () => {
    const answer = await autosave({ prices: ['2.50', '1,5', '0.1'] }).expect(200);
    expect(answer.body).to.include({
      revision: revision + 1,
      total: '450.00 USD',
      pricedCount: 2,
      isUnsubmitted: true,
    });
    expect(Object.keys(answer.body.errors)).to.deep.equal([`lines.${event.items[1]?.id}.unitPrice`]);
    await visitor.get(`/bids/${bidId}/edit`).expect(200, /value="1,5"/);
  });

  it('keeps the revision when the same is saved again, as after an answer that got lost', async () => {
    await autosave({}).expect(200);
    const again = await autosave({}).expect(200);
    expect(again.body.revision).to.equal(revision + 1);
  });

  it('shows both when two windows changed it, and lets one keep its own', async () => {
    await autosave({ prices: ['3.33'] }).expect(200);
    await autosave({ prices: ['4.44'] }).expect(409);
    const form = { revision, note: '', lines: typedLines(event.items, ['4.44']) };
    const answer = await visitor.post(`/bids/${bidId}/draft`, form).expect(409);
    expect(answer.text).to.include('value="4.44"').and.to.include('saved meanwhile: 3.33');
    expect(answer.text).to.include(`name="revision" value="${revision + 1}"`);
    expect(await kept()).to.include({ revision: revision + 1 });
    await visitor.post(`/bids/${bidId}/draft`, { ...form, revision: revision + 1 }).expect(303);
    await visitor.get(`/bids/${bidId}/edit`).expect(200, /value="4.44"/);
  });

  it('ignores lines that the event does not have', async () => {
    const lines = { '0195e0a0-0000-7000-8000-00000000abcd': { unitPrice: '1', leadTimeDays: '', note: '' } };
    await visitor.post(`/bids/${bidId}/draft`, { revision, lines }).expect(303);
    expect(await kept()).to.include({ revision });
  });

  it('refuses at the closing instant, and keeps what was saved before', async () => {
    world.setNow('2026-03-09T09:00:00Z');
    visitor = await world.as(supplier.actor);
    await autosave({}).expect(422);
    expect(await kept()).to.include({ revision });
    const answer = await visitor.post(`/bids/${bidId}/draft`, {
      revision,
      lines: typedLines(event.items, ['8.88']),
    });
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('data-code="bid.deadline-passed"').and.to.include('value="8.88"');
  });

  it('refuses a note that is too long at its field, with what was typed', async () => {
    const answer = await visitor.post(`/bids/${bidId}/draft`, {
      revision,
      note: 'x'.repeat(5001),
      lines: {},
    });
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('#field-note').and.to.include('x'.repeat(5001));
    expect(await kept()).to.include({ revision });
  });

  it('takes files in ahead of the submission, gives them back to their own supplier only, and takes them off', async () => {
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
    await visitor.upload(`/bids/${bidId}/files`, {}, { files: ['报价 terms.pdf', pdf] }).expect(303);
    const page = await visitor.get(`/bids/${bidId}/files`).expect(200, /报价 terms\.pdf/);
    const href = new RegExp(`/bids/${bidId}/files/[^"]+pdf`).exec(page.text)?.[0] as string;
    const answer = await visitor.get(href).buffer(true).expect(200);
    expect(answer.headers['content-disposition']).to.match(/^attachment/);
    expect(Buffer.from(answer.body).equals(pdf)).to.equal(true);
    const other = await world.as((event.suppliers[1] as typeof supplier).actor);
    await other.get(href).expect(404);
    await visitor.post(`${href.split('/').slice(0, 5).join('/')}/removal`).expect(303);
    await visitor.get(`/bids/${bidId}/files`).expect(200, /No files yet/);
  });

  it('refuses a file whose content is not what its name says, and adds nothing', async () => {
    const answer = await visitor.upload(
      `/bids/${bidId}/files`,
      {},
      { files: ['terms.pdf', Buffer.from('MZ no pdf')] },
    );
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('data-code="document.content-differs"');
    expect(await world.db('bid_file')).to.have.length(0);
    expect(await kept()).to.include({ revision });
  });

  it('waits for its supplier until it is submitted, and the invitation for who has not begun', async () => {
    const [, other] = event.suppliers as [typeof supplier, typeof supplier];
    const waiting = async (actor: Actor) =>
      (await world.runInTx(actor, waitingFor)).map((item) => [item.key, item.count, item.items[0]?.href]);
    expect(await waiting(supplier.actor)).to.deep.equal([['waiting.bids.drafts', 1, `/bids/${bidId}/edit`]]);
    expect(await waiting(other.actor)).to.deep.equal([
      ['waiting.bids.invitations', 1, `/bids/invitations/${event.eventId}`],
    ]);
    expect(await waiting(event.buyer)).to.deep.equal([]);
    await closeEvent(world, event.event);
    expect(await waiting(supplier.actor)).to.deep.equal([]);
    expect(await waiting(event.buyer)).to.deep.equal([
      ['waiting.bids.openings', 1, `/events/${event.eventId}/opening`],
    ]);
  });
});

describe('withdrawing a bid', () => {
  let world: World;
  let event: PublishedEvent;
  let supplier: PublishedEvent['suppliers'][number];
  let bidId: string;
  beforeEach(async () => {
    world = await makeWorld();
    event = await publishedEvent(world);
    supplier = event.suppliers[0] as typeof supplier;
    ({ bidId } = await submittedBid(world, { supplier, ...event, prices: ['2.40'] }));
  });
  afterEach(() => world.close());
  const stateOf = async (id: string): Promise<string> => (await world.db('bid').where({ id }).first()).state;

  it('takes it back for good, records who did so, tells the supplier, and lets a new bid follow', async () => {
    const visitor = await world.as(supplier.actor);
    await visitor.get(`/bids/${bidId}/withdrawal`).expect(200, /BID-2026-0001/);
    await visitor.post(`/bids/${bidId}/withdrawal`).expect(303).expect('Location', `/bids/${bidId}`);
    expect(await stateOf(bidId)).to.equal('withdrawn');
    const entry = await world.db('event').where({ action: 'bid.withdrawn' }).first();
    expect(entry).to.include({
      subject_id: bidId,
      actor_id: supplier.userId,
      supplier_id: supplier.supplierId,
    });
    await world.drainJobs();
    expect(world.mails.some((mail) => mail.subject.startsWith('Withdrawn'))).to.equal(true);

    const started = await visitor.post(`/bids/invitations/${event.eventId}/bid`).expect(303);
    expect(started.headers['location']).not.to.include(bidId);
    expect(await world.db('bid')).to.have.length(2);
    await visitor.post(`/bids/${bidId}/withdrawal`).expect(422, /bid\.cannot-withdraw/);
  });

  it('refuses at the closing instant itself, and leaves no trace', async () => {
    world.setNow('2026-03-09T09:00:00Z');
    const visitor = await world.as(supplier.actor);
    const answer = await visitor.post(`/bids/${bidId}/withdrawal`).expect(422);
    expect(answer.text).to.include('data-code="bid.deadline-passed"');
    expect(await stateOf(bidId)).to.equal('submitted');
    expect(await world.db('event').where({ action: 'bid.withdrawn' })).to.have.length(0);
  });
});

describe('the total that the page shows while one types', () => {
  // An asset for browsers: without types, and quiet where there is no document.
  type Script = {
    lineAmount(quantity: string, price: string, currency: string): bigint | null;
    asDecimal(units: bigint, currency: string): string;
  };
  const script = new URL('../../views/assets/js/bid-totals.js', import.meta.url).href;

  it('is the server’s to the last digit, in currencies with and without decimals', async () => {
    const { lineAmount, asDecimal } = (await import(script)) as Script;
    const micro = (value: bigint): string =>
      `${value / 1_000_000n}.${String(value % 1_000_000n).padStart(6, '0')}`;
    const number = fc.bigInt({ min: 0n, max: 10n ** 15n }).map(micro);
    fc.assert(
      fc.property(number, number, fc.constantFrom('USD', 'JPY', 'KWD'), (quantity, unitPrice, currency) => {
        const shown = asDecimal(lineAmount(quantity, unitPrice, currency) ?? -1n, currency);
        expect(shown).to.equal(exactAmount({ quantity, unitPrice, currency }));
      }),
      { numRuns: 2000 },
    );
  });

  it('shows nothing for what is no number, and never zero', async () => {
    const { lineAmount } = (await import(script)) as Script;
    for (const price of ['', '1,5', '-1', '1e3', '.5', '0.0000001'])
      expect(lineAmount('1', price, 'USD'), price).to.equal(null);
  });
});
