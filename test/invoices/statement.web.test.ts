import { expect } from 'chai';
import type { Actor } from '../../src/kernel/actor.ts';
import { makeReceipt } from '../support/factories/deliveries.ts';
import { makeInvoice, makeReceived } from '../support/factories/invoices.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('a statement', () => {
  let world: World;
  let buyer: Actor;
  let buyerOfSecond: Actor;
  let orders: readonly [MadeOrder, MadeOrder];
  let finance: Visitor;
  let supplier: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    buyer = await world.staff('buyer');
    // Two orders of 10 and 4 pieces at 12.50, received by three receipts; of the first, four pieces are invoiced.
    const first = await makeOrder(world, { buyer });
    buyerOfSecond = await world.staff('buyer', 'finance');
    const second = await makeOrder(world, {
      buyer: buyerOfSecond,
      supplierUser: first.supplierUser,
      paymentTermsDays: 10,
    });
    orders = [first, second];
    const receipt = await makeReceipt(world, first, { quantities: ['6', '4'], receivedOn: '2026-03-02' });
    await makeReceipt(world, first, { quantities: ['4', '0'], receivedOn: '2026-03-02' });
    await makeReceived(world, { order: second });
    await makeInvoice(world, {
      of: { order: first, receipt },
      lines: [{ quantity: '' }],
      supplierNumber: 'INV-1',
    });
    world.setNow('2026-04-01T08:00:00Z');
    finance = await world.as(await world.staff('finance'));
    supplier = await world.as(first.supplierUser);
  });
  afterEach(() => world.close());

  const row = () => world.db('statement').first();
  const lines = () => world.db('statement_line').orderBy('line_no');
  const build = async () =>
    finance.post('/statements', {
      month: '2026-03',
      which: `${orders[0].supplierId}|${orders[0].order.plantCode}|USD`,
    });
  const act = async (who: Visitor, what: string, more: Record<string, unknown> = {}) => {
    const { id, version } = await row();
    return who.post(`/statements/${id}/${what}`, { version: String(version), ...more });
  };
  const page = async (who: Visitor) => (await who.get(`/statements/${(await row()).id}`)).text;
  const acts = async () =>
    (await world.db('event').where('action', 'like', 'statement.%').orderBy('position')).map(
      (one) => one.action,
    );

  it('is built of what a month brought, disputed by line, revised, agreed, and invoiced over several orders in two clicks', async () => {
    const choice = await finance.get('/statements/new').expect(200);
    expect(choice.text).to.include('1 statement for March 2026').and.to.include('<td class="num">3</td>');
    const built = await build();
    expect(built.headers['location']).to.equal(`/statements/${(await row()).id}`);
    expect((await lines()).map((one) => [one.kind, Number(one.quantity), Number(one.amount)])).to.deep.equal([
      ['to_invoice', 6, 75],
      ['to_invoice', 4, 50],
      ['to_invoice', 10, 125],
      ['to_invoice', 4, 50],
      ['invoiced', 4, 50],
    ]);
    // A draft is nobody's but ours.
    expect((await supplier.get(`/statements/${(await row()).id}`)).status).to.equal(404);
    const [, , , last] = await lines();
    expect((await act(finance, 'sending', { leftOut: last.id })).status).to.equal(303);
    await world.drainJobs();
    expect(
      world.mails.some((mail) => mail.subject.startsWith('Statement STM-2026-0001 for March 2026')),
    ).to.equal(true);
    expect((await supplier.get('/').expect(200)).text).to.include('1 statement to confirm');
    const shown = await page(supplier);
    expect(shown).to.include('250.00 USD').and.to.include('INV-1').and.not.to.include('Next month');

    const nothing = await act(supplier, 'dispute', { remark: '' });
    expect(nothing.text).to.include('data-code="statement.dispute-says-nothing"');
    const [one] = await lines();
    const said = [{ lineId: one.id, text: 'We delivered more' }];
    expect((await act(supplier, 'dispute', { remark: 'Freight is missing', lines: said })).status).to.equal(
      303,
    );
    expect(await row()).to.include({ state: 'disputed', remark: 'Freight is missing' });
    const asked = await page(finance);
    expect(asked).to.include('We delivered more').and.to.include('Freight is missing');
    const answers = [{ lineId: one.id, text: 'Counted again: six' }];
    expect((await act(finance, 'revision', { leftOut: last.id, lines: answers })).status).to.equal(303);
    expect(await row()).to.include({ state: 'sent', revision: 2 });
    expect(await page(supplier)).to.include('Counted again: six');
    expect((await act(supplier, 'confirmation')).status).to.equal(303);
    expect((await act(supplier, 'confirmation')).status).to.equal(422);
    const { id } = await row();
    for (const file of ['statement.pdf', 'statement.xlsx']) {
      const sent = await supplier.get(`/statements/${id}/${file}`).expect(200);
      expect(sent.headers['content-disposition']).to.include('STM-2026-0001');
    }

    const form = await supplier.get(`/statements/${id}/invoice/new`).expect(200);
    expect(form.text).to.include(orders[1].order.reference);
    const typed = [...form.text.matchAll(/name="lines\[(\d+)\]\[poLineId\]" value="([^"]+)"/g)];
    const quantities = [...form.text.matchAll(/\[quantity\]"[^>]* value="([^"]*)"/g)].map(
      (found) => found[1],
    );
    expect(quantities).to.deep.equal(['10', '10']);
    const entered = {
      supplierNumber: 'INV-2',
      issuedOn: '2026-04-01',
      tax: 'S:13',
      lines: typed.map((found, index) => ({
        poLineId: found[2],
        quantity: quantities[index],
        unitPrice: '12.50',
      })),
    };
    const sent = await supplier.post(`/statements/${id}/invoice`, entered);
    expect(sent.status).to.equal(303);
    const again = await supplier.post(`/statements/${id}/invoice`, { ...entered, supplierNumber: 'INV-3' });
    expect(again.text).to.include('data-code="statement.cannot-invoice"');
    await world.drainJobs();
    const invoice = await world.db('invoice').where({ supplier_number: 'INV-2' }).first();
    // 250 and 13 %, due by the shorter terms of both orders, matched by the same engine.
    expect(invoice).to.include({
      state: 'pending_approval',
      gross_amount: '282.5000',
      due_on: '2026-04-11',
      goods_receipt_id: null,
    });
    const shares = await world
      .db('invoice_line_receipt as share')
      .join('invoice_line as line', 'line.id', 'share.invoice_line_id')
      .where('line.invoice_id', invoice.id)
      .orderBy(['line.line_no', 'share.quantity'])
      .select('share.quantity');
    expect(shares.map((share) => Number(share.quantity))).to.deep.equal([4, 6, 10]);
    const read = await finance.get(`/invoices/${invoice.id}`).expect(200);
    for (const order of orders) expect(read.text).to.include(order.order.reference);
    expect(read.text).to.include('STM-2026-0001');

    const decide = async (what: string, more: Record<string, string> = {}) => {
      const { version } = await world.db('invoice').where({ id: invoice.id }).first();
      return finance.post(`/invoices/${invoice.id}/${what}`, { version: String(version), ...more });
    };
    // Who bought any of its orders decides on none of it, though another one bought the first.
    const own = await world.as(buyerOfSecond);
    const { version: seen } = await world.db('invoice').where({ id: invoice.id }).first();
    const refused = await own.post(`/invoices/${invoice.id}/approval`, { version: String(seen) });
    expect(refused.text).to.include('data-code="invoice.approved-by-own-buyer"');
    expect((await decide('approval')).status).to.equal(303);
    const runs = await own.get('/payment-runs/new?dueUntil=2026-12-31').expect(200);
    expect(runs.text).not.to.include('INV-2');
    expect((await decide('payment', { paidOn: '2026-04-01', paymentReference: 'B-1' })).status).to.equal(303);
    expect(await row()).to.include({ state: 'settled' });
    const states = await world.db('purchase_order').orderBy('reference');
    // The first one's other invoice is not paid, and of the second one four pieces wait for the next month.
    expect(states.map((order) => order.state)).to.not.include('closed');
    expect((await acts()).join(' ')).to.equal(
      'statement.built statement.sent statement.disputed statement.revised statement.sent statement.confirmed statement.invoiced statement.settled',
    );
  });

  it('differs like any invoice, is corrected by its statement, and is free again when it is rejected', async () => {
    await build();
    await act(finance, 'sending');
    await act(supplier, 'confirmation');
    const { id } = await row();
    const line = orders[1].lines[0]?.id;
    const entered = {
      supplierNumber: 'INV-2',
      issuedOn: '2026-04-01',
      tax: 'S:13',
      lines: [{ poLineId: line, quantity: '10', unitPrice: '13' }],
    };
    const more = { ...entered, lines: [{ poLineId: line, quantity: '11', unitPrice: '12.50' }] };
    expect((await supplier.post(`/statements/${id}/invoice`, more)).text).to.include(
      'data-code="invoice.more-than-received"',
    );
    expect(await row()).to.include({ state: 'confirmed' });
    await supplier.post(`/statements/${id}/invoice`, entered).expect(303);
    await world.drainJobs();
    const invoice = () => world.db('invoice').where({ supplier_number: 'INV-2' }).first();
    expect(await invoice()).to.include({ state: 'exception' });
    const form = await supplier.get(`/invoices/${(await invoice()).id}/correction`).expect(200);
    expect(form.text).to.include(orders[0].order.reference);
    await supplier
      .post(`/invoices/${(await invoice()).id}/correction`, {
        ...entered,
        version: String((await invoice()).version),
        lines: [{ poLineId: line, quantity: '9', unitPrice: '12.50' }],
      })
      .expect(303);
    await world.drainJobs();
    expect(await invoice()).to.include({ state: 'pending_approval', net_amount: '112.5000' });
    const { id: invoiceId, version } = await invoice();
    // Who bought one of its orders does not decide on it: see the rules; here it is refused for good.
    await finance.post(`/invoices/${invoiceId}/rejection`, { version, reason: 'Wrong company' }).expect(303);
    expect(await row()).to.include({ state: 'confirmed' });
    const invoiced = await world.db('po_schedule').where({ po_line_id: line }).first();
    expect(Number(invoiced.invoiced_quantity)).to.equal(0);
    await supplier.post(`/statements/${id}/invoice`, entered).expect(303);
  });

  it('is built once a month, of nothing not at all, and by no supplier; what it lists is in no other', async () => {
    expect((await build()).status).to.equal(303);
    expect((await build()).text).to.include('data-code="statement.is-built"');
    expect((await finance.get('/statements/new?month=2026-03')).text).to.include('Nothing to state');
    const april = { month: '2026-04', which: `${orders[0].supplierId}|${orders[0].order.plantCode}|USD` };
    expect((await finance.post('/statements', april)).text).to.include('data-code="statement.is-empty"');
    const may = { ...april, month: '2026-05' };
    expect((await finance.post('/statements', may)).text).to.include('data-code="statement.month-to-come"');
    expect((await supplier.post('/statements', april)).status).to.equal(404);
    const all = (await lines()).filter((one) => one.kind === 'to_invoice').map((one) => one.id);
    const left = (await lines()).filter((one) => one.kind === 'invoiced');
    expect(left).to.have.length(1);
    // Without what is to be invoiced the statement still says what is.
    expect((await act(finance, 'sending', { leftOut: all })).status).to.equal(303);
    expect((await act(supplier, 'confirmation')).status).to.equal(303);
    expect(await page(supplier)).to.include('nothing is left to invoice');
    expect((await finance.post('/statements', april)).status).to.equal(303);
    expect(await world.db('statement')).to.have.length(2);
  });
});
