import { expect } from 'chai';
import { draftEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('shortlists of suppliers', () => {
  let world: World;
  let buyer: Visitor;
  before(async () => {
    world = await makeWorld();
    buyer = await world.as(await world.staff('buyer'));
  });
  after(() => world.close());
  const invited = (eventId: string) =>
    world.db('invitation').where({ event_id: eventId }).orderBy('supplier_id').pluck('supplier_id');
  const list = (name: string) => world.db('supplier_shortlist').where({ name }).first();
  const members = async (name: string) =>
    world
      .db('supplier_shortlist_member')
      .where({ shortlist_id: (await list(name)).id })
      .pluck('supplier_id');

  it('are made by hand, from an event, and invited in one act; who is on hold is left out and named', async () => {
    const [one, two, held] = [
      await makeSupplier(world),
      await makeSupplier(world),
      await makeSupplier(world),
    ];
    expect((await buyer.get('/shortlists').expect(200)).text).to.include('No shortlist yet');
    const made = await buyer.post('/shortlists', { name: 'Presses', categoryCode: '' }).expect(303);
    const path = String(made.headers['location']);
    await buyer
      .post('/shortlists', { name: 'PRESSES', categoryCode: '' })
      .expect(422, /You have a list of this name/);
    expect((await buyer.get(`${path}?q=`).expect(200)).text).to.include(two.supplierId);
    const all = [one, two, held].map(({ supplierId }) => supplierId);
    await buyer.post(path, { version: '1', name: 'Presses', supplierId: all }).expect(303);
    await buyer.post(path, { version: '1', name: 'Presses', supplierId: [] }).expect(409);
    expect(await members('Presses')).to.have.members(all);

    const { eventId } = await draftEvent(world, { buyer: buyer.actor });
    expect((await buyer.get(`/events/${eventId}/invitations`).expect(200)).text).to.include('Presses (3)');
    await world.db('supplier').where({ id: held.supplierId }).update({ state: 'on_hold' });
    const { id } = await list('Presses');
    await buyer.post(`/events/${eventId}/invitations/shortlist`, { shortlistId: id }).expect(303);
    expect(await invited(eventId)).to.have.members([one.supplierId, two.supplierId]);
    const act = await world.db('event').where({ action: 'sourcing_event.shortlist-invited' }).first();
    expect(act.changes).to.deep.include({ shortlist: 'Presses', count: 2 });
    expect(act.changes.leftOut).to.have.length(1);

    await buyer.post(`/events/${eventId}/shortlist`, { name: 'Of the RFQ', isShared: 'yes' }).expect(303);
    expect(await members('Of the RFQ')).to.have.members([one.supplierId, two.supplierId]);
  });

  it('are their maker’s alone until shared, and changed by nobody else; an open event tells at once', async () => {
    const other = await world.as(await world.staff('buyer'));
    const [own, shared] = [(await list('Presses')).id, (await list('Of the RFQ')).id];
    await other.get(`/shortlists/${own}`).expect(404);
    expect((await other.get('/shortlists').expect(200)).text)
      .to.include('Of the RFQ')
      .and.not.include('Presses');
    await other.get(`/shortlists/${shared}`).expect(200);
    const form = { version: '1', name: 'Mine now', supplierId: [] };
    await other.post(`/shortlists/${shared}`, form).expect(422, /Only whoever made a list/);
    await other.post(`/shortlists/${shared}/removal`).expect(422);
    const { eventId } = await publishedEvent(world, { buyer: other.actor });
    await other.post(`/events/${eventId}/invitations/shortlist`, { shortlistId: own }).expect(404);
    await other.post(`/events/${eventId}/invitations/shortlist`, { shortlistId: shared }).expect(303);
    expect(await invited(eventId)).to.have.length(4);
    const told = world.db('event').where({ action: 'invitation.issued' });
    expect(await told.whereIn('supplier_id', await members('Of the RFQ'))).to.have.length(2);
    await buyer.post(`/shortlists/${own}/removal`).expect(303);
    expect(await list('Presses')).to.equal(undefined);
    await world.db('supplier').update({ state: 'on_hold' });
    await other
      .post(`/events/${eventId}/invitations/shortlist`, { shortlistId: shared })
      .expect(422, /Nobody on this list/);
  });
});
