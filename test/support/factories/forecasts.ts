import { commitWhole } from '../../../src/forecasts/commits.service.ts';
import { createForecast, publishForecast, saveDraft } from '../../../src/forecasts/forecasts.service.ts';
import type { IncomingLine } from '../../../src/forecasts/incoming-lines.service.ts';
import type { Actor } from '../../../src/kernel/actor.ts';
import { dayIn } from '../../../src/kernel/time.ts';
import { weekOf, weeksFrom } from '../../../src/kernel/week.ts';
import type { World } from '../world.ts';
import { makeCatalog } from './sourcing.ts';
import { makeSupplier } from './suppliers.ts';

/** The week that a test's world begins in. */
export const WEEK = '2026-03-02';

/** Quantities from the first week on. */
export const incoming = (itemCode: string, quantities: readonly string[], from = WEEK): IncomingLine => ({
  itemCode,
  description: `Part ${itemCode}`,
  unit: 'C62',
  byWeek: new Map(weeksFrom(from, quantities.length).map((week, place) => [week, quantities[place] ?? '0'])),
});

export const someTerms = { fromWeek: WEEK, weeks: 6, firmWeeks: 2, tradeOffWeeks: 2, note: '' };

/** A forecast as the use-cases make it: six weeks of a bracket and a housing from the world's week on, by default published. */
export async function makeForecast(
  world: World,
  over: {
    buyer?: Actor;
    supplier?: Actor;
    plantCode?: string;
    categoryCode?: string;
    lines?: readonly IncomingLine[];
    until?: 'draft' | 'published' | 'committed';
  } = {},
): Promise<{ forecastId: string; buyer: Actor; supplier: Actor }> {
  const places = await makeCatalog(world);
  const buyer = over.buyer ?? (await world.staff('buyer'));
  const supplier = over.supplier ?? (await makeSupplier(world)).actor;
  const { plantCode = places.plantCode, categoryCode = places.categoryCode, until = 'published' } = over;
  const fromWeek = weekOf(dayIn(world.now(), 'Asia/Shanghai'));
  const forecastId = await world.runInTx(buyer, async (ctx) => {
    const id = await createForecast(ctx, {
      supplierId: supplier.supplierId ?? '',
      plantCode,
      categoryCode,
    });
    const lines = over.lines ?? [
      incoming('BRK-A', ['100', '100', '100', '100', '100', '100'], fromWeek),
      incoming('HSG-7', ['0', '40', '0', '40', '0', '40'], fromWeek),
    ];
    const revision = await saveDraft(ctx, { ...someTerms, fromWeek, forecastId: id, revision: 1, lines });
    if (until !== 'draft') await publishForecast(ctx, { forecastId: id, revision });
    return id;
  });
  if (until === 'committed')
    await world.runInTx(supplier, (ctx) => commitWhole(ctx, { forecastId, version: 1 }));
  return { forecastId, buyer, supplier };
}
