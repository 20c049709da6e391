import type { Day } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { named } from '../../platform/db/statements.ts';
import { limitsOf } from '../delivery-list.queries.ts';
import type { DespatchState } from '../despatch-advice.ts';
import type { DockState } from './dock-appointment.ts';

/** A delivery that comes on a day, with its time at the docks where it has one. */
export type ArrivalRow = {
  readonly id: string;
  readonly reference: string;
  readonly supplierName: string;
  readonly plantCode: string;
  readonly timeZone: string;
  readonly state: DespatchState;
  readonly carrier: string;
  readonly trackingNumber: string;
  readonly unitCount: number;
  readonly lineCount: number;
  readonly dockState: DockState | null;
  readonly dockVersion: number | null;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly arrivedAt: Date | null;
};

const AT_MOST = 200;

/** What comes on this day, by plant and slot; what has no slot stands last. */
export function findArrivals(ctx: Ctx, of: { day: Day; plantCode: string | null }): Promise<ArrivalRow[]> {
  const values: unknown[] = [of.day];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [`da.expected_on = $1`, `da.state NOT IN ('cancelled', 'rejected')`];
  const limits = limitsOf(ctx);
  if (of.plantCode !== null) conditions.push(`da.plant_code = ${bind(of.plantCode)}`);
  if (ctx.actor.supplierId !== null) conditions.push(`da.supplier_id = ${bind(ctx.actor.supplierId)}`);
  for (const limit of limits) conditions.push(limit.sql(bind(limit.value)));
  const kind = [
    of.plantCode === null ? '' : 'plant',
    ctx.actor.supplierId === null ? '' : 'own',
    ...limits.map((limit) => limit.name),
  ].join(' ');
  return named<ArrivalRow>(ctx.tx, {
    name: `despatch_advice.arrivals ${kind}`,
    text: `
      SELECT da.id, da.reference, supplier.name AS "supplierName", da.plant_code AS "plantCode",
             plant.time_zone AS "timeZone", da.state, da.carrier, da.tracking_number AS "trackingNumber",
             (SELECT count(*) FROM handling_unit AS hu
               WHERE hu.despatch_advice_id = da.id AND hu.packing_no = da.packing_no)::integer AS "unitCount",
             (SELECT count(*) FROM despatch_line AS line WHERE line.despatch_advice_id = da.id)::integer AS "lineCount",
             dock.state AS "dockState", dock.version AS "dockVersion", dock.starts_at AS "startsAt",
             dock.ends_at AS "endsAt", da.arrived_at AS "arrivedAt"
        FROM despatch_advice AS da
        JOIN purchase_order AS po ON po.id = da.order_id
        JOIN supplier ON supplier.id = da.supplier_id
        JOIN plant ON plant.code = da.plant_code
        LEFT JOIN dock_appointment AS dock ON dock.despatch_advice_id = da.id
       WHERE ${conditions.join('\n         AND ')}
       ORDER BY da.plant_code, dock.starts_at NULLS LAST, da.reference
       LIMIT ${AT_MOST}`,
    values,
  });
}
