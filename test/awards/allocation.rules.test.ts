import { expect } from 'chai';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import {
  type AskedLine,
  allocate,
  type Choice,
  chooseLowest,
  chooseSupplier,
  openQuantities,
} from '../../src/awards/allocation.ts';
import { totalsOf } from '../../src/awards/award-totals.ts';
import { costAmount, firstInRank, type Offer, offerOfKey, priceAt } from '../../src/awards/rank.ts';
import { AppError } from '../../src/kernel/errors.ts';

const asked = (id: string, quantity: string, estimatedPrice: string | null = null): AskedLine => ({
  id,
  lineNo: Number(id),
  quantity,
  unit: 'C62',
  estimatedPrice,
});
const offer = (
  eventItemId: string,
  supplierId: string,
  unitPrice: string,
  priceBaseQuantity = '1',
): Offer => ({
  eventItemId,
  supplierId,
  bidLineId: `${supplierId}-${eventItemId}`,
  unitPrice,
  priceBaseQuantity,
});
const choice = (eventItemId: string, supplierId: string, quantity: string, reason = ''): Choice => ({
  eventItemId,
  supplierId,
  quantity,
  reason,
});

/** What allocating refuses, as `path code`. */
const refusals = (of: Partial<Parameters<typeof allocate>[0]>): string[] => {
  try {
    allocate({ asked: [], offers: [], choices: [], justification: '', currency: 'USD', ...of });
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.fields.map((field) => `${field.path} ${field.code}`);
  }
};

describe('finding the lowest offer of a line', () => {
  it('takes the lower price of one unit, not the lower figure, where price bases differ', () => {
    const lowest = firstInRank([offer('1', 'a', '5'), offer('1', 'b', '450', '100')]);
    expect(lowest.get('1')?.supplierId).to.equal('b');
  });
  it('gives a tie to the bidder that stands first', () => {
    expect(firstInRank([offer('1', 'b', '4.50'), offer('1', 'a', '4.5')]).get('1')?.supplierId).to.equal('b');
  });
  it('sees ten for three and twenty for six as the same price', () => {
    const lines = allocate({
      asked: [asked('1', '6')],
      offers: [offer('1', 'a', '10', '3'), offer('1', 'b', '20', '6')],
      choices: [choice('1', 'b', '6')],
      justification: '',
      currency: 'USD',
    });
    expect(lines[0]).to.include({ isLowest: true, amount: '20.00' });
  });
  it('has none for a line that nobody priced', () => {
    expect(firstInRank([offer('1', 'a', '5')]).has('2')).to.equal(false);
    expect(chooseLowest([asked('1', '3'), asked('2', '3')], [offer('1', 'a', '5')])).to.deep.equal([
      choice('1', 'a', '3'),
    ]);
  });
  it('takes a price of zero that somebody entered as a price', () => {
    expect(firstInRank([offer('1', 'a', '5'), offer('1', 'b', '0')]).get('1')?.supplierId).to.equal('b');
  });
});

describe('awarding everything to one supplier', () => {
  it('takes the lines it priced and leaves the others open', () => {
    const lines = [asked('1', '3.500000'), asked('2', '4')];
    const offers = [offer('1', 'a', '5'), offer('1', 'b', '4'), offer('2', 'b', '4')];
    expect(chooseSupplier(lines, offers, 'a')).to.deep.equal([choice('1', 'a', '3.5')]);
    expect([...openQuantities(lines, chooseSupplier(lines, offers, 'a'))]).to.deep.equal([['2', '4']]);
  });
});

