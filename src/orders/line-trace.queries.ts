import type { Ctx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { LineTrace } from '../requisitions/index.ts';

/** What has become of these requisition lines: the events that ask for them, and the orders that buy them. */
export const traceLines = (ctx: Ctx, requisitionLineIds: readonly string[]): Promise<LineTrace[]> =>
  requisitionLineIds.length === 0
    ? Promise.resolve([])
    : rowsOf<LineTrace>(
        ctx.tx,
        `WITH bought AS (
           SELECT source.requisition_line_id, line.event_item_id, source.quantity,
                  jsonb_build_object('orderId', po.id, 'reference', po.reference, 'lineNo', line.line_no,
                                     'quantity', trim_scale(source.quantity)::text) AS shown,
                  po.reference, line.line_no
             FROM po_line_source AS source
             JOIN po_line AS line ON line.id = source.po_line_id
             JOIN purchase_order AS po ON po.id = line.order_id
            WHERE source.requisition_line_id = ANY (CAST(:ids AS uuid[]))
              AND (po.state <> 'cancelled' OR po.sent_at IS NOT NULL)
         ), traced AS (
           SELECT source.requisition_line_id, source.quantity, event.created_at, item.line_no,
                  jsonb_build_object('id', event.id, 'reference', event.reference, 'state', event.state,
                                     'lineNo', item.line_no) AS event,
                  (SELECT jsonb_agg(bought.shown ORDER BY bought.reference, bought.line_no)
                     FROM bought
                    WHERE bought.requisition_line_id = source.requisition_line_id
                      AND bought.event_item_id = item.id) AS orders
             FROM event_item_source AS source
             JOIN event_item AS item ON item.id = source.event_item_id
             JOIN sourcing_event AS event ON event.id = item.event_id
            WHERE source.requisition_line_id = ANY (CAST(:ids AS uuid[]))
            UNION ALL
           SELECT bought.requisition_line_id, sum(bought.quantity), NULL, 0, NULL,
                  jsonb_agg(bought.shown ORDER BY bought.reference, bought.line_no)
             FROM bought
            WHERE bought.event_item_id IS NULL
            GROUP BY bought.requisition_line_id
         )
         SELECT traced.requisition_line_id AS "requisitionLineId", traced.event,
                trim_scale(traced.quantity)::text AS quantity, COALESCE(traced.orders, '[]') AS orders
           FROM traced
          ORDER BY traced.created_at NULLS LAST, traced.line_no`,
        { ids: [...requisitionLineIds] },
      );
