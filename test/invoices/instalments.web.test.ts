import { expect } from 'chai';
import { approveInvoice } from '../../src/invoices/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import type { PaymentPlan } from '../../src/orders/payment-plan.ts';
import { makeReceipt } from '../support/factories/deliveries.ts';
import { makeInvoice } from '../support/factories/invoices.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
const FILE: Record<string, [string, Buffer]> = { files: ['report.pdf', PDF] };
const NONE = { percent: null, amount: null, expectedOn: null, needsGuarantee: false };

/** 100 pieces at 10: 1,000 without tax; 30 % before delivery, 200 with the factory test. */
const plan: PaymentPlan = {
  instalments: [
    { ...NONE, no: 0, kind: 'prepayment', name: '', percent: '30' },
    { ...NONE, no: 1, kind: 'milestone', name: 'Factory test', amount: '200' },
  ],
  retention: null,
};

describe('paying an order in advance', () => {
  let world: World;
  let finance: Actor;
  let made: MadeOrder;
  let supplier: Visitor;
  let buyer: Visitor;
  let page: string;
  beforeEach(async () => {
    world = await makeWorld();
    finance = await world.staff('finance');
    made = await makeOrder(world, { lines: [{ quantity: '100', unitPrice: '10' }], plan });
    page = `/orders/${made.order.id}/instalments`;
    supplier = await world.as(made.supplierUser);
    buyer = await world.as(made.buyer);
  });
  afterEach(() => world.close());

  const invoice = (over: Record<string, string> = {}) =>
    supplier.post(`${page}/invoice`, {
      instalment: '0:0',
      supplierNumber: 'AR-1',
      issuedOn: '2026-03-02',
      netAmount: '300',
      tax: 'S:13',
      ...over,
    });
  const seen = async (no: number): Promise<string> =>
    `${no}:${(await world.db('instalment').where({ instalment_no: no }).first())?.version ?? 0}`;
  const last = () => world.db('invoice').orderBy('created_at', 'desc').orderBy('id', 'desc').first();
  const approve = async (invoiceId: string) => {
    const { version } = await world.db('invoice').where({ id: invoiceId }).first();
    await world.runInTx(finance, (ctx) => approveInvoice(ctx, { invoiceId, version }));
  };
  const stateOf = async (invoiceId: string) =>
    (await world.db('invoice').where({ id: invoiceId }).first()).state;
  const traces = async () => [
    await world.db('invoice').count(),
    await world.db('instalment'),
    await world.db('event').count(),
  ];
  const refused = async (act: PromiseLike<{ status: number; text: string }>, words: string) => {
    const before = await traces();
    const res = await act;
    expect([res.status, res.text.includes(words)], words).to.deep.equal([422, true]);
    expect(await traces(), words).to.deep.equal(before);
  };

  it('invoices a prepayment before anything is received, and what follows is less by it until the order closes', async () => {
    expect((await supplier.get('/')).text).to.include('1 instalment to invoice');
    expect((await supplier.get(`/orders/${made.order.id}`)).text).to.include(page);
    await refused(invoice({ netAmount: '300.01' }), 'The plan has 300.00 USD due');
    await refused(invoice({ supplierNumber: '' }), 'Fill this in');
    await refused(invoice({ issuedOn: '2027-01-01' }), 'future');
    await refused(invoice({ instalment: '1:0', netAmount: '200' }), 'Nobody has confirmed');
    expect((await invoice()).status).to.equal(303);
    await refused(invoice({ instalment: await seen(0), supplierNumber: 'AR-2' }), 'invoiced once');
    await world.drainJobs();
    const prepaid = await last();
    expect(prepaid).to.include({ state: 'pending_approval', gross_amount: '339.0000' });

    // Half of it comes: its invoice says what was paid before it is sent.
    const receipt = await makeReceipt(world, made, { quantities: ['50'] });
    const form = (await supplier.get(`/receipts/${receipt.receipt.id}/invoice/new`)).text;
    expect(form)
      .to.include('What was paid in advance is deducted in full')
      .and.include('AR-1: 339.00 USD, of which 39.00 USD tax');
    expect(form).to.match(/id="plan-to-pay">226.00</);
    const half = await makeInvoice(world, { of: { order: made, receipt } });
    const shown = (await supplier.get(`/invoices/${half.invoiceId}`)).text;
    expect(shown).to.include('Paid in advance').and.include('226.00');
    // The prepayment may still be rejected, so nobody pays the rest before it is decided on.
    const early = await approve(half.invoiceId).then(
      () => null,
      (error: { code: string }) => error.code,
    );
    expect(early).to.equal('invoice.deducts-undecided');
    await approve(prepaid.id);
    await approve(half.invoiceId);
    const tooMuch = await supplier.post(`/invoices/${prepaid.id}/credit-notes`, {
      supplierNumber: 'CN-1',
      issuedOn: '2026-03-02',
      netAmount: '1',
      tax: '',
      reason: 'Too much',
    });
    expect([tooMuch.status, tooMuch.text.includes('0.00 USD is left to credit')]).to.deep.equal([422, true]);

    // The milestone: asked for, not confirmed by silence, confirmed with a day and a file.
    await supplier.upload(`${page}/request`, { instalment: '1:0', note: 'Tested on Monday' }, {}).expect(303);
    await world.drainJobs();
    expect(world.mails.at(-1)?.subject).to.include('asks to confirm Factory test');
    expect((await buyer.get('/')).text).to.include('1 instalment to confirm');
    await refused(
      invoice({ instalment: await seen(1), netAmount: '200', supplierNumber: 'AR-2' }),
      'Nobody has confirmed',
    );
    const confirm = async (who: Visitor, typed: object = {}, files = FILE) =>
      who.upload(
        `${page}/confirmation`,
        { instalment: await seen(1), reachedOn: '2026-03-02', ...typed },
        files,
      );
    await refused(confirm(buyer, {}, {}), 'A file has to show it');
    await refused(confirm(buyer, { reachedOn: '2026-03-09' }), 'still to come');
    await refused(confirm(await world.as(await world.staff('buyer'))), 'Only the order’s buyer');
    await refused(
      confirm(await world.as(await world.staff('requester', 'buyer', 'finance'))),
      'Only the order’s buyer',
    );
    expect((await (await world.as(await world.staff('requester'))).get(page)).status).to.equal(404);
    await buyer.post(`${page}/refusal`, { instalment: await seen(1), reason: 'No report' }).expect(303);
    const late = await confirm(buyer, { instalment: '1:1' });
    expect(late.status).to.equal(409);
    await supplier.upload(`${page}/request`, { instalment: await seen(1), note: '' }, FILE).expect(303);
    await confirm(buyer, {}, {}).then((res) => expect(res.status, res.text).to.equal(303));
    await world.drainJobs();
    expect(world.mails.at(-1)?.subject).to.include('Factory test of PO-2026-0001 is confirmed');
    const own = (await supplier.get(page)).text;
    expect(own)
      .to.include('reached 2 Mar 2026')
      .and.include('report.pdf')
      .and.include('0.00 USD of 339.00 USD not deducted');
    await invoice({ instalment: await seen(1), netAmount: '200', supplierNumber: 'AR-2' }).expect(303);
    await world.drainJobs();
    const milestone = await last();
    await approve(milestone.id);

    // Another order's supplier sees nothing of it.
    const other = await world.as((await makeOrder(world)).supplierUser);
    expect((await other.get(page)).status).to.equal(404);
    expect((await other.get(`/invoices/${milestone.id}`)).status).to.equal(404);

    // Rejected, the second half deducts nothing any more; sent again it does.
    const second = await makeReceipt(world, made, {});
    const wrong = await makeInvoice(world, { of: { order: made, receipt: second } });
    const held = () =>
      world.db('prepayment_deduction').where({ holds: true }).orderBy('created_at').pluck('amount');
    expect(await held()).to.deep.equal(['339.0000', '226.0000']);
    const money = await world.as(finance);
    await money.post(`/invoices/${wrong.invoiceId}/rejection`, { version: '2', reason: 'Wrong' }).expect(303);
    expect(await held()).to.deep.equal(['339.0000']);
    const right = await makeInvoice(world, { of: { order: made, receipt: second } });
    await approve(right.invoiceId);

    for (const id of [prepaid.id, milestone.id, half.invoiceId, right.invoiceId]) {
      const { version } = await world.db('invoice').where({ id }).first();
      await money
        .post(`/invoices/${id}/payment`, { version, paidOn: '2026-03-02', paymentReference: 'SEPA' })
        .expect(303);
    }
    expect((await world.db('purchase_order').where({ id: made.order.id }).first()).state).to.equal('closed');
  });

  it('is paid with its approval where all was paid in advance, closes only when that is used up, and is due again when it was rejected', async () => {
    const money = await world.as(finance);
    await invoice().expect(303);
    await world.drainJobs();
    const first = await last();
    await money.post(`/invoices/${first.id}/rejection`, { version: first.version, reason: 'No' }).expect(303);
    expect((await world.db('instalment').first()).state).to.equal('due');
    await invoice({ instalment: await seen(0) }).expect(303);
    await world.drainJobs();
    const prepaid = await last();
    await approve(prepaid.id);
    const { version } = await world.db('invoice').where({ id: prepaid.id }).first();
    await money
      .post(`/invoices/${prepaid.id}/payment`, { version, paidOn: '2026-03-02', paymentReference: 'SEPA' })
      .expect(303);
    const receipt = await makeReceipt(world, made, { quantities: ['20'] });
    const covered = await makeInvoice(world, { of: { order: made, receipt } });
    await approve(covered.invoiceId);
    expect(await world.db('invoice').where({ id: covered.invoiceId }).first()).to.include({
      state: 'paid',
      payment_reference: prepaid.reference,
    });
    // The rest never comes: what is open is credited, and then the order is over.
    await buyer
      .post(`/orders/${made.order.id}/short-closing`, {
        line: [made.lines[0]?.id ?? ''],
        reason: 'Not needed',
      })
      .then((res) => expect(res.status, res.text).to.equal(303));
    await world.drainJobs();
    const orderState = async () =>
      (await world.db('purchase_order').where({ id: made.order.id }).first()).state;
    expect(await orderState()).to.equal('invoiced');
    await refused(invoice({ instalment: await seen(1), netAmount: '200' }), 'Nobody has confirmed');
    await supplier
      .post(`/invoices/${prepaid.id}/credit-notes`, {
        supplierNumber: 'CN-1',
        issuedOn: '2026-03-02',
        netAmount: '100',
        tax: '',
        reason: 'The rest is not delivered',
      })
      .expect(303);
    const note = await world.db('credit_note').first();
    await money.post(`/credit-notes/${note.id}/approval`, { version: note.version }).expect(303);
    expect(await orderState()).to.equal('closed');
    expect(await stateOf(prepaid.id)).to.equal('paid');
  });
});
