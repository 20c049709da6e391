import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Forecast, ForecastLine, ForecastVersion } from './forecast.ts';

const FORECAST = `
  SELECT forecast.id, forecast.reference, forecast.supplier_id AS "supplierId", forecast.plant_code AS "plantCode",
         forecast.category_code AS "categoryCode", forecast.state, forecast.owner_id AS "ownerId",
         forecast.current_version AS "currentVersion", forecast.commit_due_at AS "commitDueAt"
    FROM forecast`;

const VERSION = `
  SELECT version.id, version.forecast_id AS "forecastId", version.version, version.from_week AS "fromWeek", version.weeks,
         version.firm_weeks AS "firmWeeks", version.trade_off_weeks AS "tradeOffWeeks", version.note, version.revision,
         version.saved_by AS "savedBy", version.saved_at AS "savedAt", version.published_by AS "publishedBy",
         version.published_at AS "publishedAt"
    FROM forecast_version AS version`;

/** Holds the forecast until the transaction ends; its versions and commits are only changed by who holds it. */
export const lockForecast = (tx: Tx, id: string): Promise<Forecast | undefined> =>
  firstOf<Forecast>(tx, `${FORECAST} WHERE forecast.id = ? FOR UPDATE OF forecast`, [id]);

export const findForecastById = (tx: Tx, id: string): Promise<Forecast | undefined> =>
  firstOf<Forecast>(tx, `${FORECAST} WHERE forecast.id = ?`, [id]);

/** The one that is not ended, for this supplier, plant and category. */
export const findRunning = (
  tx: Tx,
  of: Pick<Forecast, 'supplierId' | 'plantCode' | 'categoryCode'>,
): Promise<Forecast | undefined> =>
  firstOf<Forecast>(
    tx,
    `${FORECAST} WHERE forecast.supplier_id = ? AND forecast.plant_code = ? AND forecast.category_code = ?
        AND forecast.state <> 'ended'`,
    [of.supplierId, of.plantCode, of.categoryCode],
  );

/** False where one is running for this supplier, plant and category. */
export async function insertForecast(tx: Tx, forecast: Forecast & { createdAt: Date }): Promise<boolean> {
  const rows = await tx('forecast')
    .insert({
      id: forecast.id,
      reference: forecast.reference,
      supplier_id: forecast.supplierId,
      plant_code: forecast.plantCode,
      category_code: forecast.categoryCode,
      state: forecast.state,
      owner_id: forecast.ownerId,
      created_at: forecast.createdAt,
    })
    .onConflict(tx.raw(`(supplier_id, plant_code, category_code) WHERE state <> 'ended'`) as never)
    .ignore()
    .returning('id');
  return rows.length === 1;
}

/** A new version is out: the supplier's time to commit begins anew. */
export async function savePublished(tx: Tx, forecast: Forecast): Promise<void> {
  await tx('forecast').where({ id: forecast.id }).update({
    state: forecast.state,
    owner_id: forecast.ownerId,
    current_version: forecast.currentVersion,
    commit_due_at: forecast.commitDueAt,
    next_due_at: forecast.commitDueAt,
    reminded_at: null,
    escalated_at: null,
  });
}

export async function saveState(tx: Tx, forecast: Pick<Forecast, 'id' | 'state'>): Promise<void> {
  await tx('forecast').where({ id: forecast.id }).update({ state: forecast.state });
}

export const findVersion = (
  tx: Tx,
  of: { forecastId: string; version: number },
): Promise<ForecastVersion | undefined> =>
  firstOf<ForecastVersion>(tx, `${VERSION} WHERE version.forecast_id = ? AND version.version = ?`, [
    of.forecastId,
    of.version,
  ]);

export const findVersionById = (tx: Tx, id: string): Promise<ForecastVersion | undefined> =>
  firstOf<ForecastVersion>(tx, `${VERSION} WHERE version.id = ?`, [id]);

/** The version that is written and not published. */
export const findDraft = (tx: Tx, forecastId: string): Promise<ForecastVersion | undefined> =>
  firstOf<ForecastVersion>(tx, `${VERSION} WHERE version.forecast_id = ? AND version.published_at IS NULL`, [
    forecastId,
  ]);

