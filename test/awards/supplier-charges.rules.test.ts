import { expect } from 'chai';
import fc from 'fast-check';
import type { CostKind } from '../../src/awards/buyer-costs.ts';
import type { BidToLand, CostAdjustment } from '../../src/awards/landed.ts';
import { supplierCharges } from '../../src/awards/supplier-charges.ts';
import type { Incoterm } from '../../src/kernel/incoterm.ts';
import { addDecimals, compareDecimals } from '../../src/kernel/money.ts';

const line = (id: string, quantity: string, amount: string) => ({
  bidLineId: id,
  eventItemId: id,
  lotId: null,
  quantity,
  unitPrice: '1',
  priceBaseQuantity: '1',
  amount,
});
const cost = (kind: CostKind, over: Partial<CostAdjustment>): CostAdjustment => ({
  kind,
  lotId: null,
  eventItemId: null,
  percent: null,
  amount: null,
  currency: over.amount === undefined ? null : 'USD',
  reason: 'As offered',
  ...over,
});
const bid = (
  adjustments: CostAdjustment[],
  over: Partial<BidToLand & { incoterm: Incoterm }> = {},
): BidToLand & { incoterm: Incoterm } => ({
  incoterm: 'DAP',
  currency: 'USD',
  eventCurrency: 'USD',
  rates: new Map(),
  paymentDays: 30,
  eventPaymentDays: 30,
  annualInterestPercent: '0',
  lines: [line('a', '10', '100'), line('b', '20', '300')],
  adjustments,
  ...over,
});
const all = new Map([
  ['a', '10'],
  ['b', '20'],
]);
const said = (...of: Parameters<typeof supplierCharges>) =>
  supplierCharges(...of).map(({ kind, amount }) => `${kind} ${amount}`);

describe('what a supplier is paid beside its prices', () => {
  const tooling = cost('tooling', { amount: '80' });
  const cases: readonly [string, string[], Parameters<typeof supplierCharges>][] = [
    ['nothing, where no cost was entered', [], [bid([]), all]],
    ['all of an amount for all that it bid', ['tooling 80.00'], [bid([tooling]), all]],
    [
      'by the value of what it was awarded of it',
      ['tooling 20.00'],
      [bid([tooling]), new Map([['a', '10']])],
    ],
    ['half of a line, half of its share', ['tooling 10.00'], [bid([tooling]), new Map([['a', '5']])]],
    [
      'nothing of what it was not awarded',
      [],
      [bid([cost('tooling', { amount: '9', eventItemId: 'b' })]), new Map([['a', '10']])],
    ],
    ['a percentage of the goods', ['insurance 2.00'], [bid([cost('insurance', { percent: '0.5' })]), all]],
    ['a discount, below nothing', ['discount -12.00'], [bid([cost('discount', { percent: '3' })]), all]],
    [
      'not the freight that its term leaves to us',
      [],
      [bid([cost('freight', { amount: '50' })], { incoterm: 'EXW' }), all],
    ],
    [
      'the freight that its term has in it',
      ['freight 50.00'],
      [bid([cost('freight', { amount: '50' })]), all],
    ],
    ['not the duty, which customs get', [], [bid([cost('duty', { percent: '4' })]), all]],
    [
      'the duty that it pays for us',
      ['duty 16.00'],
      [bid([cost('duty', { percent: '4' })], { incoterm: 'DDP' }), all],
    ],
  ];
  for (const [name, expected, given] of cases) it(name, () => expect(said(...given)).to.deep.equal(expected));

  it('is said in the currency of its bid: what was entered in that comes out as it went in', () => {
    const rate = { fromCurrency: 'CNY', rate: '0.1379', validOn: '2026-03-01', source: 'Treasury' };
    const inYuan = bid(
      [cost('tooling', { amount: '777.77', currency: 'CNY' }), cost('other', { amount: '13.79' })],
      {
        currency: 'CNY',
        rates: new Map([['CNY', rate]]),
      },
    );
    expect(said(inYuan, all)).to.deep.equal(['tooling 777.77', 'other 100.00']);
    expect(said({ ...inYuan, rates: new Map() }, all), 'without a rate nobody knows').to.deep.equal([]);
  });

  it('adds up to what was entered, however an award is divided among orders', () => {
    const cents = fc.integer({ min: 1, max: 9_999_999 }).map((one) => (one / 100).toFixed(2));
    fc.assert(
      fc.property(cents, fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 20 }), (amount, a, b) => {
        const parts = [
          new Map([
            ['a', `${a}`],
            ['b', `${b}`],
          ]),
          new Map([
            ['a', `${10 - a}`],
            ['b', `${20 - b}`],
          ]),
        ];
        const given = bid([cost('tooling', { amount })]);
        const sum = addDecimals(
          parts.flatMap((part) => supplierCharges(given, part).map((one) => one.amount)),
        );
        // Each order rounds its own part once.
        return Math.abs(Number(sum) - Number(amount)) <= 0.0100001 && compareDecimals(sum, '0') >= 0;
      }),
    );
  });
});
