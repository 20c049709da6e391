import { expect } from 'chai';
import { policies } from '../../config/policies.ts';
import { record } from '../../src/audit/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { issueOrdersForAward } from '../../src/orders/index.ts';
import { canonicalJson } from '../../src/platform/crypto/canonical-json.ts';
import { sha256Hex } from '../../src/platform/crypto/key-ring.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { asking, makePolicy } from '../support/factories/requisitions.ts';
import { type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeWorld, type World } from '../support/world.ts';

/** An award as it stands in the tables after its approval: the first supplier gets lines 1 and 3, the second line 2. */
async function awardOf(world: World, made: PublishedEvent, state: string): Promise<string> {
  const awardId = newId();
  const base = { award_id: awardId, is_lowest: true, price_base_quantity: '1' };
  const [a, b, c] = made.items;
  const [first, second] = made.suppliers;
  const prices = [
    { item: a, supplier: first, unit_price: '2.4' },
    { item: b, supplier: second, unit_price: '11.5' },
    { item: c, supplier: first, unit_price: '0.125' },
  ];
  await world.db('award').insert({
    id: awardId,
    reference: 'AW-2026-0001',
    event_id: made.eventId,
    state,
    currency: 'USD',
    total_amount: '950',
    lowest_amount: '950',
    proposed_by: made.buyer.userId,
    proposed_at: world.now(),
  });
  const bidOf = new Map<string, string>();
  for (const supplier of made.suppliers) {
    const id = newId();
    bidOf.set(supplier.supplierId, id);
    await world.db('bid').insert({
      id,
      reference: `BID-${id}`,
      event_id: made.eventId,
      supplier_id: supplier.supplierId,
      state: 'valid',
      created_at: world.now(),
    });
  }
  for (const { item, supplier, unit_price } of prices) {
    const bidLine = {
      id: newId(),
      bid_id: bidOf.get(supplier?.supplierId ?? ''),
      event_item_id: item?.id,
      unit_price,
      amount: '1',
    };
    await world.db('bid_line').insert(bidLine);
    await world.db('award_line').insert({
      ...base,
      id: newId(),
      event_item_id: item?.id,
      supplier_id: supplier?.supplierId,
      bid_line_id: bidLine.id,
      quantity: item?.quantity,
      unit_price,
      amount: '1',
    });
  }
  return awardId;
}

const approve = (world: World, awardId: string): Promise<string> =>
  world.runInTx(system('test'), (ctx) =>
    record(ctx, { action: 'award.approved', subject: { type: 'award', id: awardId } }),
  );

