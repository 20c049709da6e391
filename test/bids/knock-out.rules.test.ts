import { expect } from 'chai';
import { type DecidedBid, isUndecidedKnockOut, knockOutsOf, standsIn } from '../../src/bids/knock-out.ts';

const answer = (requirementId: string, lotId: string | null, isKnockOut = true) => ({
  requirementId,
  answer: 'no',
  lotId,
  isKnockOut,
});
const bid = (over: Partial<DecidedBid> = {}): DecidedBid => ({
  state: 'opened',
  waiverReason: null,
  lotDecisions: [],
  responses: [answer('iso', null), answer('test', 'lot-2'), answer('fine', 'lot-1', false)],
  ...over,
});
const decided = (lotId: string, isExcluded: boolean) => ({ lotId, isExcluded, reason: 'Because' });

describe('an answer that excludes a bid', () => {
  it('excludes all of it where everybody was asked, and one lot where only its bidders were', () => {
    expect(
      knockOutsOf(bid()).map((part) => [part.lotId, part.responses.length, part.decision]),
    ).to.deep.equal([
      [null, 1, null],
      ['lot-2', 1, null],
    ]);
    expect(knockOutsOf(bid({ responses: [answer('fine', null, false)] }))).to.deep.equal([]);
  });

  it('is decided on part by part: keeping the bid decides nothing on its lot', () => {
    const kept = { waiverReason: 'Certificate under way' };
    expect(isUndecidedKnockOut(bid())).to.equal(true);
    expect(isUndecidedKnockOut(bid(kept))).to.equal(true);
    expect(isUndecidedKnockOut(bid({ lotDecisions: [decided('lot-2', true)] }))).to.equal(true);
    for (const isExcluded of [true, false])
      expect(isUndecidedKnockOut(bid({ ...kept, lotDecisions: [decided('lot-2', isExcluded)] }))).to.equal(
        false,
      );
    expect(isUndecidedKnockOut(bid({ state: 'disqualified' }))).to.equal(false);
  });

  it('leaves a bid in the lots that it bids on and was not excluded from', () => {
    const lotDecisions = [decided('lot-2', true), decided('lot-3', false)];
    const of = (lotIds: readonly string[] | null) =>
      [null, 'lot-1', 'lot-2', 'lot-3'].map((lotId) => standsIn({ lotIds, lotDecisions }, lotId));
    expect(of(['lot-1', 'lot-2', 'lot-3'])).to.deep.equal([true, true, false, true]);
    expect(of(['lot-1'])).to.deep.equal([true, true, false, false]);
    // A bid from before lots were said beside prices is taken to be for all of them.
    expect(of(null)).to.deep.equal([true, true, false, true]);
  });
});
