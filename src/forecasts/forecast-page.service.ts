import { type TimelineEntry, timelineOf } from '../audit/index.ts';
import { listCategories, listPlants } from '../catalog/index.ts';
import { mayUse } from '../identity/index.ts';
import { found } from '../kernel/errors.ts';
import { addDecimals, type DecimalString, trimDecimal } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import { type Week, weekName, weeksFrom } from '../kernel/week.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { invitableSuppliers } from '../suppliers/index.ts';
import { type CommitLine, shortfallOf, shortfallsOf } from './commit.ts';
import { findCommitted, getCommitDraft } from './commits.service.ts';
import { findFigures, type LineFigures, yearAt } from './figures.service.ts';
import { findDraft, findLines, findPublished } from './forecast.store.ts';
import {
  type Content,
  type Difference,
  differenceOf,
  type Forecast,
  type ForecastLine,
  type ForecastVersion,
  firmCutsOf,
  forecastLifecycle,
} from './forecast.ts';
import { findUncommitted, getForecastRow } from './forecasts.queries.ts';
import { contentOf, currentContent, weekAt } from './forecasts.service.ts';
import { shownWeeks, shownZones } from './shown-week.ts';

/** A line as a page shows it: what changed, what is committed, and where that falls short. */
export type ShownLine = ForecastLine & {
  readonly total: DecimalString;
  readonly isNew: boolean;
  readonly changes: readonly (DecimalString | null)[];
  readonly committed: CommitLine | null;
  readonly committedTotal: DecimalString | null;
  /** How much is missing by the end of each week. */
  readonly short: readonly DecimalString[];
  readonly isShort: boolean;
  readonly figures: LineFigures;
};

function showLine(
  line: ForecastLine,
  of: { difference: Difference | null; committed: CommitLine | null; figures: LineFigures },
): ShownLine {
  const { difference, committed, figures } = of;
  const change = difference?.byItem.get(line.itemCode);
  return {
    ...line,
    figures,
    total: trimDecimal(addDecimals(line.quantities)),
    isNew: change?.isNew ?? false,
    changes: change?.changes ?? line.quantities.map(() => null),
    committed,
    committedTotal:
      committed === null ? null : trimDecimal(addDecimals(committed.quantities.map((one) => one ?? '0'))),
    short:
      committed === null
        ? line.quantities.map(() => '0')
        : shortfallsOf(line.quantities, committed.quantities),
    isShort: committed !== null && shortfallOf(line.quantities, committed.quantities) !== null,
  };
}

const before = async (ctx: Ctx, terms: ForecastVersion): Promise<Content<ForecastLine> | null> =>
  terms.version === 1 ? null : contentOf(ctx, { forecastId: terms.forecastId, version: terms.version - 1 });

/**
 * A forecast as both sides see it: the version that is asked for, else the one that counts, beside the one before.
 * @throws AppError `forecast.not-found`, `forecast_version.not-found`
 */
export async function getForecastPage(ctx: Ctx, of: { forecastId: string; version: number | null }) {
  const forecast = await getForecastRow(ctx, of.forecastId);
  const versions = await findPublished(ctx.tx, forecast.id);
  const { plant, currentWeek } = await weekAt(ctx, forecast.plantCode);
  const shown = of.version === null ? versions[0] : versions.find(({ version }) => version === of.version);
  if (of.version !== null) found('forecast_version', shown);
  const model = {
    forecast,
    versions,
    timeline: await timelineOf(ctx, forecast.id),
    isCurrent: shown?.version === forecast.currentVersion,
    maySave: mayUse(ctx, 'forecast.manage'),
    mayCommit: mayUse(ctx, 'forecast.commit') && forecastLifecycle.may(forecast.state, 'commit'),
    isRunning: !forecastLifecycle.isTerminal(forecast.state),
  };
  return shown === undefined
    ? { ...model, content: null }
    : {
        ...model,
        content: await show(ctx, { forecast, terms: shown, currentWeek, year: yearAt(ctx, plant.timeZone) }),
      };
}
export type ForecastPage = Awaited<ReturnType<typeof getForecastPage>> & {
  readonly timeline: readonly TimelineEntry[];
};

