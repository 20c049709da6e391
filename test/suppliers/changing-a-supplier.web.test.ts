import { expect } from 'chai';
import { inviteSuppliers, publishEvent } from '../../src/sourcing/index.ts';
import { supplierUserIds } from '../../src/suppliers/index.ts';
import { draftEvent } from '../support/factories/sourcing.ts';
import { addColleague, makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('changing a supplier', () => {
  let world: World;
  let buyer: Visitor;
  let made: Awaited<ReturnType<typeof makeSupplier>>;
  let path: string;
  beforeEach(async () => {
    world = await makeWorld();
    buyer = await world.as(await world.staff('buyer'));
    made = await makeSupplier(world, { name: 'Orbit Fasteners' });
    path = `/suppliers/${made.supplierId}`;
  });
  afterEach(() => world.close());
  const row = () => world.db('supplier').where({ id: made.supplierId }).first();
  const acts = (): Promise<string[]> =>
    world.db('event').where({ subject_id: made.supplierId }).orderBy('position').pluck('action');
  const typed = (over: Record<string, string> = {}) => ({
    version: '1',
    name: 'Orbit Fasteners Ltd.',
    country: 'cn',
    address: '2 New Road\nNingbo',
    taxId: '91330200',
    language: 'zh-CN',
    ...over,
  });

  describe('what is known of it', () => {
    it('is shown in its form, saved, and recorded by the names of its fields', async () => {
      await buyer.get(`${path}/edit`).expect(200, /value="Orbit Fasteners"/);
      await buyer.post(`${path}/edit`, typed()).expect(303);
      expect(await row()).to.include({
        name: 'Orbit Fasteners Ltd.',
        tax_id: '91330200',
        language: 'zh-CN',
        version: 2,
      });
      const act = await world.db('event').where({ action: 'supplier.revised' }).first();
      expect(act.changes.fields).to.deep.equal(['name', 'addressLines', 'taxId', 'language']);
    });

    it('shows both to who edits an older version, and leaves no trace', async () => {
      await buyer.post(`${path}/edit`, typed()).expect(303);
      const before = await acts();
      const refused = await buyer.post(`${path}/edit`, typed({ name: 'Orbit & Sons' })).expect(409);
      expect(refused.text)
        .to.include('value="Orbit &amp; Sons"')
        .and.to.match(/<td[^>]*>Orbit Fasteners Ltd\.<\/td>/);
      expect((await row()).name).to.equal('Orbit Fasteners Ltd.');
      expect(await acts()).to.deep.equal(before);
    });

    it('refuses another supplier’s name whatever its case, but takes its own in another', async () => {
      await makeSupplier(world, { name: 'Delta Parts' });
      await buyer.post(`${path}/edit`, typed({ name: 'DELTA parts' })).expect(422, /supplier\.name-in-use/);
      expect(await row()).to.include({ name: 'Orbit Fasteners', version: 1 });
      await buyer.post(`${path}/edit`, typed({ name: 'ORBIT Fasteners' })).expect(303);
    });

    it('is not for who only reads', async () => {
      const finance = await world.as(await world.staff('finance'));
      await finance.get(`${path}/edit`).expect(403);
      await finance.post(`${path}/hold`, { reason: 'x' }).expect(403);
      const page = await finance.get(path).expect(200);
      expect(page.text).not.to.include(`${path}/edit`).and.not.to.include('/deactivation');
    });
  });

  describe('putting it on hold', () => {
    it('keeps it from being invited until it is released, each with a reason', async () => {
      await buyer.post(`${path}/hold`, { reason: 'Quality audit' }).expect(303);
      await buyer.get(path).expect(200, /Quality audit/);
      const { eventId, buyer: owner } = await draftEvent(world);
      const invite = () => world.runInTx(owner, (ctx) => inviteSuppliers(ctx, eventId, [made.supplierId]));
      expect((await refusal(invite())).code).to.equal('supplier.not-invitable');
      expect(await world.db('invitation')).to.have.length(0);
      await buyer.post(`${path}/release`, { reason: 'Passed' }).expect(303);
      await invite();
      expect((await acts()).slice(-2)).to.deep.equal(['supplier.held', 'supplier.released']);
    });

    it('also keeps it from being told of an event that it was chosen for before', async () => {
      const { eventId, buyer: owner } = await draftEvent(world, { suppliers: [made] });
      await buyer.post(`${path}/hold`, { reason: 'Quality audit' }).expect(303);
      const error = await refusal(world.runInTx(owner, (ctx) => publishEvent(ctx, eventId)));
      expect(error.code).to.equal('supplier.not-invitable');
      expect((await world.db('sourcing_event').where({ id: eventId }).first()).state).to.equal('draft');
      expect(await world.db('event').where({ action: 'invitation.issued' })).to.have.length(0);
    });

    it('asks for a reason and happens once, and leaves no trace otherwise', async () => {
      const before = await acts();
      await buyer.post(`${path}/hold`, { reason: ' ' }).expect(422, /id="field-reason-error"/);
      await buyer.post(`${path}/release`, { reason: 'x' }).expect(422, /supplier\.cannot-release/);
      expect((await row()).state).to.equal('registered');
      expect(await acts()).to.deep.equal(before);
    });
  });

  describe('deactivating a contact', () => {
    it('signs it out at once, and tells it nothing any more', async () => {
      const contact = await world.as(made.actor);
      await contact.get('/bids').expect(200);
      const { id } = await world.db('supplier_contact').where({ user_id: made.userId }).first();
      const reason = { reason: 'Left the company', successorId: '' };
      await buyer
        .post(`${path}/contacts/${id}/deactivation`, reason)
        .expect(422, /supplier\.last-administrator/);
      await contact.get('/bids').expect(200);
      await addColleague(world, made.supplierId, { roles: ['supplier_administrator'] });
      await buyer.post(`${path}/contacts/${id}/deactivation`, reason).expect(303);
      await contact.get('/bids').expect(303);
      expect(
        await world.runInTx(buyer.actor, (ctx) => supplierUserIds(ctx, made.supplierId, 'bids')),
      ).not.to.include(made.userId);
      expect(await world.db('supplier_contact').where({ id }).first()).to.include({
        is_primary: false,
        left_reason: 'Left the company',
      });
      await buyer.get(path).expect(200, /deactivated/);
      expect((await acts()).at(-1)).to.equal('supplier.contact-deactivated');
      await buyer.post(`${path}/contacts/${id}/deactivation`, reason).expect(404);
    });

    it('finds no contact of another supplier', async () => {
      const other = await makeSupplier(world);
      const { id } = await world.db('supplier_contact').where({ supplier_id: other.supplierId }).first();
      await buyer.post(`${path}/contacts/${id}/deactivation`, { reason: 'x', successorId: '' }).expect(404);
      expect(await world.db('user_account').where({ id: other.userId }).first()).to.include({
        is_active: true,
      });
    });
  });
});
