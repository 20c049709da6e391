import { expect } from 'chai';
import { follow, press, says, type Trade } from './stage.ts';

// 55 × 12.50 + 20 × 8.50, and 45 × 12.50 + 40 × 8.50, less the 5.00 of the debit note.
const PAID = '1,755.00';

/** Approved, paid by a run less the debit note, and closed by that alone. */
export function paying(j: Trade): void {
  const db = () => j.opened.world.db;

  it('has finance approve both invoices', async () => {
    for (const { id } of await db()('invoice').select('id')) {
      await j.finance.page.goto(`/invoices/${id}`);
      await press(j, j.finance, j.t('invoices.decide.approve'));
      await says(j.finance, j.t('invoices.notice.approved'));
    }
    await j.look(j.finance, '30-approved');
  });

  it('makes a payment run of both, less the debit note, which somebody else releases', async () => {
    const { page } = j.finance;
    await page.goto('/payment-runs/new?dueUntil=2026-06-30');
    await j.look(j.finance, '31-payment-run-new');
    await press(j, j.finance, j.t('payments.new.make'));
    await j.look(j.finance, '32-payment-run');
    const path = new URL(page.url()).pathname;
    await j.payer.page.goto(path);
    await press(j, j.payer, j.t('payments.page.release'));
    await j.look(j.payer, '33-released');
    const payment = await db()('payment').first('id');
    await j.supplier.page.goto(`/payments/${payment.id}`);
    await says(j.supplier, PAID);
    await j.look(j.supplier, '34-remittance-advice');
  });

  it('takes the bank’s list: both are paid, and the order is closed by that alone', async () => {
    const { page } = j.payer;
    const { reference } = await db()('payment').first('reference');
    const { id } = await db()('payment_run').first('id');
    await page.goto(`/payment-runs/${id}`);
    await follow(j.payer, j.t('payments.page.result'));
    const list = `Payment reference,Paid on,Amount,Bank reference\n${reference},2026-03-02,${PAID.replace(',', '')},B-77\n`;
    await page.setInputFiles('input[type="file"]', {
      name: 'bank.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(list),
    });
    await press(j, j.payer, j.t('payments.result.show'));
    await j.look(j.payer, '35-result');
    await press(j, j.payer, j.t('payments.result.confirm', { count: 1 }));
    expect(await db()('invoice').pluck('state')).to.deep.equal(['paid', 'paid']);
    expect(await db()('statement').pluck('state')).to.deep.equal(['settled']);
    expect((await db()('purchase_order').where({ id: j.orderId }).first('state')).state).to.equal('closed');
    await j.supplier.page.goto(`/orders/${j.orderId}`);
    await j.look(j.supplier, '36-closed');
  });
}
