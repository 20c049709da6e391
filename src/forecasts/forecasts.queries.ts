import { found } from '../kernel/errors.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findListPage, idKey, partOf } from '../platform/db/keyset.ts';
import { inScope, placesOf, scopeConditions } from '../platform/db/scope.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Forecast, ForecastState } from './forecast.ts';

const PLACE = { plant: 'forecast.plant_code', category: 'forecast.category_code' } as const;
const IS_SEEN = `(CAST(:supplierId AS uuid) IS NULL
                  OR (forecast.supplier_id = CAST(:supplierId AS uuid) AND forecast.current_version > 0))
             AND ${inScope(PLACE, { plants: ':plants', categories: ':categories' })}`;

/** A forecast, with the names of what it refers to. */
export type ForecastRow = Forecast & {
  readonly supplierName: string;
  readonly plantEn: string;
  readonly plantZh: string;
  readonly categoryEn: string;
  readonly categoryZh: string;
  readonly ownerName: string;
  readonly publishedAt: Date | null;
  readonly committedAt: Date | null;
  readonly isOverdue: boolean;
  readonly hasDraft: boolean;
};
const ROW = `
  SELECT forecast.id, forecast.reference, forecast.supplier_id AS "supplierId", forecast.plant_code AS "plantCode",
         forecast.category_code AS "categoryCode", forecast.state, forecast.owner_id AS "ownerId",
         forecast.current_version AS "currentVersion", forecast.commit_due_at AS "commitDueAt",
         supplier.name AS "supplierName", plant.name_en AS "plantEn", plant.name_zh AS "plantZh",
         category.name_en AS "categoryEn", category.name_zh AS "categoryZh", owner.name AS "ownerName",
         current.published_at AS "publishedAt",
         (SELECT max(one.submitted_at) FROM forecast_commit AS one
           WHERE one.forecast_version_id = current.id) AS "committedAt",
         (forecast.state = 'published' AND forecast.reminded_at IS NOT NULL) AS "isOverdue",
         EXISTS (SELECT FROM forecast_version AS draft
                  WHERE draft.forecast_id = forecast.id AND draft.published_at IS NULL) AS "hasDraft"
    FROM forecast
    JOIN supplier ON supplier.id = forecast.supplier_id
    JOIN plant ON plant.code = forecast.plant_code
    JOIN category ON category.code = forecast.category_code
    JOIN user_account AS owner ON owner.id = forecast.owner_id
    LEFT JOIN forecast_version AS current
      ON current.forecast_id = forecast.id AND current.version = forecast.current_version`;

export type ForecastFilter = {
  readonly search: string;
  readonly state: ForecastState | null;
  readonly plant: string | null;
};

/** One page of what the actor may see, the newest first. */
export const listForecasts = (
  ctx: Ctx,
  filter: ForecastFilter,
  page: PageRequest,
): Promise<Page<ForecastRow>> =>
  findListPage<ForecastRow>(ctx.tx, {
    name: 'forecast.list',
    select: ROW,
    conditions: [
      {
        name: 'supplier',
        value: ctx.actor.supplierId,
        sql: (at) => `forecast.supplier_id = ${at} AND forecast.current_version > 0`,
      },
      ...scopeConditions(ctx.actor, PLACE),
      { name: 'state', value: filter.state, sql: (at) => `forecast.state = ${at}` },
      { name: 'plant', value: filter.plant, sql: (at) => `forecast.plant_code = ${at}` },
      {
        name: 'search',
        value: partOf(filter.search),
        sql: (at) => `(forecast.reference ILIKE ${at} OR supplier.name ILIKE ${at}
            OR EXISTS (SELECT FROM forecast_line AS line
                        WHERE line.forecast_version_id = current.id
                          AND (line.item_code ILIKE ${at} OR line.description ILIKE ${at})))`,
      },
    ],
    sort: { name: 'newest', keys: [idKey<ForecastRow>('forecast.id')], direction: 'DESC' },
    page,
  });

const reader = (ctx: Ctx) => ({ supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) });

/** One that the actor may see. @throws AppError `forecast.not-found` */
export const getForecastRow = async (ctx: Ctx, id: string): Promise<ForecastRow> =>
  found(
    'forecast',
    await firstOf<ForecastRow>(ctx.tx, `${ROW} WHERE forecast.id = :id AND ${IS_SEEN}`, {
      id,
      ...reader(ctx),
    }),
  );

export type WaitingForecast = Pick<Forecast, 'id' | 'reference' | 'commitDueAt'> & {
  readonly supplierName: string;
  readonly plantCode: string;
  readonly total: number;
};

/** What waits to be committed: for its supplier all, for staff what was reminded of in vain. */
export const findUncommitted = (ctx: Ctx): Promise<WaitingForecast[]> =>
  rowsOf<WaitingForecast>(
    ctx.tx,
    `SELECT forecast.id, forecast.reference, forecast.commit_due_at AS "commitDueAt", supplier.name AS "supplierName",
            forecast.plant_code AS "plantCode", (count(*) OVER ())::integer AS total
       FROM forecast
       JOIN supplier ON supplier.id = forecast.supplier_id
      WHERE forecast.state = 'published' AND ${IS_SEEN}
        AND (CAST(:supplierId AS uuid) IS NOT NULL OR forecast.escalated_at IS NOT NULL)
      ORDER BY forecast.commit_due_at, forecast.id
      LIMIT 5`,
    reader(ctx),
  );
