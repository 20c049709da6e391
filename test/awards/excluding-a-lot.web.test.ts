import { expect } from 'chai';
import { openBids, saveDraft, startBid, submitBid } from '../../src/bids/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { saveCriteria, saveRequirement } from '../../src/sourcing/evaluation-plan.service.ts';
import {
  createEvent,
  findEvent,
  findEventItems,
  findLots,
  findPlan,
  inviteSuppliers,
  publishEvent,
} from '../../src/sourcing/index.ts';
import { type EvaluatedEvent, evaluatedEvent } from '../support/factories/awards.ts';
import { typedLines } from '../support/factories/bids.ts';
import { someQuestion } from '../support/factories/evaluation.ts';
import { closeEvent, makeCatalog, someItems, someTerms } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { textOf } from '../support/text-of.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

type MadeSupplier = Awaited<ReturnType<typeof makeSupplier>>;

/**
 * Lot 1 is line 1, lot 2 lines 2 and 3; a concept is judged and a question knocks out in lot 2 alone. Akers answers it
 * wrongly and Birch rightly, and both bid on both lots; Cedar bids on lot 1 alone.
 */
describe('a lot that an answer excludes', () => {
  let world: World;
  let owner: Actor;
  let chair: Actor;
  let suppliers: Record<'akers' | 'birch' | 'cedar', MadeSupplier>;
  let eventId: string;
  let lotIds: string[];
  let conceptId: string;
  const bids: Record<string, string> = {};
  const path = () => `/events/${eventId}`;
  const as = (actor: Actor): Promise<Visitor> => world.as(actor);
  const words = async (visitor: Visitor, at: string) => textOf((await visitor.get(at).expect(200)).text);

  before(async () => {
    world = await makeWorld();
    await makeCatalog(world);
    owner = await world.staff('buyer');
    chair = await world.staff('requester');
    suppliers = {
      akers: await makeSupplier(world, { name: 'Akers' }),
      birch: await makeSupplier(world, { name: 'Birch' }),
      cedar: await makeSupplier(world, { name: 'Cedar' }),
    };
    await world.runInTx(owner, async (ctx) => {
      eventId = await createEvent(ctx, {
        ...someTerms(),
        lots: [
          { title: 'Housings', description: '' },
          { title: 'Shafts', description: '' },
        ],
        items: someItems().map((item, index) => ({ ...item, lotNo: index === 0 ? 1 : 2 })),
      });
      await inviteSuppliers(
        ctx,
        eventId,
        Object.values(suppliers).map((one) => one.supplierId),
      );
      lotIds = (await findLots(ctx, eventId)).map((lot) => lot.id);
      const [first = '', second = ''] = lotIds;
      const criterion = { id: null, minimumScore: null };
      const price = { kind: 'price', envelope: 'commercial', formula: 'lowest-over-price' } as const;
      const concept = { kind: 'judged', envelope: 'technical', formula: null } as const;
      await saveCriteria(ctx, {
        eventId,
        version: 0,
        showsWeights: true,
        criteria: [
          { ...criterion, ...price, title: 'Price', weight: '60' },
          { ...criterion, ...concept, title: 'Concept of housings', weight: '40', lotId: first },
          { ...criterion, ...concept, title: 'Concept of shafts', weight: '40', lotId: second },
        ],
      });
      await saveRequirement(ctx, {
        eventId,
        version: 1,
        requirementId: null,
        requirement: someQuestion({
          prompt: 'Own grinding?',
          lotId: second,
          knockOut: { by: 'answer', passes: ['yes'] },
        }),
      });
      const plan = await findPlan(ctx, eventId);
      conceptId = plan.criteria[2]?.id ?? '';
      await publishEvent(ctx, eventId);
    });
    const bid = (supplier: MadeSupplier, prices: string[], answer: string) =>
      world.runInTx(supplier.actor, async (ctx) => {
        const bidId = await startBid(ctx, eventId);
        const lines = typedLines(await findEventItems(ctx, eventId), prices);
        const question = (await findPlan(ctx, eventId)).requirements[0]?.id ?? '';
        const answers = answer === '' ? {} : { [question]: { answer } };
        const { revision } = await saveDraft(ctx, { bidId, revision: 1, lines, note: '', answers });
        await submitBid(ctx, { bidId, revision, idempotencyKey: newId(), isFreeMeant: false });
        return bidId;
      });
    bids['akers'] = await bid(suppliers.akers, ['10', '20', '2'], 'no');
    bids['birch'] = await bid(suppliers.birch, ['12', '25', '2.5'], 'yes');
    bids['cedar'] = await bid(suppliers.cedar, ['11', '', ''], '');
    await closeEvent(world, await world.runInTx(owner, (ctx) => findEvent(ctx, eventId)));
    const opener = await world.staff('bid_opener');
    await world.runInTx(opener, (ctx) => openBids(ctx, eventId));
  });
  after(() => world.close());

  it('is decided on by itself, with a reason, and once', async () => {
    const opener = await as(await world.staff('bid_opener'));
    expect(await words(opener, `${path()}/opening`)).to.match(
      /Akers.* Lot 2: Shafts 1\. Own grinding\?: No .*Leave the bid out of this lot/,
    );
    const act = (lot: number, name: string, noun = 'exclusion') =>
      `${path()}/bids/${bids[name]}/lots/${lotIds[lot]}/${noun}`;
    await opener.post(act(1, 'akers'), { reason: '' }).expect(422);
    await opener
      .post(act(0, 'akers'), { reason: 'No answer excludes it here' })
      .expect(422, /not-knocked-out/);
    await opener.post(act(1, 'birch'), { reason: 'Passed' }).expect(422, /not-knocked-out/);
    // What was asked of one lot is no reason to keep all of the bid.
    await opener.post(`${path()}/bids/${bids['akers']}/waiver`, { reason: 'All' }).expect(422);
    expect(await world.db('lot_decision')).to.deep.equal([]);
    await opener.post(act(1, 'akers'), { reason: 'Shafts have to be ground in house' }).expect(303);
    await opener.post(act(1, 'akers', 'waiver'), { reason: 'After all' }).expect(422, /not-knocked-out/);
    expect(await words(opener, `${path()}/opening`)).to.include(
      'left out of this lot Shafts have to be ground in house',
    );
    expect((await world.db('bid').where({ id: bids['akers'] }).first()).state).to.equal('opened');
  });

  it('asks the committee a lot’s criteria of those bids alone that stand in it, before prices are open', async () => {
    const buyer = await as(owner);
    const second = await world.staff('receiver');
    for (const [person, isChair] of [
      [chair, { isChair: 'yes' }],
      [second, {}],
    ] as const) {
      await buyer.post(`${path()}/committee`, { userId: person.userId, ...isChair }).expect(303);
      await (await as(person)).post(`${path()}/statement`, { interest: 'none', reason: '' }).expect(303);
    }
    await buyer.post(`${path()}/committee/start`, { dueAt: '2026-03-20T12:00', timeZone: 'UTC' }).expect(303);
    const member = await as(chair);
    const sheet = (await member.get(`${path()}/score-sheet`).expect(200)).text;
    const asked = [...sheet.matchAll(/\[bidId\]" value="([^"]+)".*?\[subjectId\]" value="([^"]+)"/g)];
    // Of housings all three, of shafts Birch alone: Akers was left out of it, and Cedar never bid on it.
    expect(asked).to.have.length(4);
    expect(asked.filter(([, , subject]) => subject === conceptId).map(([, id]) => id)).to.deep.equal([
      bids['birch'],
    ]);
    const scores = asked.map(([, bidId, subjectId]) => ({
      bidId,
      subjectId,
      points: bidId === bids['cedar'] ? '9.5' : '6',
      comment: 'Seen on site',
    }));
    for (const person of [chair, second]) {
      const { version } = await world.db('score_sheet').where({ user_id: person.userId }).first();
      const own = await as(person);
      await own.post(`${path()}/score-sheet`, { version, next: 'submit', scores }).expect(303);
    }
    const foreign = { bidId: bids['cedar'], subjectId: conceptId, points: '5', reason: 'Guess' };
    await member.post(`${path()}/consensus`, foreign).expect(422, /unknown-row/);
    expect(await words(member, `${path()}/consensus`)).to.match(
      /Akers 60 left out of this lot .*Cedar 95 another lot/,
    );
    await member.post(`${path()}/consensus/result`, {}).expect(303);
    expect(await world.db('criterion_score')).to.have.length(4);
  });

  it('counts in nothing any more: comparison, files, ranking with the range of each weight, and award', async () => {
    await world.runInTx(await world.staff('bid_opener'), (ctx) => openBids(ctx, eventId));
    await world.drainJobs();
    const buyer = await as(owner);
    const comparison = await words(buyer, `${path()}/comparison`);
    expect(comparison).to.include('only lot 2: Shafts').and.include('Shafts have to be ground in house');
    expect(comparison).to.match(/Mount plate.* left out of this lot/);
    expect(comparison).to.match(/Lot 2: Shafts 2 lines .*left out of this lot no bid/);
    const csv = (await buyer.get(`${path()}/comparison/export?format=csv`).expect(200)).text;
    expect(csv)
      .to.match(/Mount plate[^\r\n]*left out of this lot/)
      .and.not.match(/Mount plate[^\r\n]*,20,/);
    const result = await words(buyer, `${path()}/evaluation`);
    expect(result).to.match(
      /Lot 2: Shafts Rank Bidder Price Concept of shafts Total 1 Birch first 100 60 84 — Akers left out of this lot/,
    );
    // Housings: Akers 60 × 100 + 40 × 60, Cedar 60 × 90.91 + 40 × 95: the two would meet at a price of 79.4 %.
    expect(result).to.match(/How far a weight may move: Lot 1: Housings .*Cedar.* Price 60 % 0 % 79\.38 %/);
    expect(result).to.not.include('How far a weight may move: Lot 2');
    const sheet = (await buyer.get(`${path()}/evaluation/export?format=csv`).expect(200)).text;
    expect(sheet).to.match(/Lot 2: Shafts,,Akers.*left out of this lot/);
    const form = (await buyer.get(`${path()}/award/new`).expect(200)).text;
    const options = [
      ...form.matchAll(/<select class="form-select form-select-sm award-supplier.*?<\/select>/g),
    ];
    expect(options.map(([select]) => /Akers/.test(select))).to.deep.equal([true, false, false]);
    const [first, ...others] = await world.db('event_item').where({ event_id: eventId }).orderBy('line_no');
    const choice = (id: string, name: keyof typeof suppliers) => ({
      eventItemId: id,
      supplierId: suppliers[name].supplierId,
      quantity: '100 %',
      reason: 'Best',
    });
    const propose = (lines: object[]) =>
      buyer.post(`${path()}/award`, {
        lines,
        justification: '',
        debrief: '',
        standstillDays: '0',
        tells: { asked: 'yes', rank: 'yes' },
      });
    await propose([choice(first.id, 'cedar'), ...others.map((item) => choice(item.id, 'akers'))]).expect(422);
    expect(await world.db('award')).to.deep.equal([]);
    const { headers } = await propose([
      choice(first.id, 'akers'),
      ...others.map((item) => choice(item.id, 'birch')),
    ]).expect(303);
    await (await as(await world.staff('approver'))).post(`${headers['location']}/approval`).expect(303);
    await world.drainJobs();
    const letter = `${headers['location']}/letter`;
    const akers = await words(await as(suppliers.akers.actor), letter);
    expect(akers).to.include('Your bid was awarded in part').and.include('not considered');
    expect(akers).to.include(
      'Lot 2, Shafts, of your bid could not be considered, for this reason: Shafts have',
    );
    expect(akers).to.include('Lot 1, Housings: by the weighted total your bid was number 2.');
    expect(await words(await as(suppliers.cedar.actor), letter)).to.not.include('could not be considered');
    const made = await world.db('award_letter').where({ supplier_id: suppliers.akers.supplierId }).first();
    expect(made.content.excludedLots).to.deep.equal([
      { lotNo: 2, title: 'Shafts', reason: 'Shafts have to be ground in house' },
    ]);
  });
});

describe('letters of an event with lots that price alone ranks', () => {
  it('tell each bidder its place in the lots that it priced as a whole, by price', async () => {
    const world = await makeWorld();
    const item = {
      itemCode: null,
      unit: 'C62',
      originalUnit: null,
      needByOn: '2026-04-30',
      estimatedPrice: null,
    };
    const made: EvaluatedEvent = await evaluatedEvent(world, {
      items: [
        { ...item, description: 'Housing', quantity: '100' },
        { ...item, description: 'Cover', quantity: '10' },
      ],
      bids: [
        { name: 'Akers', prices: ['10', '50'] },
        { name: 'Birch', prices: [null, '60'] },
        { name: 'Cedar', prices: ['20', '40'] },
      ],
    });
    for (const [index, line] of made.items.entries()) {
      const id = newId();
      await world
        .db('lot')
        .insert({ id, event_id: made.eventId, lot_no: index + 1, title: line.description });
      await world.db('event_item').where({ id: line.id }).update({ lot_id: id });
    }
    const buyer = await world.as(made.buyer);
    const { headers } = await buyer
      .post(`/events/${made.eventId}/award`, {
        lines: made.items.map((line, index) => ({
          eventItemId: line.id,
          supplierId: made.bidders[index === 0 ? 0 : 2]?.supplierId,
          quantity: '100 %',
          reason: '',
        })),
        justification: '',
        debrief: '',
        standstillDays: '0',
        tells: { asked: 'yes', rank: 'yes' },
      })
      .expect(303);
    await (await world.as(await world.staff('approver'))).post(`${headers['location']}/approval`).expect(303);
    await world.drainJobs();
    const letterOf = async (index: number) => {
      const visitor = await world.as(made.bidders[index]?.actor ?? made.buyer);
      return textOf((await visitor.get(`${headers['location']}/letter`).expect(200)).text);
    };
    expect(await letterOf(0))
      .to.include('Lot 1, Housing: by price your bid was number 1 of those that priced all of it.')
      .and.include('Lot 2, Cover: by price your bid was number 2');
    expect(await letterOf(1))
      .to.include('Lot 2, Cover: by price your bid was number 3')
      .and.not.include('Lot 1');
    await world.close();
  });
});
