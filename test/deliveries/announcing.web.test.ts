import { expect } from 'chai';
import { newId } from '../../src/kernel/id.ts';
import { makeDespatch, makeReceipt } from '../support/factories/deliveries.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('announcing a delivery', () => {
  let world: World;
  let made: MadeOrder;
  let supplier: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeOrder(world);
    supplier = await world.as(made.supplierUser);
  });
  afterEach(() => world.close());

  const lineId = (index: number): string => made.lines[index]?.id ?? '';
  const form = (
    quantities: readonly string[],
    over: Record<string, string> = {},
  ): Record<string, string> => ({
    idempotencyKey: newId(),
    despatchedOn: '2026-03-02',
    expectedOn: '2026-03-05',
    carrier: 'DHL Freight',
    trackingNumber: 'JD0146',
    note: 'Two pallets',
    ...Object.fromEntries(
      quantities.flatMap((quantity, index) => [
        [`lines[${index}][poLineId]`, lineId(index)],
        [`lines[${index}][quantity]`, quantity],
      ]),
    ),
    ...over,
  });
  const send = (
    visitor: Visitor,
    typed: Record<string, string>,
    files: Record<string, [string, Buffer]> = {},
  ) => visitor.upload(`/orders/${made.order.id}/despatches`, typed, files);
  const shipped = async (): Promise<number[]> =>
    (
      await world
        .db('po_schedule')
        .join('po_line', 'po_line.id', 'po_schedule.po_line_id')
        .where('po_line.order_id', made.order.id)
        .orderBy('po_line.line_no')
        .pluck('shipped_quantity')
    ).map(Number);
  const expectNoTrace = async (): Promise<void> => {
    expect(await world.db('despatch_advice')).to.have.length(0);
    expect(await world.db('despatch_line')).to.have.length(0);
    expect(await world.db('document').where({ subject_type: 'despatch_advice' })).to.have.length(0);
    expect(await world.db('event').where('action', 'like', 'despatch_advice.%')).to.have.length(0);
    expect(await world.db('reference_counter').where({ prefix: 'ASN' })).to.have.length(0);
    expect(await shipped()).to.deep.equal([0, 0]);
  };

  it('is prefilled with all that is not announced, and needs a click', async () => {
    await makeDespatch(world, made, { quantities: ['6.5', '4'] });
    const page = await supplier.get(`/orders/${made.order.id}/despatches/new`).expect(200);
    expect(page.text).to.match(/name="lines\[0\]\[quantity\]"[^>]* value="3.5"/);
    expect(page.text).to.include('Everything is announced or received.');
    expect(page.text).to.include('value="2026-03-02"').and.to.include('value="2026-04-01"');
  });

  it('announces a part, leaves out what is 0 or empty, and shows what is under way', async () => {
    const res = await send(supplier, form(['6', ''])).expect(303);
    const [advice] = await world.db('despatch_advice');
    expect(advice).to.include({
      reference: 'ASN-2026-0001',
      state: 'submitted',
      order_id: made.order.id,
      supplier_id: made.supplierId,
      despatched_on: '2026-03-02',
      expected_on: '2026-03-05',
      carrier: 'DHL Freight',
      tracking_number: 'JD0146',
      note: 'Two pallets',
    });
    expect(res.headers['location']).to.equal(`/despatches/${advice.id}`);
    const lines = await world.db('despatch_line');
    expect(lines.map((line) => [line.po_line_id, Number(line.quantity)])).to.deep.equal([[lineId(0), 6]]);
    expect(await shipped()).to.deep.equal([6, 0]);
    const page = await supplier.get(`/despatches/${advice.id}`).expect(200);
    expect(page.text).to.include('ASN-2026-0001').and.to.include('Two pallets').and.to.include('JD0146');
    const order = await supplier.get(`/orders/${made.order.id}/deliveries`).expect(200);
    expect(order.text).to.include('ASN-2026-0001');
  });

  it('takes the packing list along, which the plant reads and another supplier does not', async () => {
    await send(supplier, form(['1']), { files: ['packing list.pdf', PDF] }).expect(303);
    const [document] = await world.db('document').where({ subject_type: 'despatch_advice' });
    expect(document).to.include({
      kind: 'packing-list',
      visibility: 'supplier',
      supplier_id: made.supplierId,
    });
    const path = `/documents/${document.id}/packing%20list.pdf`;
    await (await world.as(await world.staff('receiver'))).get(path).expect(200);
    await supplier.get(path).expect(200);
    await (await world.as((await makeOrder(world)).supplierUser)).get(path).expect(404);
  });

  it('tells the buyer and the receivers, each once, with day, carrier and tracking number', async () => {
    const receiver = await world.staff('receiver');
    await send(supplier, form(['6', '4'])).expect(303);
    await world.drainJobs();
    const told = world.mails.filter((mail) => mail.subject.includes('ASN-2026-0001'));
    expect(told).to.have.length(2);
    const addresses = await world
      .db('user_account')
      .whereIn('id', [made.buyer.userId, receiver.userId])
      .pluck('email');
    expect(told.map((mail) => mail.to.address)).to.have.members(addresses);
    expect(told[0]?.text).to.include('DHL Freight').and.to.include('JD0146').and.to.include('5 Mar 2026');
  });

  it('announces once, however often the form is sent', async () => {
    const typed = form(['6']);
    const [first, second] = await Promise.all([send(supplier, typed), send(supplier, typed)]);
    expect([first.status, second.status]).to.deep.equal([303, 303]);
    expect(first.headers['location']).to.equal(second.headers['location']);
    expect(await world.db('despatch_advice')).to.have.length(1);
    expect(await world.db('event').where({ action: 'despatch_advice.submitted' })).to.have.length(1);
    expect(await shipped()).to.deep.equal([6, 0]);
  });

  it('does not take the form of one order for another', async () => {
    const typed = form(['1']);
    await send(supplier, typed).expect(303);
    const other = await makeOrder(world, { supplierUser: made.supplierUser, buyer: made.buyer });
    const res = await supplier
      .upload(
        `/orders/${other.order.id}/despatches`,
        { ...typed, 'lines[0][poLineId]': other.lines[0]?.id ?? '' },
        {},
      )
      .expect(409);
    expect(res.text).to.include('data-code="despatch_advice.form-used-already"');
    expect(await world.db('despatch_advice').where({ order_id: other.order.id })).to.have.length(0);
  });

  const refusals = [
    {
      says: 'more of a line than is open, at its field, keeping what was typed',
      quantities: ['10.000001', '4'],
      code: 'despatch_advice.more-than-announceable',
      field: '#field-lines-0-quantity',
    },
    { says: 'a delivery of nothing', quantities: ['0', ''], code: 'despatch_advice.nothing-announced' },
    {
      says: 'what is no number, because separators are never guessed',
      quantities: ['1,5', '4'],
      code: 'form.invalid-number',
      field: '#field-lines-0-quantity',
    },
    { says: 'less than nothing', quantities: ['-1', '4'], code: 'form.invalid-number' },
    {
      says: 'a delivery that arrives before it is despatched',
      quantities: ['1'],
      over: { despatchedOn: '2026-03-06' },
      code: 'despatch_advice.expected-before-despatch',
      field: '#field-expectedOn',
    },
    {
      says: 'a day that is none',
      quantities: ['1'],
      over: { expectedOn: '2026-02-30' },
      code: 'form.invalid-date',
      field: '#field-expectedOn',
    },
    {
      says: 'a carrier that is too long',
      quantities: ['1'],
      over: { carrier: 'x'.repeat(201) },
      code: 'form.too-long',
    },
    {
      says: 'a form that lost its key',
      quantities: ['1'],
      over: { idempotencyKey: 'none' },
      code: 'form.invalid-value',
    },
  ];
  for (const { says, quantities, over = {}, code, field } of refusals)
    it(`refuses ${says}`, async () => {
      const res = await send(supplier, form(quantities, { note: 'typed with care', ...over })).expect(422);
      expect(res.text).to.include(`data-code="${code}"`).and.to.include('typed with care');
      if (field !== undefined) expect(res.text).to.include(`href="${field}"`);
      expect(res.text).to.include(`value="${quantities[0]}"`);
      await expectNoTrace();
    });

  it('refuses a line that is there twice, and one of another supplier’s order', async () => {
    const twice = form(['1', '1'], { 'lines[1][poLineId]': lineId(0) });
    expect((await send(supplier, twice).expect(422)).text).to.include('data-code="form.invalid-value"');
    const other = await makeOrder(world, { buyer: made.buyer });
    await send(supplier, form(['1'], { 'lines[0][poLineId]': other.lines[0]?.id ?? '' })).expect(404);
    await expectNoTrace();
  });

  it('refuses a file of a kind that nobody takes, and announces nothing', async () => {
    const res = await send(supplier, form(['1']), { files: ['list.exe', Buffer.from('MZ')] }).expect(422);
    expect(res.text).to.include('href="#field-files"');
    await expectNoTrace();
  });

  it('refuses an order that is not acknowledged', async () => {
    const unanswered = await makeOrder(world, { state: 'sent', supplierUser: made.supplierUser });
    const typed = { ...form(['1']), 'lines[0][poLineId]': unanswered.lines[0]?.id ?? '' };
    const res = await supplier.upload(`/orders/${unanswered.order.id}/despatches`, typed, {}).expect(422);
    expect(res.text)
      .to.include('data-code="purchase_order.not-acknowledged"')
      .and.to.include('Acknowledge the order first');
    await expectNoTrace();
  });

  it("is not found for another supplier's order, and not for staff or accounts", async () => {
    const other = await world.as((await makeOrder(world)).supplierUser);
    await other.get(`/orders/${made.order.id}/despatches/new`).expect(404);
    await send(other, form(['1'])).expect(404);
    await send(await world.as(made.buyer), form(['1'])).expect(403);
    const accounts = await world.as(await world.supplierUser(made.supplierId, 'supplier_accounts'));
    await send(accounts, form(['1'])).expect(404);
    await expectNoTrace();
  });

  it('lets two of its people not announce the same goods twice', async () => {
    const colleague = await world.as(await world.supplierUser(made.supplierId, 'supplier_logistics'));
    const answers = await Promise.all([send(supplier, form(['10'])), send(colleague, form(['10']))]);
    expect(answers.map((answer) => answer.status)).to.have.members([303, 422]);
    expect(await world.db('despatch_advice')).to.have.length(1);
    expect(await shipped()).to.deep.equal([10, 0]);
  });

  it('says so when nothing is left to announce', async () => {
    await makeReceipt(world, made);
    const page = await supplier.get(`/orders/${made.order.id}/despatches/new`).expect(200);
    expect(page.text).to.include('There is nothing left to announce');
  });

  it('waits on the supplier’s home page when an order is due within a week, and urgently when it is late', async () => {
    const home = async (): Promise<string> =>
      (await (await world.as(made.supplierUser)).get('/').expect(200)).text;
    world.setNow('2026-03-24T15:59:59Z');
    expect(await home()).not.to.include('nothing announced');
    world.setNow('2026-03-24T16:00:00Z');
    expect(await home(), '25 March in Qingdao').to.include('1 order due within a week, nothing announced');
    world.setNow('2026-03-31T16:00:00Z');
    expect(await home()).not.to.include('bg-red');
    world.setNow('2026-04-01T16:00:00Z');
    expect(await home(), '2 April in Qingdao').to.include('bg-red');
    await makeDespatch(world, made, { quantities: ['1'] });
    expect(await home()).not.to.include('nothing announced');
  });
});