describe('allocating what was chosen', () => {
  const lines = [asked('1', '10'), asked('2', '4')];
  const offers = [offer('1', 'a', '5'), offer('1', 'b', '6'), offer('2', 'a', '7')];
  const good = { asked: lines, offers, justification: 'Budget covers line 1 only' };

  it('prices each line by its bid and marks what is not the lowest, with its reason', () => {
    const made = allocate({
      ...good,
      choices: [choice('1', 'a', '4'), choice('1', 'b', '6', ' Two sources ')],
      currency: 'USD',
    });
    expect(made.map((line) => [line.supplierId, line.amount, line.isLowest, line.reason])).to.deep.equal([
      ['a', '20.00', true, ''],
      ['b', '36.00', false, 'Two sources'],
    ]);
  });

  const cases: [string, Parameters<typeof refusals>[0], string[]][] = [
    ['allows exactly what was asked', { choices: [choice('1', 'a', '10')] }, []],
    [
      'refuses one millionth more',
      { choices: [choice('1', 'a', '10.000001')] },
      ['lines.0.quantity award.more-than-asked'],
    ],
    [
      'refuses suppliers that together get more than was asked, at the last of them',
      { choices: [choice('1', 'a', '5'), choice('1', 'b', '5.5', 'x')] },
      ['lines.1.quantity award.more-than-asked'],
    ],
    ['refuses zero', { choices: [choice('1', 'a', '0')] }, ['lines.0.quantity award.quantity-not-positive']],
    [
      'refuses less than zero',
      { choices: [choice('1', 'a', '-1')] },
      ['lines.0.quantity award.quantity-not-positive'],
    ],
    [
      'refuses a supplier without a price',
      { choices: [choice('2', 'b', '1', 'x')] },
      ['lines.0.supplierId award.no-such-offer'],
    ],
    [
      'refuses a line of another event',
      { choices: [choice('9', 'a', '1')] },
      ['lines.0.supplierId award.unknown-line'],
    ],
    [
      'refuses a dearer supplier without a reason',
      { choices: [choice('1', 'b', '1', '  ')] },
      ['lines.0.reason award.reason-required'],
    ],
    [
      'refuses the same supplier twice on a line',
      { choices: [choice('1', 'a', '1'), choice('1', 'a', '2')] },
      ['lines.1.supplierId award.supplier-twice-on-line'],
    ],
    ['refuses to award nothing', { choices: [] }, ['lines award.nothing-awarded']],
    [
      'refuses to leave a line with bids open without a word',
      { choices: [choice('1', 'a', '10')], justification: ' ' },
      ['justification award.open-lines-unexplained'],
    ],
    [
      'refuses to leave part of a line open without a word',
      { choices: [choice('1', 'a', '9.5'), choice('2', 'a', '4')], justification: '' },
      ['justification award.open-lines-unexplained'],
    ],
    [
      'lets a line that nobody priced stay open without a word',
      {
        asked: [...lines, asked('3', '1')],
        choices: [choice('1', 'a', '10'), choice('2', 'a', '4')],
        justification: '',
      },
      [],
    ],
    [
      'names every wrong choice at once',
      { choices: [choice('1', 'b', '0'), choice('2', 'b', '9')] },
      [
        'lines.0.reason award.reason-required',
        'lines.0.quantity award.quantity-not-positive',
        'lines.1.supplierId award.no-such-offer',
        'lines.1.quantity award.more-than-asked',
      ],
    ],
  ];
  for (const [sentence, given, expected] of cases)
    it(sentence, () => expect(refusals({ ...good, ...given })).to.deep.equal(expected));
});

const micro = (most: number) =>
  fc.integer({ min: 1, max: most }).map((value) => new Decimal(value).div(1_000_000).toFixed());
const cases = fc
  .record({
    quantities: fc.array(micro(5_000_000_000), { minLength: 1, maxLength: 8 }),
    suppliers: fc.integer({ min: 1, max: 5 }),
    prices: fc.array(fc.option(micro(90_000_000_000), { nil: null }), { minLength: 40, maxLength: 40 }),
    bases: fc.array(fc.constantFrom('1', '10', '100', '1000'), { minLength: 40, maxLength: 40 }),
  })
  .map(({ quantities, suppliers, prices, bases }) => ({
    lines: quantities.map((quantity, index) => asked(String(index + 1), quantity, quantity)),
    offers: quantities.flatMap((_, line) =>
      Array.from({ length: suppliers }, (_none, supplier) => {
        const at = line * 5 + supplier;
        const price = prices[at] ?? null;
        return price === null ? [] : [offer(String(line + 1), `s${supplier}`, price, bases[at])];
      }).flat(),
    ),
  }));

