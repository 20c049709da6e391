import { type AppError, ruleBroken } from '../kernel/errors.ts';
import { compareDecimals, type DecimalString, multiplyDecimals, ratio } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';

/** One unit of `fromCurrency` is `rate` units of `toCurrency`, from this day until the next rate. */
export type ExchangeRate = {
  readonly fromCurrency: string;
  readonly toCurrency: string;
  readonly rate: DecimalString;
  readonly validOn: Day;
  /** Who says so: a bank, a treasury, a contract. */
  readonly source: string;
};

/** A rate that was found for two currencies, and the entered ones it was made from. */
export type FoundRate = ExchangeRate & { readonly madeFrom: readonly ExchangeRate[] };

/** Outside of these percent of the last rate somebody is asked whether it is meant. */
const USUAL_PERCENT = { least: '80', most: '120' };

/**
 * The rate between two currencies: as it was entered, else the other way round, else by way of the company's own.
 * `rates` holds at most one rate a pair: the one that counts. Null where none leads there.
 */
export function rateBetween(
  rates: readonly ExchangeRate[],
  of: { from: string; to: string; by: string },
): FoundRate | null {
  const straight = oneStep(rates, of.from, of.to);
  if (straight !== null) return straight;
  if (of.by === of.from || of.by === of.to) return null;
  const first = oneStep(rates, of.from, of.by);
  const second = oneStep(rates, of.by, of.to);
  if (first === null || second === null) return null;
  return {
    fromCurrency: of.from,
    toCurrency: of.to,
    rate: toRate(multiplyDecimals(first.rate, second.rate)),
    // As old as the older of the two.
    validOn: first.validOn < second.validOn ? first.validOn : second.validOn,
    source: first.source === second.source ? first.source : `${first.source}; ${second.source}`,
    madeFrom: [...first.madeFrom, ...second.madeFrom],
  };
}

function oneStep(rates: readonly ExchangeRate[], from: string, to: string): FoundRate | null {
  const straight = rates.find((rate) => rate.fromCurrency === from && rate.toCurrency === to);
  if (straight !== undefined) return { ...straight, madeFrom: [straight] };
  const turned = rates.find((rate) => rate.fromCurrency === to && rate.toCurrency === from);
  if (turned === undefined) return null;
  return {
    ...turned,
    fromCurrency: from,
    toCurrency: to,
    rate: toRate(ratio('1', turned.rate)),
    madeFrom: [turned],
  };
}

/** Rates have 12 decimals. */
const toRate = (exact: DecimalString): DecimalString => ratio(exact, '1');

/** A rate far from the last one is, as a rule, a slip: a comma, or the two currencies the wrong way round. */
export function isUnusual(rate: Pick<ExchangeRate, 'rate'>, last: FoundRate | null): boolean {
  if (last === null) return false;
  const percent = multiplyDecimals(ratio(rate.rate, last.rate), '100');
  return (
    compareDecimals(percent, USUAL_PERCENT.least) < 0 || compareDecimals(percent, USUAL_PERCENT.most) > 0
  );
}

/** @throws AppError `exchange_rate.same-currency`, `exchange_rate.unusual` */
export function assertRate(
  rate: ExchangeRate,
  of: { last: FoundRate | null; isUnusualMeant: boolean },
): void {
  const fault = faultOf(rate, of);
  if (fault !== null) throw fault;
}

/** What is wrong with a rate, or null. */
export function faultOf(
  rate: ExchangeRate,
  of: { last: FoundRate | null; isUnusualMeant: boolean },
): AppError | null {
  const pair = { from: rate.fromCurrency, to: rate.toCurrency };
  if (rate.fromCurrency === rate.toCurrency)
    return ruleBroken('exchange_rate.same-currency', 'A rate is between two currencies');
  if (!of.isUnusualMeant && of.last !== null && isUnusual(rate, of.last))
    return ruleBroken('exchange_rate.unusual', 'Far from the last rate', {
      ...pair,
      rate: rate.rate,
      last: of.last.rate,
      day: of.last.validOn,
    });
  return null;
}
