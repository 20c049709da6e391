import { addDecimals, type DecimalString } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findEventItems, findLots, type Lot } from '../sourcing/index.ts';
import { type LandedPrice, landedPricesOf } from './landed.queries.ts';

/** What the bids of an event are ranked by: their totals as they are compared. */
type RankedTotal = {
  readonly supplierId: string;
  /** Of bids that tie nobody is named: the order among them tells nothing. */
  readonly supplierName: string;
  readonly totalAmount: DecimalString | null;
  readonly landedLineCount: number;
};
type RankedTotals = { readonly bidders: readonly RankedTotal[]; readonly lineCount: number };

/** The totals over all lines, and those of each lot, which is awarded as one. */
export async function findRankedTotals(
  ctx: Ctx,
  eventId: string,
): Promise<{ whole: RankedTotals; lots: readonly (RankedTotals & { readonly lot: Lot })[] }> {
  const [prices, items, lots] = await Promise.all([
    landedPricesOf(ctx, eventId),
    findEventItems(ctx, eventId),
    findLots(ctx, eventId),
  ]);
  const over = (asked: readonly { readonly id: string }[]): RankedTotals => {
    const ids = new Set(asked.map((item) => item.id));
    return { bidders: totalsOf(prices.filter((one) => ids.has(one.eventItemId))), lineCount: ids.size };
  };
  return {
    whole: over(items),
    lots: lots.map((lot) => ({ lot, ...over(items.filter((item) => item.lotId === lot.id)) })),
  };
}

function totalsOf(prices: readonly LandedPrice[]): RankedTotal[] {
  const amounts = new Map<string, DecimalString[]>();
  for (const { supplierId, landedAmount } of prices) {
    if (landedAmount === null) continue;
    const own = amounts.get(supplierId);
    if (own === undefined) amounts.set(supplierId, [landedAmount]);
    else own.push(landedAmount);
  }
  return [...amounts].map(([supplierId, own]) => ({
    supplierId,
    supplierName: supplierId,
    totalAmount: addDecimals(own),
    landedLineCount: own.length,
  }));
}