describe('the price of a part', () => {
  const breaks = [
    { quantity: '100', unitPrice: '12' },
    { quantity: '500', unitPrice: '10' },
    { quantity: '1000', unitPrice: '9' },
  ];
  for (const [quantity, price, why] of [
    ['99.9', '12', 'below all of them the smallest quantity'],
    ['100', '12', 'at a quantity its own'],
    ['499.999999', '12', 'just below the next the one before'],
    ['500', '10', 'at the quantity that was asked for its own'],
    ['5000', '9', 'beyond the last the last'],
  ] as const)
    it(`is, ${why}: ${quantity} at ${price}`, () => {
      const tiered = { ...offer('1', 'a', '10'), breaks };
      expect(priceAt(tiered, quantity)).to.equal(price);
      const [line] = allocate({
        asked: [asked('1', '10000')],
        offers: [tiered],
        choices: [choice('1', 'a', quantity)],
        justification: 'x',
        currency: 'USD',
      });
      expect([line?.unitPrice, line?.amount]).to.deep.equal([
        price,
        new Decimal(price).times(quantity).toFixed(2, Decimal.ROUND_HALF_UP),
      ]);
    });
  it('is that of the bid where no other quantity was asked for', () => {
    expect(priceAt(offer('1', 'a', '10'), '1')).to.equal('10');
  });
  it('adds to it what was added to the whole, a unit, where amounts were added', () => {
    const landed = { ...offer('1', 'a', '10'), breaks, rankedBy: '11.5' };
    expect(costAmount(landed, { quantity: '100', currency: 'USD' })).to.equal('1350');
    expect(costAmount(landed, { quantity: '500', currency: 'USD' })).to.equal('5750');
  });
  it('pays duty on its own price, and bears its quantity’s share of the freight', () => {
    // Asked at 10: freight 0.5 a unit, duty 10 % of 10.5.
    const landed = { ...offer('1', 'a', '10'), breaks, rankedBy: '11.55', goodsFactor: '1.1' };
    expect(costAmount(landed, { quantity: '500', currency: 'USD' })).to.equal('5775');
    // 100 at 12 with freight 0.5, and 10 % of all that.
    expect(costAmount(landed, { quantity: '100', currency: 'USD' })).to.equal('1375');
    expect(costAmount(landed, { quantity: '1000', currency: 'USD' })).to.equal('10450');
  });
});

describe('awarding something else than what was asked for', () => {
  const alternate = (no: number, price: string): Offer => ({
    ...offer('1', 'a', price),
    alternate: { id: `alternate-${no}`, no, description: 'Steel', leadTimeDays: null },
  });
  const offers = [offer('1', 'a', '10'), alternate(1, '7'), alternate(2, '6'), offer('1', 'b', '9')];
  const award = (choices: Choice[]) =>
    allocate({ asked: [asked('1', '10')], offers, choices, justification: 'x', currency: 'USD' });
  it('is never first in rank, so that it always has a reason', () => {
    expect(firstInRank(offers).get('1')?.supplierId).to.equal('b');
    expect(chooseLowest([asked('1', '10')], offers)).to.deep.equal([choice('1', 'b', '10')]);
    expect(chooseSupplier([asked('1', '10')], [alternate(1, '7')], 'a')).to.deep.equal([]);
    expect(() => award([{ ...choice('1', 'a', '10'), alternateNo: 2 }])).to.throw(AppError);
  });
  it('is at its own price, and says which it is', () => {
    const [line] = award([{ ...choice('1', 'a', '10', 'Good enough'), alternateNo: 2 }]);
    expect(line).to.deep.include({ amount: '60.00', bidAlternateId: 'alternate-2', isLowest: false });
    const totals = totalsOf({
      asked: [asked('1', '10')],
      offers,
      lines: line ? [line] : [],
      currency: 'USD',
    });
    expect(totals.lowestAmount).to.equal('60.00');
  });
  it('is one row a supplier and line, whichever of its offers', () => {
    const both = [choice('1', 'a', '5', 'x'), { ...choice('1', 'a', '5', 'x'), alternateNo: 1 }];
    expect(() => award(both)).to.throw(AppError);
    expect(() => award([{ ...choice('1', 'a', '5', 'x'), alternateNo: 3 }])).to.throw(AppError);
  });
  it('is named by supplier and number, and by nothing else', () => {
    const id = '01890000-0000-7000-8000-000000000001';
    expect(offerOfKey(id)).to.deep.equal({ supplierId: id, alternateNo: 0 });
    expect(offerOfKey(`${id}:12`)).to.deep.equal({ supplierId: id, alternateNo: 12 });
    for (const wrong of ['', 'a', `${id}:`, `${id}:0`, `${id}:123`, `${id}:1 `])
      expect(offerOfKey(wrong)).to.equal(null);
  });
});

