import { expect } from 'chai';
import { type EnteredInvoice, matchInvoice } from '../../src/invoices/index.ts';
import { newId } from '../../src/kernel/id.ts';
import { taxKey } from '../../src/kernel/tax.ts';
import { enteredFor, makeInvoice, makeReceived } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

type Received = Awaited<ReturnType<typeof makeReceived>>;

/** The form as the browser sends it. */
const formOf = ({ lines, ...header }: EnteredInvoice, over: Record<string, unknown> = {}) => ({
  ...header,
  tax: taxKey(header.tax),
  lines: lines.map(({ row: _row, tax, ...line }) => ({ ...line, tax: tax === null ? '' : taxKey(tax) })),
  ...over,
});

describe('invoicing a receipt', () => {
  let world: World;
  let received: Received;
  beforeEach(async () => {
    world = await makeWorld();
    received = await makeReceived(world);
  });
  afterEach(() => world.close());
  const path = (one: Received = received): string => `/receipts/${one.receipt.receipt.id}/invoice`;
  const clerk = () => world.as(received.order.supplierUser);
  const form = async (over: Parameters<typeof enteredFor>[2] = {}, more = {}) =>
    formOf(await enteredFor(world, received, over), more);
  const invoiced = async (): Promise<string[]> =>
    (await world.db('po_schedule').orderBy('quantity', 'desc')).map((row) =>
      Number(row.invoiced_quantity).toString(),
    );
  const expectNoTrace = async (): Promise<void> => {
    expect(await world.db('invoice')).to.have.length(0);
    expect(await world.db('invoice_version')).to.have.length(0);
    expect(await invoiced()).to.deep.equal(['0', '0']);
    expect(await world.db('event').whereLike('action', 'invoice.%')).to.have.length(0);
    expect(await world.db('reference_counter').where({ prefix: 'INV' })).to.have.length(0);
  };

  it('offers no day before the order’s, though it is still the day before where the supplier is', async () => {
    await world.db('purchase_order').update({ issued_on: '2026-03-03' });
    const page = await (await clerk()).get(`${path()}/new`).expect(200);
    expect(page.text).to.match(/name="issuedOn"[^>]*value="2026-03-03"/);
  });

  it('takes two clicks and a number: everything else is filled in', async () => {
    const visitor = await clerk();
    const home = await visitor.get('/').expect(200);
    expect(home.text).to.include('1 receipt to invoice').and.to.include(`${path()}/new`);
    const page = await visitor.get(`${path()}/new`).expect(200);
    expect(page.text)
      .to.match(/name="lines\[0\]\[quantity\]"[^>]* value="10"/)
      .and.to.match(/name="lines\[0\]\[unitPrice\]"[^>]* value="12.50"/)
      .and.to.match(/name="issuedOn"[^>]* value="2026-03-02"/)
      .and.to.include('1 Apr 2026');
    await visitor.post(path(), await form({ supplierNumber: 'INV-7' })).expect(303);
    const invoice = await world.db('invoice').first();
    expect(invoice).to.include({
      reference: 'INV-2026-0001',
      supplier_number: 'INV-7',
      state: 'submitted',
      net_amount: '175.0000',
      tax_amount: '22.7500',
      gross_amount: '197.7500',
      currency: 'USD',
      due_on: '2026-04-01',
      submitted_by: received.order.supplierUser.userId,
    });
    expect(await invoiced()).to.deep.equal(['10', '4']);
    const act = await world.db('event').where({ action: 'invoice.submitted' }).first();
    expect(act).to.include({
      from_state: 'draft',
      to_state: 'submitted',
      supplier_id: received.order.supplierId,
    });
    const [version] = await world.db('invoice_version');
    expect(version.content).to.include({ supplierNumber: 'INV-7', grossAmount: '197.75' });
    const after = await visitor.get(`/invoices/${invoice.id}`).expect(200);
    expect(after.text).to.include('Your invoice is in').and.to.include('Portico is matching your invoice');
  });

  it('may bear a tax of its own on each line, as the order has it, and tells them apart ever after', async () => {
    await world.db('purchase_order').update({ tax_rate: '13' });
    await world.db('po_line').where({ line_no: 2 }).update({ tax_rate: '9' });
    const visitor = await clerk();
    const page = await visitor.get(`${path()}/new`).expect(200);
    expect(page.text)
      .to.match(/<option value="S:13" selected>/)
      .and.to.match(/<details class="card-footer" open>/)
      .and.to.match(/name="lines\[1\]\[tax\]"[\s\S]*?<option value="S:9" selected>/)
      .and.to.include('50.00 → 4.50');
    const lines = [{}, { tax: { category: 'S', rate: '9' } as const }];
    const mixed = await form({ lines: [{}, { tax: { category: 'O', rate: '0' } }] });
    const refused = await visitor.post(path(), mixed).expect(422);
    expect(refused.text).to.include('outside the scope stands on an invoice alone');
    await expectNoTrace();
    await visitor.post(path(), await form({ lines })).expect(303);
    await world.drainJobs();
    const invoice = await world.db('invoice').first();
    // 125.00 at 13 % and 50.00 at 9 %.
    expect(invoice).to.include({
      state: 'pending_approval',
      tax_amount: '20.7500',
      gross_amount: '195.7500',
    });
    const shown = (await visitor.get(`/invoices/${invoice.id}`).expect(200)).text;
    expect(shown)
      .to.include('Tax on 125.00 USD (13 %)')
      .and.to.include('16.25 USD')
      .and.to.include('Tax on 50.00 USD (9 %)')
      .and.to.include('2 rates, by line');
    const credit = await visitor.get(`/invoices/${invoice.id}/credit-notes/new`).expect(200);
    expect(credit.text).to.include('9 %: 50.00 USD left');
    const note = { supplierNumber: 'CR-1', issuedOn: '2026-03-02', reason: 'Scratched' };
    await visitor
      .post(`/invoices/${invoice.id}/credit-notes`, { ...note, netAmount: '10', tax: 'S:9' })
      .expect(303);
    await visitor
      .post(`/invoices/${invoice.id}/credit-notes`, {
        ...note,
        supplierNumber: 'CR-2',
        netAmount: '165',
        tax: '',
      })
      .expect(303);
    const notes = await world.db('credit_note').orderBy('reference');
    expect(notes.map((one) => one.tax_amount)).to.deep.equal(['0.9000', '19.8500']);
    const second = await visitor.get(`/credit-notes/${notes[1]?.id}`).expect(200);
    expect(second.text).to.include('Tax on 125.00 USD (13 %)').and.to.include('Tax on 40.00 USD (9 %)');
  });

  it('says why what is not taxed is not: what is exempt has to, and nothing else has to be asked', async () => {
    const visitor = await clerk();
    const exempt = await form({ tax: { category: 'E', rate: '0' } });
    const refused = await visitor.post(path(), exempt).expect(422);
    expect(refused.text)
      .to.include('Say why it is exempt')
      .and.to.match(/invoice-exemptions"[^>]* open/);
    const other = { ...exempt, exemptions: { E: { code: 'VATEX-EU-AE', reason: '' } } };
    expect((await visitor.post(path(), other).expect(422)).text).to.include('belongs to another tax');
    await expectNoTrace();
    const lines = [{}, { tax: { category: 'AE', rate: '0' } as const }];
    const mixed = await form({ tax: { category: 'E', rate: '0' }, lines });
    const exemptions = {
      E: { code: 'VATEX-EU-132', reason: 'Training of welders' },
      AE: { code: '', reason: '' },
    };
    await visitor.post(path(), { ...mixed, exemptions }).expect(303);
    await world.drainJobs();
    const invoice = await world.db('invoice').first();
    expect(invoice.taxes.map((one: { exemption: object }) => one.exemption)).to.deep.equal([
      { code: 'VATEX-EU-132', reason: 'Training of welders' },
      { code: 'VATEX-EU-AE', reason: null },
    ]);
    const page = (await visitor.get(`/invoices/${invoice.id}`).expect(200)).text;
    expect(page).to.include('Training of welders').and.to.include('Reverse charge: the buyer owes the tax');
  });

  it('is told of by mail and matched by a job, once however often the job runs', async () => {
    const entered = await form();
    await (await clerk()).post(path(), entered).expect(303);
    await world.drainJobs();
    const { id } = await world.db('invoice').first();
    await world.runInTx(received.order.buyer, (ctx) => matchInvoice(ctx, id));
    expect(await world.db('invoice').first()).to.include({ state: 'pending_approval' });
    const acts = await world.db('event').whereLike('action', 'invoice.%').orderBy('position');
    expect(acts.map((act) => act.action)).to.deep.equal([
      'invoice.submitted',
      'invoice.matched',
      'invoice.approval-requested',
    ]);
    expect(world.mails.map((mail) => mail.subject)).to.include(`Invoice ${entered.supplierNumber} received`);
  });

  it('leaves a line for later when its quantity is emptied, and offers the rest afterwards', async () => {
    const visitor = await clerk();
    const entered = await form();
    entered.lines = entered.lines.map((line, index) =>
      index === 1 ? { ...line, quantity: '' } : { ...line, quantity: '7.5' },
    );
    await visitor.post(path(), entered).expect(303);
    expect(await invoiced()).to.deep.equal(['7.5', '0']);
    const again = await visitor.get(`${path()}/new`).expect(200);
    expect(again.text, 'the rate of the last invoice').to.match(/<option value="S:13" selected>/);
    expect(again.text)
      .to.match(/\[quantity\]"[^>]* value="2.5"/)
      .and.to.match(/\[quantity\]"[^>]* value="4"/);
  });

  const refused: { says: string; over: Record<string, unknown>; code: string; field: string }[] = [
    {
      says: 'more than was received',
      over: { quantity: '10.000001' },
      code: 'invoice.more-than-received',
      field: 'lines-0-quantity',
    },
    {
      says: 'a negative quantity',
      over: { quantity: '-1' },
      code: 'form.invalid-number',
      field: 'lines-0-quantity',
    },
    {
      says: 'a negative price',
      over: { unitPrice: '-0.01' },
      code: 'form.invalid-number',
      field: 'lines-0-unitPrice',
    },
    {
      says: 'a price that is left empty',
      over: { unitPrice: '' },
      code: 'form.required',
      field: 'lines-0-unitPrice',
    },
    {
      says: 'a number of another notation',
      over: { unitPrice: '1e3' },
      code: 'form.invalid-number',
      field: 'lines-0-unitPrice',
    },
    {
      says: 'a number that no column holds',
      over: { unitPrice: '9'.repeat(15) },
      code: 'form.invalid-number',
      field: 'lines-0-unitPrice',
    },
    {
      says: 'an amount that no invoice holds',
      over: { unitPrice: '9'.repeat(14) },
      code: 'invoice.amount-too-large',
      field: 'lines-0-unitPrice',
    },
    {
      says: 'a line of another receipt',
      over: { poLineId: newId() },
      code: 'invoice.line-not-received',
      field: 'lines-0-quantity',
    },
  ];
  for (const { says, over, code, field } of refused)
    it(`refuses ${says} at its field, keeps what was typed, and leaves no trace`, async () => {
      const entered = await form({ supplierNumber: 'typed with care' });
      entered.lines = entered.lines.map((line, index) => (index === 0 ? { ...line, ...over } : line));
      const res = await (await clerk()).post(path(), entered).expect(422);
      expect(res.text)
        .to.include(`data-code="${code}"`)
        .and.to.include(`href="#field-${field}"`)
        .and.to.include('typed with care');
      await expectNoTrace();
    });

  const headers: { says: string; over: Record<string, unknown>; code: string }[] = [
    { says: 'a missing number', over: { supplierNumber: ' ' }, code: 'form.required' },
    {
      says: 'a number of punctuation only',
      over: { supplierNumber: '-/-' },
      code: 'invoice.number-without-letters-or-digits',
    },
    { says: 'a date to come', over: { issuedOn: '2026-03-04' }, code: 'invoice.issued-in-the-future' },
    {
      says: 'a date before the order',
      over: { issuedOn: '2026-03-01' },
      code: 'invoice.issued-before-the-order',
    },
    { says: 'a day that does not exist', over: { issuedOn: '2026-02-30' }, code: 'form.invalid-date' },
    { says: 'a tax rate that is not offered', over: { tax: 'S:99' }, code: 'invoice.tax-rate-not-offered' },
    {
      says: 'a currency of its own: it is the order’s',
      over: { currency: 'EUR' },
      code: 'form.unknown-field',
    },
    { says: 'no lines', over: { lines: [] }, code: 'invoice.without-lines' },
  ];
  for (const { says, over, code } of headers)
    it(`refuses ${says} and leaves no trace`, async () => {
      const res = await (await clerk()).post(path(), await form({}, over)).expect(422);
      expect(res.text).to.include(`data-code="${code}"`);
      await expectNoTrace();
    });

  it('refuses goods whose receipt is not posted, and leaves no trace', async () => {
    await world.db('goods_receipt').update({ state: 'counted' });
    const visitor = await clerk();
    const res = await visitor.post(path(), await form()).expect(422);
    expect(res.text).to.include('data-code="invoice.receipt-not-posted"');
    expect((await visitor.get(`${path()}/new`).expect(200)).text).to.include('is not posted yet');
    await expectNoTrace();
  });

  it('refuses a receipt that is invoiced in full, and names the invoice that has it', async () => {
    const first = await makeInvoice(world, { of: received, supplierNumber: 'FIRST-1' });
    const visitor = await clerk();
    const res = await visitor.post(path(), await form()).expect(422);
    expect(res.text)
      .to.include('data-code="invoice.nothing-left-to-invoice"')
      .and.to.include(`/invoices/${first.invoiceId}`)
      .and.to.include('FIRST-1');
    expect(await world.db('invoice')).to.have.length(1);
    expect((await visitor.get('/').expect(200)).text).not.to.include('to invoice');
  });

  it('refuses a number that was used, however it is written, and names the earlier invoice', async () => {
    await makeInvoice(world, {
      of: received,
      supplierNumber: 'INV-0042',
      lines: [{ quantity: '1' }, { quantity: '' }],
    });
    const res = await (await clerk())
      .post(path(), await form({ supplierNumber: ' inv.42 ', lines: [{ quantity: '1' }] }))
      .expect(422);
    expect(res.text)
      .to.include('data-code="invoice.number-used"')
      .and.to.include('INV-2026-0001 has this number already, written INV-0042');
    expect(await world.db('invoice')).to.have.length(1);
    expect(await invoiced()).to.deep.equal(['1', '0']);
  });

  it('lets another supplier use the same number', async () => {
    await makeInvoice(world, { of: received, supplierNumber: '2026-1' });
    await makeInvoice(world, { supplierNumber: '2026-1' });
    expect(await world.db('invoice')).to.have.length(2);
  });

  it('lets one of two clerks win who send the same receipt at once, and the other leave no trace', async () => {
    const [one, two] = [await clerk(), await clerk()];
    const forms = [await form(), await form()];
    const answers = await Promise.all([one.post(path(), forms[0]), two.post(path(), forms[1])]);
    expect(answers.map((res) => res.status).toSorted((a, b) => a - b)).to.deep.equal([303, 422]);
    expect(await world.db('invoice')).to.have.length(1);
    expect(await world.db('invoice_version')).to.have.length(1);
    expect(await invoiced()).to.deep.equal(['10', '4']);
    expect(await world.db('event').where({ action: 'invoice.submitted' })).to.have.length(1);
    expect(await world.db('reference_counter').where({ prefix: 'INV' }).first()).to.include({ value: 1 });
  });

  it('lets one of two clerks win who send one number for two orders at once', async () => {
    const order = await makeOrder(world, { supplierUser: received.order.supplierUser });
    const other = await makeReceived(world, { order });
    const visitor = await clerk();
    const twice = [
      visitor.post(path(), await form({ supplierNumber: 'A-1' })),
      visitor.post(path(other), formOf(await enteredFor(world, other, { supplierNumber: 'a 01' }))),
    ];
    const answers = await Promise.all(twice);
    expect(answers.map((res) => res.status).toSorted((a, b) => a - b)).to.deep.equal([303, 422]);
    expect(answers.map((res) => res.text).join()).to.include('invoice.number-used');
    expect(await world.db('invoice')).to.have.length(1);
  });

  it('has the supplier’s own document beside its figures until it is over, for both sides and nobody else', async () => {
    const { invoiceId } = await makeInvoice(world, { of: received });
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
    const attach = async () =>
      (await clerk()).upload(`/invoices/${invoiceId}/documents`, {}, { files: ['INV-9.pdf', pdf] });
    expect((await attach()).status).to.equal(303);
    const { id } = await world.db('document').where({ subject_type: 'invoice' }).first();
    const finance = await world.as(await world.staff('finance'));
    expect((await finance.get(`/invoices/${invoiceId}`).expect(200)).text).to.include('INV-9.pdf');
    await finance.get(`/documents/${id}/INV-9.pdf`).expect(200);
    await (await clerk()).get(`/documents/${id}/INV-9.pdf`).expect(200);
    const other = await world.as((await makeOrder(world)).supplierUser);
    await other.get(`/documents/${id}/INV-9.pdf`).expect(404);
    await (await world.as(await world.staff('receiver'))).get(`/documents/${id}/INV-9.pdf`).expect(404);
    const { version } = await world.db('invoice').where({ id: invoiceId }).first();
    await finance.post(`/invoices/${invoiceId}/rejection`, { version, reason: 'Not ours' }).expect(303);
    expect((await attach()).text).to.include('data-code="invoice.cannot-attach"');
    expect(await world.db('document').where({ subject_type: 'invoice' })).to.have.length(1);
  });

  it('makes the sums new without a script, and sends nothing', async () => {
    const entered = await form({ lines: [{ unitPrice: '20' }] }, { recalculate: 'yes' });
    const res = await (await clerk()).post(path(), entered).expect(200);
    expect(res.text)
      .to.include('282.50')
      .and.to.match(/name="supplierNumber"[^>]* value="INV-T/);
    await expectNoTrace();
  });

  it("is not found for another supplier's receipt, nor for the supplier's people who do not invoice", async () => {
    const other = await makeOrder(world);
    const stranger = await world.as(other.supplierUser);
    await stranger.get(`${path()}/new`).expect(404);
    await stranger.post(path(), await form()).expect(404);
    const seller = await world.as(await world.supplierUser(received.order.supplierId, 'supplier_sales'));
    await seller.post(path(), await form()).expect(404);
    await (await world.as(received.order.buyer)).post(path(), await form()).expect(403);
    await (await clerk()).post(`/receipts/${newId()}/invoice`, await form()).expect(404);
    await (await clerk()).get('/receipts/nonsense/invoice/new').expect(404);
    expect(await world.db('invoice')).to.have.length(0);
  });
});
