import { expect } from 'chai';
import fc from 'fast-check';
import { type CostKind, costsLeftToBuyer, neededCosts } from '../../src/awards/buyer-costs.ts';
import { type BidToLand, type CostAdjustment, landBid, type PricedLine } from '../../src/awards/landed.ts';
import { addDecimals, compareDecimals, lineAmount, subtractDecimals } from '../../src/kernel/money.ts';

const line = (
  id: string,
  quantity: string,
  unitPrice: string,
  over: Partial<PricedLine> = {},
): PricedLine => ({
  bidLineId: id,
  eventItemId: id,
  lotId: null,
  quantity,
  unitPrice,
  priceBaseQuantity: '1',
  amount: lineAmount({
    quantity,
    unitPrice,
    priceBaseQuantity: over.priceBaseQuantity ?? '1',
    currency: 'CNY',
  }),
  ...over,
});
const cost = (kind: CostKind, over: Partial<CostAdjustment>): CostAdjustment => ({
  kind,
  lotId: null,
  eventItemId: null,
  percent: null,
  amount: null,
  currency: over.amount === undefined ? null : 'USD',
  reason: 'Forwarder',
  ...over,
});
const CNY = { fromCurrency: 'CNY', rate: '0.14', validOn: '2026-03-01', source: 'Treasury' };
const bid = (over: Partial<BidToLand>): BidToLand => ({
  currency: 'USD',
  eventCurrency: 'USD',
  rates: new Map([['CNY', CNY]]),
  paymentDays: 30,
  eventPaymentDays: 30,
  annualInterestPercent: '7.3',
  adjustments: [],
  lines: [line('a', '100', '10'), line('b', '50', '40')],
  ...over,
});
const landed = (over: Partial<BidToLand>) => landBid(bid(over)).map((one) => one.landedAmount);

