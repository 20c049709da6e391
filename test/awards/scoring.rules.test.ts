import { expect } from 'chai';
import fc from 'fast-check';
import { isOnScale, needsComment, settle } from '../../src/awards/consensus.ts';
import {
  answerPoints,
  answersScore,
  belowMinimum,
  judgedScore,
  priceFormulas,
  rankByTotal,
  totalOf,
} from '../../src/awards/scoring.ts';
import { compareDecimals } from '../../src/kernel/money.ts';

const decimal = fc.integer({ min: 0, max: 10_000_000 }).map((cents) => (cents / 100).toFixed(2));

describe('a price as a score', () => {
  for (const [formula, price, score] of [
    ['lowest-over-price', '80', '100'],
    ['lowest-over-price', '100', '80'],
    ['lowest-over-price', '120', '66.67'],
    ['to-twice-lowest', '80', '100'],
    ['to-twice-lowest', '120', '50'],
    ['to-twice-lowest', '160', '0'],
    ['to-twice-lowest', '200', '0'],
    ['lowest-to-highest', '80', '100'],
    ['lowest-to-highest', '140', '50'],
    ['lowest-to-highest', '200', '0'],
  ] as const)
    it(`is ${score} for ${price} by ${formula}, between 80 and 200`, () => {
      expect(priceFormulas[formula]({ price, lowest: '80', highest: '200' })).to.equal(score);
    });

  it('is all for what is free, and for the only one', () => {
    const free = { price: '0', lowest: '0', highest: '10' };
    const dear = { ...free, price: '10' };
    const only = { price: '7', lowest: '7', highest: '7' };
    for (const formula of Object.values(priceFormulas)) {
      expect(formula(free)).to.equal('100');
      expect(formula(dear)).to.equal('0');
      expect(formula(only)).to.equal('100');
    }
  });

  it('is never better for a higher price, and lies between 0 and 100', () => {
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 2, maxLength: 8 }), (prices) => {
        const inOrder = prices.toSorted(compareDecimals);
        const [lowest = '0', highest = '0'] = [inOrder[0], inOrder.at(-1)];
        for (const formula of Object.values(priceFormulas)) {
          const scores = inOrder.map((price) => formula({ price, lowest, highest }));
          expect(scores[0]).to.equal('100');
          for (const [index, score] of scores.entries()) {
            expect(compareDecimals(score, '0')).to.be.at.least(0);
            expect(compareDecimals(score, scores[index - 1] ?? '100')).to.be.at.most(0);
          }
        }
      }),
    );
  });
});

describe('the points of an answer', () => {
  const line = { by: 'line', worst: '60', best: '10', points: '20' } as const;
  for (const [answer, points] of [
    ['10', '20'],
    ['5', '20'],
    ['35', '10'],
    ['60', '0'],
    ['90', '0'],
    [null, '0'],
  ] as const)
    it(`are ${points} for ${answer ?? 'none'}, where 60 is worst and 10 best of 20 points`, () => {
      expect(answerPoints(line, { answer, handShare: null })).to.equal(points);
    });

  it('are those of the option, none for another, and by hand the share that people gave', () => {
    const options = { by: 'answer', points: { yes: '10', no: '2.5' } } as const;
    expect(answerPoints(options, { answer: 'no', handShare: null })).to.equal('2.5');
    expect(answerPoints(options, { answer: 'constructor', handShare: null })).to.equal('0');
    expect(answerPoints({ by: 'hand', points: '8' }, { answer: 'Long text', handShare: '0.75' })).to.equal(
      '6',
    );
    expect(
      answersScore([
        { scoring: options, points: '2.5' },
        { scoring: line, points: '20' },
      ]),
    ).to.equal('75');
    expect(judgedScore('7.5', '10')).to.equal('75');
  });
});

describe('the weighted total', () => {
  const scores = (...of: [string, string | null][]) =>
    of.map(([weight, score], index) => ({ criterionId: String(index), weight, score }));

  it('is the sum of weight times score, exactly, and none while a score is missing', () => {
    expect(totalOf(scores(['60', '66.67'], ['40', '82.5']))).to.equal('73.002');
    expect(totalOf(scores(['60', '66.67'], ['40', null]))).to.equal(null);
  });

  it('ranks the highest first; equal totals share a rank and leave the next one out', () => {
    const bids = [
      { name: 'incomplete', scores: scores(['100', null]) },
      { name: 'low', scores: scores(['100', '50']) },
      { name: 'tie a', scores: scores(['50', '80'], ['50', '60']) },
      { name: 'tie b', scores: scores(['100', '70']) },
    ];
    expect(rankByTotal(bids).map(({ name, rank }) => [name, rank])).to.deep.equal([
      ['tie a', 1],
      ['tie b', 1],
      ['low', 3],
      ['incomplete', null],
    ]);
  });

  it('fails a bid below a minimum, and not at it', () => {
    const at = (score: string | null) => ({ minimumScore: '60', score });
    expect(belowMinimum([at('59.99'), at('60'), at(null), { minimumScore: null, score: '1' }])).to.deep.equal(
      [at('59.99')],
    );
  });
});

describe('the points of a committee', () => {
  const scale = { pointsAtMost: '10', step: '0.5', commentUpTo: '2', commentFrom: '9', spreadFrom: '3' };

  it('are their mean while nobody is far off, and open from the policy’s distance on', () => {
    expect(settle(['6', '7', '8.5'], null, scale)).to.deep.equal({
      mean: '7.17',
      spread: '2.5',
      isApart: false,
      points: '7.17',
    });
    expect(settle(['5', '8'], null, scale)).to.deep.include({ isApart: true, points: null });
    expect(settle(['5', '8'], '7', scale)).to.deep.include({ mean: '6.5', isApart: true, points: '7' });
    expect(settle([], null, scale)).to.equal(null);
  });

  it('lie on the scale, in its steps', () => {
    for (const points of ['0', '0.5', '7', '10']) expect(isOnScale(points, scale), points).to.equal(true);
    for (const points of ['-0.5', '0.25', '10.5']) expect(isOnScale(points, scale), points).to.equal(false);
  });

  it('are explained where they are very low or very high', () => {
    for (const points of ['0', '2', '9', '10']) expect(needsComment(points, scale), points).to.equal(true);
    for (const points of ['2.5', '8.5']) expect(needsComment(points, scale), points).to.equal(false);
  });
});
