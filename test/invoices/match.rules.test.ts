import { expect } from 'chai';
import {
  type Difference,
  differencesOf,
  type InvoiceToMatch,
  type LineToMatch,
} from '../../src/invoices/match.ts';
import { totalsOf } from '../../src/invoices/totals.ts';
import { ruleFor } from '../../src/kernel/scoped-policy.ts';

const S13 = { category: 'S', rate: '13' } as const;
const Z = { category: 'Z', rate: '0' } as const;
const tolerances = {
  pricePercentUp: '1',
  pricePercentDown: '1',
  amountUp: '1.00',
  amountDown: '1.00',
  quantityPercent: '0',
  invoiceUp: '1.50',
  invoiceDown: '1.50',
  taxUp: '0',
  taxDown: '0',
  chargeUp: '1',
  chargeDown: '1',
};

type Case = {
  says: string;
  line?: Partial<LineToMatch>;
  order?: { unitPrice?: string; priceBaseQuantity?: string; receivable?: string };
  kinds: Difference['kind'][];
  effect?: string;
};

/** One line of 10 at 10.00, all of it received. */
function matched({ line = {}, order = {} }: Pick<Case, 'line' | 'order'>): Difference[] {
  const expected = { poLineId: 'a', unitPrice: '10', priceBaseQuantity: '1', receivable: '10', ...order };
  const priced = {
    tax: S13,
    quantity: '10',
    unitPrice: '10',
    priceBaseQuantity: expected.priceBaseQuantity,
    ...line,
  };
  const totals = totalsOf([priced], { otherwise: S13, currency: 'USD' });
  const amount = line.amount ?? totals.netAmount;
  const invoice: InvoiceToMatch = {
    ...totals,
    netAmount: amount,
    ...(line.amount === undefined
      ? {}
      : totalsOf([{ quantity: '1', unitPrice: amount, priceBaseQuantity: '1', tax: S13 }], {
          otherwise: S13,
          currency: 'USD',
        })),
    currency: 'USD',
    lines: [{ poLineId: 'a', quantity: priced.quantity, unitPrice: priced.unitPrice, amount, tax: S13 }],
  };
  return differencesOf(invoice, { lines: [expected], tolerances });
}

describe('matching an invoice line with order and receipt', () => {
  const cases: Case[] = [
    { says: 'finds nothing where everything agrees', kinds: [] },
    {
      says: 'allows a price off by exactly the percentage and the amount',
      line: { unitPrice: '10.1' },
      kinds: [],
    },
    {
      says: 'finds a price beyond the percentage, however small its effect',
      line: { unitPrice: '10.101', quantity: '1' },
      kinds: ['price'],
      effect: '0.1',
    },
    {
      says: 'finds an effect beyond the amount, however small its percentage',
      line: { unitPrice: '10.011', quantity: '100' },
      order: { receivable: '100' },
      kinds: ['price'],
      effect: '1.1',
    },
    {
      says: 'allows an effect of exactly the amount',
      line: { unitPrice: '10.01', quantity: '100' },
      order: { receivable: '100' },
      kinds: [],
    },
    {
      says: 'finds a price that is too low as well',
      line: { unitPrice: '9' },
      kinds: ['price'],
      effect: '-10',
    },
    { says: 'allows a lower price within tolerance', line: { unitPrice: '9.9' }, kinds: [] },
    {
      says: 'lets nothing be charged for what was ordered free',
      line: { unitPrice: '0.01' },
      order: { unitPrice: '0' },
      kinds: ['price'],
      effect: '0.1',
    },
    {
      says: 'reckons by the base that the price is for',
      line: { unitPrice: '1010', quantity: '10' },
      order: { unitPrice: '1000', priceBaseQuantity: '100' },
      kinds: [],
    },
    { says: 'allows less than was received', line: { quantity: '9.999999' }, kinds: [] },
    {
      says: 'finds the smallest quantity too many',
      line: { quantity: '10.000001' },
      kinds: ['quantity'],
      effect: '0',
    },
    { says: 'says what a surplus costs', line: { quantity: '12' }, kinds: ['quantity'], effect: '20' },
    {
      says: 'tells a line of which nothing is left from one with too many',
      order: { receivable: '0' },
      kinds: ['not_received'],
      effect: '100',
    },
    {
      says: 'finds price and quantity each by itself',
      line: { quantity: '11', unitPrice: '12' },
      kinds: ['price', 'quantity'],
    },
    {
      says: 'finds an amount that is not quantity times price',
      line: { amount: '99' },
      kinds: ['amount'],
      effect: '-1',
    },
  ];
  for (const one of cases)
    it(one.says, () => {
      const found = matched(one);
      expect(found.map((difference) => difference.kind)).to.deep.equal(one.kinds);
      if (one.effect !== undefined) expect(Number(found[0]?.amountEffect)).to.equal(Number(one.effect));
    });

  it('says what was expected and what came, so that a sentence can be made of it', () => {
    expect(matched({ line: { unitPrice: '13.000000' } })).to.deep.equal([
      { kind: 'price', poLineId: 'a', expected: '10', actual: '13', amountEffect: '30' },
    ]);
  });

  it('expects nothing of a line that the receipt does not have', () => {
    const line = { poLineId: 'x', quantity: '1', unitPrice: '5', amount: '5.00', tax: Z };
    const invoice = {
      currency: 'USD',
      taxes: [{ ...Z, taxableAmount: '5', taxAmount: '0' }],
      netAmount: '5',
      taxAmount: '0',
      grossAmount: '5',
      lines: [line],
    };
    const found = differencesOf(invoice, { lines: [], tolerances });
    expect(found).to.deep.equal([
      { kind: 'not_received', poLineId: 'x', expected: '0', actual: '1', amountEffect: '5' },
    ]);
  });
});