describe('the landed price of a bid', () => {
  it('is its price, where nothing has to be added', () => {
    expect(landBid(bid({})).map(({ landedAmount, landedUnit }) => [landedAmount, landedUnit])).to.deep.equal([
      ['1000', '10'],
      ['2000', '40'],
    ]);
  });

  it('is turned into the currency of the event by the rate that was fixed', () => {
    const [first] = landBid(bid({ currency: 'CNY' }));
    expect(first).to.include({ landedAmount: '140', landedUnit: '1.4' });
    expect(first?.steps.map((step) => [step.kind, step.amount])).to.deep.equal([
      ['goods', '1000.00'],
      ['rate', '140.00'],
    ]);
  });

  it('is none without a rate: never the price as if it were the same currency', () => {
    expect(landed({ currency: 'EUR' })).to.deep.equal([null, null]);
  });

  it('takes duty on goods, freight and insurance, and every other percent on the goods', () => {
    const [first] = landBid(
      bid({
        adjustments: [
          cost('duty', { percent: '10' }),
          cost('freight', { percent: '5' }),
          cost('insurance', { percent: '1' }),
          cost('handling', { percent: '2' }),
        ],
      }),
    );
    expect(first?.steps.slice(1).map((step) => [step.kind, step.amount])).to.deep.equal([
      ['freight', '50.00'],
      ['insurance', '10.00'],
      ['duty', '106.00'],
      ['handling', '20.00'],
    ]);
    expect(first).to.include({ landedAmount: '1186', landedUnit: '11.86' });
  });

  it('shares an amount out by the value of the goods, and takes a discount off', () => {
    expect(landed({ adjustments: [cost('freight', { amount: '90' })] })).to.deep.equal(['1030', '2060']);
    expect(landed({ adjustments: [cost('discount', { percent: '10' })] })).to.deep.equal(['900', '1800']);
  });

  it('counts the entry that is nearest to the line: its own, then its lot’s, then the bid’s', () => {
    const adjustments = [
      cost('freight', { percent: '1' }),
      cost('freight', { percent: '2', lotId: 'lot' }),
      cost('freight', { percent: '3', eventItemId: 'c' }),
    ];
    const lines = [
      line('a', '100', '10'),
      line('b', '100', '10', { lotId: 'lot' }),
      line('c', '100', '10', { lotId: 'lot' }),
    ];
    expect(landed({ adjustments, lines })).to.deep.equal(['1010', '1020', '1030']);
  });

  it('adds interest for paying sooner than asked, and takes it off for paying later', () => {
    // 1,000 × 7.3 % × 30 ÷ 365 = 6
    expect(landed({ paymentDays: 0 })).to.deep.equal(['1006', '2012']);
    expect(landed({ paymentDays: 60 })).to.deep.equal(['994', '1988']);
  });

  it('turns an amount in another currency by its own rate', () => {
    expect(landed({ adjustments: [cost('freight', { amount: '1000', currency: 'CNY' })] })).to.deep.equal([
      addDecimals(['1000', '46.67']),
      addDecimals(['2000', '93.33']),
    ]);
  });

  it('gives goods that cost nothing equal parts of an amount', () => {
    const lines = [line('a', '1', '0'), line('b', '1', '0')];
    expect(landed({ lines, adjustments: [cost('freight', { amount: '3' })] })).to.deep.equal(['1.5', '1.5']);
  });

  const prices = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 0, max: 10_000_000 })),
    {
      minLength: 1,
      maxLength: 30,
    },
  );
  const linesOf = (of: [number, number][]) =>
    of.map(([quantity, millis], index) =>
      line(
        `${index}`,
        `${quantity}`,
        `${Math.floor(millis / 1000)}.${String(millis % 1000).padStart(3, '0')}`,
      ),
    );

  it('shares out every amount to the last cent, whatever the prices', () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: 0, max: 100_000_000 }), (of, cents) => {
        const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
        const shares = landBid(
          bid({ currency: 'CNY', lines: linesOf(of), adjustments: [cost('freight', { amount })] }),
        ).map((one) => one.steps.at(-1)?.amount ?? '0');
        expect(compareDecimals(addDecimals(shares), amount)).to.equal(0);
        for (const share of shares) expect(compareDecimals(share, '0')).to.be.at.least(0);
      }),
    );
  });

  it('is the sum of the steps that are shown', () => {
    fc.assert(
      fc.property(
        prices,
        fc.integer({ min: 0, max: 365 }),
        fc.integer({ min: 0, max: 1000 }),
        (of, days, tenths) => {
          const percent = `${Math.floor(tenths / 10)}.${tenths % 10}`;
          for (const one of landBid(
            bid({
              currency: 'CNY',
              paymentDays: days,
              lines: linesOf(of),
              adjustments: [cost('freight', { amount: '123.45' }), cost('duty', { percent })],
            }),
          )) {
            const shown = one.steps.filter((step) => step.kind !== 'goods').map((step) => step.amount);
            expect(compareDecimals(addDecimals(shown), one.landedAmount ?? '0')).to.equal(0);
          }
        },
      ),
    );
  });

  it('says what a unit more of money for goods costs: percents follow the price, duty on top of freight, amounts do not', () => {
    const factor = (adjustments: CostAdjustment[], paymentDays = 30) =>
      landBid(bid({ adjustments, paymentDays }))[0]?.goodsFactor;
    expect(factor([])).to.equal('1');
    expect(factor([cost('freight', { amount: '300' }), cost('duty', { percent: '10' })])).to.equal('1.1');
    expect(factor([cost('freight', { percent: '5' }), cost('duty', { percent: '10' })])).to.equal('1.155');
    expect(factor([cost('discount', { percent: '2' })])).to.equal('0.98');
    // 7.3 % a year for the ten days that we pay sooner.
    expect(factor([], 20)).to.equal('1.002');
  });

  it('lands the same line at another price as that factor says, to the cents of its steps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 0, max: 300 }),
        (before, after, tenths) => {
          const percent = `${Math.floor(tenths / 10)}.${tenths % 10}`;
          const adjustments = [
            cost('freight', { amount: '500' }),
            cost('insurance', { percent: '0.3' }),
            cost('duty', { percent }),
          ];
          const at = (price: number) =>
            landBid(bid({ adjustments, lines: [line('a', '100', `${price}`)] }))[0];
          const told = (Number(at(after)?.goodsFactor) * 100 * (after - before)).toFixed(2);
          const difference = subtractDecimals(
            at(after)?.landedAmount ?? '0',
            at(before)?.landedAmount ?? '0',
          );
          expect(Math.abs(Number(difference) - Number(told))).to.be.at.most(0.03);
        },
      ),
    );
  });

  it('costs no less when a cost goes up', () => {
    fc.assert(
      fc.property(
        prices,
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 500 }),
        (of, low, more) => {
          const total = (percent: number) =>
            addDecimals(
              landed({ lines: linesOf(of), adjustments: [cost('freight', { percent: `${percent}` })] }).map(
                (amount) => amount ?? '0',
              ),
            );
          expect(compareDecimals(subtractDecimals(total(low + more), total(low)), '0')).to.be.at.least(0);
        },
      ),
    );
  });
});

describe('the costs a bid needs before it may stand beside the others', () => {
  const needed = (...of: [string, 'EXW' | 'FCA' | 'CIF' | 'DAP' | 'DDP', ...CostKind[]][]) =>
    Object.fromEntries(
      neededCosts(of.map(([bidId, incoterm, ...entered]) => ({ bidId, incoterm, entered }))),
    );

  it('are none where all bids leave the same to us', () => {
    expect(needed(['a', 'DAP'], ['b', 'DAP'])).to.deep.equal({ a: [], b: [] });
    expect(needed(['a', 'EXW'], ['b', 'FCA'])).to.deep.equal({ a: [], b: [] });
  });

  it('are those that another bid’s price has in it', () => {
    expect(needed(['a', 'DDP'], ['b', 'FCA'])).to.deep.equal({ a: [], b: ['freight', 'insurance', 'duty'] });
    expect(needed(['a', 'CIF'], ['b', 'DAP'], ['c', 'FCA'])).to.deep.equal({
      a: [],
      b: [],
      c: ['freight', 'insurance'],
    });
  });

  it('are those that were entered for another bid of the same terms', () => {
    expect(needed(['a', 'FCA', 'freight'], ['b', 'FCA'])).to.deep.equal({ a: ['freight'], b: ['freight'] });
    expect(needed(['a', 'FCA', 'tooling'], ['b', 'FCA'])).to.deep.equal({ a: [], b: [] });
  });

  it('never ask for what a term has in its price', () => {
    expect(costsLeftToBuyer('DDP')).to.not.include('duty');
    expect(costsLeftToBuyer('CIF')).to.not.include('freight');
  });
});
