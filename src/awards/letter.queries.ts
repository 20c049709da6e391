import { addDecimals, type DecimalString } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { firstOf } from '../platform/db/statements.ts';
import { landedPricesOf } from './landed.queries.ts';

/** What the bids of an event are ranked by: their totals as they are compared. */
export type RankedTotal = {
  readonly supplierId: string;
  /** Of bids that tie nobody is named: the order among them tells nothing. */
  readonly supplierName: string;
  readonly totalAmount: DecimalString | null;
  readonly landedLineCount: number;
};

export async function findRankedTotals(
  ctx: Ctx,
  eventId: string,
): Promise<{ bidders: RankedTotal[]; lineCount: number }> {
  const amounts = new Map<string, DecimalString[]>();
  for (const { supplierId, landedAmount } of await landedPricesOf(ctx, eventId))
    if (landedAmount !== null) amounts.set(supplierId, [...(amounts.get(supplierId) ?? []), landedAmount]);
  const lines = await firstOf<{ count: number }>(
    ctx.tx,
    'SELECT count(*) AS count FROM event_item WHERE event_item.event_id = ?',
    [eventId],
  );
  return {
    bidders: [...amounts].map(([supplierId, own]) => ({
      supplierId,
      supplierName: supplierId,
      totalAmount: addDecimals(own),
      landedLineCount: own.length,
    })),
    lineCount: lines?.count ?? 0,
  };
}
