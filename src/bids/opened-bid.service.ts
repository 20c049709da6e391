import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type EventItem, findAskedFor, findEvent, type Lot, type SourcingEvent } from '../sourcing/index.ts';
import {
  findOpenedBids,
  type OpenedBid,
  type OpenedBidAlternate,
  type OpenedBidLine,
} from './bids.queries.ts';
import { type PricedAs, pricedAs, tiersAsPriced } from './priced-unit.ts';

/** One bid as the buying side reads it after its opening: all that it says, under the lots and lines that were asked for. */
export type OpenedBidPage = {
  readonly event: SourcingEvent;
  readonly bid: Omit<OpenedBid, 'lines' | 'alternates'>;
  readonly lots: readonly Lot[];
  readonly lines: readonly (EventItem & { readonly offer: OpenedOffer })[];
};
type OpenedOffer = Omit<OpenedBidLine, 'bidLineId' | 'priceBaseQuantity' | 'pricedIn'> & {
  readonly priced: PricedAs | null;
  readonly alternates: readonly OpenedBidAlternate[];
};

/** @throws AppError `sourcing_event.not-found`, `bid.not-found` for what is not opened, or of another event */
export async function getOpenedBid(ctx: Ctx, of: { eventId: string; bidId: string }): Promise<OpenedBidPage> {
  const event = await findEvent(ctx, of.eventId);
  const opened = await findOpenedBids(ctx, of.eventId);
  const { lines, alternates, ...bid } = found(
    'bid',
    opened.find((one) => one.id === of.bidId),
  );
  const { lots, items } = await findAskedFor(ctx, of.eventId);
  return {
    event,
    bid,
    lots,
    lines: items.map((item) => ({
      ...item,
      offer: { ...offerOf(lines.get(item.id)), alternates: alternates.get(item.id) ?? [] },
    })),
  };
}

const offerOf = (line: OpenedBidLine | undefined) =>
  line === undefined ? NO_OFFER : { ...line, priced: pricedAs(line), tiers: tiersAsPriced(line) };

const NO_OFFER = {
  unitPrice: null,
  priced: null,
  amount: null,
  leadTimeDays: null,
  note: '',
  capacity: null,
  tiers: [],
};
