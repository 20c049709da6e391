import { expect } from 'chai';
import { policies } from '../../../config/policies.ts';
import { newId } from '../../../src/kernel/id.ts';
import { makeReceipt } from '../../support/factories/deliveries.ts';
import { type MadeOrder, makeOrder } from '../../support/factories/orders.ts';
import { makeRequisition } from '../../support/factories/requisitions.ts';
import { makeWorld, type World } from '../../support/world.ts';

describe('an invoice that is matched with its order alone', () => {
  let world: World;
  let order: MadeOrder;
  beforeEach(async () => {
    const kindScopes = [{ supplier: null, category: null, plant: 'QD01', kind: 'two_way' }] as const;
    world = await makeWorld({ policies: { matching: { ...policies.matching, kindScopes } } });
    order = await makeOrder(world);
  });
  afterEach(() => world.close());
  const path = () => `/orders/${order.order.id}/invoice`;
  const clerk = () => world.as(order.supplierUser);
  const invoice = () => world.db('invoice').orderBy('created_at', 'desc').first();
  const form = (quantities: readonly string[], over: Record<string, unknown> = {}) => ({
    supplierNumber: 'SUB-1',
    issuedOn: '2026-03-02',
    tax: 'S:13',
    lines: order.lines.map((line, index) => ({
      poLineId: line.id,
      quantity: quantities[index] ?? '',
      unitPrice: line.unitPrice,
      tax: '',
    })),
    ...over,
  });
  const moved = async () =>
    (
      await world
        .db('po_schedule')
        .join('po_line', 'po_line.id', 'po_schedule.po_line_id')
        .orderBy('line_no')
        .select('received_quantity', 'invoiced_quantity')
    ).map((row) => [Number(row.received_quantity), Number(row.invoiced_quantity)]);

  it('takes what was ordered as its limit, is corrected, refused and paid as every other, and closes its order', async () => {
    const visitor = await clerk();
    expect((await visitor.get(`/orders/${order.order.id}`).expect(200)).text)
      .to.include('Invoice this order')
      .and.to.include('Nothing is received of this order: invoice what is due.');
    const page = (await visitor.get(`${path()}/new`).expect(200)).text;
    expect(page)
      .to.match(/name="lines\[0\]\[quantity\]"[^>]* value="10"/)
      .and.to.include('the order alone is the limit');
    const above = await visitor.post(path(), form(['10.5', ''])).expect(422);
    expect(above.text).to.include('10 are ordered and not yet invoiced');
    expect(await moved()).to.deep.equal([
      [0, 0],
      [0, 0],
    ]);
    // A price that nobody ordered is a difference as everywhere, and correcting it frees what is not invoiced any more.
    const dear = form(['6', '4']);
    await visitor
      .post(path(), { ...dear, lines: dear.lines.map((line) => ({ ...line, unitPrice: '99' })) })
      .expect(303);
    await world.drainJobs();
    const first = await invoice();
    expect(first).to.include({ state: 'exception', is_by_order: true, goods_receipt_id: null });
    expect(await moved()).to.deep.equal([
      [6, 6],
      [4, 4],
    ]);
    await visitor
      .post(`/invoices/${first.id}/correction`, { ...form(['5', '4']), version: first.version })
      .expect(303);
    await world.drainJobs();
    expect(await moved()).to.deep.equal([
      [5, 5],
      [4, 4],
    ]);
    expect(await invoice()).to.include({ state: 'pending_approval' });
    expect((await visitor.get(`/invoices/${first.id}`).expect(200)).text).to.include(
      'Matched with its order.',
    );
    const finance = await world.as(await world.staff('finance'));
    expect((await finance.get(`/invoices/${first.id}`).expect(200)).text).to.include(
      'with its order alone (two ways)',
    );
    // Refused, all of it can be invoiced again.
    const { version } = await invoice();
    await finance.post(`/invoices/${first.id}/rejection`, { version, reason: 'Wrong period' }).expect(303);
    expect(await moved()).to.deep.equal([
      [0, 0],
      [0, 0],
    ]);
    expect((await visitor.get(`/invoices/${first.id}`).expect(200)).text).to.include(`${path()}/new`);

    // Whoever needed it is told once the invoice is approved: nothing else will say that it came.
    const { requisitionId, lineIds } = await makeRequisition(world);
    await world.db('requisition').where({ id: requisitionId }).update({ state: 'ordered' });
    await world.db('requisition_line').whereIn('id', lineIds).update({ progress: 'ordered' });
    await world.db('po_line_source').insert({
      po_line_id: order.lines[0]?.id,
      requisition_line_id: lineIds[0],
      quantity: '10',
      amount: '125',
    });
    const requisition = () => world.db('requisition').where({ id: requisitionId }).first();
    await visitor.post(path(), form(['10', '4'])).expect(303);
    await world.drainJobs();
    expect(await requisition()).to.include({ state: 'ordered' });
    const second = await invoice();
    const again = await visitor.post(path(), form(['1', ''], { supplierNumber: 'SUB-2' })).expect(422);
    expect(again.text).to.include('data-code="invoice.nothing-left-to-invoice"');
    await finance.post(`/invoices/${second.id}/approval`, { version: second.version }).expect(303);
    await world.drainJobs();
    expect(await requisition()).to.include({ state: 'received' });
    const approved = await invoice();
    await finance
      .post(`/invoices/${second.id}/payment`, {
        version: approved.version,
        paidOn: '2026-03-02',
        paymentReference: 'TT-1',
      })
      .expect(303);
    expect(await world.db('purchase_order').first()).to.include({ state: 'closed' });
  });

  it('leaves to receipts what was received, and begins with an uploaded document too', async () => {
    await makeReceipt(world, order, { quantities: ['3', '4'] });
    const visitor = await clerk();
    expect((await visitor.get(`${path()}/new`).expect(200)).text).to.match(
      /name="lines\[0\]\[quantity\]"[^>]* value="7"/,
    );
    const name = `${order.order.reference}.pdf`;
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
    await visitor.upload('/invoices/drafts', {}, { document: [name, pdf] });
    // Its receipt and the order itself bear the number: people choose.
    const draft = await world.db('invoice_draft').first();
    const here = `/invoices/drafts/${draft.id}`;
    expect((await visitor.get(here).expect(200)).text)
      .to.include('invoiced without a receipt')
      .and.to.include('87.50');
    await visitor
      .post(`${here}/source`, { version: draft.version, candidate: `order:${order.order.id}` })
      .expect(303);
    await visitor.post(`${here}/submission`, { ...form(['7', '']), version: draft.version + 1 }).expect(303);
    await world.drainJobs();
    expect(await invoice()).to.include({ id: draft.id, is_by_order: true, state: 'pending_approval' });
    expect(await moved()).to.deep.equal([
      [10, 7],
      [4, 0],
    ]);
  });

  it('is refused where the house asks for a receipt, and to everybody but its supplier', async () => {
    const { db } = world;
    await db('plant').insert({
      ...(await db('plant').where({ code: 'QD01' }).first()),
      id: newId(),
      code: 'NB02',
    });
    await db('purchase_order').update({ plant_code: 'NB02' });
    const visitor = await clerk();
    expect((await visitor.post(path(), form(['1', ''])).expect(422)).text).to.include(
      'is invoiced from its receipts',
    );
    await db('purchase_order').update({ plant_code: 'QD01' });
    const stranger = await world.as((await makeOrder(world)).supplierUser);
    await stranger.post(path(), form(['1', ''])).expect(404);
    await (await world.as(order.buyer)).post(path(), form(['1', ''])).expect(403);
    expect(await db('invoice')).to.have.length(0);
    expect(await db('po_schedule').where('received_quantity', '>', 0)).to.have.length(0);
  });
});
