import { expect } from 'chai';
import { type Award, approve, returnToBuyer } from '../../src/awards/award.ts';
import { percentAgainst, rankBidders } from '../../src/awards/comparison.ts';
import { outcomeOf, outcomeOfBid } from '../../src/awards/letter.ts';
import { AppError } from '../../src/kernel/errors.ts';

const pending: Award = {
  id: 'award',
  reference: 'AWD-2026-0001',
  eventId: 'event',
  state: 'pending_approval',
  currency: 'USD',
  totalAmount: '10.00',
  lowestAmount: '9.00',
  proposedBy: 'buyer',
  proposedAt: new Date('2026-03-02T10:00:00Z'),
  justification: '',
  debrief: '',
  decidedBy: null,
  decidedAt: null,
  returnReason: null,
  standstillDays: 0,
  standstillUntil: null,
  tells: { rank: false, distance: false, winners: false },
  withdrawalId: null,
  eventItemIds: null,
};
const at = new Date('2026-03-03T10:00:00Z');
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'done';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
};

describe('deciding on an award', () => {
  it('makes it active and says who did so and when', () => {
    expect(approve(pending, { deciderId: 'approver', at })).to.include({
      state: 'active',
      decidedBy: 'approver',
      decidedAt: at,
    });
  });
  it('sends it back with the reason', () => {
    expect(returnToBuyer(pending, { deciderId: 'approver', at, reason: 'Check line 3' })).to.include({
      state: 'returned',
      returnReason: 'Check line 3',
    });
  });
  for (const state of ['active', 'returned', 'notified', 'cancelled', 'final'] as const)
    it(`refuses a second decision on one that is ${state}`, () => {
      const decision = { deciderId: 'approver', at };
      expect(codeOf(() => approve({ ...pending, state }, decision))).to.equal('award.cannot-approve');
      expect(codeOf(() => returnToBuyer({ ...pending, state }, { ...decision, reason: 'x' }))).to.equal(
        'award.cannot-return',
      );
    });
});

describe('telling a bidder why', () => {
  const line = { askedQuantity: '10', awardedQuantity: '0', othersWon: 'below' as const };
  for (const [outcome, over] of [
    ['won', { awardedQuantity: '10.000000' }],
    ['part-won', { awardedQuantity: '9.999999' }],
    ['lower-bid', {}],
    ['other-criteria', { othersWon: 'equal' as const }],
    ['other-criteria', { othersWon: 'above' as const }],
    ['nobody', { othersWon: null }],
  ] as const)
    it(`says ${outcome} for ${JSON.stringify(over)}`, () =>
      expect(outcomeOf({ ...line, ...over })).to.equal(outcome));
  it('calls a bid awarded only when all that it priced is', () => {
    expect(outcomeOfBid(['won', 'won'])).to.equal('award');
    expect(outcomeOfBid(['won', 'lower-bid'])).to.equal('part-award');
    expect(outcomeOfBid(['part-won'])).to.equal('part-award');
    expect(outcomeOfBid(['lower-bid', 'nobody'])).to.equal('lose');
    expect(outcomeOfBid([])).to.equal('lose');
  });
});

describe('ranking bidders', () => {
  const bidder = (supplierName: string, totalAmount: string | null, landedLineCount: number) => ({
    supplierName,
    totalAmount,
    landedLineCount,
  });
  it('ranks complete bids only, and puts the others behind by how much they cover', () => {
    const ranked = rankBidders(
      [bidder('half', '1', 1), bidder('b', '30', 2), bidder('none', null, 0), bidder('a', '20', 2)],
      2,
    );
    expect(ranked.map((one) => [one.supplierName, one.rank])).to.deep.equal([
      ['a', 1],
      ['b', 2],
      ['half', null],
      ['none', null],
    ]);
  });
  it('lets equal totals share a rank and leaves the next one out', () => {
    const ranked = rankBidders([bidder('c', '20.0', 1), bidder('a', '20', 1), bidder('d', '21', 1)], 1);
    expect(ranked.map((one) => [one.supplierName, one.rank])).to.deep.equal([
      ['a', 1],
      ['c', 1],
      ['d', 3],
    ]);
  });
  it('ranks nobody on an event without lines', () => {
    expect(rankBidders([bidder('a', null, 0)], 0)[0]).to.include({ isComplete: false, rank: null });
  });
  it('gives no percentage against nothing', () => {
    expect(percentAgainst('90', '100')).to.equal('-10');
    expect(percentAgainst('90', '0')).to.equal(null);
  });
});
