import type { Incoterm } from '../kernel/incoterm.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Ctx, Tx } from '../platform/db/context.ts';
import { planned } from '../platform/db/statements.ts';
import { type CostKind, neededCosts } from './buyer-costs.ts';
import { type BidBasis, COMPARED, findBidBases, IS_PLAIN } from './landed.store.ts';

/**
 * `counted` are the bids of event `$1` that are compared, `priced` their priced lines with what they cost us
 * delivered, but those of lots it was excluded from: null where a rate or a needed cost is missing. `$2` are the needed costs by bid, and by the term of a line
 * that has its own, as {@link asNeeded} gives them. A bid without anything to add is its price, whose unit has 12 decimals as `pricePerUnit` has.
 */
export const LANDED_PRICES = `
  counted AS MATERIALIZED (
    SELECT compared.*, row_number() OVER ()::int AS bid_no,
           -- Between an opening and the job that works it out, a bid's prices are there and cannot be compared yet.
           NOT compared.is_plain AND EXISTS (SELECT FROM landed_line WHERE landed_line.bid_id = compared.id) AS is_landed
      FROM (SELECT bid.id, bid.supplier_id, bid.state, coalesce(bid.currency, event.currency) AS currency,
                   ${IS_PLAIN} AS is_plain, coalesce(needed.kinds, '{}') AS needed,
                   coalesce(cardinality(needed.kinds), 0) = 0 AS needs_nothing
              FROM bid
              JOIN sourcing_event AS event ON event.id = bid.event_id
              LEFT JOIN jsonb_to_recordset($2::jsonb) AS needed ("bidId" uuid, term text, kinds text[])
                ON needed."bidId" = bid.id AND needed.term IS NULL
             WHERE bid.event_id = $1
               AND bid.state IN (${COMPARED})) AS compared
  ),
  termed AS MATERIALIZED (
    SELECT item.id, needed."bidId" AS bid_id, needed.kinds
      FROM event_item AS item
      JOIN jsonb_to_recordset($2::jsonb) AS needed ("bidId" uuid, term text, kinds text[]) ON needed.term = item.incoterm
     WHERE item.event_id = $1
       AND item.incoterm IS NOT NULL
  ),
  excluded AS MATERIALIZED (
    SELECT decision.bid_id, item.id AS event_item_id
      FROM lot_decision AS decision
      JOIN event_item AS item ON item.lot_id = decision.lot_id
     WHERE item.event_id = $1
       AND decision.is_excluded
  ),
  offered AS (
    SELECT bid_line.id, bid_line.event_item_id, bid_line.bid_id, counted.bid_no, counted.supplier_id,
           counted.needed, counted.needs_nothing, bid_line.amount, bid_line.lead_time_days,
           CASE WHEN NOT counted.is_plain THEN NULL
                WHEN bid_line.price_base_quantity = 1 THEN bid_line.unit_price
                ELSE round(bid_line.unit_price::numeric(38,18) / bid_line.price_base_quantity, 12) END AS landed_unit,
           CASE WHEN counted.is_plain THEN bid_line.amount END AS landed_amount, '{}'::text[] AS kinds
      FROM counted
      JOIN bid_line ON bid_line.bid_id = counted.id
     WHERE NOT counted.is_landed
       AND bid_line.unit_price IS NOT NULL
     UNION ALL
    SELECT landed.bid_line_id, landed.event_item_id, landed.bid_id, counted.bid_no, counted.supplier_id,
           counted.needed, counted.needs_nothing, landed.own_amount, landed.lead_time_days,
           landed.landed_unit, landed.landed_amount, landed.kinds
      FROM counted
      JOIN landed_line AS landed ON landed.bid_id = counted.id
     WHERE counted.is_landed
  ),
  priced AS (
    SELECT offered.id, offered.event_item_id, offered.bid_id, offered.bid_no, offered.supplier_id, offered.amount,
           offered.lead_time_days, is_said.landed_unit, is_said.landed_amount
      FROM offered
      LEFT JOIN termed ON termed.id = offered.event_item_id AND termed.bid_id = offered.bid_id
     CROSS JOIN LATERAL (
             SELECT CASE WHEN sure.is_comparable THEN offered.landed_unit END AS landed_unit,
                    CASE WHEN sure.is_comparable THEN offered.landed_amount END AS landed_amount
               FROM (SELECT CASE WHEN termed.id IS NOT NULL THEN termed.kinds <@ offered.kinds
                                 ELSE offered.needs_nothing OR offered.needed <@ offered.kinds END AS is_comparable)
                 AS sure) AS is_said
     WHERE NOT EXISTS (SELECT FROM excluded
                        WHERE excluded.bid_id = offered.bid_id
                          AND excluded.event_item_id = offered.event_item_id)
  )`;

