import { expect } from 'chai';
import fc from 'fast-check';
import { weightRanges } from '../../src/awards/sensitivity.ts';

type Case = { bids: number[][]; weights: number[] };

/** The totals when the weight at `at` becomes `weight` and the others keep their proportions: by floats, as an oracle. */
function totalsAt({ bids, weights }: Case, at: number, weight: number): number[] {
  const others = weights.reduce((sum, one, index) => (index === at ? sum : sum + one), 0);
  return bids.map((scores) =>
    scores.reduce((sum, score, index) => {
      const own = index === at ? weight : ((weights[index] ?? 0) * (100 - weight)) / others;
      return sum + own * score;
    }, 0),
  );
}

const rangesOf = ({ bids, weights }: Case) => {
  const totals = bids.map((scores) => scores.reduce((sum, score, k) => sum + score * (weights[k] ?? 0), 0));
  const winner = totals.indexOf(Math.max(...totals));
  const scored = bids.map((scores, index) => ({
    bidId: String(index),
    scores: Object.fromEntries(scores.map((score, k) => [String(k), String(score)])),
  }));
  const of = weights.map((weight, k) => ({ criterionId: String(k), weight: String(weight) }));
  return { winner, ranges: weightRanges(scored, of, String(winner)) };
};

const cases = fc
  .integer({ min: 2, max: 5 })
  .chain((count) =>
    fc.record({
      cuts: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: count - 1, maxLength: count - 1 }),
      bids: fc.array(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: count, maxLength: count }), {
        minLength: 2,
        maxLength: 6,
      }),
    }),
  )
  .map(({ cuts, bids }): Case => {
    const ends = [0, ...cuts.toSorted((a, b) => a - b), 100];
    return { bids, weights: ends.slice(1).map((end, index) => end - (ends[index] ?? 0)) };
  });

describe('how far a weight may move', () => {
  it('is where the totals of the winner and of its rival meet', () => {
    // 60 × 100 + 40 × 70 = 8,800 against 60 × 80 + 40 × 95 = 8,600; they meet where 20 w = 25 (100 − w).
    const { ranges } = rangesOf({
      bids: [
        [100, 70],
        [80, 95],
      ],
      weights: [60, 40],
    });
    expect(ranges).to.deep.equal([
      {
        criterionId: '0',
        weight: '60',
        low: '55.555555555556',
        high: '100',
        winsBelow: '1',
        winsAbove: null,
      },
      { criterionId: '1', weight: '40', low: '0', high: '44.444444444444', winsBelow: null, winsAbove: '1' },
    ]);
  });

  it('is anywhere for a bid that is best by everything, and nowhere said of a single criterion', () => {
    const best = rangesOf({
      bids: [
        [90, 90],
        [80, 70],
      ],
      weights: [50, 50],
    });
    for (const { low, high, winsBelow, winsAbove } of best.ranges)
      expect({ low, high, winsBelow, winsAbove }).to.deep.equal({
        low: '0',
        high: '100',
        winsBelow: null,
        winsAbove: null,
      });
    expect(rangesOf({ bids: [[90], [80]], weights: [100] }).ranges).to.deep.equal([]);
  });

  it('leaves the winner on top inside, and puts the named rival above it outside', () => {
    fc.assert(
      fc.property(cases, fc.double({ min: 0, max: 1, noNaN: true }), (of, part) => {
        const { winner, ranges } = rangesOf(of);
        for (const [at, range] of ranges.entries()) {
          const [low, high] = [Number(range.low), Number(range.high)];
          expect(of.weights[at]).to.be.within(low - 1e-9, high + 1e-9);
          const inside = totalsAt(of, at, low + part * (high - low));
          expect(inside[winner]).to.be.at.least(Math.max(...inside) - 1e-6);
          if (range.winsBelow !== null) {
            const below = totalsAt(of, at, low - low * 0.01);
            expect(below[Number(range.winsBelow)]).to.be.above(below[winner] ?? 0);
          }
          if (range.winsAbove !== null) {
            const above = totalsAt(of, at, high + (100 - high) * 0.01);
            expect(above[Number(range.winsAbove)]).to.be.above(above[winner] ?? 0);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
