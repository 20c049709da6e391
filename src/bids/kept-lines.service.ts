import type { UnitCode } from '../kernel/quantity.ts';
import { writeRatio } from '../kernel/unit-conversion.ts';
import type { Ctx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import { listRounds, type SourcingEvent } from '../sourcing/index.ts';
import type { Bid } from './bid.ts';
import type { KeptLines } from './bid-content.ts';
import type { BidDraft, DraftLine } from './bid-draft.ts';
import { findOpenedBids, type OpenedBid } from './bids.queries.ts';
import { tierKey } from './offer.ts';
import { pricedAs, tiersAsPriced } from './priced-unit.ts';

/**
 * What an earlier round's bids, by their suppliers, go on offering: of lines that the newest round does not ask again they
 * were opened, so they need not be sealed once more. Null where it asks all.
 */
export async function findKeptLines(
  ctx: Ctx,
  event: Pick<SourcingEvent, 'id' | 'round'>,
): Promise<ReadonlyMap<string, KeptLines> | null> {
  const asked = await findAskedAgain(ctx, event);
  if (asked === null) return null;
  const earlier = await findEarlierBids(ctx, event);
  return new Map(earlier.map((bid) => [bid.supplierId, keptOf(bid, asked)]));
}

/** What a bidder's own bid of an earlier round said, as it would be typed. */
export type EarlierOffer = { readonly currency: string; readonly lines: BidDraft['lines'] };

/** Null where it has none that was opened. */
export async function findEarlierOffer(
  ctx: Ctx,
  of: {
    bid: Pick<Bid, 'supplierId'>;
    event: Pick<SourcingEvent, 'id' | 'round' | 'currency'>;
    items: readonly { readonly id: string; readonly unit: UnitCode }[];
  },
): Promise<EarlierOffer | null> {
  const { bid, event, items } = of;
  const earlier = (await findEarlierBids(ctx, event)).find((one) => one.supplierId === bid.supplierId);
  if (earlier === undefined) return null;
  const units = new Map(items.map(({ id, unit }) => [id, unit]));
  return {
    currency: earlier.currency ?? event.currency,
    lines: linesAsTyped(earlier, (id) => units.get(id)),
  };
}

async function findAskedAgain(
  ctx: Ctx,
  { id, round }: Pick<SourcingEvent, 'id' | 'round'>,
): Promise<ReadonlySet<string> | null> {
  if (round === 1) return null;
  const itemIds = (await listRounds(ctx, id)).find((one) => one.number === round)?.itemIds ?? null;
  return itemIds === null ? null : new Set(itemIds);
}

/** Of each supplier the newest opened bid of a round before this one. */
async function findEarlierBids(
  ctx: Ctx,
  { id, round }: Pick<SourcingEvent, 'id' | 'round'>,
): Promise<OpenedBid[]> {
  const newest = await rowsOf<{ id: string }>(
    ctx.tx,
    `SELECT DISTINCT ON (bid.supplier_id) bid.id
       FROM bid
      WHERE bid.event_id = ?
        AND bid.round < ?
        AND bid.state IN ('valid', 'abnormally_low', 'shortlisted', 'superseded')
      ORDER BY bid.supplier_id, bid.round DESC, bid.created_at DESC`,
    [id, round],
  );
  const ids = new Set(newest.map((bid) => bid.id));
  return (await findOpenedBids(ctx, id)).filter((bid) => ids.has(bid.id));
}

function keptOf({ currency, lines, alternates }: OpenedBid, asked: ReadonlySet<string>): KeptLines {
  const kept = [...lines].filter(([eventItemId]) => !asked.has(eventItemId));
  return {
    currency,
    lines: kept.map(([eventItemId, line]) => ({
      eventItemId,
      unitPrice: line.unitPrice,
      priceBaseQuantity: line.priceBaseQuantity,
      pricedIn: line.pricedIn,
      leadTimeDays: line.leadTimeDays,
      note: line.note,
      capacity: line.capacity,
      tiers: [...line.tiers],
    })),
    alternates: [...alternates]
      .filter(([eventItemId]) => !asked.has(eventItemId))
      .flatMap(([eventItemId, offered]) =>
        offered.map(({ description, unitPrice, leadTimeDays }) => ({
          eventItemId,
          description,
          unitPrice,
          leadTimeDays,
        })),
      ),
  };
}

/** The lines of an opened bid as they would be typed. */
const linesAsTyped = (
  { lines, alternates }: Pick<OpenedBid, 'lines' | 'alternates'>,
  unitOf: (eventItemId: string) => UnitCode | undefined,
): Record<string, DraftLine> =>
  Object.fromEntries(
    [...lines].map(([id, line]) => {
      const priced = pricedAs(line);
      const unit = unitOf(id);
      return [
        id,
        {
          unitPrice: priced?.unitPrice ?? line.unitPrice ?? '',
          leadTimeDays: line.leadTimeDays === null ? '' : String(line.leadTimeDays),
          note: line.note,
          capacity: line.capacity ?? '',
          tiers: Object.fromEntries(
            tiersAsPriced(line).map(({ quantity, unitPrice }) => [tierKey(quantity), unitPrice]),
          ),
          alternates: (alternates.get(id) ?? []).map((one) => ({
            description: one.description,
            unitPrice: one.unitPrice,
            leadTimeDays: one.leadTimeDays === null ? '' : String(one.leadTimeDays),
          })),
          ...(priced === null || unit === undefined
            ? {}
            : {
                pricedUnit: priced.unit,
                unitsPer: writeRatio(priced.ratio),
                unitReason: priced.reason,
                pricedFor: unit,
              }),
        },
      ];
    }),
  );