describe('issuing the orders of an approved award', () => {
  let world: World;
  let made: PublishedEvent;
  let awardId: string;
  before(async () => {
    world = await makeWorld();
    made = await publishedEvent(world);
    awardId = await awardOf(world, made, 'active');
    await approve(world, awardId);
    await world.drainJobs();
  });
  after(() => world.close());
  const orders = () => world.db('purchase_order').orderBy('reference');
  const orderMails = (): number =>
    world.mails.filter((mail) => mail.subject.startsWith('Purchase order')).length;

  it('makes one order a winner, numbered without gaps, with totals rounded at the line', async () => {
    const [one, two, ...rest] = await orders();
    expect(rest).to.have.length(0);
    expect([one, two].map((order) => order.reference)).to.deep.equal(['PO-2026-0001', 'PO-2026-0002']);
    const totals = new Map([one, two].map((order) => [order.supplier_id, order.total_amount]));
    expect(totals.get(made.suppliers[0]?.supplierId)).to.equal('490.0000');
    expect(totals.get(made.suppliers[1]?.supplierId)).to.equal('460.0000');
    expect(one).to.include({
      award_id: awardId,
      event_id: made.eventId,
      buyer_id: made.buyer.userId,
      incoterm: 'DAP',
      payment_terms_days: 30,
    });
    expect(one.next_due_on).to.equal('2026-04-30');
  });

  it('takes the lines as they were awarded, each with one delivery on the day they are needed', async () => {
    const order = (await orders()).find((row) => row.supplier_id === made.suppliers[0]?.supplierId);
    const lines = await world.db('po_line').where({ order_id: order.id }).orderBy('line_no');
    expect(
      lines.map((line) => [line.line_no, line.item_code, line.quantity, line.unit_price, line.amount]),
    ).to.deep.equal([
      [1, 'BR-100', '100.000000', '2.400000', '240.0000'],
      [2, null, '2000.000000', '0.125000', '250.0000'],
    ]);
    const schedules = await world.db('po_schedule').whereIn(
      'po_line_id',
      lines.map((line) => line.id),
    );
    expect(schedules.map((row) => [row.due_on, row.fulfilment])).to.deep.equal([
      ['2026-04-30', 'open'],
      ['2026-04-30', 'open'],
    ]);
  });

  it('keeps version 1 with a hash that anybody can compute again from what is stored', async () => {
    const versions = await world.db('po_version');
    expect(versions).to.have.length(2);
    for (const { content, sha256, version } of versions) {
      expect(version).to.equal(1);
      expect(sha256Hex(canonicalJson(content))).to.equal(sha256);
    }
  });

  it('makes the PDF, mails it to the supplier, and only then shows the order to it', async () => {
    for (const order of await orders()) {
      expect(order.state).to.equal('sent');
      const version = await world.db('po_version').where({ order_id: order.id }).first();
      const document = await world.db('document').where({ id: version.document_id }).first();
      expect(document).to.include({
        kind: 'order-pdf',
        visibility: 'supplier',
        supplier_id: order.supplier_id,
        media_type: 'application/pdf',
        file_name: `${order.reference}-v1.pdf`,
      });
      const supplier = made.suppliers.find((one) => one.supplierId === order.supplier_id);
      const mails = world.mails.filter(
        (mail) => mail.to.address === supplier?.email && mail.subject.includes('PO-'),
      );
      expect(mails).to.have.length(1);
      expect(mails[0]?.subject).to.equal(`Purchase order ${order.reference}: please acknowledge`);
      expect(mails[0]?.attachments.map((file) => file.fileName)).to.deep.equal([`${order.reference}-v1.pdf`]);
      expect(
        Buffer.from(mails[0]?.attachments[0]?.content ?? [])
          .subarray(0, 5)
          .toString(),
      ).to.equal('%PDF-');
    }
  });

  it('does nothing a second time, however often the message comes', async () => {
    const before = { mails: orderMails(), documents: (await world.db('document')).length };
    await approve(world, awardId);
    await world.drainJobs();
    expect(await world.runInTx(system('test'), (ctx) => issueOrdersForAward(ctx, awardId))).to.deep.equal([]);
    expect(await orders()).to.have.length(2);
    expect({ mails: orderMails(), documents: (await world.db('document')).length }).to.deep.equal(before);
  });

  it('lets the supplier open its document, and nobody else’s', async () => {
    const [one, two] = await orders();
    const supplier = made.suppliers.find((each) => each.supplierId === one.supplier_id);
    const visitor = await world.as(supplier?.actor ?? made.buyer);
    const page = await visitor.get(`/orders/${one.id}`).expect(200);
    const href = /href="(\/documents\/[^"]+)"/.exec(page.text)?.[1] ?? '';
    await visitor.get(href).expect(200).expect('Content-Type', 'application/pdf');
    const other = await world.db('po_version').where({ order_id: two.id }).first();
    await visitor.get(`/documents/${other.document_id}/x.pdf`).expect(404);
  });

  it('tells the buyer when the supplier has acknowledged', async () => {
    const [order] = await orders();
    const supplier = made.suppliers.find((each) => each.supplierId === order.supplier_id);
    const visitor = await world.as(supplier?.actor ?? made.buyer);
    await visitor.post(`/orders/${order.id}/acknowledgement`, { version: 1, note: 'Will do' }).expect(303);
    await world.drainJobs();
    const mail = world.mails.at(-1);
    expect(mail?.subject).to.equal(`${supplier?.name} acknowledged ${order.reference}`);
    expect(mail?.text).to.include('Will do');
  });
});