async function show(
  ctx: Ctx,
  of: { forecast: Forecast; terms: ForecastVersion; currentWeek: Week; year: Day },
) {
  const { forecast, terms, currentWeek, year } = of;
  const lines = await findLines(ctx.tx, terms.id);
  const earlier = await before(ctx, terms);
  const difference = earlier === null ? null : differenceOf(earlier, { terms, lines });
  const committed = await findCommitted(ctx, { forecastId: terms.forecastId, versionId: terms.id });
  const figures = await findFigures(ctx, forecast, { terms, lines, year });
  const shownLines = lines.map((line) =>
    showLine(line, {
      difference,
      committed: committed?.byLine.get(line.id) ?? null,
      figures: found('line', figures.get(line.itemCode)),
    }),
  );
  return {
    terms,
    weeks: shownWeeks(terms, currentWeek),
    zones: shownZones(terms),
    // What falls short is what somebody has to act on.
    lines: shownLines.toSorted((a, b) => Number(b.isShort) - Number(a.isShort)),
    dropped: difference?.dropped ?? [],
    isCompared: difference !== null,
    year,
    committed: committed?.commit ?? null,
    shortCount: shownLines.filter((line) => line.isShort).length,
  };
}

/** The draft in front of its writer. @throws AppError `forecast.not-found` */
export async function getDraftPage(ctx: Ctx, forecastId: string) {
  const forecast = await getForecastRow(ctx, forecastId);
  const draft = await findDraft(ctx.tx, forecastId);
  const { currentWeek } = await weekAt(ctx, forecast.plantCode);
  const current = await currentContent(ctx, forecast);
  const lines = draft === undefined ? [] : await findLines(ctx.tx, draft.id);
  const terms = draft ?? null;
  return {
    forecast,
    draft: terms,
    lines,
    currentWeek,
    firstWeeks: weeksFrom(currentWeek, 9).map((week) => ({ week, name: weekName(week) })),
    cuts: terms === null || current === null ? [] : firmCutsOf(current, { terms, lines }),
    changeCount:
      terms === null || current === null
        ? null
        : [...differenceOf(current, { terms, lines }).byItem.values()].reduce(
            (sum, { changes }) => sum + changes.filter((one) => one !== null).length,
            0,
          ),
  };
}

/** The supplier's form for the version that counts. @throws AppError `forecast.not-found` */
export async function getCommitPage(ctx: Ctx, forecastId: string) {
  const forecast = await getForecastRow(ctx, forecastId);
  const { currentWeek } = await weekAt(ctx, forecast.plantCode);
  const content = await contentOf(ctx, { forecastId, version: forecast.currentVersion });
  const draft = await getCommitDraft(ctx, { forecastId, content });
  return {
    forecast,
    terms: content.terms,
    weeks: shownWeeks(content.terms, currentWeek),
    zones: shownZones(content.terms),
    lines: content.lines,
    draft,
    isOpen: forecastLifecycle.may(forecast.state, 'commit'),
  };
}

const MOST_SUPPLIERS = 500;

/** What a new forecast can be for, within the actor's plants and categories. */
export async function forecastChoices(ctx: Ctx) {
  const within = placesOf(ctx.actor);
  return {
    plants: (await listPlants(ctx)).filter(({ code }) => within.plants?.includes(code) !== false),
    categories: (await listCategories(ctx)).filter(({ code }) => within.categories?.includes(code) !== false),
    suppliers: await invitableSuppliers(ctx, { search: '', limit: MOST_SUPPLIERS }),
  };
}

/** Forecasts that wait: the supplier's for its commit, ours where reminding was in vain. */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  const isSupplier = ctx.actor.kind === 'supplier';
  if (!mayUse(ctx, isSupplier ? 'forecast.commit' : 'forecast.manage')) return [];
  const rows = await findUncommitted(ctx);
  const [first] = rows;
  if (first === undefined) return [];
  return [
    {
      key: isSupplier ? 'waiting.forecasts.commit' : 'waiting.forecasts.silent',
      count: first.total,
      href: '/forecasts?state=published',
      urgent: first.commitDueAt !== null && first.commitDueAt <= ctx.now,
      items: rows.map((row) => ({
        label: [row.reference, isSupplier ? row.plantCode : row.supplierName].join(' · '),
        href: `/forecasts/${row.id}`,
        dueAt: row.commitDueAt,
      })),
    },
  ];
}
