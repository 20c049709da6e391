import type { Ctx } from '../platform/db/context.ts';
import * as store from './landed.store.ts';
import { findAwardedQuantities } from './supplier-charges.queries.ts';
import { type SupplierCharge, supplierCharges } from './supplier-charges.ts';

/**
 * What a supplier of an award is paid beside its prices, for what it was awarded; nothing is read but that there is
 * nothing, where no cost was entered for its bid.
 */
export async function findSupplierCharges(
  ctx: Ctx,
  of: { awardId: string; eventId: string; supplierId: string },
): Promise<SupplierCharge[]> {
  const { eventId } = of;
  const awarded = await findAwardedQuantities(ctx, of);
  const charges: SupplierCharge[] = [];
  // One bid, as a rule: a later round's takes the place of the earlier one's.
  for (const bidId of new Set(awarded.map((line) => line.bidId))) {
    const bid = await store.findBidBasis(ctx.tx, { eventId, bidId });
    if (bid === undefined) continue;
    const rates = await store.findEventRates(ctx.tx, eventId);
    const own = awarded.filter((line) => line.bidId === bidId);
    charges.push(
      ...supplierCharges(
        {
          currency: bid.currency,
          eventCurrency: own[0]?.eventCurrency ?? bid.currency,
          incoterm: bid.incoterm,
          rates: new Map(rates.map((rate) => [rate.fromCurrency, rate])),
          // What paying sooner or later is worth is nobody's to be paid.
          paymentDays: 0,
          eventPaymentDays: 0,
          annualInterestPercent: '0',
          adjustments: await store.findAdjustments(ctx.tx, { eventId, bidId }),
          lines: await store.findPricedLines(ctx.tx, bidId),
        },
        new Map(own.map((line) => [line.eventItemId, line.quantity])),
      ),
    );
  }
  return charges;
}
