import { deflateSync } from 'node:zlib';
import { expect } from 'chai';
import type { BillableLine } from '../../../src/invoices/figures.ts';
import { isEncryptedPdf, xmlFilesIn } from '../../../src/invoices/uploads/embedded-xml.ts';
import { fileDifferences, prefill } from '../../../src/invoices/uploads/prefill.ts';
import { type ReadInvoice, readStructuredInvoice } from '../../../src/invoices/uploads/structured-invoice.ts';
import { readXml } from '../../../src/platform/xml/read-xml.ts';
import { ciiInvoice, ublInvoice } from '../../support/factories/structured-invoices.ts';

const LINES = [
  { quantity: '10', price: '12.50', orderLine: '1', itemCode: 'A-1' },
  { quantity: '4.0', price: '12.5', itemCode: 'B-2', unit: 'EA' },
];
const readOf = (xml: string) => readStructuredInvoice(readXml(Buffer.from(xml)));
const reading = (xml: string): ReadInvoice => {
  const read = readOf(xml);
  if (typeof read === 'string') throw new Error(read);
  return read;
};

describe('what a structured invoice says', () => {
  it('is the same in both syntaxes of EN 16931', () => {
    const charges = [
      { isCharge: true, code: 'FC', amount: '35.00', reason: 'Lorry' },
      { isCharge: false, code: '95', amount: '10' },
    ];
    const of = { order: 'PO-2026-0001', lines: LINES, charges };
    const { format: ubl, ...fromUbl } = reading(ublInvoice(of));
    const { format: cii, ...fromCii } = reading(ciiInvoice(of));
    expect([ubl, cii]).to.deep.equal(['ubl', 'cii']);
    expect(fromCii).to.deep.equal(fromUbl);
    expect(fromUbl).to.deep.include({
      number: 'R-77',
      issuedOn: '2026-03-02',
      currency: 'USD',
      orderReference: 'PO-2026-0001',
      netAmount: '175',
      taxAmount: '22.75',
      grossAmount: '197.75',
    });
    expect(fromUbl.lines[0]).to.deep.include({
      orderLine: '1',
      itemCode: 'A-1',
      quantity: '10',
      unit: 'C62',
      unitPrice: '12.5',
      priceBaseQuantity: '1',
      tax: { category: 'S', rate: '13' },
    });
  });

  it('is null where it says nothing, and never a guess', () => {
    const read = reading(ublInvoice({ net: 'much', lines: [{ quantity: '1,5', price: '' }] }));
    expect(read.netAmount).to.equal(null);
    expect(read.orderReference).to.equal(null);
    expect(read.lines[0]).to.include({ quantity: null, unitPrice: null, orderLine: null, itemCode: null });
  });

  it('is not taken of a credit note, of anything else, nor without a number', () => {
    expect(readOf(ublInvoice({ type: '381' }))).to.equal('credit-note');
    expect(readOf(ciiInvoice({ type: '381' }))).to.equal('credit-note');
    expect(readOf(ublInvoice().replaceAll('Invoice-2', 'CreditNote-2'))).to.equal('credit-note');
    expect(readOf(ublInvoice().replaceAll('Invoice-2', 'Order-2'))).to.equal('not-an-invoice');
    expect(readOf(ublInvoice({ number: '' }))).to.equal('without-number');
  });
});

const line = (over: Partial<BillableLine>): BillableLine => ({
  poLineId: 'one',
  lineNo: 1,
  itemCode: 'A-1',
  description: 'Bearing',
  unit: 'C62',
  unitPrice: '12.5',
  priceBaseQuantity: '1',
  orderTaxRate: null,
  receiptOpen: '10',
  orderOpen: '10',
  ...over,
});
const BILLABLE = [line({}), line({ poLineId: 'two', lineNo: 2, itemCode: 'B-2' })];
const OFFERED = [
  { category: 'Z', rate: '0' },
  { category: 'S', rate: '13' },
  { category: 'S', rate: '9' },
] as const;
const filled = (lines: NonNullable<Parameters<typeof ublInvoice>[0]>['lines'], billable = BILLABLE) =>
  prefill(reading(ublInvoice({ lines: lines ?? [] })), { billable, charges: [], offered: OFFERED });

