import { AppError, type FieldError, invalid, ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import type { UnitCode } from '../kernel/quantity.ts';
import { type Week, weekName, weeksBetween, weeksFrom } from '../kernel/week.ts';

/** What we publish waits for the supplier's commit, which only the supplier gives: time moves nothing. */
export const forecastLifecycle = defineLifecycle('forecast', 'draft', {
  draft: { publish: 'published', end: 'ended' },
  published: { publish: 'published', commit: 'committed', end: 'ended' },
  committed: { publish: 'published', commit: 'committed', end: 'ended' },
  ended: {},
});
export type ForecastState = (typeof forecastLifecycle.states)[number];

/** What one plant will need of one supplier in one category, week by week. */
export type Forecast = {
  readonly id: string;
  readonly reference: string;
  readonly supplierId: string;
  readonly plantCode: string;
  readonly categoryCode: string;
  readonly state: ForecastState;
  /** Who published last, or began it: whom the supplier's commit and its silence are told to. */
  readonly ownerId: string;
  /** The last published version; 0 before the first. */
  readonly currentVersion: number;
  readonly commitDueAt: Date | null;
};

export type ForecastTerms = {
  readonly fromWeek: Week;
  /** How many weeks it looks ahead. */
  readonly weeks: number;
  /** The first so many weeks bind us; in the next we pay for material; the rest binds nobody. */
  readonly firmWeeks: number;
  readonly tradeOffWeeks: number;
  readonly note: string;
};
export type ForecastVersion = ForecastTerms & {
  readonly id: string;
  readonly forecastId: string;
  readonly version: number;
  readonly revision: number;
  readonly savedBy: string;
  readonly savedAt: Date;
  readonly publishedBy: string | null;
  readonly publishedAt: Date | null;
};

export type ForecastLineTerms = {
  readonly itemCode: string;
  readonly description: string;
  readonly unit: UnitCode;
  /** One a week, from the version's first week on. */
  readonly quantities: readonly DecimalString[];
};
export type ForecastLine = ForecastLineTerms & {
  readonly id: string;
  readonly lineNo: number;
  /** What the supplier calls the item, as far as the catalogue knew when the line was saved. */
  readonly supplierItemCode: string | null;
};

export const fewestWeeks = 4;
export const mostWeeks = 52;
export const mostLines = 300;
/** Above so many quantities the spreadsheet is quicker than the grid, and a form holds hardly more. */
export const mostInGrid = 6_000;

export const zones = ['firm', 'trade_off', 'outlook'] as const;
export type Zone = (typeof zones)[number];

/** What the week at this place binds to. */
export const zoneAt = (place: number, of: Pick<ForecastTerms, 'firmWeeks' | 'tradeOffWeeks'>): Zone =>
  place < of.firmWeeks ? 'firm' : place < of.firmWeeks + of.tradeOffWeeks ? 'trade_off' : 'outlook';

export const weeksOf = (of: Pick<ForecastTerms, 'fromWeek' | 'weeks'>): Week[] =>
  weeksFrom(of.fromWeek, of.weeks);

/** How a version begins that nobody has typed into yet: this week, and as the house or the last version has it. */
export const newTerms = (
  currentWeek: Week,
  like: Pick<ForecastTerms, 'weeks' | 'firmWeeks' | 'tradeOffWeeks'>,
): ForecastTerms => ({
  fromWeek: currentWeek,
  weeks: like.weeks,
  firmWeeks: like.firmWeeks,
  tradeOffWeeks: like.tradeOffWeeks,
  note: '',
});

/** The same quantities at other weeks: what falls out is left out, and new weeks begin at nothing. */
export const alignTo = (
  quantities: readonly DecimalString[],
  from: { readonly fromWeek: Week },
  to: Pick<ForecastTerms, 'fromWeek' | 'weeks'>,
): DecimalString[] => {
  const moved = weeksBetween(from.fromWeek, to.fromWeek);
  return Array.from({ length: to.weeks }, (_, place) => quantities[place + moved] ?? '0');
};

const fault = (path: string, code: string, params: FieldError['params'] = {}): FieldError => ({
  path,
  code: `forecast.${code}`,
  message: code,
  params,
});

/**
 * Asks whether a version can be kept like this, each fault at its field.
 * @throws AppError `forecast.cannot-be-kept`
 */
export function assertCanBeKept(
  terms: ForecastTerms,
  lines: readonly ForecastLineTerms[],
  currentWeek: Week,
): void {
  const faults: FieldError[] = [];
  if (terms.fromWeek < currentWeek)
    faults.push(fault('fromWeek', 'week-in-the-past', { week: weekName(currentWeek) }));
  if (weeksBetween(currentWeek, terms.fromWeek) > mostWeeks) faults.push(fault('fromWeek', 'week-too-far'));
  if (terms.firmWeeks + terms.tradeOffWeeks > terms.weeks)
    faults.push(fault('tradeOffWeeks', 'zones-beyond-horizon', { weeks: terms.weeks }));
  if (lines.length > mostLines) faults.push(fault('lines', 'too-many-lines', { most: mostLines }));
  const seen = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const first = seen.get(line.itemCode);
    if (first !== undefined)
      faults.push(fault(`lines.${index}.itemCode`, 'item-twice', { item: line.itemCode, line: first + 1 }));
    else seen.set(line.itemCode, index);
  }
  if (faults.length > 0) throw invalid('forecast.cannot-be-kept', 'The forecast cannot be kept', faults);
}

