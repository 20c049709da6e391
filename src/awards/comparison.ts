import { type PricedAs, type PricedIn, pricedAs } from '../bids/index.ts';
import {
  compareDecimals,
  type DecimalString,
  isPositive,
  multiplyDecimals,
  ratio,
  roundDecimal,
  subtractDecimals,
} from '../kernel/money.ts';
import type { Step } from './landed.ts';

/** One bidder of the comparison: a column. */
export type Bidder = {
  readonly bidId: string;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly bidState: string;
  /** The currency it bid in, and the sum of its prices there. */
  readonly currency: string;
  readonly ownAmount: DecimalString | null;
  /** Nothing is added to its prices: they are what it costs us. */
  readonly isPlain: boolean;
  /** What the lines it priced cost us delivered, in the event's currency; null when none can be said. */
  readonly totalAmount: DecimalString | null;
  readonly pricedLineCount: number;
  /** Priced lines whose landed price can be said: nothing is missing. */
  readonly landedLineCount: number;
  readonly lowestLineCount: number;
  readonly longestLeadTimeDays: number | null;
  /** Over the lines that have both a price and an estimate. */
  readonly amountOfEstimated: DecimalString;
  readonly estimatedAmount: DecimalString;
};
export type Rank = {
  /** True when every line is priced: only then may its total stand beside another's. */
  readonly isComplete: boolean;
  /** Among complete bids, 1 is the lowest total; equal totals share a rank; null for the others. */
  readonly rank: number | null;
};

/** One bidder's price for one line, as it bid it, and what that costs us delivered. */
export type Cell = {
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly amount: DecimalString;
  readonly leadTimeDays: number | null;
  readonly note: string;
  /** In the event's currency; null where something is missing, never zero. */
  readonly landedUnit: DecimalString | null;
  readonly landedAmount: DecimalString | null;
  /** How it comes to that; empty where it is the price. */
  readonly steps: readonly Step[];
  /** Prices at other quantities. */
  readonly tiers: readonly { readonly quantity: DecimalString; readonly unitPrice: DecimalString }[];
  readonly isLowest: boolean;
  /** How it was priced, where that is not in the unit asked: the first step of its arithmetic. */
  readonly priced: PricedAs | null;
};
export type ComparedRow = {
  readonly id: string;
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly quantity: DecimalString;
  readonly unit: string;
  readonly lotId: string | null;
  /** The term of delivery it has of its own, with its place. */
  readonly incoterm: string | null;
  readonly incotermPlace: string;
  readonly estimatedPrice: DecimalString | null;
  readonly targetPrice: DecimalString | null;
  /** The lowest landed price of one unit; null when none can be said. */
  readonly lowestPrice: DecimalString | null;
  readonly highestPrice: DecimalString | null;
};

export type ComparisonSummary = {
  readonly invitedCount: number;
  readonly receivedCount: number;
  /** Received, opened, and set aside because they did not conform. */
  readonly setAsideCount: number;
  readonly lineCount: number;
  readonly pricedLineCount: number;
  /** Lines on which the bidders differ: the ones that `only differences` shows. */
  readonly differingLineCount: number;
  /** Priced by one bidder alone: no competition. */
  readonly singleBidLineCount: number;
  /** The lowest price of each line, together. */
  readonly lowestAmount: DecimalString;
  /** Over the priced lines that have an estimate: at the lowest prices, and as estimated. */
  readonly lowestOfEstimated: DecimalString;
  readonly estimatedAmount: DecimalString;
  readonly estimatedLineCount: number;
};

type Ranked = Pick<Bidder, 'supplierName' | 'totalAmount' | 'landedLineCount'>;

/** Complete bids by total, then the others by how much they cover: the order of the columns. */
export function rankBidders<B extends Ranked>(bidders: readonly B[], lineCount: number): (B & Rank)[] {
  const isComplete = (bidder: Ranked): boolean => lineCount > 0 && bidder.landedLineCount === lineCount;
  const inOrder = bidders.toSorted(
    (a, b) =>
      Number(isComplete(b)) - Number(isComplete(a)) ||
      b.landedLineCount - a.landedLineCount ||
      compareDecimals(a.totalAmount ?? '0', b.totalAmount ?? '0') ||
      (a.supplierName < b.supplierName ? -1 : 1),
  );
  let rank = 0;
  return inOrder.map((bidder, index) => {
    const before = inOrder[index - 1];
    if (!isComplete(bidder)) return { ...bidder, isComplete: false, rank: null };
    const isTie =
      before !== undefined && compareDecimals(before.totalAmount ?? '0', bidder.totalAmount ?? '0') === 0;
    if (!isTie) rank = index + 1;
    return { ...bidder, isComplete: true, rank };
  });
}

/** By how many percent `amount` is above (positive) or below (negative) `base`; null without a base. */
export const percentAgainst = (amount: DecimalString, base: DecimalString): DecimalString | null =>
  isPositive(base) ? multiplyDecimals(ratio(subtractDecimals(amount, base), base), '100') : null;

/**
 * A cell as it is shown: by the unit asked, whatever unit its bidder prices in. Where nothing is added to the price, its
 * steps are how the amount comes about.
 */
export function shownCell<
  C extends Omit<Cell, 'isLowest' | 'priced'> & { readonly pricedIn: PricedIn | null },
