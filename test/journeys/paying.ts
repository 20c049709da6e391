import { expect } from 'chai';
import type { Locator } from 'playwright-core';
import { FINANCE, type Journey } from './journey.ts';
import { expectText, idIn, reloadUntil, signInAsStaff } from './steps.ts';

/** From the receipt to a paid invoice, by way of a wrong price. */
export function paying(j: Journey): void {
  it('takes at most five clicks from the home page to an invoice made from the receipt', async () => {
    const supplier = j.bidders.crackers;
    const { page } = supplier;
    let clicks = 0;
    const click = async (what: Locator): Promise<void> => {
      clicks += 1;
      await what.first().click();
    };
    await supplier.go('/');
    await reloadUntil(page, page.getByRole('link', { name: j.receiptReference }));
    await supplier.look('50-home-supplier');
    await click(page.getByRole('link', { name: j.receiptReference }));
    if ((await page.locator('#invoice-form').count()) === 0)
      await click(page.getByRole('link', { name: j.t('deliveries.receipt.invoice') }));
    await page.locator('#invoice-form').waitFor();
    await supplier.type(j.t('invoices.form.number'), 'CD-2026/117');
    // Ordered were 86.07: the supplier bills its list price by mistake.
    await page.locator('#field-lines-1-unitPrice').fill('87.57');
    await supplier.look('51-invoice-form');
    await click(page.getByRole('button', { name: j.t('invoices.form.submit'), exact: true }));
    await expectText(supplier, j.t('invoices.notice.submitted'));
    expect(clicks).to.be.at.most(5);
    j.invoiceId = idIn(page, 'invoices');
  });

  it('says in words what differs, by how much and who acts, and takes the correction', async () => {
    const supplier = j.bidders.crackers;
    const { page } = supplier;
    await seesState('exception');
    const words = await page.locator('[data-kind="price"]').innerText();
    expect(words).to.contain('87.57').and.to.contain('86.07').and.to.contain('1.50');
    expect(words).to.contain(j.t('invoices.who.supplier.supplier'));
    await supplier.look('52-invoice-exception');
    await supplier.follow(j.t('invoices.exception.correct'));
    await page.locator('#field-lines-1-unitPrice').fill('86.07');
    await supplier.look('53-invoice-correction');
    await supplier.press(j.t('invoices.form.send-correction'));
    await expectText(supplier, j.t('invoices.notice.corrected'));
    await seesState('pending_approval');
    await supplier.look('54-invoice-matched');
  });

  it('has finance approve it and mark it paid, and the supplier see each state', async () => {
    const { finance } = j;
    await signInAsStaff(j.stage, finance, FINANCE);
    await finance.look('55-home-finance');
    await finance.follow(j.t('nav.group.invoices'));
    await finance.see(j.t('invoices.list.heading'));
    await finance.look('56-invoices');
    await finance.page.locator(`a[href="/invoices/${j.invoiceId}"]`).first().click();
    await finance.look('57-invoice-to-approve');
    await finance.press(j.t('invoices.decide.approve'));
    await expectText(finance, j.t('invoices.notice.approved'));
    await seesState('approved');
    await finance.type(j.t('invoices.page.payment-reference'), 'TT 20261124-0007');
    await finance.look('58-invoice-to-pay');
    await finance.press(j.t('invoices.decide.pay'));
    await expectText(finance, j.t('invoices.notice.paid'));
    await seesState('paid');
    await expectText(j.bidders.crackers, 'TT 20261124-0007');
    await j.bidders.crackers.look('59-invoice-paid');
  });

  async function seesState(state: string): Promise<void> {
    const { page, go } = j.bidders.crackers;
    await go(`/invoices/${j.invoiceId}`);
    await reloadUntil(page, page.locator(`.page-head [data-state="${state}"]`));
  }
}
