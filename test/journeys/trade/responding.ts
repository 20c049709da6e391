import { expect } from 'chai';
import { follow, press, says, type Trade } from './stage.ts';

/** The supplier's answer by line, counter-proposed twice, until both sides have one version. */
export function responding(j: Trade): void {
  const db = () => j.opened.world.db;

  it('answers line by line: one as ordered, one rejected, one in two deliveries at another price', async () => {
    const { page } = j.supplier;
    await page.goto(`/orders/${j.orderId}`);
    await j.look(j.supplier, '01-order-to-answer');
    await follow(j.supplier, j.t('order-changes.order.respond'));
    await choose(1, '7');
    await page.fill('#field-lines-1-reason', 'The tool for it is broken until June');
    await choose(2, '3');
    await page.locator('details').nth(2).locator('summary').click();
    await page.fill('#field-lines-2-unitPrice', '9.60');
    await typeDeliveries(2, [
      ['20', '2026-04-01'],
      ['40', '2026-05-04'],
    ]);
    await page.fill('#field-lines-2-reason', 'Material comes in two lots and costs more');
    await j.look(j.supplier, '02-answer-by-line');
    await press(j, j.supplier, j.t('order-changes.response.send'));
    await says(j.supplier, j.t('order-changes.notice.answered'));
    expect(await db()('po_version')).to.have.length(1);
  });

  const choose = (line: number, code: string): Promise<void> =>
    j.supplier.page.check(`#field-lines-${line}-code input[value="${code}"]`);
  const typeDeliveries = async (
    line: number,
    rows: readonly (readonly [string, string])[],
  ): Promise<void> => {
    for (const [at, [quantity, dueOn]] of rows.entries()) {
      await j.supplier.page.fill(`#field-lines-${line}-deliveries-${at}-quantity`, quantity);
      await j.supplier.page.fill(`#field-lines-${line}-deliveries-${at}-dueOn`, dueOn);
    }
  };

  it('is countered by the buyer, who takes the two deliveries and not the price', async () => {
    const { page } = j.buyer;
    await page.goto(`/orders/${j.orderId}/changes`);
    await says(j.buyer, 'The tool for it is broken until June');
    await j.look(j.buyer, '03-proposals');
    await page
      .locator('[data-change="2"]')
      .getByRole('link', { name: j.t('order-changes.page.counter') })
      .click();
    await page.fill('#field-lines-0-unitPrice', '8.00');
    await page.getByLabel(j.t('form.reason')).fill('The price was agreed in the award');
    await j.look(j.buyer, '04-counter');
    await press(j, j.buyer, j.t('order-changes.counter.send'));
    await says(j.buyer, j.t('order-changes.notice.countered'));
  });

  it('is countered again by the supplier, at a price between', async () => {
    const { page } = j.supplier;
    await page.goto(`/orders/${j.orderId}/changes`);
    await says(j.supplier, 'The price was agreed in the award');
    await page
      .locator('[data-change="3"]')
      .getByRole('link', { name: j.t('order-changes.page.counter') })
      .click();
    await page.fill('#field-lines-0-unitPrice', '8.50');
    await page.getByLabel(j.t('form.reason')).fill('We share the rise of the material');
    await press(j, j.supplier, j.t('order-changes.counter.send'));
    await says(j.supplier, j.t('order-changes.notice.countered'));
    expect(await db()('po_version'), 'nobody agreed to anything yet').to.have.length(1);
  });

  it('is taken into version 2 by one click of the buyer: the rejection and the last proposal', async () => {
    await j.buyer.page.goto(`/orders/${j.orderId}/changes`);
    await press(j, j.buyer, /^Accept all 2/);
    await says(j.buyer, j.t('order-changes.notice.accepted'));
    await j.look(j.buyer, '05-version-2');
    const order = await db()('purchase_order').where({ id: j.orderId }).first();
    // 100 × 12.50 + 60 × 8.50
    expect([order.current_version, order.total_amount]).to.deep.equal([2, '1760.0000']);
    const deliveries = await db()('po_schedule')
      .join('po_line', 'po_line.id', 'po_schedule.po_line_id')
      .where({ order_id: j.orderId })
      .orderBy(['line_no', 'schedule_no'])
      .select('line_no', 'po_schedule.quantity');
    expect(deliveries.map((one) => [one.line_no, Number(one.quantity)])).to.deep.equal([
      [1, 100],
      [3, 20],
      [3, 40],
    ]);
    await j.supplier.page.goto(`/orders/${j.orderId}`);
    await j.look(j.supplier, '06-order-version-2');
  });
}
