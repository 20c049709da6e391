import { expect } from 'chai';
import type { Actor } from '../../src/kernel/actor.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('granting a role', () => {
  let world: World;
  let first: Visitor;
  let second: Visitor;
  let person: Actor;
  beforeEach(async () => {
    world = await makeWorld();
    first = await world.as(await world.staff('administrator'));
    second = await world.as(await world.staff('administrator'));
    person = await world.staff('approver');
  });
  afterEach(() => world.close());

  const versionOf = async (of: Actor) =>
    (await world.db('user_account').where({ id: of.userId }).first('version')).version as number;
  const grant = async (by: Visitor, to: Actor, role: string, reason = 'Stands in for Wang Jun') =>
    by.post(`/people/${to.userId}/roles`, { role, reason, version: await versionOf(to) });
  const granted = (of: Actor) =>
    world.db('user_role').where({ user_id: of.userId, source: 'granted' }).orderBy('role').pluck('role');
  const requests = () => world.db('role_grant_request').orderBy('id');
  const acts = () =>
    world
      .db('event')
      .where('action', 'like', 'role_grant_request.%')
      .orWhere('action', 'like', 'user.role-%')
      .orderBy('position')
      .pluck('action');
  /** Asks for a role that needs four eyes; gives the request's page. */
  const ask = async (by: Visitor, to: Actor, role = 'bid_opener'): Promise<string> => {
    return String((await grant(by, to, role)).headers['location']);
  };

  it('gives an ordinary role at once, says from where it is, and tells the person', async () => {
    await grant(first, person, 'requester');
    expect(await granted(person)).to.deep.equal(['requester']);
    const page = await first.get(`/people/${person.userId}`).expect(200);
    expect(page.text).to.include('data-source="granted"').and.to.include('Stands in for Wang Jun');
    expect(page.text).to.include('data-source="group"');
    const [event] = await world.db('event').where({ action: 'user.role-granted' });
    expect(event).to.include({ reason: 'Stands in for Wang Jun', subject_id: person.userId });
    await world.drainJobs();
    expect(world.mails.map((mail) => mail.subject)).to.deep.equal(['You have a new role: Requester']);
  });

  it('holds from the next request on, and no longer once it is taken back', async () => {
    const browser = await world.as(person);
    await browser.get('/deliveries').expect(200);
    const other = await world.staff('requester');
    const otherBrowser = await world.as(other);
    await otherBrowser.get('/awards').expect(403);
    await grant(first, other, 'approver');
    await otherBrowser.get('/awards').expect(200);
    await first
      .post(`/people/${other.userId}/roles/approver/removal`, {
        reason: 'Back again',
        version: await versionOf(other),
      })
      .expect(303);
    await otherBrowser.get('/awards').expect(403);
    expect(await acts()).to.deep.equal(['user.role-granted', 'user.role-removed']);
  });

  it('asks another administrator for administrator, bid opener and finance', async () => {
    for (const role of ['administrator', 'bid_opener', 'finance']) {
      const to = await world.staff('requester');
      const answer = await grant(first, to, role);
      expect(answer.headers['location']).to.match(/^\/people\/role-requests\//);
      expect(await granted(to)).to.deep.equal([]);
    }
    expect((await requests()).map((request) => request.state)).to.deep.equal([
      'pending',
      'pending',
      'pending',
    ]);
  });

  it('tells the other administrators by mail and on their home page', async () => {
    await ask(first, person);
    await world.drainJobs();
    const subjects = world.mails.map((mail) => mail.subject);
    expect(subjects).to.have.length(1);
    expect(subjects[0]).to.include('asks for the role Bid opener');
    expect((await second.get('/').expect(200)).text).to.include('A role request to decide');
    expect((await first.get('/').expect(200)).text).to.not.include('A role request to decide');
  });

  it('gives the role when another administrator grants it, once', async () => {
    const page = await ask(first, person);
    await second.post(`${page}/decision`, { decision: 'grant', reason: '' }).expect(303);
    expect(await granted(person)).to.deep.equal(['bid_opener']);
    expect(await acts()).to.deep.equal([
      'role_grant_request.asked',
      'role_grant_request.granted',
      'user.role-granted',
    ]);
    await second
      .post(`${page}/decision`, { decision: 'grant', reason: '' })
      .expect(422, /role_grant_request\.cannot-grant/);
    expect(await acts()).to.have.length(3);
  });

  it('is not decided by whoever asked, and leaves no trace', async () => {
    const page = await ask(first, person);
    await first
      .post(`${page}/decision`, { decision: 'grant', reason: '' })
      .expect(422, /role_grant_request\.decided-by-who-asked/);
    expect(await granted(person)).to.deep.equal([]);
    expect(await acts()).to.deep.equal(['role_grant_request.asked']);
  });

  it('is not decided by the one it is for, even when that is an administrator meanwhile', async () => {
    const page = await ask(first, second.actor, 'administrator').catch(() => '');
    expect(page).to.equal('undefined');
    const requester = await world.staff('requester');
    const forRequester = await ask(first, requester, 'administrator');
    await world.db('user_role').insert({
      user_id: requester.userId,
      role: 'administrator',
      source: 'group',
      granted_at: world.now(),
    });
    const own = await world.as(requester);
    await own
      .post(`${forRequester}/decision`, { decision: 'grant', reason: '' })
      .expect(422, /role_grant_request\.decided-by-who-gets-it/);
    expect(await granted(requester)).to.deep.equal([]);
  });

  it('is refused with a reason, and without one not at all', async () => {
    const page = await ask(first, person);
    await second
      .post(`${page}/decision`, { decision: 'refuse', reason: '' })
      .expect(422, /role_grant_request\.needs-a-reason/);
    await second.post(`${page}/decision`, { decision: 'refuse', reason: 'Enough openers' }).expect(303);
    const [request] = await requests();
    expect(request).to.include({ state: 'refused', decision_reason: 'Enough openers' });
    expect(await granted(person)).to.deep.equal([]);
    await world.drainJobs();
    expect(world.mails.at(-1)?.subject).to.equal(`Bid opener for ${person.name}: Refused`);
  });

  it('expires after seven days, at that instant, and can be asked for again', async () => {
    const page = await ask(first, person);
    world.setNow('2026-03-09T10:00:00Z');
    const late = await world.as(second.actor);
    await late
      .post(`${page}/decision`, { decision: 'grant', reason: '' })
      .expect(422, /role_grant_request\.has-expired/);
    const { expireRoleRequests } = await import('../../src/identity/index.ts');
    await world.runInTx({ ...first.actor, kind: 'system', userId: null }, expireRoleRequests);
    expect((await requests()).map((request) => request.state)).to.deep.equal(['expired']);
    await ask(await world.as(first.actor), person);
    expect((await requests()).map((request) => request.state)).to.deep.equal(['expired', 'pending']);
  });

  it('is withdrawn by whoever asked only', async () => {
    const page = await ask(first, person);
    await second.post(`${page}/withdrawal`).expect(422, /role_grant_request\.withdrawn-by-who-asked/);
    await first.post(`${page}/withdrawal`).expect(303);
    expect((await requests()).map((request) => request.state)).to.deep.equal(['withdrawn']);
  });

  it('asks for one role of one person once at a time', async () => {
    await ask(first, person);
    expect((await grant(second, person, 'bid_opener')).text).to.include('role_grant_request.waits-already');
    expect(await requests()).to.have.length(1);
  });

  it('refuses to grant a role to oneself', async () => {
    const answer = await grant(first, first.actor, 'requester');
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('role.granted-to-oneself');
    expect(await acts()).to.deep.equal([]);
  });

  it('refuses roles that may not be in one hand, when asked and again when granted', async () => {
    expect((await grant(first, person, 'receiver')).text).to.include('role_conflict.buys-and-receives');
    const requester = await world.staff('requester');
    const page = await ask(first, requester, 'finance');
    await world
      .db('user_role')
      .insert({ user_id: requester.userId, role: 'buyer', source: 'group', granted_at: world.now() });
    await second
      .post(`${page}/decision`, { decision: 'grant', reason: '' })
      .expect(422, /role_conflict\.buys-and-pays/);
    expect(await granted(requester)).to.deep.equal([]);
    expect((await requests())[0].state).to.equal('pending');
  });

  it('needs a reason', async () => {
    expect((await grant(first, person, 'requester', ' ')).status).to.equal(422);
    expect(await granted(person)).to.deep.equal([]);
  });

  it('refuses a change of a person that somebody else changed meanwhile', async () => {
    const seen = await versionOf(person);
    await grant(second, person, 'requester');
    const answer = await first.post(`/people/${person.userId}/roles`, {
      role: 'bid_opener',
      reason: 'x',
      version: seen,
    });
    expect(answer.status).to.equal(409);
    expect(answer.text).to.include('person.changed-meanwhile');
    expect(await requests()).to.have.length(0);
  });

  it('takes back only what was granted here', async () => {
    const answer = await first.post(`/people/${person.userId}/roles/approver/removal`, {
      reason: 'x',
      version: await versionOf(person),
    });
    expect(answer.text).to.include('role.comes-from-a-group');
    expect(await acts()).to.deep.equal([]);
  });

  it('keeps the last administrator', async () => {
    await world
      .db('user_role')
      .where({ user_id: first.actor.userId, role: 'administrator' })
      .update({ source: 'granted' });
    await world.db('user_account').where({ id: second.actor.userId }).update({ is_active: false });
    const answer = await first.post(`/people/${first.actor.userId}/roles/administrator/removal`, {
      reason: 'I leave',
      version: await versionOf(first.actor),
    });
    expect(answer.text).to.include('role.last-administrator');
    await world.db('user_account').where({ id: second.actor.userId }).update({ is_active: true });
    await first
      .post(`/people/${first.actor.userId}/roles/administrator/removal`, {
        reason: 'I leave',
        version: await versionOf(first.actor),
      })
      .expect(303);
  });

  it('is for administrators: an auditor looks and changes nothing, others see nothing', async () => {
    const auditor = await world.as(await world.staff('auditor'));
    expect((await auditor.get(`/people/${person.userId}`).expect(200)).text).to.not.include('Grant a role');
    expect((await grant(auditor, person, 'requester')).status).to.equal(403);
    const buyer = await world.as(await world.staff('buyer'));
    await buyer.get('/people').expect(403);
    expect((await grant(buyer, person, 'requester')).status).to.equal(403);
    expect(await granted(person)).to.deep.equal([]);
  });
});
