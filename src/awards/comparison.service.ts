import { timelineOf } from '../audit/index.ts';
import { compareDecimals } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { eventSteps, findEvent, findLots, type SourcingEvent } from '../sourcing/index.ts';
import { type AbnormallyLow, abnormallyLow } from './abnormally-low.ts';
import { findLandedAlternates } from './alternates.service.ts';
import { findLatestAward } from './award.store.ts';
import { findExcludedLots, findSetAside } from './awards.queries.ts';
import { assertSeesPrices } from './committee.service.ts';
import { type ComparisonAsked, type ComparisonRow, findComparison } from './comparison.queries.ts';
import { alternateNosOf } from './comparison.report.ts';
import {
  type Bidder,
  biddersPerPage,
  type ComparedRow,
  kpisOf,
  linesPerPage,
  percentAgainst,
  type Rank,
  rankBidders,
  shownCell,
} from './comparison.ts';
import {
  findCells,
  findLastPrices,
  findLotTotals,
  findPlantsOfLines,
  type LotTotal,
} from './comparison-cells.queries.ts';
import { asNeeded, missingCostsOf } from './landed.queries.ts';
import { type BidBasis, findBidBases, findEventRates } from './landed.store.ts';
import { findWeightedPlaces } from './weighted-result.service.ts';

/** Nothing of a bid is read before its opening; afterwards it stays comparable, whatever became of it. */
export const isOpened = (event: Pick<SourcingEvent, 'openedAt' | 'state'>): boolean =>
  event.openedAt !== null && event.state !== 'opening' && event.state !== 'closed';

/** What the comparison's page shows: figures over all lines, and the lines and bidders of one page of them. */
export type ComparisonPage = Awaited<ReturnType<typeof getComparisonPage>>;

type Asked = Pick<ComparisonAsked, 'eventId' | 'lotId' | 'plantCode' | 'onlyDifferences' | 'sort'> & {
  readonly page: number;
  /** Which page of bidders. */
  readonly biddersPage: number;
};

/** @throws AppError `sourcing_event.not-found` */
export async function getComparisonPage(ctx: Ctx, of: Asked) {
  const event = await findEvent(ctx, of.eventId);
  await assertSeesPrices(ctx, event.id);
  const award = (await findLatestAward(ctx.tx, event.id)) ?? null;
  const { bases, needed, found } = await compare(ctx, event, of);
  const { summary } = found;
  const ranked = rankBidders(found.bidders, summary.lineCount);
  const low = abnormallyLow(ranked, ctx.policies.comparison.abnormallyLow);
  const bidders = ranked.map((bidder) => shownBidder(bidder, { bases, low }));
  const shown = bidders.slice((of.biddersPage - 1) * biddersPerPage, of.biddersPage * biddersPerPage);
  const [lines, besides, timeline] = await Promise.all([
    withCells(ctx, found.lines, { eventId: event.id, needed, bidders: shown }),
    isOpened(event) ? besidesOf(ctx, event, { needed, shown }) : SEALED,
    timelineOf(ctx, event.id, ...(award === null ? [] : [award.id])),
  ]);
  const { alternates } = besides;
  return {
    event,
    award,
    isOpened: isOpened(event),
    bidders,
    shownBidders: shown.map((bidder) => ({ ...bidder, alternateNos: alternateNosOf(alternates, bidder) })),
    lines: lines.map((line) => ({
      ...line,
      alternates: alternates.filter((one) => one.eventItemId === line.id),
    })),
    summary,
    ...besides,
    kpis: kpisOf(summary, ranked),
    asked: {
      differences: of.onlyDifferences,
      lot: of.lotId,
      plant: of.plantCode,
      sort: of.sort,
      page: of.page,
      bidders: of.biddersPage,
    },
    window: windowOf(of, { summary, lineCount: found.lines.length }),
    biddersWindow: {
      pages: Math.ceil(bidders.length / biddersPerPage),
      from: shown.length === 0 ? 0 : (of.biddersPage - 1) * biddersPerPage + 1,
      to: (of.biddersPage - 1) * biddersPerPage + shown.length,
    },
    steps: eventSteps.map((step) => step.key),
    currentStep: eventSteps.findIndex((step) => step.states.includes(event.state)),
    timeline,
  };
}

/** What stands around the table of an opened event. */
async function besidesOf(
  ctx: Ctx,
  event: SourcingEvent,
  of: { needed: string; shown: readonly Pick<Bidder, 'bidId'>[] },
) {
  const [lots, totals, plants, rates, setAside, excludedLots, weighted, alternates] = await Promise.all([
    findLots(ctx, event.id),
    findLotTotals(ctx.tx, { eventId: event.id, needed: of.needed }),
    findPlantsOfLines(ctx.tx, event.id),
    findEventRates(ctx.tx, event.id),
    findSetAside(ctx.tx, { eventId: event.id, supplierId: null }),
    findExcludedLots(ctx.tx, { eventId: event.id, supplierId: null }),
    findWeightedPlaces(ctx, event.id),
    findLandedAlternates(ctx, event, { bidIds: of.shown.map((bidder) => bidder.bidId) }),
  ]);
  const lotTotals = lots.length === 0 ? [] : byLot(totals, lots);
  return { lots, lotTotals, plants, rates, setAside, excludedLots, weighted, alternates };
}

