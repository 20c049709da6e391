import type { Ctx } from '../../platform/db/context.ts';
import { named } from '../../platform/db/statements.ts';
import type { NamedLine } from './packing-content.ts';

/** The lines of a delivery as its papers name them, by order and line. */
export const findNamedLines = (ctx: Ctx, despatchId: string): Promise<NamedLine[]> =>
  named<NamedLine>(ctx.tx, {
    name: 'despatch_line.named',
    text: `
      SELECT po_line.id AS "poLineId", po.id AS "orderId", po.reference AS "orderReference", po_line.line_no AS "lineNo",
             po_line.item_code AS "itemCode", po_line.description, po_line.unit
        FROM despatch_line AS line
        JOIN po_line ON po_line.id = line.po_line_id
        JOIN purchase_order AS po ON po.id = po_line.order_id
       WHERE line.despatch_advice_id = $1
       ORDER BY po.reference, po_line.line_no`,
    values: [despatchId],
  });