/** The published versions, the newest first. */
export const findPublished = (tx: Tx, forecastId: string): Promise<ForecastVersion[]> =>
  rowsOf<ForecastVersion>(
    tx,
    `${VERSION} WHERE version.forecast_id = ? AND version.published_at IS NOT NULL
      ORDER BY version.version DESC LIMIT 200`,
    [forecastId],
  );

const versionColumns = (version: ForecastVersion): Record<string, unknown> => ({
  from_week: version.fromWeek,
  weeks: version.weeks,
  firm_weeks: version.firmWeeks,
  trade_off_weeks: version.tradeOffWeeks,
  note: version.note,
  revision: version.revision,
  saved_by: version.savedBy,
  saved_at: version.savedAt,
});

export async function insertVersion(tx: Tx, version: ForecastVersion): Promise<void> {
  await tx('forecast_version').insert({
    id: version.id,
    forecast_id: version.forecastId,
    version: version.version,
    ...versionColumns(version),
  });
}

export async function saveVersion(tx: Tx, version: ForecastVersion): Promise<void> {
  await tx('forecast_version').where({ id: version.id }).update(versionColumns(version));
}

export async function saveVersionPublished(
  tx: Tx,
  version: Pick<ForecastVersion, 'id' | 'publishedBy' | 'publishedAt'>,
): Promise<void> {
  await tx('forecast_version')
    .where({ id: version.id })
    .update({ published_by: version.publishedBy, published_at: version.publishedAt });
}

/** A draft goes altogether; the database keeps what was published. */
export async function deleteVersion(tx: Tx, id: string): Promise<void> {
  await tx('forecast_line').where({ forecast_version_id: id }).delete();
  await tx('forecast_version').where({ id }).whereNull('published_at').delete();
}

export const findLines = (tx: Tx, versionId: string): Promise<ForecastLine[]> =>
  rowsOf<ForecastLine>(
    tx,
    `SELECT line.id, line.line_no AS "lineNo", line.item_code AS "itemCode", line.description, line.unit,
            line.supplier_item_code AS "supplierItemCode", line.quantities::text[] AS quantities
       FROM forecast_line AS line
      WHERE line.forecast_version_id = ?
      ORDER BY line.line_no`,
    [versionId],
  );

/** Writes the lines of a draft anew, in one statement. */
export async function replaceLines(tx: Tx, versionId: string, lines: readonly ForecastLine[]): Promise<void> {
  await tx('forecast_line').where({ forecast_version_id: versionId }).delete();
  const rows = lines.map((line) => ({
    id: line.id,
    forecast_version_id: versionId,
    line_no: line.lineNo,
    item_code: line.itemCode,
    description: line.description,
    unit: line.unit,
    supplier_item_code: line.supplierItemCode,
    quantities: line.quantities,
  }));
  await rowsOf(
    tx,
    'INSERT INTO forecast_line SELECT * FROM jsonb_populate_recordset(NULL::forecast_line, ?::jsonb)',
    [JSON.stringify(rows)],
  );
}

/** Published ones whose supplier's time is over, or the planner's patience with it: held, and passed over when another has them. */
export const lockLate = (
  tx: Tx,
  at: Date,
  limit: number,
): Promise<(Forecast & { remindedAt: Date | null })[]> =>
  rowsOf(
    tx,
    `SELECT late.*, forecast.reminded_at AS "remindedAt"
       FROM (${FORECAST} WHERE forecast.state = 'published' AND forecast.next_due_at <= ?
              ORDER BY forecast.next_due_at LIMIT ? FOR UPDATE OF forecast SKIP LOCKED) AS late
       JOIN forecast ON forecast.id = late.id`,
    [at, limit],
  );

export async function saveReminded(tx: Tx, of: { id: string; at: Date; nextDueAt: Date }): Promise<void> {
  await tx('forecast').where({ id: of.id }).update({ reminded_at: of.at, next_due_at: of.nextDueAt });
}

export async function saveEscalated(tx: Tx, of: { id: string; at: Date }): Promise<void> {
  await tx('forecast').where({ id: of.id }).update({ escalated_at: of.at, next_due_at: null });
}