>(
  { pricedIn, ...cell }: C,
  of: { quantity: DecimalString; currency: string; lowestPrice: DecimalString | null },
) {
  const priced = pricedAs({ ...cell, pricedIn });
  const { unitPrice, priceBaseQuantity, amount } = cell;
  const goods = { kind: 'goods', quantity: of.quantity, unitPrice, priceBaseQuantity, amount } as const;
  return {
    ...cell,
    priced,
    steps: priced === null || cell.steps.length > 0 ? cell.steps : [{ ...goods, currency: of.currency }],
    tiers: cell.tiers.map((tier) => ({
      ...tier,
      unitPrice: roundDecimal(ratio(tier.unitPrice, priceBaseQuantity), 6),
    })),
    priceBase: priced === null ? priceBaseShown(priceBaseQuantity) : null,
    isLowest:
      cell.landedUnit !== null &&
      of.lowestPrice !== null &&
      compareDecimals(cell.landedUnit, of.lowestPrice) === 0,
  };
}

/** The quantity a price is for, where it is not for one. */
export const priceBaseShown = (priceBaseQuantity: DecimalString): DecimalString | null =>
  compareDecimals(priceBaseQuantity, '1') === 0 ? null : priceBaseQuantity;

/** Lines and bidders stand on pages of this many, so that 40 bidders and 2,000 lines stay a page a browser can hold. */
export const linesPerPage = 100;
export const biddersPerPage = 8;

/** A figure on top of the comparison; its words stand at `awards.kpi.<key>`. */
export type Kpi = {
  readonly key: 'received' | 'best-total' | 'savings' | 'coverage';
  readonly kind: 'money' | 'text';
  readonly value: string | null;
  readonly tone: 'good' | 'bad' | 'warn' | 'plain';
  readonly icon: string;
  readonly note: { readonly key: string; readonly params: Readonly<Record<string, string | number>> };
};

/** What a buyer wants to know before reading a single line. */
export function kpisOf(summary: ComparisonSummary, bidders: readonly (Bidder & Rank)[]): readonly Kpi[] {
  return [receivedKpi(summary), bestTotalKpi(summary, bidders), savingsKpi(summary), coverageKpi(summary)];
}

function receivedKpi({ receivedCount, invitedCount, setAsideCount }: ComparisonSummary): Kpi {
  const about = { key: 'received', kind: 'text', value: `${receivedCount} / ${invitedCount}` } as const;
  if (setAsideCount > 0)
    return {
      ...about,
      tone: 'bad',
      icon: 'alert-triangle',
      note: note('set-aside', { count: setAsideCount }),
    };
  const silent = invitedCount - receivedCount;
  return silent > 0
    ? { ...about, tone: 'warn', icon: 'hourglass', note: note('silent', { count: silent }) }
    : { ...about, tone: 'good', icon: 'circle-check', note: note('all-answered') };
}

function bestTotalKpi(summary: ComparisonSummary, bidders: readonly (Bidder & Rank)[]): Kpi {
  const best = bidders.find((bidder) => bidder.rank === 1);
  const about = { key: 'best-total', kind: 'money', value: best?.totalAmount ?? null } as const;
  if (best === undefined)
    return { ...about, tone: 'warn', icon: 'alert-triangle', note: note('none-complete') };
  const percent =
    summary.estimatedLineCount === summary.lineCount
      ? percentAgainst(best.amountOfEstimated, best.estimatedAmount)
      : null;
  return percent === null
    ? { ...about, tone: 'plain', icon: 'trophy', note: note('best-by', { name: best.supplierName }) }
    : {
        ...about,
        ...toneOf(percent),
        note: note('best-against-estimate', { name: best.supplierName, percent }),
      };
}

function savingsKpi(summary: ComparisonSummary): Kpi {
  const { estimatedAmount, lowestOfEstimated, estimatedLineCount, lineCount } = summary;
  const percent = percentAgainst(lowestOfEstimated, estimatedAmount);
  const about = { key: 'savings', kind: 'money' } as const;
  if (percent === null)
    return { ...about, value: null, tone: 'plain', icon: 'info-circle', note: note('no-estimates') };
  const value = subtractDecimals(estimatedAmount, lowestOfEstimated);
  const params = { percent, count: estimatedLineCount, total: lineCount };
  return { ...about, value, ...toneOf(percent), note: note('by-lowest-lines', params) };
}

function coverageKpi({ pricedLineCount, lineCount, singleBidLineCount }: ComparisonSummary): Kpi {
  const about = { key: 'coverage', kind: 'text', value: `${pricedLineCount} / ${lineCount}` } as const;
  const missing = lineCount - pricedLineCount;
  if (missing > 0)
    return { ...about, tone: 'bad', icon: 'alert-triangle', note: note('no-bid-lines', { count: missing }) };
  return singleBidLineCount > 0
    ? {
        ...about,
        tone: 'warn',
        icon: 'alert-triangle',
        note: note('single-bid-lines', { count: singleBidLineCount }),
      }
    : { ...about, tone: 'good', icon: 'circle-check', note: note('all-competed') };
}

const note = (key: string, params: Kpi['note']['params'] = {}): Kpi['note'] => ({ key, params });
const toneOf = (percent: DecimalString): Pick<Kpi, 'tone' | 'icon'> =>
  percent.startsWith('-') ? { tone: 'good', icon: 'trending-down' } : { tone: 'bad', icon: 'trending-up' };
