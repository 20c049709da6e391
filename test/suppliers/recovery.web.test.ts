import { expect } from 'chai';
import { job as sweep } from '../../jobs/suppliers/every-minute-complete-due-recoveries.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import type { JobHouse } from '../../src/platform/queue/job.ts';
import { addColleague, makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const NEW = 'petra@orbit.example';

describe('giving a supplier a new administrator', () => {
  let world: World;
  let made: Awaited<ReturnType<typeof makeSupplier>>;
  let ana: Visitor;
  let ben: Visitor;
  let bossContact: string;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeSupplier(world, { name: 'Orbit Fasteners' });
    ana = await world.as(await world.staff('buyer'));
    ben = await world.as(await world.staff('administrator'));
    bossContact = (await world.db('supplier_contact').where({ user_id: made.userId }).first()).id;
  });
  afterEach(() => world.close());

  const row = () => world.db('supplier_recovery').first();
  const people = () => world.db('user_account').where({ supplier_id: made.supplierId });
  const mailTo = (address: string) => world.mails.filter((mail) => mail.to.address === address);
  const form = (over: Record<string, string> = {}) => ({
    reason: 'The only administrator died',
    replacedContactId: bossContact,
    name: 'Petra Novak',
    email: NEW,
    phone: '',
    locale: 'en',
    timeZone: 'Europe/Berlin',
    ...over,
  });
  const request = async (over: Record<string, string> = {}): Promise<string> => {
    const answer = await ana.post(`/suppliers/${made.supplierId}/recoveries`, form(over)).expect(303);
    return String(answer.headers['location']);
  };
  const decide = (who: Visitor, path: string, decision: string, reason = '') =>
    who.post(`${path}/decision`, { decision, reason });
  const runSweeper = () => sweep.run({ runInTx: world.house.runInTx } as JobHouse);
  const again = async (iso: string): Promise<void> => {
    world.setNow(iso);
    ana = await world.as(ana.actor);
    ben = await world.as(ben.actor);
  };

  it('takes two: who asked cannot decide, and nobody is let in by the request', async () => {
    const path = await request();
    await ana.get(path).expect(200, /somebody else decides/);
    await decide(ana, path, 'approve').expect(422, /needs-a-second-person/);
    expect(await row()).to.include({ state: 'requested', decided_by: null });
    expect(await people()).to.have.length(1);
  });

  it('takes two also in the table itself', async () => {
    const path = await request();
    await decide(ben, path, 'approve').expect(303);
    let refused: unknown;
    await world
      .db('supplier_recovery')
      .update({ decided_by: ana.actor.userId })
      .catch((error: unknown) => {
        refused = error;
      });
    expect(String(refused)).to.include('violates check constraint');
  });

  it('takes two also when one acts in the place of the other', async () => {
    const path = await request();
    const inPlace: Actor = {
      ...ben.actor,
      onBehalfOf: { userId: ana.actor.userId ?? '', name: ana.actor.name },
    };
    const { decideRecovery } = await import('../../src/suppliers/index.ts');
    let code: unknown;
    await world
      .runInTx(inPlace, (ctx) =>
        decideRecovery(ctx, { recoveryId: path.split('/').at(-1) ?? '', decision: 'approve', reason: '' }),
      )
      .catch((error: { code: string }) => {
        code = error.code;
      });
    expect(code).to.equal('supplier_recovery.needs-a-second-person');
  });

  it('waits on the home page of who can decide, and of nobody who asked', async () => {
    const path = await request();
    expect((await ben.get('/').expect(200)).text).to.include(path);
    expect((await ana.get('/').expect(200)).text).not.to.include(path);
    const auditor = await world.as(await world.staff('approver'));
    expect((await auditor.get('/').expect(200)).text).not.to.include(path);
    await auditor.get(path).expect(403);
    expect((await (await world.as(made.actor)).get('/').expect(200)).text).to.include('become administrator');
  });

  it('tells all the supplier’s people at once, with the reason and until when they may object', async () => {
    const seller = await addColleague(world, made.supplierId);
    await request();
    await world.drainJobs();
    for (const address of [made.email, seller.email]) {
      const [mail] = mailTo(address).filter((one) => one.subject.includes('Petra Novak'));
      expect(mail?.text).to.include('The only administrator died').and.to.include(NEW);
    }
    const page = await (await world.as(seller.actor)).get('/company').expect(200);
    expect(page.text).to.include('Petra Novak').and.to.include('/objection');
  });

  it('is carried out when the time for objections is over, not a moment before; sessions end at the approval', async () => {
    const boss = await world.as(made.actor);
    const path = await request();
    await boss.get('/').expect(200);
    await decide(ben, path, 'approve').expect(303);
    await boss.get('/').expect(303);
    await runSweeper();
    expect((await row()).state).to.equal('approved');
    await again('2026-03-03T09:59:59Z');
    await runSweeper();
    expect(await people()).to.have.length(1);
    await again('2026-03-03T10:00:00Z');
    await runSweeper();
    await runSweeper();
    await world.drainJobs();
    expect((await row()).state).to.equal('completed');
    const petra = await world.db('user_account').where({ email: NEW }).first();
    expect(await world.db('user_role').where({ user_id: petra.id }).pluck('role')).to.include(
      'supplier_administrator',
    );
    expect(await world.db('user_account').where({ id: made.userId }).first()).to.include({
      is_active: false,
    });
    expect(await world.db('supplier_contact').where({ user_id: petra.id }).first()).to.include({
      is_primary: true,
    });
    const link = /\/sign-in\/link\/[\w-]{43}/.exec(mailTo(NEW).at(-1)?.text ?? '')?.[0] ?? '';
    await world
      .visitor()
      .get(link)
      .expect(200, /Petra Novak/);
    const [issued] = await world.db('sign_in_link').where({ user_id: petra.id });
    expect(issued.expires_at.getTime() - world.now().getTime()).to.equal(72 * 60 * 60_000);
    const acts = await world
      .db('event')
      .where({ subject_type: 'supplier_recovery' })
      .orderBy('position')
      .pluck('action');
    expect(acts).to.deep.equal([
      'supplier_recovery.requested',
      'supplier_recovery.approved',
      'supplier_recovery.completed',
    ]);
  });

  it('waits for nobody where nobody is left', async () => {
    await world.db('user_account').where({ id: made.userId }).update({ is_active: false });
    const path = await request({ replacedContactId: '' });
    await decide(ben, path, 'approve').expect(303);
    expect((await row()).state).to.equal('completed');
    expect(await world.db('user_account').where({ email: NEW }).first()).to.include({ is_active: true });
  });

  it('lets the same person back in who lost everything, by a new account with the same address', async () => {
    const path = await request({ email: made.email });
    await decide(ben, path, 'approve').expect(303);
    await again('2026-03-03T10:00:00Z');
    await runSweeper();
    const accounts = await people().where({ email: made.email });
    expect(accounts.map((one) => one.is_active)).to.have.members([false, true]);
  });

  describe('an objection', () => {
    it('stops it, is told to both, and is only overruled by a second person with a reason', async () => {
      const path = await request();
      await decide(ben, path, 'approve').expect(303);
      const boss = await world.as(made.actor);
      const id = path.split('/').at(-1) ?? '';
      await boss.post(`/company/recoveries/${id}/objection`, { reason: 'I am alive' }).expect(303);
      await world.drainJobs();
      await again('2026-03-04T10:00:00Z');
      await runSweeper();
      expect(await row()).to.include({ state: 'objected', objection: 'I am alive' });
      expect(await people()).to.have.length(1);
      const told = world.mails.filter(
        (mail) => mail.subject === 'Orbit Fasteners objects to the new administrator',
      );
      expect(told).to.have.length(2);
      await decide(ana, path, 'overrule', 'x').expect(422, /needs-a-second-person/);
      await decide(ben, path, 'overrule').expect(422, /needs-a-reason/);
      await decide(ben, path, 'approve').expect(422, /cannot-approve/);
      expect((await row()).state).to.equal('objected');
      await decide(ben, path, 'overrule', 'Spoke to the owner').expect(303);
      expect((await row()).state).to.equal('completed');
    });

    it('comes too late at the end of the time, and from nobody at another supplier', async () => {
      const path = await request();
      const objection = `/company/recoveries/${path.split('/').at(-1)}/objection`;
      const stranger = await world.as((await makeSupplier(world)).actor);
      await stranger.post(objection, { reason: 'x' }).expect(404);
      world.setNow('2026-03-03T10:00:00Z');
      const boss = await world.as(made.actor);
      await boss.post(objection, { reason: 'x' }).expect(422, /objection-too-late/);
      expect((await row()).state).to.equal('requested');
      world.setNow('2026-03-03T09:59:59Z');
      await (await world.as(made.actor)).post(objection, { reason: 'x' }).expect(303);
    });
  });

  it('is rejected with a reason, or taken back, and then nothing happens', async () => {
    const path = await request();
    await decide(ben, path, 'reject').expect(422, /needs-a-reason/);
    await decide(ben, path, 'reject', 'The number does not answer').expect(303);
    expect((await row()).state).to.equal('rejected');
    const second = await request();
    await ana.post(`${second}/withdrawal`, { reason: 'Sorted out' }).expect(303);
    await again('2026-03-04T10:00:00Z');
    await runSweeper();
    expect(await people()).to.have.length(1);
  });

  it('is asked for once at a time', async () => {
    await request();
    await ana.post(`/suppliers/${made.supplierId}/recoveries`, form()).expect(422, /one-at-a-time/);
    expect(await world.db('supplier_recovery')).to.have.length(1);
  });

  it('is the only way: one of us alone makes no administrator of a supplier that has, or had, people', async () => {
    const contact = {
      name: 'Petra Novak',
      email: NEW,
      phone: '',
      roles: ['supplier_administrator'],
      locale: 'en',
      timeZone: 'Europe/Berlin',
    };
    const path = `/suppliers/${made.supplierId}/contacts`;
    await ana.post(path, contact).expect(422, /administrator-needs-two/);
    await world.db('user_account').where({ id: made.userId }).update({ is_active: false });
    await ana.post(path, contact).expect(422, /administrator-needs-two/);
    await ana.post(`${path}/${bossContact}/reactivation`).expect(422, /administrator-needs-two/);
    expect(await people()).to.have.length(1);
    await ana.post(path, { ...contact, roles: ['supplier_sales'] }).expect(303);
  });
});
