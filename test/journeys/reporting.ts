import { readFileSync } from 'node:fs';
import ExcelJS from '@protobi/exceljs';
import { expect } from 'chai';
import { realBidders, realLines } from '../support/real-lines.ts';
import type { Journey } from './journey.ts';
import { expectText, openMail, subjectOf } from './steps.ts';

const { crackers } = realBidders;
const ORDERED = [realLines[1].description, realLines[2].description];

/** Finance takes the purchase order report with it, in each form. */
export function reporting(j: Journey): void {
  let report = '';

  it('previews the purchase order report, filtered by date, supplier and state', async () => {
    const { finance } = j;
    await finance.follow(j.t('nav.reports'));
    await finance.see(j.t('reports.heading'));
    await finance.look('60-reports');
    await finance.go('/reports/purchase-orders');
    const { page } = finance;
    await page.getByLabel(j.t('reports.orders.supplier')).selectOption({ label: crackers.name });
    await page.getByLabel(j.t('reports.orders.column.state'), { exact: true }).selectOption('part_received');
    await finance.type(j.t('reports.orders.from'), '2026-01-01');
    await finance.press(j.t('form.filter'));
    await expectText(finance, ORDERED[0] ?? '');
    expect(await page.locator('tbody tr').count()).to.equal(2);
    await finance.look('61-report');
    report = page.url();
  });

  for (const format of ['csv', 'xlsx', 'pdf'] as const)
    it(`makes the ${format} in the background, shows how far it is, and mails when it is ready`, async () => {
      const { finance } = j;
      await finance.go(report);
      await finance.press(j.t(`reports.${format}`));
      await finance.page.locator('#progress').waitFor();
      await expectText(finance, j.t('reports.ready'));
      if (format === 'csv') await finance.look('62-report-ready');
      const reference = /[A-Z]+-\d{4}-\d+/.exec(await finance.page.title())?.[0] ?? '';
      const file = await (await finance.take(j.t('reports.download'))).path();
      await checkReport[format](readFileSync(file));
      const subject = subjectOf(j.t, 'mail.export-ready.subject', { reference });
      await openMail(j.stage, finance, { to: 'chen.jing@hailan.example', subject });
    });
}

const checkReport = {
  csv(file: Buffer): void {
    const text = file.toString('utf8');
    for (const words of [...ORDERED, crackers.name, '86.07']) expect(text).to.contain(words);
    expect(text).not.to.contain(realLines[0].description);
  },
  async xlsx(file: Buffer): Promise<void> {
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(new Uint8Array(file).buffer);
    const cells: string[] = [];
    book.worksheets[0]?.eachRow((row) => row.eachCell((cell) => void cells.push(cell.text)));
    expect(cells).to.include.members([...ORDERED, crackers.name, '86.07']);
  },
  pdf(file: Buffer): void {
    expect(file.subarray(0, 5).toString()).to.equal('%PDF-');
    expect(file.subarray(-6).toString().trim()).to.equal('%%EOF');
    expect(file.length).to.be.above(5_000);
  },
};
