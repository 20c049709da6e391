import { expect } from 'chai';
import type { Locator } from 'playwright-core';
import { follow, press, type Seat, says, type Trade } from './stage.ts';

const BRACKET = 'Bracket A, 6061-T6';
const PLATE = 'Cover plate, 1.5 mm';

/** Two deliveries: one short and partly rejected, with its 8D and a debit note; one as announced. */
export function delivering(j: Trade): void {
  const db = () => j.opened.world.db;
  const rowOf = ({ page }: Seat, description: string): Locator =>
    page.locator('.delivery-row').filter({ hasText: description });
  const typeInto = (seat: Seat, description: string, field: string, value: string): Promise<void> =>
    rowOf(seat, description).locator(`input[name$="[${field}]"]`).fill(value);

  const announce = async (bracket: string, plate: string): Promise<void> => {
    await j.supplier.page.goto(`/orders/${j.orderId}`);
    await follow(j.supplier, j.t('orders.page.announce-delivery'));
    await typeInto(j.supplier, BRACKET, 'quantity', bracket);
    await typeInto(j.supplier, PLATE, 'quantity', plate);
    await j.supplier.page.getByLabel(j.t('deliveries.announce.carrier')).fill('Sinotrans');
    await press(j, j.supplier, j.t('deliveries.announce.send'));
    await says(j.supplier, j.t('deliveries.notice.announced'));
  };
  const startReceiving = async (): Promise<void> => {
    await j.receiver.page.goto('/deliveries');
    await follow(j.receiver, j.t('deliveries.list.receive'));
  };

  it('announces a first delivery, which the receiver counts on a phone: two are missing, three are cracked', async () => {
    await announce('60', '20');
    await j.look(j.supplier, '10-announced');
    await startReceiving();
    await typeInto(j.receiver, BRACKET, 'quantity', '55');
    await press(j, j.receiver, j.t('deliveries.receive.post'));
    await j.receiver.page.locator('[data-code="goods_receipt.short-without-reason"]').waitFor();
    const bracket = rowOf(j.receiver, BRACKET);
    await typeInto(j.receiver, BRACKET, 'shortfallReason', 'Not in the delivery');
    await bracket.locator('summary').click();
    await typeInto(j.receiver, BRACKET, 'rejectedQuantity', '3');
    await typeInto(j.receiver, BRACKET, 'rejectionReason', 'Cracked at the bend');
    await j.look(j.receiver, '11-receipt-on-a-phone');
    await press(j, j.receiver, j.t('deliveries.receive.post'));
    await says(j.receiver, j.t('deliveries.notice.received'));
    await j.look(j.receiver, '12-receipt');
    const lines = await db()('goods_receipt_line')
      .select('quantity', 'rejected_quantity')
      .orderBy('quantity');
    expect(lines.map((line) => [Number(line.quantity), Number(line.rejected_quantity)])).to.deep.equal([
      [20, 0],
      [55, 3],
    ]);
  });

  it('has the supplier answer the rejection step by step, and the buyer verify and close it', async () => {
    const { id } = await db()('nonconformance').first('id');
    for (const [step, words] of [
      ['contained', 'All stock was looked through; 40 pieces are kept back'],
      ['root_cause', 'The bending radius was set too small'],
      ['action', 'The radius is fixed in the program since 3 March'],
    ] as const) {
      await j.supplier.page.goto(`/nonconformances/${id}`);
      await says(j.supplier, j.t(`nonconformances.step.${step}-text`));
      await j.supplier.page.getByLabel(j.t('nonconformances.page.answer')).fill(words);
      if (step === 'contained') await j.look(j.supplier, '13-answering-the-8d');
      await press(j, j.supplier, j.t('nonconformances.page.send'));
      await says(j.supplier, j.t('nonconformances.notice.answered'));
    }
    await j.buyer.page.goto(`/nonconformances/${id}`);
    await j.buyer.page
      .getByLabel(j.t('nonconformances.page.verified-how'))
      .fill('Twenty of the stock were bent: none cracked');
    await press(j, j.buyer, j.t('nonconformances.page.verify'));
    await j.look(j.buyer, '14-8d-verified');
    await press(j, j.buyer, j.t('nonconformances.page.close'));
    await says(j.buyer, j.t('nonconformances.notice.closed'));
  });

  it('claims money for scratches found later, by a debit note that the supplier accepts', async () => {
    const receipt = await db()('goods_receipt').first('id');
    await j.buyer.page.goto(`/receipts/${receipt.id}`);
    await follow(j.buyer, j.t('nonconformances.receipt.report'));
    await j.buyer.page.getByLabel(j.t('nonconformances.form.line')).selectOption({ label: `3 · ${PLATE}` });
    await j.buyer.page.getByLabel(j.t('nonconformances.quantity')).fill('2');
    await j.buyer.page
      .getByLabel(j.t('nonconformances.defect'))
      .fill('Two are scratched; they can be used inside');
    await j.buyer.page.getByLabel(j.t('nonconformances.disposition')).selectOption('use_as_is');
    await j.buyer.page.getByLabel(j.t('nonconformances.claim'), { exact: true }).selectOption('debit');
    await j.buyer.page.getByLabel(j.t('nonconformances.claim-amount', { currency: 'USD' })).fill('5.00');
    await j.buyer.page.getByLabel(j.t('nonconformances.form.needs-8d')).uncheck();
    await j.look(j.buyer, '15-reporting-goods');
    await press(j, j.buyer, j.t('nonconformances.form.send'));
    await j.supplier.page.goto('/credit-notes');
    await j.look(j.supplier, '16-debit-notes');
    await j.supplier.page.locator('main table a[href^="/credit-notes/"]').first().click();
    await j.look(j.supplier, '17-debit-note');
    await press(j, j.supplier, j.t('credits.act.acceptance'));
    await says(j.supplier, j.t('credits.notice.accepted'));
    const note = await db()('credit_note').first();
    expect([note.kind, note.state, note.net_amount]).to.deep.equal(['debit_note', 'approved', '5.0000']);
  });

  it('delivers the rest in a second delivery, packed and labelled, and received as announced', async () => {
    await announce('45', '40');
    await follow(j.supplier, j.t('packing.page.pack'));
    await j.look(j.supplier, '18-packing');
    await press(j, j.supplier, j.t('packing.form.send'));
    await j.supplier.page.reload();
    await j.look(j.supplier, '19-packed');
    const labels = await j.supplier.page
      .getByRole('link', { name: j.t('packing.page.labels') })
      .getAttribute('href');
    const pdf = await (await j.supplier.page.request.get(String(labels))).body();
    expect(pdf.subarray(0, 5).toString()).to.equal('%PDF-');
    await startReceiving();
    await press(j, j.receiver, j.t('deliveries.receive.post'));
    await says(j.receiver, j.t('deliveries.notice.received'));
    const order = await db()('purchase_order').where({ id: j.orderId }).first('state');
    expect(order.state).to.equal('received');
  });
}
