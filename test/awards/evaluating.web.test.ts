import { expect } from 'chai';
import { concludeEnvelope, openBids, saveDraft, startBid, submitBid } from '../../src/bids/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { saveCriteria, saveRequirement } from '../../src/sourcing/evaluation-plan.service.ts';
import { findEvent, findEventItems, findPlan, publishEvent } from '../../src/sourcing/index.ts';
import { typedLines } from '../support/factories/bids.ts';
import { someQuestion } from '../support/factories/evaluation.ts';
import { closeEvent, draftEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { textOf } from '../support/text-of.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

type Supplier = Awaited<ReturnType<typeof makeSupplier>>;

/**
 * A tender from its questions to the award. Adler is cheapest and weak, Brandt dear and good, Corvin fails the minimum,
 * Dorn is excluded by an answer and kept in.
 */
describe('evaluating a tender with questions, a committee and weights', () => {
  let world: World;
  let owner: Actor;
  let path: string;
  let eventId: string;
  let suppliers: Record<'adler' | 'brandt' | 'corvin' | 'dorn', Supplier>;
  let people: Record<'chair' | 'second' | 'conflicted' | 'replacement', Actor>;
  let bidIds: Record<string, string>;
  let subjectId: string;
  let questionIds: string[];
  const as = (actor: Actor): Promise<Visitor> => world.as(actor);
  const one = (table: string, where: object) => world.db(table).where(where).first();

  before(async () => {
    world = await makeWorld();
    suppliers = {
      adler: await makeSupplier(world, { name: 'Adler Guss' }),
      brandt: await makeSupplier(world, { name: 'Brandt Werke' }),
      corvin: await makeSupplier(world, { name: 'Corvin Metals' }),
      dorn: await makeSupplier(world, { name: 'Dorn Castings' }),
    };
    const made = await draftEvent(world, { suppliers: Object.values(suppliers) });
    owner = made.buyer;
    eventId = made.eventId;
    path = `/events/${eventId}`;
    people = {
      chair: await world.staff('requester'),
      second: await world.staff('receiver'),
      conflicted: await world.staff('approver'),
      replacement: await world.staff('approver'),
    };
    await plan();
  });
  after(() => world.close());

  async function plan(): Promise<void> {
    await world.runInTx(owner, async (ctx) => {
      await saveCriteria(ctx, {
        eventId,
        version: 0,
        showsWeights: true,
        criteria: [
          {
            id: null,
            title: 'Price',
            kind: 'price',
            envelope: 'commercial',
            weight: '40',
            minimumScore: null,
            formula: 'lowest-over-price',
          },
          {
            id: null,
            title: 'Quality system',
            kind: 'answers',
            envelope: 'technical',
            weight: '20',
            minimumScore: '50',
            formula: null,
          },
          {
            id: null,
            title: 'Concept',
            kind: 'judged',
            envelope: 'technical',
            weight: '40',
            minimumScore: null,
            formula: null,
          },
        ],
      });
      const quality = (await findPlan(ctx, eventId)).criteria[1]?.id ?? '';
      const ask = async (over: Parameters<typeof someQuestion>[0]) =>
        saveRequirement(ctx, {
          eventId,
          version: (await findPlan(ctx, eventId)).version,
          requirementId: null,
          requirement: someQuestion(over),
        });
      await ask({ prompt: 'ISO 9001?', knockOut: { by: 'answer', passes: ['yes'] } });
      await ask({
        kind: 'number',
        prompt: 'Scrap rate',
        unit: '%',
        minimum: '0',
        maximum: '100',
        criterionId: quality,
        scoring: { by: 'line', worst: '10', best: '0', points: '10' },
      });
      await ask({ kind: 'text', prompt: 'Describe your concept', isRequired: false });
    });
    const { criteria, requirements } = await world.runInTx(owner, (ctx) => findPlan(ctx, eventId));
    subjectId = criteria.find((criterion) => criterion.kind === 'judged')?.id ?? '';
    questionIds = requirements.map((requirement) => requirement.id);
  }

  it('gives its bids a technical envelope, and publishes questions and weights, but not how answers are scored', async () => {
    await world.runInTx(owner, (ctx) => publishEvent(ctx, eventId));
    const event = await world.runInTx(owner, (ctx) => findEvent(ctx, eventId));
    expect(event.envelopes).to.deep.equal(['technical', 'commercial']);
    const { text } = await (await as(suppliers.adler.actor)).get(`/bids/invitations/${eventId}`).expect(200);
    expect(textOf(text)).to.include('ISO 9001?').and.to.include('Quality system').and.to.include('40 %');
    expect(textOf(text)).not.to.include('0 points at');
  });

  it('takes answers as they are typed, says at once what excludes the bid, and lists what is missing', async () => {
    const supplier = await as(suppliers.dorn.actor);
    const bidId = await world.runInTx(suppliers.dorn.actor, (ctx) => startBid(ctx, eventId));
    const [iso = '', scrap = ''] = questionIds;
    const { body } = await supplier
      .post(`/bids/${bidId}/draft`, {
        revision: 1,
        answers: { [iso]: { answer: 'no' }, [scrap]: { answer: '1,5' } },
      })
      .set('Accept', 'application/json')
      .expect(200);
    expect(body.knockOuts).to.deep.equal([iso]);
    expect(body.errors[`answers.${scrap}.answer`]).to.include('decimal point');
    const edit = await supplier.get(`/bids/${bidId}/edit`).expect(200);
    expect(edit.text).to.include('value="1,5"');
    const items = await world.runInTx(suppliers.dorn.actor, (ctx) => findEventItems(ctx, eventId));
    await world.runInTx(suppliers.dorn.actor, (ctx) =>
      saveDraft(ctx, {
        bidId,
        revision: 2,
        lines: typedLines(items, ['3', '3', '3']),
        note: '',
        answers: { [scrap]: { answer: '' } },
      }),
    );
    const review = textOf((await supplier.get(`/bids/${bidId}/submission`).expect(200)).text);
    expect(review).to.include('One answer is missing').and.to.include('An answer excludes this bid');
    const refused = await refusal(
      world.runInTx(suppliers.dorn.actor, (ctx) =>
        submitBid(ctx, { bidId, revision: 3, idempotencyKey: newId(), isFreeMeant: false }),
      ),
    );
    expect(refused.code).to.equal('bid.responses-missing');
    expect(await world.db('bid_version').where({ bid_id: bidId })).to.deep.equal([]);
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
    const files: Record<string, [string, Buffer]> = { files: ['certificate.pdf', pdf] };
    await supplier.upload(`/bids/${bidId}/files`, { requirementId: questionIds[2] ?? '' }, files).expect(303);
    expect((await supplier.get(`/bids/${bidId}/edit`).expect(200)).text).to.include('certificate.pdf');
    await world.runInTx(suppliers.dorn.actor, async (ctx) => {
      const page = await saveDraft(ctx, {
        bidId,
        revision: 4,
        lines: {},
        answers: { [scrap]: { answer: '1' } },
      });
      await submitBid(ctx, { bidId, revision: page.revision, idempotencyKey: newId(), isFreeMeant: false });
    });
    // What was submitted is there to be read again, by its supplier alone.
    const kept = textOf((await supplier.get(`/bids/${bidId}`).expect(200)).text);
    expect(kept).to.include('certificate.pdf').and.to.include('ISO 9001?');
  });

  it('keeps answers sealed until the technical envelope is opened, and prices sealed beyond that', async () => {
    const [iso = '', scrap = '', concept = ''] = questionIds;
    const bid = async (supplier: Supplier, of: { price: string; scrap: string }) =>
      world.runInTx(supplier.actor, async (ctx) => {
        const bidId = await startBid(ctx, eventId);
        const items = await findEventItems(ctx, eventId);
        const answers = {
          [iso]: { answer: 'yes' },
          [scrap]: { answer: of.scrap },
          [concept]: { answer: 'Cast in sand' },
        };
        const lines = typedLines(items, [of.price, of.price, of.price]);
        const { revision } = await saveDraft(ctx, { bidId, revision: 1, lines, note: '', answers });
        await submitBid(ctx, { bidId, revision, idempotencyKey: newId(), isFreeMeant: false });
        return bidId;
      });
    bidIds = {
      adler: await bid(suppliers.adler, { price: '1', scrap: '4' }),
      brandt: await bid(suppliers.brandt, { price: '1.25', scrap: '0' }),
      corvin: await bid(suppliers.corvin, { price: '0.9', scrap: '6' }),
      dorn: (await one('bid', { supplier_id: suppliers.dorn.supplierId })).id,
    };
    const event = await world.runInTx(owner, (ctx) => findEvent(ctx, eventId));
    await closeEvent(world, event);
    expect(await world.db('bid_response')).to.deep.equal([]);
    const opener = await world.staff('bid_opener');
    await world.runInTx(opener, (ctx) => openBids(ctx, eventId));
    expect(await world.db('bid_response').where({ bid_id: bidIds['adler'] })).to.have.lengthOf(3);
    expect(await world.db('bid_line')).to.deep.equal([]);
    // The committee decides when prices are opened, not the openers.
    const early = await refusal(world.runInTx(opener, (ctx) => concludeEnvelope(ctx, eventId)));
    expect(early.code).to.equal('opening.result-not-fixed');
  });

  it('marks what an answer excludes, and a person keeps it in with a reason', async () => {
    const opener = await as(await world.staff('bid_opener'));
    const { text } = await opener.get(`${path}/opening`).expect(200);
    expect(textOf(text)).to.include('Excluded by an answer').and.to.include('Dorn Castings');
    const act = `${path}/bids/${bidIds['dorn']}/waiver`;
    await opener.post(act, { reason: '' }).expect(422);
    expect(await world.db('knock_out_waiver')).to.deep.equal([]);
    await opener.post(act, { reason: 'Certificate is under way' }).expect(303);
    expect(textOf((await opener.get(`${path}/opening`)).text)).to.include('kept in Certificate is under way');
    await opener.post(`${path}/bids/${bidIds['adler']}/waiver`, { reason: 'Why not' }).expect(422);
  });

  it('lets the owner, and nobody else, appoint members; each is asked for its statement', async () => {
    const buyer = await as(owner);
    const otherBuyer = await as(await world.staff('buyer'));
    await otherBuyer.post(`${path}/committee`, { userId: people.chair.userId, isChair: 'yes' }).expect(422);
    await buyer.post(`${path}/committee`, { userId: owner.userId, isChair: 'yes' }).expect(422);
    expect(await world.db('committee_member')).to.deep.equal([]);
    await buyer.post(`${path}/committee`, { userId: people.chair.userId, isChair: 'yes' }).expect(303);
    await buyer.post(`${path}/committee`, { userId: people.second.userId }).expect(303);
    await buyer.post(`${path}/committee`, { userId: people.conflicted.userId }).expect(303);
    await world.drainJobs();
    expect(world.mails.filter((mail) => mail.subject.includes('conflict of interest'))).to.have.lengthOf(3);
    const dueAt = '2026-03-20T12:00';
    const early = await buyer.post(`${path}/committee/start`, { dueAt, timeZone: 'UTC' }).expect(422);
    expect(early.text).to.include('have not made their statement yet');
  });

  it('shows a member nothing before its statement; who has a conflict is off, and replaced', async () => {
    const conflicted = await as(people.conflicted);
    await conflicted.get(`${path}/score-sheet`).expect(303, /statement/);
    await conflicted.post(`${path}/statement`, { interest: 'conflict', reason: '' }).expect(422);
    await conflicted
      .post(`${path}/statement`, { interest: 'conflict', reason: 'My sister runs Adler' })
      .expect(303);
    await conflicted.get(`${path}/score-sheet`).expect(404);
    expect(await one('committee_member', { user_id: people.conflicted.userId })).to.deep.include({
      state: 'conflicted',
      reason: 'My sister runs Adler',
    });
    const buyer = await as(owner);
    await buyer.post(`${path}/committee`, { userId: people.replacement.userId }).expect(303);
    for (const person of [people.chair, people.second, people.replacement]) {
      const member = await as(person);
      expect((await member.get('/').expect(200)).text).to.include(`${path}/statement`);
      await member.post(`${path}/statement`, { interest: 'none', reason: '' }).expect(303);
    }
    await buyer.post(`${path}/committee/start`, { dueAt: '2026-03-20T12:00', timeZone: 'UTC' }).expect(303);
    await world.drainJobs();
    expect(world.mails.filter((mail) => mail.subject.includes('Score the bids'))).to.have.lengthOf(3);
  });

  const POINTS: Record<string, Record<string, string>> = {
    chair: { adler: '5', brandt: '9', corvin: '6', dorn: '4' },
    second: { adler: '6', brandt: '8.5', corvin: '6', dorn: '4' },
    replacement: { adler: '5.5', brandt: '5', corvin: '6', dorn: '4' },
  };
  const sheetOf = (person: string, comment = '') =>
    Object.entries(POINTS[person] ?? {}).map(([name, points]) => ({
      bidId: bidIds[name],
      subjectId,
      points,
      comment,
    }));
  const handIn = async (person: 'chair' | 'second' | 'replacement', scores: object[]) =>
    (await as(people[person])).post(`${path}/score-sheet`, {
      version: await sheetVersion(person),
      next: 'submit',
      scores,
    });
  const sheetVersion = async (person: 'chair' | 'second' | 'replacement') =>
    (await one('score_sheet', { user_id: people[person].userId })).version;

  it('takes private sheets: on the scale, complete, with reasons at the extremes, and nobody reads another’s', async () => {
    const chair = await as(people.chair);
    const { text } = await chair.get(`${path}/score-sheet`).expect(200);
    expect(textOf(text)).to.include('Cast in sand').and.to.include('Brandt Werke').and.not.to.match(/1\.25/);
    // A proof is read by the committee with its answer, and by nobody who is not on it.
    const proof = /href="([^"]*certificate\.pdf)"/.exec(text)?.[1] ?? '';
    await chair.get(proof).expect(200);
    await (await as(people.conflicted)).get(proof).expect(404);
    const off = sheetOf('chair').map((row, index) => (index === 0 ? { ...row, points: '10.3' } : row));
    expect((await handIn('chair', off)).status).to.equal(422);
    const silent = await handIn('chair', sheetOf('chair'));
    expect(silent.status).to.equal(422);
    expect(silent.text).to.include('Say why 9 points').and.to.include('value="8.5"'.replace('8.5', '5'));
    expect(await world.db('score')).to.deep.equal([]);
    const sheet = { version: await sheetVersion('chair'), scores: sheetOf('chair', 'Convincing') };
    await chair.post(`${path}/score-sheet`, { ...sheet, next: 'submit' }).expect(303);
    const handedIn = await chair.get(`${path}/score-sheet`).expect(200);
    expect(textOf(handedIn.text))
      .to.include('Your sheet is handed in')
      .and.not.to.include('not handed in yet');
    expect(handedIn.text).not.to.include('value="save"');
    expect((await handIn('second', sheetOf('second', 'Good'))).status).to.equal(303);
    // The database itself keeps the chair from the second member's points while scoring is open.
    const seen = await world.runInTx(
      people.chair,
      async (ctx) => (await ctx.tx.raw('SELECT sheet_id FROM score')).rows,
    );
    expect(new Set(seen.map((row: { sheet_id: string }) => row.sheet_id)).size).to.equal(1);
    const consensus = textOf((await chair.get(`${path}/consensus`).expect(200)).text);
    expect(consensus).to.include('2 of 3 sheets are handed in').and.not.to.include('Good');
    await chair.get(`${path}/comparison`).expect(403);
    await (await as(people.replacement)).get(`${path}/comparison`).expect(404);
  });

  it('opens the sheets to the committee when the last is in, and marks where members are far apart', async () => {
    expect((await handIn('replacement', sheetOf('replacement', 'Hm'))).status).to.equal(303);
    expect(await one('evaluation', { event_id: eventId })).to.deep.include({
      state: 'consensus',
      close_reason: null,
    });
    const chair = await as(people.chair);
    const text = textOf((await chair.get(`${path}/consensus`).expect(200)).text);
    expect(text).to.include('On one point the members are 3 or more apart');
    expect(text).to.match(/Brandt Werke 9 requester.* 7\.5 4 apart/);
    const early = await chair.post(`${path}/consensus/result`, {}).expect(422);
    expect(early.text).to.include('still has to agree');
    const agreement = {
      bidId: bidIds['brandt'],
      subjectId,
      points: '8',
      reason: 'The tooling plan convinced all',
    };
    await (await as(people.second)).post(`${path}/consensus`, agreement).expect(422);
    await chair.post(`${path}/consensus`, { ...agreement, points: '11' }).expect(422);
    expect(await world.db('consensus_score')).to.deep.equal([]);
    await chair.post(`${path}/consensus`, agreement).expect(303);
  });

  it('fixes the technical result: who is below a minimum fails with a reason, and its prices are never opened', async () => {
    const chair = await as(people.chair);
    const page = await chair.get(`${path}/consensus`).expect(200);
    expect(page.text).to.include('Quality system: 40 of the 50 needed');
    await chair.post(`${path}/consensus/result`, {}).expect(422);
    expect(await world.db('criterion_score')).to.deep.equal([]);
    await chair
      .post(`${path}/consensus/result`, {
        reasons: { [bidIds['corvin'] ?? '']: 'Quality system: 40 of the 50 needed' },
      })
      .expect(303);
    expect(await one('bid', { id: bidIds['corvin'] })).to.deep.include({
      state: 'disqualified',
      disqualified_at_envelope: 'technical',
      disqualification_reason: 'Quality system: 40 of the 50 needed',
    });
    const opener = await world.staff('bid_opener');
    await world.runInTx(opener, (ctx) => openBids(ctx, eventId));
    expect(await world.db('bid_line').where({ bid_id: bidIds['corvin'] })).to.deep.equal([]);
    expect(await world.db('bid_line').where({ bid_id: bidIds['brandt'] })).to.have.lengthOf(3);
  });

  it('ranks by the weighted total, opens its arithmetic, and says how far each weight may move', async () => {
    const buyer = await as(owner);
    const { text } = await buyer.get(`${path}/evaluation`).expect(200);
    const words = textOf(text);
    // Brandt: 40 × 80 + 20 × 100 + 40 × 80 = 84; Adler: 40 × 100 + 20 × 60 + 40 × 55 = 74.
    expect(words).to.match(/1 Brandt Werke first 80 100 80 84 /);
    expect(words).to.match(/2 Adler Guss 100 60 55 74 /);
    expect(words).to.match(/Scrap rate: 4 6 of 10 points/);
    // Brandt leads by 20 of price lost, 40 of quality and 25 of concept won: the leads meet at 60 % for price.
    expect(words).to.match(/Price 40 % 0 % 60 % Above: Adler Guss/);
    const csv = await buyer.get(`${path}/evaluation/export?format=csv`).expect(200);
    expect(csv.text).to.include('Brandt Werke').and.to.include(',84,');
    const comparison = textOf((await buyer.get(`${path}/comparison`).expect(200)).text);
    expect(comparison).to.match(/Weighted score/);
  });

  it('makes the first in rank the award’s, asks why for anybody else, and keeps members from approving it', async () => {
    const buyer = await as(owner);
    const items = await world.runInTx(owner, (ctx) => findEventItems(ctx, eventId));
    const award = (supplierId: string, reason = '') => ({
      lines: items.map((item) => ({ eventItemId: item.id, supplierId, quantity: item.quantity, reason })),
      justification: '',
      debrief: '',
    });
    const form = await buyer.get(`${path}/award/new`).expect(200);
    expect(form.text).to.match(new RegExp(`value="${suppliers.brandt.supplierId}"[^>]*selected`));
    const cheapest = await buyer.post(`${path}/award`, award(suppliers.adler.supplierId)).expect(422);
    expect(cheapest.text).to.include('say why');
    expect(await world.db('award')).to.deep.equal([]);
    await buyer.post(`${path}/award`, award(suppliers.brandt.supplierId)).expect(303);
    const { id } = await one('award', { event_id: eventId });
    const member = await as(people.replacement);
    const refused = await member.post(`/awards/${id}/approval`).expect(422);
    expect(refused.text).to.include('Whoever scored the bids does not decide');
    expect((await one('award', { id })).state).to.equal('pending_approval');
  });

  it('stands in both languages, and has told the record', async () => {
    await world
      .db('user_account')
      .whereIn('id', [owner.userId, people.chair.userId])
      .update({ locale: 'zh-CN' });
    const buyer = await as(owner);
    expect(textOf((await buyer.get(`${path}/evaluation`).expect(200)).text))
      .to.include('综合评分结果')
      .and.to.include('权重可变动的范围');
    expect(textOf((await buyer.get(`${path}/committee`).expect(200)).text)).to.include('评审委员会');
    expect(textOf((await (await as(people.chair)).get(`${path}/consensus`).expect(200)).text)).to.include(
      '合议与技术评审结果',
    );
    const acts = await world.db('event').where({ subject_type: 'evaluation' }).orderBy('id').pluck('action');
    expect(acts).to.deep.equal([
      'evaluation.started',
      'evaluation.closed',
      'evaluation.consensus-recorded',
      'evaluation.fixed',
    ]);
  });
});
