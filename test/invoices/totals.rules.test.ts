import { expect } from 'chai';
import fc from 'fast-check';
import { totalsOf } from '../../src/invoices/totals.ts';
import { trimDecimal } from '../../src/kernel/money.ts';

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
          const tax = { category: rate === 0n ? 'Z' : 'S', rate: written(rate, 4) } as const;
          const taxAmount = roundDiv(net * rate, 100n * 10_000n);
          const totals = totalsOf(
            lines.map((line) => ({
              quantity: written(line.quantity, 6),
              unitPrice: written(line.unitPrice, 6),
              priceBaseQuantity: String(line.base),
              tax,
            })),
            { otherwise: tax, currency: currency.code },
          );
          expect(totals).to.deep.equal({
            netAmount: written(net, currency.decimals),
            taxAmount: written(taxAmount, currency.decimals),
            grossAmount: written(net + taxAmount, currency.decimals),
            taxes: [
              {
                ...tax,
                taxableAmount: written(net, currency.decimals),
                taxAmount: written(taxAmount, currency.decimals),
              },
            ],
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('take each rate’s tax on the sum of its own lines, rounded once, and add them up', () => {
    const rates = [0n, 600n, 900n, 1300n, 1960n];
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ minor: fc.bigInt({ min: 0n, max: 10n ** 9n }), rate: fc.constantFrom(...rates) }),
          {
            minLength: 1,
            maxLength: 40,
          },
        ),
        (lines) => {
          const taxOf = (rate: bigint) =>
            ({ category: rate === 0n ? 'AE' : 'S', rate: trimDecimal(written(rate, 2)) }) as const;
          const otherwise = taxOf(600n);
          const totals = totalsOf(
            lines.map(({ minor, rate }) => ({
              quantity: '1',
              unitPrice: written(minor, 2),
              priceBaseQuantity: '1',
              tax: taxOf(rate),
            })),
            { otherwise, currency: 'USD' },
          );
          const expected = rates
            .toReversed()
            .map((rate) => ({ rate, of: lines.filter((line) => line.rate === rate) }))
            .filter(({ of }) => of.length > 0)
            .map(({ rate, of }) => {
              const base = of.reduce((sum, line) => sum + line.minor, 0n);
              return { rate, base, tax: roundDiv(base * rate, 10_000n) };
            });
          expect(totals.taxes).to.deep.equal(
            expected.map(({ rate, base, tax }) => ({
              ...taxOf(rate),
              taxableAmount: written(base, 2),
              taxAmount: written(tax, 2),
            })),
          );
          const net = expected.reduce((sum, one) => sum + one.base, 0n);
          const tax = expected.reduce((sum, one) => sum + one.tax, 0n);
          expect(totals).to.include({
            netAmount: written(net, 2),
            taxAmount: written(tax, 2),
            grossAmount: written(net + tax, 2),
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('rounds each line by itself and the tax once, on their sum', () => {
    const tax = { category: 'S', rate: '50' } as const;
    const line = { quantity: '1', unitPrice: '0.005', priceBaseQuantity: '1', tax };
    expect(totalsOf([line, line, line], { otherwise: tax, currency: 'USD' })).to.include({
      netAmount: '0.03',
      taxAmount: '0.02',
      grossAmount: '0.05',
    });
  });
});
