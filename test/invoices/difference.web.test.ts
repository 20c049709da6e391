import { expect } from 'chai';
import { makeReceipt } from '../support/factories/deliveries.ts';
import { type MadeInvoice, makeInvoice, makeReceived } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('an invoice that differs from its order', () => {
  let world: World;
  let made: MadeInvoice;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeInvoice(world, { supplierNumber: 'INV-9', lines: [{ unitPrice: '13' }] });
  });
  afterEach(() => world.close());
  const path = (act = ''): string => `/invoices/${made.invoiceId}${act}`;
  const row = () => world.db('invoice').where({ id: made.invoiceId }).first();
  const exceptions = () =>
    world.db('match_exception').where({ invoice_id: made.invoiceId }).orderBy('created_at');
  const acts = async (): Promise<string[]> =>
    (await world.db('event').where({ subject_id: made.invoiceId }).orderBy('position')).map(
      (act) => act.action,
    );
  const supplier = () => world.as(made.order.supplierUser);
  const buyer = () => world.as(made.order.buyer);
  /** The correction form, with the price of its first line. */
  const correction = async (unitPrice: string, over: Record<string, unknown> = {}) => {
    const invoice = await row();
    return {
      version: invoice.version,
      supplierNumber: invoice.supplier_number,
      issuedOn: invoice.issued_on,
      tax: 'S:13',
      lines: made.order.lines.map((line, index) => ({
        poLineId: line.id,
        quantity: String(Number(line.quantity)),
        unitPrice: index === 0 ? unitPrice : '12.50',
      })),
      ...over,
    };
  };
  const expectUntouched = async (): Promise<void> => {
    expect(await row()).to.include({ state: 'exception', gross_amount: '203.4000', current_version: 1 });
    expect((await exceptions()).map((one) => one.state)).to.deep.equal(['open']);
    expect(await world.db('invoice_version').where({ invoice_id: made.invoiceId })).to.have.length(1);
    expect((await acts()).at(-1)).to.equal('invoice.exception-raised');
  };

  it('says what differs, by how much, who acts and until when, to both sides with the next act as a button', async () => {
    const [exception] = await exceptions();
    expect(exception).to.include({
      kind: 'price',
      expected: '12.500000',
      actual: '13.000000',
      amount_effect: '5.0000',
      acts_next: 'supplier',
      due_on: '2026-03-05',
      state: 'open',
    });
    const sentence =
      'Line 1, Bracket A, 6061-T6: 13.00 USD a unit invoiced, 12.50 USD ordered. That is 0.50 USD more a unit.';
    const seen = await (await supplier()).get(path()).expect(200);
    expect(seen.text)
      .to.include(sentence)
      .and.to.include('+5.00 USD')
      .and.to.include('until 5 Mar 2026')
      .and.to.include(`href="${path('/correction')}"`)
      .and.not.to.include('exception-acceptance');
    const staff = await (await buyer()).get(path()).expect(200);
    expect(staff.text)
      .to.include(sentence)
      .and.to.include(path('/exception-acceptance'))
      .and.not.to.include('/correction"');
    const list = await (await buyer()).get('/invoices/exceptions?mine=yes').expect(200);
    expect(list.text).to.include(sentence).and.to.include(path());
    const others = await world.as(await world.staff('buyer'));
    expect((await others.get('/invoices/exceptions?mine=yes').expect(200)).text).to.include('No differences');
    const ofOwner = async (owner: string) =>
      (await (await buyer()).get(`/invoices/exceptions?owner=${owner}`).expect(200)).text;
    expect(await ofOwner('supplier')).to.include('Corrects the figures.');
    expect(await ofOwner('buyer')).to.include('No differences');
    // On the day after it is due, it is the buyer's turn.
    world.setNow('2026-03-06T10:00:00Z');
    expect(await ofOwner('buyer'))
      .to.include('Accepts it with a reason')
      .and.to.include('overdue');
    expect(await ofOwner('supplier')).to.include('No differences');
  });

  it('speaks of the base that a price is for', async () => {
    const order = await makeOrder(world, {
      lines: [{ quantity: '500', unitPrice: '12.345', priceBaseQuantity: '100' }],
    });
    const { invoiceId } = await makeInvoice(world, {
      of: await makeReceived(world, { order }),
      lines: [{ unitPrice: '13' }],
    });
    const page = await (await world.as(order.buyer)).get(`/invoices/${invoiceId}`).expect(200);
    expect(page.text).to.include(
      '13.00 USD per 100 invoiced, 12.345 USD ordered. That is 0.655 USD more per 100.',
    );
  });

  it('is due after working days, and counts from Monday when it is found at a weekend', async () => {
    for (const [now, dueOn] of [
      ['2026-03-05T10:00:00Z', '2026-03-10'],
      ['2026-03-07T10:00:00Z', '2026-03-11'],
    ] as const) {
      world.setNow(now);
      const { invoiceId } = await makeInvoice(world, { lines: [{ unitPrice: '13' }] });
      expect((await world.db('match_exception').where({ invoice_id: invoiceId }).first()).due_on).to.equal(
        dueOn,
      );
    }
  });

  it('waits for the supplier and for the buyer of the order on their home pages, and is mailed to both', async () => {
    await world.drainJobs();
    expect((await (await supplier()).get('/').expect(200)).text).to.include('1 invoice to correct');
    expect((await (await buyer()).get('/').expect(200)).text).to.include('1 invoice with a difference');
    const subjects = world.mails.map((mail) => mail.subject);
    expect(subjects).to.include('Invoice INV-9: please correct it until 5 Mar 2026');
    expect(subjects.some((subject) => subject.includes('differs from PO-2026-0001'))).to.equal(true);
    const mail = world.mails.find((one) => one.subject.includes('please correct'));
    expect(mail?.text).to.include('13 USD').and.to.include('12.5 USD').and.to.include('5.00 USD');
  });

  it('is corrected from its own figures, matched again, and keeps the earlier figures as they were sent', async () => {
    const visitor = await supplier();
    const page = await visitor.get(path('/correction')).expect(200);
    expect(page.text)
      .to.match(/PO-2026-\d{4} /)
      .and.not.to.include('undefined');
    expect(page.text)
      .to.match(/\[unitPrice\]"[^>]* value="13.00"/)
      .and.to.include('10 piece at 12.50');
    await visitor.post(path('/correction'), await correction('12.50')).expect(303);
    await world.drainJobs();
    expect(await row()).to.include({
      state: 'pending_approval',
      gross_amount: '197.7500',
      current_version: 2,
    });
    const versions = await world.db('invoice_version').orderBy('version');
    expect(versions.map((version) => version.content.grossAmount)).to.deep.equal(['203.40', '197.75']);
    expect((await exceptions()).map((one) => `${one.state} ${one.resolved_how}`)).to.deep.equal([
      'resolved corrected',
    ]);
    expect(await acts()).to.deep.equal([
      'invoice.submitted',
      'invoice.exception-raised',
      'invoice.corrected',
      'invoice.matched',
      'invoice.approval-requested',
    ]);
    const after = await visitor.get(path()).expect(200);
    expect(after.text)
      .to.include('Version 1')
      .and.to.include('Version 2')
      .and.to.include('Settled differences');
  });

  it('counts the corrected quantities, and lets the rest be invoiced again', async () => {
    const lines = (await correction('12.50')).lines.map((line, index) => ({
      ...line,
      quantity: index === 0 ? '4' : '',
    }));
    await (await supplier()).post(path('/correction'), await correction('12.50', { lines })).expect(303);
    const invoiced = await world.db('po_schedule').orderBy('quantity', 'desc');
    expect(invoiced.map((one) => Number(one.invoiced_quantity))).to.deep.equal([4, 0]);
    await makeInvoice(world, { of: made, lines: [{ quantity: '6' }] });
    const both = await world.db('po_schedule').orderBy('quantity', 'desc');
    expect(both.map((one) => Number(one.invoiced_quantity))).to.deep.equal([10, 4]);
  });

  it('differs again when the correction is still off', async () => {
    await (await supplier()).post(path('/correction'), await correction('12.90')).expect(303);
    await world.drainJobs();
    expect(await row()).to.include({ state: 'exception', current_version: 2 });
    expect((await exceptions()).map((one) => one.state)).to.deep.equal(['resolved', 'open']);
  });

  it('refuses a correction of more than was received, at its field, and leaves it untouched', async () => {
    const lines = (await correction('12.50')).lines.map((line) => ({ ...line, quantity: '11' }));
    const res = await (await supplier())
      .post(path('/correction'), await correction('', { lines }))
      .expect(422);
    expect(res.text).to.include('data-code="invoice.more-than-received"').and.to.include('value="11"');
    await expectUntouched();
  });

  it('refuses a correction that takes the number of another invoice', async () => {
    await makeInvoice(world, {
      of: await makeReceived(world, { order: await makeOrder(world, made.order) }),
      supplierNumber: 'X-1',
    });
    const res = await (await supplier())
      .post(path('/correction'), await correction('12.50', { supplierNumber: 'x 001' }))
      .expect(422);
    expect(res.text).to.include('data-code="invoice.number-used"');
    await expectUntouched();
  });

  it('lets one of two people win who correct it at once, and shows the other how it stands', async () => {
    const [one, two] = [await supplier(), await supplier()];
    const forms = [await correction('12.50'), await correction('12.40')];
    const answers = await Promise.all([
      one.post(path('/correction'), forms[0]),
      two.post(path('/correction'), forms[1]),
    ]);
    expect(answers.map((res) => res.status).toSorted((a, b) => a - b)).to.deep.equal([303, 409]);
    expect(answers.find((res) => res.status === 409)?.text).to.include(
      'data-code="invoice.changed-meanwhile"',
    );
    expect(await world.db('invoice_version')).to.have.length(2);
  });

  it('is accepted by a buyer with a reason, which goes on record, and then waits for finance', async () => {
    const { version } = await row();
    await (await buyer())
      .post(path('/exception-acceptance'), { version, reason: 'Steel surcharge as agreed' })
      .expect(303);
    expect(await row()).to.include({ state: 'pending_approval', accepted_by: made.order.buyer.userId });
    const [exception] = await exceptions();
    expect(exception).to.include({
      state: 'resolved',
      resolved_how: 'accepted',
      reason: 'Steel surcharge as agreed',
    });
    const act = await world.db('event').where({ action: 'invoice.exception-accepted' }).first();
    expect(act).to.include({
      from_state: 'exception',
      to_state: 'matched',
      reason: 'Steel surcharge as agreed',
    });
    await world.drainJobs();
    expect((await acts()).at(-1)).to.equal('invoice.approval-requested');
  });

  it('refuses an acceptance without a reason, and leaves it untouched', async () => {
    const { version } = await row();
    const res = await (await buyer())
      .post(path('/exception-acceptance'), { version, reason: ' ' })
      .expect(422);
    expect(res.text).to.include('href="#field-reason"');
    await expectUntouched();
  });

  it('refuses an acceptance of figures that were corrected meanwhile', async () => {
    const { version } = await row();
    await (await supplier()).post(path('/correction'), await correction('99')).expect(303);
    await world.drainJobs();
    const res = await (await buyer())
      .post(path('/exception-acceptance'), { version, reason: 'fine' })
      .expect(409);
    expect(res.text).to.include('data-code="invoice.changed-meanwhile"');
    expect(await row()).to.include({ state: 'exception', accepted_by: null });
  });

  it('accepts no sums that do not add up', async () => {
    await world.db('invoice').where({ id: made.invoiceId }).update({ state: 'submitted', tax_amount: '99' });
    await world.drainJobs();
    const page = await (await buyer()).get(path()).expect(200);
    expect(page.text)
      .to.include('The tax is 99.00 USD; the rate makes 23.40 USD.')
      .and.not.to.include('exception-acceptance');
    const { version } = await row();
    const res = await (await buyer())
      .post(path('/exception-acceptance'), { version, reason: 'fine' })
      .expect(422);
    expect(res.text).to.include('data-code="invoice.sums-not-acceptable"');
    expect(await row()).to.include({ state: 'exception' });
  });

  it('is for neither finance nor the supplier to accept, nor for the buyer to correct', async () => {
    const { version } = await row();
    const act = { version, reason: 'fine' };
    await (await world.as(await world.staff('finance'))).post(path('/exception-acceptance'), act).expect(403);
    await (await supplier()).post(path('/exception-acceptance'), act).expect(404);
    await (await buyer()).post(path('/correction'), await correction('12.50')).expect(403);
    const other = await makeOrder(world);
    await (await world.as(other.supplierUser))
      .post(path('/correction'), await correction('12.50'))
      .expect(404);
    await (await world.as(other.supplierUser)).get(path('/correction')).expect(404);
    await expectUntouched();
  });

  it('differs when it takes more than its receipt had, even if other receipts have it', async () => {
    const order = await makeOrder(world);
    const first = await makeReceipt(world, order, { quantities: ['6', '0'] });
    await makeReceipt(world, order, { quantities: ['4', '0'] });
    const { invoiceId } = await makeInvoice(world, {
      of: { order, receipt: first },
      lines: [{ quantity: '8' }],
    });
    const [exception] = await world.db('match_exception').where({ invoice_id: invoiceId });
    expect(exception).to.include({
      kind: 'quantity',
      expected: '6.000000',
      actual: '8.000000',
      amount_effect: '25.0000',
    });
    const page = await (await world.as(order.buyer)).get(`/invoices/${invoiceId}`).expect(200);
    expect(page.text).to.include(
      '8 piece invoiced, 6 piece received and not yet invoiced. That is 2 piece too many.',
    );
  });
});
