import { expect } from 'chai';
import { idIn } from '../steps.ts';
import { follow, press, says, type Trade } from './stage.ts';

/** An invoice at a wrong price, disputed and corrected. */
export function invoicing(j: Trade): void {
  const db = () => j.opened.world.db;
  let invoiceId = '';
  const state = async (): Promise<string> =>
    (await db()('invoice').where({ id: invoiceId }).first('state')).state;

  it('invoices the first delivery at a price of its own, which waits as an exception, in words', async () => {
    const { page } = j.supplier;
    const receipt = await db()('goods_receipt').orderBy('posted_at').first('id');
    await page.goto(`/receipts/${receipt.id}`);
    await follow(j.supplier, j.t('deliveries.receipt.invoice'));
    await page.getByLabel(j.t('invoices.form.number')).fill('ORB-2026/031');
    await page.locator('input[name="lines[0][unitPrice]"]').fill('13.10');
    await press(j, j.supplier, j.t('invoices.form.submit'));
    invoiceId = idIn(page, 'invoices');
    await page.reload();
    const words = await page.locator('[data-kind="price"]').innerText();
    expect(words).to.include('13.10').and.to.include('12.50');
    await j.look(j.supplier, '20-exception');
    expect(await state()).to.equal('exception');
  });

  it('is disputed by the supplier, who gives way on the buyer’s proposal', async () => {
    const { page } = j.supplier;
    await page.goto(`/messages/invoice/${invoiceId}`);
    await follow(j.supplier, j.t('disputes.messages.open-dispute'));
    await page.getByLabel(j.t('disputes.page.topic')).selectOption('price');
    await page.getByLabel(j.t('disputes.new.subject')).fill('Price of the brackets');
    await page.getByLabel(j.t('disputes.new.body')).fill('Aluminium rose in March; we ask for 13.10.');
    await press(j, j.supplier, j.t('disputes.new.submit'));
    await says(j.supplier, j.t('disputes.notice.opened'));
    const path = new URL(page.url()).pathname;
    await j.buyer.page.goto(path);
    await j.buyer.page.locator('details:has(#reason-proposal) > summary').click();
    await j.buyer.page
      .locator('#reason-proposal')
      .fill('The price of version 2 counts; we look at it again in June.');
    await press(j, j.buyer, j.t('disputes.page.propose'));
    await says(j.buyer, j.t('disputes.notice.proposed'));
    await page.goto(path);
    await j.look(j.supplier, '21-dispute');
    await press(j, j.supplier, j.t('disputes.page.accept'));
    await says(j.supplier, j.t('disputes.notice.resolved'));
    expect(await state(), 'the invoice is still the supplier’s to correct').to.equal('exception');
  });

  it('is corrected by the supplier, and matches', async () => {
    const { page } = j.supplier;
    await page.goto(`/invoices/${invoiceId}`);
    await follow(j.supplier, j.t('invoices.exception.correct'));
    await page.locator('input[name="lines[0][unitPrice]"]').fill('12.50');
    await press(j, j.supplier, j.t('invoices.form.send-correction'));
    await says(j.supplier, j.t('invoices.notice.corrected'));
    expect(await state()).to.equal('pending_approval');
    await page.reload();
    await j.look(j.supplier, '22-matched');
  });

  it('agrees the month by a statement: built and sent by finance, disputed, answered, confirmed', async () => {
    const { page } = j.finance;
    await page.goto('/statements/new?month=2026-03');
    await j.look(j.finance, '23-statements-to-build');
    await press(j, j.finance, j.t('statements.new.build'));
    await says(j.finance, j.t('statements.notice.built'));
    const { id } = await db()('statement').first('id');
    await page.goto(`/statements/${id}`);
    await press(j, j.finance, j.t('statements.act.send'));
    await j.supplier.page.goto(`/statements/${id}`);
    await j.look(j.supplier, '24-statement');
    await j.supplier.page
      .getByRole('textbox', { name: j.t('statements.act.dispute-of', { line: 1 }) })
      .fill('We count 46');
    await press(j, j.supplier, j.t('statements.act.dispute'));
    await page.goto(`/statements/${id}`);
    await page
      .getByRole('textbox', { name: j.t('statements.act.answer-of', { line: 1 }) })
      .fill('The label of the pallet says 45');
    await j.look(j.finance, '25-statement-disputed');
    await press(j, j.finance, j.t('statements.act.revise'));
    await j.supplier.page.goto(`/statements/${id}`);
    await says(j.supplier, 'The label of the pallet says 45');
    await press(j, j.supplier, j.t('statements.act.confirm'));
    await says(j.supplier, j.t('statements.notice.confirmed'));
  });

  it('invoices the second delivery from the statement', async () => {
    await follow(j.supplier, j.t('statements.page.invoice-it'));
    await j.supplier.page.getByLabel(j.t('invoices.form.number')).fill('ORB-2026/032');
    await j.look(j.supplier, '26-invoice-of-the-statement');
    await press(j, j.supplier, j.t('invoices.form.submit'));
    expect(await db()('invoice').pluck('state')).to.deep.equal(['pending_approval', 'pending_approval']);
    expect(await db()('statement').pluck('state')).to.deep.equal(['invoiced']);
  });
}
