import { expect } from 'chai';
import fc from 'fast-check';
import { percentOf, quantitiesOf, sharesAsQuantities } from '../../src/awards/share.ts';
import { addDecimals, compareDecimals, multiplyDecimals, subtractDecimals } from '../../src/kernel/money.ts';
import { quantityDecimals } from '../../src/kernel/quantity.ts';

describe('reading a share', () => {
  for (const [typed, percent] of [
    ['60%', '60'],
    [' 33.33 % ', '33.33'],
    ['100 ％', '100'],
    ['60', null],
    ['0 %', null],
    ['100.01 %', null],
    ['-5 %', null],
    ['1.23456 %', null],
  ] as const)
    it(`reads ${JSON.stringify(typed)} as ${percent}`, () => expect(percentOf(typed)).to.equal(percent));
});

describe('turning shares of a line into quantities', () => {
  for (const [quantity, unit, percents, expected] of [
    ['100', 'C62', ['60', '40'], ['60', '40']],
    ['10', 'C62', ['33.33', '33.33', '33.34'], ['3', '3', '4']],
    ['1', 'C62', ['50', '50'], ['1', '0']],
    ['10', 'KGM', ['33.33', '66.67'], ['3.333', '6.667']],
    ['7', 'C62', ['50'], ['3']],
    ['1.5', 'C62', ['50', '50'], ['0.8', '0.7']],
  ] as const)
    it(`${percents.join(' + ')} % of ${quantity} ${unit} is ${expected.join(' + ')}`, () =>
      expect(quantitiesOf({ quantity, unit }, percents)).to.deep.equal(expected));

  it('never gives more than was asked, all of it for 100 %, and each within one step of its share', () => {
    const hundredths = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000_000 }),
        hundredths,
        fc.constantFrom('C62', 'KGM'),
        (count, weights, unit) => {
          const line = { quantity: String(count), unit };
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          const parts = weights.map((weight) => Math.floor((weight * 10_000) / total));
          parts[0] = (parts[0] ?? 0) + 10_000 - parts.reduce((sum, part) => sum + part, 0);
          const percents = parts.map((part) => (part / 100).toFixed(2));
          const given = quantitiesOf(line, percents);
          expect(compareDecimals(addDecimals(given), line.quantity)).to.equal(0);
          const step = quantityDecimals(line) === 0 ? '1' : '0.001';
          for (const [index, one] of given.entries()) {
            const exact = multiplyDecimals(multiplyDecimals(line.quantity, percents[index] ?? '0'), '0.01');
            const off = subtractDecimals(one, exact);
            expect(compareDecimals(off, step)).to.be.below(0);
            expect(compareDecimals(off, `-${step}`)).to.be.above(0);
          }
        },
      ),
    );
  });

  it('leaves typed quantities and unknown lines as they are', () => {
    const lines = [{ id: 'a', quantity: '10', unit: 'C62' }];
    const rows = [
      { eventItemId: 'a', quantity: '25 %' },
      { eventItemId: 'a', quantity: '3' },
      { eventItemId: 'b', quantity: '50 %' },
      { eventItemId: 'a', quantity: '45 %' },
    ];
    expect(sharesAsQuantities(rows, lines).map((row) => row.quantity)).to.deep.equal(['3', '3', '50 %', '4']);
  });
});
