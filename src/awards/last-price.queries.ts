import type { Tx } from '../platform/db/context.ts';
import { named } from '../platform/db/statements.ts';
import type { BaselinePrice, LastPrice } from './scenario.ts';

/**
 * What was last paid for each line of an event that names an item: the newest order's price in the event's currency
 * and the line's unit, and whom. Orders of this event's own awards are not before it.
 */
export async function findLastPrices(
  tx: Tx,
  of: { eventId: string; currency: string },
): Promise<Map<string, LastPrice>> {
  const rows = await named<LastPrice & { readonly eventItemId: string }>(tx, {
    name: 'award.last-prices',
    text: `
      SELECT event_item.id AS "eventItemId", last.unit_price::text AS "unitPrice",
             last.price_base_quantity::text AS "priceBaseQuantity", last.supplier_id AS "supplierId"
        FROM event_item
       CROSS JOIN LATERAL (
             SELECT po_line.unit_price, trim_scale(po_line.price_base_quantity) AS price_base_quantity, po.supplier_id
               FROM po_line
               JOIN purchase_order AS po ON po.id = po_line.order_id
              WHERE po_line.item_code = event_item.item_code
                AND po_line.unit = event_item.unit
                AND po.currency = $2
                AND po.sent_at IS NOT NULL
                AND po.state <> 'cancelled'
                AND po.event_id IS DISTINCT FROM event_item.event_id
              ORDER BY po.issued_on DESC, po.id DESC
              LIMIT 1) AS last
       WHERE event_item.event_id = $1
         AND event_item.item_code IS NOT NULL`,
    values: [of.eventId, of.currency],
  });
  return new Map(rows.map(({ eventItemId, ...price }) => [eventItemId, price]));
}

/**
 * What the requisitions behind each line were approved at, as the price of what they need together: exact, for nothing is
 * divided. None for a line without requisitions, or of which one has no estimate or another currency.
 */
export async function findBudgetPrices(
  tx: Tx,
  of: { eventId: string; currency: string },
): Promise<Map<string, BaselinePrice>> {
  const rows = await named<BaselinePrice & { readonly eventItemId: string }>(tx, {
    name: 'award.budget-prices',
    text: `
      SELECT source.event_item_id AS "eventItemId",
             trim_scale(sum(source.quantity * line.estimated_price))::text AS "unitPrice",
             trim_scale(sum(source.quantity))::text AS "priceBaseQuantity"
        FROM event_item AS item
        JOIN event_item_source AS source ON source.event_item_id = item.id
        JOIN requisition_line AS line ON line.id = source.requisition_line_id
        JOIN requisition ON requisition.id = line.requisition_id
       WHERE item.event_id = $1
       GROUP BY source.event_item_id
      HAVING bool_and(line.estimated_price IS NOT NULL AND requisition.currency = $2)`,
    values: [of.eventId, of.currency],
  });
  return new Map(rows.map(({ eventItemId, ...price }) => [eventItemId, price]));
}
