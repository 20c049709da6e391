import { expect } from 'chai';
import { issueSignInLink } from '../../src/identity/index.ts';
import { deactivatePerson } from '../../src/identity/people/standing.service.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('closing and opening an account', () => {
  let world: World;
  let administrator: Visitor;
  let person: Actor;
  beforeEach(async () => {
    world = await makeWorld();
    administrator = await world.as(await world.staff('administrator'));
    person = await world.staff('approver');
  });
  afterEach(() => world.close());

  const versionOf = async (of: Actor) =>
    (await world.db('user_account').where({ id: of.userId }).first('version')).version as number;
  const move = async (noun: string, to: Actor, reason = 'Left the company') =>
    administrator.post(`/people/${to.userId}/${noun}`, { reason, version: await versionOf(to) });
  const acts = (of: Actor) =>
    world.db('event').where({ subject_id: of.userId }).whereNot({ action: 'user.created' }).pluck('action');

  /** Until a transaction waits for the lock that another one holds. */
  const somebodyWaits = async (): Promise<void> => {
    const waiting = await world
      .db('pg_locks')
      .where({ locktype: 'advisory', granted: false })
      .whereRaw('database = (SELECT oid FROM pg_database WHERE datname = current_database())');
    if (waiting.length === 0) return somebodyWaits();
  };

  it('puts the person out at the next request, and lets it in again once it is opened', async () => {
    const browser = await world.as(person);
    await browser.get('/').expect(200);
    expect((await move('deactivation', person)).status).to.equal(303);
    expect(await world.db('web_session').whereRaw(`sess ->> 'userId' = ?`, [person.userId])).to.have.length(
      0,
    );
    await browser.get('/').expect(303).expect('Location', '/sign-in');
    expect((await administrator.get(`/people/${person.userId}`)).text).to.include('Open the account again');
    expect((await move('reactivation', person, 'Came back')).status).to.equal(303);
    await (await world.as(person)).get('/').expect(200);
    expect(await acts(person)).to.deep.equal(['user.deactivated', 'user.reactivated']);
    const [event] = await world.db('event').where({ action: 'user.reactivated' });
    expect(event.reason).to.equal('Came back');
  });

  it('opens no door that was open before: links mailed earlier stay used up', async () => {
    const { actor: contact, userId } = await makeSupplier(world);
    const token = await world.runInTx(system('test'), (ctx) =>
      issueSignInLink(ctx, { userId, purpose: 'invitation', returnTo: null }),
    );
    await world.visitor().get(`/sign-in/link/${token}`).expect(200);
    await move('deactivation', contact);
    await move('reactivation', contact);
    await world.visitor().get(`/sign-in/link/${token}`).expect(410);
  });

  it('refuses without a reason, twice, and for oneself; nothing is left of it', async () => {
    expect((await move('deactivation', person, ' ')).status).to.equal(422);
    expect((await move('reactivation', person)).text).to.include('person.is-active');
    expect((await move('deactivation', administrator.actor)).text).to.include(
      'person.deactivated-by-oneself',
    );
    expect(await acts(person)).to.deep.equal([]);
    expect(await acts(administrator.actor)).to.deep.equal([]);
    await administrator.get('/').expect(200);
  });

  it('refuses a change of what somebody else changed meanwhile', async () => {
    const version = await versionOf(person);
    await move('deactivation', person);
    await administrator
      .post(`/people/${person.userId}/reactivation`, { reason: 'x', version })
      .expect(409, /person\.changed-meanwhile/);
  });

  it('keeps the last administrator, whoever asks', async () => {
    const of = administrator.actor;
    const refused = await refusal(
      world.runInTx(system('directory'), async (ctx) =>
        deactivatePerson(ctx, { userId: of.userId ?? '', reason: 'x', version: await versionOf(of) }),
      ),
    );
    expect(refused.code).to.equal('role.last-administrator');
    await administrator.get('/').expect(200);
  });

  it('keeps one of the last two administrators, when each closes the other at the same moment', async () => {
    const other = await world.as(await world.staff('administrator'));
    const versions = [await versionOf(administrator.actor), await versionOf(other.actor)] as const;
    let endFirst = (): void => undefined;
    const mayEnd = new Promise<void>((resolve) => {
      endFirst = resolve;
    });
    let first: Promise<void> = Promise.resolve();
    await new Promise<void>((isClosed) => {
      first = world.runInTx(administrator.actor, async (ctx) => {
        await deactivatePerson(ctx, { userId: other.actor.userId ?? '', reason: 'x', version: versions[1] });
        isClosed();
        await mayEnd;
      });
    });
    const second = refusal(
      world.runInTx(other.actor, (ctx) =>
        deactivatePerson(ctx, {
          userId: administrator.actor.userId ?? '',
          reason: 'x',
          version: versions[0],
        }),
      ),
    );
    await Promise.race([second.catch(() => null), somebodyWaits()]);
    endFirst();
    await first;
    expect((await second).code).to.equal('role.last-administrator');
  });

  it('ends every session of somebody, who then signs in anew', async () => {
    const browsers = [await world.as(person), await world.as(person)];
    expect((await administrator.get(`/people/${person.userId}`)).text).to.include('Sign out everywhere');
    await administrator.post(`/people/${person.userId}/sign-out`).expect(303);
    for (const browser of browsers) await browser.get('/').expect(303);
    await administrator.get('/').expect(200);
    expect(await acts(person)).to.deep.equal(['user.signed-out-everywhere']);
  });

  it('closes the account of a supplier too, but leaves its roles to the supplier', async () => {
    const { actor: contact } = await makeSupplier(world);
    const page = await administrator.get(`/people/${contact.userId}`).expect(200);
    expect(page.text).to.not.include('Grant a role');
    const answer = await administrator.post(`/people/${contact.userId}/roles`, {
      role: 'buyer',
      reason: 'x',
      version: await versionOf(contact),
    });
    expect(answer.text).to.include('role.supplier-decides');
    expect((await move('deactivation', contact)).status).to.equal(303);
    expect(await world.db('user_role').where({ user_id: contact.userId, role: 'buyer' })).to.have.length(0);
  });

  it('is not for auditors, nor for suppliers', async () => {
    const auditor = await world.as(await world.staff('auditor'));
    await auditor
      .post(`/people/${person.userId}/deactivation`, { reason: 'x', version: await versionOf(person) })
      .expect(403);
    const supplier = await world.as((await makeSupplier(world)).actor);
    await supplier.get('/people').expect(404);
    expect(await acts(person)).to.deep.equal([]);
  });
});
