import { expect } from 'chai';
import { job as releaseRetentions } from '../../jobs/invoices/every-hour-release-retentions.ts';
import { approveInvoice } from '../../src/invoices/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import type { JobHouse } from '../../src/platform/queue/job.ts';
import { makeReceipt } from '../support/factories/deliveries.ts';
import { makeInvoice } from '../support/factories/invoices.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('holding back a part of each invoice', () => {
  let world: World;
  let made: MadeOrder;
  let finance: readonly [Actor, Actor];
  let money: Visitor;
  let other: Visitor;
  let supplier: Visitor;
  before(async () => {
    world = await makeWorld();
    finance = [await world.staff('finance'), await world.staff('finance')];
    money = await world.as(finance[0]);
    other = await world.as(finance[1]);
    // 100 pieces at 10; 5 % of each invoice until 30 days after the last receipt.
    made = await makeOrder(world, {
      lines: [{ quantity: '100', unitPrice: '10' }],
      plan: { instalments: [], retention: { percent: '5', releaseAfter: 30, releaseUnit: 'days' } },
    });
    supplier = await world.as(made.supplierUser);
  });
  after(() => world.close());

  const approve = async (invoiceId: string) => {
    const { version } = await world.db('invoice').where({ id: invoiceId }).first();
    await world.runInTx(finance[0], (ctx) => approveInvoice(ctx, { invoiceId, version }));
  };
  const retained = () =>
    world.db('retention').whereNot({ state: 'void' }).orderBy('created_at').orderBy('id');
  const of = async (index: number) => (await retained())[index];
  const act = async (who: Visitor, index: number, how: string, over: object = {}) => {
    const { id, version } = await of(index);
    return who.post(`/retentions/${id}/${how}`, { version, ...over });
  };
  const refused = async (attempted: PromiseLike<{ status: number; text: string }>, words: string) => {
    const traces = async () => [await world.db('retention'), await world.db('event').count()];
    const before = await traces();
    const res = await attempted;
    expect([res.status, res.text.includes(words)], words).to.deep.equal([422, true]);
    expect(await traces(), words).to.deep.equal(before);
  };
  /** What one in finance makes, the other releases and the bank pays. */
  const pay = async (chosen: { invoice?: string[]; retention?: string[] }) => {
    const sent = await money.post('/payment-runs', {
      currency: 'USD',
      dueUntil: '2026-12-31',
      payOn: world.now().toISOString().slice(0, 10),
      ...chosen,
    });
    expect(sent.status, sent.text).to.equal(303);
    const run = await world.db('payment_run').orderBy('created_at', 'desc').first();
    await other.post(`/payment-runs/${run.id}/release`, { version: run.version }).expect(303);
    return { runId: run.id as string, payment: await world.db('payment').where({ run_id: run.id }).first() };
  };
  const settle = async (paid: { runId: string; payment: { reference: string } }, amount: string) => {
    const { version } = await world.db('payment_run').where({ id: paid.runId }).first();
    const day = world.now().toISOString().slice(0, 10);
    return money.post(`/payment-runs/${paid.runId}/payments`, {
      version,
      row: JSON.stringify({ reference: paid.payment.reference, paidOn: day, amount, bankReference: null }),
    });
  };

  it('pays the rest, shows both sides what is held back and why, and says the right sums to bank and supplier', async () => {
    const receipt = await makeReceipt(world, made, { quantities: ['60'] });
    const form = (await supplier.get(`/receipts/${receipt.receipt.id}/invoice/new`)).text;
    expect(form)
      .to.include('5 % of every invoice is held back')
      .and.match(/id="plan-to-pay">570.00</);
    const first = await makeInvoice(world, { of: { order: made, receipt }, lines: [{ unitPrice: '11' }] });
    // Corrected, it is held back of the right figures; what was held back before counts for nothing.
    const { version } = await world.db('invoice').where({ id: first.invoiceId }).first();
    await supplier
      .post(`/invoices/${first.invoiceId}/correction`, {
        version,
        supplierNumber: 'AR-1',
        issuedOn: '2026-03-02',
        tax: 'S:13',
        lines: [{ poLineId: made.lines[0]?.id ?? '', quantity: '60', unitPrice: '10' }],
      })
      .then((res) => expect(res.status, res.text).to.equal(303));
    await world.drainJobs();
    expect(await world.db('retention').pluck('state')).to.have.members(['void', 'held']);
    expect((await of(0)).amount).to.equal('33.9000');
    await refused(act(money, 0, 'request', { reason: 'Done' }), 'not approved yet');
    await approve(first.invoiceId);
    const page = (await supplier.get(`/invoices/${first.invoiceId}`)).text;
    expect(page).to.include('Retained').and.include('644.10').and.include('After the last receipt');
    const run = await pay({ invoice: [first.invoiceId] });
    expect((await money.get(`/payment-runs/${run.runId}/payments.csv`)).text).to.include('644.10');
    await world.drainJobs();
    const advice = (await supplier.get(`/payments/${run.payment.id}`)).text;
    expect(advice).to.include('678.00').and.include('−33.90').and.include('644.10');
    expect((await settle(run, '678')).status).to.equal(422);
    await settle(run, '644.10').then((res) => expect(res.status, res.text).to.equal(303));
    expect((await world.db('invoice').where({ id: first.invoiceId }).first()).state).to.equal('paid');
    const list = (await supplier.get('/retentions')).text;
    expect(list).to.include('33.90').and.include('Held back').and.not.include('Release asked for');
    const stranger = await world.as((await makeOrder(world)).supplierUser);
    expect((await stranger.get('/retentions')).text).to.include('Nothing is retained');
  });

  it('is released by finance when somebody else asked, and not before its date otherwise', async () => {
    const hourly = () =>
      releaseRetentions.run({
        runInTx: (context: { actor: Actor }, run: Parameters<World['runInTx']>[1]) =>
          world.runInTx(context.actor, run),
      } as unknown as JobHouse);
    await hourly();
    expect((await of(0)).state, 'not all has come').to.equal('held');
    const rest = await makeReceipt(world, made, {});
    const second = await makeInvoice(world, { of: { order: made, receipt: rest }, supplierNumber: 'AR-2' });
    await approve(second.invoiceId);
    // The order is closed by its payment; what is held back outlives it.
    const run = await pay({ invoice: [second.invoiceId] });
    await settle(run, '429.40').then((res) => expect(res.status, res.text).to.equal(303));
    expect((await world.db('purchase_order').where({ id: made.order.id }).first()).state).to.equal('closed');
    expect((await supplier.get('/retentions')).text).to.include('release due 1 Apr 2026');

    await refused(act(other, 0, 'release'), 'Nobody asks for its release');
    await act(money, 0, 'request', { reason: 'Guarantee given' }).then((res) =>
      expect(res.status).to.equal(303),
    );
    await world.drainJobs();
    expect(world.mails.some((mail) => mail.subject.startsWith('Release asked for'))).to.equal(true);
    await refused(act(money, 0, 'release'), 'You asked for this release');
    // That somebody asks is not the supplier's to know, nor to find by a filter.
    for (const state of ['asked', 'held'])
      expect((await supplier.get(`/retentions?state=${state}`)).text, state)
        .to.include('AR-1')
        .and.include('AR-2')
        .and.not.include('Guarantee given');
    expect((await act(await world.as(made.buyer), 0, 'release')).status).to.equal(403);
    expect((await other.get('/')).text).to.include('1 retained amount to release');
    await act(other, 0, 'refusal', { reason: 'No bond' }).then((res) => expect(res.status).to.equal(303));
    await act(await world.as(made.buyer), 0, 'request', { reason: 'Here it is' });
    const stale = await other.post(`/retentions/${(await of(0)).id}/release`, { version: '1' });
    expect(stale.status).to.equal(409);
    await refused(
      money.post('/payment-runs', {
        currency: 'USD',
        dueUntil: '2026-12-31',
        payOn: '2026-03-02',
      }),
      'at least one invoice',
    );
    const early = await money.post('/payment-runs', {
      currency: 'USD',
      dueUntil: '2026-12-31',
      payOn: '2026-03-02',
      retention: [(await of(0)).id],
    });
    expect(early.status, 'not released').to.equal(409);
    await act(other, 0, 'release').then((res) => expect(res.status, res.text).to.equal(303));
    await world.drainJobs();
    expect(world.mails.at(-1)?.subject).to.include('Retained of invoice AR-1 is released');
    const preview = (await money.get('/payment-runs/new')).text;
    expect(preview).to.include('Retained, now released').and.include('33.90');

    // The day before, and on the day.
    world.setNow('2026-03-31T10:00:00Z');
    await hourly();
    expect((await of(1)).state).to.equal('held');
    world.setNow('2026-04-01T10:00:00Z');
    await hourly();
    expect(await of(1)).to.include({ state: 'released', released_by: null });
  });

  it('is paid once by a run, less what is to our credit, and given back when the bank does not pay', async () => {
    // A month later everybody signs in anew.
    money = await world.as(finance[0]);
    other = await world.as(finance[1]);
    supplier = await world.as(made.supplierUser);
    const [one, two] = (await retained()).map((row) => row.id as string);
    const both = { retention: [one ?? '', two ?? ''] };
    const run = await pay(both);
    const { version } = await world.db('payment_run').where({ id: run.runId }).first();
    await money
      .post(`/payment-runs/${run.runId}/refusal`, {
        version,
        paymentId: run.payment.id,
        reason: 'Account closed',
      })
      .expect(303);
    expect((await retained()).map((row) => row.state)).to.deep.equal(['released', 'released']);
    const invoice = await world.db('invoice').where({ supplier_number: 'AR-1' }).first();
    await supplier
      .post(`/invoices/${invoice.id}/credit-notes`, {
        supplierNumber: 'CN-1',
        issuedOn: '2026-04-01',
        netAmount: '40',
        tax: '',
        reason: 'Scratched',
      })
      .expect(303);
    const note = await world.db('credit_note').first();
    await money.post(`/credit-notes/${note.id}/approval`, { version: note.version }).expect(303);
    // 33.90 and 22.60, less 45.20.
    const again = await pay(both);
    expect(
      (await world.db('payment_line').where({ payment_id: again.payment.id }).orderBy('amount')).map(
        (line) => line.amount,
      ),
    ).to.deep.equal(['0.0000', '11.3000']);
    const twice = await money.post('/payment-runs', {
      currency: 'USD',
      dueUntil: '2026-12-31',
      payOn: '2026-04-01',
      ...both,
    });
    expect(twice.status).to.equal(409);
    await settle(again, '11.30').then((res) => expect(res.status, res.text).to.equal(303));
    expect((await retained()).map((row) => [row.state, row.paid_on])).to.deep.equal([
      ['paid', '2026-04-01'],
      ['paid', '2026-04-01'],
    ]);
    await world.drainJobs();
    expect((await supplier.get(`/payments/${again.payment.id}`)).text)
      .to.include('Retained, now released')
      .and.include('−33.90');
    expect((await world.db('invoice').where({ id: invoice.id }).first()).state).to.equal('paid');
  });
});
