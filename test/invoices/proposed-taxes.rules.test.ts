import { expect } from 'chai';
import type { BillableLine } from '../../src/invoices/figures.ts';
import { proposedTaxes } from '../../src/invoices/invoice-form.ts';
import { readTax, type Tax, taxKey } from '../../src/kernel/tax.ts';

const S13: Tax = { category: 'S', rate: '13' };
const S9: Tax = { category: 'S', rate: '9' };
const Z: Tax = { category: 'Z', rate: '0' };
const AE: Tax = { category: 'AE', rate: '0' };
const offered = [Z, S9, S13, AE];

const linesAt = (rates: readonly (string | null)[]): BillableLine[] =>
  rates.map((orderTaxRate, index) => ({
    poLineId: String(index),
    lineNo: index + 1,
    itemCode: null,
    description: 'Bracket',
    unit: 'C62',
    unitPrice: '1',
    priceBaseQuantity: '1',
    orderTaxRate,
    receiptOpen: '1',
    orderOpen: '1',
  }));

describe('the taxes that an invoice form proposes', () => {
  const cases: { says: string; rates: (string | null)[]; last?: Tax; tax: string; own: string[] }[] = [
    { says: 'are the first that is offered where nothing says which', rates: [null], tax: 'Z:0', own: [''] },
    { says: 'are those of the last invoice', rates: [null, null], last: AE, tax: 'AE:0', own: ['', ''] },
    {
      says: 'are no longer those of the last where they are not offered',
      rates: [null],
      last: { category: 'E', rate: '0' },
      tax: 'Z:0',
      own: [''],
    },
    {
      says: 'are the order’s, whatever the last invoice bore',
      rates: ['13', '13'],
      last: S9,
      tax: 'S:13',
      own: ['', ''],
    },
    {
      says: 'are by line where the order’s differ, most of them without one of their own',
      rates: ['9', '13', '13'],
      tax: 'S:13',
      own: ['S:9', '', ''],
    },
    {
      says: 'take a line of which the order says nothing as the last invoice',
      rates: ['13', null, '13'],
      last: S9,
      tax: 'S:13',
      own: ['', 'S:9', ''],
    },
    {
      says: 'leave aside a rate of the order that is not offered',
      rates: ['7', '13'],
      last: S13,
      tax: 'S:13',
      own: ['', ''],
    },
  ];
  for (const { says, rates, last = null, tax, own } of cases)
    it(says, () => {
      const proposed = proposedTaxes({ billable: linesAt(rates), own: null, last, offered });
      expect([taxKey(proposed.tax), ...proposed.own.values()]).to.deep.equal([tax, ...own]);
    });

  it('are the invoice’s own where it is corrected; what it left out is as the order has it', () => {
    const [first, second] = linesAt(['13', '13', '9']);
    if (first === undefined || second === undefined) throw new Error('two lines');
    const line = { quantity: '1', amount: '1' };
    const own = [
      { ...first, ...line, tax: AE },
      { ...second, ...line, tax: AE },
    ];
    const proposed = proposedTaxes({ billable: linesAt(['13', '13', '9']), own, last: null, offered });
    expect([taxKey(proposed.tax), ...proposed.own.values()]).to.deep.equal(['AE:0', '', '', 'S:9']);
    const now = proposedTaxes({
      billable: linesAt(['13', '13', '9']),
      own,
      last: null,
      offered: [Z, S9, S13],
    });
    expect(taxKey(now.tax), 'what is no longer offered is as the order has it').to.equal('S:13');
  });
});

describe('a tax in one word', () => {
  it('is read as it is written, and the same tax is the same word', () => {
    for (const tax of offered) expect(readTax(taxKey(tax))).to.deep.equal(tax);
    expect(readTax('S:13.00')).to.deep.equal(S13);
  });
  for (const wrong of ['', '13', 'S:0', 'Z:13', 'S:-1', 'K:13', 'S:1000', 'S:13:1', 'S:13 '])
    it(`is not ${JSON.stringify(wrong)}`, () => expect(readTax(wrong)).to.equal(null));
});
