import type { Ctx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';

/** A bidder that can be asked again: its bid is compared. */
export type InField = {
  readonly supplierId: string;
  readonly supplierName: string;
  readonly total: string | null;
  readonly currency: string;
  /** What each line comes to, by the line's id. */
  readonly prices: Readonly<Record<string, string>>;
};

/** The bids that count now, the lowest first. */
export const findField = (ctx: Ctx, eventId: string): Promise<InField[]> =>
  rowsOf<InField>(
    ctx.tx,
    `SELECT bid.supplier_id AS "supplierId", supplier.name AS "supplierName", bid.total_amount::text AS total,
            coalesce(bid.currency, event.currency) AS currency,
            coalesce(jsonb_object_agg(line.event_item_id, line.amount::text)
                       FILTER (WHERE line.amount IS NOT NULL), '{}') AS prices
       FROM bid
       JOIN sourcing_event AS event ON event.id = bid.event_id
       JOIN supplier ON supplier.id = bid.supplier_id
       LEFT JOIN bid_line AS line ON line.bid_id = bid.id
      WHERE bid.event_id = ?
        AND bid.state IN ('valid', 'abnormally_low', 'shortlisted')
      GROUP BY bid.id, supplier.id, event.id
      ORDER BY bid.total_amount NULLS LAST, bid.id
      LIMIT 500`,
    [eventId],
  );

/** What one bidder offered, round by round. */
export type RoundPrices = {
  readonly supplierName: string;
  readonly currency: string;
  /** By the number of the round: the total, the state, and the unit price of each line by its number. */
  readonly byRound: Readonly<
    Record<string, { total: string | null; state: string; lines: Readonly<Record<string, string>> }>
  >;
};

/** Every opened bid of every round, a row for each bidder. */
export const findRoundPrices = (ctx: Ctx, eventId: string): Promise<RoundPrices[]> =>
  rowsOf<RoundPrices>(
    ctx.tx,
    `SELECT supplier.name AS "supplierName", max(offered.currency) AS currency,
            jsonb_object_agg(offered.round, jsonb_build_object('total', offered.total, 'state', offered.state,
                                                               'lines', offered.lines)) AS "byRound"
       FROM (SELECT bid.supplier_id, bid.round, bid.state, bid.total_amount::text AS total,
                    coalesce(bid.currency, event.currency) AS currency,
                    coalesce(jsonb_object_agg(item.line_no,
                                              trim_scale(round(line.unit_price / line.price_base_quantity, 6))::text)
                               FILTER (WHERE line.unit_price IS NOT NULL), '{}') AS lines
               FROM bid
               JOIN sourcing_event AS event ON event.id = bid.event_id
               LEFT JOIN bid_line AS line ON line.bid_id = bid.id
               LEFT JOIN event_item AS item ON item.id = line.event_item_id
              WHERE bid.event_id = ?
                AND bid.state NOT IN ('draft', 'submitted', 'withdrawn', 'invalid', 'sealed')
              GROUP BY bid.id, event.id) AS offered
       JOIN supplier ON supplier.id = offered.supplier_id
      GROUP BY supplier.id
      ORDER BY lower(supplier.name)
      LIMIT 500`,
    [eventId],
  );
