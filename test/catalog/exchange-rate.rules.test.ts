import { expect } from 'chai';
import fc from 'fast-check';
import { type ExchangeRate, faultOf, isUnusual, rateBetween } from '../../src/catalog/exchange-rate.ts';
import { compareDecimals, multiplyDecimals, subtractDecimals } from '../../src/kernel/money.ts';

const rate = (
  fromCurrency: string,
  toCurrency: string,
  value: string,
  validOn = '2026-03-01',
): ExchangeRate => ({
  fromCurrency,
  toCurrency,
  rate: value,
  validOn,
  source: 'ECB',
});
const between = (rates: readonly ExchangeRate[], from: string, to: string, by = 'USD') =>
  rateBetween(rates, { from, to, by });

describe('the rate between two currencies', () => {
  it('is the one that was entered, before any that is worked out', () => {
    const rates = [rate('CNY', 'USD', '0.14'), rate('USD', 'CNY', '7')];
    expect(between(rates, 'CNY', 'USD')?.rate).to.equal('0.14');
    expect(between(rates, 'USD', 'CNY')?.rate).to.equal('7');
  });

  it('is turned round where only the other way was entered', () => {
    expect(between([rate('EUR', 'USD', '1.25')], 'USD', 'EUR')).to.include({
      fromCurrency: 'USD',
      toCurrency: 'EUR',
      rate: '0.8',
    });
  });

  it("goes by way of the company's currency, and is as old as the older of the two", () => {
    const found = between(
      [rate('EUR', 'USD', '1.25', '2026-02-01'), rate('USD', 'CNY', '7.2')],
      'EUR',
      'CNY',
    );
    expect(found).to.include({ rate: '9', validOn: '2026-02-01' });
    expect(found?.madeFrom).to.have.length(2);
  });

  it('is none where nothing leads there: never one', () => {
    expect(between([rate('EUR', 'USD', '1.25')], 'EUR', 'JPY')).to.equal(null);
    expect(between([], 'EUR', 'USD')).to.equal(null);
  });

  it('there and back is what it was, to the last decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 1_000_000_000 }), (millionths) => {
        const there = `${Math.floor(millionths / 1_000_000)}.${String(millionths % 1_000_000).padStart(6, '0')}`;
        const back = between([rate('EUR', 'USD', there)], 'USD', 'EUR')?.rate ?? '0';
        const off = subtractDecimals(multiplyDecimals(there, back), '1').replace('-', '');
        expect(compareDecimals(off, '0.000000001')).to.be.below(0);
      }),
    );
  });
});

describe('entering a rate', () => {
  const last = between([rate('CNY', 'USD', '0.14')], 'CNY', 'USD');
  for (const [value, expected] of [
    ['0.112', false],
    ['0.1119', true],
    ['0.168', false],
    ['0.1681', true],
    ['7.14', true],
  ] as const)
    it(`asks whether ${value} is meant after 0.14: ${expected}`, () => {
      expect(isUnusual({ rate: value }, last)).to.equal(expected);
    });

  it('refuses one currency twice, and what is far off unless it is meant', () => {
    const fault = (of: ExchangeRate, isUnusualMeant = false) => faultOf(of, { last, isUnusualMeant })?.code;
    expect(fault(rate('USD', 'USD', '1'))).to.equal('exchange_rate.same-currency');
    expect(fault(rate('CNY', 'USD', '7.14'))).to.equal('exchange_rate.unusual');
    expect(fault(rate('CNY', 'USD', '7.14'), true)).to.equal(undefined);
  });
});
