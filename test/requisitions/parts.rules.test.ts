import { expect } from 'chai';
import fc from 'fast-check';
import { dividedOf } from '../../src/budgets/budget.ts';
import { addDecimals, compareDecimals } from '../../src/kernel/money.ts';
import { allot, splitsOf, wholeLines } from '../../src/requisitions/parts.ts';

const line = (id: string, quantity: string) => ({
  id,
  reference: 'PR-2026-0001',
  lineNo: 1,
  unit: 'PR',
  quantity,
});
const millionths = (min: number, max: number) =>
  fc.integer({ min, max }).map((value) => (value / 1_000_000).toFixed(6));

describe('buying a line in parts', () => {
  it('never gives away more than the line, whatever is asked for and in what order', () => {
    fc.assert(
      fc.property(
        millionths(1, 100_000_000),
        fc.array(millionths(0, 100_000_000), { maxLength: 8 }),
        (whole, wants) => {
          let left = whole;
          const parts: string[] = [];
          for (const quantity of wants) {
            if (compareDecimals(left, '0') === 0) break;
            try {
              const [split] = splitsOf([line('a', left)], [{ lineId: 'a', quantity }]);
              parts.push(quantity);
              left = split?.rest ?? '0';
            } catch (error) {
              const isTooMuch = compareDecimals(quantity, left) > 0;
              expect(error).to.include({
                code: `requisition_line.${isTooMuch ? 'more-than-left' : 'nothing-taken'}`,
              });
            }
          }
          expect(compareDecimals(left, '0')).to.be.at.least(0);
          expect(compareDecimals(addDecimals([...parts, left]), whole)).to.equal(0);
          const [one] = wholeLines([...parts, left].map((quantity) => ({ lineNo: 1, quantity })));
          expect(compareDecimals(one?.quantity ?? '', whole)).to.equal(0);
        },
      ),
    );
  });

  it('splits only what is taken in part, and says what is left where more is wanted', () => {
    const lines = [line('a', '100'), line('b', '5')];
    expect(splitsOf(lines, [])).to.deep.equal([]);
    expect(splitsOf(lines, [{ lineId: 'a', quantity: '100.00' }])).to.deep.equal([]);
    expect(splitsOf(lines, [{ lineId: 'a', quantity: '99.999999' }])).to.deep.equal([
      { lineId: 'a', quantity: '99.999999', rest: '0.000001' },
    ]);
    expect(() => splitsOf(lines, [{ lineId: 'b', quantity: '5.000001' }]))
      .to.throw()
      .with.property('code', 'requisition_line.more-than-left');
    expect(() => splitsOf(lines, [{ lineId: 'b', quantity: '0' }]))
      .to.throw()
      .with.property('code', 'requisition_line.nothing-taken');
  });

  it('allots a quantity one line after the other, and never more of one than it has', () => {
    const lines = [line('a', '60'), line('b', '40')];
    const cases: readonly [string, readonly [string, string][]][] = [
      ['10', [['a', '10']]],
      ['60', [['a', '60']]],
      [
        '60.5',
        [
          ['a', '60'],
          ['b', '0.5'],
        ],
      ],
      [
        '100',
        [
          ['a', '60'],
          ['b', '40'],
        ],
      ],
      [
        '120',
        [
          ['a', '60'],
          ['b', '40'],
        ],
      ],
    ];
    for (const [quantity, expected] of cases)
      expect(allot(quantity, lines).map((one) => [one.lineId, one.quantity])).to.deep.equal(expected);
  });

  it('divides what is reserved to the cent', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000_000),
        millionths(1, 1_000_000),
        millionths(1, 1_000_000),
        (cents, part, rest) => {
          const reserved = (cents / 100).toFixed(2);
          const { kept, given } = dividedOf(reserved, {
            part,
            whole: addDecimals([part, rest]),
            currency: 'USD',
          });
          expect(compareDecimals(addDecimals([kept, given]), reserved)).to.equal(0);
          expect(compareDecimals(kept, '0')).to.be.at.least(0);
          expect(compareDecimals(given, '0')).to.be.at.least(0);
        },
      ),
    );
    expect(dividedOf('0.01', { part: '1', whole: '2', currency: 'USD' })).to.deep.equal({
      kept: '0',
      given: '0.01',
    });
  });
});
