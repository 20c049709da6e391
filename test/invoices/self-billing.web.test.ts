import { expect } from 'chai';
import {
  acceptNextUnanswered,
  endNextSelfBilling,
  makeNextSelfBilled,
  makeSelfBilled,
  stateNextMonth,
} from '../../src/invoices/index.ts';
import { findSelfBilledReceipt } from '../../src/invoices/self-billing/self-billing-agreement.store.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { enteredFor, makeReceived } from '../support/factories/invoices.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('invoices that we make for a supplier', () => {
  let world: World;
  let finance: Actor;
  let order: MadeOrder;
  beforeEach(async () => {
    world = await makeWorld();
    finance = await world.staff('finance');
    order = await makeOrder(world);
  });
  afterEach(() => world.close());

  const terms = (over: Record<string, unknown> = {}) => ({
    supplierId: order.supplierId,
    rhythm: 'receipt',
    numberPrefix: 'sb',
    currencies: 'USD, cny',
    validFrom: '2026-03-02',
    validUntil: '2026-12-31',
    ...over,
  });
  const agreement = () => world.db('self_billing_agreement').first();
  const made = () => world.db('self_billed_invoice').orderBy('created_at', 'desc').first();
  const asFinance = () => world.as(finance);
  const asSupplier = () => world.as(order.supplierUser);

  async function agree(over: Record<string, unknown> = {}): Promise<string> {
    const proposed = await (await asFinance()).post('/self-billing', terms(over));
    expect(proposed.status).to.equal(303);
    const { id, version } = await agreement();
    await (await asSupplier()).post(`/self-billing/${id}/acceptance`, { version }).expect(303);
    return id;
  }
  const act = async (who: 'finance' | 'supplier', what: string, form: Record<string, unknown> = {}) => {
    const { id, version } = await made();
    return (await (who === 'finance' ? asFinance() : asSupplier())).post(`/self-billed/${id}/${what}`, {
      version,
      ...form,
    });
  };

  it('are agreed on by a person of the supplier, made from each receipt, accepted, approved, with a document of its own', async () => {
    const bad = await (await asFinance()).post('/self-billing', terms({ currencies: 'DOLLARS' }));
    expect(bad.status).to.equal(422);
    expect(await agreement()).to.equal(undefined);
    await (await asFinance()).post('/self-billing', terms()).expect(303);
    const { id, version } = await agreement();
    expect(await agreement()).to.include({ state: 'proposed', number_prefix: 'SB' });
    await world.drainJobs();
    expect(world.mails.some((mail) => mail.subject.includes('proposes to make your invoices'))).to.equal(
      true,
    );
    await (await asFinance()).post(`/self-billing/${id}/acceptance`, { version }).expect(403);
    const clerk = await world.as(await world.supplierUser(order.supplierId, 'supplier_accounts'));
    await clerk.post(`/self-billing/${id}/acceptance`, { version }).expect(404);
    expect((await (await asSupplier()).get('/')).text).to.include('1 self-billing agreement to answer');
    const page = await (await asSupplier()).get(`/self-billing/${id}`).expect(200);
    expect(page.text).to.include('Silence accepts nothing').and.to.include('within 5 working days');
    await (await asSupplier()).post(`/self-billing/${id}/acceptance`, { version }).expect(303);
    expect(await agreement()).to.include({
      state: 'active',
      in_force_from: '2026-03-02',
      accepted_by: order.supplierUser.userId,
    });
    const again = await (await asFinance()).post('/self-billing', terms());
    expect(again.text).to.include('data-code="self_billing_agreement.open-already"');

    const { receipt } = await makeReceived(world, { order });
    await world.drainJobs();
    expect(await made()).to.include({ reference: 'SB-00001', state: 'sent', answer_by: '2026-03-09' });
    expect(world.mails.some((mail) => mail.subject.startsWith('Self-billed invoice SB-00001'))).to.equal(
      true,
    );
    expect(await world.runInTx(system('test'), (ctx) => makeSelfBilled(ctx, receipt.receipt.id))).to.equal(
      false,
    );
    const own = await enteredFor(world, { order, receipt });
    const form = { ...own, tax: 'S:13', lines: own.lines.map(({ row: _row, tax: _tax, ...line }) => line) };
    const refused = await (await asSupplier()).post(`/receipts/${receipt.receipt.id}/invoice`, form);
    expect(refused.text).to.include('The buyer makes the invoice of');
    expect(await world.db('invoice')).to.have.length(0);
    const home = await (await asSupplier()).get('/').expect(200);
    expect(home.text).to.include('1 self-billed invoice to accept').and.not.to.include('/invoice/new');

    const shown = await (await asSupplier()).get(`/self-billed/${(await made()).id}`).expect(200);
    expect(shown.text).to.include('175.00 USD').and.to.include('Self-billed invoice (389)');
    await act('finance', 'acceptance').then((answer) => expect(answer.status).to.equal(403));
    expect((await act('supplier', 'acceptance')).status).to.equal(303);
    const invoice = await world.db('invoice').first();
    expect(invoice).to.include({ supplier_number: 'SB-00001', submitted_by: order.supplierUser.userId });
    const sent = await world.db('invoice_version').first();
    expect(sent.sha256, 'what was accepted is what was shown').to.equal((await made()).sha256);
    await world.drainJobs();
    expect(await world.db('invoice').first()).to.include({ state: 'pending_approval' });
    const document = await world.db('document').where({ subject_id: invoice.id }).first();
    expect(document.kind).to.equal('self-billed-invoice');
    expect(document.sha256).to.match(/^[0-9a-f]{64}$/);
    await (await asSupplier()).get(`/documents/${document.id}/invoice.pdf`).expect(200);
    const approval = `/invoices/${invoice.id}/approval`;
    const { version: now } = await world.db('invoice').first();
    await (await asFinance()).post(approval, { version: now }).expect(303);
    const seen = await (await asFinance()).get(`/invoices/${invoice.id}`).expect(200);
    expect(seen.text).to.include('Self-billed invoice (389)');
    const credit = {
      supplierNumber: 'C-1',
      issuedOn: '2026-03-02',
      netAmount: '10',
      tax: '',
      reason: 'Discount',
    };
    await (await asSupplier()).post(`/invoices/${invoice.id}/credit-notes`, credit).expect(303);
  });

  it('are made of receipts that the agreement covers, from its first day to its last, and of no others', async () => {
    const id = await agree({ plantCodes: [order.order.plantCode] });
    const { receipt } = await makeReceived(world, { order });
    const row = { in_force_from: '2026-03-02', valid_until: '2026-12-31', ends_on: null };
    const { currency, plantCode } = order.order;
    for (const [over, isCovered] of [
      [{}, true],
      [{ in_force_from: '2026-03-03' }, false],
      [{ valid_until: '2026-03-02' }, true],
      [{ ends_on: '2026-03-02' }, true],
      [{ in_force_from: '2026-02-01', valid_until: '2026-03-01' }, false],
      [{ in_force_from: '2026-02-01', ends_on: '2026-03-01' }, false],
      [{ plant_codes: ['NB02'] }, false],
      [{ plant_codes: [] }, true],
      [{ currencies: ['EUR'] }, false],
      [{ currencies: ['EUR', currency] }, true],
    ] as const) {
      const whole = { ...row, plant_codes: [plantCode], currencies: [currency], ...over };
      await world
        .db('self_billing_agreement')
        .where({ id })
        .update({ valid_from: '2026-02-01', ...whole });
      const found = await world.runInTx(order.supplierUser, (ctx) =>
        findSelfBilledReceipt(ctx.tx, receipt.receipt.id),
      );
      expect(found !== undefined, JSON.stringify(over)).to.equal(isCovered);
    }
  });

  it('are contested by line, made anew, withdrawn, and then invoiced by the supplier itself', async () => {
    await agree();
    const { receipt } = await makeReceived(world, { order });
    await world.drainJobs();
    const [first] = (await made()).figures.lines as { poLineId: string }[];
    const nothing = await act('supplier', 'contest', { remark: '' });
    expect(nothing.status).to.equal(422);
    expect(nothing.text).to.include('data-code="self_billed_invoice.contest-says-nothing"');
    expect(await made()).to.include({ state: 'sent' });
    const lines = [{ poLineId: first?.poLineId, text: 'Eleven came' }];
    expect((await act('supplier', 'contest', { remark: '', lines })).status).to.equal(303);
    expect(await made()).to.include({ state: 'contested' });
    expect((await (await asFinance()).get('/')).text).to.include('1 contested self-billed invoice');
    const page = await (await asFinance()).get(`/self-billed/${(await made()).id}`).expect(200);
    expect(page.text).to.include('Eleven came');
    const early = await act('supplier', 'acceptance');
    expect(early.text).to.include('data-code="self_billed_invoice.cannot-accept"');
    expect(await world.db('invoice')).to.have.length(0);
    expect((await act('finance', 'revision', { reason: 'Ten were counted' })).status).to.equal(303);
    expect(await made()).to.include({ state: 'sent', revision: 2, reference: 'SB-00001' });
    const stale = await act('supplier', 'acceptance', { version: 1 });
    expect(stale.status).to.equal(409);
    expect((await act('finance', 'withdrawal', { reason: 'Send your own, please' })).status).to.equal(303);
    await world.drainJobs();
    expect(world.mails.at(-1)?.text).to.include('Send your own, please');
    expect(await world.runInTx(system('test'), (ctx) => makeNextSelfBilled(ctx, []))).to.equal(null);
    await (await asSupplier()).get(`/receipts/${receipt.receipt.id}/invoice/new`).expect(200);
    const other = await makeOrder(world);
    await (await world.as(other.supplierUser)).get(`/self-billed/${(await made()).id}`).expect(404);
  });

  it('are made again with another number when finance rejects one, and end with the notice', async () => {
    const id = await agree();
    await makeReceived(world, { order });
    await world.drainJobs();
    await act('supplier', 'acceptance');
    await world.drainJobs();
    const { id: invoiceId, version } = await world.db('invoice').first();
    await (await asFinance())
      .post(`/invoices/${invoiceId}/rejection`, { version, reason: 'Wrong plant' })
      .expect(303);
    world.setNow('2026-03-02T11:00:00Z');
    const next = () => world.runInTx(system('test'), (ctx) => makeNextSelfBilled(ctx, []));
    expect(await next()).not.to.equal(null);
    expect(await next()).to.equal(null);
    expect(await made()).to.include({ reference: 'SB-00002', state: 'sent' });

    const { version: seen } = await agreement();
    const leaving = { version: seen, reason: 'New accounting' };
    await (await asSupplier()).post(`/self-billing/${id}/leaving`, leaving).expect(303);
    expect(await agreement()).to.include({ state: 'ending', ends_on: '2026-04-01' });
    await world.drainJobs();
    expect(world.mails.at(-1)?.text).to.include('New accounting');
    world.setNow('2026-04-01T10:00:00Z');
    expect(await world.runInTx(system('test'), endNextSelfBilling), 'on its last day it holds').to.equal(
      false,
    );
    world.setNow('2026-04-02T10:00:00Z');
    expect(await world.runInTx(system('test'), endNextSelfBilling)).to.equal(true);
    expect(await agreement()).to.include({ state: 'ended' });
    const silence = await world.runInTx(system('test'), (ctx) => acceptNextUnanswered(ctx, []));
    expect(silence, 'silence accepts nothing').to.equal(null);
    expect(await made()).to.include({ state: 'sent' });
    const page = await (await asSupplier()).get(`/self-billed/${(await made()).id}`).expect(200);
    expect(page.text).to.include('nothing is accepted by silence');
  });

  it('are made by month from what the supplier confirmed, in its name, and made again when one is rejected', async () => {
    await agree({ rhythm: 'month' });
    const { receipt } = await makeReceived(world, { order });
    await world.drainJobs();
    expect(await made(), 'no invoice a receipt').to.equal(undefined);
    const state = () => world.runInTx(system('test'), (ctx) => stateNextMonth(ctx, []));
    expect(await state(), 'the month is not over').to.equal(null);
    world.setNow('2026-04-01T10:00:00Z');
    expect(await state()).not.to.equal(null);
    expect(await state()).to.equal(null);
    const statement = () => world.db('statement').first();
    expect(await statement()).to.include({ state: 'sent', month: '2026-03-01', created_by: finance.userId });
    const { id, version } = await statement();
    await (await asSupplier()).post(`/statements/${id}/confirmation`, { version }).expect(303);
    const own = await (await asSupplier()).get(`/statements/${id}/invoice/new`);
    expect(own.text).to.include('The buyer makes the invoice of');
    await world.drainJobs();
    expect(await statement()).to.include({ state: 'invoiced' });
    expect(await made()).to.include({ reference: 'SB-00001', state: 'accepted', statement_id: id });
    const invoice = () => world.db('invoice').orderBy('created_at', 'desc').first();
    expect(await invoice()).to.include({
      supplier_number: 'SB-00001',
      state: 'pending_approval',
      submitted_by: order.supplierUser.userId,
    });
    expect((await world.db('invoice_version').first()).sha256).to.equal((await made()).sha256);
    const kept = await world.db('document').where({ kind: 'self-billed-invoice' }).first();
    expect(kept.subject_id).to.equal((await invoice()).id);
    await (await asSupplier()).get(`/receipts/${receipt.receipt.id}/invoice/new`).expect(422);
    const rejection = { version: (await invoice()).version, reason: 'Wrong tax' };
    await (await asFinance()).post(`/invoices/${(await invoice()).id}/rejection`, rejection).expect(303);
    world.setNow('2026-04-01T11:00:00Z');
    await world.drainJobs();
    expect(await invoice()).to.include({ supplier_number: 'SB-00002', state: 'pending_approval' });
  });

  it('are not stated twice: what another month’s statement has is left to it', async () => {
    await agree({ rhythm: 'month' });
    await makeReceived(world, { order });
    world.setNow('2026-04-01T10:00:00Z');
    const { plantCode, currency } = order.order;
    const which = [order.supplierId, plantCode, currency].join('|');
    await (await asFinance()).post('/statements', { month: '2026-04', which }).expect(303);
    const tried = await world.runInTx(system('test'), (ctx) => stateNextMonth(ctx, []));
    expect(tried, 'it was looked at, and others are not held up').not.to.equal(null);
    expect(await world.db('statement').select('month')).to.deep.equal([{ month: '2026-04-01' }]);
    expect(await world.runInTx(system('test'), (ctx) => stateNextMonth(ctx, [tried ?? '']))).to.equal(null);
  });

  it('are accepted by silence only where the house’s rule says so, in the name of who agreed', async () => {
    await agree();
    await makeReceived(world, { order });
    await world.drainJobs();
    const silent = () =>
      world.runInTx(system('test'), (ctx) => {
        const selfBilling = { ...ctx.policies.selfBilling, silence: 'accepts' as const };
        return acceptNextUnanswered({ ...ctx, policies: { ...ctx.policies, selfBilling } }, []);
      });
    world.setNow('2026-03-09T10:00:00Z');
    expect(await silent(), 'on the last day it waits').to.equal(null);
    world.setNow('2026-03-10T10:00:00Z');
    expect(await silent()).to.equal((await made()).id);
    expect(await made()).to.include({ state: 'accepted' });
    expect(await world.db('invoice').first()).to.include({ submitted_by: order.supplierUser.userId });
  });
});
