import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { Test } from 'supertest';
import { endStandstills, sendLetters } from '../../src/awards/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { type EvaluatedEvent, evaluatedEvent } from '../support/factories/awards.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('an award with a standstill', () => {
  let world: World;
  let made: EvaluatedEvent;
  let buyer: Visitor;
  let approver: Visitor;
  let loser: Visitor;
  let winner: Visitor;
  let decider: Actor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await evaluatedEvent(world);
    decider = await world.staff('approver');
    await signIn();
  });
  async function signIn(): Promise<void> {
    buyer = await world.as(made.buyer);
    approver = await world.as(decider);
    winner = await world.as((made.bidders[0] as { actor: Actor }).actor);
    loser = await world.as((made.bidders[2] as { actor: Actor }).actor);
  }
  /** Nobody's session lasts for days. */
  async function at(iso: string): Promise<void> {
    world.setNow(iso);
    await signIn();
  }
  afterEach(() => world.close());

  const award = (days: string) => {
    const lines = [0, 1, 2].map((line) => ({
      eventItemId: made.items[line]?.id,
      supplierId: made.bidders[line === 1 ? 1 : 0]?.supplierId,
      quantity: '100 %',
      reason: '',
    }));
    const tells = { asked: 'yes', rank: 'yes', distance: 'yes' };
    const words = {
      justification: '',
      debrief: 'Delivery was on time at all bidders.',
      standstillDays: days,
      tells,
    };
    return buyer.post(`/events/${made.eventId}/award`, { lines, ...words });
  };
  async function approved(days: string): Promise<string> {
    const { headers } = await award(days).expect(303);
    await approver.post(`${headers['location']}/approval`).expect(303);
    await world.drainJobs();
    return String(headers['location']).replace('/awards/', '');
  }
  const sweep = async (): Promise<number> => {
    const ended = await world.runInTx(system('test'), endStandstills);
    await world.drainJobs();
    return ended;
  };
  const stateOf = async (id: string) => (await world.db('award').where({ id }).first('state')).state;
  const orders = () => world.db('purchase_order').where({ event_id: made.eventId });

  it('orders at once where there is none', async () => {
    const id = await approved('0');
    expect(await stateOf(id)).to.equal('notified');
    expect(await orders()).to.have.length(2);
    await loser.post(`/awards/${id}/objections`, { grounds: 'No' }).expect(422, /standstill-over/);
  });

  it('holds the orders until its last working day is over, then is final', async () => {
    const id = await approved('3');
    expect(await stateOf(id)).to.equal('standstill');
    expect(await orders()).to.have.length(0);
    const { standstill_until: until } = await world.db('award').where({ id }).first('standstill_until');
    expect(new Date(until).toISOString()).to.equal(STANDSTILL_ENDS);
    expect((await buyer.get(`/awards/${id}`).expect(200)).text).to.include('Standstill until');
    await at('2026-03-12T15:59:59Z');
    expect(await sweep()).to.equal(0);
    await at(STANDSTILL_ENDS);
    expect(await sweep()).to.equal(1);
    expect(await stateOf(id)).to.equal('final');
    expect(await orders()).to.have.length(2);
    await loser.post(`/awards/${id}/objections`, { grounds: 'Late' }).expect(422, /standstill-over/);
    expect(await world.db('award_objection')).to.have.length(0);
  });

  it('is held by an objection until somebody who had no part in it has decided', async () => {
    const id = await approved('3');
    await loser.post(`/awards/${id}/objections`, { grounds: ' ' }).expect(422, /form\.required/);
    await loser.post(`/awards/${id}/objections`, { grounds: 'Our lead time was not looked at.' }).expect(303);
    await loser.post(`/awards/${id}/objections`, { grounds: 'Again' }).expect(422, /raised-already/);
    await world.drainJobs();
    await at(STANDSTILL_ENDS);
    expect(await sweep()).to.equal(0);
    expect((await buyer.get(`/awards/${id}`).expect(200)).text)
      .to.include('an objection holds it')
      .and.to.include('Our lead time was not looked at.');
    expect((await buyer.get('/')).text).to.include('1 objection to answer');
    expect((await approver.get('/')).text).to.not.include('objection');
    const { id: objectionId } = await world.db('award_objection').first('id');
    const path = `/awards/${id}/objections/${objectionId}`;
    await approver
      .post(`${path}/decision`, { verdict: 'reject', decision: 'Early' })
      .expect(422, /cannot-reject/);
    await winner.post(`${path}/withdrawal`).expect(404);
    await buyer.post(`${path}/answer`, { answer: 'Price alone decided, as published.' }).expect(303);
    expect((await approver.get('/')).text).to.include('1 objection to decide on');
    expect((await buyer.get('/')).text).to.not.include('objection to');
    await world
      .db('user_role')
      .insert({ user_id: made.buyer.userId, role: 'approver', granted_at: world.now() });
    await buyer
      .post(`${path}/decision`, { verdict: 'reject', decision: 'Mine' })
      .expect(422, /decided-by-party/);
    await approver
      .post(`${path}/decision`, { verdict: 'reject', decision: 'The criteria were published.' })
      .expect(303);
    await world.drainJobs();
    const seen = await loser.get(`/awards/${id}/letter`).expect(200);
    expect(seen.text).to.include('The criteria were published.').and.not.to.include(made.buyer.name);
    expect(await sweep()).to.equal(1);
    expect(await orders()).to.have.length(2);
    const acts = await world.db('event').whereLike('action', 'award%').orderBy('position').pluck('action');
    expect(acts.filter((act) => act !== 'award.letter-made')).to.deep.equal([
      'award.proposed',
      'award.approved',
      'award.notified',
      'award.standstill-begun',
      'award_objection.raised',
      'award_objection.answered',
      'award_objection.rejected',
      'award.finalised',
    ]);
    const told = await world.db('notification').whereLike('template', 'objection-%').pluck('template');
    expect(told).to.include.members([
      'objection-raised',
      'objection-to-decide',
      'objection-answered',
      'objection-rejected',
    ]);
  });

  it('never becomes final when an objection was upheld, and shows who may not see it nothing', async () => {
    const id = await approved('1');
    await loser.post(`/awards/${id}/objections`, { grounds: 'Wrong.' }).expect(303);
    const { id: objectionId } = await world.db('award_objection').first('id');
    const path = `/awards/${id}/objections/${objectionId}`;
    await buyer.post(`${path}/answer`, { answer: 'It was.' }).expect(303);
    await approver.post(`${path}/decision`, { verdict: 'uphold', decision: 'It was wrong.' }).expect(303);
    await at('2026-04-01T00:00:00Z');
    expect(await sweep()).to.equal(0);
    expect(await stateOf(id)).to.equal('standstill');
    expect((await winner.get(`/awards/${id}/letter`).expect(200)).text).not.to.include('It was wrong.');
  });

  it('is not shorter than the policy wants', async () => {
    await world.db('sourcing_event').update({ event_type: 'tender' });
    expect((await buyer.get(`/events/${made.eventId}/award/new`).expect(200)).text).to.include('At least 5');
    await award('4').expect(422, /standstill-too-short/);
    expect(await world.db('award')).to.have.length(0);
    await award('').expect(303);
    // What a tender usually has.
    expect((await world.db('award').first('standstill_days')).standstill_days).to.equal(10);
  });

  describe('its letters', () => {
    it('are made once, in the supplier’s language, with a debrief of its own and nothing of others', async () => {
      await world.db('supplier').where({ id: made.bidders[1]?.supplierId }).update({ language: 'zh-CN' });
      const id = await approved('3');
      const letters = await world.db('award_letter').where({ award_id: id });
      expect(letters).to.have.length(3);
      const lost = letters.find((one) => one.supplier_id === made.bidders[2]?.supplierId);
      expect(lost.content.rank).to.deep.equal({ place: 2, by: 'price' });
      // 37.20 against 35.10, 40.10 against 37.90, 47.75 against 44.85.
      expect(lost.content.lines.map((line: { distance: string }) => line.distance)).to.deep.equal([
        'up-to-10',
        'up-to-10',
        'up-to-10',
      ]);
      expect(JSON.stringify(lost.content)).to.not.match(/Huaqiang|Müller|35\.1|37\.9|44\.85/);
      const names = await world.db('document').where({ kind: 'award-letter' }).pluck('file_name');
      expect(names.filter((name) => name.includes('结果通知'))).to.have.length(1);
      const page = await loser.get(`/awards/${id}/letter`).expect(200);
      expect(page.text)
        .to.include('your bid was number 2 of the complete bids')
        .and.to.include('5 to 10 %')
        .and.to.include(`/documents/${lost.document_id}/`);
      const file = await loser
        .get(`/documents/${lost.document_id}/letter.pdf`)
        .buffer(true)
        .parse(asBuffer)
        .expect(200);
      expect(createHash('sha256').update(file.body).digest('hex')).to.equal(lost.document_sha256);
      await winner.get(`/documents/${lost.document_id}/letter.pdf`).expect(404);
      expect((await approver.get(`/awards/${id}`).expect(200)).text).to.include(lost.document_id);

      const [act] = await world.db('event').where({ action: 'award.approved' });
      await sendLetters(world.house.runInTx, {
        awardId: id,
        actId: act.id,
        actor: system('test'),
        catalogue: world.house.catalogue,
      });
      expect(await world.db('award_letter').orderBy('id').pluck('document_sha256')).to.have.members(
        letters.map((one) => one.document_sha256),
      );
      const mails = await world.db('notification').whereIn('template', ['award-won', 'award-lost']);
      expect(mails).to.have.length(3);
      for (const mail of mails) expect(mail.document_id).to.be.a('string');
    });
  });
});

/** Three working days after Monday the 9th of March in Shanghai: the end of Thursday the 12th. */
const STANDSTILL_ENDS = '2026-03-12T16:00:00.000Z';

const asBuffer: Parameters<Test['parse']>[0] = (
  res: unknown,
  done: (error: Error | null, body: Buffer) => void,
): void => {
  const stream = res as NodeJS.ReadableStream;
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  stream.on('end', () => done(null, Buffer.concat(parts)));
};
