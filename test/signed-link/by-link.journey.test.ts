import { expect } from 'chai';
import type { BrowserContextOptions } from 'playwright-core';
import { found } from '../../src/kernel/errors.ts';
import { issueOrder } from '../../src/orders/index.ts';
import { BUYER } from '../journeys/journey.ts';
import { openStage, type Person, type Stage } from '../journeys/stage.ts';
import {
  expectText,
  inOrder,
  openMail,
  pressInMail,
  reloadUntil,
  signInAsStaff,
  subjectOf,
  textOfMail,
} from '../journeys/steps.ts';
import { orderLine } from '../support/factories/orders.ts';
import { realBidders } from '../support/real-lines.ts';

const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
const { contact } = realBidders.collom;

for (const [locale, colours] of [
  ['en', 'light'],
  ['zh-CN', 'dark'],
] as const)
  describe(`acknowledging an order from its mail, in ${locale} and ${colours}`, function () {
    this.timeout(60_000);
    let stage: Stage;
    let buyer: Person;
    let supplier: Person;
    let orderId: string;
    before(async () => {
      stage = await openStage(locale);
      buyer = await stage.person({ colorScheme: colours });
      supplier = await stage.person({ ...PHONE, colorScheme: colours });
    });
    after(() => stage.close());
    inOrder(() => stage);

    it('mails a link beside the usual button', async () => {
      await signInAsStaff(stage, buyer, BUYER);
      orderId = await stage.portal.runAsSystem(async (ctx) => {
        const idOf = async (email: string): Promise<{ id: string; supplier_id: string }> =>
          found('user', await ctx.tx('user_account').where({ email }).first('id', 'supplier_id'));
        const person = await idOf(contact.email);
        return issueOrder(ctx, {
          awardId: null,
          eventId: null,
          plantCode: 'QD01',
          title: 'Riprap for the north yard',
          currency: 'USD',
          incoterm: 'DAP',
          incotermPlace: 'Qingdao',
          paymentTermsDays: 30,
          supplierId: person.supplier_id,
          buyerId: (await idOf('ana.costa@hailan.example')).id,
          lines: [
            orderLine({ description: 'RIPRAP, REVETMENT', quantity: '244', unit: 'STN', unitPrice: '90' }),
            orderLine({ description: 'RIPRAP, CLASS 1', quantity: '896', unit: 'STN', unitPrice: '135' }),
          ],
        });
      });
      const subject = subjectOf(stage.t, 'mail.order-issued.subject', { reference: 'PO-0000-0000' });
      await openMail(stage, supplier, { to: contact.email, subject });
      await supplier.look('l1-mail');
    });

    it('opens the order alone, without an account', async () => {
      const { t } = stage;
      await pressInMail(supplier, t('signed-link.mail.open'));
      await supplier.page.getByRole('button', { name: t('signed-link.landing.open'), exact: true }).waitFor();
      expect(new URL(supplier.page.url()).pathname, 'no token in the address').to.equal('/l');
      await expectText(supplier, contact.name);
      await supplier.look('l2-landing');
      await supplier.press(t('signed-link.landing.open'));
      await supplier.see('Riprap for the north yard');
      await supplier.look('l3-order');
      expect(
        await supplier.page.getByRole('navigation', { name: t('layout.main-navigation') }).count(),
      ).to.equal(0);
    });

    it('asks for the code of a second mail, and keeps what was typed', async () => {
      const { t } = stage;
      await supplier.type(t('orders.page.note'), '500 t a week');
      await supplier.press(t('orders.page.acknowledge'));
      await supplier.see(t('signed-link.code.title'));
      await expectText(supplier, '500 t a week');
      await supplier.look('l4-code');
      const reader = await stage.person({ ...PHONE, colorScheme: colours });
      const subject = subjectOf(t, 'mail.one-time-code.subject', { reference: 'PO-0000-0000' });
      await openMail(stage, reader, { to: contact.email, subject });
      await reader.look('l5-mail-code');
      const code = found('code', /\d{3} \d{3}/.exec(await textOfMail(reader)))[0];
      await supplier.type(t('signed-link.code.code'), code === '000 000' ? '111 111' : '000 000');
      await supplier.press(t('signed-link.code.submit'));
      await expectText(supplier, t('errors.signed-link.code-is-wrong'));
      await supplier.look('l6-code-wrong');
      await supplier.type(t('signed-link.code.code'), code);
      await supplier.press(t('signed-link.code.submit'));
      await expectText(supplier, t('orders.notice.acknowledged'));
      await supplier.look('l7-acknowledged');
    });

    it('leads to the sign-in for everything else', async () => {
      await supplier.page.goto('/orders');
      await supplier.see(stage.t('identity.sign-in.title'));
      await supplier.page.goto('/');
      await supplier.see('Riprap for the north yard');
    });

    it('shows the buyer that it was acknowledged, and how', async () => {
      const { t } = stage;
      await buyer.go(`/orders/${orderId}`);
      await reloadUntil(buyer.page, buyer.page.locator('[data-state="acknowledged"]'));
      await expectText(buyer, t('signed-link.timeline'));
      await expectText(buyer, t('event-name.signed_link.opened'));
      await buyer.look('l8-buyer');
      await buyer.press(t('signed-link.resend.button'));
      await expectText(buyer, t('signed-link.resend.done'));
    });

    it('says kindly of a link that works no more what to do', async () => {
      const { t } = stage;
      const stranger = await stage.person({ ...PHONE, colorScheme: colours });
      await stranger.go(`/l/${'A'.repeat(43)}`);
      await stranger.see(t('signed-link.gone.title'));
      await stranger.look('l9-gone');
      await stranger.press(t('signed-link.gone.new-link'));
      await stranger.see(t('signed-link.sent.title'));
      await stranger.look('l10-sent');
    });

    it('shows no page that somebody cannot read or use', () => {
      expect(stage.findings).to.deep.equal([]);
      expect(stage.portal.complaints).to.deep.equal([]);
    });
  });
