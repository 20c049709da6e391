import type { PricedIn } from '../bids/index.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Tx } from '../platform/db/context.ts';
import { named, planned, rowsOf } from '../platform/db/statements.ts';
import type { Cell } from './comparison.ts';
import { LANDED_PRICES } from './landed.queries.ts';

export type FoundCell = Omit<Cell, 'isLowest' | 'priced'> & {
  readonly pricedIn: PricedIn | null;
  readonly eventItemId: string;
  readonly supplierId: string;
};

/** The cells of some lines and some bids, with their arithmetic: as many as stand on a page. */
export const findCells = (
  tx: Tx,
  of: { eventId: string; needed: string; itemIds: readonly string[]; bidIds: readonly string[] },
): Promise<FoundCell[]> =>
  planned<FoundCell>(tx, {
    text: `WITH ${LANDED_PRICES}
      SELECT priced.event_item_id AS "eventItemId", priced.supplier_id AS "supplierId",
             trim_scale(bid_line.unit_price)::text AS "unitPrice",
             trim_scale(bid_line.price_base_quantity)::text AS "priceBaseQuantity", bid_line.amount::text AS amount,
             bid_line.lead_time_days AS "leadTimeDays", bid_line.note,
             CASE WHEN bid_line.priced_unit IS NOT NULL
                  THEN jsonb_build_object('unit', bid_line.priced_unit, 'reason', bid_line.priced_reason,
                                          'unitQuantity', trim_scale(bid_line.priced_quantity)::text) END AS "pricedIn",
             trim_scale(priced.landed_unit)::text AS "landedUnit", priced.landed_amount::text AS "landedAmount",
             coalesce(landed.steps, '[]') AS steps,
             coalesce((SELECT jsonb_agg(jsonb_build_object('quantity', trim_scale(tier.quantity)::text,
                                                           'unitPrice', trim_scale(tier.unit_price)::text)
                                        ORDER BY tier.quantity)
                         FROM bid_line_tier AS tier
                        WHERE tier.bid_line_id = bid_line.id), '[]') AS tiers
        FROM priced
        JOIN bid_line ON bid_line.id = priced.id
        LEFT JOIN landed_line AS landed ON landed.bid_line_id = bid_line.id
       WHERE priced.event_item_id = ANY ($3::uuid[])
         AND priced.bid_id = ANY ($4::uuid[])`,
    values: [of.eventId, of.needed, [...of.itemIds], [...of.bidIds]],
  });

/** The plants whose needs the lines are, where they came from requisitions. */
export const findPlantsOfLines = async (tx: Tx, eventId: string): Promise<string[]> =>
  (
    await named<{ code: string }>(tx, {
      name: 'award.plants-of-lines',
      text: `
        SELECT DISTINCT need.plant_code AS code
          FROM event_item AS item
          JOIN event_item_source AS source ON source.event_item_id = item.id
          JOIN requisition_line AS need ON need.id = source.requisition_line_id
         WHERE item.event_id = $1
         ORDER BY need.plant_code`,
      values: [eventId],
    })
  ).map((row) => row.code);

/** What was last paid for an item, and to whom. */
export type LastPrice = {
  readonly itemCode: string;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly currency: string;
  readonly issuedOn: Day;
  readonly supplierName: string;
  readonly orderId: string;
  readonly orderReference: string;
};

/** By item, the newest order line before the event was opened. Orders stand later in a purchase: read, never written. */
export const findLastPrices = (
  tx: Tx,
  of: { itemCodes: readonly string[]; eventId: string },
): Promise<LastPrice[]> =>
  of.itemCodes.length === 0
    ? Promise.resolve([])
    : rowsOf<LastPrice>(
        tx,
        // First the lines of these items, then their orders: the other way round walks all orders there are.
        `WITH line AS MATERIALIZED (
           SELECT po_line.item_code, po_line.order_id, po_line.unit_price, po_line.price_base_quantity
             FROM po_line
            WHERE po_line.item_code = ANY (CAST(:itemCodes AS text[]))
         )
         SELECT DISTINCT ON (line.item_code)
                line.item_code AS "itemCode", trim_scale(line.unit_price)::text AS "unitPrice",
                trim_scale(line.price_base_quantity)::text AS "priceBaseQuantity", po.currency,
                po.issued_on AS "issuedOn", supplier.name AS "supplierName", po.id AS "orderId",
                po.reference AS "orderReference"
           FROM line
           JOIN purchase_order AS po ON po.id = line.order_id
           JOIN supplier ON supplier.id = po.supplier_id
          WHERE po.event_id IS DISTINCT FROM :eventId
            AND po.state <> 'cancelled'
          ORDER BY line.item_code, po.issued_on DESC, po.id DESC`,
        { itemCodes: [...new Set(of.itemCodes)], eventId: of.eventId },
      );

/** What a bidder's lines of a lot come to. */
export type LotTotal = {
  readonly lotId: string | null;
  readonly supplierId: string;
  readonly totalAmount: DecimalString | null;
  readonly landedLineCount: number;
  /** How many lines the lot has. */
  readonly lineCount: number;
};

/** By lot and bidder, what its lines cost us delivered; lines of no lot stand together. */
export const findLotTotals = (tx: Tx, of: { eventId: string; needed: string }): Promise<LotTotal[]> =>
  planned<LotTotal>(tx, {
    text: `WITH ${LANDED_PRICES}
      SELECT item.lot_id AS "lotId", priced.supplier_id AS "supplierId",
             sum(priced.landed_amount)::text AS "totalAmount", count(priced.landed_amount)::int AS "landedLineCount",
             (SELECT count(*)::int
                FROM event_item AS asked
               WHERE asked.event_id = $1
                 AND asked.lot_id IS NOT DISTINCT FROM item.lot_id) AS "lineCount"
        FROM priced
        JOIN event_item AS item ON item.id = priced.event_item_id
       -- Without lots there is nothing to add up, however many prices there are.
       WHERE EXISTS (SELECT FROM lot WHERE lot.event_id = $1)
       GROUP BY item.lot_id, priced.supplier_id`,
    values: [of.eventId, of.needed],
  });
