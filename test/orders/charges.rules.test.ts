import { expect } from 'chai';
import fc from 'fast-check';
import type { ChargeReason } from '../../src/kernel/charge.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { addDecimals, compareDecimals, subtractDecimals } from '../../src/kernel/money.ts';
import {
  type Charge,
  netLineAmount,
  netPricesOf,
  totalsOf,
  withShares,
} from '../../src/orders/order-charges.ts';
import { orderNumber } from '../../src/orders/order-number.ts';

const charge = (reason: ChargeReason, typed: string): Charge =>
  typed.endsWith('%')
    ? { reason, percent: typed.slice(0, -1), amount: null }
    : { reason, percent: null, amount: typed };
const line = (quantity: string, unitPrice: string, charges: Charge[] = [], currency = 'USD') => ({
  quantity,
  unitPrice,
  priceBaseQuantity: '1',
  charges,
  currency,
});
const codeOf = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
};

describe('what a line comes to with its charges', () => {
  const cases: readonly [string, ReturnType<typeof line>, string][] = [
    ['nothing charged', line('3', '0.335'), '1.01'],
    ['a discount is taken before it is rounded', line('3', '0.335', [charge('discount', '50%')]), '0.50'],
    [
      'percentages add up, they do not compound',
      line('10', '10', [charge('discount', '10%'), charge('packing', '5%')]),
      '95.00',
    ],
    ['an amount once a line, not once a piece', line('10', '10', [charge('freight', '7.5')]), '107.50'],
    ['a currency without cents', line('3', '33.5', [charge('discount', '1%')], 'JPY'), '99'],
    ['a discount of all of it', line('10', '10', [charge('discount', '100%')]), '0.00'],
    ['nothing ordered, nothing charged', line('0', '10', [charge('freight', '7.5')]), '0.00'],
  ];
  for (const [name, given, expected] of cases)
    it(name, () => expect(netLineAmount(given)).to.equal(expected));

  it('is never below nothing', () => {
    expect(codeOf(() => netLineAmount(line('1', '10', [charge('discount', '10.01')])))).to.equal(
      'purchase_order.discount-above-amount',
    );
    expect(
      codeOf(() =>
        totalsOf([{ amount: '10' }], { currency: 'USD', charges: [charge('discount', '11')], taxRate: null }),
      ),
    ).to.equal('purchase_order.discount-above-amount');
  });
});

describe('an order’s sums', () => {
  it('charges the sum of the lines, and taxes by rate what bears it', () => {
    const totals = totalsOf(
      [{ amount: '100' }, { amount: '50', taxRate: '6' }, { amount: '1', taxRate: '0' }],
      {
        currency: 'USD',
        charges: [charge('freight', '10'), charge('discount', '1%')],
        taxRate: '13',
      },
    );
    expect(totals.charges.map(({ value }) => value)).to.deep.equal(['10.00', '-1.51']);
    expect(totals.netAmount).to.equal('159.49');
    expect(totals.taxes).to.deep.equal([
      { rate: '0', base: '1.00', amount: '0.00' },
      { rate: '6', base: '50.00', amount: '3.00' },
      { rate: '13', base: '108.49', amount: '14.10' },
    ]);
    expect(totals.grossAmount).to.equal('176.59');
  });

  const amount = fc.integer({ min: 0, max: 500_000 }).map((cents) => (cents / 100).toFixed(2));
  const charges = fc.array(
    fc.oneof(
      fc.record({
        reason: fc.constantFrom<ChargeReason>('freight', 'packing', 'discount'),
        percent: fc.integer({ min: 0, max: 300 }).map((tenths) => (tenths / 10).toFixed(1)),
        amount: fc.constant(null),
      }),
      fc.record({ reason: fc.constant<ChargeReason>('insurance'), percent: fc.constant(null), amount }),
    ),
    { maxLength: 3 },
  );
  it('add up whatever is charged: lines, shares and tax, to the cent', () => {
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 12 }), charges, (amounts, charged) => {
        const lines = amounts.map((one, index) => ({ amount: one, taxRate: index % 2 === 0 ? '13' : null }));
        const order = { currency: 'USD', charges: charged, taxRate: '6' };
        const totals = totalsOf(lines, order);
        const sum = (values: readonly string[]) => addDecimals(values);
        expect(
          compareDecimals(
            sum([totals.linesAmount, ...totals.charges.map((one) => one.value)]),
            totals.netAmount,
          ),
        ).to.equal(0);
        expect(compareDecimals(sum(withShares(lines, order)), totals.netAmount)).to.equal(0);
        expect(compareDecimals(sum(totals.taxes.map((one) => one.base)), totals.netAmount)).to.equal(0);
        expect(
          compareDecimals(
            sum([totals.netAmount, ...totals.taxes.map((one) => one.amount)]),
            totals.grossAmount,
          ),
        ).to.equal(0);
      }),
      { numRuns: 300 },
    );
  });

  it('reach the invoice as prices: a discount of the line exactly, charges of the order by share', () => {
    const discounted = { ...line('10', '12.5', [charge('discount', '5%')]), amount: '118.75' };
    const plain = { ...line('4', '5'), amount: '20' };
    const order = { currency: 'USD', charges: [] as Charge[], taxRate: null };
    expect(netPricesOf([discounted, plain], order)).to.deep.equal(['11.875', null]);
    const [first, second] = netPricesOf([discounted, plain], {
      ...order,
      charges: [charge('freight', '10')],
    });
    const billed = addDecimals([
      netLineAmount(line('10', first ?? '0')),
      netLineAmount(line('4', second ?? '0')),
    ]);
    expect(compareDecimals(subtractDecimals(billed, '148.75'), '0')).to.equal(0);
  });
});

describe('what orders are called', () => {
  const at = { plantCode: 'QD01', year: 2026 };
  const cases: readonly [string, string, string][] = [
    ['PO-{year}-{number}', 'PO', 'PO-2026-0042'],
    ['PO-{plant}-{year}-{number}', 'PO-QD01', 'PO-QD01-2026-0042'],
    ['{plant}.{year}.{number}', 'QD01', 'QD01.2026.0042'],
    ['{year}{number}-{plant}', 'QD01', '20260042-QD01'],
  ];
  for (const [pattern, counter, called] of cases)
    it(`${pattern} counts in ${counter}`, () => {
      const number = orderNumber({ pattern, digits: 4 }, at);
      expect([number.counter, number.numbered(42)]).to.deep.equal([counter, called]);
    });
  for (const pattern of ['PO-{number}', 'PO-{year}', 'po-{year}-{number}', 'PO/{year}/{number}'])
    it(`refuses ${pattern}`, () => {
      expect(codeOf(() => orderNumber({ pattern, digits: 4 }, at))).to.equal('purchase_order.number-pattern');
    });
});
