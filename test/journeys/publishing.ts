import { expect } from 'chai';
import { wallClock } from '../../src/kernel/time.ts';
import { realBidders, realLines } from '../support/real-lines.ts';
import { APPROVER, BUYER, type Journey, PDF, TITLE, ZONE } from './journey.ts';
import { linesSheet } from './sheets.ts';
import { expectText, idIn, openMail, PASSWORD, pressInMail, reloadUntil, signInAsStaff } from './steps.ts';

/** From nothing to a published requirement that its suppliers look at. */
export function publishing(j: Journey): void {
  it('lets a buyer sign in by SAML single sign-on', async () => {
    await j.buyer.go('/');
    await j.buyer.see(j.t('identity.sign-in.title'));
    await j.buyer.look('01-sign-in');
    await signInAsStaff(j.stage, j.buyer, BUYER);
    await j.buyer.look('02-home-empty');
  });

  it('takes at most three screens to a requirement of three lines that waits for approval', async () => {
    const screens = new Set<string>();
    const { page } = j.buyer;
    // The group unfolds under the pointer.
    await page.getByRole('link', { name: j.t('nav.group.sourcing') }).hover();
    await j.buyer.follow(j.t('nav.sourcing'));
    await j.buyer.see(j.t('sourcing.title'));
    await j.buyer.look('03-events-empty');
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) screens.add(new URL(frame.url()).pathname);
    });
    await j.buyer.follow(j.t('sourcing.new'));
    await j.buyer.see(j.t('sourcing.new'));
    await fillTerms();
    await page
      .getByRole('button', { name: j.t('sourcing.next-suppliers') })
      .last()
      .click();
    await j.buyer.see(j.t('sourcing.suppliers-and-files'));
    for (const { name } of Object.values(realBidders)) await page.getByLabel(name).check();
    await page.getByLabel(j.t('sourcing.files-explained')).setInputFiles({
      name: 'scour-protection.pdf',
      mimeType: 'application/pdf',
      buffer: PDF,
    });
    await j.buyer.look('05-suppliers-and-files');
    await j.buyer.press(j.t('sourcing.next-review'));
    await j.buyer.see(TITLE);
    await j.buyer.look('06-review');
    j.eventId = idIn(page, 'events');
    j.eventReference = /RFQ-\d{4}-\d+/.exec(await page.title())?.[0] ?? '';
    await j.buyer.press(j.t('sourcing.act.request-approval'));
    await expectText(j.buyer, j.t('sourcing.notice.approval-requested'));
    expect(screens.size, [...screens].join(' ')).to.be.at.most(3);
  });

  async function fillTerms(): Promise<void> {
    const { page } = j.buyer;
    await j.buyer.type(j.t('sourcing.field.title'), TITLE);
    await page.getByLabel(j.t('sourcing.field.categoryCode')).selectOption('ROAD');
    await page.getByLabel(j.t('sourcing.field.plantCode')).selectOption('QD01');
    await page.getByLabel(j.t('sourcing.field.timeZone'), { exact: true }).selectOption(ZONE);
    const closesAt = new Date(j.stage.portal.now().getTime() + 2 * 86_400_000);
    await j.buyer.type(j.t('sourcing.field.closesAt'), wallClock(closesAt, ZONE));
    await j.buyer.type(j.t('sourcing.field.incotermPlace'), 'Qingdao');
    for (const [index, line] of realLines.entries()) {
      const field = (name: string): string => `${j.t(`sourcing.line.${name}`)} ${index + 1}`;
      await j.buyer.type(field('itemCode'), line.itemCode);
      await j.buyer.type(field('description'), line.description);
      await j.buyer.type(field('quantity'), line.quantity);
      await j.buyer.type(field('unit'), line.unit);
      await j.buyer.type(
        field('needByOn'),
        wallClock(new Date(closesAt.getTime() + 40 * 86_400_000), ZONE).slice(0, 10),
      );
      await j.buyer.type(field('estimatedPrice'), '140');
    }
    await j.buyer.look('04-new-requirement');
  }

  it('imports the lines of another requirement from a spreadsheet, naming the cell that is wrong', async () => {
    const { page } = j.buyer;
    await j.buyer.go('/events/new');
    await j.buyer.type(j.t('sourcing.field.title'), 'Lines from a spreadsheet');
    await page.getByLabel(j.t('sourcing.field.categoryCode')).selectOption('ROAD');
    await page.getByRole('button', { name: j.t('sourcing.save-and-import') }).click();
    await j.buyer.see(j.t('sourcing.import.heading'));
    await upload(await linesSheet(j.t, { wrong: 'twelve' }));
    await page
      .getByText(
        j.t('errors.sheet.not-a-number', {
          heading: j.t('sourcing.sheet.quantity'),
          value: 'twelve',
          example: '1234.50',
        }),
      )
      .waitFor();
    const row = page.locator('tr[data-code="sheet.not-a-number"]');
    expect(await row.innerText())
      .to.match(/C3/)
      .and.contain(j.t('sourcing.sheet.name'));
    await j.buyer.look('07-import-wrong-cell');
    await upload(await linesSheet(j.t, {}));
    await j.buyer.look('08-import-preview');
    await j.buyer.press(j.t('sourcing.import.confirm', { count: realLines.length }));
    await expectText(j.buyer, j.t('sourcing.notice.lines-imported'));
    await j.buyer.go(`/events/${idIn(page, 'events')}`);
    for (const line of realLines) await expectText(j.buyer, line.description);

    async function upload(buffer: Buffer): Promise<void> {
      await page
        .getByLabel(j.t('sourcing.import.file'))
        .setInputFiles({ name: 'lines.xlsx', mimeType: '', buffer });
      await j.buyer.press(j.t('sourcing.import.show-preview'));
    }
  });

  it('has an approver approve it, and the buyer publish it', async () => {
    await signInAsStaff(j.stage, j.approver, APPROVER);
    await reloadUntil(j.approver.page, j.approver.page.getByText(TITLE));
    await j.approver.look('09-home-approver');
    await j.approver.page.getByRole('link', { name: TITLE }).first().click();
    await j.approver.see(TITLE);
    await j.approver.look('10-to-approve');
    await j.approver.press(j.t('sourcing.act.approve'));
    await expectText(j.approver, j.t('sourcing.notice.approved'));
    await j.buyer.go(`/events/${j.eventId}`);
    await j.buyer.press(j.t('sourcing.act.publish'));
    await expectText(j.buyer, j.t('sourcing.notice.published'));
    await j.buyer.look('11-published');
  });

  it('leads each supplier from its mail to the requirement, in both time zones', async () => {
    for (const [key, { contact }] of Object.entries(realBidders)) {
      const supplier = j.bidders[key as keyof typeof realBidders];
      await openMail(j.stage, supplier, { to: contact.email, subject: j.eventReference });
      if (key === 'crackers') await supplier.look('12-mail-invitation');
      await pressInMail(supplier, j.t('mail.event-published.action'));
      await supplier.see(j.t('identity.link.title'));
      await supplier.press(j.t('identity.link.submit'));
      await supplier.see(j.t('identity.password.title'));
      if (key === 'crackers') await supplier.look('13-password');
      await supplier.type(j.t('identity.password.new'), PASSWORD);
      await supplier.type(j.t('identity.password.repeated'), PASSWORD);
      await supplier.press(j.t('identity.password.submit'));
      await supplier.see(TITLE);
      await expectText(supplier, `(${ZONE})`);
      await expectText(supplier, j.t('bids.closing.yours', { time: '§' }).split('§')[0] ?? '');
    }
    await j.bidders.crackers.look('14-invitation');
  });
}
