import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { inScope, placesOf } from '../platform/db/scope.ts';
import { rowsOf } from '../platform/db/statements.ts';

/** A line that its supplier committed to less of than is forecast. */
export type ShortLine = {
  readonly forecastId: string;
  readonly reference: string;
  readonly version: number;
  readonly supplierName: string;
  readonly plantCode: string;
  readonly lineId: string;
  readonly itemCode: string;
  readonly description: string;
  readonly unit: string;
  readonly firstWeek: Day;
  readonly zone: 'firm' | 'trade_off' | 'outlook';
  /** The most that is missing by the end of any week, and what is missing at the end of the last one. */
  readonly most: string;
  readonly atEnd: string;
  readonly reason: string;
  readonly capacityNote: string;
};

export const MOST_SHORT_LINES = 2000;

/** All of it within the actor's reach, the soonest first: as `shortfallOf` counts, for every line at once. */
export const findShortLines = (ctx: Ctx): Promise<ShortLine[]> =>
  rowsOf<ShortLine>(
    ctx.tx,
    `SELECT forecast.id AS "forecastId", forecast.reference, version.version, supplier.name AS "supplierName",
            forecast.plant_code AS "plantCode", line.id AS "lineId", line.item_code AS "itemCode", line.description,
            line.unit, version.from_week + 7 * (short.first_place - 1)::integer AS "firstWeek",
            CASE WHEN short.first_place <= version.firm_weeks THEN 'firm'
                 WHEN short.first_place <= version.firm_weeks + version.trade_off_weeks THEN 'trade_off'
                 ELSE 'outlook' END AS zone,
            trim_scale(short.most)::text AS most, trim_scale(short.at_end)::text AS "atEnd", answer.reason,
            answer.capacity_note AS "capacityNote"
       FROM forecast
       JOIN supplier ON supplier.id = forecast.supplier_id
       JOIN forecast_version AS version
         ON version.forecast_id = forecast.id AND version.version = forecast.current_version
      CROSS JOIN LATERAL (
            SELECT one.id FROM forecast_commit AS one
             WHERE one.forecast_version_id = version.id AND one.submitted_at IS NOT NULL
             ORDER BY one.commit_no DESC LIMIT 1) AS last
       JOIN forecast_commit_line AS answer ON answer.forecast_commit_id = last.id
       JOIN forecast_line AS line ON line.id = answer.forecast_line_id
      CROSS JOIN LATERAL (
            SELECT min(sums.place) FILTER (WHERE sums.missing > 0) AS first_place, max(sums.missing) AS most,
                   greatest((array_agg(sums.missing ORDER BY sums.place DESC))[1], 0) AS at_end
              FROM (SELECT week.place,
                           sum(week.forecast - COALESCE(week.committed, 0)) OVER (ORDER BY week.place) AS missing
                      FROM unnest(line.quantities, answer.quantities)
                           WITH ORDINALITY AS week (forecast, committed, place)) AS sums) AS short
      WHERE forecast.state = 'committed'
        AND line.quantities <> answer.quantities
        AND short.first_place IS NOT NULL
        AND (CAST(:supplierId AS uuid) IS NULL OR forecast.supplier_id = CAST(:supplierId AS uuid))
        AND ${inScope({ plant: 'forecast.plant_code', category: 'forecast.category_code' }, { plants: ':plants', categories: ':categories' })}
      ORDER BY "firstWeek", supplier.name, line.item_code
      LIMIT ${MOST_SHORT_LINES}`,
    { supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) },
  );