/** The needed costs as {@link LANDED_PRICES} takes them. */
export const asNeeded = (bids: readonly BidBasis[]): string =>
  JSON.stringify(
    [null, ...(bids[0]?.lineTerms ?? [])].flatMap((term) =>
      [...neededCosts(bids.map((bid) => ({ ...bid, incoterm: termOn(bid, term) })))].map(
        ([bidId, kinds]) => ({
          bidId,
          term,
          kinds,
        }),
      ),
    ),
  );

/** What a line is delivered under: the bid's own term where it is not the event's, else the line's, else the event's. */
const termOn = (bid: BidBasis, lineTerm: Incoterm | null): Incoterm =>
  bid.incoterm === bid.eventIncoterm ? (lineTerm ?? bid.incoterm) : bid.incoterm;

/** The costs that a line of such a term needs of a bid before it stands beside the others'. */
export const needsOf = (
  bid: BidBasis,
  bids: readonly BidBasis[],
  lineTerm: Incoterm | null,
): readonly CostKind[] =>
  neededCosts(bids.map((one) => ({ ...one, incoterm: termOn(one, lineTerm) }))).get(bid.bidId) ?? [];

/** The costs that a bid still needs, for all of its lines, before it stands beside the others. */
export const missingCostsOf = (bid: BidBasis, bids: readonly BidBasis[]): CostKind[] =>
  (neededCosts(bids).get(bid.bidId) ?? []).filter((kind) => !bid.enteredForAll.includes(kind));

/** What a line of a bid costs us delivered, in the event's currency; null where something is missing. */
export type LandedPrice = {
  readonly bidLineId: string;
  readonly bidId: string;
  readonly supplierId: string;
  readonly eventItemId: string;
  readonly landedUnit: DecimalString | null;
  readonly landedAmount: DecimalString | null;
  /** What a unit more of money for its goods costs us delivered; 1 where it is its price. */
  readonly goodsFactor: DecimalString;
};

/**
 * The landed price of every priced line of the bids that are compared: what comparison, ranks and awards go by. Where
 * bids have nothing to add it is their price.
 */
export async function landedPricesOf(ctx: Ctx, eventId: string): Promise<LandedPrice[]> {
  const bids = await findBidBases(ctx.tx, eventId);
  return findLandedPrices(ctx.tx, { eventId, needed: asNeeded(bids) });
}

const findLandedPrices = (tx: Tx, of: { eventId: string; needed: string }): Promise<LandedPrice[]> =>
  planned<LandedPrice>(tx, {
    text: `WITH ${LANDED_PRICES}
           SELECT priced.id AS "bidLineId", priced.bid_id AS "bidId", priced.supplier_id AS "supplierId",
                  priced.event_item_id AS "eventItemId", trim_scale(priced.landed_unit)::text AS "landedUnit",
                  priced.landed_amount::text AS "landedAmount",
                  coalesce(trim_scale(landed_line.goods_factor), 1)::text AS "goodsFactor"
             FROM priced
             LEFT JOIN landed_line ON landed_line.bid_line_id = priced.id`,
    values: [of.eventId, of.needed],
  });
