import { expect } from 'chai';
import { sendLetters } from '../../src/awards/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { type EvaluatedEvent, evaluatedEvent } from '../support/factories/awards.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

type Row = { eventItemId: string; supplierId: string; quantity: string; reason: string };

describe('awarding', () => {
  let world: World;
  let made: EvaluatedEvent;
  let buyer: Visitor;
  let approver: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await evaluatedEvent(world);
    buyer = await world.as(made.buyer);
    approver = await world.as(await world.staff('approver'));
  });
  afterEach(() => world.close());

  const supplier = (index: number) => made.bidders[index]?.supplierId ?? '';
  const row = (line: number, bidder: number, quantity: string, reason = ''): Row => ({
    eventItemId: made.items[line]?.id ?? '',
    supplierId: bidder < 0 ? '' : supplier(bidder),
    quantity,
    reason,
  });
  const lowest = () => [row(0, 0, '12000'), row(1, 1, '8500'), row(2, 0, '6000')];
  const propose = (lines: Row[], words: Record<string, unknown> = {}) =>
    buyer.post(`/events/${made.eventId}/award`, { lines, justification: '', debrief: '', ...words });
  const proposed = async (lines = lowest(), words: Record<string, unknown> = {}): Promise<string> => {
    const { headers } = await propose(lines, words).expect(303);
    return String(headers['location']).replace('/awards/', '');
  };
  const stateOfEvent = async () =>
    (await world.db('sourcing_event').where({ id: made.eventId }).first('state')).state;
  const stateOfBids = () => world.db('bid').orderBy('total_amount', 'desc').pluck('state');
  /** Without the letters, of which there is one for each bidder. */
  const acts = (): Promise<string[]> =>
    world
      .db('event')
      .whereLike('action', 'award.%')
      .whereNot('action', 'award.letter-made')
      .orderBy('position')
      .pluck('action');
  const leavesNoTrace = async (): Promise<void> => {
    expect(await world.db('award')).to.have.length(0);
    expect(await acts()).to.deep.equal([]);
    expect(await stateOfEvent()).to.equal('evaluation');
  };

  describe('the form', () => {
    it('starts with the lowest of each line, so that sending it as it is awards just that', async () => {
      const { text } = await buyer.get(`/events/${made.eventId}/award/new`).expect(200);
      const chosen = [...text.matchAll(/<option value="([^"]+)"[^>]*selected>([^<]*)/g)].map(
        (match) => match[1],
      );
      expect(chosen).to.deep.equal([supplier(0), supplier(1), supplier(0)]);
      expect(text).to.include('1,012,450.00');
    });
    it('gives everything to one supplier, and leaves open what it did not price', async () => {
      const { text } = await buyer.get(`/events/${made.eventId}/award/new?start=${supplier(1)}`).expect(200);
      const chosen = [...text.matchAll(/name="lines\[\d\]\[supplierId\]"[\s\S]*?<\/select>/g)].map(
        (match) => /<option value="([^"]+)"[^>]*selected/.exec(match[0])?.[1] ?? '',
      );
      expect(chosen).to.deep.equal([supplier(1), supplier(1), '']);
    });
    it('splits a line and adds up without a script, and proposes nothing by that', async () => {
      const lines = [row(0, 0, '7000'), row(1, 1, '8500'), row(2, -1, '')];
      const { text } = await propose(lines, { split: '0', justification: 'kept' }).expect(200);
      expect(text)
        .to.include('line 1, further supplier')
        .and.to.include('kept')
        .and.to.include('value="7000"');
      // 7,000 × 35.10 + 8,500 × 37.90
      expect(text).to.include('567,850.00');
      await propose(lines, { recalculate: 'yes' }).expect(200, /567,850\.00/);
      await leavesNoTrace();
    });
    it('turns shares of a line into exact quantities, shown before and kept after proposing', async () => {
      const lines = [
        row(0, 0, '33.33 %'),
        row(0, 2, '66.67%', 'Second source'),
        row(1, 1, '8500'),
        row(2, 0, '100 %'),
      ];
      const { text } = await propose(lines, { recalculate: 'yes' }).expect(200);
      expect(text).to.include('value="4000"').and.to.include('value="8000"').and.to.include('value="6000"');
      await leavesNoTrace();
      const id = await proposed(lines);
      const kept = await world.db('award_line').where({ award_id: id }).orderBy('quantity').pluck('quantity');
      expect(kept).to.deep.equal(['4000.000000', '6000.000000', '8000.000000', '8500.000000']);
    });
  });

  describe('proposing', () => {
    it('keeps lines, prices, reasons and totals, and asks an approver', async () => {
      const lines = [
        row(0, 0, '7000'),
        row(0, 2, '5000', 'Second source'),
        row(1, 1, '8500'),
        row(2, -1, '6000'),
      ];
      const id = await proposed(lines, { justification: 'Line 3 waits for revision C' });
      const award = await world.db('award').where({ id }).first();
      expect(award).to.include({
        state: 'pending_approval',
        total_amount: '753850.0000',
        lowest_amount: '743350.0000',
      });
      const kept = await world.db('award_line').where({ award_id: id }).orderBy('amount');
      expect(
        kept.map((line) => [line.quantity, line.unit_price, line.amount, line.is_lowest, line.reason]),
      ).to.deep.equal([
        ['5000.000000', '37.200000', '186000.0000', false, 'Second source'],
        ['7000.000000', '35.100000', '245700.0000', true, ''],
        ['8500.000000', '37.900000', '322150.0000', true, ''],
      ]);
      expect(await stateOfEvent()).to.equal('award_approval');
      expect(await acts()).to.deep.equal(['award.proposed']);
      const page = await approver.get(`/awards/${id}`).expect(200);
      expect(page.text)
        .to.include('Second source')
        .and.to.include('Not awarded')
        .and.to.include('Approve the award');
      expect((await approver.get('/').expect(200)).text).to.include('waits for your approval');
    });

    it('refuses what is wrong at its row, keeps everything typed, and leaves no trace', async () => {
      const { text } = await propose(
        [row(0, -1, '12000'), row(1, 0, '8500.5'), row(2, 1, '1'), row(2, 2, 'many', 'Better steel')],
        { justification: 'Typed with care' },
      ).expect(422);
      expect(text)
        .to.include('data-code="form.invalid-number"')
        .and.to.include('href="#field-lines-3-quantity"');
      expect(text)
        .to.include('value="many"')
        .and.to.include('value="Better steel"')
        .and.to.include('Typed with care');
      const second = await propose([row(0, -1, '12000'), row(1, 0, '8500.5'), row(2, 1, '1')]).expect(422);
      for (const [code, field] of [
        ['award.reason-required', 'lines-1-reason'],
        ['award.no-such-offer', 'lines-2-supplierId'],
        ['award.more-than-asked', 'lines-1-quantity'],
        ['award.open-lines-unexplained', 'justification'],
      ])
        expect(second.text).to.include(`data-code="${code}"><a href="#field-${field}"`);
      await propose([row(0, -1, '12000')]).expect(422, /award\.nothing-awarded/);
      await propose([]).expect(422);
      await leavesNoTrace();
    });

    it('refuses a second award while one is alive', async () => {
      await proposed();
      await propose(lowest()).expect(422);
      expect(await world.db('award')).to.have.length(1);
    });

    it('is for buyers only, and only with the form of their own session', async () => {
      await approver
        .post(`/events/${made.eventId}/award`, { lines: lowest(), justification: '', debrief: '' })
        .expect(403);
      await world
        .visitor()
        .post(`/events/${made.eventId}/award`)
        .type('form')
        .send({ justification: '' })
        .expect(403);
      await leavesNoTrace();
    });
  });

  describe('deciding', () => {
    it('approves: event and bids get their outcome, each bidder is told of its own lines only', async () => {
      const id = await proposed(lowest(), { debrief: 'Thank you, prices decided.' });
      await approver.post(`/awards/${id}/approval`).expect(303);
      expect(await stateOfEvent()).to.equal('awarded');
      expect(await stateOfBids()).to.deep.equal(['unsuccessful', 'part_awarded', 'part_awarded']);
      await world.drainJobs();
      expect((await world.db('award').where({ id }).first()).state).to.equal('notified');
      expect(await acts()).to.deep.equal(['award.proposed', 'award.approved', 'award.notified']);
      const told = await world
        .db('notification')
        .whereIn('template', ['award-won', 'award-lost'])
        .orderBy('template');
      expect(told.map((one) => one.template)).to.deep.equal(['award-lost', 'award-won', 'award-won']);
      const won = JSON.stringify(told.find((one) => one.user_id === made.bidders[1]?.userId));
      expect(won)
        .to.include('Bracket B')
        .and.to.include('322,150.00')
        .and.to.not.include('Huaqiang')
        .and.to.not.include('Bracket A,');
      const lost = JSON.stringify(told.find((one) => one.user_id === made.bidders[2]?.userId));
      expect(lost)
        .to.include('Thank you, prices decided.')
        .and.to.not.match(/Huaqiang|Müller|35\.1|37\.9/);
    });

    it('tells nobody twice when the job runs again', async () => {
      const id = await proposed();
      await approver.post(`/awards/${id}/approval`).expect(303);
      await world.drainJobs();
      const [act] = await world.db('event').where({ action: 'award.approved' });
      await sendLetters(world.house.runInTx, {
        awardId: id,
        actId: act.id,
        actor: system('test'),
        catalogue: world.house.catalogue,
      });
      expect(await world.db('notification').whereIn('template', ['award-won', 'award-lost'])).to.have.length(
        3,
      );
      expect(await acts()).to.deep.equal(['award.proposed', 'award.approved', 'award.notified']);
    });

    it('shows each bidder its own letter, and nobody anything before the approval', async () => {
      const id = await proposed();
      const loser = await world.as((made.bidders[2] as { actor: Actor }).actor);
      await loser.get(`/awards/${id}/letter`).expect(404);
      await approver.post(`/awards/${id}/approval`).expect(303);
      const { text } = await loser.get(`/awards/${id}/letter`).expect(200);
      expect(text)
        .to.include('Your bid was not successful')
        .and.to.include('another bid was lower')
        .and.to.include('37.20');
      expect(text).to.not.match(/Huaqiang|Müller|35\.10|37\.90/);
      await loser.get(`/awards/${id}`).expect(404);
      await loser.get('/awards').expect(404);
      const stranger = await world.as(
        await world.supplierUser((await makeSupplier(world)).supplierId, 'supplier_sales'),
      );
      await stranger.get(`/awards/${id}/letter`).expect(404);
    });

    it('returns with a reason, and the buyer proposes another one from what was there', async () => {
      const id = await proposed([row(0, 2, '12000', 'Better steel'), row(1, 1, '8500'), row(2, 0, '6000')]);
      await approver.post(`/awards/${id}/return`, { reason: ' ' }).expect(422, /form\.required/);
      await approver.post(`/awards/${id}/return`, { reason: 'Which steel?' }).expect(303);
      expect(await stateOfEvent()).to.equal('evaluation');
      expect(await stateOfBids()).to.deep.equal(['valid', 'valid', 'valid']);
      const form = await buyer.get(`/events/${made.eventId}/award/new`).expect(200);
      expect(form.text).to.include('Which steel?').and.to.include('value="Better steel"');
      expect((await buyer.get(`/events/${made.eventId}/comparison`).expect(200)).text).to.include(
        'came back from the approver',
      );
      const second = await proposed();
      expect(second).to.not.equal(id);
      expect(await world.db('award').orderBy('id').pluck('state')).to.deep.equal([
        'returned',
        'pending_approval',
      ]);
      expect((await approver.get('/awards?state=returned').expect(200)).text)
        .to.include('AWD-2026-0001')
        .and.to.not.include('AWD-2026-0002');
    });

    it('refuses the proposer and the owner of the event, and leaves no trace', async () => {
      const both = await world.staff('buyer', 'approver');
      const proposer = await world.as(both);
      const { headers } = await proposer
        .post(`/events/${made.eventId}/award`, { lines: lowest(), justification: '', debrief: '' })
        .expect(303);
      const path = String(headers['location']);
      await world
        .db('user_role')
        .insert({ user_id: made.buyer.userId, role: 'approver', granted_at: world.now() });
      await proposer.post(`${path}/approval`).expect(422, /award\.decided-by-own-proposer/);
      await buyer.post(`${path}/approval`).expect(422, /award\.decided-by-event-owner/);
      await buyer.post(`${path}/return`, { reason: 'x' }).expect(422, /award\.decided-by-event-owner/);
      expect((await buyer.get(path).expect(200)).text).to.not.include('Approve the award');
      expect(await acts()).to.deep.equal(['award.proposed']);
      expect(await stateOfBids()).to.deep.equal(['valid', 'valid', 'valid']);
    });

    it('decides once: the second of two decisions is refused', async () => {
      const id = await proposed();
      const other = await world.as(await world.staff('approver'));
      await approver.post(`/awards/${id}/approval`).expect(303);
      await other.post(`/awards/${id}/return`, { reason: 'too late' }).expect(422, /award\.cannot-return/);
      await other.post(`/awards/${id}/approval`).expect(422, /award\.cannot-approve/);
      expect(await acts()).to.deep.equal(['award.proposed', 'award.approved']);
      expect(await stateOfEvent()).to.equal('awarded');
    });

    it('answers 404 for what does not exist, and 403 to who may not decide', async () => {
      await approver.get('/awards/01890000-0000-7000-8000-000000000000').expect(404);
      await approver.get('/awards/nonsense').expect(404);
      const id = await proposed();
      await buyer.post(`/awards/${id}/approval`).expect(403);
      const auditor = await world.as(await world.staff('auditor'));
      await auditor.get(`/awards/${id}`).expect(200);
      await auditor.post(`/awards/${id}/approval`).expect(403);
    });
  });

  it('tells the approver that it waits, and its buyer that it is approved', async () => {
    const awardId = await proposed();
    await world.drainJobs();
    const subjects = () => world.mails.map((mail) => mail.subject);
    const { reference } = await world.db('award').first('reference');
    // Both who may approve: of the event, and of the award.
    expect(subjects().filter((subject) => subject.startsWith(reference))).to.have.length(2);
    const approved = () => subjects().filter((subject) => /^AWD-\S+ is approved$/.test(subject));
    expect(approved()).to.have.length(0);
    await approver.post(`/awards/${awardId}/approval`).expect(303);
    await world.drainJobs();
    expect(approved()).to.have.length(1);
  });
});
