import { expect } from 'chai';
import { system } from '../../src/kernel/actor.ts';
import { inviteSuppliers } from '../../src/sourcing/index.ts';
import { mindQualifications } from '../../src/suppliers/index.ts';
import { draftEvent, makeCatalog } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type World } from '../support/world.ts';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');

describe('qualifying a supplier', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
    await makeCatalog(world);
  });
  after(() => world.close());

  it('is asked for with its evidence, decided by somebody else, warned of at invitation, reminded of, and ends', async () => {
    const supplier = await makeSupplier(world);
    const buyer = await world.as(await world.staff('buyer', 'approver'));
    const approver = await world.as(await world.staff('approver'));
    const path = `/suppliers/${supplier.supplierId}/qualifications`;
    expect((await buyer.get(path).expect(200)).text).to.include('Nothing decided yet');
    const form = {
      categoryCode: 'MACH',
      plantCode: '',
      wanted: 'qualified',
      validUntil: '2026-04-30',
      conditions: '',
      reason: 'Process audit of February, 92 %',
    };
    await buyer.upload(path, { ...form, validUntil: '2026-03-02' }, {}).expect(422, /Choose a day to come/);
    await buyer.upload(path, form, { files: ['audit.pdf', PDF] }).expect(303);
    await buyer.upload(path, form, {}).expect(422, /asked for already/);
    const row = () => world.db('qualification').where({ supplier_id: supplier.supplierId }).first();
    const decide = async (decision: string) => ({
      version: String((await row()).version),
      decision,
      comment: '',
    });
    const act = `${path}/${(await row()).id}/decision`;
    await buyer.post(act, await decide('agree')).expect(422, /somebody else decides/);
    await world.drainJobs();
    expect(world.mails.some(({ subject }) => subject.includes('waits for your decision'))).to.equal(true);
    expect((await approver.get('/').expect(200)).text).to.include(path);
    const shown = (await approver.get(path).expect(200)).text;
    expect(shown).to.include('audit.pdf').and.include('Process audit of February');
    await approver.post(act, await decide('refuse')).expect(422, /why you do not agree/);
    await approver.post(act, { ...(await decide('agree')), version: '9' }).expect(409);

    const event = await draftEvent(world, { buyer: buyer.actor });
    const invitations = `/events/${event.eventId}/invitations`;
    expect((await buyer.get(invitations).expect(200)).text).to.include('not qualified');
    await world.runInTx(buyer.actor, async (ctx) => {
      const qualification = { ...ctx.policies.qualification, ofInvited: 'required' as const };
      const strict = { ...ctx, policies: { ...ctx.policies, qualification } };
      const invite = refusal(inviteSuppliers(strict, event.eventId, [supplier.supplierId]));
      expect((await invite).code).to.equal('supplier.not-qualified');
    });
    expect(await world.db('invitation')).to.have.length(0);
    await approver.post(act, await decide('agree')).expect(303);
    expect((await buyer.get(invitations).expect(200)).text).not.to.include('not qualified');

    const mind = () => world.runInTx(system('test'), mindQualifications);
    world.setNow('2026-03-02T12:00:00Z');
    expect([await mind(), await mind()]).to.deep.equal([1, 0]);
    await world.drainJobs();
    expect(world.mails.at(-1)?.subject).to.include('qualification ends');
    world.setNow('2026-04-30T15:59:59Z');
    await mind();
    expect((await row()).state).to.equal('qualified');
    world.setNow('2026-04-30T16:00:00Z');
    expect(await mind()).to.equal(1);
    expect([(await row()).state, (await row()).outcome]).to.deep.equal(['expired', null]);
    const acts = await world
      .db('event')
      .where({ subject_id: (await row()).id })
      .orderBy('position')
      .pluck('action');
    expect(acts.filter((one) => one !== 'document.added')).to.deep.equal([
      'qualification.requested',
      'qualification.decided',
      'qualification.reminded',
      'qualification.reminded',
      'qualification.expired',
    ]);
  });
});
