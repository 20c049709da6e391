import { expect } from 'chai';
import { openBids, saveDraft, submitBid } from '../../src/bids/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { closeDueEvents } from '../../src/sourcing/index.ts';
import { draftBid, submittedBid } from '../support/factories/bids.ts';
import { closeEvent, type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

type Line = Record<string, string>;

describe('amending an open event', () => {
  // Closes on 2026-03-09 at 17:00 in Qingdao (09:00 UTC), a Monday.
  let world: World;
  let made: PublishedEvent;
  let buyer: Visitor;
  const supplierAt = (index: number) => made.suppliers[index] as PublishedEvent['suppliers'][number];
  beforeEach(async () => {
    world = await makeWorld();
    made = await publishedEvent(world, {
      suppliers: [await makeSupplier(world), await makeSupplier(world), await makeSupplier(world)],
    });
    buyer = await world.as(made.buyer);
  });
  afterEach(() => world.close());

  const row = () => world.db('sourcing_event').where({ id: made.eventId }).first();
  const amendment = () => world.db('amendment').orderBy('created_at', 'desc').first();
  const bidOf = (supplierId: string) => world.db('bid').where({ supplier_id: supplierId }).first();
  const lines = (): Line[] =>
    made.items.map((item) => ({
      id: item.id,
      itemCode: item.itemCode ?? '',
      description: item.description,
      quantity: item.quantity,
      unit: item.unit,
      needByOn: item.needByOn ?? '',
      estimatedPrice: item.estimatedPrice ?? '',
    }));
  /** Begins a draft and fills it; gives its page. */
  const draft = async (over: Record<string, unknown> = {}): Promise<string> => {
    const begun = await buyer.post(`/events/${made.eventId}/amendments`).expect(303);
    const edit = String(begun.headers['location']);
    await buyer
      .post(edit, {
        version: String((await amendment()).version),
        hasLines: 'yes',
        title: made.event.title,
        description: made.event.description,
        incoterm: 'DAP',
        incotermPlace: 'Qingdao',
        paymentTermsDays: '30',
        closesAt: '2026-03-09T17:00',
        timeZone: 'Asia/Shanghai',
        enquiriesUntil: '',
        reason: 'The drawing was revised',
        lines: lines(),
        ...over,
      })
      .expect(303);
    return edit.replace(/\/edit$/, '');
  };
  const publish = async (page: string) =>
    buyer.post(`${page}/publication`, { version: String((await amendment()).version) });
  const changed = (): Line[] => {
    const [first, second, third] = lines() as [Line, Line, Line];
    return [
      { ...first, quantity: '150' },
      second,
      { ...third, estimatedPrice: '0.13' },
      { id: '', description: 'Washer, brass', quantity: '500', unit: 'C62', estimatedPrice: '0.01' },
    ];
  };
  const submit = (index: number, of: { bidId: string; revision: number }) =>
    world.runInTx(supplierAt(index).actor, (ctx) =>
      submitBid(ctx, { ...of, idempotencyKey: newId(), isFreeMeant: false }),
    );

  it('gives back the bids it touches with their entries, leaves others, extends a late closing, and is acknowledged', async () => {
    const touched = await submittedBid(world, { supplier: supplierAt(0), ...made, prices: ['2', '11', ''] });
    await submittedBid(world, { supplier: supplierAt(1), ...made, prices: ['', '12', '0.1'] });
    const writing = await draftBid(world, { supplier: supplierAt(2), ...made, prices: ['3', '', ''] });
    world.setNow('2026-03-09T02:00:00Z');
    buyer = await world.as(made.buyer);
    const page = await draft({ lines: changed() });
    // While it is drafted the event goes on, and nobody outside knows.
    expect((await row()).state).to.equal('open');
    const third = await world.as(supplierAt(2).actor);
    expect((await third.get(`/bids/invitations/${made.eventId}`)).text).not.to.include('revised');
    const shown = (await buyer.get(page).expect(200)).text;
    expect(shown).to.include('150').and.include('Washer').and.include('Moved on by rule');
    expect((await publish(page)).status).to.equal(303);
    await world.drainJobs();

    const after = await row();
    expect([after.state, after.closes_at.toISOString(), after.due_at.toISOString()]).to.deep.equal([
      'open',
      '2026-03-10T09:00:00.000Z',
      '2026-03-10T09:00:00.000Z',
    ]);
    const states = await Promise.all([0, 1, 2].map((index) => bidOf(supplierAt(index).supplierId)));
    expect(states.map((bid) => bid.state)).to.deep.equal(['invalid', 'submitted', 'draft']);
    const items = await world.db('event_item').where({ event_id: made.eventId }).orderBy('line_no');
    expect(items.map((item) => [item.line_no, Number(item.quantity)])).to.deep.equal([
      [1, 150],
      [2, 40],
      [3, 2000],
      [4, 500],
    ]);
    expect(items.slice(0, 3).map((item) => item.id)).to.deep.equal(made.items.map((item) => item.id));

    const told = world.mails.filter((mail) => mail.subject.includes('amendment 1'));
    expect(told.map((mail) => mail.to.address)).to.have.members(made.suppliers.map((one) => one.email));
    const again = world.mails.filter((mail) => mail.subject.includes('submit your bid'));
    expect(again.map((mail) => mail.to.address)).to.deep.equal([supplierAt(0).email]);

    // The supplier sees the difference, without what we expect to pay, takes its bid up and submits once it knows.
    const first = await world.as(supplierAt(0).actor);
    const invitation = (await first.get(`/bids/invitations/${made.eventId}`).expect(200)).text;
    expect(invitation)
      .to.include('The drawing was revised')
      .and.include('<ins>150</ins>')
      .and.include('Washer');
    expect(invitation).not.to.include('0.13').and.not.to.include('0.01');
    await first.post(`/bids/invitations/${made.eventId}/view`).expect(204);
    const taken = await first.post(`/bids/invitations/${made.eventId}/bid`).expect(303);
    expect(taken.headers['location']).to.equal(`/bids/${touched.bidId}/edit`);
    expect((await first.get(`/bids/${touched.bidId}/edit`).expect(200)).text).to.include('value="11"');
    expect((await refusal(submit(0, touched))).code).to.equal('amendment.not-acknowledged');
    expect((await refusal(submit(2, writing))).code).to.equal('amendment.not-acknowledged');
    const { id } = await amendment();
    const acknowledgement = `/bids/invitations/${made.eventId}/amendments/${id}/acknowledgement`;
    await first.post(acknowledgement).expect(303);
    await first.post(acknowledgement).expect(303);
    expect(await submit(0, touched)).to.equal(2);
    expect((await bidOf(supplierAt(0).supplierId)).state).to.equal('submitted');

    const list = (await buyer.get(page).expect(200)).text;
    expect(list).to.include('Who knows of it').and.include('not yet');
    expect((await buyer.get(`/events/${made.eventId}/amendments`)).text).to.include('1 of 3');
    expect((await buyer.get(`/events/${made.eventId}`)).text).not.to.match(/Bid received|Counts no more/);
    const acts = await world.db('event').where({ subject_id: made.eventId }).orderBy('position');
    expect(acts.slice(-2).map((act) => [act.action, act.from_state, act.to_state])).to.deep.equal([
      ['sourcing_event.amended', 'open', 'amending'],
      ['sourcing_event.republished', 'amending', 'open'],
    ]);

    // A bid that was not touched is opened as the offer it was, for what was asked for then.
    await closeEvent(world, { closesAt: after.closes_at });
    await world.drainJobs();
    const opener = await world.staff('bid_opener');
    await world.runInTx(opener, (ctx) => openBids(ctx, made.eventId));
    const opened = await Promise.all([0, 1].map((index) => bidOf(supplierAt(index).supplierId)));
    expect(opened.map((bid) => [bid.state, Number(bid.total_amount)])).to.deep.equal([
      ['valid', 740],
      ['valid', 680],
    ]);
  });

  it('touches every bid when the terms of delivery change, and none when only the title does', async () => {
    await submittedBid(world, { supplier: supplierAt(0), ...made, prices: ['2', '', ''] });
    expect((await publish(await draft({ title: 'Brackets, second series' }))).status).to.equal(303);
    await world.drainJobs();
    expect((await bidOf(supplierAt(0).supplierId)).state).to.equal('submitted');
    const before = (await row()).closes_at;
    expect(before.toISOString(), 'in time, so that nothing is extended').to.equal('2026-03-09T09:00:00.000Z');
    world.setNow('2026-03-02T10:00:01Z');
    const page = await draft({ title: 'Brackets, second series', incoterm: 'FCA' });
    expect((await publish(page)).status).to.equal(303);
    await world.drainJobs();
    expect((await bidOf(supplierAt(0).supplierId)).state).to.equal('invalid');
    expect((await amendment()).number).to.equal(2);
  });

  it('takes a line out, and what was typed for the others stays', async () => {
    const { bidId } = await draftBid(world, { supplier: supplierAt(0), ...made, prices: ['7.5', '3', '4'] });
    const [first, second, third] = lines() as [Line, Line, Line];
    await publish(await draft({ lines: [{ ...first, isOut: 'yes' }, second, third] }));
    expect(await world.db('event_item').where({ event_id: made.eventId })).to.have.length(2);
    const supplier = await world.as(supplierAt(0).actor);
    const { text } = await supplier.get(`/bids/${bidId}/edit`).expect(200);
    expect(text).to.include('value="3"').and.include('value="4"').and.not.include('value="7.5"');
  });

  it('asks an approver again when the value comes to the threshold, and not who runs the event', async () => {
    const [first, ...rest] = lines() as [Line, Line, Line];
    const person = await world.staff('approver');
    const page = await draft({ lines: [{ ...first, quantity: '30000' }, ...rest] });
    expect((await publish(page)).status).to.equal(422);
    expect((await row()).state).to.equal('open');
    const version = async () => ({ version: String((await amendment()).version) });
    await buyer.post(`${page}/approval-request`, await version()).expect(303);
    await buyer.post(`${page}/approval`, await version()).expect(403);
    await world.drainJobs();
    expect(world.mails.filter((mail) => mail.subject.includes('waits for your approval'))).to.have.length(1);
    const approver = await world.as(person);
    expect((await approver.get(page).expect(200)).text).to.include('30,000');
    await approver.post(`${page}/approval`, await version()).expect(303);
    expect((await publish(page)).status).to.equal(303);
    expect(Number((await row()).estimated_value)).to.equal(75_730);
  });

  it('is refused when it changes nothing, moves closing nearer, has no reason, comes too late or is stale', async () => {
    const before = await row();
    const refused = async (over: Record<string, unknown>, status = 422): Promise<void> => {
      expect((await publish(await draft(over))).status).to.equal(status);
      expect(await row()).to.deep.equal(before);
    };
    await refused({});
    await refused({ title: 'New', reason: '' });
    await refused({ title: 'New', closesAt: '2026-03-09T16:59' });
    await refused({ lines: lines().map((line) => ({ ...line, isOut: 'yes' })) });
    const page = await draft({ title: 'New' });
    await buyer.post(`${page}/publication`, { version: '1' }).expect(409);
    expect(await row()).to.deep.equal(before);
    world.setNow('2026-03-09T09:00:00Z');
    buyer = await world.as(made.buyer);
    expect((await publish(page)).status).to.equal(422);
    expect((await buyer.get(page)).text).to.include('takes no bids any more');
    await buyer.post(`${page}/withdrawal`, { version: String((await amendment()).version) }).expect(303);
    expect(await row()).to.deep.equal(before);
    expect(await world.db('event').where({ action: 'sourcing_event.amended' })).to.have.length(0);
  });

  it('and a submission at the same time: the bid is in before it and given back, or refused until it is acknowledged', async () => {
    const drafts = await Promise.all(
      [0, 1, 2].map((index) =>
        draftBid(world, { supplier: supplierAt(index), ...made, prices: ['2', '', ''] }),
      ),
    );
    const page = await draft({ lines: changed() });
    const version = String((await amendment()).version);
    const submitted = drafts.map((one, index) =>
      submit(index, one).then(
        () => 'in',
        (error: { code: string }) => error.code,
      ),
    );
    await buyer.post(`${page}/publication`, { version }).expect(303);
    const outcomes = await Promise.all(submitted);
    await world.drainJobs();
    const bids = await Promise.all([0, 1, 2].map((index) => bidOf(supplierAt(index).supplierId)));
    for (const [index, outcome] of outcomes.entries())
      expect([outcome, bids[index]?.state]).to.be.deep.oneOf([
        ['in', 'invalid'],
        ['amendment.not-acknowledged', 'draft'],
      ]);
  });

  it('does not close before the bids it touches were given back', async () => {
    await submittedBid(world, { supplier: supplierAt(0), ...made, prices: ['2', '', ''] });
    await publish(await draft({ lines: changed() }));
    world.setNow('2026-03-09T09:00:00Z');
    const close = () => world.runInTx(system('test'), closeDueEvents);
    expect(await close()).to.equal(0);
    await world.drainJobs();
    expect(await close()).to.equal(1);
    expect((await bidOf(supplierAt(0).supplierId)).state).to.equal('invalid');
  });

  it('of a paused event takes bids again', async () => {
    await buyer.post(`/events/${made.eventId}/pause`, { reason: 'A drawing is wrong' }).expect(303);
    expect((await publish(await draft({ title: 'New' }))).status).to.equal(303);
    expect((await row()).state).to.equal('open');
    const supplier = await draftBid(world, { supplier: supplierAt(0), ...made, prices: ['1', '', ''] });
    expect(supplier.revision).to.equal(2);
    await world.runInTx(supplierAt(0).actor, (ctx) =>
      saveDraft(ctx, { bidId: supplier.bidId, revision: 2, lines: {}, note: 'x' }),
    );
  });
});
