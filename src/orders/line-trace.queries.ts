import type { Ctx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { LineTrace } from '../requisitions/index.ts';

/** What has become of these requisition lines: the events that ask for them, and the orders that buy them. */
export const traceLines = (ctx: Ctx, requisitionLineIds: readonly string[]): Promise<LineTrace[]> =>
  requisitionLineIds.length === 0
    ? Promise.resolve([])
    : rowsOf<LineTrace>(
        ctx.tx,
        `SELECT source.requisition_line_id AS "requisitionLineId", event.id AS "eventId",
                event.reference AS "eventReference", event.state AS "eventState", item.line_no AS "eventLineNo",
                trim_scale(source.quantity)::text AS quantity,
                (SELECT COALESCE(jsonb_agg(jsonb_build_object(
                          'orderId', po.id, 'reference', po.reference, 'lineNo', line.line_no,
                          'quantity', trim_scale(bought.quantity)::text) ORDER BY po.reference, line.line_no), '[]')
                   FROM po_line_source AS bought
                   JOIN po_line AS line ON line.id = bought.po_line_id
                   JOIN purchase_order AS po ON po.id = line.order_id
                  WHERE bought.requisition_line_id = source.requisition_line_id
                    AND line.event_item_id = item.id) AS orders
           FROM event_item_source AS source
           JOIN event_item AS item ON item.id = source.event_item_id
           JOIN sourcing_event AS event ON event.id = item.event_id
          WHERE source.requisition_line_id = ANY (?::uuid[])
          ORDER BY event.created_at, item.line_no`,
        [[...requisitionLineIds]],
      );
