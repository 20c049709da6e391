import type { Incoterm } from '../kernel/incoterm.ts';
import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { CostKind } from './buyer-costs.ts';
import type { CostAdjustment, EventRate, LandedLine, PricedLine } from './landed.ts';

/** A bid as its landing needs it: its currency, and its own terms where the buyer has entered them. */
export type BidBasis = {
  readonly bidId: string;
  readonly reference: string;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly state: string;
  readonly currency: string;
  readonly incoterm: Incoterm;
  readonly incotermPlace: string;
  readonly paymentDays: number;
  /** Null where the event's terms hold. */
  readonly termsReason: string | null;
  readonly eventIncoterm: Incoterm;
  /** The terms of delivery that lines of the event have of their own: they hold where the bid has none of its own. */
  readonly lineTerms: readonly Incoterm[];
  /** The costs that were entered for it, or for a part of it. */
  readonly entered: readonly CostKind[];
  /** Those of them that every priced line has. */
  readonly enteredForAll: readonly CostKind[];
  /** In the event's currency, on its terms, without costs: its landed price is its price. */
  readonly isPlain: boolean;
};

/** States of bids that were opened and conform: the ones that are compared. */
export const COMPARED = `'valid', 'abnormally_low', 'shortlisted', 'awarded', 'part_awarded', 'unsuccessful'`;

/** Said of a line of a bid: the bid was excluded from the lot of this line, and does not offer it any more. */
export const isExcludedLine = (line: string): string => `EXISTS (
  SELECT FROM lot_decision AS gone
    JOIN event_item AS in_lot ON in_lot.lot_id = gone.lot_id
   WHERE gone.is_excluded
     AND gone.bid_id = ${line}.bid_id
     AND in_lot.id = ${line}.event_item_id)`;

/** Said of `bid` and `event`: its landed price is its price, and it has no rows of its own in landed_line. */
export const IS_PLAIN = `
  coalesce(bid.currency, event.currency) = event.currency
  AND NOT EXISTS (SELECT FROM bid_terms WHERE bid_terms.bid_id = bid.id)
  AND NOT EXISTS (SELECT FROM cost_adjustment AS cost WHERE cost.bid_id = bid.id AND cost.removed_at IS NULL)`;

const BASIS = `
  SELECT bid.id AS "bidId", bid.reference, bid.supplier_id AS "supplierId", supplier.name AS "supplierName",
         bid.state, coalesce(bid.currency, event.currency) AS currency,
         coalesce(bid_terms.incoterm, event.incoterm) AS incoterm,
         coalesce(bid_terms.incoterm_place, event.incoterm_place) AS "incotermPlace",
         coalesce(bid_terms.payment_days, event.payment_terms_days) AS "paymentDays",
         bid_terms.reason AS "termsReason", event.incoterm AS "eventIncoterm",
         ARRAY(SELECT DISTINCT item.incoterm
                 FROM event_item AS item
                WHERE item.event_id = event.id
                  AND item.incoterm IS NOT NULL) AS "lineTerms",
         ARRAY(SELECT DISTINCT cost.kind
                 FROM cost_adjustment AS cost
                WHERE cost.bid_id = bid.id
                  AND cost.removed_at IS NULL) AS entered,
         ARRAY(SELECT DISTINCT cost.kind
                 FROM cost_adjustment AS cost
                WHERE cost.bid_id = bid.id
                  AND cost.removed_at IS NULL
                  AND ((cost.lot_id IS NULL AND cost.event_item_id IS NULL)
                       OR NOT EXISTS (SELECT FROM landed_line
                                       WHERE landed_line.bid_id = bid.id
                                         AND cost.kind <> ALL (landed_line.kinds)))) AS "enteredForAll",
         ${IS_PLAIN} AS "isPlain"
    FROM bid
    JOIN sourcing_event AS event ON event.id = bid.event_id
    JOIN supplier ON supplier.id = bid.supplier_id
    LEFT JOIN bid_terms ON bid_terms.bid_id = bid.id
   WHERE bid.event_id = :eventId
     AND bid.state IN (${COMPARED})`;

