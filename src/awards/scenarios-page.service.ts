import { compareDecimals, roundDecimal } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type EventItem, findEvent } from '../sourcing/index.ts';
import type { AwardLine } from './award.ts';
import { findAwardBasis } from './award-basis.service.ts';
import { linesPerPage, percentAgainst } from './comparison.ts';
import { findLastPrices } from './last-price.queries.ts';
import * as store from './scenario.store.ts';
import { figuresOf, gapPercent, gapPoints, type Scenario, type ScenarioFigures } from './scenario.ts';

/** What the page of scenarios shows: each with its figures, and who gets which line in each of them. */
export type ScenariosPage = Awaited<ReturnType<typeof getScenariosPage>>;

/** @throws AppError `sourcing_event.not-found` */
export async function getScenariosPage(ctx: Ctx, of: { eventId: string; page: number }) {
  const event = await findEvent(ctx, of.eventId);
  const [{ asked, bidders, isWeighted }, scenarios, choices, lastPrices] = await Promise.all([
    findAwardBasis(ctx, event),
    store.findScenarios(ctx.tx, event.id),
    store.findChoices(ctx.tx, event.id),
    findLastPrices(ctx.tx, { eventId: event.id, currency: event.currency }),
  ]);
  const offers = bidders.flatMap((bidder) => bidder.offers);
  const nameOf = new Map(bidders.map((bidder) => [bidder.supplierId, bidder.supplierName]));
  const shown = scenarios.map((scenario) => {
    const own = choices.get(scenario.id) ?? [];
    const figures = figuresOf({ asked, offers, choices: own, lastPrices, currency: event.currency });
    return {
      ...scenario,
      ...figures,
      supplierName: scenario.supplierId === null ? null : (nameOf.get(scenario.supplierId) ?? null),
      againstEstimate: percentAgainst(figures.estimate.amount, figures.estimate.baseline),
      againstTarget: percentAgainst(figures.target.amount, figures.target.baseline),
      againstLastPrice: percentAgainst(figures.lastPrice.amount, figures.lastPrice.baseline),
      gap: scenario.goal === 'cost' ? gapPercent(scenario.bestAmount, scenario.boundAmount) : null,
      gapPoints: scenario.goal === 'weighted' ? gapPoints(scenario, figures.weighted?.value ?? null) : null,
      isRunning: scenario.state === 'queued' || scenario.state === 'solving',
      isUsable: scenario.state === 'solved' && figures.lines.length > 0,
    };
  });
  const from = (of.page - 1) * linesPerPage;
  return {
    event,
    isWeighted,
    bidders: bidders.map(({ supplierId, supplierName, pricedLineCount }) => ({
      supplierId,
      supplierName,
      pricedLineCount,
    })),
    lineCount: asked.length,
    scenarios: shown,
    cheapest: cheapestOf(shown),
    bestWeighted: bestWeightedOf(shown),
    two: (value: string) => roundDecimal(value, 2),
    lines: asked.slice(from, from + linesPerPage).map((line) => rowOf(line, shown, nameOf)),
    window: { page: of.page, pages: Math.ceil(asked.length / linesPerPage) },
    isAnyRunning: shown.some((scenario) => scenario.isRunning),
  };
}

type Shown = Scenario & { readonly lines: readonly AwardLine[] };

const rowOf = (line: EventItem, scenarios: readonly Shown[], nameOf: ReadonlyMap<string, string>) => ({
  ...line,
  cells: scenarios.map((scenario) =>
    scenario.lines
      .filter((one) => one.eventItemId === line.id)
      .map((one) => ({ ...one, supplierName: nameOf.get(one.supplierId) ?? '' })),
  ),
});

/** The highest weighted total of those that award as many lines as any. */
function bestWeightedOf(
  scenarios: readonly (Pick<Scenario, 'id'> & Pick<ScenarioFigures, 'totals' | 'weighted'>)[],
): string | null {
  const most = Math.max(0, ...scenarios.map((one) => one.totals.awardedLineCount));
  const full = scenarios.flatMap(({ id, totals, weighted }) =>
    most > 0 && totals.awardedLineCount === most && weighted !== null ? [{ id, total: weighted.total }] : [],
  );
  return full.toSorted((a, b) => compareDecimals(b.total, a.total))[0]?.id ?? null;
}

/** The lowest total of those that award as many lines as any: the figure to hold the others against. */
function cheapestOf<
  S extends { readonly id: string; readonly totals: { totalAmount: string; awardedLineCount: number } },
>(scenarios: readonly S[]): string | null {
  const most = Math.max(0, ...scenarios.map((one) => one.totals.awardedLineCount));
  const full = scenarios.filter((one) => most > 0 && one.totals.awardedLineCount === most);
  const sorted = full.toSorted((a, b) => compareDecimals(a.totals.totalAmount, b.totals.totalAmount));
  return sorted[0]?.id ?? null;
}