describe('why a structured invoice charges no tax', () => {
  const group = (category: string, said: string) =>
    ublInvoice().replace(
      '</cac:TaxTotal>',
      `<cac:TaxSubtotal><cac:TaxCategory><cbc:ID>${category}</cbc:ID>${said}</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>`,
    );
  const code = '<cbc:TaxExemptionReasonCode>VATEX-EU-132</cbc:TaxExemptionReasonCode>';
  const words = '<cbc:TaxExemptionReason>Education</cbc:TaxExemptionReason>';
  it('is read by category; a code that is not of its list is words', () => {
    expect(reading(group('E', code + words)).exemptions).to.deep.equal({
      E: { code: 'VATEX-EU-132', reason: 'Education' },
    });
    expect(reading(group('AE', code)).exemptions).to.deep.equal({ AE: { code: '', reason: 'VATEX-EU-132' } });
    expect(reading(group('S', words)).exemptions).to.deep.equal({});
  });
});

describe('the charges of a structured invoice', () => {
  const known = (orderChargeId: string, reason: 'freight' | 'discount') => ({
    orderChargeId,
    reason,
    orderId: 'o',
    orderReference: 'PO-1',
    planned: '50',
    invoiced: '0',
  });
  const charges = [
    { isCharge: true, code: 'FC', amount: '35.00', reason: 'Lorry' },
    { isCharge: true, code: 'FC', amount: '5', reason: 'Another lorry' },
    { isCharge: false, code: '95', amount: '10' },
    { isCharge: true, code: 'XX', amount: '1.5' },
    { isCharge: true, code: 'PC', amount: '1,5' },
  ];
  it('are those of the order for the same reason, once each; all others are none of its', () => {
    const { typed } = prefill(reading(ublInvoice({ lines: LINES, charges })), {
      billable: BILLABLE,
      charges: [known('f', 'freight'), known('d', 'discount')],
      offered: OFFERED,
    });
    expect(
      typed.charges?.map((one) => [one.orderChargeId, one.reason, one.amount, one.description, one.tax]),
    ).to.deep.equal([
      ['f', 'freight', '35', 'Lorry', ''],
      ['', 'freight', '5', 'Another lorry', ''],
      ['d', 'discount', '10', '95', ''],
      ['', 'other', '1.5', 'XX', ''],
    ]);
  });
});

describe('filling a draft from its file', () => {
  it('places a line by the order line that it names, else by our item number', () => {
    const { typed, unplaced } = filled(LINES);
    expect(unplaced).to.deep.equal([]);
    expect(typed).to.deep.equal({
      supplierNumber: 'R-77',
      issuedOn: '2026-03-02',
      tax: 'S:13',
      exemptions: {},
      lines: [
        { poLineId: 'one', quantity: '10', unitPrice: '12.5', tax: '' },
        { poLineId: 'two', quantity: '4', unitPrice: '12.5', tax: '' },
      ],
      charges: [],
    });
  });

  for (const [why, over] of [
    ['names no line', { orderLine: '7' }],
    ['names nothing', {}],
    ['counts in another unit', { orderLine: '1', unit: 'KGM' }],
    ['is priced by another quantity', { orderLine: '1', base: '100' }],
    ['is of nothing', { orderLine: '1', quantity: '0' }],
    ['is taken back', { orderLine: '1', quantity: '-2' }],
    ['has no price', { orderLine: '1', price: 'free' }],
  ] as const)
    it(`gives a line back to people that ${why}`, () => {
      const { typed, unplaced } = filled([{ quantity: '1', price: '1', ...over }]);
      expect(unplaced).to.have.length(1);
      expect(typed.lines).to.deep.equal([]);
    });

  it('gives a second line for the same line back, and one whose item number two lines have', () => {
    const twice = { quantity: '1', price: '1', orderLine: '1' };
    expect(filled([twice, twice]).unplaced).to.have.length(1);
    const alike = [line({}), line({ poLineId: 'two', lineNo: 2 })];
    expect(filled([{ quantity: '1', price: '1', itemCode: 'A-1' }], alike).unplaced).to.have.length(1);
  });

  it('takes a tax that is offered, the most frequent for all, and leaves out what is not', () => {
    const one = { quantity: '1', price: '1' };
    const third = line({ poLineId: 'three', lineNo: 3, itemCode: null });
    const { typed } = filled(
      [
        { ...one, orderLine: '1', tax: '9' },
        { ...one, orderLine: '2', tax: '13' },
        { ...one, orderLine: '3', tax: '13' },
      ],
      [...BILLABLE, third],
    );
    expect(typed.tax).to.equal('S:13');
    expect(typed.lines.map((each) => each.tax)).to.deep.equal(['S:9', '', '']);
    expect(filled([{ ...one, orderLine: '1', tax: '19' }]).typed.tax).to.equal('');
  });
});

