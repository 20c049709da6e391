import path from 'node:path';
import { buffer } from 'node:stream/consumers';
// oxlint-disable-next-line import/no-named-as-default -- the types of pdfkit know the default only
import PDFDocument from 'pdfkit';
import { policies } from '../config/policies.ts';
import type { PoContent } from '../src/orders/po-version.ts';
import { drawPurchaseOrder } from '../src/orders/purchase-order.pdf.ts';
import { loadCatalogue } from '../src/platform/i18n/catalogue.ts';
import { fontOf } from '../src/platform/pdf/fonts.ts';
import { LINES_OF_A_LONG_ORDER } from './data.ts';
import { compare, type Run } from './measure.ts';
import { type Recording, recordPdf, replayPdf } from './recorded-pdf.ts';
import type { Bench } from './report.ts';

const DOCUMENTS = 15;
const SHORT_DOCUMENTS = 100;
const LINES_OF_TWO_PAGES = 24;

/** The order as PDF: tagged, wrapped, formatted in the supplier's language. */
export const pdf: Bench = async (_cluster, report) => {
  const catalogue = loadCatalogue(path.join(import.meta.dirname, '../config/locales'));
  const content = orderContent(LINES_OF_A_LONG_ORDER);
  const portal = (): Promise<Buffer> =>
    drawPurchaseOrder(content, {
      t: catalogue.translator('en'),
      hasText: (key) => catalogue.has('en', key),
      issuedAt: new Date('2026-11-22T08:00:00Z'),
    });
  const plain = (): Promise<Buffer> => drawPlainly(content);
  const pages = pagesOf(await portal());
  const compared = await compare(
    { name: 'portal', run: () => makeMany(portal) },
    { name: 'plain pdfkit', run: () => makeMany(plain) },
  );
  report({
    title: `Purchase order as PDF, ${content.lines.length} lines, ${pages} pages`,
    data: `${DOCUMENTS} documents a run, one after another in one process`,
    oursIs: `the document: ${kilobytes(await portal())}, tagged`,
    baselineIs: `plain pdfkit, the same text at fixed places in the same embedded font: ${kilobytes(await plain())}`,
    compared,
  });
};

/** A thousand orders of two pages, ours beside what pdfkit alone takes for the very same calls. */
export const pdfs: Bench = async (_cluster, report) => {
  const catalogue = loadCatalogue(path.join(import.meta.dirname, '../config/locales'));
  const draw = (content: PoContent): Promise<Buffer> =>
    drawPurchaseOrder(content, {
      t: catalogue.translator('en'),
      hasText: (key) => catalogue.has('en', key),
      issuedAt: new Date('2026-11-22T08:00:00Z'),
    });
  const contents = Array.from({ length: SHORT_DOCUMENTS }, (_, index) => ({
    ...orderContent(LINES_OF_TWO_PAGES, 31 * index),
    reference: `PO-2026-${1000 + index}`,
  }));
  const first = await draw(contents[0] as PoContent);
  const recordings: Recording[] = [];
  for (const content of contents) recordings.push(await recordPdf(() => draw(content)));
  const again = await replayPdf(recordings[0] as Recording);
  if (!again.equals(first)) throw new Error('The baseline does not draw the same document');
  let ours = 0;
  let bare = 0;
  const compared = await compare(
    {
      name: 'portal',
      run: () => makeMany(() => draw(contents[ours++ % SHORT_DOCUMENTS] as PoContent), SHORT_DOCUMENTS),
    },
    {
      name: 'bare pdfkit',
      run: () =>
        makeMany(() => replayPdf(recordings[bare++ % SHORT_DOCUMENTS] as Recording), SHORT_DOCUMENTS),
    },
    10,
  );
  report({
    title: `1,000 purchase orders as PDF, ${LINES_OF_TWO_PAGES} lines, ${pagesOf(first)} pages`,
    data: `${SHORT_DOCUMENTS} different orders a run, ten runs, one after another in one process`,
    oursIs: 'read from the content, worded in the language, wrapped, laid out, drawn, tagged',
    baselineIs:
      'bare pdfkit: the very same calls of the same documents, recorded and sent again; the same bytes',
    compared,
    target: 0.8,
  });
};

const kilobytes = (bytes: Buffer): string => `${(bytes.length / 1024).toFixed(0)} KB`;
const pagesOf = (bytes: Buffer): number => bytes.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;

async function makeMany(make: () => Promise<Buffer>, documents = DOCUMENTS): Promise<Run> {
  const cpu = process.cpuUsage();
  const from = performance.now();
  for (let count = 0; count < documents; count += 1) await make();
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: documents / seconds, cpuMs: (user + system) / 1000 / documents };
}

const ROW = 24;
const COLUMNS = [40, 75, 250, 310, 370, 430, 490];

async function drawPlainly(content: PoContent): Promise<Buffer> {
  const doc = new PDFDocument({ size: 'A4', margin: 40, font: '' });
  const bytes = buffer(doc);
  doc.font(fontOf('regular') as unknown as Buffer, 'regular', 9);
  let y = 40;
  const line = (...cells: readonly string[]): void => {
    if (y > 760) {
      doc.addPage();
      y = 40;
    }
    for (const [index, cell] of cells.entries()) doc.text(cell, COLUMNS[index], y, { lineBreak: false });
    y += ROW / 2;
  };
  line(content.company.name, content.reference, content.title, content.issuedOn);
  for (const text of content.company.addressLines) line(text);
  line(content.supplier.name, content.plant.nameEn, content.buyer.name, content.buyer.email);
  for (const row of content.lines) {
    line(
      String(row.lineNo),
      row.description,
      row.quantity,
      row.unit,
      row.dueOn ?? '',
      row.unitPrice,
      row.amount,
    );
    line('', row.itemCode ?? '');
  }
  line('', '', '', '', '', 'Total', content.totalAmount);
  doc.text(content.paymentTermsText, 40, y + ROW);
  doc.end();
  return bytes;
}

function orderContent(lines: number, from = 0): PoContent {
  return {
    reference: 'PO-2026-0042',
    version: 1,
    issuedOn: '2026-11-22',
    title: 'Brackets and plates for the spring series',
    eventReference: 'RFQ-2026-0007',
    company: policies.company,
    buyer: { name: 'Lin Yue', email: 'lin.yue@hailan.example' },
    supplier: {
      reference: 'SUP-0012',
      name: 'Orbit CNC & Söhne GmbH',
      addressLines: ['Werkstraße 4', '70565 Stuttgart'],
      country: 'DE',
      taxId: 'DE123456789',
      language: 'en',
    },
    plant: {
      code: 'QD01',
      nameEn: 'Qingdao plant',
      nameZh: '青岛工厂',
      addressLines: ['1 Hailan Road', '266101 Qingdao'],
    },
    incoterm: 'DAP',
    incotermPlace: 'Qingdao',
    paymentTermsDays: 30,
    paymentTermsText: policies.paymentTermsText.en,
    currency: 'USD',
    totalAmount: '25000.0000',
    lines: Array.from({ length: lines }, (_, index) => ({
      lineNo: index + 1,
      itemCode: `BR-${100 + from + index}`,
      description: `Bracket, 6061-T6, drawing ${from + index + 1}`,
      quantity: '40.000000',
      unit: 'C62',
      unitPrice: '12.500000',
      priceBaseQuantity: '1.000000',
      amount: '500.0000',
      dueOn: '2026-12-15',
    })),
  };
}
