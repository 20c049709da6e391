import { expect } from 'chai';
import fc from 'fast-check';
import { AppError } from '../../src/kernel/errors.ts';
import {
  addDecimals,
  addMoney,
  compareDecimals,
  lineAmount,
  minorUnits,
  roundMoney,
  subtractDecimals,
  trimDecimal,
} from '../../src/kernel/money.ts';

/** Money as whole numbers of its smallest parts: an oracle that shares nothing with the code under test. */
const digits = fc.bigInt({ min: 0n, max: 10n ** 15n });
const asDecimal = (scaled: bigint, places: number): string => {
  const text = scaled.toString().padStart(places + 1, '0');
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
};

describe('computing with money', () => {
  it('rounds half away from zero, to the decimals of the currency', () => {
    const cases: [string, string, string][] = [
      ['0.005', 'USD', '0.01'],
      ['-0.005', 'USD', '-0.01'],
      ['0.004999999999', 'USD', '0.00'],
      ['2.675', 'CNY', '2.68'],
      ['0.5', 'JPY', '1'],
      ['1.0005', 'BHD', '1.001'],
    ];
    for (const [amount, currency, rounded] of cases)
      expect(roundMoney(amount, currency), amount).to.equal(rounded);
  });

  it('knows how many decimals a currency has', () => {
    expect(['USD', 'JPY', 'KWD', 'CNY'].map(minorUnits)).to.deep.equal([2, 0, 3, 2]);
  });

  it('makes a line total of quantity, price and price base, rounded once', () => {
    expect(lineAmount({ quantity: '3', unitPrice: '0.105', currency: 'USD' })).to.equal('0.32');
    expect(
      lineAmount({ quantity: '250', unitPrice: '1.99', priceBaseQuantity: '100', currency: 'USD' }),
    ).to.equal('4.98');
  });

  it('agrees with whole-number arithmetic on every price and quantity', () => {
    fc.assert(
      fc.property(digits, digits, (price, quantity) => {
        const exact = price * quantity; // 6 + 3 decimals
        const rounded = (exact + 5n * 10n ** 6n) / 10n ** 7n;
        expect(
          lineAmount({ quantity: asDecimal(quantity, 3), unitPrice: asDecimal(price, 6), currency: 'USD' }),
        ).to.equal(asDecimal(rounded, 2));
      }),
      { numRuns: 2_000 },
    );
  });

  it('adds and subtracts without losing a digit, in any order', () => {
    fc.assert(
      fc.property(fc.array(digits, { maxLength: 30 }), (amounts) => {
        const sum = amounts.reduce((a, b) => a + b, 0n);
        const texts = amounts.map((amount) => asDecimal(amount, 4));
        expect(compareDecimals(addDecimals(texts), asDecimal(sum, 4))).to.equal(0);
        expect(compareDecimals(addDecimals(texts.toReversed()), addDecimals(texts))).to.equal(0);
        expect(trimDecimal(subtractDecimals(addDecimals(texts), asDecimal(sum, 4)))).to.equal('0');
      }),
    );
  });

  it('refuses to add two currencies', () => {
    expect(addMoney({ amount: '1', currency: 'USD' }, { amount: '2', currency: 'USD' }).amount).to.equal('3');
    expect(() => addMoney({ amount: '1', currency: 'USD' }, { amount: '2', currency: 'CNY' }))
      .to.throw(AppError)
      .with.property('code', 'money.currencies-differ');
  });
});