describe('taking a delivery back', () => {
  let world: World;
  let made: MadeOrder;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeOrder(world);
  });
  afterEach(() => world.close());
  const cancel = async (visitor: Visitor, id: string, reason = 'The truck broke down') =>
    visitor.post(`/despatches/${id}/cancellation`, { reason });
  const orderRow = () => world.db('purchase_order').where({ id: made.order.id }).first();
  const stateOf = async (id: string): Promise<string> =>
    (await world.db('despatch_advice').where({ id }).first()).state;

  it('frees what was announced, gives the order its state back, and tells the plant why', async () => {
    const receiver = await world.staff('receiver');
    const despatch = await makeDespatch(world, made, { quantities: ['6', '4'] });
    const supplier = await world.as(made.supplierUser);
    expect((await cancel(supplier, despatch.id)).status).to.equal(303);
    expect(await stateOf(despatch.id)).to.equal('cancelled');
    expect((await orderRow()).state).to.equal('acknowledged');
    const form = await supplier.get(`/orders/${made.order.id}/despatches/new`).expect(200);
    expect(form.text).to.match(/name="lines\[0\]\[quantity\]"[^>]* value="10"/);
    await world.drainJobs();
    const address = (await world.db('user_account').where({ id: receiver.userId }).first()).email;
    const told = world.mails.filter(
      (mail) => mail.to.address === address && mail.text.includes('The truck broke down'),
    );
    expect(told).to.have.length(1);
  });

  it('refuses without a reason, and after the goods were received', async () => {
    const supplier = await world.as(made.supplierUser);
    const { receipt } = await makeReceipt(world, made, { announced: ['6', '4'] });
    const received = receipt.despatchAdviceId ?? '';
    const late = await cancel(supplier, received);
    expect(late.status).to.equal(422);
    expect(late.text).to.include('data-code="despatch_advice.cannot-cancel"');
    expect(await stateOf(received)).to.equal('received');
    const open = await makeDespatch(world, made, { quantities: ['4'] });
    const unreasoned = await cancel(supplier, open.id, ' ');
    expect(unreasoned.status).to.equal(422);
    expect(unreasoned.text).to.include('href="#field-reason"');
    expect(await stateOf(open.id)).to.equal('submitted');
    expect(await world.db('event').where({ action: 'despatch_advice.cancelled' })).to.have.length(0);
  });

  it('is not found for another supplier, and not for staff', async () => {
    const despatch = await makeDespatch(world, made);
    const other = await world.as((await makeOrder(world)).supplierUser);
    expect((await cancel(other, despatch.id)).status).to.equal(404);
    await other.get(`/despatches/${despatch.id}`).expect(404);
    expect((await cancel(await world.as(made.buyer), despatch.id)).status).to.equal(403);
    expect(await stateOf(despatch.id)).to.equal('submitted');
  });
});

// The smallest file that a reader of PDF opens.
const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
);