describe('issuing the orders of an award twice at the same time', () => {
  it('makes each order once, because the two take turns', async () => {
    const world = await makeWorld();
    try {
      const awardId = await awardOf(world, await publishedEvent(world), 'active');
      const issue = () => world.runInTx(system('test'), (ctx) => issueOrdersForAward(ctx, awardId));
      const counts = (await Promise.all([issue(), issue(), issue()])).map((ids) => ids.length);
      expect(counts.toSorted((a, b) => a - b)).to.deep.equal([0, 0, 2]);
      expect(await world.db('purchase_order')).to.have.length(2);
    } finally {
      await world.close();
    }
  });
});

describe('issuing the orders of an award where the rules for orders name approvers', () => {
  it('asks them, too: an award is not enough, and an order that is rejected is over', async () => {
    const world = await makeWorld();
    try {
      const made = await publishedEvent(world);
      const lead = await world.staff('approver');
      // Of the two orders, 490 and 460, only the larger needs somebody.
      await makePolicy(world, [asking(lead, { fromAmount: '480' })], 'purchase_order');
      await approve(world, await awardOf(world, made, 'active'));
      await world.drainJobs();
      const states = () => world.db('purchase_order').orderBy('total_amount').pluck('state');
      expect(await states()).to.deep.equal(['sent', 'pending_approval']);
      const { id } = await world.db('purchase_order').where({ state: 'pending_approval' }).first();
      expect(await world.db('po_version').where({ order_id: id })).to.have.length(0);
      const visitor = await world.as(lead);
      await visitor.post(`/orders/${id}/decision`, { decision: 'return', comment: 'Why two?' }).expect(303);
      const buyer = await world.as(made.buyer);
      const edit = await buyer.get(`/orders/${id}/edit`);
      expect([edit.status, edit.text.includes('says what was awarded')]).to.deep.equal([422, true]);
      await buyer.post(`/orders/${id}/submission`).expect(303);
      expect((await buyer.get(`/orders/${id}/mending`)).status, 'it waits for its approver').to.equal(422);
      await visitor.post(`/orders/${id}/decision`, { decision: 'reject', comment: 'No' }).expect(303);
      await world.drainJobs();
      expect(await states()).to.deep.equal(['sent', 'cancelled']);
      expect((await visitor.post(`/orders/${id}/decision`, { decision: 'approve' })).status).to.equal(422);
    } finally {
      await world.close();
    }
  });
});

