import { expect } from 'chai';
import fc from 'fast-check';
import { type AskedLine, chooseLowest, priceChoices } from '../../src/awards/allocation.ts';
import type { AwardLine } from '../../src/awards/award.ts';
import type { Offer } from '../../src/awards/rank.ts';
import { against, figuresOf, gapPercent, keepIncumbents } from '../../src/awards/scenario.ts';
import { choicesOf, fieldOf, keepsTo, type Limits, programOf } from '../../src/awards/scenario-program.ts';
import { shortfallOf, weightedTotalOf } from '../../src/awards/weighted-value.ts';
import { addDecimals, compareDecimals } from '../../src/kernel/money.ts';
import { solveMilp } from '../../src/platform/solver/milp.ts';

const currency = 'USD';
const line = (id: string, quantity: string, estimatedPrice: string | null = null): AskedLine => ({
  id,
  lineNo: Number(id),
  quantity,
  unit: 'C62',
  estimatedPrice,
});
const offer = (eventItemId: string, supplierId: string, unitPrice: string): Offer => ({
  eventItemId,
  supplierId,
  bidLineId: `${supplierId}-${eventItemId}`,
  unitPrice,
  priceBaseQuantity: '1',
});
const asked = [line('1', '10', '8'), line('2', '10'), line('3', '10', '2')];
const offers = [
  offer('1', 'a', '5'),
  offer('1', 'b', '6'),
  offer('2', 'b', '7'),
  offer('2', 'c', '6.5'),
  offer('3', 'a', '3'),
  offer('3', 'c', '2.9'),
];

describe('holding an allocation against a baseline', () => {
  it('counts only the lines that have one, and says how many those are', () => {
    const lines = priceChoices({ offers, choices: chooseLowest(asked, offers), currency });
    const prices = new Map([['1', { unitPrice: '450', priceBaseQuantity: '100' }]]);
    expect(against(lines, prices, currency)).to.deep.equal({
      baseline: '45.00',
      amount: '50.00',
      savings: '-5',
      lineCount: 1,
    });
    expect(figuresOf({ asked, offers, choices: [], lastPrices: new Map(), currency }).largestShare).to.equal(
      null,
    );
  });
  it('counts what nobody bids any more as gone', () => {
    const choices = [{ eventItemId: '1', supplierId: 'z', quantity: '10', reason: '' }];
    expect(figuresOf({ asked, offers, choices, lastPrices: new Map(), currency }).goneCount).to.equal(1);
  });
});

describe('keeping incumbents', () => {
  it('gives a line to whoever was paid last, where it bid, else to the first in rank', () => {
    const paid = { unitPrice: '4', priceBaseQuantity: '1' };
    const lastPrices = new Map([
      ['1', { ...paid, supplierId: 'b' }],
      ['2', { ...paid, supplierId: 'a' }],
    ]);
    const kept = keepIncumbents(asked, offers, lastPrices).map(
      (one) => `${one.eventItemId}${one.supplierId}`,
    );
    expect(kept).to.deep.equal(['1b', '2c', '3c']);
  });
});

describe('the gap of a search', () => {
  it('is in percent of the bound, and unknown without one', () => {
    expect(gapPercent('102', '100')).to.equal('2');
    expect(gapPercent('100', null)).to.equal(null);
  });
});

