import path from 'node:path';
import { expect } from 'chai';
import type { PoContent } from '../../src/orders/po-version.ts';
import { drawPurchaseOrder } from '../../src/orders/purchase-order.pdf.ts';
import { loadCatalogue } from '../../src/platform/i18n/catalogue.ts';

const catalogue = loadCatalogue(path.join(import.meta.dirname, '../../config/locales'));

const content = (language: 'en' | 'zh-CN', lineCount: number): PoContent => ({
  reference: 'PO-2026-0042',
  version: 1,
  issuedOn: '2026-03-02',
  title: '数控加工支架 CNC-machined brackets',
  eventReference: null,
  company: { name: 'Hailan', nameLocal: '海岚电器有限公司', addressLines: ['1 Hailan Road'], vatId: 'CN913' },
  buyer: { name: 'Li Wei', email: 'li.wei@hailan.example' },
  supplier: {
    reference: 'SUP-2026-0009',
    name: 'Müller Metall',
    addressLines: [],
    country: 'DE',
    taxId: null,
    language,
  },
  plant: { code: 'QD01', nameEn: 'Qingdao plant', nameZh: '青岛工厂', addressLines: ['1 Hailan Road'] },
  incoterm: 'DAP',
  incotermPlace: 'Qingdao',
  paymentTermsDays: 0,
  paymentTermsText: 'Terms',
  currency: 'USD',
  totalAmount: '12.50',
  lines: Array.from({ length: lineCount }, (_, index) => ({
    lineNo: index + 1,
    itemCode: index % 2 === 0 ? null : 'HL-1',
    description: index % 2 === 0 ? '六角螺栓 M8×40 镀锌' : 'Bracket A, 6061-T6',
    quantity: '1',
    // A code that the catalogue has no name for stays as it is.
    unit: index % 2 === 0 ? 'C62' : 'XYZ',
    unitPrice: '0.25',
    priceBaseQuantity: '100',
    amount: '0.25',
    dueOn: null,
  })),
});
const draw = (language: 'en' | 'zh-CN', lineCount: number): Promise<Buffer> =>
  drawPurchaseOrder(content(language, lineCount), {
    t: catalogue.translator(language),
    hasText: (key) => catalogue.has(language, key),
    issuedAt: new Date('2026-03-02T10:00:00Z'),
  });
const pageCount = (pdf: Buffer): number => [...pdf.toString('latin1').matchAll(/\/Type \/Page\b/g)].length;

describe('the document of an order', () => {
  for (const language of ['en', 'zh-CN'] as const) {
    it(`has one page for 3 lines and several for 50, in ${language}`, async () => {
      expect(pageCount(await draw(language, 3))).to.equal(1);
      expect(pageCount(await draw(language, 50))).to.be.within(2, 4);
    });

    it(`is the same to the byte whenever it is made, in ${language}`, async () => {
      expect((await draw(language, 5)).equals(await draw(language, 5))).to.equal(true);
    });
  }

  it('says in its own language what it is', async () => {
    const title = (pdf: Buffer): string => pdf.toString('latin1');
    expect(title(await draw('en', 1)))
      .to.include('(Purchase order PO-2026-0042)')
      .and.to.include('/Lang (en)');
    expect(title(await draw('zh-CN', 1)))
      .to.include('/Lang (zh-CN)')
      .and.not.to.include('(Purchase order');
  });
});
