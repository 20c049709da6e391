import { expect } from 'chai';
import { qualify } from '../support/factories/qualifications.ts';
import { draftEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('an event that is open to every qualified supplier', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());

  const qualified = async () => {
    const made = await makeSupplier(world);
    await qualify(world, made);
    return made;
  };
  const openToAll = async () => {
    const made = await draftEvent(world);
    const buyer = await world.as(made.buyer);
    await buyer
      .upload(`/events/${made.eventId}/invitations`, { audience: 'qualified', next: 'save' }, {})
      .expect(303);
    await buyer.post(`/events/${made.eventId}/publication`).expect(303);
    return { ...made, buyerPage: buyer };
  };

  it('needs no invitation to be published; a supplier finds it, joins it and bids, and sees nobody else', async () => {
    const { eventId, buyerPage } = await openToAll();
    const [one, other] = [await qualified(), await qualified()];
    const supplier = await world.as(one.actor);
    expect((await supplier.get('/bids')).text).to.include('Open to every qualified supplier (1)');
    await supplier.get(`/bids/invitations/${eventId}`).expect(404);
    expect((await supplier.get(`/bids/open/${eventId}`).expect(200)).text).to.include('Brackets');
    await supplier.post(`/bids/open/${eventId}/participation`).expect(303);
    await supplier.post(`/bids/open/${eventId}/participation`).expect(404);
    expect((await supplier.get('/bids')).text).not.to.include('Open to every qualified');
    const begun = await supplier.post(`/bids/invitations/${eventId}/bid`).expect(303);
    expect(begun.headers['location']).to.match(/\/bids\/.+\/edit/);
    const second = await world.as(other.actor);
    await second.post(`/bids/open/${eventId}/participation`).expect(303);
    const page = (await second.get(`/bids/invitations/${eventId}`)).text;
    expect(page).not.to.include(one.name);
    expect((await buyerPage.get(`/events/${eventId}`)).text).to.include('joined by itself');
    expect(await world.db('event').where({ action: 'invitation.joined' })).to.have.length(2);
  });

  it('is not there for who is on hold, was uninvited or comes too late, and one for the invited alone not for anybody', async () => {
    const { eventId, buyerPage } = await openToAll();
    const onHold = await qualified();
    await world.db('supplier').where({ id: onHold.supplierId }).update({ state: 'on_hold' });
    await (await world.as(onHold.actor)).post(`/bids/open/${eventId}/participation`).expect(404);
    const taken = await qualified();
    await (await world.as(taken.actor)).post(`/bids/open/${eventId}/participation`).expect(303);
    await buyerPage
      .post(`/events/${eventId}/invited/${taken.supplierId}/removal`, { reason: 'x' })
      .expect(303);
    await (await world.as(taken.actor)).post(`/bids/open/${eventId}/participation`).expect(404);
    const late = await qualified();
    world.setNow('2026-03-09T09:00:00Z');
    await (await world.as(late.actor)).post(`/bids/open/${eventId}/participation`).expect(404);
    expect(await world.db('invitation').pluck('state')).to.deep.equal(['uninvited']);
    world.setNow('2026-03-02T10:00:00Z');
    await world.db('sourcing_event').where({ id: eventId }).update({ audience: 'invited' });
    await (await world.as(late.actor)).post(`/bids/open/${eventId}/participation`).expect(404);
    expect(await world.db('invitation')).to.have.length(1);
  });

  it('may be widened to everybody once it is out, and not narrowed again', async () => {
    const { eventId, buyerPage } = await openToAll();
    await buyerPage
      .upload(`/events/${eventId}/invitations`, { audience: 'invited', next: 'save' }, {})
      .expect(422);
    expect(await world.db('sourcing_event').pluck('audience')).to.deep.equal(['qualified']);
  });

  it('is there for who is qualified for its category and plant, until and with the last day, and for nobody else', async () => {
    const { eventId } = await openToAll();
    const unqualified = await makeSupplier(world);
    const ending = await makeSupplier(world);
    await qualify(world, { ...ending, validUntil: '2026-03-05' });
    const elsewhere = await makeSupplier(world);
    await qualify(world, elsewhere);
    // A decision for the plant goes before one for all plants.
    const ofPlant = await qualify(world, { ...elsewhere, plantCode: 'QD01' });
    await world.db('qualification').where({ id: ofPlant }).update({ state: 'disqualified', outcome: null });
    for (const none of [unqualified, elsewhere]) {
      const page = await world.as(none.actor);
      expect((await page.get('/bids')).text).not.to.include('Open to every');
      await page.post(`/bids/open/${eventId}/participation`).expect(404);
    }
    world.setNow('2026-03-06T01:00:00Z');
    await (await world.as(ending.actor)).post(`/bids/open/${eventId}/participation`).expect(404);
    world.setNow('2026-03-05T20:00:00Z');
    await (await world.as(ending.actor)).post(`/bids/open/${eventId}/participation`).expect(303);
    expect(await world.db('invitation').pluck('supplier_id')).to.deep.equal([ending.supplierId]);
  });
});
