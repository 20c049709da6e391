import { personsOf } from '../kernel/actor.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx, Tx } from '../platform/db/context.ts';
import { inScope, placesOf } from '../platform/db/scope.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { AwardLine } from './award.ts';
import { COMPARED } from './landed.store.ts';
import { type LetterLine, type OthersWon, outcomeOf } from './letter.ts';

/** A line of the award's page: what was decided, with the words of the event's line. */
export type AwardPageLine = AwardLine & {
  readonly supplierName: string;
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly unit: string;
  readonly askedQuantity: DecimalString;
  readonly estimatedPrice: DecimalString | null;
};

/** The lines of one award by supplier, each supplier's in the order of the event. */
export const findAwardPageLines = (tx: Tx, awardId: string): Promise<AwardPageLine[]> =>
  rowsOf<AwardPageLine>(
    tx,
    `SELECT award_line.event_item_id AS "eventItemId", award_line.supplier_id AS "supplierId",
            award_line.bid_line_id AS "bidLineId", award_line.quantity, award_line.unit_price AS "unitPrice",
            award_line.price_base_quantity AS "priceBaseQuantity", award_line.amount,
            award_line.is_lowest AS "isLowest", award_line.reason, supplier.name AS "supplierName",
            event_item.line_no AS "lineNo", event_item.item_code AS "itemCode", event_item.description,
            event_item.unit, event_item.quantity AS "askedQuantity", event_item.estimated_price AS "estimatedPrice"
       FROM award_line
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

/** A line of somebody's bid, and its outcome. */
export type OutcomeRow = LetterLine & { readonly bidId: string; readonly supplierId: string };

/**
 * What the award made of every bid that was compared, a row for each priced line; with `supplierId`, of that
 * supplier's bid only. Nothing of another bidder is in a row: the database tells only how its price stands to this one.
 */
export async function findOutcomes(
  tx: Tx,
  of: { awardId: string; eventId: string; supplierId: string | null },
): Promise<OutcomeRow[]> {
  type Row = Omit<OutcomeRow, 'outcome'> & { othersWon: OthersWon | null };
  const rows = await rowsOf<Row>(
    tx,
    `SELECT bid.id AS "bidId", bid.supplier_id AS "supplierId", event_item.id AS "eventItemId",
            event_item.line_no AS "lineNo", event_item.description, event_item.unit,
            event_item.quantity AS "askedQuantity", bid_line.unit_price AS "unitPrice",
            bid_line.price_base_quantity AS "priceBaseQuantity",
            coalesce(own.quantity, 0) AS "awardedQuantity", coalesce(own.amount, 0) AS "awardedAmount",
            how_others_won(:awardId, bid_line.id) AS "othersWon"
       FROM bid
       JOIN bid_line ON bid_line.bid_id = bid.id AND bid_line.unit_price IS NOT NULL
       JOIN event_item ON event_item.id = bid_line.event_item_id
       LEFT JOIN award_line AS own
         ON own.award_id = :awardId AND own.event_item_id = event_item.id AND own.supplier_id = bid.supplier_id
      WHERE bid.event_id = :eventId
        AND bid.state IN (${COMPARED})
        AND (CAST(:supplierId AS uuid) IS NULL OR bid.supplier_id = :supplierId)
      ORDER BY bid.id, event_item.line_no`,
    of,
  );
  return rows.map(({ othersWon, ...row }) => ({ ...row, outcome: outcomeOf({ ...row, othersWon }) }));
}

const PLACE = { plant: 'sourcing_event.plant_code', category: 'sourcing_event.category_code' };

type WaitingRow = { key: string; label: string; href: string; count: number };

/** Awards this approver may decide on, events this buyer has to compare and awards that came back. */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  const { actor } = ctx;
  const isApprover = actor.roles.includes('approver');
  const isBuyer = actor.roles.includes('buyer');
  if (actor.kind !== 'staff' || (!isApprover && !isBuyer)) return [];
  const rows = await rowsOf<WaitingRow>(
    ctx.tx,
    `WITH waiting AS (
       SELECT 'waiting.awards.to-approve' AS key, award.reference || ' · ' || sourcing_event.title AS label,
              '/awards/' || award.id AS href, award.proposed_at AS since
         FROM award
         JOIN sourcing_event ON sourcing_event.id = award.event_id
        WHERE :isApprover
          AND ${inScope(PLACE, { plants: ':plants', categories: ':categories' })}
          AND award.state = 'pending_approval'
          AND award.proposed_by <> ALL (CAST(:persons AS uuid[]))
          AND sourcing_event.owner_id <> ALL (CAST(:persons AS uuid[]))
       UNION ALL
       SELECT 'waiting.awards.to-compare', sourcing_event.reference || ' · ' || sourcing_event.title,
              '/events/' || sourcing_event.id || '/comparison', sourcing_event.opened_at
         FROM sourcing_event
        WHERE :isBuyer
          AND sourcing_event.state = 'evaluation'
          AND sourcing_event.owner_id = :userId
     ), numbered AS (
       SELECT waiting.*, count(*) OVER (PARTITION BY waiting.key) AS count,
              row_number() OVER (PARTITION BY waiting.key ORDER BY waiting.since) AS place
         FROM waiting
     )
     SELECT numbered.key, numbered.label, numbered.href, numbered.count
       FROM numbered
      WHERE numbered.place <= 5
      ORDER BY numbered.key, numbered.place`,
    { isApprover, isBuyer, userId: actor.userId, persons: [...personsOf(actor)], ...placesOf(actor) },
  );
  return [...new Set(rows.map((row) => row.key))].map((key) => {
    const ofKey = rows.filter((row) => row.key === key);
    return {
      key,
      count: ofKey[0]?.count ?? 0,
      href:
        key === 'waiting.awards.to-approve' ? '/awards?state=pending_approval' : '/events?state=evaluation',
      urgent: key === 'waiting.awards.to-approve',
      items: ofKey.map(({ label, href }) => ({ label, href, dueAt: null })),
    };
  });
}
