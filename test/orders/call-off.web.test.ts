import { expect } from 'chai';
import { newId } from '../../src/kernel/id.ts';
import { callOff, findOrderLines } from '../../src/orders/index.ts';
import { decideOrder, discardOrder } from '../../src/orders/order-approval.service.ts';
import { assertChangeFunded, retraceOrder } from '../../src/orders/order-sources.service.ts';
import { makeAgreement, termsLine } from '../support/factories/agreements.ts';
import { ACCOUNT, asking, makeBudget, makePolicy } from '../support/factories/requisitions.ts';
import { makeCatalog } from '../support/factories/sourcing.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('ordering from an agreement', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
    await makeCatalog(world);
    await makeBudget(world, { amount: '100000' });
  });
  after(() => world.close());

  const codeOf = (text: string): string | undefined => /data-code="([^"]+)"/.exec(text)?.[1];
  const lineOf = async (agreementId: string): Promise<string> =>
    (await world.db('agreement_line').where({ agreement_id: agreementId }).first('id')).id;

  it('makes one order in one act: priced by quantity, traced to its line, counted on the agreement, told to both', async () => {
    const made = await makeAgreement(world, {
      terms: { valueLimit: '2000', lines: [termsLine({ quantityLimit: '150' })] },
    });
    const page = `/agreements/${made.agreementId}`;
    const buyer = await world.as(made.buyer);
    const agreementLineId = await lineOf(made.agreementId);
    const { text } = await buyer.get(`${page}/call-offs/new?line=${agreementLineId}`).expect(200);
    expect(text).to.include('from 100').and.include('11.80');
    const found = await buyer.get('/agreed-prices?q=brk-a&plant=QD01').expect(200);
    expect(found.text).to.include(`${page}/call-offs/new?line=${agreementLineId}`).and.include('150');
    for (const none of ['/agreed-prices?q=gear', '/agreed-prices?plant=HF01'])
      expect((await buyer.get(none).expect(200)).text).not.to.include(agreementLineId);
    const formKey = /name="formKey" value="([^"]+)"/.exec(text)?.[1];
    const form = (quantity: string, key = formKey) => ({
      formKey: key,
      plantCode: 'QD01',
      account: ACCOUNT,
      dueOn: '2026-04-01',
      lines: [{ agreementLineId, quantity, dueOn: '' }],
    });
    const tooMany = await buyer.post(`${page}/call-offs`, form('151')).expect(422);
    expect(codeOf(tooMany.text)).to.equal('call_off.quantity-limit');
    expect(tooMany.text).to.include('value="151"');
    expect(codeOf((await buyer.post(`${page}/call-offs`, form('')).expect(422)).text)).to.equal(
      'call_off.without-lines',
    );
    expect(await world.db('purchase_order')).to.deep.equal([]);

    const { headers } = await buyer.post(`${page}/call-offs`, form('100')).expect(303);
    // The same form again, by a second click: it is the same order.
    const again = await buyer.post(`${page}/call-offs`, form('100')).expect(303);
    expect(again.headers['location']).to.equal(headers['location']);
    await world.drainJobs();
    const [order] = await world.db('purchase_order');
    expect(order).to.include({ total_amount: '1180.0000', state: 'sent', payment_terms_days: 30 });
    const [called] = await world.db('call_off_line');
    expect(called).to.include({ agreement_line_id: agreementLineId, quantity: '100.000000' });
    const { content } = await world.db('po_version').first('content');
    expect(content.agreementReference).to.equal('AGR-2026-0001');
    const supplier = await world.as(made.supplier);
    for (const reader of [buyer, supplier]) {
      expect((await reader.get(`/orders/${order.id}`).expect(200)).text).to.include('AGR-2026-0001');
      expect((await reader.get(page).expect(200)).text)
        .to.include('1,180.00 USD')
        .and.include(order.reference);
    }

    // The rest of the quantity uses the agreement up, which ends it.
    const beyond = await buyer.post(`${page}/call-offs`, form('50', newId())).expect(303);
    expect(beyond.headers['location']).to.match(/^\/orders\//);
    const { state } = await world.db('agreement').where({ id: made.agreementId }).first('state');
    expect(state).to.equal('exhausted');
    const over = await buyer.post(`${page}/call-offs`, form('1', newId())).expect(422);
    expect(codeOf(over.text)).to.equal('agreement.not-active');
    expect((await buyer.get('/agreed-prices').expect(200)).text).not.to.include(agreementLineId);
    expect(await world.db('purchase_order')).to.have.lengthOf(2);
  });

  it('adds what the agreement charges on every order, each invoiced by itself, and a surcharge on small ones alone', async () => {
    const charge = { percent: null, amount: null, below: null };
    const made = await makeAgreement(world, {
      terms: {
        valueLimit: '1500',
        charges: [
          { ...charge, reason: 'packing', percent: '2' },
          { ...charge, reason: 'small_quantity', amount: '40', below: '1180' },
        ],
        lines: [termsLine({ quantityLimit: null })],
      },
    });
    const page = `/agreements/${made.agreementId}`;
    const buyer = await world.as(made.buyer);
    const agreementLineId = await lineOf(made.agreementId);
    expect((await (await world.as(made.supplier)).get(page).expect(200)).text).to.include('on orders below');
    const form = await buyer.get(`${page}/call-offs/new`).expect(200);
    expect(form.text).to.include('The order also bears').and.to.include('Small-quantity surcharge');
    const order = (quantity: string) =>
      world.runInTx(made.buyer, (ctx) =>
        callOff(ctx, {
          id: newId(),
          agreementId: made.agreementId,
          account: ACCOUNT,
          plantCode: 'QD01',
          lines: [{ agreementLineId, quantity, dueOn: null }],
        }),
      );
    const rowOf = (id: string) => world.db('purchase_order').where({ id }).first();
    const small = await rowOf(await order('10'));
    expect(small.charges.map((one: { reason: string }) => one.reason)).to.deep.equal([
      'packing',
      'small_quantity',
    ]);
    expect(small).to.include({ total_amount: '167.5000' });
    // Exactly at the amount there is no surcharge any more.
    const large = await rowOf(await order('100'));
    expect(large.charges).to.have.length(1);
    expect(large.charges[0].id, 'invoiced by itself').to.be.a('string');
    expect(large).to.include({ total_amount: '1203.6000' });
    // Limits are about the prices: 125 and 1180 of 1500 are called off, without what is charged beside them.
    expect((await buyer.get(page).expect(200)).text).to.include('1,305.00 USD');
  });

  it('gives the rest of an agreement to one of two who want it at once', async () => {
    const made = await makeAgreement(world, { terms: { lines: [termsLine({ quantityLimit: '10' })] } });
    const { agreementId, buyer } = made;
    const agreementLineId = await lineOf(agreementId);
    const order = () =>
      world.runInTx(buyer, (ctx) =>
        callOff(ctx, {
          id: newId(),
          agreementId,
          plantCode: 'QD01',
          account: ACCOUNT,
          lines: [{ agreementLineId, quantity: '6', dueOn: null }],
        }),
      );
    const results = await Promise.allSettled([order(), order()]);
    expect(results.filter((one) => one.status === 'fulfilled')).to.have.lengthOf(1);
    const [lost] = results.filter((one) => one.status === 'rejected');
    expect(lost?.reason).to.include({ code: 'call_off.quantity-limit' });
    expect(await world.db('call_off').where({ agreement_id: agreementId })).to.have.lengthOf(1);
  });

  it('follows the order where that is changed, up to what the agreement leaves', async () => {
    const { agreementId, buyer } = await makeAgreement(world, {
      terms: { lines: [termsLine({ quantityLimit: '10' })] },
    });
    const lines = [{ agreementLineId: await lineOf(agreementId), quantity: '6', dueOn: null }];
    const of = { id: newId(), agreementId, plantCode: 'QD01', account: ACCOUNT, lines };
    const orderId = await world.runInTx(buyer, (ctx) => callOff(ctx, of));
    const before = await world.runInTx(buyer, (ctx) => findOrderLines(ctx, orderId));
    const to = (quantity: string, amount: string) => before.map((line) => ({ ...line, quantity, amount }));
    const tooMany = await refusal(
      world.runInTx(buyer, (ctx) =>
        assertChangeFunded(ctx, { orderId, before, after: to('10.5', '131.25') }),
      ),
    );
    expect(tooMany.code).to.equal('call_off.quantity-limit');
    await world.runInTx(buyer, (ctx) => assertChangeFunded(ctx, { orderId, before, after: to('10', '125') }));
    await world.runInTx(buyer, (ctx) => retraceOrder(ctx, { orderId, before, after: to('2', '25') }));
    expect(await world.db('call_off_line').where({ po_line_id: before[0]?.id }).first()).to.include({
      quantity: '2.000000',
      amount: '25.0000',
    });
  });

  it('lets its supplier propose only what the agreement says, and asks again when our side agrees', async () => {
    const { agreementId, buyer, supplier } = await makeAgreement(world, {
      terms: { lines: [termsLine({ quantityLimit: '150' })] },
    });
    const agreementLineId = await lineOf(agreementId);
    const wanted = { agreementId, plantCode: 'QD01', account: ACCOUNT };
    const order = (quantity: string) =>
      world.runInTx(buyer, (ctx) =>
        callOff(ctx, { ...wanted, id: newId(), lines: [{ agreementLineId, quantity, dueOn: '2026-04-01' }] }),
      );
    const orderId = await order('100');
    await world.drainJobs();
    const { id: poLineId } = await world.db('po_line').where({ order_id: orderId }).first('id');
    const page = `/orders/${orderId}`;
    const seller = await world.as(supplier);
    const versionOf = async () =>
      (await world.db('purchase_order').where({ id: orderId }).first('version')).version;
    const answer = async (unitPrice: string, quantity: string) => {
      const deliveries = [{ quantity, dueOn: '2026-04-02' }];
      const line = { poLineId, code: '3', reason: 'Steel went up', unitPrice, deliveries };
      return seller.post(`${page}/response`, { version: await versionOf(), note: '', lines: [line] });
    };
    const dear = await answer('12', '100');
    expect(codeOf(dear.text)).to.equal('call_off.price-above-agreed');
    expect(dear.text).to.include('11.8').and.include('Steel went up');
    expect(codeOf((await answer('11.8', '151')).text)).to.equal('call_off.quantity-limit');
    expect(await world.db('change_order').where({ order_id: orderId })).to.deep.equal([]);
    expect((await answer('11.8', '140')).status).to.equal(303);
    // Somebody else orders of what was left, so the buyer cannot agree any more.
    await order('40');
    const change = await world.db('change_order').where({ order_id: orderId }).first();
    const ours = await world.as(buyer);
    const late = await ours.post(`${page}/changes/${change.id}/acceptance`, { version: change.version });
    expect(codeOf(late.text)).to.equal('call_off.quantity-limit');
    const { state } = await world.db('change_order').where({ order_id: orderId }).first('state');
    expect(state).to.equal('sent');
  });

  it('commits the budget of its account, in the budget’s currency, with the order and what becomes of it', async () => {
    const budgetId = await makeBudget(world, { account: 'CNY-1', amount: '1000', currency: 'CNY' });
    const { agreementId, buyer } = await makeAgreement(world);
    const page = `/agreements/${agreementId}/call-offs`;
    const ours = await world.as(buyer);
    const agreementLineId = await lineOf(agreementId);
    const form = (quantity: string, account: string, formKey = newId()) => ({
      formKey,
      plantCode: 'QD01',
      dueOn: '2026-04-01',
      account,
      lines: [{ agreementLineId, quantity, dueOn: '' }],
    });
    const held = async () => {
      const rows = await world.db('budget_commitment').where({ budget_id: budgetId });
      return rows.map((row) => [Number(row.reserved), Number(row.committed)]);
    };
    const orders = () => world.db('call_off').where({ agreement_id: agreementId }).orderBy('called_at');
    await ours.post(page, form('10', '')).expect(422);
    expect(codeOf((await ours.post(page, form('10', 'NOBODYS')).expect(422)).text)).to.equal('budget.none');
    expect(codeOf((await ours.post(page, form('10', 'CNY-1')).expect(422)).text)).to.equal(
      'call_off.no-exchange-rate',
    );
    await world.db('exchange_rate').insert({
      id: newId(),
      from_currency: 'USD',
      to_currency: 'CNY',
      rate: '7.2',
      valid_on: '2026-01-01',
      source: 'PBC',
      entered_at: world.now(),
      entered_by: buyer.userId,
    });
    // 12 at 12.50 USD are 1,080 CNY.
    expect(codeOf((await ours.post(page, form('12', 'CNY-1')).expect(422)).text)).to.equal('budget.exceeded');
    expect([await orders(), await held()]).to.deep.equal([[], []]);
    await ours.post(page, form('10', 'CNY-1')).expect(303);
    expect(await held()).to.deep.equal([[0, 900]]);
    expect((await ours.get(`${page}/new`).expect(200)).text).to.include('value="CNY-1"');

    // The order is changed, then given up: its budget follows.
    const [{ order_id: orderId }] = await orders();
    const before = await world.runInTx(buyer, (ctx) => findOrderLines(ctx, orderId));
    const to = (quantity: string, amount: string) => before.map((line) => ({ ...line, quantity, amount }));
    const dear = await refusal(
      world.runInTx(buyer, (ctx) => assertChangeFunded(ctx, { orderId, before, after: to('12', '150') })),
    );
    expect(dear.code).to.equal('budget.exceeded');
    await world.runInTx(buyer, (ctx) => retraceOrder(ctx, { orderId, before, after: to('4', '50') }));
    expect(await held()).to.deep.equal([[0, 360]]);
    const seen = await (await world.as(await world.staff('finance'))).get(`/budgets/${budgetId}`).expect(200);
    expect(seen.text).to.include(`href="/orders/${orderId}"`);
  });

  it('is for the plants of the agreement and of whoever orders, and for nobody else', async () => {
    const { agreementId, buyer, supplier } = await makeAgreement(world);
    const lines = [{ agreementLineId: await lineOf(agreementId), quantity: '1', dueOn: null }];
    const wanted = { id: newId(), agreementId, plantCode: 'HF01', account: ACCOUNT, lines };
    const elsewhere = await refusal(world.runInTx(buyer, (ctx) => callOff(ctx, wanted)));
    expect(elsewhere.code).to.equal('agreement.plant-not-covered');
    const limited = { ...buyer, scope: { plants: ['QD01'], categories: null } };
    const notOwn = await refusal(world.runInTx(limited, (ctx) => callOff(ctx, wanted)));
    expect(notOwn.code).to.equal('call_off.plant-not-yours');
    await (await world.as(supplier)).get(`/agreements/${agreementId}/call-offs/new`).expect(404);
    await (await world.as(await world.staff('finance')))
      .get(`/agreements/${agreementId}/call-offs/new`)
      .expect(403);
    await world.db('supplier').where({ id: supplier.supplierId }).update({ state: 'on_hold' });
    const onHold = await refusal(
      world.runInTx(buyer, (ctx) => callOff(ctx, { ...wanted, plantCode: 'QD01' })),
    );
    expect(onHold.code).to.equal('agreement.supplier-not-registered');
    expect(await world.db('call_off').where({ agreement_id: agreementId })).to.deep.equal([]);
  });

  it('waits for approvers where the rules name some, keeps its part meanwhile, and gives it back when they refuse', async () => {
    const lead = await world.staff('approver');
    await makePolicy(world, [asking(lead, { fromAmount: '100' })], 'purchase_order');
    const { agreementId, buyer } = await makeAgreement(world, {
      terms: { lines: [termsLine({ quantityLimit: '10' })] },
    });
    const agreementLineId = await lineOf(agreementId);
    const order = (quantity: string) =>
      world.runInTx(buyer, (ctx) =>
        callOff(ctx, {
          id: newId(),
          agreementId,
          plantCode: 'QD01',
          account: ACCOUNT,
          lines: [{ agreementLineId, quantity, dueOn: null }],
        }),
      );
    const orderId = await order('10');
    const stateOf = async () => ({
      ...(await world.db('purchase_order').where({ id: orderId }).first({ order: 'state' })),
      ...(await world.db('agreement').where({ id: agreementId }).first({ agreement: 'state' })),
    });
    expect(await stateOf()).to.deep.equal({ order: 'pending_approval', agreement: 'active' });
    expect((await refusal(order('1'))).code).to.equal('call_off.quantity-limit');
    const decide = { orderId, comment: 'Not this year' };
    await world.runInTx(lead, (ctx) => decideOrder(ctx, { ...decide, decision: 'return' }));
    const draft = await (await world.as(buyer)).get(`/orders/${orderId}/edit`);
    expect(draft.status).to.equal(200);
    const spoken = () =>
      world.db('budget_commitment').where({ document_id: orderId }).first('reserved', 'committed');
    expect(await spoken()).to.deep.equal({ reserved: '125.0000', committed: '0.0000' });
    await world.runInTx(buyer, (ctx) => discardOrder(ctx, { orderId, reason: 'Not needed' }));
    expect(await spoken()).to.deep.equal({ reserved: '0.0000', committed: '0.0000' });
    expect(await stateOf()).to.deep.equal({ order: 'cancelled', agreement: 'active' });
    await order('7');
  });
});
