import { addDecimals, type DecimalString, lineAmount } from '../kernel/money.ts';
import type { Tx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { AwardLine } from './award.ts';
import { COMPARED, isExcludedLine } from './landed.store.ts';
import { type BidOutcome, type LetterLine, type OthersWon, outcomeOf } from './letter.ts';

/** States of an award that holds: its lines are somebody's. */
export const BINDING = `'active', 'notified', 'standstill', 'final'`;

/** A line of the award's page: what was decided, with the words of the event's line. */
export type AwardPageLine = AwardLine & {
  readonly supplierName: string;
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly unit: string;
  readonly askedQuantity: DecimalString;
  readonly estimatedPrice: DecimalString | null;
  readonly isWithdrawn: boolean;
  /** What it gets in place of what was asked for; null for that itself. */
  readonly alternateDescription: string | null;
  /** The bid's own: what its unit price is in. */
  readonly currency: string;
};

/** The lines of one award by supplier, each supplier's in the order of the event. */
export const findAwardPageLines = (tx: Tx, awardId: string): Promise<AwardPageLine[]> =>
  rowsOf<AwardPageLine>(
    tx,
    `SELECT award_line.event_item_id AS "eventItemId", award_line.supplier_id AS "supplierId",
            award_line.bid_line_id AS "bidLineId", award_line.bid_alternate_id AS "bidAlternateId",
            alternate.description AS "alternateDescription", award_line.quantity, award_line.unit_price AS "unitPrice",
            award_line.price_base_quantity AS "priceBaseQuantity", award_line.amount,
            award_line.is_lowest AS "isLowest", award_line.reason, supplier.name AS "supplierName",
            event_item.line_no AS "lineNo", event_item.item_code AS "itemCode", event_item.description,
            event_item.unit, event_item.quantity AS "askedQuantity", event_item.estimated_price AS "estimatedPrice",
            award_line.withdrawal_id IS NOT NULL AS "isWithdrawn",
            coalesce(bid.currency, sourcing_event.currency) AS currency
       FROM award_line
       JOIN bid_line ON bid_line.id = award_line.bid_line_id
       JOIN bid ON bid.id = bid_line.bid_id
       LEFT JOIN bid_alternate AS alternate ON alternate.id = award_line.bid_alternate_id
       JOIN sourcing_event ON sourcing_event.id = bid.event_id
       JOIN event_item ON event_item.id = award_line.event_item_id
       JOIN supplier ON supplier.id = award_line.supplier_id
      WHERE award_line.award_id = ?
      ORDER BY supplier.name, supplier.id, event_item.line_no`,
    [awardId],
  );

/** A bid that is not compared: it does not conform, or somebody set it aside. */
export type SetAsideBid = {
  readonly bidId: string;
  readonly bidReference: string;
  readonly supplierId: string;
  readonly supplierName: string;
  /** `opened` where nobody has decided on it yet. */
  readonly state: 'opened' | 'disqualified';
  readonly reason: string | null;
};

/** The opened bids of an event that are not compared; with `supplierId`, that supplier's only. */
export const findSetAside = (
  tx: Tx,
  of: { eventId: string; supplierId: string | null },
): Promise<SetAsideBid[]> =>
  rowsOf<SetAsideBid>(
    tx,
    `SELECT bid.id AS "bidId", bid.reference AS "bidReference", supplier.id AS "supplierId",
            supplier.name AS "supplierName", bid.state, bid.disqualification_reason AS reason
       FROM bid
       JOIN supplier ON supplier.id = bid.supplier_id
      WHERE bid.event_id = :eventId
        AND bid.state IN ('opened', 'disqualified')
        AND (CAST(:supplierId AS uuid) IS NULL OR bid.supplier_id = :supplierId)
      ORDER BY supplier.name, bid.id`,
    of,
  );

/** A lot that a bid was excluded from by an answer, and why: the bid is compared without it. */
export type ExcludedLot = Pick<SetAsideBid, 'bidId' | 'bidReference' | 'supplierId' | 'supplierName'> & {
  readonly lotId: string;
  readonly lotNo: number;
  readonly title: string;
  readonly reason: string;
};

/** The lots that bids of an event were excluded from; with `supplierId`, that supplier's only. */
export const findExcludedLots = (
  tx: Tx,
  of: { eventId: string; supplierId: string | null },
): Promise<ExcludedLot[]> =>
  rowsOf<ExcludedLot>(
    tx,
    `SELECT bid.id AS "bidId", bid.reference AS "bidReference", supplier.id AS "supplierId",
            supplier.name AS "supplierName", lot.id AS "lotId", lot.lot_no AS "lotNo", lot.title, decision.reason
       FROM lot_decision AS decision
       JOIN bid ON bid.id = decision.bid_id
       JOIN supplier ON supplier.id = bid.supplier_id
       JOIN lot ON lot.id = decision.lot_id
      WHERE bid.event_id = :eventId
        AND decision.is_excluded
        AND bid.state IN (${COMPARED})
        AND (CAST(:supplierId AS uuid) IS NULL OR bid.supplier_id = :supplierId)
      ORDER BY supplier.name, bid.id, lot.lot_no`,
    of,
  );

/** What binding awards of an event give already, and who cannot get which line again. */
export type Held = {
  readonly quantities: ReadonlyMap<string, DecimalString>;
  /** Keys are `<event item> <supplier>`. */
  readonly excluded: ReadonlySet<string>;
};

/** With `exceptAwardId`, what all the others give. */
export async function findHeld(tx: Tx, eventId: string, exceptAwardId: string | null = null): Promise<Held> {
  const rows = await rowsOf<{
    eventItemId: string;
    supplierId: string;
    quantity: DecimalString;
    isExcluded: boolean;
  }>(
    tx,
    `SELECT award_line.event_item_id AS "eventItemId", award_line.supplier_id AS "supplierId", award_line.quantity,
            withdrawal.id IS NOT NULL AS "isExcluded"
       FROM award
       JOIN award_line ON award_line.award_id = award.id
       LEFT JOIN award_withdrawal AS withdrawal
         ON withdrawal.id = award_line.withdrawal_id AND withdrawal.excludes AND withdrawal.state = 'confirmed'
      WHERE award.event_id = :eventId
        AND award.id IS DISTINCT FROM CAST(:exceptAwardId AS uuid)
        AND ((award_line.withdrawal_id IS NULL AND award.state IN (${BINDING})) OR withdrawal.id IS NOT NULL)`,
    { eventId, exceptAwardId },
  );
  const quantities = new Map<string, DecimalString>();
  for (const row of rows.filter((one) => !one.isExcluded))
    quantities.set(row.eventItemId, addDecimals([quantities.get(row.eventItemId) ?? '0', row.quantity]));
  return {
    quantities,
    excluded: new Set(
      rows.filter((row) => row.isExcluded).map((row) => `${row.eventItemId} ${row.supplierId}`),
    ),
  };
}

/** What all binding awards together made of each bid that is not decided otherwise. */
export type Standing = { readonly bidId: string; readonly outcome: BidOutcome };

export async function findStandings(tx: Tx, eventId: string): Promise<Standing[]> {
  const rows = await rowsOf<{ bidId: string; pricedCount: number; fullCount: number; partCount: number }>(
    tx,
    `SELECT bid.id AS "bidId", count(*) AS "pricedCount",
            count(*) FILTER (WHERE won.quantity >= event_item.quantity) AS "fullCount",
            count(*) FILTER (WHERE won.quantity < event_item.quantity) AS "partCount"
       FROM bid
       JOIN bid_line ON bid_line.bid_id = bid.id
       JOIN event_item ON event_item.id = bid_line.event_item_id
       LEFT JOIN (
             SELECT award_line.event_item_id, award_line.supplier_id, sum(award_line.quantity) AS quantity
               FROM award
               JOIN award_line ON award_line.award_id = award.id AND award_line.withdrawal_id IS NULL
              WHERE award.event_id = :eventId AND award.state IN (${BINDING})
              GROUP BY award_line.event_item_id, award_line.supplier_id
            ) AS won
         ON won.event_item_id = event_item.id AND won.supplier_id = bid.supplier_id
      WHERE bid.event_id = :eventId
        AND bid.state IN ('valid', 'shortlisted', 'awarded', 'part_awarded')
        -- Something else may be awarded where the line itself has no price.
        AND (bid_line.unit_price IS NOT NULL OR won.quantity IS NOT NULL)
      GROUP BY bid.id
      ORDER BY bid.id`,
    { eventId },
  );
  return rows.map(({ bidId, pricedCount, fullCount, partCount }) => ({
    bidId,
    outcome: fullCount + partCount === 0 ? 'lose' : fullCount === pricedCount ? 'award' : 'part-award',
  }));
}

/** A line of somebody's bid, and its outcome. */
export type OutcomeRow = LetterLine & {
  readonly bidId: string;
  readonly supplierId: string;
  /** The bid's own: what its prices and amounts are in. */
  readonly currency: string;
};

/**
 * What the award made of every bid that was compared, a row for each line that it priced or got something else of; with `supplierId`, of that
 * supplier's bid only. Nothing of another bidder is in a row: the database tells only how its price stands to this one.
 */
export async function findOutcomes(
  tx: Tx,
  of: { awardId: string; eventId: string; supplierId: string | null },
): Promise<OutcomeRow[]> {
  type Row = Omit<OutcomeRow, 'outcome' | 'awardedAmount'> & {
    othersWon: OthersWon | null;
    isExcluded: boolean;
  };
  const rows = await rowsOf<Row>(
    tx,
    `SELECT bid.id AS "bidId", bid.supplier_id AS "supplierId", event_item.id AS "eventItemId",
            event_item.line_no AS "lineNo",
            event_item.description || coalesce(' · ' || alternate.description, '') AS description, event_item.unit,
            event_item.quantity AS "askedQuantity", coalesce(own.unit_price, bid_line.unit_price) AS "unitPrice",
            coalesce(own.price_base_quantity, bid_line.price_base_quantity) AS "priceBaseQuantity",
            coalesce(own.quantity, 0) AS "awardedQuantity", coalesce(bid.currency, award.currency) AS currency,
            how_others_won(:awardId, bid_line.id) AS "othersWon",
            ${isExcludedLine('bid_line')} AS "isExcluded"
       FROM bid
       JOIN bid_line ON bid_line.bid_id = bid.id
       JOIN event_item ON event_item.id = bid_line.event_item_id
       LEFT JOIN award_line AS own
         ON own.award_id = :awardId AND own.event_item_id = event_item.id AND own.supplier_id = bid.supplier_id
        AND own.withdrawal_id IS NULL
       LEFT JOIN bid_alternate AS alternate ON alternate.id = own.bid_alternate_id
       JOIN award ON award.id = :awardId
      WHERE bid.event_id = :eventId
        AND (award.event_item_ids IS NULL OR event_item.id = ANY (award.event_item_ids))
        AND bid.state IN (${COMPARED})
        AND (bid_line.unit_price IS NOT NULL OR own.id IS NOT NULL)
        AND (CAST(:supplierId AS uuid) IS NULL OR bid.supplier_id = :supplierId)
      ORDER BY bid.id, event_item.line_no`,
    of,
  );
  return rows.map(({ othersWon, isExcluded, ...row }) => ({
    ...row,
    awardedAmount: lineAmount({ ...row, quantity: row.awardedQuantity }),
    outcome: isExcluded ? 'excluded' : outcomeOf({ ...row, othersWon }),
  }));
}
