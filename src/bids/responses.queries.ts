import type { Ctx, Tx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { BidState } from './bid.ts';
import type { OpenedResponse } from './response.ts';

/** An opened bid with what it answered, and whether an answer excludes it. */
export type BidWithResponses = {
  readonly id: string;
  readonly reference: string;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly state: BidState;
  /** Why it was kept though an answer excludes it; null where nobody decided so. */
  readonly waiverReason: string | null;
  readonly responses: readonly OpenedResponse[];
};
/** Every bid of an event that was opened as far as its answers, by supplier. Of a sealed envelope there are none. */
export const findBidsWithResponses = (ctx: Ctx, eventId: string): Promise<BidWithResponses[]> =>
  rowsOf<BidWithResponses>(
    ctx.tx,
    `SELECT bid.id, bid.reference, bid.supplier_id AS "supplierId", supplier.name AS "supplierName", bid.state,
            waiver.reason AS "waiverReason",
            coalesce(jsonb_agg(jsonb_build_object(
                       'requirementId', response.requirement_id, 'answer', response.answer,
                       'files', response.files, 'isKnockOut', response.is_knock_out))
                     FILTER (WHERE response.id IS NOT NULL), '[]') AS responses
       FROM bid
       JOIN supplier ON supplier.id = bid.supplier_id
       LEFT JOIN knock_out_waiver AS waiver ON waiver.bid_id = bid.id
       LEFT JOIN bid_response AS response ON response.bid_id = bid.id
      WHERE bid.event_id = ?
        AND bid.state NOT IN ('draft', 'submitted', 'withdrawn', 'invalid', 'sealed')
        AND NOT EXISTS (SELECT FROM opened_envelope AS opened WHERE opened.bid_id = bid.id AND opened.fault IS NOT NULL)
      GROUP BY bid.id, supplier.id, waiver.bid_id
      ORDER BY supplier.name, bid.id`,
    [eventId],
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

/** Excluded by an answer, and nobody has decided on it. */
export const isUndecidedKnockOut = (bid: BidWithResponses): boolean =>
  bid.state !== 'disqualified' &&
  bid.waiverReason === null &&
  bid.responses.some((response) => response.isKnockOut);
