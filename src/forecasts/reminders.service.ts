import { recordAll } from '../audit/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './forecast.store.ts';
import { weekAt, workingDaysOn } from './forecasts.service.ts';

/**
 * Reminds suppliers once whose time to commit is over, and later takes what is still silent to the planner; gives how many
 * it minded. Nothing is committed by it.
 */
export async function remindOfForecasts(ctx: Ctx, limit: number): Promise<number> {
  const late = await store.lockLate(ctx.tx, ctx.now, limit);
  for (const forecast of late) {
    if (forecast.remindedAt === null) {
      const { plant } = await weekAt(ctx, forecast.plantCode);
      const nextDueAt = await workingDaysOn(ctx, plant, ctx.policies.forecasts.escalateWorkingDays);
      await store.saveReminded(ctx.tx, { id: forecast.id, at: ctx.now, nextDueAt });
    } else await store.saveEscalated(ctx.tx, { id: forecast.id, at: ctx.now });
  }
  await recordAll(
    ctx,
    late.map((forecast) => ({
      action: forecast.remindedAt === null ? 'forecast.reminded' : 'forecast.escalated',
      subject: { type: 'forecast', id: forecast.id },
      supplierId: forecast.supplierId,
      from: forecast.state,
      to: forecast.state,
      changes: { reference: forecast.reference, version: forecast.currentVersion },
    })),
  );
  return late.length;
}