describe('matching the sums of an invoice', () => {
  const line = { poLineId: 'a', quantity: '10', unitPrice: '10', amount: '100.00', tax: S13 };
  const lines = [{ poLineId: 'a', unitPrice: '10', priceBaseQuantity: '1', receivable: '10' }];
  const right = {
    currency: 'USD',
    taxes: [{ ...S13, taxableAmount: '100', taxAmount: '13' }],
    netAmount: '100',
    taxAmount: '13',
    grossAmount: '113',
    lines: [line],
  };
  const cases = [
    {
      says: 'finds a net that is not the sum of the lines',
      wrong: {
        netAmount: '101',
        taxAmount: '13.13',
        grossAmount: '114.13',
        taxes: [{ ...S13, taxableAmount: '101', taxAmount: '13.13' }],
      },
      kinds: ['amount'],
    },
    {
      says: 'finds a net that is not the sum of its groups',
      wrong: { netAmount: '101', grossAmount: '114' },
      kinds: ['amount'],
    },
    {
      says: 'finds a tax that the rate does not make, to the cent',
      wrong: {
        taxAmount: '13.01',
        grossAmount: '113.01',
        taxes: [{ ...S13, taxableAmount: '100', taxAmount: '13.01' }],
      },
      kinds: ['tax'],
    },
    {
      says: 'finds a tax that is not the sum of its groups',
      wrong: { taxAmount: '13.01', grossAmount: '113.01' },
      kinds: ['tax'],
    },
    {
      says: 'finds a line that no group has, and a group that no line has',
      wrong: {
        taxes: [{ ...S13, rate: '9', taxableAmount: '100', taxAmount: '9' }],
        taxAmount: '9',
        grossAmount: '109',
      },
      kinds: ['amount', 'amount'],
    },
    { says: 'finds a total that is not net and tax', wrong: { grossAmount: '113.5' }, kinds: ['amount'] },
  ];
  for (const { says, wrong, kinds } of cases)
    it(says, () => {
      const found = differencesOf({ ...right, ...wrong }, { lines, tolerances });
      expect(found.map((difference) => difference.kind)).to.deep.equal(kinds);
      expect(found[0]?.poLineId).to.equal(null);
    });
});