describe('figures beside the file that they come from', () => {
  const read = reading(ublInvoice({ buyer: 'CN 123' }));
  const here = {
    number: 'R-77',
    issuedOn: '2026-03-02',
    currency: 'USD',
    netAmount: '175.00',
    taxAmount: '22.75',
    grossAmount: '197.75',
    ourTaxId: 'CN123',
  };
  it('are the same whatever way they are written', () => {
    expect(fileDifferences(read, { ...here, number: 'r 77' })).to.deep.equal([]);
    expect(fileDifferences(read, { ...here, number: '', issuedOn: '' })).to.deep.equal([]);
  });
  for (const [field, over] of [
    ['number', { number: 'R-78' }],
    ['issuedOn', { issuedOn: '2026-03-03' }],
    ['currency', { currency: 'EUR' }],
    ['net', { netAmount: '175.01' }],
    ['tax', { taxAmount: '0' }],
    ['gross', { grossAmount: '175' }],
    ['buyer', { ourTaxId: 'DE999' }],
  ] as const)
    it(`differ in the ${field}`, () => {
      expect(fileDifferences(read, { ...here, ...over }).map((one) => one.field)).to.deep.equal([field]);
    });
});

const pdfWith = (objects: string): Buffer =>
  Buffer.from(`%PDF-1.7\n${objects}\ntrailer <</Root 1 0 R>>\n%%EOF`, 'latin1');
const fileObject = (content: Buffer, filter: string): string =>
  `5 0 obj\n<</Type /EmbeddedFile /Subtype /text#2Fxml ${filter} /Length ${content.length}>>\nstream\n${content.toString('latin1')}\nendstream\nendobj`;

describe('a PDF that carries its own invoice', () => {
  const xml = Buffer.from(ciiInvoice());
  it('is read, packed or not', () => {
    expect(xmlFilesIn(pdfWith(fileObject(deflateSync(xml), '/Filter /FlateDecode')))).to.deep.equal([xml]);
    expect(xmlFilesIn(pdfWith(fileObject(xml, '')))).to.deep.equal([xml]);
  });
  it('is any other PDF where that cannot be unpacked, or is not there', () => {
    expect(xmlFilesIn(pdfWith(fileObject(xml, '/Filter /FlateDecode')))).to.deep.equal([]);
    expect(xmlFilesIn(pdfWith('5 0 obj <</EmbeddedFiles 6 0 R>> endobj'))).to.deep.equal([]);
    expect(xmlFilesIn(pdfWith('<<'.repeat(10_000)))).to.deep.equal([]);
  });
  it('inflates to so much and no more', () => {
    const bomb = deflateSync(Buffer.concat([Buffer.from('<a>'), Buffer.alloc(9 * 1024 * 1024, 32)]));
    expect(xmlFilesIn(pdfWith(fileObject(bomb, '/Filter /FlateDecode')))).to.deep.equal([]);
  });
  it('is known to be encrypted by its trailer', () => {
    expect(isEncryptedPdf(Buffer.from('trailer <</Root 1 0 R /Encrypt 9 0 R>>'))).to.equal(true);
    expect(isEncryptedPdf(Buffer.from('trailer <</Encrypt<</Filter /Standard>>>>'))).to.equal(true);
    expect(isEncryptedPdf(Buffer.from('trailer <</Root 1 0 R>> (how to /Encrypt)'))).to.equal(false);
  });
});