describe('searching the cheapest allocation within limits', function () {
  this.timeout(60_000);
  const search = async (
    of: { asked: readonly AskedLine[]; offers: readonly Offer[] },
    limits: Limits,
    goal: 'fewest-suppliers' | 'lowest-total' = 'lowest-total',
  ) => {
    const field = fieldOf({ ...of, currency });
    const answer = await solveMilp({
      program: programOf(field, limits, goal),
      timeLimitSeconds: 20,
      proofGap: 0.5,
    });
    if (!('values' in answer)) return answer.status;
    const lines = priceChoices({ offers: of.offers, choices: choicesOf(field, answer.values), currency });
    return { status: answer.status, lines, total: addDecimals(lines.map((one) => one.amount)) };
  };
  const none: Limits = { maxSuppliers: null, maxSharePercent: null };

  it('is the cheapest of each line without limits', async () =>
    expect(await search({ asked, offers }, none)).to.include({ status: 'optimal', total: '144' }));
  it('takes the cheapest pair that covers everything', async () =>
    expect(await search({ asked, offers }, { ...none, maxSuppliers: 2 })).to.include({ total: '144' }));
  it('says that one supplier alone cannot cover it', async () =>
    expect(await search({ asked, offers }, { ...none, maxSuppliers: 1 })).to.equal('infeasible'));
  it('awards a lot whole, and only to who priced all of it', async () => {
    const lots = [
      { ...line('1', '10'), lotId: 'L' },
      { ...line('3', '10'), lotId: 'L' },
    ];
    const found = await search({ asked: lots, offers }, none);
    expect(found).to.include({ total: '80' });
  });

  it('finds what trying every allocation finds, and keeps to its limits exactly', async () => {
    const event = fc.record({
      prices: fc.array(fc.array(fc.integer({ min: 100, max: 999 }), { minLength: 3, maxLength: 3 }), {
        minLength: 3,
        maxLength: 4,
      }),
      maxSuppliers: fc.constantFrom(null, 1, 2),
      share: fc.constantFrom(null, '40', '55.5', '70'),
    });
    await fc.assert(
      fc.asyncProperty(event, async ({ prices, maxSuppliers, share }) => {
        const lines = prices.map((_, index) => line(String(index + 1), '1'));
        const bids = prices.flatMap((row, index) =>
          row.map((price, supplier) =>
            offer(String(index + 1), 'abc'[supplier] ?? '', (price / 100).toFixed(2)),
          ),
        );
        const limits = { maxSuppliers, maxSharePercent: share };
        const best = everyAllocation(lines, bids)
          .filter((one) => keepsTo(one, limits, currency))
          .map((one) => addDecimals(one.map((row) => row.amount)))
          .sort(compareDecimals)[0];
        const found = await search({ asked: lines, offers: bids }, limits);
        if (best === undefined) {
          expect(found).to.equal('infeasible');
          return;
        }
        if (typeof found === 'string') expect.fail(found);
        expect(compareDecimals(found.total, best)).to.equal(0);
        expect(keepsTo(found.lines, limits, currency)).to.equal(true);
      }),
      { numRuns: 12 },
    );
  });

  const everyAllocation = (lines: readonly AskedLine[], bids: readonly Offer[]) =>
    lines
      .reduce<string[][]>((all) => all.flatMap((one) => ['a', 'b', 'c'].map((id) => [...one, id])), [[]])
      .map((suppliers) =>
        priceChoices({
          offers: bids,
          choices: lines.map((one, index) => ({
            eventItemId: one.id,
            supplierId: suppliers[index] ?? '',
            quantity: one.quantity,
            reason: '',
          })),
          currency,
        }),
      );
});

describe('the weighted total of an allocation', () => {
  const scored = (
    eventItemId: string,
    supplierId: string,
    unitPrice: string,
    points: string | null,
  ): Offer => ({
    eventItemId,
    supplierId,
    bidLineId: `${supplierId}${eventItemId}`,
    unitPrice,
    priceBaseQuantity: '1',
    place: points === null ? null : '1',
    points,
  });
  const bids = [scored('1', 'a', '10', '80'), scored('1', 'b', '20', '90'), scored('2', 'b', '5', null)];
  const gets = (eventItemId: string, supplierId: string, quantity: string): AwardLine => ({
    eventItemId,
    supplierId,
    bidLineId: `${supplierId}${eventItemId}`,
    bidAlternateId: null,
    quantity,
    unitPrice: '1',
    priceBaseQuantity: '1',
    amount: '1',
    isLowest: true,
    reason: '',
  });
  it('is averaged by what each part would cost at its cheapest, whoever gets it', () => {
    const split = weightedTotalOf([gets('1', 'a', '30'), gets('1', 'b', '10')], bids, 'USD');
    expect(split).to.deep.equal({ total: '82.5', value: '400' });
  });
  it('cannot be said where a part has none, or nothing is awarded', () => {
    expect(weightedTotalOf([gets('2', 'b', '1')], bids, 'USD')).to.equal(null);
    expect(weightedTotalOf([gets('3', 'a', '1')], bids, 'USD')).to.equal(null);
    expect(weightedTotalOf([], bids, 'USD')).to.equal(null);
  });
  it('is short of 100 by an amount, of all of it where there are no points', () => {
    const of = { quantity: '10', currency: 'USD', cheapest: bids[0] };
    expect(shortfallOf(bids[0] as Offer, of)).to.equal('20.00');
    expect(shortfallOf(bids[1] as Offer, of)).to.equal('10.00');
    expect(shortfallOf(scored('1', 'c', '1', null), of)).to.equal('100.00');
  });
});
