import { record } from '../audit/index.ts';
import { calendarAt, findPlant, listCategories, type Plant } from '../catalog/index.ts';
import { type AppError, conflict, found, invalid, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { dayIn, instantAt } from '../kernel/time.ts';
import { type Week, weekOf } from '../kernel/week.ts';
import { addWorkingDays } from '../kernel/working-days.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { placesOf } from '../platform/db/scope.ts';
import { findSupplier, isInvitable } from '../suppliers/index.ts';
import * as store from './forecast.store.ts';
import {
  alignTo,
  assertCanBeKept,
  assertCanPublish,
  type Content,
  type Forecast,
  type ForecastLine,
  type ForecastTerms,
  type ForecastVersion,
  firmCutsOf,
  forecastLifecycle,
  newTerms,
} from './forecast.ts';
import { getForecastRow } from './forecasts.queries.ts';
import { completeLines, type IncomingLine } from './incoming-lines.service.ts';

export type IncomingVersion = ForecastTerms & { readonly lines: readonly IncomingLine[] };

/** The plant of a forecast, and the week it is there. */
export async function weekAt(ctx: Ctx, plantCode: string): Promise<{ plant: Plant; currentWeek: Week }> {
  const plant = found('plant', await findPlant(ctx, plantCode));
  return { plant, currentWeek: weekOf(dayIn(ctx.now, plant.timeZone)) };
}

/**
 * Begins a forecast for a supplier with an empty draft; gives its id.
 * @throws AppError `form.invalid`, `forecast.supplier-not-registered`, `forecast.runs-already`
 */
export async function createForecast(
  ctx: Ctx,
  of: Pick<Forecast, 'supplierId' | 'plantCode' | 'categoryCode'>,
  by: string | null = ctx.actor.userId,
): Promise<string> {
  await assertPlaced(ctx, of);
  const supplier = await findSupplier(ctx, of.supplierId);
  if (!isInvitable(supplier))
    throw ruleBroken('forecast.supplier-not-registered', 'The supplier is not registered', {
      supplier: supplier.name,
    });
  const id = newId();
  const forecast: Forecast = {
    id,
    reference: await nextReference(ctx.tx, 'FC', ctx.now),
    ...of,
    state: forecastLifecycle.initial,
    ownerId: found('user', by),
    currentVersion: 0,
    commitDueAt: null,
  };
  if (!(await store.insertForecast(ctx.tx, { ...forecast, createdAt: ctx.now })))
    throw await runsAlready(ctx, of);
  const { currentWeek } = await weekAt(ctx, of.plantCode);
  const terms = newTerms(currentWeek, ctx.policies.forecasts);
  await store.insertVersion(ctx.tx, newVersion(ctx, forecast, { ...terms, savedBy: forecast.ownerId }));
  await tell(ctx, 'created', { forecast, from: null });
  return id;
}

async function runsAlready(
  ctx: Ctx,
  of: Pick<Forecast, 'supplierId' | 'plantCode' | 'categoryCode'>,
): Promise<AppError> {
  const running = await store.findRunning(ctx.tx, of);
  return ruleBroken('forecast.runs-already', 'There is one for these', {
    reference: running?.reference ?? '',
  });
}

/** @throws AppError `form.invalid` for a plant or category that there is not, or that is not this person's */
async function assertPlaced(ctx: Ctx, of: { plantCode: string; categoryCode: string }): Promise<void> {
  const { plants, categories } = placesOf(ctx.actor);
  const plant = await findPlant(ctx, of.plantCode);
  const isCategory = (await listCategories(ctx)).some(({ code }) => code === of.categoryCode);
  const wrong = [
    ...(plant !== undefined && plants?.includes(of.plantCode) !== false ? [] : ['plantCode']),
    ...(isCategory && categories?.includes(of.categoryCode) !== false ? [] : ['categoryCode']),
  ];
  if (wrong.length > 0)
    throw invalid(
      'form.invalid',
      'The form has errors',
      wrong.map((path) => ({
        path,
        code: 'form.invalid-choice',
        message: 'Choose one of the listed values.',
      })),
    );
}

const newVersion = (
  ctx: Ctx,
  forecast: Forecast,
  of: ForecastTerms & Pick<ForecastVersion, 'savedBy'>,
): ForecastVersion => ({
  ...of,
  id: newId(),
  forecastId: forecast.id,
  version: forecast.currentVersion + 1,
  revision: 1,
  savedAt: ctx.now,
  publishedBy: null,
  publishedAt: null,
});

/**
 * Begins the next version as the last one goes on: the same items, from this week. One that is begun already stays.
 * @throws AppError `forecast.not-found`, `forecast.cannot-publish` once it is ended
 */
export async function startVersion(
  ctx: Ctx,
  forecastId: string,
  by: string | null = ctx.actor.userId,
): Promise<void> {
  const forecast = await lockSeen(ctx, forecastId);
  forecastLifecycle.next(forecast.state, 'publish');
  if ((await store.findDraft(ctx.tx, forecastId)) !== undefined) return;
  const last = await currentContent(ctx, forecast);
  const { currentWeek } = await weekAt(ctx, forecast.plantCode);
  const terms = newTerms(currentWeek, last?.terms ?? ctx.policies.forecasts);
  const version = newVersion(ctx, forecast, { ...terms, savedBy: found('user', by) });
  await store.insertVersion(ctx.tx, version);
  const lines = (last?.lines ?? []).map(
    (line): ForecastLine => ({
      ...line,
      id: newId(),
      quantities: alignTo(line.quantities, found('version', last).terms, terms),
    }),
  );
  await store.replaceLines(ctx.tx, version.id, lines);
  await tell(ctx, 'drafted', { forecast, from: forecast.state, version });
}

/** The published version that counts, with its lines; null before the first. */
export async function currentContent(ctx: Ctx, forecast: Forecast): Promise<Content<ForecastLine> | null> {
  if (forecast.currentVersion === 0) return null;
  return contentOf(ctx, { forecastId: forecast.id, version: forecast.currentVersion });
}

/** @throws AppError `forecast_version.not-found` */
export async function contentOf(
  ctx: Ctx,
  of: { forecastId: string; version: number },
): Promise<Content<ForecastLine> & { terms: ForecastVersion }> {
  const terms = found('forecast_version', await store.findVersion(ctx.tx, of));
  return { terms, lines: await store.findLines(ctx.tx, terms.id) };
}

/**
 * Keeps the draft as it was typed or read from a sheet; gives its new revision. `revision` is the one that its writer saw.
 * Where lines are not given they stay, moved to the weeks that are asked for.
 * @throws AppError `forecast.not-found`, `forecast.changed-meanwhile`, `form.invalid`, `forecast.cannot-be-kept`
 */
export async function saveDraft(
  ctx: Ctx,
  to: ForecastTerms & {
    readonly forecastId: string;
    readonly revision: number;
    readonly lines?: readonly IncomingLine[] | undefined;
    /** For whom a system acts. */
    readonly by?: string;
  },
): Promise<number> {
  const { forecast, draft } = await lockDraft(ctx, to);
  const { fromWeek, weeks, firmWeeks, tradeOffWeeks, note } = to;
  const terms = { fromWeek, weeks, firmWeeks, tradeOffWeeks, note };
  const { currentWeek } = await weekAt(ctx, forecast.plantCode);
  const lines =
    to.lines === undefined
      ? (await store.findLines(ctx.tx, draft.id)).map((line) => ({
          ...line,
          quantities: alignTo(line.quantities, draft, terms),
        }))
      : await completeLines(ctx, { supplierId: forecast.supplierId, terms, lines: to.lines });
  assertCanBeKept(terms, lines, currentWeek);
  const version = {
    ...draft,
    ...terms,
    revision: draft.revision + 1,
    savedBy: found('user', to.by ?? ctx.actor.userId),
    savedAt: ctx.now,
  };
  await store.saveVersion(ctx.tx, version);
  await store.replaceLines(ctx.tx, draft.id, lines);
  await tell(ctx, 'drafted', { forecast, from: forecast.state, version });
  return version.revision;
}

/**
 * Publishes the draft: the supplier sees it and is asked for its commit. `revision` is the one that was looked at.
 * @throws AppError `forecast.not-found`, `forecast.changed-meanwhile`, and what {@link assertCanPublish} throws
 */
export async function publishForecast(
  ctx: Ctx,
  of: { forecastId: string; revision: number; by?: string },
): Promise<void> {
  const { forecast, draft } = await lockDraft(ctx, of);
  const state = forecastLifecycle.next(forecast.state, 'publish');
  const { plant, currentWeek } = await weekAt(ctx, forecast.plantCode);
  const now = { terms: draft, lines: await store.findLines(ctx.tx, draft.id) };
  const before = await currentContent(ctx, forecast);
  assertCanPublish(now, { before, currentWeek });
  const publishedBy = found('user', of.by ?? ctx.actor.userId);
  const published: Forecast = {
    ...forecast,
    state,
    ownerId: publishedBy,
    currentVersion: draft.version,
    commitDueAt: await workingDaysOn(ctx, plant, ctx.policies.forecasts.commitWorkingDays),
  };
  await store.saveVersionPublished(ctx.tx, { id: draft.id, publishedBy, publishedAt: ctx.now });
  await store.savePublished(ctx.tx, published);
  await tell(ctx, 'published', {
    forecast: published,
    from: forecast.state,
    version: draft,
    changes: {
      lineCount: now.lines.length,
      firmCutCount: before === null ? 0 : firmCutsOf(before, now).length,
    },
  });
}

/** The evening of the working day so many after today, by the plant's calendar and clock. */
export async function workingDaysOn(ctx: Ctx, plant: Plant, days: number): Promise<Date> {
  const calendar = await calendarAt(ctx, plant.code);
  const day = addWorkingDays(dayIn(ctx.now, plant.timeZone), days, calendar);
  return instantAt(`${day}T18:00`, plant.timeZone);
}

/**
 * Throws a draft away; what is published stays.
 * @throws AppError `forecast.not-found`, `forecast.changed-meanwhile`, `forecast.first-draft-stays`
 */
export async function discardDraft(ctx: Ctx, of: { forecastId: string; revision: number }): Promise<void> {
  const { forecast, draft } = await lockDraft(ctx, of);
  if (forecast.currentVersion === 0)
    throw ruleBroken('forecast.first-draft-stays', 'Nothing else is there: end the forecast instead');
  await store.deleteVersion(ctx.tx, draft.id);
  await tell(ctx, 'draft-discarded', { forecast, from: forecast.state, version: draft });
}

/**
 * Nothing more is forecast to this supplier: its draft goes, and nobody waits for a commit any more.
 * @throws AppError `forecast.not-found`, `forecast.cannot-end`
 */
export async function endForecast(ctx: Ctx, of: { forecastId: string; reason: string }): Promise<void> {
  const forecast = await lockSeen(ctx, of.forecastId);
  const ended = { ...forecast, state: forecastLifecycle.next(forecast.state, 'end') };
  const draft = await store.findDraft(ctx.tx, forecast.id);
  if (draft !== undefined) await store.deleteVersion(ctx.tx, draft.id);
  await store.saveState(ctx.tx, ended);
  await tell(ctx, 'ended', { forecast: ended, from: forecast.state, reason: of.reason });
}

/** A forecast within the actor's reach, held. @throws AppError `forecast.not-found` */
export async function lockSeen(ctx: Ctx, forecastId: string): Promise<Forecast> {
  await getForecastRow(ctx, forecastId);
  return found('forecast', await store.lockForecast(ctx.tx, forecastId));
}

/** The draft as its writer saw it. @throws AppError `forecast.not-found`, `forecast.changed-meanwhile` */
async function lockDraft(
  ctx: Ctx,
  of: { forecastId: string; revision: number },
): Promise<{ forecast: Forecast; draft: ForecastVersion }> {
  const forecast = await lockSeen(ctx, of.forecastId);
  const draft = await store.findDraft(ctx.tx, forecast.id);
  if (draft === undefined)
    throw ruleBroken('forecast.has-no-draft', 'It was published or thrown away meanwhile', {
      reference: forecast.reference,
    });
  if (draft.revision !== of.revision)
    throw conflict('forecast.changed-meanwhile', 'Somebody else saved it meanwhile', {
      reference: forecast.reference,
    });
  return { forecast, draft };
}

export const tell = (
  ctx: Ctx,
  act: string,
  of: {
    forecast: Forecast;
    from: Forecast['state'] | null;
    version?: Pick<ForecastVersion, 'version'>;
    reason?: string;
    changes?: Readonly<Record<string, unknown>>;
  },
): Promise<string> => {
  const { forecast } = of;
  // What is written and not published is none of the supplier's.
  const isInternal = ['created', 'drafted', 'draft-discarded'].includes(act);
  return record(ctx, {
    action: `forecast.${act}`,
    subject: { type: 'forecast', id: forecast.id },
    supplierId: isInternal ? null : forecast.supplierId,
    from: of.from,
    to: forecast.state,
    reason: of.reason ?? null,
    changes: {
      reference: forecast.reference,
      version: of.version?.version ?? forecast.currentVersion,
      ...of.changes,
    },
  });
};
