import { expect } from 'chai';
import { createCalendar } from '../../src/catalog/index.ts';
import { passTimeOnDisputes } from '../../src/disputes/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { type MadeInvoice, makeInvoice } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('disputing an invoice', () => {
  let world: World;
  let made: MadeInvoice;
  let supplier: Visitor;
  let buyer: Visitor;
  let boss: Actor;
  let approver: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeInvoice(world);
    supplier = await world.as(made.order.supplierUser);
    buyer = await world.as(made.order.buyer);
    boss = await world.staff('approver');
    approver = await world.as(boss);
  });
  afterEach(() => world.close());

  const here = () => `/messages/invoice/${made.invoiceId}`;
  const open = async (by: Visitor): Promise<string> => {
    const answer = await by.post(`${here()}/disputes`, {
      topic: 'price',
      title: 'Price of line 1',
      body: 'The price agreed by telephone was another one.',
    });
    expect(answer.status).to.equal(303);
    return String(answer.headers['location']);
  };
  const stateOf = async (path: string): Promise<{ state: string; version: string }> => {
    const { state, version } = await world
      .db('dispute')
      .where({ id: path.split('/').at(-1) })
      .first();
    return { state, version: String(version) };
  };
  const act = async (by: Visitor, path: string, name: string, form: Record<string, string> = {}) =>
    by.post(`${path}/${name}`, { version: (await stateOf(path)).version, ...form });

  const later = async (days: number): Promise<void> =>
    world.setNow(new Date(world.now().getTime() + days * 86_400_000).toISOString());

  it('goes from the supplier’s words over a refused and an accepted proposal to an agreement, each side told', async () => {
    const path = await open(supplier);
    await world.drainJobs();
    expect(world.mails.filter((mail) => mail.subject.includes('Dispute opened'))).to.have.length(1);
    const page = (await buyer.get(path)).text;
    expect(page).to.include('agreed by telephone').and.not.include('Provisional:');
    // Once a calendar says that it knows no holidays beyond today, the due day is said to be provisional.
    const until = world.now().toISOString().slice(0, 10);
    const week = { workingWeekdays: [1, 2, 3, 4, 5], days: [], isCompany: true, confirmedUntil: until };
    const administrator = await world.staff('administrator');
    await world.runInTx(administrator, (ctx) =>
      createCalendar(ctx, { code: 'CN', nameEn: 'China', nameZh: '中国', ...week }),
    );
    for (const side of [buyer, supplier])
      expect((await side.get(path)).text).to.include('Provisional: holidays');
    expect((await act(buyer, path, 'answer', { body: 'We see it otherwise.' })).status).to.equal(303);
    expect((await stateOf(path)).state).to.equal('awaiting_supplier');
    await act(supplier, path, 'proposal', { reason: 'We meet in the middle.' });
    await act(buyer, path, 'refusal', { reason: 'Not in the middle.' });
    expect((await stateOf(path)).state).to.equal('awaiting_supplier');
    await act(supplier, path, 'proposal', { reason: 'Then at a third.' });
    expect((await act(supplier, path, 'acceptance')).status).to.equal(422);
    expect((await act(buyer, path, 'acceptance')).status).to.equal(303);
    expect((await stateOf(path)).state).to.equal('resolved');
    expect((await act(supplier, path, 'answer', { body: 'One more word' })).status).to.equal(422);
    const acts = await world
      .db('event')
      .where({ subject_type: 'dispute' })
      .orderBy('position')
      .pluck('action');
    expect(acts).to.deep.equal([
      'dispute.opened',
      'dispute.answered',
      'dispute.resolution-proposed',
      'dispute.resolution-refused',
      'dispute.resolution-proposed',
      'dispute.resolved',
    ]);
  });

  it('is reminded, then escalated by the clock, and decided by an approver who had no part in it', async () => {
    const path = await open(supplier);
    expect((await act(approver, path, 'decision', { reason: 'Too early' })).status).to.equal(422);
    await later(20);
    await world.runInTx(system('clock'), passTimeOnDisputes);
    expect((await stateOf(path)).state).to.equal('open');
    await later(40);
    await world.runInTx(system('clock'), passTimeOnDisputes);
    expect((await stateOf(path)).state).to.equal('escalated');
    const again = await world.as(await world.staff('approver'));
    expect(
      (await act(again, path, 'decision', { reason: 'The price of the order counts.' })).status,
    ).to.equal(303);
    expect((await stateOf(path)).state).to.equal('decided');
  });

  it('is decided by nobody who answers for it, opened it or proposed in it', async () => {
    const path = await open(supplier);
    await act(supplier, path, 'escalation', { reason: 'No agreement' });
    await world.db('dispute').update({ owner_id: boss.userId });
    expect((await act(approver, path, 'decision', { reason: 'I decide on my own work' })).status).to.equal(
      422,
    );
    expect((await stateOf(path)).state).to.equal('escalated');
    expect((await act(buyer, path, 'decision', { reason: 'I am no approver' })).status).to.equal(403);
  });

  it('shows what both wrote when two act at once, and keeps the later words', async () => {
    const path = await open(supplier);
    const { version } = await stateOf(path);
    await act(buyer, path, 'answer', { body: 'First' });
    const late = await supplier.post(`${path}/answer`, { version, body: 'Written before I saw the first' });
    expect(late.status).to.equal(409);
    expect(late.text).to.include('Written before I saw the first').and.to.include('First');
    expect(await world.db('message').where({ body: 'Written before I saw the first' })).to.have.length(0);
  });

  it('exists for no other supplier, nor for colleagues who read no invoices', async () => {
    const path = await open(supplier);
    const other = await world.as((await makeOrder(world)).supplierUser);
    expect((await other.get(path)).status).to.equal(404);
    expect((await other.get(here())).status).to.equal(404);
    expect((await other.post(here(), { body: 'Let me in' })).status).to.equal(404);
    expect((await act(other, path, 'answer', { body: 'Let me in' })).status).to.equal(404);
    expect((await other.get('/disputes')).text).to.not.include('Price of line 1');
    const receiver = await world.as(await world.staff('receiver'));
    expect((await receiver.get(path)).status).to.equal(404);
    expect((await receiver.get('/disputes')).text).to.not.include('Price of line 1');
    expect(await world.db('message').where({ body: 'Let me in' })).to.have.length(0);
  });

  it('says who has read, once the page was on the screen', async () => {
    const path = await open(supplier);
    expect((await supplier.get(path)).text).to.include('Not read yet');
    expect((await buyer.post(`${path}/reading`)).status).to.equal(204);
    expect((await supplier.get(path)).text).to.not.include('Not read yet');
  });
});

describe('writing on a document', () => {
  it('is read by the other side, told by mail once, and counted on the document', async () => {
    const world = await makeWorld();
    const { order, supplierUser, buyer } = await makeOrder(world);
    const here = `/messages/purchase_order/${order.id}`;
    const supplier = await world.as(supplierUser);
    expect((await supplier.post(here, { body: ' ' })).status).to.equal(422);
    expect(await world.db('message')).to.have.length(0);
    expect((await supplier.post(here, { body: 'May we deliver a day earlier?' })).status).to.equal(303);
    await world.drainJobs();
    await world.drainJobs();
    expect(world.mails.filter((mail) => mail.subject.includes('wrote about'))).to.have.length(1);
    const reader = await world.as(buyer);
    expect((await reader.get(`${here}/summary`)).text)
      .to.include('1 message')
      .and.to.include('1 new');
    expect((await reader.get(here)).text).to.include('a day earlier');
    expect((await reader.get(`/orders/${order.id}`)).text).to.include(`${here}/summary`);
    await world.close();
  });
});
