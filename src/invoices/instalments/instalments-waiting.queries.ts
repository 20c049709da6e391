import type { Ctx } from '../../platform/db/context.ts';
import { named } from '../../platform/db/statements.ts';

export type WaitingInstalment = {
  readonly orderId: string;
  readonly reference: string;
  readonly title: string;
  /** Of a milestone; empty for a prepayment. */
  readonly name: string;
  readonly total: number;
};

/** The first five that this person can confirm, the longest asked for first. */
export const findAskedOf = (ctx: Ctx, userId: string): Promise<WaitingInstalment[]> =>
  named<WaitingInstalment>(ctx.tx, {
    name: 'instalment.asked-of',
    text: `
      SELECT po.id AS "orderId", po.reference, po.title, planned.one ->> 'name' AS name, count(*) OVER ()::int AS total
        FROM instalment
        JOIN purchase_order AS po ON po.id = instalment.order_id
       CROSS JOIN LATERAL jsonb_array_elements(po.payment_plan -> 'instalments') AS planned (one)
       WHERE instalment.state = 'asked'
         AND (planned.one ->> 'no')::integer = instalment.instalment_no
         AND (po.buyer_id = $1
              OR EXISTS (SELECT FROM po_line AS line
                           JOIN po_line_source AS source ON source.po_line_id = line.id
                           JOIN requisition_line AS needed ON needed.id = source.requisition_line_id
                           JOIN requisition ON requisition.id = needed.requisition_id
                          WHERE line.order_id = po.id AND requisition.requester_id = $1))
       ORDER BY instalment.asked_at, instalment.id
       LIMIT 5`,
    values: [userId],
  });

/** The first five that this supplier can invoice: confirmed, or a prepayment that nobody has to confirm. */
export const findDueOf = (ctx: Ctx, supplierId: string): Promise<WaitingInstalment[]> =>
  named<WaitingInstalment>(ctx.tx, {
    name: 'instalment.due-of',
    text: `
      SELECT po.id AS "orderId", po.reference, po.title, planned.one ->> 'name' AS name, count(*) OVER ()::int AS total
        FROM purchase_order AS po
       CROSS JOIN LATERAL jsonb_array_elements(po.payment_plan -> 'instalments') AS planned (one)
        LEFT JOIN instalment ON instalment.order_id = po.id
         AND instalment.instalment_no = (planned.one ->> 'no')::integer
       WHERE po.supplier_id = $1
         AND po.payment_plan IS NOT NULL
         AND po.state NOT IN ('draft', 'pending_approval', 'approved', 'sent', 'closed', 'cancelled')
         AND (instalment.state = 'due'
              OR (COALESCE(instalment.state, 'planned') = 'planned' AND planned.one ->> 'kind' = 'prepayment'
                  AND NOT (planned.one ->> 'needsGuarantee')::boolean))
       ORDER BY po.issued_on, po.id, (planned.one ->> 'no')::integer
       LIMIT 5`,
    values: [supplierId],
  });
