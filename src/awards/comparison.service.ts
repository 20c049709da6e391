import { timelineOf } from '../audit/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import { eventSteps, findEvent, type SourcingEvent } from '../sourcing/index.ts';
import { findLatestAward } from './award.store.ts';
import { findSetAside } from './awards.queries.ts';
import { findComparison } from './comparison.queries.ts';
import { type ComparisonSheet, comparisonSheet } from './comparison.report.ts';
import {
  type ComparedLine,
  kpisOf,
  linesPerPage,
  percentAgainst,
  priceBaseShown,
  rankBidders,
} from './comparison.ts';

/** Nothing of a bid is read before its opening; afterwards it stays comparable, whatever became of it. */
const isOpened = (event: SourcingEvent): boolean =>
  event.openedAt !== null && event.state !== 'opening' && event.state !== 'closed';

/** What the comparison's page shows: figures over all lines, and the lines of one page of them. */
export type ComparisonPage = Awaited<ReturnType<typeof getComparisonPage>>;

/** @throws AppError `sourcing_event.not-found` */
export async function getComparisonPage(
  ctx: Ctx,
  of: { eventId: string; page: number; onlyDifferences: boolean },
) {
  const event = await findEvent(ctx, of.eventId);
  const award = (await findLatestAward(ctx.tx, event.id)) ?? null;
  const limit = linesPerPage;
  const { bidders, lines, summary } = isOpened(event)
    ? await findComparison(ctx.tx, { ...of, currency: event.currency, limit, offset: (of.page - 1) * limit })
    : EMPTY;
  const ranked = rankBidders(bidders, summary.lineCount);
  const count = of.onlyDifferences ? summary.differingLineCount : summary.lineCount;
  return {
    event,
    award,
    isOpened: isOpened(event),
    bidders: ranked.map((bidder) => ({
      ...bidder,
      againstEstimate: percentAgainst(bidder.amountOfEstimated, bidder.estimatedAmount),
    })),
    lines: lines.map(shownLine),
    summary,
    setAside: isOpened(event) ? await findSetAside(ctx.tx, { eventId: event.id, supplierId: null }) : [],
    kpis: kpisOf(summary, ranked),
    onlyDifferences: of.onlyDifferences,
    window: {
      page: of.page,
      pages: Math.ceil(count / limit),
      from: lines.length === 0 ? 0 : (of.page - 1) * limit + 1,
      to: (of.page - 1) * limit + lines.length,
      count,
    },
    steps: eventSteps.map((step) => step.key),
    currentStep: eventSteps.findIndex((step) => step.states.includes(event.state)),
    timeline: await timelineOf(ctx, event.id, ...(award === null ? [] : [award.id])),
  };
}

const EMPTY: Awaited<ReturnType<typeof findComparison>> = {
  bidders: [],
  lines: [],
  summary: {
    invitedCount: 0,
    receivedCount: 0,
    setAsideCount: 0,
    lineCount: 0,
    pricedLineCount: 0,
    differingLineCount: 0,
    singleBidLineCount: 0,
    lowestAmount: '0',
    lowestOfEstimated: '0',
    estimatedAmount: '0',
    estimatedLineCount: 0,
  },
};

const shownLine = (line: ComparedLine) => ({
  ...line,
  againstEstimate:
    line.lowestPrice === null || line.estimatedPrice === null
      ? null
      : percentAgainst(line.lowestPrice, line.estimatedPrice),
  cells: Object.fromEntries(
    Object.entries(line.cells).map(([supplierId, cell]) => [
      supplierId,
      { ...cell, priceBase: priceBaseShown(cell.priceBaseQuantity) },
    ]),
  ),
});

/** All lines as a table to be written, and what to call the file. @throws AppError `sourcing_event.not-found` */
export async function getComparisonSheet(
  ctx: Ctx,
  of: { eventId: string; t: Translate },
): Promise<{ reference: string; sheet: ComparisonSheet }> {
  const event = await findEvent(ctx, of.eventId);
  const whole = { offset: 0, limit: ctx.policies.limits.eventLines, onlyDifferences: false };
  const comparison = isOpened(event)
    ? await findComparison(ctx.tx, { eventId: event.id, currency: event.currency, ...whole })
    : null;
  return { reference: event.reference, sheet: comparisonSheet(comparison, { event, t: of.t }) };
}
