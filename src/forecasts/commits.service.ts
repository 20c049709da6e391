import { conflict, found, invalid } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './commit.store.ts';
import {
  assertCanSubmit,
  beginCommit,
  type Commit,
  type CommitLine,
  commitAll,
  shortfallOf,
} from './commit.ts';
import { findLines, findVersionById, saveState } from './forecast.store.ts';
import {
  type Content,
  type Forecast,
  type ForecastLine,
  type ForecastVersion,
  forecastLifecycle,
} from './forecast.ts';
import { contentOf, lockSeen, tell } from './forecasts.service.ts';

/** What the supplier typed: of which version, and the revision of its own draft that it saw (0: it had none). */
export type TypedCommit = {
  readonly forecastId: string;
  readonly version: number;
  readonly revision: number;
  readonly note: string;
  /** Not given: as they are kept, or as a commit begins. */
  readonly lines?: readonly CommitLine[] | undefined;
};

type Published = Content<ForecastLine> & { readonly terms: ForecastVersion };

/**
 * Keeps what the supplier types, whole or not; nobody of ours sees it until it is submitted. Gives the new revision.
 * @throws AppError `forecast.not-found`, `forecast.cannot-commit`, `forecast_commit.newer-version`,
 * `forecast_commit.changed-meanwhile`, `form.invalid`
 */
export async function saveCommit(ctx: Ctx, typed: TypedCommit): Promise<number> {
  const { forecast, content } = await lockCurrent(ctx, typed);
  return (await keep(ctx, { forecast, content, typed })).revision;
}

/**
 * Submits what is typed: from now on it is what the supplier says, until it says something else.
 * @throws AppError as {@link saveCommit}, and what {@link assertCanSubmit} throws
 */
export async function submitCommit(ctx: Ctx, typed: TypedCommit): Promise<void> {
  const { forecast, content } = await lockCurrent(ctx, typed);
  const lines = await typedOrKept(ctx, { content, typed });
  assertCanSubmit(content.lines, lines);
  const commit = await keep(ctx, { forecast, content, typed: { ...typed, lines } });
  await submit(ctx, { forecast, content, commit, lines });
}

/**
 * Commits to everything as it is forecast, in one act.
 * @throws AppError `forecast.not-found`, `forecast.cannot-commit`, `forecast_commit.newer-version`
 */
export async function commitWhole(ctx: Ctx, of: { forecastId: string; version: number }): Promise<void> {
  const { forecast, content } = await lockCurrent(ctx, of);
  const draft = await store.findDraftCommit(ctx.tx, forecast.id);
  const typed = { ...of, revision: draft?.revision ?? 0, note: '', lines: commitAll(content.lines) };
  const commit = await keep(ctx, { forecast, content, typed });
  await submit(ctx, { forecast, content, commit, lines: typed.lines });
}

/**
 * Commits to a version as it is forecast but for what `change` says of a line and week, by their places; with its reasons.
 * @throws AppError as {@link submitCommit}
 */
export async function commitChanged(
  ctx: Ctx,
  of: {
    forecastId: string;
    version: number;
    change(line: number, place: number, quantity: DecimalString): DecimalString | null;
    reason(line: number): string;
  },
): Promise<void> {
  const { content } = await lockCurrent(ctx, of);
  const { revision } = await getCommitDraft(ctx, { forecastId: of.forecastId, content });
  const lines = content.lines.map((line, index) => ({
    lineId: line.id,
    quantities: line.quantities.map((quantity, place) => of.change(index, place, quantity) ?? quantity),
    reason: of.reason(index),
    capacityNote: '',
  }));
  await submitCommit(ctx, { forecastId: of.forecastId, version: of.version, revision, note: '', lines });
}

/** The forecast held, and the version it is about, which has to be the one that counts. */
async function lockCurrent(
  ctx: Ctx,
  of: { forecastId: string; version: number },
): Promise<{ forecast: Forecast; content: Published }> {
  const forecast = await lockSeen(ctx, of.forecastId);
  forecastLifecycle.next(forecast.state, 'commit');
  if (forecast.currentVersion !== of.version)
    throw conflict('forecast_commit.newer-version', 'A newer version is out', {
      version: forecast.currentVersion,
    });
  return { forecast, content: await contentOf(ctx, of) };
}

