import { found } from '../kernel/errors.ts';
import { addDecimals, type DecimalString, isPositive, trimDecimal } from '../kernel/money.ts';
import { addDays, dayIn, startOfDay } from '../kernel/time.ts';
import { type Week, weeksFrom } from '../kernel/week.ts';
import type { Ctx } from '../platform/db/context.ts';
import { shortfallsOf } from './commit.ts';
import { findCommitted } from './commits.service.ts';
import {
  findAllSaid,
  findOrdered,
  findReceivedSince,
  type OrderedDelivery,
  type ReceivedLine,
} from './figures.queries.ts';
import {
  accuracyOf,
  byWeek,
  cumulated,
  distance,
  lastSaid,
  type PastWeek,
  quantityIn,
  sayingsOf,
} from './figures.ts';
import { findPublished } from './forecast.store.ts';
import { type Forecast, type ForecastLine, type ForecastTerms, zoneAt } from './forecast.ts';
import { getForecastRow } from './forecasts.queries.ts';
import { contentOf, weekAt } from './forecasts.service.ts';

/** What was ordered and what came of a line, by week and in all. */
export type LineFigures = {
  readonly ordered: readonly DecimalString[];
  readonly received: readonly DecimalString[];
  readonly receivedThisYear: DecimalString;
  readonly openOnOrders: DecimalString;
  readonly hasAny: boolean;
};

type Lines = readonly Pick<ForecastLine, 'itemCode' | 'unit'>[];

async function movesOf(ctx: Ctx, forecast: Forecast, of: { lines: Lines; since: string }) {
  const itemCodes = of.lines.map(({ itemCode }) => itemCode);
  const { supplierId, plantCode } = forecast;
  const asked = { supplierId, plantCode, itemCodes, since: of.since };
  return { ordered: await findOrdered(ctx, asked), received: await findReceivedSince(ctx, asked) };
}

/** Another unit is another thing: what was ordered in it is not counted with this line. */
const ofLine = <T extends { itemCode: string; unit: string }>(
  rows: readonly T[],
  line: { itemCode: string; unit: string },
): T[] => rows.filter((row) => row.itemCode === line.itemCode && row.unit === line.unit);

const figuresOf = (
  line: Pick<ForecastLine, 'itemCode' | 'unit'>,
  of: {
    weeks: readonly Week[];
    year: string;
    ordered: readonly OrderedDelivery[];
    received: readonly ReceivedLine[];
  },
): LineFigures => {
  const ordered = ofLine(of.ordered, line);
  const received = ofLine(of.received, line);
  const came = received.map((row) => ({ day: row.receivedOn, quantity: row.quantity }));
  const orderedByWeek = byWeek(
    ordered.map((row) => ({ day: row.dueOn, quantity: row.quantity })),
    of.weeks,
  );
  const receivedByWeek = byWeek(came, of.weeks);
  return {
    ordered: orderedByWeek,
    received: receivedByWeek,
    receivedThisYear: trimDecimal(
      addDecimals(came.filter(({ day }) => day >= of.year).map(({ quantity }) => quantity)),
    ),
    openOnOrders: trimDecimal(addDecimals(ordered.map((row) => row.openQuantity))),
    hasAny: [...orderedByWeek, ...receivedByWeek].some(isPositive),
  };
};

/** The figures of all lines of a version, by item, in two queries. */
export async function findFigures(
  ctx: Ctx,
  forecast: Forecast,
  of: { terms: ForecastTerms; lines: Lines; year: string },
): Promise<ReadonlyMap<string, LineFigures>> {
  const weeks = weeksFrom(of.terms.fromWeek, of.terms.weeks);
  const since = of.year < of.terms.fromWeek ? of.year : of.terms.fromWeek;
  const moves = await movesOf(ctx, forecast, { lines: of.lines, since });
  return new Map(
    of.lines.map((line) => [line.itemCode, figuresOf(line, { weeks, year: of.year, ...moves })]),
  );
}

/** The first day of the year it is at a plant: what was received is counted from there. */
export const yearAt = (ctx: Ctx, timeZone: string): string => `${dayIn(ctx.now, timeZone).slice(0, 4)}-01-01`;

/**
 * One line of a version with all that its figures are made of.
 * @throws AppError `forecast.not-found`, `forecast_line.not-found`
 */
