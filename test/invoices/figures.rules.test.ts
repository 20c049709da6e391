import { expect } from 'chai';
import {
  type BillableLine,
  type EnteredInvoice,
  figuresOf,
  suggestedQuantity,
} from '../../src/invoices/figures.ts';
import { normaliseNumber } from '../../src/invoices/invoice-number.ts';
import { AppError } from '../../src/kernel/errors.ts';

describe('an invoice number', () => {
  const same = [
    ['INV-0042', 'inv 42'],
    ['INV-0042', 'Inv.0042'],
    ['0004711', '4711'],
    ['RE 2026/007', 're-2026007'],
    ['ＩＮＶ－４２', 'inv42'],
    ['发票 12', '发票-012'],
    ['000', '0'],
  ];
  for (const [a = '', b = ''] of same)
    it(`is the same written ${a} or ${b}`, () => expect(normaliseNumber(a)).to.equal(normaliseNumber(b)));
  const different = [
    ['100', '1'],
    ['INV-10', 'INV-100'],
    ['A-1', 'B-1'],
    ['2026-107', '2026-17'],
  ];
  for (const [a = '', b = ''] of different)
    it(`is another one written ${a} than ${b}`, () =>
      expect(normaliseNumber(a)).not.to.equal(normaliseNumber(b)));
  it('is nothing without letter and digit', () => expect(normaliseNumber(' -/. ')).to.equal(''));
});

const S13 = { category: 'S', rate: '13' } as const;
const billable = (over: Partial<BillableLine> = {}): BillableLine => ({
  poLineId: 'a',
  lineNo: 1,
  itemCode: null,
  description: 'Bracket',
  unit: 'C62',
  unitPrice: '12.500000',
  priceBaseQuantity: '1.000000',
  orderTaxRate: null,
  receiptOpen: '6.000000',
  orderOpen: '10.000000',
  ...over,
});
const entered = (over: Partial<EnteredInvoice> = {}): EnteredInvoice => ({
  supplierNumber: 'INV-1',
  issuedOn: '2026-03-02',
  tax: S13,
  lines: [{ poLineId: 'a', quantity: '6', unitPrice: '12.50', tax: null, row: 0 }],
  ...over,
});
const limits = {
  lines: [billable(), billable({ poLineId: 'b', lineNo: 2, receiptOpen: '4', orderOpen: '4' })],
  currency: 'USD',
  taxes: [S13, { category: 'S', rate: '6' }, { category: 'O', rate: '0' }] as const,
  orderIssuedOn: '2026-02-01',
  latestDay: '2026-03-03',
};
const wrongIn = (over: Partial<EnteredInvoice>, with_: Partial<typeof limits> = {}): string[] => {
  try {
    figuresOf(entered(over), { ...limits, ...with_ });
    return [];
  } catch (error) {
    if (error instanceof AppError) return error.fields.map((field) => `${field.path} ${field.code}`);
    throw error;
  }
};
const line = (over: object) => ({
  lines: [{ poLineId: 'a', quantity: '6', unitPrice: '12.50', tax: null, row: 0, ...over }],
});

