import { expect } from 'chai';
import { job as remindOfDebitNotes } from '../../jobs/invoices/every-hour-remind-of-debit-notes.ts';
import { approveInvoice } from '../../src/invoices/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import type { JobHouse } from '../../src/platform/queue/job.ts';
import { type MadeInvoice, makeInvoice, makeReceived } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { textOfPdf } from '../support/readable.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('credit and debit notes', () => {
  let world: World;
  let made: MadeInvoice;
  let maker: Actor;
  let finance: Visitor;
  let releaser: Visitor;
  let supplier: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    // 10 and 4 pieces at 12.50, 13 % tax: 197.75.
    made = await makeInvoice(world, { supplierNumber: 'INV-9' });
    maker = await world.staff('finance');
    finance = await world.as(maker);
    releaser = await world.as(await world.staff('finance'));
    supplier = await world.as(made.order.supplierUser);
  });
  afterEach(() => world.close());

  const approve = async (invoiceId: string): Promise<void> => {
    const { version } = await world.db('invoice').where({ id: invoiceId }).first();
    await world.runInTx(maker, (ctx) => approveInvoice(ctx, { invoiceId, version }));
  };
  const invoice = (id = made.invoiceId) => world.db('invoice').where({ id }).first();
  const note = (reference: string) => world.db('credit_note').where({ reference }).first();
  const credit = (over: Record<string, string> = {}) =>
    supplier.post(`/invoices/${made.invoiceId}/credit-notes`, {
      supplierNumber: 'CR-1',
      issuedOn: '2026-03-02',
      netAmount: '20',
      reason: 'Discount as agreed on the phone',
      ...over,
    });
  const act = async (who: Visitor, reference: string, what: string, more: Record<string, string> = {}) => {
    const { id, version } = await note(reference);
    return who.post(`/credit-notes/${id}/${what}`, { version: String(version), ...more });
  };
  const acts = async (subjectId: string) =>
    (await world.db('event').where({ subject_id: subjectId }).orderBy('position')).map((one) => one.action);
  const run = () => world.db('payment_run').orderBy('created_at', 'desc').first();
  const makeRun = (...ids: string[]) =>
    finance.post('/payment-runs', {
      currency: 'USD',
      dueUntil: '2026-04-30',
      payOn: '2026-03-02',
      invoice: ids,
    });
  const release = async () => {
    const { id, version } = await run();
    return releaser.post(`/payment-runs/${id}/release`, { version: String(version) });
  };

  it('takes a supplier’s credit off its invoice once finance agrees, and off the next run what is left', async () => {
    await approve(made.invoiceId);
    const form = await supplier.get(`/invoices/${made.invoiceId}/credit-notes/new`).expect(200);
    expect(form.text).to.include('value="175.00"').and.to.include('At most 175.00 USD');
    expect((await credit()).status).to.equal(303);
    await world.drainJobs();
    expect(world.mails.some((mail) => mail.subject.includes('credit note CN-2026-0001 to approve'))).to.equal(
      true,
    );
    expect((await finance.get('/').expect(200)).text).to.include('1 credit note to approve');
    expect((await act(finance, 'CN-2026-0001', 'approval')).status).to.equal(303);
    expect(await note('CN-2026-0001')).to.include({ state: 'approved', gross_amount: '22.6000' });
    const page = await supplier.get(`/invoices/${made.invoiceId}`).expect(200);
    expect(page.text).to.include('175.15 USD').and.to.include('Credits');
    const preview = await finance.get('/payment-runs/new?dueUntil=2026-04-30').expect(200);
    expect(preview.text).to.include('−22.60 USD');
    expect((await makeRun(made.invoiceId)).status).to.equal(303);
    expect(await world.db('payment_line').first()).to.include({ amount: '175.1500' });
    expect((await release()).status).to.equal(303);
    await world.drainJobs();
    const { id, document_id } = await world.db('payment').first();
    const advice = await supplier.get(`/payments/${id}`).expect(200);
    expect(advice.text).to.include('CN-2026-0001').and.to.include('175.15 USD');
    await supplier.get(`/documents/${document_id}/advice.pdf`).expect(200);
    const csv = await releaser.get(`/payment-runs/${(await run()).id}/payments.csv`).expect(200);
    expect(csv.text).to.include('175.15');
  });

  it('refuses what is above the rest, a number that is used, and a date before the invoice’s, and keeps no trace', async () => {
    for (const [over, code] of [
      [{ netAmount: '175.01' }, 'credit_note.above-what-is-left'],
      [{ supplierNumber: 'inv 9' }, 'invoice.number-used'],
      [{ issuedOn: '2026-03-01' }, 'credit_note.issued-before-the-invoice'],
      [{ issuedOn: '2026-03-04' }, 'credit_note.issued-in-the-future'],
      [{ supplierNumber: '---' }, 'invoice.number-without-letters-or-digits'],
    ] as const) {
      const refused = await credit(over);
      expect(refused.status, code).to.be.oneOf([400, 422]);
      expect(refused.text).to.include(`data-code="${code}"`).and.to.include('Discount as agreed');
    }
    expect(await world.db('credit_note')).to.have.length(0);
    expect((await credit()).status).to.equal(303);
    // A credit note's number is used for an invoice as well.
    const again = await credit({ supplierNumber: 'cr 001' });
    expect(again.text).to.include('CN-2026-0001 has this number already');
    const early = await act(finance, 'CN-2026-0001', 'approval');
    expect(early.text).to.include('data-code="credit_note.invoice-not-approved"');
    expect(await note('CN-2026-0001')).to.include({ state: 'submitted', version: 1 });
    expect(await acts((await note('CN-2026-0001')).id)).to.deep.equal(['credit_note.submitted']);
  });

  it('has the supplier’s own document beside its figures, for both sides', async () => {
    await approve(made.invoiceId);
    const fields = { supplierNumber: 'CR-7', issuedOn: '2026-03-02', netAmount: '20', reason: 'Rebate' };
    const send = (content: string) =>
      supplier.upload(`/invoices/${made.invoiceId}/credit-notes`, fields, {
        document: ['CR-7.pdf', Buffer.from(`%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<${content}>>\n%%EOF\n`)],
      });
    const locked = await send('/Encrypt 9 0 R');
    expect([locked.status, locked.text.includes('protected by a password')]).to.deep.equal([422, true]);
    expect(await world.db('credit_note')).to.have.length(0);
    expect((await send('')).status).to.equal(303);
    const { id } = await note('CN-2026-0001');
    expect((await finance.get(`/credit-notes/${id}`).expect(200)).text).to.include('CR-7.pdf');
  });

  it('ends an invoice that is credited in full without a payment, and its order with it', async () => {
    await approve(made.invoiceId);
    await credit({ netAmount: '175' });
    expect((await act(finance, 'CN-2026-0001', 'approval')).status).to.equal(303);
    expect(await invoice()).to.include({ state: 'credited', paid_on: null });
    expect(await acts(made.invoiceId)).to.include('invoice.credited');
    const { state } = await world.db('purchase_order').where({ id: made.order.order.id }).first();
    expect(state).to.equal('closed');
    expect((await supplier.get(`/invoices/${made.invoiceId}`)).text).to.include('Credited in full');
    expect((await makeRun(made.invoiceId)).status).to.equal(409);
    expect((await supplier.get(`/invoices/${made.invoiceId}/credit-notes/new`)).status).to.equal(422);
  });

  it('falls with an invoice that is rejected, and can be taken back before a decision', async () => {
    await credit();
    const { version } = await invoice();
    await finance.post(`/invoices/${made.invoiceId}/rejection`, { version, reason: 'Not ours' }).expect(303);
    expect(await note('CN-2026-0001')).to.include({ state: 'rejected', answer: 'Not ours' });
    const other = await makeInvoice(world, {
      of: await makeReceived(world, { order: await makeOrder(world, made.order) }),
    });
    const sent = await supplier.post(`/invoices/${other.invoiceId}/credit-notes`, {
      supplierNumber: 'CR-1',
      issuedOn: '2026-03-02',
      netAmount: '5',
      reason: 'Freight',
    });
    expect(sent.status).to.equal(303);
    expect((await act(supplier, 'CN-2026-0002', 'taking-back', { reason: 'Wrong invoice' })).status).to.equal(
      303,
    );
    expect(await note('CN-2026-0002')).to.include({ state: 'withdrawn' });
    expect((await act(finance, 'CN-2026-0002', 'approval')).text).to.include(
      'data-code="credit_note.cannot-approve"',
    );
  });

  it('claims money for bad goods by a debit note that the supplier contests, then accepts, and the next run takes off', async () => {
    await approve(made.invoiceId);
    const receiver = await world.as(made.receipt.receiver);
    await receiver
      .post(`/receipts/${made.receipt.receipt.id}/nonconformances`, {
        poLineId: made.order.lines[0]?.id,
        quantity: '2',
        defect: 'Two are scratched',
        severity: 'major',
        needs8d: 'yes',
        disposition: 'scrap',
        claim: 'debit',
        claimAmount: '300',
      })
      .expect(303);
    await world.drainJobs();
    expect(await note('DN-2026-0001')).to.include({ state: 'sent', gross_amount: '300.0000' });
    expect(world.mails.some((mail) => mail.subject.startsWith('Debit note DN-2026-0001'))).to.equal(true);
    expect((await supplier.get('/').expect(200)).text).to.include('1 debit note to answer');
    const [document] = await world.db('document').where({ kind: 'debit-note' });
    expect(document).to.include({ file_name: 'Debit-note-DN-2026-0001-1.pdf', visibility: 'supplier' });
    const address = `/documents/${document?.id}/${document?.file_name}`;
    const pdf = await supplier.get(`${address}?inline=1`).buffer(true).expect(200);
    const says = textOfPdf(pdf.body).replaceAll(/\s+/g, ' ');
    for (const words of ['DN-2026-0001', 'Two are scratched', '300.00 USD', 'outside the scope of the tax'])
      expect(says).to.include(words);
    await finance.get(address).expect(200);
    await (await world.as((await makeOrder(world)).supplierUser)).get(address).expect(404);
    // Nothing is taken off by silence: the supplier is reminded, then our side is told, and it waits on.
    const told = (subject: string) => world.mails.filter((mail) => mail.subject.includes(subject)).length;
    for (const [day, reminders, escalations] of [
      ['2026-03-09T09:00:00Z', 0, 0],
      ['2026-03-09T10:00:00Z', 1, 0],
      ['2026-03-16T10:00:00Z', 1, 3],
      ['2026-03-30T10:00:00Z', 1, 3],
    ] as const) {
      world.setNow(day);
      await remindOfDebitNotes.run({ runInTx: world.house.runInTx } as JobHouse);
      await world.drainJobs();
      expect([day, told('Reminder: debit note'), told('does not answer')]).to.deep.equal([
        day,
        reminders,
        escalations,
      ]);
    }
    expect(await note('DN-2026-0001')).to.include({ state: 'sent', reminders: 2, answer_due_at: null });
    world.setNow('2026-03-02T10:00:00Z');
    expect((await finance.get('/payment-runs/new?dueUntil=2026-04-30')).text).not.to.include('−');
    expect((await act(supplier, 'DN-2026-0001', 'contest', { reason: ' ' })).status).to.equal(422);
    expect((await act(supplier, 'DN-2026-0001', 'contest', { reason: 'Only one was' })).status).to.equal(303);
    await world.drainJobs();
    const buyer = await world.as(made.order.buyer);
    expect((await buyer.get('/').expect(200)).text).to.include('1 contested debit note');
    const more = await act(buyer, 'DN-2026-0001', 'revision', { amount: '300.01', reason: 'No' });
    expect(more.text).to.include('data-code="credit_note.above-what-was-claimed"').and.to.include('300.01');
    const revised = { amount: '200', reason: 'One and the sorting' };
    expect((await act(buyer, 'DN-2026-0001', 'revision', revised)).status).to.equal(303);
    const page = await supplier.get(`/credit-notes/${(await note('DN-2026-0001')).id}`).expect(200);
    for (const words of ['200.00 USD', 'One and the sorting', 'Accept the debit note', 'Two are scratched'])
      expect(page.text).to.include(words);
    expect((await act(finance, 'DN-2026-0001', 'approval')).status).to.equal(422);
    expect((await act(supplier, 'DN-2026-0001', 'acceptance')).status).to.equal(303);
    // 200 cover the whole invoice of 197.75: the run pays nothing, and its release settles it.
    expect((await makeRun(made.invoiceId)).status).to.equal(303);
    expect(await world.db('payment_line').first()).to.include({ amount: '0.0000' });
    expect((await release()).status).to.equal(303);
    expect(await world.db('payment').first()).to.include({ state: 'paid' });
    expect(await run()).to.include({ state: 'completed' });
    expect(await invoice()).to.include({ state: 'credited' });
    const list = await supplier.get('/credit-notes').expect(200);
    expect(list.text).to.include('DN-2026-0001').and.to.include('2.25 USD');
    await world.drainJobs();
    expect(world.mails.at(-1)?.subject).to.include('nothing is transferred');
  });
});