export async function getLinePage(
  ctx: Ctx,
  of: { forecastId: string; itemCode: string; version: number | null },
) {
  const forecast = await getForecastRow(ctx, of.forecastId);
  const { plant, currentWeek } = await weekAt(ctx, forecast.plantCode);
  const version = of.version ?? forecast.currentVersion;
  const published = await findPublished(ctx.tx, forecast.id);
  const terms = found(
    'forecast_line',
    published.find((one) => one.version === version),
  );
  const { lines } = await contentOf(ctx, { forecastId: forecast.id, version });
  const line = found(
    'forecast_line',
    lines.find((one) => one.itemCode === of.itemCode),
  );
  const year = yearAt(ctx, plant.timeZone);
  const since = year < terms.fromWeek ? year : terms.fromWeek;
  const moves = await movesOf(ctx, forecast, { lines: [line], since });
  const weeks = weeksFrom(terms.fromWeek, terms.weeks);
  const figures = figuresOf(line, { weeks, year, ...moves });
  const said = await findCommitted(ctx, { forecastId: forecast.id, versionId: terms.id });
  const committed = said?.byLine.get(line.id) ?? null;
  const short = committed === null ? null : shortfallsOf(line.quantities, committed.quantities);
  const goesOn = cumulated(line.quantities, figures.receivedThisYear);
  const committedGoesOn =
    committed === null ? null : cumulated(committed.quantities, figures.receivedThisYear);
  return {
    forecast,
    terms,
    line,
    figures,
    year,
    committed,
    total: trimDecimal(addDecimals(line.quantities)),
    committedTotal:
      committed === null ? null : trimDecimal(addDecimals(committed.quantities.map((one) => one ?? '0'))),
    rows: weeks.map((week, place) => ({
      week,
      zone: zoneAt(place, terms),
      isOver: week < currentWeek,
      forecast: line.quantities[place] ?? '0',
      committed: committed?.quantities[place] ?? null,
      ordered: figures.ordered[place] ?? '0',
      received: figures.received[place] ?? '0',
      cumulative: goesOn[place] ?? '0',
      committedCumulative: committedGoesOn?.[place] ?? null,
      short: short?.[place] ?? null,
    })),
    orders: ofLine(moves.ordered, line).slice(0, 200),
    receipts: ofLine(moves.received, line)
      .filter((row) => row.receivedOn >= year)
      .slice(0, 200),
  };
}

const PAST_WEEKS = 26;

/**
 * How good the forecasts of so many weeks before were, and the commits, over the last half year; with each week that the
 * figures are made of, the farthest off first.
 * @throws AppError `forecast.not-found`
 */
export async function getAccuracyPage(ctx: Ctx, of: { forecastId: string; weeksBefore: number }) {
  const forecast = await getForecastRow(ctx, of.forecastId);
  const { plant, currentWeek } = await weekAt(ctx, forecast.plantCode);
  const since = addDays(currentWeek, -7 * PAST_WEEKS);
  const said = await findAllSaid(ctx, { forecastId: forecast.id, since });
  const items = [
    ...new Map(said.map((one) => [one.itemCode, { itemCode: one.itemCode, unit: one.unit }])).values(),
  ];
  const sayings = sayingsOf(said);
  // What was last said of each week is the same for every item, and is looked for once.
  const weeks = weeksFrom(since, PAST_WEEKS).map((week) => {
    // What was published in the week so many weeks before counts, and nothing later.
    const before = startOfDay(addDays(week, 7 - 7 * of.weeksBefore), plant.timeZone);
    return {
      week,
      forecast: lastSaid(sayings, { kind: 'forecast', week, until: before }),
      committed: lastSaid(sayings, { kind: 'commit', week, until: startOfDay(week, plant.timeZone) }),
    };
  });
  const moves = await movesOf(ctx, forecast, { lines: items, since });
  const names = weeks.map(({ week }) => week);
  const past = items.flatMap((item) => {
    const { ordered, received } = figuresOf(item, { weeks: names, year: since, ...moves });
    return weeks.map(
      (one, place): PastWeek => ({
        itemCode: item.itemCode,
        week: one.week,
        // An item that a version left out was forecast to be nothing.
        forecast: one.forecast === null ? null : (quantityIn(one.forecast, item) ?? '0'),
        committed: one.committed === null ? null : quantityIn(one.committed, item),
        ordered: ordered[place] ?? '0',
        received: received[place] ?? '0',
      }),
    );
  });
  const known = past.filter((one) => one.forecast !== null || one.committed !== null);
  const rows = known.map((one) => ({
    ...one,
    off: one.forecast === null ? null : distance(one.forecast, one.ordered),
  }));
  return { forecast, weeksBefore: of.weeksBefore, pastWeeks: PAST_WEEKS, accuracy: accuracyOf(known), rows };
}
