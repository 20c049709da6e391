import { expect } from 'chai';
import type { Actor } from '../../src/kernel/actor.ts';
import { type MadeInvoice, makeInvoice, makeReceived } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('deciding on an invoice', () => {
  let world: World;
  let made: MadeInvoice;
  let finance: Actor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeInvoice(world, { supplierNumber: 'INV-9' });
    finance = await world.staff('finance');
  });
  afterEach(() => world.close());
  const path = (act = ''): string => `/invoices/${made.invoiceId}${act}`;
  const row = () => world.db('invoice').where({ id: made.invoiceId }).first();
  const last = () =>
    world.db('event').where({ subject_id: made.invoiceId }).orderBy('position', 'desc').first();
  const version = async (): Promise<number> => (await row()).version;
  const approve = async () => (await world.as(finance)).post(path('/approval'), { version: await version() });
  const pay = async (over: Record<string, unknown> = {}) =>
    (await world.as(finance)).post(path('/payment'), {
      version: await version(),
      paidOn: '2026-03-02',
      paymentReference: 'SEPA 4711',
      ...over,
    });
  const expectStill = async (state: string): Promise<void> => {
    expect(await row()).to.include({ state });
    expect((await last()).to_state).to.equal(state);
  };

  it('waits for finance, who approves it; the supplier is told when it is paid', async () => {
    const home = await (await world.as(finance)).get('/').expect(200);
    expect(home.text).to.include('1 invoice to approve');
    expect((await approve()).status).to.equal(303);
    expect(await row()).to.include({ state: 'approved', approved_by: finance.userId, due_on: '2026-04-01' });
    expect(await last()).to.include({ action: 'invoice.approved', from_state: 'pending_approval' });
    await world.drainJobs();
    expect(world.mails.map((mail) => mail.subject)).to.include('Invoice INV-9 approved, due 1 Apr 2026');
    const page = await (await world.as(made.order.supplierUser)).get(path()).expect(200);
    expect(page.text).to.include('You are paid by 1 Apr 2026').and.not.to.include('/payment"');
  });

  it('shows the supplier each step: received, matched, approved, due, paid', async () => {
    const step = async (): Promise<string> =>
      (await (await world.as(made.order.supplierUser)).get(path()).expect(200)).text.match(
        /aria-current="step">([^<]+)</,
      )?.[1] ?? 'none';
    await world.db('invoice').update({ state: 'submitted' });
    expect(await step()).to.equal('Received');
    await world.db('invoice').update({ state: 'pending_approval' });
    expect(await step()).to.equal('Matched');
    await approve();
    expect(await step()).to.equal('Approved');
    world.setNow('2026-03-31T10:00:00Z');
    expect(await step(), 'the day before').to.equal('Approved');
    world.setNow('2026-04-01T01:00:00Z');
    expect(await step(), 'on the day').to.equal('Due');
    await pay({ paidOn: '2026-04-01' });
    expect(await step()).to.equal('Paid');
  });

  it('is paid with date and reference, and the order closes with the last of its invoices', async () => {
    await approve();
    expect((await pay()).status).to.equal(303);
    expect(await row()).to.include({ state: 'paid', paid_on: '2026-03-02', payment_reference: 'SEPA 4711' });
    expect(await world.db('purchase_order').first()).to.include({ state: 'closed' });
    await world.drainJobs();
    const mail = world.mails.find((one) => one.subject === 'Invoice INV-9 paid');
    expect(mail?.text).to.include('SEPA 4711');
    expect((await pay()).status).to.equal(422);
    await expectStill('paid');
  });

  it('does not close an order while another invoice of it is unpaid, or something is not invoiced', async () => {
    const order = await makeOrder(world);
    const of = await makeReceived(world, { order });
    made = await makeInvoice(world, { of, lines: [{ quantity: '3' }] });
    const rest = await makeInvoice(world, { of, lines: [{ quantity: '7' }, { quantity: '' }] });
    const stateOf = async () =>
      (await world.db('purchase_order').where({ id: order.order.id }).first()).state;
    await approve();
    await pay();
    expect(await stateOf()).to.equal('invoiced');
    made = rest;
    await approve();
    await pay();
    expect(await stateOf()).to.equal('closed');
  });

  it('is rejected with a reason that the supplier reads, and frees what it invoiced', async () => {
    const visitor = await world.as(finance);
    await visitor.post(path('/rejection'), { version: await version(), reason: 'Wrong company' }).expect(303);
    expect(await row()).to.include({ state: 'rejected', rejection_reason: 'Wrong company' });
    expect(await last()).to.include({ action: 'invoice.rejected', reason: 'Wrong company' });
    const schedules = await world.db('po_schedule');
    expect(schedules.map((one) => Number(one.invoiced_quantity))).to.deep.equal([0, 0]);
    await world.drainJobs();
    expect(world.mails.find((mail) => mail.subject === 'Invoice INV-9 rejected')?.text).to.include(
      'Wrong company',
    );
    const supplier = await world.as(made.order.supplierUser);
    expect((await supplier.get(path()).expect(200)).text)
      .to.include('Wrong company')
      .and.to.include('Make a new invoice');
    const again = await makeInvoice(world, { of: made, supplierNumber: 'INV-9' });
    expect(again.invoiceId).not.to.equal(made.invoiceId);
  });

  it('refuses a rejection without a reason', async () => {
    const res = await (await world.as(finance))
      .post(path('/rejection'), { version: await version(), reason: '' })
      .expect(422);
    expect(res.text).to.include('data-code="form.required"');
    await expectStill('pending_approval');
  });

  it('refuses payment before approval, and approval a second time', async () => {
    const early = await pay();
    expect(early.text).to.include('data-code="invoice.cannot-pay"');
    await expectStill('pending_approval');
    await approve();
    const second = await approve();
    expect(second.status).to.equal(422);
    expect(second.text).to.include('data-code="invoice.cannot-approve"');
    await expectStill('approved');
  });

  for (const { says, over, code } of [
    { says: 'on a day to come', over: { paidOn: '2026-03-04' }, code: 'invoice.paid-in-the-future' },
    {
      says: 'before the invoice was issued',
      over: { paidOn: '2026-03-01' },
      code: 'invoice.paid-before-it-was-issued',
    },
    { says: 'without a reference', over: { paymentReference: ' ' }, code: 'form.required' },
    { says: 'on no day', over: { paidOn: 'soon' }, code: 'form.invalid-date' },
  ])
    it(`refuses a payment ${says}`, async () => {
      await approve();
      const res = await pay(over);
      expect(res.status).to.equal(422);
      expect(res.text).to.include(`data-code="${code}"`);
      await expectStill('approved');
    });

  it('refuses a decision on what somebody changed meanwhile', async () => {
    const stale = await version();
    await approve();
    const res = await (await world.as(finance))
      .post(path('/rejection'), { version: stale, reason: 'late' })
      .expect(409);
    expect(res.text).to.include('data-code="invoice.changed-meanwhile"');
    await expectStill('approved');
  });

  it('keeps buying, accepting and approving in different hands', async () => {
    const both = await world.staff('buyer', 'finance');
    const own = await makeOrder(world, { buyer: both });
    made = await makeInvoice(world, { of: await makeReceived(world, { order: own }) });
    const visitor = await world.as(both);
    const mine = await visitor.post(path('/approval'), { version: await version() }).expect(422);
    expect(mine.text)
      .to.include('data-code="invoice.approved-by-own-buyer"')
      .and.not.to.include(`action="${path('/approval')}"`);
    await expectStill('pending_approval');
    made = await makeInvoice(world, { lines: [{ unitPrice: '13' }] });
    await visitor
      .post(path('/exception-acceptance'), { version: await version(), reason: 'fine' })
      .expect(303);
    const accepted = await visitor.post(path('/approval'), { version: await version() }).expect(422);
    expect(accepted.text).to.include('data-code="invoice.approved-by-exception-accepter"');
    await expectStill('pending_approval');
  });

  it('is for finance alone', async () => {
    for (const actor of [made.order.buyer, await world.staff('auditor')]) {
      await (await world.as(actor)).post(path('/approval'), { version: await version() }).expect(403);
      await (await world.as(actor)).get(path()).expect(200);
    }
    await (await world.as(made.order.supplierUser))
      .post(path('/approval'), { version: await version() })
      .expect(404);
    await expectStill('pending_approval');
  });
});