describe('an award’s order with charges and the tax of its plant', () => {
  it('carries what its supplier is paid, and is mended where the award says nothing when its approver returns it', async () => {
    const world = await makeWorld({
      policies: {
        orders: { ...policies.orders, tax: { country: 'CN', rate: '6', plants: { QD01: '13' } } },
      },
    });
    try {
      const made = await publishedEvent(world);
      const lead = await world.staff('approver');
      await makePolicy(world, [asking(lead, { fromAmount: '480' })], 'purchase_order');
      await world.db('supplier').update({ country: 'CN' });
      const awardId = await awardOf(world, made, 'active');
      const bids = await world.db('bid').where({ event_id: made.eventId });
      const bid = bids.find((one) => one.supplier_id === made.suppliers[0]?.supplierId);
      const cost = {
        event_id: made.eventId,
        bid_id: bid.id,
        reason: 'As offered',
        entered_by: made.buyer.userId,
      };
      const at = { entered_at: world.now() };
      await world.db('cost_adjustment').insert([
        { ...cost, ...at, id: newId(), kind: 'tooling', amount: '300', currency: 'USD' },
        // DAP: unloading is ours to pay, and to others.
        { ...cost, ...at, id: newId(), kind: 'handling', amount: '99', currency: 'USD' },
      ]);
      await approve(world, awardId);
      await world.drainJobs();
      const orders = () => world.db('purchase_order').orderBy('total_amount');
      const [plain, charged] = await orders();
      expect(plain).to.deep.include({ charges: [], tax_rate: '13.0000' });
      expect(charged).to.include({ total_amount: '790.0000', state: 'pending_approval' });
      expect(charged.charges).to.have.length(1);
      expect(charged.charges[0]).to.include({ reason: 'tooling', amount: '300.00' });
      expect(charged.charges[0].id, 'invoiced by itself').to.match(/^[\da-f-]{36}$/);

      const visitor = await world.as(lead);
      await visitor.post(`/orders/${charged.id}/decision`, { decision: 'return', comment: 'Which gate?' });
      const buyer = await world.as(made.buyer);
      expect((await buyer.get(`/orders/${charged.id}`)).text).to.include('Mend the draft');
      const form = await buyer.get(`/orders/${charged.id}/mending`).expect(200);
      expect(form.text).to.include('Tooling').and.to.include('has to begin with those words');
      const lines = await world.db('po_line').where({ order_id: charged.id }).orderBy('line_no');
      const { version } = (await orders())[1];
      const mend = (more: Record<string, unknown> = {}, words = ', packed in tens') =>
        buyer.post(`/orders/${charged.id}/mending`, {
          version,
          title: 'Brackets for hall 3',
          incotermPlace: 'Gate 3',
          deliveryAddress: 'Gate 3\r\nHarbour Road 7',
          taxRate: '13',
          charges: [
            { id: charged.charges[0].id, billing: 'separate', reason: 'tooling', percent: '', amount: '250' },
          ],
          lines: lines.map((line) => ({
            poLineId: line.id,
            description: `${line.description}${words}`,
            dueOn: '2026-05-15',
          })),
          ...more,
        });
      const other = await buyer.post(`/orders/${charged.id}/mending`, {
        version,
        title: 'x',
        taxRate: '',
        lines: [{ poLineId: lines[0].id, description: 'Golden brackets', dueOn: '' }],
      });
      expect([other.status, other.text.includes('begin with the words that were awarded')]).to.deep.equal([
        422,
        true,
      ]);
      expect((await orders())[1], 'a refused mending leaves no trace').to.include({
        version,
        title: charged.title,
      });
      expect((await mend({ supplierId: newId() })).status, 'no form has another supplier').to.equal(422);
      expect((await mend()).status).to.equal(303);
      const stale = await mend({ title: 'Too late' });
      expect([
        stale.status,
        stale.text.includes('Brackets for hall 3'),
        stale.text.includes('Too late'),
      ]).to.deep.equal([409, true, true]);
      const mended = await world.db('purchase_order').where({ id: charged.id }).first();
      expect(mended).to.include({
        total_amount: '740.0000',
        incoterm_place: 'Gate 3',
        next_due_on: '2026-05-15',
      });
      await buyer.post(`/orders/${charged.id}/submission`).expect(303);
      await visitor.post(`/orders/${charged.id}/decision`, { decision: 'approve', comment: '' }).expect(303);
      const { content } = await world.db('po_version').where({ order_id: charged.id }).first();
      expect(content.plant.addressLines).to.deep.equal(['Gate 3', 'Harbour Road 7']);
      expect(content.totals.charges[0]).to.include({ value: '250.00', reason: 'tooling' });
      expect(content.lines[0]).to.include({ dueOn: '2026-05-15', unitPrice: '2.4' });
      expect(content.lines[0].description).to.match(/, packed in tens$/);
      expect((await buyer.get(`/orders/${charged.id}/mending`)).status).to.equal(422);
    } finally {
      await world.close();
    }
  });
});

describe('issuing orders too early', () => {
  it('refuses an award that is not approved, and leaves no trace', async () => {
    const world = await makeWorld();
    try {
      const made = await publishedEvent(world);
      const awardId = await awardOf(world, made, 'pending_approval');
      const act = world.runInTx(system('test'), (ctx) => issueOrdersForAward(ctx, awardId));
      expect(await act.catch((error) => error.code)).to.equal('purchase_order.award-not-approved');
      expect(await world.db('purchase_order')).to.have.length(0);
      expect(await world.db('event').where({ subject_type: 'purchase_order' })).to.have.length(0);
      expect(await world.db('reference_counter').where({ prefix: 'PO' })).to.have.length(0);
    } finally {
      await world.close();
    }
  });

  it('refuses an order without lines', async () => {
    const world = await makeWorld();
    try {
      const refused = await makeOrder(world, { lines: [] }).catch((error) => error.code);
      expect(refused).to.equal('purchase_order.without-lines');
      expect(await world.db('purchase_order')).to.have.length(0);
    } finally {
      await world.close();
    }
  });
});
