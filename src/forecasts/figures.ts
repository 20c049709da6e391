import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  isZero,
  multiplyDecimals,
  ratio,
  roundDecimal,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import { type Week, weekOf, weeksBetween } from '../kernel/week.ts';

/** So much of an item falls on a day; null where no day is agreed. */
export type Dated = { readonly day: string | null; readonly quantity: DecimalString };

/** What falls in each of these weeks, in their order. */
export function byWeek(dated: readonly Dated[], weeks: readonly Week[]): DecimalString[] {
  const [first] = weeks;
  const sums = weeks.map((): DecimalString => '0');
  if (first === undefined) return sums;
  for (const { day, quantity } of dated) {
    if (day === null) continue;
    const place = weeksBetween(first, weekOf(day));
    if (place >= 0 && place < sums.length) sums[place] = addDecimals([sums[place] ?? '0', quantity]);
  }
  return sums.map(trimDecimal);
}

/** How many there are by the end of each week, what there was before counted in. */
export function cumulated(
  quantities: readonly (DecimalString | null)[],
  before: DecimalString,
): DecimalString[] {
  let sum = before;
  return quantities.map((quantity) => {
    sum = addDecimals([sum, quantity ?? '0']);
    return trimDecimal(sum);
  });
}

/** One past week of one item: what was forecast of it so many weeks before, committed to, ordered and received. */
export type PastWeek = {
  readonly itemCode: string;
  readonly week: Week;
  /** Null where no version of that time said anything of it. */
  readonly forecast: DecimalString | null;
  /** What its supplier had last committed to before the week began; null where it had not. */
  readonly committed: DecimalString | null;
  readonly ordered: DecimalString;
  readonly received: DecimalString;
};

export type Accuracy = {
  /** How far forecasts were off, whichever way. */
  readonly deviation: DecimalString;
  readonly ordered: DecimalString;
  /** In percent, never below 0; null where nothing was forecast or ordered. */
  readonly forecastPercent: DecimalString | null;
  /** Of what was committed, what came in its week; more than committed counts as committed. */
  readonly kept: DecimalString;
  readonly committed: DecimalString;
  readonly commitPercent: DecimalString | null;
};

/**
 * How good forecasts and commits were, over items and weeks: 100 % less all deviations by all that was ordered, and what
 * came in its week by all that was committed. Sums and not averages of percentages, so that a small item weighs little.
 */
export function accuracyOf(past: readonly PastWeek[]): Accuracy {
  const forecast = past.filter((one) => one.forecast !== null);
  const deviation = addDecimals(forecast.map((one) => distance(one.forecast ?? '0', one.ordered)));
  const ordered = addDecimals(forecast.map((one) => one.ordered));
  const promised = past.filter((one) => one.committed !== null);
  const committed = addDecimals(promised.map((one) => one.committed ?? '0'));
  const kept = addDecimals(promised.map((one) => smaller(one.committed ?? '0', one.received)));
  return {
    deviation: trimDecimal(deviation),
    ordered: trimDecimal(ordered),
    forecastPercent: isZero(ordered)
      ? null
      : floorAtZero(subtractDecimals('100', percentOf(deviation, ordered))),
    kept: trimDecimal(kept),
    committed: trimDecimal(committed),
    commitPercent: isZero(committed) ? null : trimDecimal(percentOf(kept, committed)),
  };
}

export const distance = (a: DecimalString, b: DecimalString): DecimalString =>
  trimDecimal(compareDecimals(a, b) >= 0 ? subtractDecimals(a, b) : subtractDecimals(b, a));
const smaller = (a: DecimalString, b: DecimalString): DecimalString => (compareDecimals(a, b) <= 0 ? a : b);
const percentOf = (part: DecimalString, whole: DecimalString): DecimalString =>
  roundDecimal(ratio(multiplyDecimals(part, '100'), whole), 1);
const floorAtZero = (value: DecimalString): DecimalString => (isPositive(value) ? trimDecimal(value) : '0');

/** A version that was published or an answer that was submitted, of all its items. */
export type Saying = {
  readonly kind: 'forecast' | 'commit';
  readonly at: Date;
  readonly fromWeek: Week;
  readonly weeks: number;
  readonly byItem: ReadonlyMap<string, readonly (DecimalString | null)[]>;
};

/** What was said of items, as the acts it was said by, the earliest first. */
export function sayingsOf(
  said: readonly (Pick<Saying, 'kind' | 'at' | 'fromWeek'> & {
    readonly itemCode: string;
    readonly quantities: readonly (DecimalString | null)[];
  })[],
): Saying[] {
  const acts = new Map<string, Saying & { byItem: Map<string, readonly (DecimalString | null)[]> }>();
  for (const { kind, at, fromWeek, itemCode, quantities } of said) {
    const key = `${kind} ${at.toISOString()}`;
    const act = acts.get(key) ?? { kind, at, fromWeek, weeks: quantities.length, byItem: new Map() };
    act.byItem.set(itemCode, quantities);
    acts.set(key, act);
  }
  return [...acts.values()].toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

/** What was last said of a week until an instant, and the week's place in it; null where nothing was. */
export function lastSaid(
  sayings: readonly Saying[],
  of: { kind: Saying['kind']; week: Week; until: Date },
): { saying: Saying; place: number } | null {
  const saying = sayings.findLast((one) => {
    const place = weeksBetween(one.fromWeek, of.week);
    return one.kind === of.kind && one.at <= of.until && place >= 0 && place < one.weeks;
  });
  return saying === undefined ? null : { saying, place: weeksBetween(saying.fromWeek, of.week) };
}

export const quantityIn = (
  { saying, place }: { saying: Saying; place: number },
  { itemCode }: { readonly itemCode: string },
): DecimalString | null => saying.byItem.get(itemCode)?.[place] ?? null;