/** A version with its lines. */
export type Content<Line extends ForecastLineTerms = ForecastLineTerms> = {
  readonly terms: ForecastTerms;
  readonly lines: readonly Line[];
};

/** A week that was firm and is to be less: what the supplier has made or bought already. */
export type FirmCut = {
  readonly itemCode: string;
  readonly week: Week;
  readonly before: DecimalString;
  readonly now: DecimalString;
};

/** Which firm weeks of the version before this one would lower; weeks that are over count no more. */
export function firmCutsOf(before: Content, now: Content): FirmCut[] {
  const firm = weeksOf(before.terms).slice(0, before.terms.firmWeeks);
  return before.lines.flatMap((line) => {
    const same = now.lines.find((one) => one.itemCode === line.itemCode);
    return firm.flatMap((week, place) => {
      const at = weeksBetween(now.terms.fromWeek, week);
      if (at < 0) return [];
      const [was = '0', is = '0'] = [line.quantities[place], same?.quantities[at]];
      return compareDecimals(is, was) < 0 ? [{ itemCode: line.itemCode, week, before: was, now: is }] : [];
    });
  });
}

/**
 * Asks whether a version can be published: it says something, it begins no earlier than this week, and where it lowers
 * what was firm, its note says why.
 * @throws AppError `forecast.is-empty`, `forecast.begins-in-the-past`, `forecast.firm-lowered-without-note`
 */
export function assertCanPublish(now: Content, of: { before: Content | null; currentWeek: Week }): void {
  if (!now.lines.some((line) => line.quantities.some(isPositive)))
    throw ruleBroken('forecast.is-empty', 'Nothing is forecast');
  if (now.terms.fromWeek < of.currentWeek)
    throw ruleBroken('forecast.begins-in-the-past', 'It begins in a week that is over', {
      week: weekName(of.currentWeek),
    });
  const cuts = of.before === null ? [] : firmCutsOf(of.before, now);
  const [first] = cuts;
  if (first !== undefined && now.terms.note === '')
    throw new AppError('rule-broken', 'forecast.firm-lowered-without-note', 'Firm weeks are lowered', {
      params: {
        count: cuts.length,
        item: first.itemCode,
        week: weekName(first.week),
        before: first.before,
        now: first.now,
      },
    });
}

/** What became of a line since the version before. */
export type LineChange = {
  readonly isNew: boolean;
  /** More or less by week, with its sign; null where the week was not in the version before, or nothing changed. */
  readonly changes: readonly (DecimalString | null)[];
};
export type Difference = {
  readonly byItem: ReadonlyMap<string, LineChange>;
  /** Items that were forecast for weeks of this version and are not any more, with how much that was. */
  readonly dropped: readonly { readonly itemCode: string; readonly quantity: DecimalString }[];
};

/** This version beside the one before, week by week. */
export function differenceOf(before: Content, now: Content): Difference {
  const moved = weeksBetween(before.terms.fromWeek, now.terms.fromWeek);
  const wasIn = (place: number): boolean => place + moved >= 0 && place + moved < before.terms.weeks;
  const known = new Map(before.lines.map((line) => [line.itemCode, line]));
  const byItem = new Map(
    now.lines.map((line): [string, LineChange] => {
      const was = known.get(line.itemCode);
      const changes = line.quantities.map((quantity, place) => {
        if (was === undefined || !wasIn(place)) return null;
        const change = subtractDecimals(quantity, was.quantities[place + moved] ?? '0');
        return compareDecimals(change, '0') === 0 ? null : trimDecimal(change);
      });
      return [line.itemCode, { isNew: was === undefined, changes }];
    }),
  );
  const dropped = before.lines
    .filter((line) => !byItem.has(line.itemCode))
    .map((line) => ({
      itemCode: line.itemCode,
      quantity: trimDecimal(addDecimals(line.quantities.slice(Math.max(0, moved)))),
    }))
    .filter(({ quantity }) => isPositive(quantity));
  return { byItem, dropped };
}
