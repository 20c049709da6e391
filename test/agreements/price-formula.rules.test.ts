import { expect } from 'chai';
import fc from 'fast-check';
import { type Formula, indicesOf, priceBy, readFormula } from '../../src/agreements/price-formula.ts';

const read = (typed: string): Formula => {
  const formula = readFormula(typed);
  if (formula === null) throw new Error(`Not read: ${typed}`);
  return formula;
};
const values = {
  base: new Map([
    ['ALU', '2000'],
    ['CPI', '100'],
  ]),
  now: new Map([
    ['ALU', '2500'],
    ['CPI', '102'],
    ['NIL', '0'],
  ]),
};
const price = (typed: string, basePrice = '10') => priceBy(read(typed), { basePrice, values });

describe('a price by formula', () => {
  const prices: readonly [string, string | null][] = [
    ['P0 * ALU / ALU0', '12.5'],
    ['P0 * (0.4 + 0.6 * ALU / ALU0)', '11.5'],
    ['P0*(0.3+0.5*ALU/ALU0+0.2*CPI/CPI0)', '11.29'],
    ['P0 + ALU - ALU0', '510'],
    // Products before sums, and from the left.
    ['P0 + 2 * 3 - 4 / 2 + 0 * ALU', '14'],
    ['P0 / 2 / 5 + 0 * ALU', '1'],
    ['P0 - 1 - 2 + 0 * ALU', '7'],
    ['P0 / 3 * ALU / ALU0', '4.1667'],
    // No price: nothing, less than nothing, or by nothing.
    ['P0 - P0 * ALU / ALU', null],
    ['P0 - ALU', null],
    ['P0 * ALU / NIL', null],
    ['P0 * ZNC / ZNC0', null],
    ['P0 * NIL / NIL0', null],
  ];
  for (const [typed, expected] of prices)
    it(`gives ${expected ?? 'no price'} for ${typed}`, () => {
      expect(price(typed)).to.equal(expected);
    });

  it('names its indices, each once', () => {
    expect(indicesOf(read('P0 * (ALU / ALU0 + CPI / CPI0)'))).to.deep.equal(['ALU', 'CPI']);
  });

  const unread = [
    '',
    'P0',
    'ALU / ALU0',
    'P0 * ALU /',
    'P0 * (ALU / ALU0',
    'P0 * ALU) / ALU0',
    'P0 ALU',
    'P0 ** ALU',
    '- P0 * ALU',
    'P0 * alu',
    'P0 * ALU; 1',
    'P0 * ALU.constructor',
    'P0 * process.exit(ALU)',
    'P0 * A1 * ALU',
    `P0 * ALU${' '.repeat(200)}`,
    `${'('.repeat(13)}P0 * ALU${')'.repeat(13)}`,
  ];
  for (const typed of unread)
    it(`is not read from ${typed.trim().slice(0, 40) || 'nothing'}`, () => {
      expect(readFormula(typed)).to.equal(null);
    });

  it('never fails on what people type, and runs nothing of it', () => {
    const word = fc.constantFrom('P0', 'ALU', 'ALU0', '+', '-', '*', '/', '(', ')', '1.5', ' ', '$1', 'eval');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const formula = readFormula(words.join(''));
        if (formula === null) return;
        const given = priceBy(formula, { basePrice: '10', values });
        expect(given === null || /^\d+(\.\d{1,4})?$/.test(given)).to.equal(true);
      }),
    );
  });

  it('stays what it was while its indices stay what they were', () => {
    const same = { base: values.base, now: values.base };
    const weights = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 1e6 }), (weight, cents) => {
        const basePrice = String(cents / 100);
        const formula = read(`P0 * (${(100 - weight) / 100} + ${weight / 100} * ALU / ALU0)`);
        expect(Number(priceBy(formula, { basePrice, values: same }))).to.equal(Number(basePrice));
      }),
    );
  });
});