/** The bids of an event that are compared, by name of the supplier. */
export const findBidBases = (tx: Tx, eventId: string): Promise<BidBasis[]> =>
  rowsOf<BidBasis>(tx, `${BASIS} ORDER BY supplier.name, bid.id`, { eventId });

export const findBidBasis = (tx: Tx, of: { eventId: string; bidId: string }): Promise<BidBasis | undefined> =>
  firstOf<BidBasis>(tx, `${BASIS} AND bid.id = :bidId`, of);

/** The priced lines of a bid in the order of the event. */
export const findPricedLines = (tx: Tx, bidId: string): Promise<PricedLine[]> =>
  rowsOf<PricedLine>(
    tx,
    `SELECT bid_line.id AS "bidLineId", item.id AS "eventItemId", item.lot_id AS "lotId",
            trim_scale(item.quantity)::text AS quantity, trim_scale(bid_line.unit_price)::text AS "unitPrice",
            trim_scale(bid_line.price_base_quantity)::text AS "priceBaseQuantity", bid_line.amount::text AS amount
       FROM bid_line
       JOIN event_item AS item ON item.id = bid_line.event_item_id
      WHERE bid_line.bid_id = ?
        AND bid_line.unit_price IS NOT NULL
        AND NOT ${isExcludedLine('bid_line')}
      ORDER BY item.line_no`,
    [bidId],
  );

/** The rates of an event, as they were fixed. */
export const findEventRates = (tx: Tx, eventId: string): Promise<EventRate[]> =>
  rowsOf<EventRate>(
    tx,
    `SELECT rate.from_currency AS "fromCurrency", trim_scale(rate.rate)::text AS rate,
            rate.valid_on AS "validOn", rate.source
       FROM event_rate AS rate
      WHERE rate.event_id = ?
      ORDER BY rate.from_currency`,
    [eventId],
  );

/** What was fixed stays fixed: a currency that has a rate keeps it. */
export async function insertEventRates(
  tx: Tx,
  rates: readonly EventRate[],
  of: { eventId: string; toCurrency: string; fixedBy: string | null; at: Date },
): Promise<void> {
  await tx('event_rate')
    .insert(
      rates.map((rate) => ({
        event_id: of.eventId,
        from_currency: rate.fromCurrency,
        to_currency: of.toCurrency,
        rate: rate.rate,
        valid_on: rate.validOn,
        source: rate.source,
        fixed_at: of.at,
        fixed_by: of.fixedBy,
      })),
    )
    .onConflict(['event_id', 'from_currency'])
    .ignore();
}

/** A cost as it was entered, with who did it and what it is for. */
export type AdjustmentRow = CostAdjustment & {
  readonly id: string;
  readonly bidId: string;
  readonly enteredByName: string;
  readonly enteredAt: Date;
  readonly lotNo: number | null;
  readonly lineNo: number | null;
  readonly description: string | null;
};

/** The costs that count now, of one bid or of all bids of an event, in the order they are added. */
export const findAdjustments = (
  tx: Tx,
  of: { eventId: string; bidId: string | null },
): Promise<AdjustmentRow[]> =>
  rowsOf<AdjustmentRow>(
    tx,
    `SELECT cost.id, cost.bid_id AS "bidId", cost.kind, cost.lot_id AS "lotId",
            cost.event_item_id AS "eventItemId", trim_scale(cost.percent)::text AS percent,
            trim_scale(cost.amount)::text AS amount, cost.currency, cost.reason,
            person.name AS "enteredByName", cost.entered_at AS "enteredAt", lot.lot_no AS "lotNo",
            item.line_no AS "lineNo", coalesce(lot.title, item.description) AS description
       FROM cost_adjustment AS cost
       JOIN user_account AS person ON person.id = cost.entered_by
       LEFT JOIN lot ON lot.id = cost.lot_id
       LEFT JOIN event_item AS item ON item.id = cost.event_item_id
      WHERE cost.event_id = :eventId
        AND (CAST(:bidId AS uuid) IS NULL OR cost.bid_id = :bidId)
        AND cost.removed_at IS NULL
      ORDER BY array_position(ARRAY['freight', 'insurance', 'duty', 'handling', 'tooling', 'discount', 'other'], cost.kind),
               lot.lot_no NULLS FIRST, item.line_no NULLS FIRST`,
    of,
  );

