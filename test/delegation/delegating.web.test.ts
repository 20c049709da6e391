import { expect } from 'chai';
import { noteRunOutDelegations } from '../../src/identity/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { addDays, type Day, dayIn, startOfDay } from '../../src/kernel/time.ts';
import { type EvaluatedEvent, evaluatedEvent } from '../support/factories/awards.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

/** Where the staff of a test live. */
const ZONE = 'Asia/Shanghai';

describe('acting for somebody absent', () => {
  let world: World;
  let made: EvaluatedEvent;
  let ana: Actor;
  let bo: Actor;
  let today: Day;
  let days: { fromOn: Day; untilOn: Day };
  beforeEach(async () => {
    world = await makeWorld();
    made = await evaluatedEvent(world);
    ana = await world.staff('approver');
    bo = await world.staff('requester');
    today = dayIn(world.now(), ZONE);
    days = { fromOn: today, untilOn: addDays(today, 1) };
  });
  afterEach(() => world.close());

  const delegate = async (by: Actor, to: Actor, form: Record<string, unknown> = {}) =>
    (await world.as(by)).post('/delegations', {
      delegateId: to.userId,
      roles: ['approver'],
      ...days,
      note: '',
      ...form,
    });
  const lines = () =>
    [0, 1, 2].map((line) => ({
      eventItemId: made.items[line]?.id ?? '',
      supplierId: made.bidders[line === 1 ? 1 : 0]?.supplierId ?? '',
      quantity: ['12000', '8500', '6000'][line] ?? '',
      reason: '',
    }));
  const propose = async (by: Visitor): Promise<string> => {
    const form = { lines: lines(), justification: '', debrief: '' };
    const { headers } = await by.post(`/events/${made.eventId}/award`, form).expect(303);
    return String(headers['location']);
  };
  const proposedBy = async (actor: Actor) => propose(await world.as(actor));
  const approve = async (by: Actor, award: string) => (await world.as(by)).post(`${award}/approval`);
  const stateOfAward = async () => (await world.db('award').first()).state;
  const asSystem = <T>(work: Parameters<typeof world.runInTx<T>>[1]) => world.runInTx(system('test'), work);

  it('lets the delegate do it, in its own name and for whom, on the record and on the page', async () => {
    await delegate(ana, bo, { note: 'Call me if it burns' });
    const award = await proposedBy(made.buyer);
    const answer = await approve(bo, award);
    expect(answer.status).to.equal(303);
    expect(await stateOfAward()).not.to.equal('pending_approval');
    const act = await world.db('event').where({ action: 'award.approved' }).first();
    expect(act).to.include({
      actor_id: bo.userId,
      actor_name: bo.name,
      on_behalf_of_id: ana.userId,
      on_behalf_of_name: ana.name,
    });
    const page = await (await world.as(made.buyer)).get(award).expect(200);
    expect(page.text).to.include(`${bo.name} for ${ana.name}`);
  });

  it('says for nobody what the delegate does by a role of its own', async () => {
    const carl = await world.staff('approver');
    await delegate(ana, carl);
    await approve(carl, await proposedBy(made.buyer));
    const act = await world.db('event').where({ action: 'award.approved' }).first();
    expect(act).to.include({ actor_id: carl.userId, on_behalf_of_id: null });
  });

  it('holds from the first day until the end of the last, in the zone of who is away', async () => {
    const tomorrow = addDays(today, 1);
    await delegate(ana, bo, { fromOn: tomorrow, untilOn: tomorrow });
    const award = await proposedBy(made.buyer);
    const begins = startOfDay(tomorrow, ZONE).getTime();
    const ends = startOfDay(addDays(tomorrow, 1), ZONE).getTime();
    const at = (ms: number) => world.setNow(new Date(ms).toISOString());
    at(begins - 1);
    expect((await approve(bo, award)).status).to.equal(403);
    at(begins);
    await (await world.as(bo)).get(award).expect(200);
    at(ends - 1);
    await (await world.as(bo)).get(award).expect(200);
    at(ends);
    expect((await approve(bo, award)).status).to.equal(403);
    expect(await stateOfAward()).to.equal('pending_approval');
  });

  describe('never leads into self-approval', () => {
    beforeEach(async () => {
      // One who both buys and approves: what it proposed, another must approve.
      await world
        .db('user_role')
        .insert({ user_id: ana.userId, role: 'buyer', granted_at: world.now(), source: 'group' });
    });
    const refused = async (by: Actor, award: string) => {
      const answer = await approve(by, award);
      expect(answer.status).to.equal(422);
      expect(answer.text).to.match(/data-code="award\.decided-by-(own-proposer|event-owner)"/);
      expect(await stateOfAward()).to.equal('pending_approval');
      expect(await world.db('event').where({ action: 'award.approved' })).to.have.length(0);
    };

    it('the delegate does not approve for the principal what the principal proposed', async () => {
      await delegate(ana, bo);
      await refused(bo, await proposedBy(ana));
    });

    it('the delegate does not approve for the principal what it proposed itself', async () => {
      const buyer = await world.staff('buyer');
      await delegate(ana, buyer);
      await refused(buyer, await proposedBy(buyer));
    });

    it('the principal, back again, does not approve what was proposed on its behalf', async () => {
      await delegate(ana, bo, { roles: ['buyer'] });
      const award = await proposedBy(bo);
      const act = await world.db('event').where({ action: 'award.proposed' }).first();
      expect(act).to.include({ actor_id: bo.userId, on_behalf_of_id: ana.userId });
      await refused(ana, award);
      expect((await (await world.as(ana)).get(award)).text).not.to.include(`${award}/approval`);
      // Somebody with no hand in it may.
      expect((await approve(await world.staff('approver'), award)).status).to.equal(303);
    });
  });

  it('opens no bids on behalf of anybody', async () => {
    const buyer = await world.staff('buyer');
    await delegate(buyer, bo, { roles: ['buyer'] });
    const answer = await (await world.as(bo)).post(`/events/${made.eventId}/opening`);
    expect(answer.status).to.equal(403);
  });

  it('is not passed on: who acts for somebody has nothing of it to give', async () => {
    await delegate(ana, bo);
    const answer = await delegate(bo, await world.staff('requester'));
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('data-code="delegation.not-own-role"');
    expect(await world.db('delegation')).to.have.length(1);
  });

  it('leaves nobody a role that was given by two people', async () => {
    for (const role of ['bid_opener', 'auditor', 'administrator'] as const) {
      const who = await world.staff(role, 'requester');
      const answer = await delegate(who, bo, { roles: [role] });
      expect(answer.status, role).to.equal(422);
    }
    expect(await world.db('delegation')).to.have.length(0);
  });

  it('refuses a delegate whose own role conflicts', async () => {
    const answer = await delegate(ana, await world.staff('finance'));
    expect(answer.text).to.include('data-code="role_conflict.buys-and-pays"');
    expect(await world.db('delegation')).to.have.length(0);
  });

  it('asks for a fresh proof first', async () => {
    const visitor = await world.as(ana);
    world.setNow(new Date(world.now().getTime() + 5 * 60_000).toISOString());
    const answer = await visitor.post('/delegations', {
      delegateId: bo.userId,
      roles: ['approver'],
      ...days,
      note: '',
    });
    expect(answer.headers['location']).to.match(/^\/proof/);
    expect(await world.db('delegation')).to.have.length(0);
  });

  it('ends at once by either of the two or an administrator, and for nobody else', async () => {
    for (const who of ['principal', 'delegate', 'administrator'] as const) {
      await delegate(ana, bo);
      const { id } = await world.db('delegation').whereNull('ended_at').first();
      const stranger = await world.as(await world.staff('buyer'));
      await stranger.post(`/delegations/${id}/ending`).expect(404);
      const by = { principal: ana, delegate: bo, administrator: await world.staff('administrator') }[who];
      await (await world.as(by)).post(`/delegations/${id}/ending`).expect(303);
      expect((await world.db('delegation').where({ id }).first()).ended_at, who).not.to.equal(null);
    }
    const award = await proposedBy(made.buyer);
    expect((await approve(bo, award)).status).to.equal(403);
  });

  it('ends with the account of either, at the next request', async () => {
    await delegate(ana, bo);
    const award = await proposedBy(made.buyer);
    await (await world.as(bo)).get(award).expect(200);
    await world.db('user_account').where({ id: ana.userId }).update({ is_active: false });
    await (await world.as(bo)).get(award).expect(403);
    expect(await asSystem(noteRunOutDelegations)).to.equal(1);
    expect(await asSystem(noteRunOutDelegations)).to.equal(0);
    const ended = await world.db('event').where({ action: 'delegation.run-out' });
    expect(ended).to.have.length(1);
  });

  it('brings the absent person’s work and notices to the delegate, and says so to those who wait', async () => {
    await delegate(ana, bo, { note: 'On the high seas' });
    await world.drainJobs();
    expect(world.mails.filter((mail) => mail.subject.includes('you act for them'))).to.have.length(1);
    const award = await proposedBy(made.buyer);
    const home = await (await world.as(bo)).get('/').expect(200);
    expect(home.text).to.include(`For ${ana.name}`).and.to.include(award);
    const page = await (await world.as(made.buyer)).get(award).expect(200);
    expect(page.text)
      .to.include(`${ana.name} is absent until`)
      .and.to.include('On the high seas')
      .and.to.include(bo.name);
  });

  it('shows each person its own, and everybody’s to an administrator', async () => {
    await delegate(ana, bo);
    const pageOf = async (actor: Actor) =>
      (await (await world.as(actor)).get('/delegations').expect(200)).text;
    expect(await pageOf(ana)).to.include('Holds now');
    expect(await pageOf(bo)).to.include(`For ${ana.name}`);
    expect(await pageOf(await world.staff('buyer'))).not.to.include('Holds now');
    expect(await pageOf(await world.staff('administrator'))).to.include(`${bo.name} for ${ana.name}`);
  });
});