describe('the figures of an invoice', () => {
  it('are computed from what was entered, in the order of the order', () => {
    const lines = [
      { poLineId: 'b', quantity: '4.00', unitPrice: '1.005', tax: null, row: 0 },
      { poLineId: 'a', quantity: '6', unitPrice: '12.50', tax: null, row: 1 },
    ];
    const figures = figuresOf(entered({ lines }), limits);
    expect(
      figures.lines.map((one) => `${one.lineNo}: ${one.quantity} × ${one.unitPrice} = ${one.amount}`),
    ).to.deep.equal(['1: 6 × 12.5 = 75.00', '2: 4 × 1.005 = 4.02']);
    expect(figures).to.include({
      currency: 'USD',
      netAmount: '79.02',
      taxAmount: '10.27',
      grossAmount: '89.29',
    });
  });

  const refused = [
    {
      says: 'a number without letter and digit',
      over: { supplierNumber: '--' },
      at: 'supplierNumber invoice.number-without-letters-or-digits',
    },
    {
      says: 'a date that is nobody’s today yet',
      over: { issuedOn: '2026-03-04' },
      at: 'issuedOn invoice.issued-in-the-future',
    },
    {
      says: 'a date before the order',
      over: { issuedOn: '2026-01-31' },
      at: 'issuedOn invoice.issued-before-the-order',
    },
    {
      says: 'a rate that is not offered',
      over: { tax: { category: 'S', rate: '12' } as const },
      at: 'tax invoice.tax-rate-not-offered',
    },
    { says: 'no line at all', over: { lines: [] }, at: 'lines.0.quantity invoice.without-lines' },
    {
      says: 'the smallest quantity more than the order has left',
      over: line({ quantity: '10.000001' }),
      at: 'lines.0.quantity invoice.more-than-received',
    },
    {
      says: 'a line of another receipt',
      over: line({ poLineId: 'x' }),
      at: 'lines.0.quantity invoice.line-not-received',
    },
    {
      says: 'a line’s tax that is not offered',
      over: line({ tax: { category: 'AE', rate: '0' } }),
      at: 'lines.0.tax invoice.tax-rate-not-offered',
    },
    {
      says: 'an amount that no invoice holds',
      over: line({ unitPrice: '99999999999999' }),
      at: 'lines.0.unitPrice invoice.amount-too-large',
    },
  ];
  for (const { says, over, at } of refused)
    it(`refuse ${says}`, () => expect(wrongIn(over)).to.deep.equal([at]));

  it('refuse a line that stands there twice, whatever it adds up to', () => {
    const twice = [...line({ quantity: '1' }).lines, ...line({ quantity: '1', row: 1 }).lines];
    expect(wrongIn({ lines: twice })).to.deep.equal(['lines.1.quantity invoice.line-twice']);
  });

  it('refuse what is outside the scope of the tax beside what is in it, and take it alone', () => {
    const outside = { category: 'O', rate: '0' } as const;
    const [a, b] = [...line({ tax: outside }).lines, ...line({ poLineId: 'b', quantity: '1', row: 1 }).lines];
    if (a === undefined || b === undefined) throw new Error('two lines');
    expect(wrongIn({ lines: [a, b] })).to.deep.equal(['tax invoice.outside-tax-mixed']);
    expect(wrongIn({ lines: [a] })).to.deep.equal([]);
    expect(wrongIn({ tax: outside, lines: [{ ...a, tax: null }, b] })).to.deep.equal([]);
  });

  it('may be exactly a year old, and not a day more', () => {
    const old = { orderIssuedOn: '2024-01-01' };
    expect(wrongIn({ issuedOn: '2025-03-03' }, old)).to.deep.equal([]);
    expect(wrongIn({ issuedOn: '2025-03-02' }, old)).to.deep.equal(['issuedOn invoice.issued-too-long-ago']);
  });

  it('allow what the order has left even if this receipt has less: that is for matching to tell', () => {
    expect(wrongIn(line({ quantity: '10' }))).to.deep.equal([]);
  });

  it('name everything that is wrong at once', () => {
    expect(
      wrongIn({ supplierNumber: '-', tax: { category: 'S', rate: '99' }, ...line({ quantity: '99' }) }),
    ).to.have.length(3);
  });
});

describe('what the form proposes', () => {
  const cases = [
    { says: 'what the receipt has left', over: {}, quantity: '6' },
    { says: 'what the order has left, when that is less', over: { orderOpen: '2' }, quantity: '2' },
    {
      says: 'nothing when another invoice took more than its receipt had',
      over: { receiptOpen: '-1' },
      quantity: '0',
    },
  ];
  for (const { says, over, quantity } of cases)
    it(`is ${says}`, () => expect(suggestedQuantity(billable(over))).to.equal(quantity));
});
