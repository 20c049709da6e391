import { type FieldError, invalid } from '../kernel/errors.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import { weeksBetween } from '../kernel/week.ts';
import type { Content, ForecastLine } from './forecast.ts';

/** What a supplier can deliver of one line, week by week; null where it has not said yet. */
export type CommitLine = {
  readonly lineId: string;
  readonly quantities: readonly (DecimalString | null)[];
  readonly reason: string;
  readonly capacityNote: string;
};
/** One answer to one version of a forecast. */
export type Commit = {
  readonly id: string;
  readonly forecastId: string;
  readonly versionId: string;
  readonly commitNo: number;
  readonly note: string;
  readonly revision: number;
  readonly savedAt: Date;
  readonly submittedBy: string | null;
  readonly submittedAt: Date | null;
};

/** Everything as it is forecast. */
export const commitAll = (lines: readonly ForecastLine[]): CommitLine[] =>
  lines.map((line) => ({ lineId: line.id, quantities: line.quantities, reason: '', capacityNote: '' }));

/**
 * How a commit begins: as it is forecast, but where the supplier has said less of a week before and the forecast of that
 * week is the same, as it said. Nothing of it counts until it is submitted.
 */
export function beginCommit(
  now: Content<ForecastLine>,
  before: { content: Content<ForecastLine>; lines: readonly CommitLine[] } | null,
): CommitLine[] {
  if (before === null) return commitAll(now.lines);
  const { content } = before;
  const moved = weeksBetween(content.terms.fromWeek, now.terms.fromWeek);
  return now.lines.map((line) => {
    const was = content.lines.find((one) => one.itemCode === line.itemCode);
    const said = before.lines.find((one) => one.lineId === was?.id);
    const quantities = line.quantities.map((quantity, place) => {
      const forecastThen = was?.quantities[place + moved];
      const saidThen = said?.quantities[place + moved];
      const isSame = forecastThen !== undefined && compareDecimals(forecastThen, quantity) === 0;
      return isSame && saidThen !== undefined && saidThen !== null ? saidThen : quantity;
    });
    const carried = { lineId: line.id, quantities, capacityNote: said?.capacityNote ?? '' };
    return { ...carried, reason: differs(line, carried) ? (said?.reason ?? '') : '' };
  });
}

/** Is something else committed than is forecast, or is a week not answered? */
export const differs = (
  line: Pick<ForecastLine, 'quantities'>,
  committed: Pick<CommitLine, 'quantities'>,
): boolean =>
  line.quantities.some((quantity, place) => {
    const said = committed.quantities[place] ?? null;
    return said === null || compareDecimals(said, quantity) !== 0;
  });

/**
 * Asks whether a commit can be submitted: it answers each week of each line, says why where it is not what is forecast,
 * and is no more in all than is forecast.
 * @throws AppError `forecast_commit.refused`
 */
export function assertCanSubmit(lines: readonly ForecastLine[], committed: readonly CommitLine[]): void {
  const faults = lines.flatMap((line, index) => {
    const said = committed.find((one) => one.lineId === line.id);
    return said === undefined ? [fault(index, 'reason', 'line-unanswered')] : faultsOf(line, said, index);
  });
  if (faults.length > 0) throw invalid('forecast_commit.refused', 'The commit cannot be submitted', faults);
}

function faultsOf(line: ForecastLine, said: CommitLine, index: number): FieldError[] {
  const unanswered = line.quantities.flatMap((_, place) => (said.quantities[place] == null ? [place] : []));
  if (unanswered.length > 0) return unanswered.map((place) => fault(index, `w${place}`, 'week-unanswered'));
  const most = trimDecimal(addDecimals(line.quantities));
  const sum = addDecimals(said.quantities.map((one) => one ?? '0'));
  if (compareDecimals(sum, most) > 0)
    return [fault(index, 'reason', 'more-than-forecast', { most, committed: trimDecimal(sum) })];
  return differs(line, said) && said.reason === '' ? [fault(index, 'reason', 'reason-missing')] : [];
}

const fault = (
  index: number,
  field: string,
  code: string,
  params: FieldError['params'] = {},
): FieldError => ({
  path: `lines.${index}.${field}`,
  code: `forecast_commit.${code}`,
  message: code,
  params: { ...params, line: index + 1 },
});

/** How much less than forecast will have come by the end of each week; never negative. */
export function shortfallsOf(
  forecast: readonly DecimalString[],
  committed: readonly (DecimalString | null)[],
): DecimalString[] {
  let due: DecimalString = '0';
  return forecast.map((quantity, place) => {
    due = addDecimals([due, subtractDecimals(quantity, committed[place] ?? '0')]);
    return isPositive(due) ? trimDecimal(due) : '0';
  });
}

/** Where a line first falls short, by how much at most, and by how much at the end; null where it never does. */
export type Shortfall = {
  readonly place: number;
  readonly most: DecimalString;
  readonly atEnd: DecimalString;
};
export function shortfallOf(
  forecast: readonly DecimalString[],
  committed: readonly (DecimalString | null)[],
): Shortfall | null {
  const short = shortfallsOf(forecast, committed);
  const place = short.findIndex(isPositive);
  if (place === -1) return null;
  const most = short.reduce((so, one) => (compareDecimals(one, so) > 0 ? one : so), '0');
  return { place, most, atEnd: short.at(-1) ?? '0' };
}
