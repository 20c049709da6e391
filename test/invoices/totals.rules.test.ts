import { expect } from 'chai';
import fc from 'fast-check';
import { totalsOf } from '../../src/invoices/totals.ts';

/** Half away from zero, in whole numbers: an arithmetic of its own, to hold the other against. */
const roundDiv = (top: bigint, bottom: bigint): bigint => (2n * top + bottom) / (2n * bottom);
const written = (minor: bigint, decimals: number): string => {
  const digits = String(minor).padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

describe('the sums of an invoice', () => {
  it('are those of EN 16931, to the last unit, for any lines, rate and currency', () => {
    const millionths = (most: bigint) => fc.bigInt({ min: 0n, max: most });
    const lineOf = fc.record({
      quantity: millionths(10n ** 12n),
      unitPrice: millionths(10n ** 12n),
      base: fc.constantFrom(1n, 10n, 100n, 1000n),
    });
    const currencies = fc.constantFrom(
      { code: 'USD', decimals: 2 },
      { code: 'JPY', decimals: 0 },
      { code: 'KWD', decimals: 3 },
    );
    fc.assert(
      fc.property(
        fc.array(lineOf, { minLength: 1, maxLength: 30 }),
        fc.bigInt({ min: 0n, max: 1_000_000n }),
        currencies,
        (lines, rate, currency) => {
          const unit = 10n ** BigInt(currency.decimals);
          const net = lines.reduce(
            (sum, line) => sum + roundDiv(line.quantity * line.unitPrice * unit, line.base * 10n ** 12n),
            0n,
          );
          const tax = roundDiv(net * rate, 100n * 10_000n);
          const totals = totalsOf(
            lines.map((line) => ({
              quantity: written(line.quantity, 6),
              unitPrice: written(line.unitPrice, 6),
              priceBaseQuantity: String(line.base),
            })),
            { taxRate: written(rate, 4), currency: currency.code },
          );
          expect(totals).to.deep.equal({
            netAmount: written(net, currency.decimals),
            taxAmount: written(tax, currency.decimals),
            grossAmount: written(net + tax, currency.decimals),
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('rounds each line by itself and the tax once, on their sum', () => {
    const line = { quantity: '1', unitPrice: '0.005', priceBaseQuantity: '1' };
    expect(totalsOf([line, line, line], { taxRate: '50', currency: 'USD' })).to.deep.equal({
      netAmount: '0.03',
      taxAmount: '0.02',
      grossAmount: '0.05',
    });
  });
});
