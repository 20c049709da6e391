import { expect } from 'chai';
import { job as sweep } from '../../jobs/suppliers/every-minute-activate-due-bank-accounts.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import type { JobHouse } from '../../src/platform/queue/job.ts';
import { addColleague, makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const IBAN = 'DE89370400440532013000';

describe('a supplier’s bank account', () => {
  let world: World;
  let supplierId: string;
  let boss: Actor;
  let seller: { contactId: string; email: string; actor: Actor };
  let caller: Actor;
  let second: Actor;
  beforeEach(async () => {
    world = await makeWorld();
    const made = await makeSupplier(world, { name: 'Orbit Fasteners' });
    supplierId = made.supplierId;
    boss = made.actor;
    seller = await addColleague(world, supplierId);
    await world
      .db('supplier_contact')
      .where({ supplier_id: supplierId })
      .update({ phone: '+49 30 1234-5678' });
    caller = await world.staff('finance');
    second = await world.staff('finance');
  });
  afterEach(() => world.close());

  const row = () => world.db('bank_account_change').orderBy('requested_at', 'desc').first();
  const form = (over: Record<string, string> = {}) => ({
    holder: 'Orbit Fasteners GmbH',
    bankName: 'Commerzbank',
    country: 'DE',
    iban: 'DE89 3704 0044 0532 0130 00',
    accountNumber: '',
    bic: 'COBADEFF',
    clearingCode: '',
    reason: 'We changed our bank',
    ...over,
  });
  const as = (actor: Actor): Promise<Visitor> => world.as(actor);
  const request = async (over: Record<string, string> = {}) =>
    (await as(boss)).post('/bank-accounts', form(over));
  const act = async (who: Actor, what: string, more: Record<string, string> = {}) => {
    const { id, version } = await row();
    return (await as(who)).post(`/bank-accounts/${id}/${what}`, { version: String(version), ...more });
  };
  const call = (who: Actor, more: Record<string, string> = {}) =>
    act(who, 'callback', { contactId: seller.contactId, number: '+49 30 12345678', ...more });
  const runSweeper = () => sweep.run({ runInTx: world.house.runInTx } as JobHouse);
  const approveOne = async (): Promise<void> => {
    expect((await request()).status).to.equal(303);
    expect((await call(caller)).status).to.equal(303);
    expect((await act(second, 'approval')).status).to.equal(303);
  };

  it('comes into use by a request, a call, a second person and three days, and not a moment before', async () => {
    await approveOne();
    expect(await row()).to.include({ state: 'cooling_off', account_tail: '3000' });
    world.setNow('2026-03-05T09:59:59Z');
    await runSweeper();
    expect(await row()).to.include({ state: 'cooling_off' });
    world.setNow('2026-03-05T10:00:00Z');
    await runSweeper();
    expect(await row()).to.include({ state: 'active' });
    const acts = await world.db('event').where('action', 'like', 'bank_account_change.%').orderBy('position');
    expect(acts.map((one) => [one.action.split('.')[1], one.from_state, one.to_state])).to.deep.equal([
      ['requested', null, 'requested'],
      ['verified', 'requested', 'verified_by_callback'],
      ['approved', 'verified_by_callback', 'second_approved'],
      ['cooling-off', 'second_approved', 'cooling_off'],
      ['activated', 'cooling_off', 'active'],
    ]);
  });

  it('stands nowhere in the clear, and is shown whole to finance and to those who may ask for it alone', async () => {
    await approveOne();
    const everything = JSON.stringify([
      await world.db('bank_account_change').select(),
      await world.db('event').select(),
      await world.db('notification').select(),
    ]);
    for (const secret of [IBAN, '0532013000', 'COBADEFF', 'Commerzbank', Buffer.from(IBAN).toString('hex')])
      expect(everything).not.to.include(secret);
    const { id } = await row();
    const see = async (who: Actor) => (await (await as(who)).get(`/bank-accounts/${id}`).expect(200)).text;
    expect(await see(caller)).to.include('DE89 3704 0044 0532 0130 00');
    expect(await see(boss)).to.include('DE89 3704 0044 0532 0130 00');
    for (const who of [seller.actor, await world.staff('auditor')]) {
      const text = await see(who);
      expect(text).to.include('•••• 3000');
      expect(text).not.to.include('COBADEFF');
      expect(text).not.to.include('0532');
    }
    const other = await makeSupplier(world);
    await (await as(other.actor)).get(`/bank-accounts/${id}`).expect(404);
    await (await as(await world.staff('buyer'))).get(`/bank-accounts/${id}`).expect(403);
  });

  it('tells all of the supplier’s people, whatever their rights, at each step that matters', async () => {
    await approveOne();
    await world.drainJobs();
    const mails = world.mails.filter((mail) => mail.to.address === seller.email).map((mail) => mail.subject);
    expect(mails.filter((subject) => subject.includes('3000'))).to.have.lengthOf(1);
    expect(mails.some((subject) => subject.includes('a new bank account for Orbit Fasteners'))).to.equal(
      true,
    );
  });

  describe('is called back', () => {
    beforeEach(async () => {
      await request();
    });

    it('not at whoever asked, while there is somebody else', async () => {
      const { id: contactId } = await world.db('supplier_contact').where({ user_id: boss.userId }).first();
      const answer = await call(caller, { contactId });
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include('Call somebody else at the supplier');
      expect(await row()).to.include({ state: 'requested', verified_by: null });
    });

    it('not on a number that nobody knew, which is kept as it was typed', async () => {
      const answer = await call(caller, { number: '+49 171 999' });
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include('This is not the number we have').and.to.include('+49 171 999');
      expect(await row()).to.include({ state: 'requested', called_number: null });
    });

    it('and approved by somebody else, also in the table itself', async () => {
      await call(caller);
      expect((await act(caller, 'approval')).text).to.include('Somebody else in finance approves');
      expect(await row()).to.include({ state: 'verified_by_callback', approved_by: null });
      let refused: unknown;
      await world
        .db('bank_account_change')
        .update({ approved_by: caller.userId })
        .catch((error: unknown) => {
          refused = error;
        });
      expect(String(refused)).to.include('violates check constraint');
    });

    it('before it is approved', async () => {
      expect((await act(second, 'approval')).status).to.equal(422);
      expect(await row()).to.include({ state: 'requested', approved_by: null });
    });

    it('and waits on the home page of finance, and not of whoever called', async () => {
      const home = async (who: Actor) => (await (await as(who)).get('/').expect(200)).text;
      expect(await home(second)).to.include('1 bank account to check');
      await call(caller);
      expect(await home(second)).to.include('1 bank account to check');
      expect(await home(caller)).not.to.include('bank account to check');
    });
  });

  it('is stopped by an objection of anybody at the supplier, until it is in use; the old one stays', async () => {
    await approveOne();
    const answer = await act(seller.actor, 'objection', { reason: 'Nobody of us asked for this' });
    expect(answer.status).to.equal(303);
    expect(await row()).to.include({ state: 'rejected', rejection_reason: 'Nobody of us asked for this' });
    world.setNow('2026-03-09T10:00:00Z');
    await runSweeper();
    expect(await row()).to.include({ state: 'rejected' });
  });

  it('takes the place of the one before, and there is one in use', async () => {
    await approveOne();
    world.setNow('2026-03-05T10:00:00Z');
    await runSweeper();
    world.setNow('2026-03-06T10:00:00Z');
    await request({ iban: '', accountNumber: '6222 0200 1234', country: 'CN', bic: 'ABOCCNBJ' });
    await call(caller);
    await act(second, 'approval');
    world.setNow('2026-03-09T10:00:00Z');
    await runSweeper();
    const inUse = await world.db('bank_account_change').where({ state: 'active' }).whereNull('ended_at');
    expect(inUse.map((one) => one.account_tail)).to.deep.equal(['1234']);
  });

  it('is asked for one at a time, and refused with words at its field, keeping what was typed', async () => {
    for (const [over, words] of [
      [{ iban: 'DE89370400440532013001' }, 'no valid IBAN'],
      [{ country: 'FR' }, 'of another country'],
      [{ accountNumber: '123' }, 'not both'],
      [{ iban: '' }, 'not both'],
      [{ iban: '', accountNumber: '123', bic: '' }, 'clearing code is needed'],
      [{ bic: 'NO' }, 'A BIC has 8 or 11'],
    ] as const) {
      const answer = await request(over);
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include(words).and.to.include('Orbit Fasteners GmbH');
    }
    expect(await row()).to.equal(undefined);
    await request();
    expect((await request()).text).to.include('under way already');
    expect(await world.db('bank_account_change')).to.have.lengthOf(1);
  });

  it('answers a stale page with 409', async () => {
    await request();
    const { id } = await row();
    const answer = await (await as(caller)).post(`/bank-accounts/${id}/callback`, {
      version: '7',
      contactId: seller.contactId,
      number: '+49 30 12345678',
    });
    expect(answer.status).to.equal(409);
    expect(await row()).to.include({ state: 'requested' });
  });
});
