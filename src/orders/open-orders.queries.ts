import { seesPrices } from '../kernel/actor.ts';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { named } from '../platform/db/statements.ts';
import type { OrderLine } from './fulfilment.ts';
import { isAnswerable } from './order-response.ts';
import { findLinesOf } from './purchase-order.store.ts';

/** An order of which something is still to come, as its supplier answers it. */
export type OpenOrder = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  /** Of the row: whoever answers says which one was in front of it. */
  readonly version: number;
  /** Those that can be answered: something is to come, and no change of them is open. */
  readonly lines: readonly OrderLine[];
};

const MOST_ORDERS = 500;

/** The supplier's open orders with what can be answered of them, the most urgent first. @throws AppError `supplier.not-found` */
export async function findOpenOrders(ctx: Ctx): Promise<OpenOrder[]> {
  const supplierId = found('supplier', ctx.actor.supplierId);
  const orders = await named<Omit<OpenOrder, 'lines'> & { discussed: readonly string[] }>(ctx.tx, {
    name: 'purchase_order.open-of-supplier',
    text: `
      SELECT po.id, po.reference, po.title, po.version,
             ARRAY(SELECT line ->> 'poLineId'
                     FROM change_order AS change
                    CROSS JOIN LATERAL jsonb_array_elements(change.lines) AS line
                    WHERE change.order_id = po.id AND change.state IN ('sent', 'accepted')) AS discussed
        FROM purchase_order AS po
       WHERE po.supplier_id = $1
         AND po.state IN ('sent', 'acknowledged', 'open', 'part_received')
       ORDER BY po.next_due_on NULLS LAST, po.id
       LIMIT ${MOST_ORDERS}`,
    values: [supplierId],
  });
  const lines = await findLinesOf(ctx.tx, {
    orderIds: orders.map(({ id }) => id),
    seesPrices: seesPrices(ctx.actor),
  });
  return orders
    .map(({ discussed, ...order }) => ({
      ...order,
      lines: (lines.get(order.id) ?? []).filter((line) => isAnswerable(line) && !discussed.includes(line.id)),
    }))
    .filter((order) => order.lines.length > 0);
}