describe('properties of an award', () => {
  it('never gives more of a line than was asked, whatever was chosen', () => {
    const choices = fc.array(
      fc.record({
        eventItemId: fc.integer({ min: 1, max: 9 }).map(String),
        supplierId: fc.integer({ min: 0, max: 5 }).map((n) => `s${n}`),
        quantity: fc.oneof(micro(5_000_000_000), fc.constantFrom('0', '-1', '0.000001')),
        reason: fc.constantFrom('', 'because'),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(cases, choices, ({ lines, offers }, chosen) => {
        let made: ReturnType<typeof allocate> = [];
        try {
          made = allocate({ asked: lines, offers, choices: chosen, justification: 'x', currency: 'USD' });
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
        }
        for (const line of lines) {
          const given = made
            .filter((one) => one.eventItemId === line.id)
            .reduce((sum, one) => sum.plus(one.quantity), new Decimal(0));
          expect(given.lessThanOrEqualTo(line.quantity)).to.equal(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('awards to the lowest at the lowest price, with ties and missing prices, and never refuses it', () => {
    fc.assert(
      fc.property(cases, ({ lines, offers }) => {
        fc.pre(offers.length > 0);
        const made = allocate({
          asked: lines,
          offers,
          choices: chooseLowest(lines, offers),
          justification: '',
          currency: 'USD',
        });
        expect(made.length).to.equal(new Set(offers.map((one) => one.eventItemId)).size);
        for (const line of made) {
          expect(line.isLowest).to.equal(true);
          const mine = new Decimal(line.unitPrice).div(line.priceBaseQuantity);
          for (const other of offers.filter((one) => one.eventItemId === line.eventItemId))
            expect(
              mine.minus(new Decimal(other.unitPrice).div(other.priceBaseQuantity)).lessThan('1e-12'),
            ).to.equal(true);
        }
      }),
    );
  });

  it('is never below its cheapest bids, whatever costs and places rank: the difference is what it costs us more', () => {
    const costs = fc.array(fc.option(fc.integer({ min: 1, max: 500 }), { nil: null }), {
      minLength: 30,
      maxLength: 30,
    });
    fc.assert(
      fc.property(cases, costs, ({ lines, offers }, landed) => {
        fc.pre(offers.length > 0);
        const ranked = offers.map((one, index) => {
          const cost = landed[index % 30] ?? null;
          return { ...one, rankedBy: cost === null ? null : String(cost), place: String((index * 7) % 5) };
        });
        const choices = offers.map((one) => choice(one.eventItemId, one.supplierId, '1', 'Chosen'));
        const made = allocate({
          asked: lines.map((line) => ({ ...line, quantity: '1000000' })),
          offers: ranked,
          choices,
          justification: 'x',
          currency: 'USD',
        });
        const totals = totalsOf({ asked: lines, offers: ranked, lines: made, currency: 'USD' });
        const oracle = ranked.reduce((sum, one) => {
          const others = ranked.flatMap((other) =>
            other.eventItemId === one.eventItemId && other.rankedBy !== null ? [Number(other.rankedBy)] : [],
          );
          return one.rankedBy === null ? sum : sum + Number(one.rankedBy) - Math.min(...others);
        }, 0);
        const difference = new Decimal(totals.totalAmount).minus(totals.lowestAmount);
        // What is ranked by its price is rounded as an amount; costs here are whole.
        expect(
          difference
            .minus(oracle)
            .abs()
            .lessThanOrEqualTo(offers.length * 0.01),
        ).to.equal(true);
        expect(difference.greaterThanOrEqualTo(0)).to.equal(true);
      }),
    );
  });

  it('comes to what an exact calculation of each line, rounded at the line, comes to', () => {
    const Exact = Decimal.clone({ precision: 80, rounding: Decimal.ROUND_HALF_UP });
    fc.assert(
      fc.property(cases, fc.constantFrom('USD', 'JPY', 'KWD'), ({ lines, offers }, currency) => {
        fc.pre(offers.length > 0);
        const places = { USD: 2, JPY: 0, KWD: 3 }[currency];
        const made = allocate({
          asked: lines,
          offers,
          choices: chooseLowest(lines, offers),
          justification: '',
          currency,
        });
        const totals = totalsOf({ asked: lines, offers, lines: made, currency });
        const oracle = made.reduce(
          (sum, one) =>
            sum.plus(new Exact(one.quantity).times(one.unitPrice).div(one.priceBaseQuantity).toFixed(places)),
          new Exact(0),
        );
        const estimate = made.reduce(
          (sum, one) =>
            sum.plus(
              new Exact(one.quantity)
                .times(lines[Number(one.eventItemId) - 1]?.estimatedPrice ?? 0)
                .toFixed(places),
            ),
          new Exact(0),
        );
        expect(totals.totalAmount).to.equal(oracle.toFixed(places));
        expect(totals.lowestAmount).to.equal(totals.totalAmount);
        expect(totals.estimatedAmount).to.equal(estimate.toFixed(places));
      }),
    );
  });
});
