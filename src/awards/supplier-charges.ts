import type { Incoterm } from '../kernel/incoterm.ts';
import {
  addDecimals,
  type DecimalString,
  isZero,
  multiplyDecimals,
  ratio,
  roundMoney,
} from '../kernel/money.ts';
import { type CostKind, costKinds, costsLeftToBuyer } from './buyer-costs.ts';
import { type BidToLand, type EventRate, landBid } from './landed.ts';

/** A cost of an awarded bid that its supplier is paid beside the prices, in the bid's currency; a discount is below nothing. */
export type SupplierCharge = { readonly kind: CostKind; readonly amount: DecimalString };

/**
 * What of the costs that were entered for a bid its supplier is paid for the awarded quantities. A cost that the bid's term
 * leaves to us is paid to others: to a carrier, to customs. Of a part of a line it is that part.
 */
export function supplierCharges(
  bid: BidToLand & { readonly incoterm: Incoterm },
  awarded: ReadonlyMap<string, DecimalString>,
): SupplierCharge[] {
  const own = inBidCurrency(bid);
  if (own === null) return [];
  const paidToOthers = costsLeftToBuyer(bid.incoterm);
  const landed = new Map(landBid(own).map((line) => [line.bidLineId, line.steps]));
  return costKinds
    .filter((kind) => !paidToOthers.includes(kind))
    .map((kind) => {
      const parts = bid.lines.flatMap((line) => {
        const quantity = awarded.get(line.eventItemId) ?? '0';
        const steps = (landed.get(line.bidLineId) ?? []).filter((step) => step.kind === kind);
        return steps.map(({ amount }) => ratio(multiplyDecimals(amount, quantity), line.quantity));
      });
      return { kind, amount: roundMoney(addDecimals(parts), bid.currency) };
    })
    .filter(({ amount }) => !isZero(amount));
}

/** The same bid landed in its own currency, so that what was entered in it comes out as it went in; null without a rate. */
function inBidCurrency(bid: BidToLand): BidToLand | null {
  if (bid.currency === bid.eventCurrency) return bid;
  const own = bid.rates.get(bid.currency);
  if (own === undefined) return null;
  const into = (rate: EventRate): EventRate => ({ ...rate, rate: ratio(rate.rate, own.rate) });
  const rates = new Map([...bid.rates.values()].map((rate) => [rate.fromCurrency, into(rate)]));
  rates.set(bid.eventCurrency, { ...own, fromCurrency: bid.eventCurrency, rate: ratio('1', own.rate) });
  return { ...bid, eventCurrency: bid.currency, rates };
}