const SEALED: Awaited<ReturnType<typeof besidesOf>> = {
  lots: [],
  lotTotals: [],
  plants: [],
  rates: [],
  setAside: [],
  excludedLots: [],
  weighted: null,
  alternates: [],
};

/** The figures, with the costs that each bid needs before it may stand beside the others. */
export async function compare(ctx: Ctx, event: SourcingEvent, of: Asked) {
  const bases = isOpened(event) ? await findBidBases(ctx.tx, event.id) : [];
  const needed = asNeeded(bases);
  const limit = linesPerPage;
  const found: ComparisonRow = isOpened(event)
    ? await findComparison(ctx.tx, {
        ...of,
        currency: event.currency,
        needed,
        limit,
        offset: (of.page - 1) * limit,
      })
    : EMPTY;
  return { bases, needed, found };
}

function windowOf(of: Asked, found: { summary: ComparisonRow['summary']; lineCount: number }) {
  const count = of.onlyDifferences ? found.summary.differingLineCount : found.summary.lineCount;
  const before = (of.page - 1) * linesPerPage;
  return {
    page: of.page,
    pages: Math.ceil(count / linesPerPage),
    from: found.lineCount === 0 ? 0 : before + 1,
    to: before + found.lineCount,
    count,
  };
}

const shownBidder = (
  bidder: Bidder & Rank,
  of: { bases: readonly BidBasis[]; low: ReturnType<typeof abnormallyLow> },
) => {
  const basis = of.bases.find((one) => one.bidId === bidder.bidId);
  return {
    ...bidder,
    againstEstimate: percentAgainst(bidder.amountOfEstimated, bidder.estimatedAmount),
    incoterm: basis?.incoterm ?? null,
    incotermPlace: basis?.incotermPlace ?? '',
    paymentDays: basis?.paymentDays ?? null,
    hasOwnTerms: basis?.termsReason != null,
    missingCosts: basis === undefined ? [] : missingCostsOf(basis, of.bases),
    low: of.low.get(bidder.bidId) ?? null,
  };
};

async function withCells(
  ctx: Ctx,
  lines: readonly ComparedRow[],
  of: {
    eventId: string;
    needed: string;
    bidders: readonly { bidId: string; supplierId: string; currency: string }[];
  },
) {
  const currencies = new Map(of.bidders.map(({ supplierId, currency }) => [supplierId, currency]));
  const cells = await findCells(ctx.tx, {
    eventId: of.eventId,
    needed: of.needed,
    itemIds: lines.map((line) => line.id),
    bidIds: of.bidders.map((bidder) => bidder.bidId),
  });
  const itemCodes = lines.flatMap((line) => (line.itemCode === null ? [] : [line.itemCode]));
  const lasts = new Map(
    (await findLastPrices(ctx.tx, { itemCodes, eventId: of.eventId })).map((last) => [last.itemCode, last]),
  );
  const cellsOf = cellsByLine(cells);
  return lines.map((line) => ({
    ...line,
    lastPrice: lasts.get(line.itemCode ?? '') ?? null,
    againstEstimate:
      line.lowestPrice === null || line.estimatedPrice === null
        ? null
        : percentAgainst(line.lowestPrice, line.estimatedPrice),
    cells: Object.fromEntries(
      (cellsOf.get(line.id) ?? []).map((cell) => [
        cell.supplierId,
        shownCell(cell, {
          quantity: line.quantity,
          lowestPrice: line.lowestPrice,
          currency: currencies.get(cell.supplierId) ?? '',
        }),
      ]),
    ),
  }));
}

/** A row a lot with what each bidder's lines of it come to; lines of no lot stand last. */
function byLot(totals: readonly LotTotal[], lots: readonly { id: string; lotNo: number; title: string }[]) {
  const rows = [...lots, null].map((lot) => {
    const ofLot = totals.filter((total) => total.lotId === (lot?.id ?? null));
    const complete = ofLot.flatMap(({ totalAmount, landedLineCount, lineCount }) =>
      totalAmount !== null && landedLineCount === lineCount ? [totalAmount] : [],
    );
    return {
      lot,
      lowest: complete.toSorted(compareDecimals)[0] ?? null,
      lineCount: ofLot[0]?.lineCount ?? 0,
      bySupplier: Object.fromEntries(ofLot.map((total) => [total.supplierId, total])),
    };
  });
  return rows.filter((row) => row.lot !== null || row.lineCount > 0);
}

const EMPTY: ComparisonRow = {
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

/** Cells by the line they belong to. */
function cellsByLine<C extends { readonly eventItemId: string }>(cells: readonly C[]): Map<string, C[]> {
  const byLine = new Map<string, C[]>();
  for (const cell of cells) {
    const ofLine = byLine.get(cell.eventItemId);
    if (ofLine === undefined) byLine.set(cell.eventItemId, [cell]);
    else ofLine.push(cell);
  }
  return byLine;
}

/** The bids that the rule calls abnormally low, with what it went by. */
export async function lowBidsOf(ctx: Ctx, event: SourcingEvent): Promise<Map<string, AbnormallyLow>> {
  const { found } = await compare(ctx, event, {
    eventId: event.id,
    lotId: null,
    plantCode: null,
    onlyDifferences: false,
    sort: 'line',
    page: 1,
    biddersPage: 1,
  });
  const ranked = rankBidders(found.bidders, found.summary.lineCount);
  return abnormallyLow(ranked, ctx.policies.comparison.abnormallyLow);
}
