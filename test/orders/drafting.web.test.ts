import { expect } from 'chai';
import type { Actor } from '../../src/kernel/actor.ts';
import { makeOrder } from '../support/factories/orders.ts';
import {
  approvedRequisition,
  asking,
  makeBudget,
  makePolicy,
  someLine,
} from '../support/factories/requisitions.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('making an order without an event', () => {
  let world: World;
  let buyer: Visitor;
  let lead: Actor;
  let supplierUser: Actor;
  beforeEach(async () => {
    world = await makeWorld();
    const made = await makeOrder(world);
    ({ supplierUser } = made);
    buyer = await world.as(made.buyer);
    lead = await world.staff('approver');
    await makePolicy(world, [asking(lead, { fromAmount: '500' })], 'purchase_order');
    await makeBudget(world);
    await world.drainJobs();
  });
  afterEach(() => world.close());

  const line = (over: Record<string, string> = {}) => ({
    itemCode: '',
    description: 'Gear pump',
    quantity: '10',
    unit: 'C62',
    unitPrice: '12.5',
    dueOn: '2026-05-04',
    discount: '',
    taxRate: '',
    sources: '',
    ...over,
  });
  const draft = (over: Record<string, unknown> = {}) => ({
    supplierId: supplierUser.supplierId ?? '',
    title: 'Pumps for line 3',
    plantCode: 'QD01',
    categoryCode: 'MACH',
    currency: 'USD',
    incoterm: 'DAP',
    incotermPlace: 'Qingdao',
    paymentTermsDays: '30',
    taxRate: '',
    charges: [],
    reason: 'The pump broke at night',
    next: 'submit',
    lines: [line()],
    ...over,
  });
  const orders = () => world.db('purchase_order').orderBy('created_at').orderBy('reference');
  const last = async () => (await orders()).at(-1);
  const make = (over: Record<string, unknown> = {}) => buyer.post('/orders', draft(over));
  const versions = (id: string) => world.db('po_version').where({ order_id: id });

  it('waits for its approvers, goes out with the last yes, and nobody who bought it says it', async () => {
    await world
      .db('user_role')
      .insert({ user_id: buyer.actor.userId, role: 'approver', granted_at: world.now() });
    await make({ lines: [line({ quantity: '40' })] }).then((res) =>
      expect(res.status, res.text).to.equal(303),
    );
    await world.drainJobs();
    const { id, reference, state } = await last();
    expect([reference, state]).to.deep.equal(['PO-2026-0002', 'pending_approval']);
    expect(await versions(id)).to.have.length(0);
    const supplier = await world.as(supplierUser);
    expect((await supplier.get(`/orders/${id}`)).status).to.equal(404);
    expect((await supplier.get('/orders')).text).to.not.include('Pumps for line 3');
    expect(
      await world.db('notification').where({ template: 'approval-asked' }).pluck('user_id'),
    ).to.deep.equal([lead.userId]);
    const approver = await world.as(lead);
    expect((await approver.get('/')).text).to.include('waits for your approval');
    expect((await approver.get('/approvals')).text).to.include(reference);
    expect((await approver.get(`/orders/${id}`)).text).to.include('The approvers have to decide');
    const own = await (await world.as(buyer.actor)).post(`/orders/${id}/decision`, { decision: 'approve' });
    expect([own.status, (await last()).state]).to.deep.equal([422, 'pending_approval']);
    const edit = await buyer.post(`/orders/${id}/edit`, { ...draft(), version: '1' });
    expect(edit.status).to.equal(422);
    expect(edit.text).to.include('is no draft any more');
    await approver.post(`/orders/${id}/decision`, { decision: 'approve', comment: 'Buy it' }).expect(303);
    await world.drainJobs();
    expect((await last()).state).to.equal('sent');
    expect((await versions(id)).map((one) => one.version)).to.deep.equal([1]);
    const seen = (await supplier.get(`/orders/${id}`)).text;
    expect(seen).to.include('Gear pump').and.not.include('The pump broke').and.not.include('Buy it');
    const again = await approver.post(`/orders/${id}/decision`, { decision: 'approve', comment: '' });
    expect(again.status).to.equal(422);
    expect(world.mails.some((mail) => mail.subject.startsWith(`${reference}:`))).to.equal(true);
  });

  it('comes back as a draft, which two people cannot change at once, and can be discarded with a reason', async () => {
    await make({ lines: [line({ quantity: '40' })] });
    const { id } = await last();
    const approver = await world.as(lead);
    const bare = await approver.post(`/orders/${id}/decision`, { decision: 'return', comment: '' });
    expect(bare.status).to.equal(422);
    await approver.post(`/orders/${id}/decision`, { decision: 'return', comment: 'Too many' }).expect(303);
    const { version, state } = await last();
    expect(state).to.equal('draft');
    expect((await buyer.get('/')).text).to.include('1 draft order to submit or discard');
    const form = (await buyer.get(`/orders/${id}/edit`).expect(200)).text;
    expect(form).to.include('Gear pump');
    const lines = [line({ quantity: '20', discount: '10' })];
    const revise = (over: object) =>
      buyer.post(`/orders/${id}/edit`, { ...draft({ next: 'save' }), version, ...over });
    await revise({ lines }).then((res) => expect(res.status, res.text).to.equal(303));
    const late = await revise({ title: 'Pumps for line 4' });
    expect(late.status).to.equal(409);
    expect(late.text).to.include('Pumps for line 3').and.include('Pumps for line 4');
    expect(await last()).to.include({ title: 'Pumps for line 3', total_amount: '225.0000' });
    expect(await world.db('po_line').where({ order_id: id }).pluck('quantity')).to.deep.equal(['20.000000']);
    expect((await buyer.post(`/orders/${id}/discarding`, { reason: '' })).status).to.equal(422);
    await buyer.post(`/orders/${id}/discarding`, { reason: 'Repaired' }).expect(303);
    expect((await last()).state).to.equal('cancelled');
    expect((await buyer.post(`/orders/${id}/submission`)).status).to.equal(422);
    const kept = await world.db('po_line').where({ order_id: id }).delete().catch(String);
    expect(kept).to.include('does not belong to a draft');
  });

  it('says what is charged, allowed and taxed, on page, document and to whoever matches the invoice', async () => {
    const terms = { version: '0', textEn: 'Our terms hold.', textZh: '' };
    expect((await buyer.post('/orders/terms', terms)).status).to.equal(422);
    await buyer.post('/orders/terms', { ...terms, textZh: '以我方条款为准。' }).expect(303);
    const late = await buyer.post('/orders/terms', { ...terms, textEn: 'No.', textZh: '否。' });
    expect(late.status).to.equal(409);
    expect(late.text).to.include('Our terms hold.').and.include('No.');
    await make({
      taxRate: '13',
      charges: [
        { reason: 'discount', percent: '2', amount: '' },
        { reason: 'freight', percent: '', amount: '20' },
      ],
      lines: [
        line({ discount: '5' }),
        line({ description: 'Seal', quantity: '4', unitPrice: '5', taxRate: '6' }),
      ],
    }).then((res) => expect(res.status, res.text).to.equal(303));
    await world.drainJobs();
    // 10 × 12.50 − 5 % = 118.75; 4 × 5 = 20; − 2 % of 138.75 = − 2.78; + 20.
    const { id, total_amount, state } = await last();
    expect([total_amount, state]).to.deep.equal(['155.9700', 'sent']);
    const [{ content }] = await versions(id);
    expect(content.totals).to.deep.include({ linesAmount: '138.75', netAmount: '155.97' });
    expect(content.totals.taxes).to.deep.equal([
      { rate: '6', base: '20.00', amount: '1.20' },
      { rate: '13', base: '135.97', amount: '17.68' },
    ]);
    expect(content.totals.grossAmount).to.equal('174.85');
    expect(content.termsText).to.equal('Our terms hold.');
    const page = (await buyer.get(`/orders/${id}`)).text;
    expect(page).to.include('Total with tax').and.include('174.85').and.include('Freight');
    // Proved: each of the supplier's people got its mail, once, however often the delivery is told of.
    expect(page).to.include('was taken by the mail server').and.include('Not opened by a link yet');
    const noted = await world.db('event').where({ action: 'purchase_order.mail-taken', subject_id: id });
    expect(noted.length).to.equal(
      (await world.db('notification').where({ template: 'order-issued', link: `/orders/${id}` })).length,
    );
    const supplier = await (await world.as(supplierUser)).get(`/orders/${id}`);
    expect(supplier.text).to.include('174.85').and.not.include('Proof of delivery');
    const file = (await buyer.get(`/orders/${id}/lines.csv`).expect(200)).text;
    expect(file).to.include('118.75').and.include('Freight').and.include('155.97').and.include('174.85');
    const both = await make({ charges: [{ reason: 'freight', percent: '1', amount: '1' }] });
    expect(both.status).to.equal(422);
    expect(both.text).to.include('not both');
    const tooMuch = await make({ charges: [{ reason: 'discount', percent: '', amount: '999' }] });
    expect(tooMuch.status).to.equal(422);
    expect(await orders()).to.have.length(2);
    const net = await world.db('po_line').where({ order_id: id }).orderBy('line_no').pluck('net_price');
    // What is charged on the order is shared by amount: 118.75 + 14.74 and 20 + 2.48 make 155.97.
    expect(net).to.deep.equal(['13.349000', '5.620000']);
  });

  it('plans its payment: in the form, on the page and in the version of both sides, and never more than the order', async () => {
    const plan = {
      prepayment: { percent: '30', amount: '', guarantee: 'yes' },
      milestones: [{ name: 'Factory test', percent: '', amount: '50', expectedOn: '2026-04-20' }],
      retention: { percent: '5', after: '12', unit: 'months' },
    };
    const above = await make({ plan: { ...plan, prepayment: { percent: '70', amount: '', guarantee: '' } } });
    expect(above.status).to.equal(422);
    expect(above.text).to.include('The instalments come to 137.50 USD').and.include('Factory test');
    expect(await orders()).to.have.length(1);
    await make({ plan, next: 'save' }).then((res) => expect(res.status, res.text).to.equal(303));
    const { id, version } = await last();
    const form = (await buyer.get(`/orders/${id}/edit`)).text;
    expect(form).to.match(/plan\[prepayment\]\[percent\]"[^>]*value="30"/);
    const lines = [line({ quantity: '20' })];
    await buyer
      .post(`/orders/${id}/edit`, { ...draft({ plan, lines }), version: String(version) })
      .then((res) => expect(res.status, res.text).to.equal(303));
    await world.drainJobs();
    const [{ content }] = await versions(id);
    expect(content.paymentPlan.instalments.map((one: { netAmount: string }) => one.netAmount)).to.deep.equal([
      '75.00',
      '50.00',
    ]);
    const seen = (await (await world.as(supplierUser)).get(`/orders/${id}`)).text;
    expect(seen)
      .to.include('Factory test')
      .and.include('Against a bank guarantee')
      .and.include('released 12 months after the last receipt');
    // A plain order says nothing of it.
    const [plain] = await orders();
    expect((await buyer.get(`/orders/${plain.id}`)).text).to.not.include('Payment plan');
    expect((await versions(plain.id))[0].content).to.not.have.property('paymentPlan');
  });

  it('takes approved requisition lines: the budget is committed once, and both sides trace each other', async () => {
    const rags = someLine({ itemCode: null, description: 'Rags', quantity: '5', estimatedPrice: '4' });
    const needed = await approvedRequisition(world, { lines: [someLine(), rags] });
    const progress = () => world.db('requisition_line').orderBy('line_no').pluck('progress');
    const committed = () => world.db('budget_commitment').orderBy('reserved').select('reserved', 'committed');
    const begun = await buyer.post('/orders/from-requisitions', { line: needed.lineIds }).expect(303);
    const form = (await buyer.get(String(begun.headers['location'])).expect(200)).text;
    expect(form).to.include('Gloves, nitrile').and.include(needed.lineIds[1]);
    const sourced = [
      line({
        description: 'Gloves',
        quantity: '100',
        unit: 'PR',
        unitPrice: '2.4',
        sources: needed.lineIds[0] ?? '',
      }),
      line({ description: 'Rags', quantity: '5', unitPrice: '4', sources: needed.lineIds[1] ?? '' }),
    ];
    await make({ lines: sourced, reason: '', next: 'save' }).then((res) =>
      expect(res.status, res.text).to.equal(303),
    );
    const { id, version, reference } = await last();
    expect(await progress()).to.deep.equal(['sourcing', 'sourcing']);
    expect((await make({ lines: sourced })).text).to.include('requisition_line.is-taken');
    // One line is left out again, and waits again.
    await buyer
      .post(`/orders/${id}/edit`, {
        ...draft({ lines: sourced.slice(0, 1), next: 'save', reason: '' }),
        version,
      })
      .expect(303);
    expect(await progress()).to.deep.equal(['sourcing', 'open']);
    expect((await committed()).map((one) => one.committed)).to.deep.equal(['0.0000', '0.0000']);
    await buyer.post(`/orders/${id}/submission`).expect(303);
    await world.drainJobs();
    expect(await progress()).to.deep.equal(['ordered', 'open']);
    expect(await committed()).to.deep.equal([
      { reserved: '0.0000', committed: '240.0000' },
      { reserved: '20.0000', committed: '0.0000' },
    ]);
    expect((await buyer.get(`/orders/${id}`)).text).to.include('PR-2026-0001');
    const requisition = await (await world.as(needed.requester)).get(`/requisitions/${needed.requisitionId}`);
    expect(requisition.text).to.include(reference);
  });

  it('refuses what may not be ordered so, and leaves no trace', async () => {
    const count = async () => [
      (await orders()).length,
      (await world.db('reference_counter').where({ prefix: 'PO' }).first()).value,
    ];
    const before = await count();
    const needed = await approvedRequisition(world);
    const [id = ''] = needed.lineIds;
    await world.db('supplier').where({ id: supplierUser.supplierId }).update({ state: 'on_hold' });
    expect((await make()).text).to.include('is not active');
    await world.db('supplier').where({ id: supplierUser.supplierId }).update({ state: 'registered' });
    expect((await make({ reason: '' })).text).to.include('purchase_order.needs-a-reason');
    expect((await make({ lines: [] })).text).to.include('purchase_order.without-lines');
    expect((await make({ currency: 'EUR', lines: [line({ sources: id })] })).text).to.include(
      'budgeted in USD',
    );
    expect((await make({ plantCode: 'NB02', lines: [line({ sources: id })] })).text).to.include(
      'another plant',
    );
    const nowhere = await make({ plantCode: 'XX99', categoryCode: 'NONE' });
    expect([nowhere.status, (nowhere.text.match(/is-invalid/g) ?? []).length]).to.deep.equal([422, 2]);
    await world
      .db('user_scope')
      .insert({ user_id: buyer.actor.userId, kind: 'plant', code: 'NB02', granted_at: world.now() });
    const elsewhere = await (await world.as(buyer.actor)).post('/orders', draft());
    expect([elsewhere.status, (await orders()).length]).to.deep.equal([422, before[0]]);
    await world.db('user_scope').delete();
    const dear = await make({ lines: [line({ quantity: '100', unitPrice: '40', sources: id })] });
    expect(dear.text).to.include('budget.exceeded');
    expect(await count()).to.deep.equal(before);
    expect(await world.db('requisition_line').pluck('progress')).to.deep.equal(['open']);
    const requester = await world.as(needed.requester);
    expect((await requester.post('/orders', draft())).status).to.equal(403);
  });
});
