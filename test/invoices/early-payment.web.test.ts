import { expect } from 'chai';
import { approveInvoice, passTimeOnEarlyPayment } from '../../src/invoices/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { type MadeInvoice, makeInvoice, makeReceived } from '../support/factories/invoices.ts';
import { makeWorld, type World } from '../support/world.ts';

// 10 × 12.50 and 4 × 12.50 with 13 % tax: 197.75, due on 1 April. Two working days after Monday, 2 March is the 4th.
const FIRST_DAY = '2026-03-04';

describe('being paid early for a discount', () => {
  let world: World;
  let made: MadeInvoice;
  let finance: Actor;
  const rule = { isOn: true, annualPercent: '8', leastDays: 5, leadWorkingDays: 2, budgets: { USD: '300' } };
  before(async () => {
    world = await makeWorld({ policies: { earlyPayment: rule } });
    finance = await world.staff('finance');
  });
  after(() => world.close());
  beforeEach(async () => {
    world.setNow('2026-03-02T10:00:00Z');
    await world.db('payment_line').delete();
    await world.db('early_payment').delete();
    made = await anApproved();
    await world.drainJobs();
  });

  async function anApproved(of?: Parameters<typeof makeReceived>[1]): Promise<MadeInvoice> {
    const received = await makeReceived(world, { paymentTermsDays: 30, ...of });
    const one = await makeInvoice(world, { of: received });
    const { version } = await world.db('invoice').where({ id: one.invoiceId }).first();
    await world.runInTx(finance, (ctx) => approveInvoice(ctx, { invoiceId: one.invoiceId, version }));
    return one;
  }
  const supplier = () => world.as(made.order.supplierUser);
  const early = () => world.db('early_payment').orderBy('created_at', 'desc').first();
  const acts = async (): Promise<string[]> =>
    (await world.db('event').where({ subject_id: made.invoiceId }).whereLike('action', '%early%')).map(
      (row) => row.action,
    );
  const page = () => `/invoices/${made.invoiceId}`;

  it('is accepted in one click, paid less on the earlier day, and said on every paper', async () => {
    const shown = await (await supplier()).get(page()).expect(200);
    expect(shown.text).to.include(
      'Get 196.54 USD on 4 Mar 2026 instead of 197.75 USD on 1 Apr 2026: discount 1.21 USD = 7.98 % a year',
    );
    expect(shown.text).to.include('1.21 USD ÷ 197.75 USD × 365 ÷ 28 days = 7.98 % a year');
    const [choice] = /2026-03-04:1\.21/.exec(shown.text) ?? [];
    const path = `${page()}/early-payment/acceptance`;
    const stale = await (await supplier()).post(path, { choice: `${FIRST_DAY}:1.20` });
    expect(stale.status).to.equal(409);
    expect(stale.text).to.include('data-code="early_payment.offer-changed"');
    expect(await early()).to.equal(undefined);
    await (await world.as(finance)).post(path, { choice }).expect(403);
    expect((await (await supplier()).post(path, { choice })).status).to.equal(303);
    expect(await early()).to.include({ state: 'accepted', pay_on: FIRST_DAY, offered_by: 'house' });
    await world.drainJobs();
    expect(world.mails.at(-1)?.subject).to.match(/accepts earlier payment of .*: pay by 4 Mar 2026/);

    const look = await (await world.as(finance)).get(
      '/payment-runs/new?dueUntil=2026-03-05&payOn=2026-03-04',
    );
    expect(look.text).to.include('agreed by 4 Mar 2026').and.to.include('196.54 USD');
    const late = await (await world.as(finance)).get(
      '/payment-runs/new?dueUntil=2026-03-05&payOn=2026-03-05',
    );
    expect(late.text).to.include('void: paid too late').and.not.to.include('196.54 USD');
    const wanted = { currency: 'USD', dueUntil: '2026-03-05', payOn: FIRST_DAY, invoice: made.invoiceId };
    await (await world.as(finance)).post('/payment-runs', wanted).expect(303);
    const run = await world.db('payment_run').orderBy('created_at', 'desc').first();
    const second = await world.staff('finance');
    let releaser = await world.as(second);
    await releaser.post(`/payment-runs/${run.id}/release`, { version: run.version }).expect(303);
    const csv = await releaser.get(`/payment-runs/${run.id}/payments.csv`).expect(200);
    expect(csv.text).to.include('196.54').and.to.include('1.21');
    const payment = await world.db('payment').where({ run_id: run.id }).first();
    world.setNow('2026-03-04T10:00:00Z');
    releaser = await world.as(second);
    const row = JSON.stringify({
      reference: payment.reference,
      paidOn: FIRST_DAY,
      amount: '196.54',
      bankReference: null,
    });
    await releaser.post(`/payment-runs/${run.id}/payments`, { version: run.version + 1, row }).expect(303);
    expect(await early()).to.include({ state: 'taken' });
    expect(await world.db('invoice').where({ id: made.invoiceId }).first()).to.include({ state: 'paid' });
    expect(await acts()).to.have.members(['invoice.early-payment-accepted', 'invoice.early-payment-taken']);
    await world.drainJobs();
    const advice = await (await supplier()).get(`/payments/${payment.id}`).expect(200);
    expect(advice.text).to.include('Discounts for early payment').and.to.include('196.54 USD');
    const list = await (await world.as(finance)).get('/early-payment').expect(200);
    expect(list.text).to.include('Discounts taken').and.to.include('1.21 USD');
    const file = await (await world.as(finance)).get('/early-payment.csv').expect(200);
    expect(file.text).to.include('7.98').and.to.include('Discount taken');
  });

  it('is accepted for several invoices with their sum, within what the house pays early', async () => {
    const { supplierUser, buyer } = made.order;
    const second = await anApproved({ supplierUser, buyer });
    const list = await (await supplier()).get('/early-payment').expect(200);
    expect(list.text).to.include('2 invoices can be paid on 4 Mar 2026').and.to.include('393.08 USD');
    const both = { currency: 'USD', payOn: FIRST_DAY };
    const invoice = [`${made.invoiceId}:1.21`, `${second.invoiceId}:1.21`];
    const above = await (await supplier()).post('/early-payment/acceptance', { ...both, invoice });
    expect(above.status).to.equal(422);
    expect(above.text).to.include('data-code="early_payment.budget-used"');
    expect(await world.db('early_payment')).to.have.length(0);
    const again = await (await supplier()).post('/early-payment/acceptance', {
      ...both,
      recalculate: 'yes',
      invoice: `${made.invoiceId}:1.21`,
    });
    expect(again.text).to.include('1 invoice chosen').and.to.include('196.54 USD');
    const one = { ...both, invoice: `${made.invoiceId}:1.21` };
    await (await supplier()).post('/early-payment/acceptance', one).expect(303);
    const twice = await (await supplier()).post('/early-payment/acceptance', one);
    expect(twice.text).to.include('data-code="early_payment.open-already"');
    expect(await world.db('early_payment')).to.have.length(1);
    const full = await (await supplier()).get('/early-payment').expect(200);
    expect(full.text, 'what is out counts').to.include('1 approved invoice has no offer');
    const other = await anApproved();
    const strange = await (await world.as(other.order.supplierUser)).post('/early-payment/acceptance', one);
    expect(strange.status).to.equal(404);
  });

  it('is proposed by the supplier, refused with a reason, proposed again, accepted, and void when it is not paid', async () => {
    const propose = async (form: Record<string, string>) =>
      (await supplier()).post(`${page()}/early-payment/proposal`, { payOn: FIRST_DAY, ...form });
    const most = await propose({ discountAmount: '197.75' });
    expect(most.status).to.equal(422);
    expect(most.text).to.include('data-code="early_payment.discount-too-large"');
    expect(await early()).to.equal(undefined);
    expect((await propose({ discountAmount: '3.00' })).status).to.equal(303);
    const home = await (await world.as(finance)).get('/').expect(200);
    expect(home.text).to.include('1 earlier payment to answer');
    const answer = async (what: string, form: Record<string, unknown>) =>
      (await world.as(finance)).post(`${page()}/early-payment/${what}`, form);
    expect((await answer('refusal', { version: 1, reason: '' })).status).to.equal(422);
    expect((await answer('refusal', { version: 1, reason: 'No cash this week' })).status).to.equal(303);
    expect(await early()).to.include({ state: 'refused', answer: 'No cash this week' });
    await world.drainJobs();
    expect(world.mails.at(-1)?.text).to.include('No cash this week');

    expect((await propose({ discountAmount: '2.00' })).status).to.equal(303);
    await (await supplier()).post(`${page()}/early-payment/agreement`, { version: 1 }).expect(404);
    expect((await answer('agreement', { version: 9 })).status).to.equal(409);
    const agreed = await answer('agreement', { version: 1 });
    expect(agreed.status).to.equal(303);
    expect(await early()).to.include({ state: 'accepted', decided_by: finance.userId });
    expect((await (await supplier()).get(page())).text).to.include('You are paid 195.75 USD by 4 Mar 2026');
    world.setNow('2026-03-04T10:00:00Z');
    expect(await world.runInTx(system('test'), passTimeOnEarlyPayment), 'on its day it holds').to.equal(
      false,
    );
    world.setNow('2026-03-05T10:00:00Z');
    expect(await world.runInTx(system('test'), passTimeOnEarlyPayment)).to.equal(true);
    expect(await early()).to.include({ state: 'void' });
    await world.drainJobs();
    const told = world.mails.filter((mail) => /discount.* void/i.test(mail.subject));
    expect(JSON.stringify(told.map((mail) => mail.to)), 'both sides')
      .to.include('@hailan')
      .and.to.include('@supplier');
    const look = await (await world.as(finance)).get(
      '/payment-runs/new?dueUntil=2026-04-30&payOn=2026-03-05',
    );
    expect(look.text).to.include('197.75 USD').and.not.to.include('195.75 USD');
  });

  it('expires when nobody answers', async () => {
    await (await supplier())
      .post(`${page()}/early-payment/proposal`, { payOn: FIRST_DAY, discountAmount: '3.00' })
      .expect(303);
    world.setNow('2026-03-03T10:00:00Z');
    const late = await (await world.as(finance)).post(`${page()}/early-payment/agreement`, { version: 1 });
    expect(late.text).to.include('data-code="early_payment.is-over"');
    expect(await early()).to.include({ state: 'proposed' });
    expect(await world.runInTx(system('test'), passTimeOnEarlyPayment)).to.equal(true);
    expect(await early()).to.include({ state: 'expired' });
    await world.drainJobs();
    expect(world.mails.at(-1)?.subject).to.include('has expired');
  });
});
