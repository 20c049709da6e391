import { expect } from 'chai';
import { approveInvoice } from '../../src/invoices/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { activateNextDue } from '../../src/suppliers/index.ts';
import { type MadeInvoice, makeInvoice } from '../support/factories/invoices.ts';
import { addColleague } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('paying invoices by a run', () => {
  let world: World;
  let made: MadeInvoice;
  let maker: Actor;
  let releaser: Actor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeInvoice(world, { supplierNumber: 'INV-9' });
    maker = await world.staff('finance');
    releaser = await world.staff('finance');
    await approve(made.invoiceId);
  });
  afterEach(() => world.close());

  const approve = async (invoiceId: string): Promise<void> => {
    const { version } = await world.db('invoice').where({ id: invoiceId }).first();
    await world.runInTx(maker, (ctx) => approveInvoice(ctx, { invoiceId, version }));
  };
  const invoice = () => world.db('invoice').where({ id: made.invoiceId }).first();
  const run = () => world.db('payment_run').orderBy('created_at', 'desc').first();
  const payment = () => world.db('payment').orderBy('created_at', 'desc').first();
  const make = async (over: Record<string, unknown> = {}) =>
    (await world.as(maker)).post('/payment-runs', {
      currency: made.order.order.currency,
      dueUntil: '2026-04-30',
      payOn: '2026-03-02',
      invoice: made.invoiceId,
      ...over,
    });
  const act = async (who: Actor, what: string, more: Record<string, unknown> = {}) => {
    const { id, version } = await run();
    return (await world.as(who)).post(`/payment-runs/${id}/${what}`, { version, ...more });
  };
  const row = async (over: Record<string, unknown> = {}): Promise<string> =>
    JSON.stringify({
      reference: (await payment()).reference,
      paidOn: '2026-03-02',
      amount: String((await invoice()).gross_amount),
      bankReference: 'B-77',
      ...over,
    });

  it('is made from approved invoices, released by somebody else, and paid by the bank’s list', async () => {
    const look = await (await world.as(maker)).get('/payment-runs/new?dueUntil=2026-04-30').expect(200);
    expect(look.text).to.include('INV-9').and.to.include('1 invoice can be paid');
    expect((await make()).status).to.equal(303);
    expect(await invoice()).to.include({ state: 'scheduled' });
    const home = await (await world.as(releaser)).get('/').expect(200);
    expect(home.text).to.include('1 payment run to release');
    expect((await act(releaser, 'release')).status).to.equal(303);
    expect(await payment()).to.include({ state: 'ordered' });
    await world.drainJobs();
    const mail = world.mails.find((one) => one.subject.startsWith('Remittance advice'));
    expect(mail?.text).to.include('INV-9');
    const supplier = await world.as(made.order.supplierUser);
    const { id, document_id } = await payment();
    expect((await supplier.get(`/payments/${id}`).expect(200)).text).to.include('INV-9');
    await supplier.get(`/documents/${document_id}/advice.pdf`).expect(200);
    expect((await supplier.get(`/invoices/${made.invoiceId}`)).text).to.include('Payment scheduled');
    const csv = await (await world.as(releaser))
      .get(`/payment-runs/${(await run()).id}/payments.csv`)
      .expect(200);
    expect(csv.text).to.include((await payment()).reference);
    const { reference } = await payment();
    const list = `付款编号,付款日期,金额,银行流水号\n${reference},2026-03-02,${(await invoice()).gross_amount},B-77\n`;
    const preview = await (await world.as(releaser)).upload(
      `/payment-runs/${(await run()).id}/result`,
      {},
      { sheet: ['bank.csv', Buffer.from(list)] },
    );
    expect(preview.status).to.equal(200);
    expect(preview.text).to.include('1 payment was made').and.to.include('B-77');
    expect(await invoice(), 'a look changes nothing').to.include({ state: 'scheduled' });
    const settled = await act(releaser, 'payments', { row: await row() });
    expect(settled.status).to.equal(303);
    expect(await invoice()).to.include({
      state: 'paid',
      paid_on: '2026-03-02',
      payment_reference: (await payment()).reference,
    });
    expect(await run()).to.include({ state: 'completed' });
    expect(await world.db('purchase_order').first()).to.include({ state: 'closed' });
    await world.drainJobs();
    expect(world.mails.some((one) => /^Payment .* made$/.test(one.subject))).to.equal(true);
  });

  it('is not released by whoever made it', async () => {
    await make();
    const refused = await act(maker, 'release');
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('data-code="payment_run.released-by-own-maker"');
    expect(await run()).to.include({ state: 'draft', released_by: null });
    expect(await payment()).to.include({ state: 'planned' });
  });

  it('does not show its payment to the supplier before the release, nor to another supplier', async () => {
    await make();
    const { id } = await payment();
    await (await world.as(made.order.supplierUser)).get(`/payments/${id}`).expect(404);
    await act(releaser, 'release');
    await (await world.as(made.order.supplierUser)).get(`/payments/${id}`).expect(200);
    const other = await makeInvoice(world);
    await (await world.as(other.order.supplierUser)).get(`/payments/${id}`).expect(404);
  });

  it('takes no invoice that another run holds, or that was paid by hand', async () => {
    await make();
    const again = await make();
    expect(again.status).to.equal(409);
    expect(again.text).to.include('data-code="payment_run.invoices-changed"');
    const byHand = await (await world.as(maker)).post(`/invoices/${made.invoiceId}/payment`, {
      version: (await invoice()).version,
      paidOn: '2026-03-02',
      paymentReference: 'X',
    });
    expect(byHand.text).to.include('data-code="invoice.cannot-pay"');
    expect(await invoice()).to.include({ state: 'scheduled' });
    expect(await world.db('payment_run')).to.have.length(1);
  });

  it('gives an invoice back before the release, with a reason', async () => {
    const second = await makeInvoice(world, { supplierNumber: 'INV-10' });
    await approve(second.invoiceId);
    await make({ invoice: [made.invoiceId, second.invoiceId] });
    const line = await world.db('payment_line').where({ invoice_id: made.invoiceId }).first();
    expect((await act(maker, 'removal', { lineId: line.id, reason: '' })).status).to.equal(422);
    expect((await act(maker, 'removal', { lineId: line.id, reason: 'Wait for the credit' })).status).to.equal(
      303,
    );
    expect(await invoice()).to.include({ state: 'approved' });
    const rest = await world.db('payment_line').where({ invoice_id: second.invoiceId }).first();
    const last = await act(maker, 'removal', { lineId: rest.id, reason: 'also' });
    expect(last.text).to.include('data-code="payment_run.is-empty"');
    expect((await act(maker, 'cancellation', { reason: 'Not today' })).status).to.equal(303);
    expect(await world.db('invoice').where({ state: 'approved' })).to.have.length(2);
    expect((await act(releaser, 'release')).text).to.include('data-code="payment_run.cannot-release"');
  });

  it('frees the invoices of a payment that the bank refused', async () => {
    await make();
    await act(releaser, 'release');
    const { id } = await payment();
    expect((await act(releaser, 'refusal', { paymentId: id, reason: 'Account closed' })).status).to.equal(
      303,
    );
    expect(await invoice()).to.include({ state: 'approved' });
    expect(await run()).to.include({ state: 'completed' });
    const late = await act(releaser, 'payments', { row: await row() });
    expect(late.text).to.include('data-code="payment_run.result-does-not-fit"');
    expect((await make()).status).to.equal(303);
  });

  for (const { says, over, code } of [
    { says: 'of another amount', over: { amount: '1.00' }, code: 'payment.other-amount' },
    { says: 'on a day to come', over: { paidOn: '2026-03-20' }, code: 'payment.paid-in-the-future' },
    { says: 'from before the release', over: { paidOn: '2026-03-01' }, code: 'payment.paid-before-release' },
    { says: 'of no payment of the run', over: { reference: 'PAY-1' }, code: 'payment.not-of-this-run' },
  ])
    it(`refuses a result ${says}, in the preview by its row and when it is sent`, async () => {
      await make();
      await act(releaser, 'release');
      const wanted = JSON.parse(await row(over)) as Record<string, string>;
      const { id } = await run();
      const csv = `Payment reference,Paid on,Amount\n${wanted['reference']},${wanted['paidOn']},${wanted['amount']}\n`;
      const preview = await (await world.as(releaser)).upload(
        `/payment-runs/${id}/result`,
        {},
        { sheet: ['bank.csv', Buffer.from(csv)] },
      );
      expect(preview.status).to.equal(422);
      expect(preview.text).to.include(`data-code="${code}"`).and.to.include('Row 2');
      const sent = await act(releaser, 'payments', { row: await row(over) });
      expect(sent.status).to.equal(422);
      expect(sent.text).to.include('data-code="payment_run.result-does-not-fit"');
      expect(await invoice()).to.include({ state: 'scheduled' });
    });

  it('is seen by finance and auditors alone, and changed by one who saw how it stands', async () => {
    await make();
    const { id } = await run();
    await (await world.as(made.order.buyer)).get(`/payment-runs/${id}`).expect(403);
    await (await world.as(made.order.supplierUser)).get(`/payment-runs/${id}`).expect(404);
    await (await world.as(await world.staff('auditor'))).get(`/payment-runs/${id}`).expect(200);
    const stale = await (await world.as(releaser)).post(`/payment-runs/${id}/release`, { version: 9 });
    expect(stale.status).to.equal(409);
    expect(await run()).to.include({ state: 'draft' });
  });

  describe('with the supplier’s bank account', () => {
    const useAccount = async (keepers: { caller: Actor; approver: Actor }): Promise<void> => {
      const { supplierId } = made.order;
      const { contactId } = await addColleague(world, supplierId);
      await world.db('supplier_contact').where({ supplier_id: supplierId }).update({ phone: '+49 30 1' });
      const boss = await world.as(made.order.supplierUser);
      await boss
        .post('/bank-accounts', {
          holder: 'Orbit GmbH',
          bankName: 'Commerzbank',
          country: 'DE',
          iban: 'DE89370400440532013000',
          accountNumber: '',
          bic: '',
          clearingCode: '',
          reason: 'Our first account',
        })
        .expect(303);
      const { id } = await world.db('bank_account_change').first();
      const callback = { version: '1', contactId, number: '+49 30 1' };
      await (await world.as(keepers.caller)).post(`/bank-accounts/${id}/callback`, callback).expect(303);
      await (await world.as(keepers.approver))
        .post(`/bank-accounts/${id}/approval`, { version: '2' })
        .expect(303);
      world.setNow('2026-03-05T10:00:00Z');
      await world.runInTx(system('test'), activateNextDue);
    };

    it('goes to the bank as pain.001, with the exact amount and reference', async () => {
      await useAccount({ caller: await world.staff('finance'), approver: await world.staff('finance') });
      expect((await make({ payOn: '2026-03-06' })).status).to.equal(303);
      const { id } = await run();
      const page = await (await world.as(releaser)).get(`/payment-runs/${id}`).expect(200);
      expect(page.text).to.include('Bank account •••• 3000');
      await (await world.as(releaser)).get(`/payment-runs/${id}/payments.xml`).expect(422);
      expect((await act(releaser, 'release')).status).to.equal(303);
      const answer = await (await world.as(releaser)).get(`/payment-runs/${id}/payments.xml`).expect(200);
      expect(answer.text).to.include('<IBAN>DE89370400440532013000</IBAN>');
      expect(answer.text).to.include(`<EndToEndId>${(await payment()).reference}</EndToEndId>`);
      const { gross_amount: gross } = await invoice();
      expect(answer.text).to.include(`>${Number(gross).toFixed(2)}</InstdAmt>`);
    });

    it('is not released by who called the supplier back or approved its account', async () => {
      await useAccount({ caller: releaser, approver: await world.staff('finance') });
      expect((await make({ payOn: '2026-03-06' })).status).to.equal(303);
      const refused = await act(releaser, 'release');
      expect(refused.status).to.equal(422);
      expect(refused.text).to.include('bank account of a supplier in this run');
      expect(await run()).to.include({ state: 'draft' });
    });

    it('says which suppliers have none, and makes no file of nothing', async () => {
      await make();
      await act(releaser, 'release');
      const { id } = await run();
      const page = await (await world.as(releaser)).get(`/payment-runs/${id}`).expect(200);
      expect(page.text).to.include('no bank account in use').and.not.to.include('payments.xml');
      await (await world.as(releaser)).get(`/payment-runs/${id}/payments.xml`).expect(422);
    });
  });
});
