import { expect } from 'chai';
import { submitForApproval } from '../../src/sourcing/index.ts';
import { draftEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const criterion = (over: Record<string, string>) => ({
  id: '',
  title: '',
  kind: 'judged',
  envelope: 'technical',
  weight: '',
  minimumScore: '',
  formula: 'lowest-over-price',
  ...over,
});
const CRITERIA = [
  criterion({ title: 'Price', kind: 'price', weight: '60' }),
  criterion({ title: 'Quality system', kind: 'answers', weight: '25', minimumScore: '50' }),
  criterion({}),
  criterion({ title: 'Technical concept', weight: '15' }),
];

describe('asking bidders questions', () => {
  let world: World;
  let buyer: Visitor;
  let eventId: string;
  let path: string;
  before(async () => {
    world = await makeWorld();
    const made = await draftEvent(world, { suppliers: [await makeSupplier(world)] });
    eventId = made.eventId;
    path = `/events/${eventId}`;
    buyer = await world.as(made.buyer);
  });
  after(() => world.close());
  const planVersion = async (): Promise<number> =>
    (await world.db('evaluation_plan').where({ event_id: eventId }).first('version'))?.version ?? 0;
  const rows = (table: string) => world.db(table).where({ event_id: eventId }).orderBy('number');

  it('is not there to be seen on an event that asks for prices only, and the page helps to begin', async () => {
    const { text: event } = await buyer.get(path).expect(200);
    expect(event).to.include(`href="${path}/requirements"`).and.not.to.include('No questions');
    const { text } = await buyer.get(`${path}/requirements`).expect(200);
    expect(text).to.include('A simple request for prices needs none of this');
    expect(await world.db('evaluation_plan').where({ event_id: eventId })).to.deep.equal([]);
  });

  it('saves criteria, and names the row that cannot be used', async () => {
    const wrong = CRITERIA.map((row) =>
      row.title === 'Technical concept' ? { ...row, envelope: 'commercial' } : row,
    );
    const refused = await buyer
      .post(`${path}/criteria`, { version: 0, showsWeights: 'yes', criteria: wrong })
      .expect(422);
    expect(refused.text)
      .to.include('judged before prices are known')
      .and.to.include('field-criteria-2-envelope');
    expect(refused.text).to.include('value="Technical concept"');
    expect(await rows('criterion')).to.deep.equal([]);
    await buyer.post(`${path}/criteria`, { version: 0, showsWeights: 'yes', criteria: CRITERIA }).expect(303);
    expect(
      (await rows('criterion')).map((row) => [row.title, row.envelope, row.weight, row.formula]),
    ).to.deep.equal([
      ['Price', 'commercial', '60.00', 'lowest-over-price'],
      ['Quality system', 'technical', '25.00', null],
      ['Technical concept', 'technical', '15.00', null],
    ]);
    expect((await buyer.get(`${path}/requirements`).expect(200)).text).to.include('100 % together');
  });

  it('adds a knock-out question with points, keeps what was typed when it is refused, and changes it', async () => {
    const [, quality] = await rows('criterion');
    const question = {
      version: await planVersion(),
      kind: 'yes_no',
      envelope: 'technical',
      prompt: 'Are you certified to ISO 9001?',
      isRequired: 'yes',
      criterionId: quality.id,
      answers: [
        { answer: 'yes', points: '10' },
        { answer: 'no', points: '0', excludes: 'yes' },
      ],
    };
    const bothExcluded = question.answers.map((row) => ({ ...row, excludes: 'yes' }));
    const refused = await buyer
      .post(`${path}/requirements`, { ...question, answers: bothExcluded })
      .expect(422);
    expect(refused.text).to.include('Mark at least one answer').and.to.include('Are you certified');
    expect(await rows('requirement')).to.deep.equal([]);
    await buyer.post(`${path}/requirements`, question).expect(303);
    const [saved] = await rows('requirement');
    expect(saved).to.deep.include({
      knock_out: { by: 'answer', passes: ['yes'] },
      scoring: { by: 'answer', points: { yes: '10', no: '0' } },
      number: 1,
    });
    const stale = await buyer
      .post(`${path}/requirements/${saved.id}`, { ...question, prompt: 'Late' })
      .expect(409);
    expect(stale.text).to.include('Somebody else changed the questions').and.to.include('>Late</textarea>');
    const version = await planVersion();
    await buyer
      .post(`${path}/requirements/${saved.id}`, { ...question, version, prompt: 'ISO 9001?' })
      .expect(303);
    expect((await rows('requirement'))[0].prompt).to.equal('ISO 9001?');
    await buyer
      .post(`${path}/requirements`, {
        version: await planVersion(),
        kind: 'number',
        envelope: 'technical',
        prompt: 'Scrap rate, %',
        minimum: '0',
        maximum: '100',
        knockOutAtMost: '20',
        criterionId: quality.id,
        worst: '10',
        best: '1',
        points: '5',
      })
      .expect(303);
    const { text } = await buyer.get(`${path}/requirements`).expect(200);
    expect(text).to.include('excluded unless Yes').and.to.include('0 points at 10, 5 at 1');
  });

  it('comes out as a spreadsheet and back in, without losing a rule', async () => {
    const before = await rows('requirement');
    const { body } = await buyer.get(`${path}/requirements/export.xlsx`).responseType('blob').expect(200);
    const preview = await buyer
      .upload(`${path}/requirements/import`, {}, { sheet: ['questions.xlsx', body as Buffer] })
      .expect(200);
    expect(preview.text).to.include('2 questions were read');
    const question = [...preview.text.matchAll(/name="question" value="([^"]*)"/g)].map((match) =>
      (match[1] ?? '').replaceAll('&#34;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&'),
    );
    await buyer
      .post(`${path}/requirements/import-confirmed`, {
        version: await planVersion(),
        mode: 'replace',
        question,
      })
      .expect(303);
    const withoutId = (row: Record<string, unknown>) => ({ ...row, id: null });
    expect((await rows('requirement')).map(withoutId)).to.deep.equal(before.map(withoutId));
  });

  it('takes those of an earlier event over, moves and removes them', async () => {
    const { eventId: laterId } = await draftEvent(world, { buyer: buyer.actor });
    const later = `/events/${laterId}`;
    expect((await buyer.get(`${later}/requirements`).expect(200)).text).to.include('2 questions, 3 criteria');
    await buyer.post(`${later}/requirements/copy`, { version: 0, fromEventId: eventId }).expect(303);
    const copied = await world.db('requirement').where({ event_id: laterId }).orderBy('number');
    const own = await world.db('criterion').where({ id: copied[0].criterion_id }).first();
    expect(own).to.deep.include({ event_id: laterId, title: 'Quality system' });
    await buyer.post(`${later}/requirements/${copied[1].id}/move`, { version: 1 }).expect(303);
    await buyer.post(`${later}/requirements/${copied[0].id}/removal`, { version: 2 }).expect(303);
    const left = await world.db('requirement').where({ event_id: laterId });
    expect(left.map(({ number, prompt }) => [number, prompt])).to.deep.equal([[1, 'Scrap rate, %']]);
  });

  it('is not sent out while the weights are not 100 together, and not changed afterwards', async () => {
    const stored = await rows('criterion');
    const criteria = CRITERIA.filter((row) => row.title !== '').map((row, index) => ({
      ...row,
      id: stored[index].id,
    }));
    const lighter = criteria.map((row) => (row.title === 'Price' ? { ...row, weight: '50' } : row));
    await buyer.post(`${path}/criteria`, { version: await planVersion(), criteria: lighter }).expect(303);
    const refused = await refusal(world.runInTx(buyer.actor, (ctx) => submitForApproval(ctx, eventId)));
    expect(refused).to.deep.include({ code: 'evaluation_plan.weights-not-100', params: { sum: '90' } });
    await buyer
      .post(`${path}/criteria`, { version: await planVersion(), showsWeights: 'yes', criteria })
      .expect(303);
    expect((await rows('criterion')).map((row) => row.id)).to.deep.equal(stored.map((row) => row.id));
    await buyer.post(`${path}/publication`).expect(303);
    await buyer.post(`${path}/criteria`, { version: await planVersion(), criteria: [] }).expect(422);
    expect(await rows('criterion')).to.have.lengthOf(3);
    expect((await buyer.get(`${path}/requirements`).expect(200)).text).not.to.include('Save criteria');
  });

  it('stands in both languages', async () => {
    await world.db('user_account').where({ id: buyer.actor.userId }).update({ locale: 'zh-CN' });
    const { text } = await buyer.get(`${path}/requirements`).expect(200);
    expect(text).to.include('问题与评审标准').and.to.include('须为 是，否则否决');
    await world.db('user_account').where({ id: buyer.actor.userId }).update({ locale: 'en' });
  });
});