/** Writes the draft: the one there is, as its writer saw it, or a new one. */
async function keep(
  ctx: Ctx,
  of: { forecast: Forecast; content: Published; typed: TypedCommit },
): Promise<Commit> {
  const { forecast, content, typed } = of;
  const lines = await typedOrKept(ctx, { content, typed });
  const draft = await store.findDraftCommit(ctx.tx, forecast.id);
  if ((draft?.revision ?? 0) !== typed.revision)
    throw conflict('forecast_commit.changed-meanwhile', 'A colleague saved it meanwhile');
  const commit: Commit & { savedBy: string } = {
    id: draft?.id ?? newId(),
    forecastId: forecast.id,
    versionId: content.terms.id,
    commitNo: draft?.commitNo ?? (await store.nextCommitNo(ctx.tx, forecast.id)),
    note: typed.note,
    revision: typed.revision + 1,
    savedAt: ctx.now,
    savedBy: found('user', ctx.actor.userId),
    submittedBy: null,
    submittedAt: null,
  };
  if (draft === undefined) await store.insertCommit(ctx.tx, { ...commit, supplierId: forecast.supplierId });
  else await store.saveCommit(ctx.tx, commit);
  await store.replaceCommitLines(ctx.tx, commit.id, lines);
  return commit;
}

const typedOrKept = async (
  ctx: Ctx,
  { content, typed }: { content: Published; typed: TypedCommit },
): Promise<CommitLine[]> =>
  linesOf(
    content,
    typed.lines ?? (await getCommitDraft(ctx, { forecastId: typed.forecastId, content })).lines,
  );

async function submit(
  ctx: Ctx,
  of: { forecast: Forecast; content: Published; commit: Commit; lines: readonly CommitLine[] },
): Promise<void> {
  const { forecast, content, commit, lines } = of;
  const committed: Forecast = { ...forecast, state: forecastLifecycle.next(forecast.state, 'commit') };
  await store.saveSubmitted(ctx.tx, {
    id: commit.id,
    submittedBy: found('user', ctx.actor.userId),
    submittedAt: ctx.now,
  });
  await saveState(ctx.tx, committed);
  const short = content.lines.filter(
    (line) =>
      shortfallOf(line.quantities, lines.find((one) => one.lineId === line.id)?.quantities ?? []) !== null,
  );
  await tell(ctx, 'committed', {
    forecast: committed,
    from: forecast.state,
    changes: {
      commitNo: commit.commitNo,
      shortLineCount: short.length,
      shortItems: short.slice(0, 20).map((line) => line.itemCode),
    },
  });
}

/**
 * The typed lines in the order of the forecast, as many weeks each as it has; a line that was not sent stays unanswered.
 * @throws AppError `form.invalid` for a line of another forecast
 */
function linesOf(content: Published, typed: readonly CommitLine[]): CommitLine[] {
  const known = new Set(content.lines.map((line) => line.id));
  const strangers = typed.flatMap((line, index) => (known.has(line.lineId) ? [] : [index]));
  if (strangers.length > 0)
    throw invalid(
      'form.invalid',
      'The form has errors',
      strangers.map((index) => ({
        path: `lines.${index}.lineId`,
        code: 'form.invalid-choice',
        message: 'Choose one of the listed values.',
      })),
    );
  return content.lines.map((line) => {
    const said = typed.find((one) => one.lineId === line.id);
    return {
      lineId: line.id,
      quantities: line.quantities.map((_, place) => said?.quantities[place] ?? null),
      reason: said?.reason ?? '',
      capacityNote: said?.capacityNote ?? '',
    };
  });
}

/** What the supplier's form begins with: its draft, or what follows from what it said last. */
export async function getCommitDraft(
  ctx: Ctx,
  of: { forecastId: string; content: Published },
): Promise<{ revision: number; savedAt: Date | null; note: string; lines: readonly CommitLine[] }> {
  const draft = await store.findDraftCommit(ctx.tx, of.forecastId);
  if (draft?.versionId === of.content.terms.id)
    return { ...draft, lines: linesOf(of.content, await store.findCommitLines(ctx.tx, draft.id)) };
  const last = draft ?? (await store.findLastCommit(ctx.tx, { forecastId: of.forecastId, versionId: null }));
  return {
    revision: draft?.revision ?? 0,
    savedAt: null,
    note: '',
    lines: beginCommit(of.content, last === undefined ? null : await saidOf(ctx, last)),
  };
}

async function saidOf(
  ctx: Ctx,
  commit: Commit,
): Promise<{ content: Content<ForecastLine>; lines: readonly CommitLine[] }> {
  const terms = found('forecast_version', await findVersionById(ctx.tx, commit.versionId));
  const lines = await findLines(ctx.tx, terms.id);
  return { content: { terms, lines }, lines: await store.findCommitLines(ctx.tx, commit.id) };
}

/** What the supplier has committed to of a version, last; null where it has not. */
export async function findCommitted(
  ctx: Ctx,
  of: { forecastId: string; versionId: string },
): Promise<{ commit: Commit; byLine: ReadonlyMap<string, CommitLine> } | null> {
  const commit = await store.findLastCommit(ctx.tx, of);
  if (commit === undefined) return null;
  const lines = await store.findCommitLines(ctx.tx, commit.id);
  return { commit, byLine: new Map(lines.map((line) => [line.lineId, line])) };
}
