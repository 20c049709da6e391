import type { Incoterm } from '../kernel/incoterm.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Tx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import { COMPARED, isExcludedLine } from './landed.store.ts';
import type { PricedLine } from './landed.ts';

/** Something else that a bid offers in place of a line. */
export type OfferedAlternate = {
  readonly id: string;
  readonly bidId: string;
  readonly supplierId: string;
  readonly eventItemId: string;
  readonly lotId: string | null;
  readonly lineIncoterm: Incoterm | null;
  readonly alternateNo: number;
  readonly description: string;
  readonly leadTimeDays: number | null;
  /** What was asked for. */
  readonly quantity: DecimalString;
  readonly unitPrice: DecimalString;
  /** For that quantity, in the currency of the bid. */
  readonly amount: DecimalString;
};

/** The alternates of an event's compared bids, or of these of them, in the order of the lines. */
export const findAlternates = (
  tx: Tx,
  of: { eventId: string; bidIds: readonly string[] | null },
): Promise<OfferedAlternate[]> =>
  rowsOf<OfferedAlternate>(
    tx,
    `SELECT one.id, one.bid_id AS "bidId", bid.supplier_id AS "supplierId", one.event_item_id AS "eventItemId",
            item.lot_id AS "lotId", item.incoterm AS "lineIncoterm", one.alternate_no AS "alternateNo",
            one.description, one.lead_time_days AS "leadTimeDays", trim_scale(item.quantity)::text AS quantity,
            trim_scale(one.unit_price)::text AS "unitPrice", one.amount::text AS amount
       FROM bid
       JOIN bid_alternate AS one ON one.bid_id = bid.id
       JOIN event_item AS item ON item.id = one.event_item_id
      WHERE bid.event_id = :eventId
        AND bid.state IN (${COMPARED})
        AND (CAST(:bidIds AS uuid[]) IS NULL OR bid.id = ANY (CAST(:bidIds AS uuid[])))
        AND NOT ${isExcludedLine('one')}
      ORDER BY item.line_no, bid.id, one.alternate_no`,
    { eventId: of.eventId, bidIds: of.bidIds === null ? null : [...of.bidIds] },
  );

/** The priced lines of these bids, each in the order of the event. */
export const findPricedLinesOf = (
  tx: Tx,
  bidIds: readonly string[],
): Promise<(PricedLine & { readonly bidId: string })[]> =>
  rowsOf(
    tx,
    `SELECT bid_line.bid_id AS "bidId", bid_line.id AS "bidLineId", item.id AS "eventItemId", item.lot_id AS "lotId",
            trim_scale(item.quantity)::text AS quantity, trim_scale(bid_line.unit_price)::text AS "unitPrice",
            trim_scale(bid_line.price_base_quantity)::text AS "priceBaseQuantity", bid_line.amount::text AS amount
       FROM bid_line
       JOIN event_item AS item ON item.id = bid_line.event_item_id
      WHERE bid_line.bid_id = ANY (CAST(? AS uuid[]))
        AND bid_line.unit_price IS NOT NULL
        AND NOT ${isExcludedLine('bid_line')}
      ORDER BY item.line_no`,
    [[...bidIds]],
  );
