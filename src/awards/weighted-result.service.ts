import { type BidWithResponses, findBidsWithResponses } from '../bids/index.ts';
import { addDecimals, type DecimalString } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  type Criterion,
  findEventItems,
  findLots,
  findPlan,
  type Lot,
  planOfLot,
} from '../sourcing/index.ts';
import { assertSeesPrices, type Committee, findCommittee } from './committee.service.ts';
import { answeredOf, findTechnicalResults, type TechnicalResult } from './evaluation.service.ts';
import { type CriterionScore, priceScores, scoreOf } from './evaluation.ts';
import { type LandedPrice, landedPricesOf } from './landed.queries.ts';
import { type Ranked, rankByTotal } from './scoring.ts';
import { type WeightRange, weightRanges } from './sensitivity.ts';

/** One bid of the result: its score by each criterion, its total and its rank. */
export type WeightedBid = Ranked & {
  readonly bid: BidWithResponses;
  readonly scores: readonly (CriterionScore & { readonly weight: DecimalString })[];
};
/** The result in one lot, with how far each weight may move there, and who was excluded from it by an answer. */
export type LotResult = {
  readonly lot: Lot;
  readonly bids: readonly WeightedBid[];
  readonly ranges: readonly WeightRange[];
  readonly excluded: readonly BidWithResponses[];
};
export type WeightedResult = {
  readonly criteria: readonly Criterion[];
  /** In the order of their rank, by all lines together. */
  readonly bids: readonly WeightedBid[];
  /** The same by lot, where there are lots: a lot is the unit of award, and who bids for one alone is ranked in it. */
  readonly lots: readonly LotResult[];
  /** Failed technically, or set aside. */
  readonly failed: readonly BidWithResponses[];
  /** How far each weight may move; empty while a score is missing. */
  readonly ranges: readonly WeightRange[];
};

/** The weighted result; null for an event without criteria, which price alone ranks. The caller may see prices. */
export async function findWeightedResult(ctx: Ctx, eventId: string): Promise<WeightedResult | null> {
  const plan = await findPlan(ctx, eventId);
  if (plan.criteria.length === 0) return null;
  const committee = await findCommittee(ctx, eventId);
  const isTechnicalKnown = committee.evaluation.state === 'fixed' || committee.subjects.length === 0;
  const technical = isTechnicalKnown ? await findTechnicalResults(ctx, committee) : [];
  const [all, items, lots, landed] = await Promise.all([
    findBidsWithResponses(ctx, eventId),
    findEventItems(ctx, eventId),
    findLots(ctx, eventId),
    landedPricesOf(ctx, eventId),
  ]);
  const standing = all.filter((bid) => bid.state !== 'disqualified');
  const scale = ctx.policies.evaluation;
  // Over all lines together bids are judged by what is asked of everybody; a lot has its own beside.
  const shared = planOfLot(plan, null);
  const bids = rankOver(standing, landed, items.length, { technical, plan: shared, scale });
  return {
    criteria: plan.criteria,
    bids,
    lots: lots.map((lot) => {
      const lines = new Set(items.flatMap((item) => (item.lotId === lot.id ? [item.id] : [])));
      const ofLot = landed.filter((price) => lines.has(price.eventItemId));
      const bidders = new Set(ofLot.map((price) => price.bidId));
      const bidding = standing.filter((bid) => bidders.has(bid.id));
      const own = planOfLot(plan, lot.id);
      const ranked = rankOver(bidding, ofLot, lines.size, { technical, plan: own, scale });
      return {
        lot,
        bids: ranked,
        ranges: rangesOf(ranked, own.criteria),
        excluded: standing.filter((bid) =>
          bid.lotDecisions.some((one) => one.lotId === lot.id && one.isExcluded),
        ),
      };
    }),
    failed: all.filter((bid) => bid.state === 'disqualified'),
    ranges: rangesOf(bids, shared.criteria),
  };
}

type Known = {
  readonly technical: readonly TechnicalResult[];
  readonly plan: Committee['plan'];
  readonly scale: Ctx['policies']['evaluation'];
};