/** False when there is one of this kind for the same bid, lot or line. */
export async function insertAdjustment(
  tx: Tx,
  adjustment: CostAdjustment & { id: string; eventId: string; bidId: string },
  by: { enteredBy: string; at: Date },
): Promise<boolean> {
  const inserted = await rowsOf(
    tx,
    `INSERT INTO cost_adjustment (id, event_id, bid_id, lot_id, event_item_id, kind, percent, amount, currency,
                                  reason, entered_by, entered_at)
     VALUES (:id, :eventId, :bidId, :lotId, :eventItemId, :kind, :percent, :amount, :currency, :reason, :enteredBy, :at)
         ON CONFLICT DO NOTHING
     RETURNING id`,
    { ...adjustment, ...by },
  );
  return inserted.length === 1;
}

/** Gives false when somebody else has taken it back meanwhile. */
export async function removeAdjustment(
  tx: Tx,
  of: { id: string; bidId: string; removedBy: string; at: Date },
): Promise<boolean> {
  const removed = await tx('cost_adjustment')
    .where({ id: of.id, bid_id: of.bidId, removed_at: null })
    .update({ removed_by: of.removedBy, removed_at: of.at });
  return removed === 1;
}

export type BidTerms = {
  readonly incoterm: string;
  readonly incotermPlace: string;
  readonly paymentDays: number;
  readonly reason: string;
};

export async function saveTerms(
  tx: Tx,
  terms: BidTerms & { bidId: string; eventId: string },
  by: { enteredBy: string; at: Date },
): Promise<void> {
  const said = {
    incoterm: terms.incoterm,
    incoterm_place: terms.incotermPlace,
    payment_days: terms.paymentDays,
    reason: terms.reason,
    entered_by: by.enteredBy,
    entered_at: by.at,
  };
  await tx('bid_terms')
    .insert({ ...said, bid_id: terms.bidId, event_id: terms.eventId })
    .onConflict('bid_id')
    .merge(said);
}

export async function removeTerms(tx: Tx, bidId: string): Promise<void> {
  await tx('bid_terms').where({ bid_id: bidId }).delete();
}

/** Puts what was worked out for a bid in the place of what stood there. */
export async function replaceLanded(tx: Tx, bidId: string, lines: readonly LandedLine[]): Promise<void> {
  await tx('landed_line').where({ bid_id: bidId }).delete();
  if (lines.length === 0) return;
  await rowsOf(
    tx,
    `INSERT INTO landed_line (bid_line_id, bid_id, event_item_id, own_amount, lead_time_days, landed_amount,
                              landed_unit, goods_factor, kinds, steps)
     SELECT bid_line.id, bid_line.bid_id, bid_line.event_item_id, bid_line.amount, bid_line.lead_time_days,
            line."landedAmount", line."landedUnit", line."goodsFactor", line.kinds, line.steps
       FROM jsonb_to_recordset(?::jsonb)
         AS line ("bidLineId" uuid, "landedAmount" numeric, "landedUnit" numeric, "goodsFactor" numeric,
                  kinds text[], steps jsonb)
       JOIN bid_line ON bid_line.id = line."bidLineId" AND bid_line.bid_id = ?`,
    [JSON.stringify(lines), bidId],
  );
}

/** The lot or line of the event that a cost is for; undefined where the event has no such one. */
export const findPart = (
  tx: Tx,
  of: { eventId: string; lotId: string | null; lineNo: number | null },
): Promise<{ eventItemId: string | null } | undefined> =>
  firstOf(
    tx,
    `SELECT item.id AS "eventItemId"
       FROM sourcing_event AS event
       LEFT JOIN lot ON lot.event_id = event.id AND lot.id = CAST(:lotId AS uuid)
       LEFT JOIN event_item AS item ON item.event_id = event.id AND item.line_no = CAST(:lineNo AS integer)
      WHERE event.id = :eventId
        AND (CAST(:lotId AS uuid) IS NULL OR lot.id IS NOT NULL)
        AND (CAST(:lineNo AS integer) IS NULL OR item.id IS NOT NULL)`,
    of,
  );
