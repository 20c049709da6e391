import { expect } from 'chai';
import { takesObjections } from '../../src/awards/award.ts';
import { distanceOf, tellOf } from '../../src/awards/letter-content.ts';
import { assertWithdrawable } from '../../src/awards/withdrawal.ts';
import { AppError } from '../../src/kernel/errors.ts';

const until = new Date('2026-03-12T16:00:00Z');

describe('objecting to an award', () => {
  it('is possible until, and not at, the end of the standstill', () => {
    const award = { state: 'standstill', standstillUntil: until } as const;
    expect(takesObjections(award, new Date(until.getTime() - 1))).to.equal(true);
    expect(takesObjections(award, until)).to.equal(false);
    expect(takesObjections({ ...award, state: 'notified' }, new Date(0))).to.equal(false);
  });
});

describe('how far a price was from the one awarded', () => {
  for (const [own, awarded, said] of [
    ['100', '100', null],
    ['99', '100', null],
    ['100.01', '100', 'up-to-2'],
    ['102', '100', 'up-to-2'],
    ['102.01', '100', 'up-to-5'],
    ['105', '100', 'up-to-5'],
    ['110', '100', 'up-to-10'],
    ['110.01', '100', 'above-10'],
    ['5', '0', null],
    ['5', null, null],
  ] as const)
    it(`is ${said} for ${own} against ${awarded}`, () => expect(distanceOf(own, awarded)).to.equal(said));

  it('names nobody, and measures nothing, unless the award says so', () => {
    const line = {
      eventItemId: 'a',
      lineNo: 1,
      description: 'A',
      unit: 'C62',
      askedQuantity: '1',
      unitPrice: '11',
      priceBaseQuantity: '1',
      awardedQuantity: '0',
      awardedAmount: '0',
      outcome: 'lower-bid',
    } as const;
    const won = {
      eventItemId: 'a',
      supplierId: 'w',
      supplierName: 'Winner',
      bidLineId: 'x',
      quantity: '1',
      unitPrice: '10',
      priceBaseQuantity: '1',
      amount: '10',
      isLowest: true,
      reason: '',
      bidAlternateId: null,
      currency: 'USD',
    };
    const tell = (tells: { rank: boolean; distance: boolean; winners: boolean }, currency = 'USD') =>
      tellOf([line], { supplierId: 'me', awarded: [won], tells, currency })[0];
    const all = { rank: true, distance: true, winners: true };
    expect(tell({ rank: true, distance: false, winners: false })).to.deep.include({
      distance: null,
      winners: [],
    });
    expect(tell(all)).to.deep.include({ distance: 'up-to-10', winners: ['Winner'] });
    expect(tell(all, 'EUR'), 'another currency is no measure').to.deep.include({ distance: null });
  });
});

describe('withdrawing an award', () => {
  const possible = {
    eventState: 'awarded',
    standing: ['a', 'b'],
    supplierId: 'a',
    orders: [{ reference: 'PO-1', supplierId: 'a', isSent: true, isCancelled: true }],
  };
  it('is possible where its order was never sent, or is cancelled', () => {
    for (const state of ['active', 'notified', 'standstill', 'final'] as const)
      assertWithdrawable({ state }, possible);
  });
  for (const [state, over, code] of [
    ['pending_approval', {}, 'award.cannot-cancel'],
    ['cancelled', {}, 'award.cannot-cancel'],
    ['notified', { eventState: 'completed' }, 'award_withdrawal.event-moved-on'],
    ['notified', { supplierId: 'c' }, 'award_withdrawal.nothing-stands'],
    [
      'notified',
      {
        supplierId: null,
        orders: [{ reference: 'PO-2', supplierId: 'b', isSent: true, isCancelled: false }],
      },
      'award_withdrawal.order-sent',
    ],
  ] as const)
    it(`is refused as ${code} for ${state} ${JSON.stringify(over)}`, () =>
      expect(() => assertWithdrawable({ state }, { ...possible, ...over }))
        .to.throw(AppError)
        .with.property('code', code));
});
