import type { Ctx, Tx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { DecidedBid, LotDecision } from './knock-out.ts';
import type { OpenedResponse } from './response.ts';

/** An opened bid with what it answered, and whether an answer excludes it. */
export type BidWithResponses = Omit<DecidedBid, 'responses'> & {
  readonly id: string;
  readonly reference: string;
  readonly supplierId: string;
  readonly supplierName: string;
  /** The lots it bids on, those it was excluded from among them; null where what is open of it does not say so. */
  readonly lotIds: readonly string[] | null;
  readonly responses: readonly (OpenedResponse & DecidedBid['responses'][number])[];
};
/** Every bid of an event that was opened as far as its answers, by supplier. Of a sealed envelope there are none. */
export const findBidsWithResponses = (ctx: Ctx, eventId: string): Promise<BidWithResponses[]> =>
  rowsOf<BidWithResponses>(
    ctx.tx,
    `SELECT bid.id, bid.reference, bid.supplier_id AS "supplierId", supplier.name AS "supplierName", bid.state,
            waiver.reason AS "waiverReason",
            coalesce((SELECT jsonb_agg(jsonb_build_object('lotId', decision.lot_id,
                                                          'isExcluded', decision.is_excluded,
                                                          'reason', decision.reason))
                        FROM lot_decision AS decision
                       WHERE decision.bid_id = bid.id), '[]') AS "lotDecisions",
            coalesce(
              (SELECT opened.content -> 'lotIds'
                 FROM opened_envelope AS opened
                WHERE opened.bid_id = bid.id
                  AND jsonb_exists(opened.content, 'lotIds')
                LIMIT 1),
              (SELECT jsonb_agg(DISTINCT item.lot_id)
                 FROM bid_line AS line
                 JOIN event_item AS item ON item.id = line.event_item_id
                WHERE line.bid_id = bid.id
                  AND item.lot_id IS NOT NULL)) AS "lotIds",
            coalesce(jsonb_agg(jsonb_build_object(
                       'requirementId', response.requirement_id, 'answer', response.answer,
                       'files', response.files, 'isKnockOut', response.is_knock_out,
                       'lotId', requirement.lot_id))
                     FILTER (WHERE response.id IS NOT NULL), '[]') AS responses
       FROM bid
       JOIN supplier ON supplier.id = bid.supplier_id
       LEFT JOIN knock_out_waiver AS waiver ON waiver.bid_id = bid.id
       LEFT JOIN bid_response AS response ON response.bid_id = bid.id
       LEFT JOIN requirement ON requirement.id = response.requirement_id
      WHERE bid.event_id = :eventId
        AND bid.state NOT IN ('draft', 'submitted', 'withdrawn', 'invalid', 'sealed')
        AND NOT EXISTS (SELECT FROM opened_envelope AS opened WHERE opened.bid_id = bid.id AND opened.fault IS NOT NULL)
      GROUP BY bid.id, supplier.id, waiver.bid_id
      ORDER BY supplier.name, bid.id`,
    { eventId },
  );

export async function insertWaiver(
  tx: Tx,
  waiver: { bidId: string; reason: string; waivedBy: string; waivedAt: Date },
): Promise<void> {
  await tx('knock_out_waiver').insert({
    bid_id: waiver.bidId,
    reason: waiver.reason,
    waived_by: waiver.waivedBy,
    waived_at: waiver.waivedAt,
  });
}

export async function insertLotDecision(
  tx: Tx,
  decision: LotDecision & { bidId: string; decidedBy: string; decidedAt: Date },
): Promise<void> {
  await tx('lot_decision').insert({
    bid_id: decision.bidId,
    lot_id: decision.lotId,
    is_excluded: decision.isExcluded,
    reason: decision.reason,
    decided_by: decision.decidedBy,
    decided_at: decision.decidedAt,
  });
}
