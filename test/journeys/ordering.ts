import { expect } from 'chai';
import { realBidders } from '../support/real-lines.ts';
import { type BidderKey, type Journey, RECEIVER, TITLE } from './journey.ts';
import {
  expectText,
  idIn,
  openMail,
  pressInMail,
  reloadUntil,
  signInAsStaff,
  signInAsSupplier,
  subjectOf,
  textOfMail,
} from './steps.ts';

const { crackers, collom, morphey } = realBidders;

/** From the award to goods that arrived, one line short. */
export function ordering(j: Journey): void {
  it('tells winners and losers, each about its own lines', async () => {
    for (const [key, won] of [
      ['crackers', 2],
      ['collom', 2],
    ] as const) {
      const { email } = { crackers, collom }[key].contact;
      const subject = subjectOf(j.t, 'mail.award-won.subject', {
        reference: j.eventReference,
        count: won,
        total: 3,
      });
      await openMail(j.stage, j.bidders[key], { to: email, subject });
      const text = await textOfMail(j.bidders[key]);
      expect(text).not.to.contain(morphey.name);
    }
    const subject = subjectOf(j.t, 'mail.award-lost.subject', { reference: j.eventReference });
    await openMail(j.stage, j.bidders.morphey, { to: morphey.contact.email, subject });
    await j.bidders.morphey.look('38-mail-lost');
    const text = await textOfMail(j.bidders.morphey);
    expect(text).to.contain('by price and by loading capacity');
    for (const secret of [crackers.name, collom.name, '130.62', '86.07']) expect(text).not.to.contain(secret);
  });

  it('mails each winner an order as PDF, made by a job, and has it acknowledged', async () => {
    for (const key of ['crackers', 'collom'] as const) {
      const reference = await openOrderMail(key);
      await checkPdf(key, reference);
      await pressInMail(j.bidders[key], j.t('mail.order-issued.action'));
      // It would open without a password, too; signed in, one does the rest of one's work.
      await j.bidders[key].follow(j.t('signed-link.landing.sign-in'));
      await signInAsSupplier(j.stage, j.bidders[key], { crackers, collom }[key].contact.email);
      await j.bidders[key].see(TITLE);
      if (key === 'crackers') await j.bidders[key].look('40-order-to-acknowledge');
      await j.bidders[key].press(j.t('orders.page.acknowledge'));
      await expectText(j.bidders[key], j.t('orders.notice.acknowledged'));
    }
    await j.bidders.crackers.look('41-order-acknowledged');
    j.orderId = idIn(j.bidders.crackers.page, 'orders');
    j.orderReference = /PO-\d{4}-\d+/.exec(await j.bidders.crackers.page.title())?.[0] ?? '';
    await j.buyer.follow(j.t('nav.orders'));
    await reloadUntil(j.buyer.page, j.buyer.page.locator('[data-state="acknowledged"]').nth(1));
    await j.buyer.look('42-orders-of-buyer');
  });

  async function openOrderMail(key: BidderKey): Promise<string> {
    const { email } = { crackers, collom, morphey }[key].contact;
    const subject = subjectOf(j.t, 'mail.order-issued.subject', { reference: 'PO-0000-0000' });
    await openMail(j.stage, j.bidders[key], { to: email, subject });
    if (key === 'crackers') await j.bidders[key].look('39-mail-order');
    const heading = await j.bidders[key].page.getByRole('heading', { level: 1 }).innerText();
    return /PO-\d{4}-\d+/.exec(heading)?.[0] ?? '';
  }

  async function checkPdf(key: BidderKey, reference: string): Promise<void> {
    const { page } = j.bidders[key];
    const link = page.locator('a[href*="/attachments/"]');
    expect(await link.innerText()).to.match(new RegExp(`${reference}.*\\.pdf$`));
    const pdf = await (await page.request.get((await link.getAttribute('href')) ?? '')).body();
    expect(pdf.subarray(0, 5).toString()).to.equal('%PDF-');
    expect(pdf.subarray(-6).toString().trim()).to.equal('%%EOF');
    expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)).to.have.length(1);
    expect(pdf.toString('latin1')).to.contain('/MediaBox [0 0 595.28 841.89]').and.to.contain('/FontFile');
    expect(pdf.length).to.be.within(5_000, 500_000);
  }

  it('announces a part of it, and posts the receipt one line short, with the reason', async () => {
    const supplier = j.bidders.crackers;
    await supplier.follow(j.t('orders.page.announce-delivery'));
    await supplier.see(j.t('deliveries.announce.heading'));
    await supplier.page.locator('#field-lines-1-quantity').fill('600');
    await supplier.type(j.t('deliveries.announce.carrier'), 'Sinotrans');
    await supplier.look('43-announce');
    await supplier.press(j.t('deliveries.announce.send'));
    await expectText(supplier, j.t('deliveries.notice.announced'));
    await supplier.look('44-announced');
    await signInAsStaff(j.stage, j.receiver, RECEIVER);
    await j.receiver.look('45-home-receiver');
    await j.receiver.follow(j.t('nav.deliveries'));
    await j.receiver.see(j.t('deliveries.list.heading'));
    await j.receiver.look('46-deliveries');
    await j.receiver.follow(j.t('deliveries.list.receive'));
    await j.receiver.see(j.t('deliveries.receive.heading'));
    await j.receiver.page.locator('#field-lines-1-quantity').fill('590');
    await j.receiver.press(j.t('deliveries.receive.post'));
    await j.receiver.page.locator('[data-code="goods_receipt.short-without-reason"]').waitFor();
    await j.receiver.look('47-receipt-without-reason');
    await j.receiver.page
      .locator('#field-lines-1-shortfallReason')
      .fill('10 t fell short at the weighbridge');
    await j.receiver.press(j.t('deliveries.receive.post'));
    await expectText(j.receiver, j.t('deliveries.notice.received'));
    await expectText(j.receiver, '10 t fell short at the weighbridge');
    await j.receiver.look('48-receipt');
    j.receiptReference = /GR-\d{4}-\d+/.exec(await j.receiver.page.title())?.[0] ?? '';
  });

  it('shows both sides what is still open', async () => {
    for (const person of [j.buyer, j.bidders.crackers]) {
      await person.go(`/orders/${j.orderId}`);
      await reloadUntil(person.page, person.page.locator('.page-head [data-state="part_received"]'));
      const open = await person.page.locator('td[data-open]').allInnerTexts();
      expect(open).to.deep.equal(['0', '526']);
    }
    await j.bidders.crackers.look('49-order-part-received');
  });
}
