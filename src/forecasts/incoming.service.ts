import { found } from '../kernel/errors.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Week } from '../kernel/week.ts';
import { weekName, weeksFrom } from '../kernel/week.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findCommitted } from './commits.service.ts';
import { findDraft, findForecastById, findRunning } from './forecast.store.ts';
import type { Forecast, ForecastTerms } from './forecast.ts';
import { contentOf, createForecast, publishForecast, saveDraft, startVersion } from './forecasts.service.ts';
import type { IncomingLine } from './incoming-lines.service.ts';

/** A version as another system sends it for a planner of ours. */
export type IncomingForecast = Pick<Forecast, 'supplierId' | 'plantCode' | 'categoryCode'> &
  Omit<ForecastTerms, 'firmWeeks' | 'tradeOffWeeks'> & {
    /** As the version before, or the house, has them where nothing is said. */
    readonly firmWeeks: number | null;
    readonly tradeOffWeeks: number | null;
    readonly ownerId: string;
    readonly publish: boolean;
    readonly lines: readonly IncomingLine[];
  };

/**
 * Takes a whole version: it becomes the draft of the running forecast, in place of what stood there, or of a new one. Gives
 * the forecast's id.
 * @throws AppError what creating, saving and publishing throw
 */
export async function receiveForecast(ctx: Ctx, incoming: IncomingForecast): Promise<string> {
  const { supplierId, plantCode, categoryCode, ownerId, publish, lines } = incoming;
  const place = { supplierId, plantCode, categoryCode };
  const running = await findRunning(ctx.tx, place);
  const forecastId = running?.id ?? (await createForecast(ctx, place, ownerId));
  await startVersion(ctx, forecastId, ownerId);
  const draft = found('forecast_version', await findDraft(ctx.tx, forecastId));
  const revision = await saveDraft(ctx, {
    forecastId,
    revision: draft.revision,
    fromWeek: incoming.fromWeek,
    weeks: incoming.weeks,
    firmWeeks: incoming.firmWeeks ?? draft.firmWeeks,
    tradeOffWeeks: incoming.tradeOffWeeks ?? draft.tradeOffWeeks,
    note: incoming.note,
    lines,
    by: ownerId,
  });
  if (publish) await publishForecast(ctx, { forecastId, revision, by: ownerId });
  return forecastId;
}

type ByWeek = Readonly<Record<string, DecimalString | null>>;

/** What a system is told of a forecast: how far it is, and what its supplier has committed to of the version that counts. */
export type ToldForecast = {
  readonly id: string;
  readonly reference: string;
  readonly state: Forecast['state'];
  readonly version: number;
  readonly commitDueAt: string | null;
  readonly committedAt: string | null;
  readonly lines: readonly {
    readonly itemCode: string;
    readonly unit: string;
    readonly forecast: ByWeek;
    readonly committed: ByWeek | null;
    readonly reason: string;
    readonly capacityNote: string;
  }[];
};

/** @throws AppError `forecast.not-found` */
export async function tellForecast(ctx: Ctx, forecastId: string): Promise<ToldForecast> {
  const forecast = found('forecast', await findForecastById(ctx.tx, forecastId));
  const told = {
    id: forecast.id,
    reference: forecast.reference,
    state: forecast.state,
    version: forecast.currentVersion,
    commitDueAt: forecast.commitDueAt?.toISOString() ?? null,
  };
  if (forecast.currentVersion === 0) return { ...told, committedAt: null, lines: [] };
  const { terms, lines } = await contentOf(ctx, { forecastId, version: forecast.currentVersion });
  const said = await findCommitted(ctx, { forecastId, versionId: terms.id });
  const weeks = weeksFrom(terms.fromWeek, terms.weeks);
  return {
    ...told,
    committedAt: said?.commit.submittedAt?.toISOString() ?? null,
    lines: lines.map((line) => {
      const answer = said?.byLine.get(line.id);
      return {
        itemCode: line.itemCode,
        unit: line.unit,
        forecast: byWeek(weeks, line.quantities),
        committed: answer === undefined ? null : byWeek(weeks, answer.quantities),
        reason: answer?.reason ?? '',
        capacityNote: answer?.capacityNote ?? '',
      };
    }),
  };
}

const byWeek = (weeks: readonly Week[], quantities: readonly (DecimalString | null)[]): ByWeek =>
  Object.fromEntries(weeks.map((week, place) => [weekName(week), quantities[place] ?? null]));