/** These bids by their weighted totals, where price is what so many lines cost us. */
function rankOver(
  bids: readonly BidWithResponses[],
  prices: readonly LandedPrice[],
  lineCount: number,
  known: Known,
): WeightedBid[] {
  const { criteria } = known.plan;
  const price = criteria.find((criterion) => criterion.kind === 'price');
  const byPrice = price === undefined ? new Map() : priceScores(price, pricesOf(bids, prices, lineCount));
  return rankByTotal(
    bids.map((bid) => ({
      bid,
      scores: criteria.map((criterion) => ({
        ...scoreBy(criterion, bid, { ...known, byPrice }),
        weight: criterion.weight,
      })),
    })),
  );
}

function scoreBy(
  criterion: Criterion,
  bid: BidWithResponses,
  of: Known & { byPrice: ReadonlyMap<string, DecimalString | null> },
): CriterionScore {
  if (criterion.kind === 'price')
    return { criterionId: criterion.id, score: of.byPrice.get(bid.id) ?? null, parts: [] };
  if (criterion.envelope === 'commercial')
    return scoreOf(answeredOf(bid), criterion, { plan: of.plan, settled: new Map(), scale: of.scale });
  const known = of.technical.find((result) => result.bid.id === bid.id);
  const score = known?.scores.find((one) => one.criterionId === criterion.id);
  return score ?? { criterionId: criterion.id, score: null, parts: [] };
}

/** What each bid costs as a whole, landed; null for one that does not price every line, or whose costs are not known. */
function pricesOf(
  bids: readonly BidWithResponses[],
  prices: readonly LandedPrice[],
  lineCount: number,
): Map<string, DecimalString | null> {
  const amountsOf = new Map<string, DecimalString[]>(bids.map((bid) => [bid.id, []]));
  for (const { bidId, landedAmount } of prices)
    if (landedAmount !== null) amountsOf.get(bidId)?.push(landedAmount);
  return new Map(
    [...amountsOf].map(([bidId, amounts]) => [
      bidId,
      amounts.length > 0 && amounts.length === lineCount ? addDecimals(amounts) : null,
    ]),
  );
}

function rangesOf(bids: readonly WeightedBid[], criteria: readonly Criterion[]): WeightRange[] {
  const ranked = bids.filter((bid) => bid.rank !== null);
  const [winner] = ranked;
  // Where nobody else is ranked no weight decides anything.
  if (winner === undefined || ranked.length < 2) return [];
  const scored = ranked.map(({ bid, scores }) => ({
    bidId: bid.id,
    scores: Object.fromEntries(scores.map(({ criterionId, score }) => [criterionId, score ?? '0'])),
  }));
  const weights = criteria.map(({ id, weight }) => ({ criterionId: id, weight }));
  return weightRanges(scored, weights, winner.bid.id);
}

/** Places by weighted totals. */
export type WeightedPlaces = {
  /** By supplier, over all lines. */
  readonly whole: ReadonlyMap<string, WeightedBid>;
  /** By lot, then by supplier; empty where there are no lots. */
  readonly byLot: ReadonlyMap<string, ReadonlyMap<string, WeightedBid>>;
};

/** The place of each bid in the weighted result; null where price alone ranks. */
export async function findWeightedPlaces(ctx: Ctx, eventId: string): Promise<WeightedPlaces | null> {
  const result = await findWeightedResult(ctx, eventId);
  const bySupplier = (bids: readonly WeightedBid[]) => new Map(bids.map((bid) => [bid.bid.supplierId, bid]));
  return result === null
    ? null
    : {
        whole: bySupplier(result.bids),
        byLot: new Map(result.lots.map(({ lot, bids }) => [lot.id, bySupplier(bids)])),
      };
}

/** What a bidder's lines of a lot are ranked by: their lot, where there are lots, else all lines together. */
export const weightedOn = (
  places: WeightedPlaces,
  of: { readonly supplierId: string; readonly lotId: string | null },
): WeightedBid | undefined =>
  (of.lotId === null ? places.whole : (places.byLot.get(of.lotId) ?? places.whole)).get(of.supplierId);

export type EvaluationPage = Committee & { readonly result: WeightedResult | null };

/** The result for whoever compares bids; not for members that still score. @throws AppError `comparison.not-found` */
export async function getEvaluationPage(ctx: Ctx, eventId: string): Promise<EvaluationPage> {
  const committee = await findCommittee(ctx, eventId);
  await assertSeesPrices(ctx, eventId);
  const isOpened = committee.event.openedAt !== null && committee.event.state !== 'opening';
  return { ...committee, result: isOpened ? await findWeightedResult(ctx, eventId) : null };
}
