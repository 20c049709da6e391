import { expect } from 'chai';
import type { Agent } from 'supertest';
import { type EvaluatedEvent, evaluatedEvent } from '../support/factories/awards.ts';
import { makeSamlWorld, signInBySaml } from '../support/saml.ts';
import { answerProof, keptForm } from '../support/step-up.ts';
import { asFormFields, type World } from '../support/world.ts';

describe('proving again who one is, before an act that counts', () => {
  let world: World;
  let made: EvaluatedEvent;
  let browser: Agent;
  beforeEach(async () => {
    world = await makeSamlWorld();
    made = await evaluatedEvent(world);
    await world
      .db('user_account')
      .where({ id: made.buyer.userId })
      .update({ idp_entity_id: 'urn:portico:development-idp', name_id: 'li.wei' });
    browser = world.visitor();
    await signInBySaml(world, browser, 'li.wei');
  });
  afterEach(() => world.close());

  const later = (minutes: number) =>
    world.setNow(new Date(world.now().getTime() + minutes * 60_000).toISOString());
  const form = () => ({
    lines: [0, 1, 2].map((line) => ({
      eventItemId: made.items[line]?.id ?? '',
      supplierId: made.bidders[line === 1 ? 1 : 0]?.supplierId ?? '',
      quantity: ['12000', '8500', '6000'][line] ?? '',
      reason: '',
    })),
    justification: 'Kept "as typed"\r\n<over> two lines & 中文',
    debrief: '',
  });
  /** Sends the award's form as the browser has it open. */
  const propose = async (of = browser, typed = form()) => {
    const page = await of.get(`/events/${made.eventId}/award/new`).expect(200);
    const fields = asFormFields(typed);
    const csrf = /name="_csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
    return of.post(`/events/${made.eventId}/award`).type('form').send(`${fields}&_csrf=${csrf}`).redirects(0);
  };
  const awards = () => world.db('award');

  it('lets the act through while the sign-in is fresh', async () => {
    expect((await propose()).headers['location']).to.match(/^\/awards\//);
  });

  it('holds the act back after five minutes, and leaves no trace of it', async () => {
    later(5);
    const held = await propose();
    expect(held.status).to.equal(303);
    expect(held.headers['location']).to.match(/^\/proof\?form=/);
    expect(await awards()).to.have.length(0);
    expect(await world.db('event').whereLike('action', 'award.%')).to.have.length(0);
    const page = await browser.get(held.headers['location'] ?? '').expect(200);
    expect(page.text).to.include('Propose the award').and.to.include('/proof/single-sign-on?form=');
  });

  it('is asked for only once the form holds: what is wrong is said first, with everything as it was typed', async () => {
    later(5);
    const wrong = { ...form(), lines: form().lines.map((line) => ({ ...line, quantity: '99999' })) };
    const page = await propose(browser, wrong);
    expect(page.status).to.equal(422);
    expect(page.text)
      .to.include('award.more-than-asked')
      .and.include('&lt;over&gt; two lines')
      .and.include('99999');
    expect(await world.db('interrupted_form')).to.have.length(0);
    expect((await propose()).headers['location']).to.match(/^\/proof\?form=/);
    expect(await awards()).to.have.length(0);
    expect(await world.db('approval').where({ document_type: 'award' })).to.have.length(0);
  });

  it('goes on after single sign-on with everything that was typed', async () => {
    later(6);
    const held = await propose();
    const onwards = await answerProof(world, browser, { from: held, person: 'li.wei' });
    expect(onwards.status).to.equal(303);
    expect(onwards.headers['location']).to.match(/^\/proof\/continuation\?form=/);
    const page = await browser.get(onwards.headers['location'] ?? '').expect(200);
    const waiting = keptForm(page.text);
    expect(waiting.action).to.equal(`/events/${made.eventId}/award`);
    const sent = await browser.post(waiting.action).type('form').send(waiting.fields).redirects(0);
    expect(sent.headers['location']).to.match(/^\/awards\//);
    const [award] = await awards();
    expect(award).to.include({ justification: 'Kept "as typed"\r\n<over> two lines & 中文' });
    expect(await world.db('award_line')).to.have.length(3);
    const proved = await world.db('event').where({ action: 'user.proved' });
    expect(proved.map((act) => [act.actor_id, act.changes.method])).to.deep.equal([
      [made.buyer.userId, 'saml'],
    ]);
  });

  it('asks the identity provider to ask anew, and takes no answer that only repeats an old sign-in', async () => {
    later(6);
    const held = await propose();
    const refused = await answerProof(world, browser, { from: held, person: 'li.wei', isOld: true });
    expect(refused.text).to.include('not-proved-anew');
    expect((await propose()).headers['location']).to.match(/^\/proof/);
    expect(await awards()).to.have.length(0);
  });

  it('does not take the proof of somebody else, and nobody is signed in as them', async () => {
    await signInBySaml(world, world.visitor(), 'ana');
    later(6);
    const held = await propose();
    const refused = await answerProof(world, browser, { from: held, person: 'ana' });
    expect(refused.status).to.equal(403);
    expect(refused.text).to.include('data-code="proof.another-person"');
    expect((await browser.get('/').expect(200)).text)
      .to.include('李伟')
      .and.not.to.include('Ana Costa');
    expect((await propose()).headers['location']).to.match(/^\/proof/);
  });

  it('changes the session id, so that one known before opens nothing', async () => {
    later(6);
    const held = await propose();
    const sidsBefore = await world.db('web_session').pluck('sid');
    await answerProof(world, browser, { from: held, person: 'li.wei' });
    const sids = await world.db('web_session').pluck('sid');
    expect(sids).to.have.length(1);
    expect(sidsBefore).not.to.include(sids[0]);
    await browser.get('/').expect(200);
  });

  it('gives what waits to nobody else, and to nobody after ten minutes', async () => {
    later(6);
    const held = await propose();
    const id = held.headers['location']?.replace('/proof?form=', '') ?? '';
    const other = await world.as(await world.staff('buyer'));
    await other.get(`/proof/continuation?form=${id}`).expect(404);
    await other.get(`/proof?form=${id}`).expect(303);
    later(10);
    await browser.get(`/proof?form=${id}`).expect(404);
  });

  it('keeps what waits sealed: the table shows neither prices nor words', async () => {
    later(6);
    await propose();
    const [row] = await world.db('interrupted_form');
    expect(Buffer.from(row.sealed_form).toString('latin1')).not.to.include('as typed');
    expect(JSON.stringify({ ...row, sealed_form: '' })).not.to.include('12000');
  });

  it('does not hand a form on before the proof, though its address is known', async () => {
    later(6);
    const held = await propose();
    const id = held.headers['location']?.replace('/proof?form=', '') ?? '';
    await browser.get(`/proof/continuation?form=${id}`).expect(303).expect('Location', `/proof?form=${id}`);
  });

  it('leads to no other site afterwards', async () => {
    await browser.get('/proof?to=https://evil.example/').expect(303).expect('Location', '/');
    await browser.get('/proof?to=//evil.example').expect(303).expect('Location', '/');
    await browser.get('/proof?to=/security').expect(303).expect('Location', '/security');
  });

  it('takes the answer to an ordinary sign-in for a sign-in, and not for the proof', async () => {
    later(6);
    const held = await propose();
    const proof = await browser.get(held.headers['location'] ?? '').expect(200);
    await browser.get(/href="(\/proof\/single-sign-on[^"]*)"/.exec(proof.text)?.[1] ?? '').expect(302);
    await signInBySaml(world, browser, 'li.wei');
    expect(await world.db('event').where({ action: 'user.proved' })).to.have.length(0);
    expect((await propose()).headers['location']).to.match(/^\/awards\//);
  });
});