describe('what a house tolerates', () => {
  const order = { unitPrice: '10', priceBaseQuantity: '1', receivable: '10' };
  const linesOf = (prices: readonly string[]) =>
    prices.map((unitPrice, index) => ({
      poLineId: String(index),
      quantity: '10',
      unitPrice,
      amount: (Number(unitPrice) * 10).toFixed(2),
      tax: S13,
    }));
  const kindsOf = (prices: readonly string[], over: Partial<typeof tolerances> = {}) => {
    const lines = linesOf(prices);
    const totals = totalsOf(
      lines.map((line) => ({ ...line, priceBaseQuantity: '1' })),
      { otherwise: S13, currency: 'USD' },
    );
    const invoice = { ...totals, currency: 'USD', lines };
    const expected = lines.map(({ poLineId }) => ({ ...order, poLineId }));
    const found = differencesOf(invoice, { lines: expected, tolerances: { ...tolerances, ...over } });
    return found.map((difference) => `${difference.kind} ${difference.amountEffect}`);
  };

  it('is told apart up and down', () => {
    expect(kindsOf(['10.05'], { pricePercentUp: '0.5' })).to.deep.equal([]);
    expect(kindsOf(['10.06'], { pricePercentUp: '0.5' })).to.deep.equal(['price 0.6']);
    expect(kindsOf(['9.94'], { pricePercentUp: '0.5' })).to.deep.equal([]);
    expect(kindsOf(['9.95'], { amountDown: '0.5' })).to.deep.equal([]);
    expect(kindsOf(['9.94'], { amountDown: '0.5' })).to.deep.equal(['price -0.6']);
  });

  it('adds up: many small differences are one when they are together beyond the invoice’s limit', () => {
    expect(kindsOf(['10.07', '10.08'])).to.deep.equal([]);
    expect(kindsOf(['10.08', '10.08'])).to.deep.equal(['over_billing 1.6']);
    expect(kindsOf(['9.92', '9.92'])).to.deep.equal(['over_billing -1.6']);
    expect(kindsOf(['10.08', '9.92'])).to.deep.equal([]);
    // What is a difference of its own is not told twice.
    expect(kindsOf(['10.08', '12'])).to.deep.equal(['price 20']);
  });

  it('lets a quantity be more by so many percent of what the receipt has left, and nothing of nothing', () => {
    const invoice = (quantity: string) => {
      const line = {
        poLineId: 'a',
        quantity,
        unitPrice: '0.1',
        amount: (Number(quantity) / 10).toFixed(2),
        tax: Z,
      };
      return {
        currency: 'USD',
        taxes: [{ ...Z, taxableAmount: line.amount, taxAmount: '0' }],
        netAmount: line.amount,
        taxAmount: '0',
        grossAmount: line.amount,
        lines: [line],
      };
    };
    const found = (quantity: string, receivable: string) =>
      differencesOf(invoice(quantity), {
        lines: [{ poLineId: 'a', unitPrice: '0.1', priceBaseQuantity: '1', receivable }],
        tolerances: { ...tolerances, quantityPercent: '2' },
      }).map((difference) => difference.kind);
    expect(found('102', '100')).to.deep.equal([]);
    expect(found('102.1', '100')).to.deep.equal(['quantity']);
    expect(found('0.1', '0')).to.deep.equal(['not_received']);
  });

  it('lets the tax be off by a cent where the house says so', () => {
    const lines = linesOf(['10']);
    const invoice = {
      currency: 'USD',
      taxes: [{ ...S13, taxableAmount: '100', taxAmount: '13.01' }],
      netAmount: '100',
      taxAmount: '13.01',
      grossAmount: '113.01',
      lines,
    };
    const expected = [{ ...order, poLineId: '0' }];
    const found = (taxUp: string) =>
      differencesOf(invoice, { lines: expected, tolerances: { ...tolerances, taxUp } }).map(
        (one) => one.kind,
      );
    expect(found('0.01')).to.deep.equal([]);
    expect(found('0')).to.deep.equal(['tax']);
  });

  it('is not more for an invoice of several rates: each group within it, and all of them together', () => {
    const rated = (rate: string, index: number) => ({
      line: { ...linesOf(['10'])[0], poLineId: String(index), tax: { category: 'S', rate } as const },
      stated: (Number(rate) + 0.01).toFixed(2),
    });
    const groups = ['13', '9'].map(rated);
    const taxAmount = '22.02';
    const invoice = {
      currency: 'USD',
      taxes: groups.map(({ line, stated }) => ({ ...line.tax, taxableAmount: '100', taxAmount: stated })),
      netAmount: '200',
      taxAmount,
      grossAmount: '222.02',
      lines: groups.map(({ line }) => ({ quantity: '10', unitPrice: '10', amount: '100.00', ...line })),
    };
    const lines = groups.map(({ line }) => ({ ...order, poLineId: line.poLineId }));
    const found = (taxUp: string) =>
      differencesOf(invoice, { lines, tolerances: { ...tolerances, taxUp } }).map(
        (one) => `${one.kind} ${one.expected} ${one.actual}`,
      );
    expect(found('0.02')).to.deep.equal([]);
    expect(found('0.01')).to.deep.equal(['tax 22 22.02']);
    expect(found('0')).to.deep.equal(['tax 13 13.01', 'tax 9 9.01']);
  });

  it('is another for a supplier or a category, the supplier’s word counting more', () => {
    const scopes = [
      { supplier: null, category: 'MRO', pricePercentUp: '5', taxUp: '0.05' },
      { supplier: 'SUP-1', category: null, pricePercentUp: '0' },
    ];
    const of = (supplierReference: string, categoryCode: string | null) =>
      ruleFor(tolerances, scopes, { supplierReference, categoryCode });
    expect(of('SUP-2', 'MRO')).to.deep.equal({ ...tolerances, pricePercentUp: '5', taxUp: '0.05' });
    expect(of('SUP-1', 'MRO')).to.include({ pricePercentUp: '0', taxUp: '0.05' });
    expect(of('SUP-2', null)).to.deep.equal(tolerances);
  });
});
