import { expect } from 'chai';
import { abnormallyLow } from '../../src/awards/abnormally-low.ts';

const rule = { belowMedianPercent: '25', fromBids: 3, belowEstimatePercent: '35', answerWorkingDays: 3 };
const bid = (bidId: string, totalAmount: string, over = {}) => ({
  bidId,
  isComplete: true,
  totalAmount,
  amountOfEstimated: totalAmount,
  estimatedAmount: '0',
  ...over,
});
const low = (...bids: ReturnType<typeof bid>[]) => [...abnormallyLow(bids, rule).keys()];

describe('an abnormally low bid', () => {
  it('is more than so many percent below the median of the complete bids, and not at the bound', () => {
    expect(low(bid('a', '75'), bid('b', '100'), bid('c', '120'))).to.deep.equal([]);
    expect(low(bid('a', '74.99'), bid('b', '100'), bid('c', '120'))).to.deep.equal(['a']);
    // Of an even number the median lies between the two in the middle.
    expect(low(bid('a', '70'), bid('b', '90'), bid('c', '110'), bid('d', '400'))).to.deep.equal(['a']);
  });

  it('is none by the median where there are too few, nor where it does not price every line', () => {
    expect(low(bid('a', '1'), bid('b', '100'))).to.deep.equal([]);
    expect(low(bid('a', '1', { isComplete: false }), bid('b', '100'), bid('c', '100'))).to.deep.equal([]);
  });

  it('is more than so many percent below the estimate of what it prices, also alone', () => {
    expect(low(bid('a', '65', { estimatedAmount: '100' }))).to.deep.equal([]);
    const found = abnormallyLow([bid('a', '64', { estimatedAmount: '100' })], rule).get('a');
    expect(found).to.deep.equal({ against: 'estimate', percentBelow: '36', reference: '100' });
  });
});
