import { expect } from 'chai';
import fc from 'fast-check';
import { addDecimals, compareDecimals } from '../../src/kernel/money.ts';
import { mergeLines, stateOfLines, type WaitingLine } from '../../src/requisitions/requisition.ts';
import { averagePrice, spread } from '../../src/requisitions/spread.ts';

const line = (over: Partial<WaitingLine>): WaitingLine => ({
  id: 'a',
  lineNo: 1,
  itemCode: 'GL-10',
  description: 'Gloves',
  quantity: '100',
  wholeQuantity: '100',
  unit: 'PR',
  originalUnit: null,
  plantCode: 'QD01',
  needByOn: '2026-04-30',
  account: '4100',
  estimatedPrice: '2.5',
  progress: 'open',
  requisitionId: 'r',
  reference: 'PR-2026-0001',
  requesterName: 'Rob',
  categoryCode: 'MACH',
  currency: 'USD',
  ...over,
});

describe('sharing a line among those who need it', () => {
  const digits = (max: number) => fc.integer({ min: 1, max }).map((value) => (value / 100).toFixed(2));
  it('gives away all of it exactly, and nobody less than nothing', () => {
    fc.assert(
      fc.property(
        fc.array(digits(1_000_000), { minLength: 1, maxLength: 7 }),
        digits(100_000_000),
        digits(1_000_000),
        (quantities, amount, quantity) => {
          const shares = spread(
            { quantity, amount, currency: 'USD' },
            quantities.map((one, index) => ({ requisitionLineId: String(index), quantity: one })),
          );
          expect(compareDecimals(addDecimals(shares.map((share) => share.amount)), amount)).to.equal(0);
          expect(compareDecimals(addDecimals(shares.map((share) => share.quantity)), quantity)).to.equal(0);
          for (const share of shares) {
            expect(compareDecimals(share.amount, '0')).to.be.at.least(0);
            expect(compareDecimals(share.quantity, '0')).to.be.at.least(0);
          }
        },
      ),
    );
  });
  it('goes by what each asked for', () => {
    const sources = [
      { requisitionLineId: 'a', quantity: '100' },
      { requisitionLineId: 'b', quantity: '60' },
    ];
    expect(
      spread({ quantity: '160', amount: '320', currency: 'USD' }, sources).map(({ quantity, amount }) => [
        quantity,
        amount,
      ]),
    ).to.deep.equal([
      ['100', '200'],
      ['60', '120'],
    ]);
    const third = spread({ quantity: '1', amount: '0.01', currency: 'USD' }, [
      ...sources,
      { requisitionLineId: 'c', quantity: '140' },
    ]);
    expect(third.map(({ amount }) => amount)).to.deep.equal(['0', '0.01', '0']);
  });
});

describe('merging lines', () => {
  it('adds what is asked of one item in one unit, and takes the earliest day', () => {
    const [merged, ...others] = mergeLines([
      line({}),
      line({ id: 'b', quantity: '0.5', needByOn: '2026-04-01', plantCode: 'NB02' }),
    ]);
    expect(others).to.deep.equal([]);
    expect(merged?.item).to.include({ quantity: '100.5', needByOn: '2026-04-01', estimatedPrice: '2.5' });
    expect(merged?.sources).to.have.lengthOf(2);
    expect(merged?.places).to.deep.equal([
      { plantCode: 'QD01', quantity: '100' },
      { plantCode: 'NB02', quantity: '0.5' },
    ]);
    expect(merged?.schedule.map(({ deliverOn }) => deliverOn)).to.deep.equal(['2026-04-01', '2026-04-30']);
  });
  it('keeps apart two units of an item, and texts without an item', () => {
    expect(mergeLines([line({}), line({ id: 'b', unit: 'BX' })])).to.have.lengthOf(2);
    expect(
      mergeLines([line({ itemCode: null }), line({ id: 'b', lineNo: 2, itemCode: null })]),
    ).to.have.lengthOf(2);
    // Parts of one line are one thing, whatever it is called.
    expect(mergeLines([line({ itemCode: null }), line({ id: 'b', itemCode: null })])).to.have.lengthOf(1);
  });
  it('expects no more than was estimated together', () => {
    expect(averagePrice([line({}), line({ quantity: '200', estimatedPrice: '1' })])).to.equal('1.5');
    expect(
      averagePrice([
        line({ quantity: '1', estimatedPrice: '1' }),
        line({ quantity: '2', estimatedPrice: '2' }),
      ]),
    ).to.equal('1.666666');
    expect(averagePrice([line({}), line({ estimatedPrice: null })])).to.equal(null);
  });
  it('says no days where one is not known', () => {
    expect(mergeLines([line({}), line({ id: 'b', needByOn: null })])[0]?.schedule).to.deep.equal([]);
  });
});

describe('the state that lines make', () => {
  const cases: readonly [readonly WaitingLine['progress'][], string][] = [
    [['open', 'open'], 'approved'],
    [['open', 'sourcing'], 'sourcing'],
    [['sourcing', 'sourcing'], 'sourcing'],
    [['open', 'ordered'], 'part_ordered'],
    [['sourcing', 'received'], 'part_ordered'],
    [['ordered', 'ordered'], 'ordered'],
    [['ordered', 'received'], 'ordered'],
    [['received', 'received'], 'received'],
  ];
  for (const [progresses, state] of cases)
    it(`is ${state} for ${progresses.join(' and ')}`, () => {
      expect(stateOfLines(progresses.map((progress) => ({ progress })))).to.equal(state);
    });
});
