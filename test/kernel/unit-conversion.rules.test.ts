import { expect } from 'chai';
import fc from 'fast-check';
import { compareDecimals, multiplyDecimals } from '../../src/kernel/money.ts';
import { offeredUnits } from '../../src/kernel/quantity.ts';
import {
  isSameRatio,
  knownRatio,
  readRatio,
  type UnitRatio,
  writeRatio,
} from '../../src/kernel/unit-conversion.ts';

const isInverse = (a: UnitRatio, b: UnitRatio): boolean =>
  compareDecimals(multiplyDecimals(a.to, b.to), multiplyDecimals(a.from, b.from)) === 0;

describe('what a unit is in another by definition', () => {
  const known: [string, string, string | null][] = [
    ['KGM', 'GRM', '1000'],
    ['GRM', 'KGM', '0.001'],
    ['TNE', 'KGM', '1000'],
    ['FOT', 'MTR', '0.3048'],
    ['MTR', 'FOT', '1250/381'],
    ['STN', 'LBR', '2000'],
    ['HAR', 'MTK', '10000'],
    ['MTQ', 'LTR', '1000'],
    ['PR', 'C62', '2'],
    ['C62', 'PR', '0.5'],
    ['EA', 'C62', '1'],
    ['KGM', 'KGM', '1'],
    // No ratio of numbers that people read is exact: it is typed, with a reason.
    ['KGM', 'LBR', null],
    ['BX', 'C62', null],
    ['KGM', 'C62', null],
    ['DAY', 'HUR', null],
  ];
  for (const [from, to, is] of known)
    it(`one ${from} is ${is ?? 'nothing known'} of ${to}`, () => {
      const ratio = knownRatio(from, to);
      expect(ratio === null ? null : writeRatio(ratio)).to.equal(is);
    });
  it('is exact there and back', () => {
    for (const from of offeredUnits)
      for (const to of offeredUnits) {
        const [there, back] = [knownRatio(from, to), knownRatio(to, from)];
        if (there !== null && back !== null) expect(isInverse(there, back), `${from} ${to}`).to.equal(true);
      }
  });
});

describe('reading how many of a unit another is', () => {
  const typed: [string, string | null][] = [
    ['12', '12'],
    [' 0.0250 ', '0.025'],
    ['１２', '12'],
    ['1/12', '1/12'],
    ['1 / 12', '1/12'],
    ['24/2', '12'],
    ['1/8', '0.125'],
    ['2/24', '1/12'],
    ['0', null],
    ['0/3', null],
    ['3/0', null],
    ['', null],
    ['-1', null],
    ['1,5', null],
    ['1e3', null],
    ['1.5/2', null],
    ['12 pieces', null],
    ['0.0000001', null],
    ['9999999999', null],
    ['1/99999999', null],
  ];
  for (const [text, is] of typed)
    it(`takes “${text}” for ${is ?? 'none'}`, () => {
      const ratio = readRatio(text);
      expect(ratio === null ? null : writeRatio(ratio)).to.equal(is);
    });
  it('is exact, and the same once it is written and read again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999_999 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        (to, from) => {
          const ratio = readRatio(`${to}/${from}`);
          if (ratio === null) return;
          expect(isSameRatio(ratio, { from: String(from), to: String(to) })).to.equal(true);
          expect(readRatio(writeRatio(ratio))).to.deep.equal(ratio);
        },
      ),
    );
  });
});
