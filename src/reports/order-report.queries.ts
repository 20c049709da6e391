import type { DecimalString } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { inScope, placeOfOrder, placesOf, scopeConditions } from '../platform/db/scope.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { OrderReportFilter } from './report-export.ts';

/** One order line of the report. All values are text or null, as they are written. */
export type OrderReportRow = {
  readonly orderId: string;
  readonly reference: string;
  readonly title: string;
  readonly issuedOn: Day;
  readonly state: string;
  readonly supplierReference: string;
  readonly supplierName: string;
  readonly plantCode: string;
  readonly lineNo: string;
  readonly itemCode: string | null;
  readonly description: string;
  readonly unit: string;
  readonly quantity: DecimalString;
  readonly receivedQuantity: DecimalString;
  readonly invoicedQuantity: DecimalString;
  readonly dueOn: Day | null;
  readonly currency: string;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly amount: DecimalString;
};

/** Numbers leave PostgreSQL as text without trailing zeros: nothing in between may round them. */
const SELECT = `
  SELECT po.id AS "orderId", po.reference, po.title, po.issued_on::text AS "issuedOn", po.state,
         supplier.reference AS "supplierReference", supplier.name AS "supplierName",
         po.plant_code AS "plantCode", po_line.line_no::text AS "lineNo", po_line.item_code AS "itemCode",
         po_line.description, po_line.unit, trim_scale(po_line.quantity)::text AS quantity,
         trim_scale(moved.received)::text AS "receivedQuantity",
         trim_scale(moved.invoiced)::text AS "invoicedQuantity", moved.due_on::text AS "dueOn", po.currency,
         trim_scale(po_line.unit_price)::text AS "unitPrice",
         trim_scale(po_line.price_base_quantity)::text AS "priceBaseQuantity",
         trim_scale(po_line.amount)::text AS amount`;

const FROM = `
    FROM purchase_order AS po
    JOIN supplier ON supplier.id = po.supplier_id
    JOIN po_line ON po_line.order_id = po.id
   CROSS JOIN LATERAL (
         SELECT sum(po_schedule.received_quantity) AS received, sum(po_schedule.invoiced_quantity) AS invoiced,
                min(po_schedule.due_on) AS due_on
           FROM po_schedule
          WHERE po_schedule.po_line_id = po_line.id) AS moved`;

const ORDER = 'ORDER BY po.issued_on, po.id, po_line.line_no';

const scopeIn = ({ plants = null, categories = null }: OrderReportFilter) => ({ plants, categories });

function conditions(filter: OrderReportFilter): { where: string; bindings: unknown[] } {
  const asked: [string, unknown][] = [
    ['po.issued_on >= ?::date', filter.from],
    ['po.issued_on <= ?::date', filter.to],
    ['po.supplier_id = ?::uuid', filter.supplierId],
    ['po.state = ?', filter.state],
    ...scopeConditions({ scope: scopeIn(filter) }, placeOfOrder('po')).map((limit): [string, unknown] => [
      limit.sql('?'),
      limit.value,
    ]),
  ];
  const given = asked.filter(([, value]) => value !== null);
  return {
    where: given.length === 0 ? '' : `WHERE ${given.map(([condition]) => condition).join(' AND ')}`,
    bindings: given.map(([, value]) => value),
  };
}

/** The first lines of the report, for a look before the file. */
export function findFirstLines(
  ctx: Ctx,
  filter: OrderReportFilter,
  limit: number,
): Promise<OrderReportRow[]> {
  const { where, bindings } = conditions(filter);
  return rowsOf<OrderReportRow>(ctx.tx, `${SELECT} ${FROM} ${where} ${ORDER} LIMIT ?`, [...bindings, limit]);
}

/** How many lines the report has. Counted once an export, for its progress. */
export async function countLines(ctx: Ctx, filter: OrderReportFilter): Promise<number> {
  const { where, bindings } = conditions(filter);
  const row = await firstOf<{ count: number }>(
    ctx.tx,
    `SELECT count(*) AS count
       FROM purchase_order AS po
       JOIN po_line ON po_line.order_id = po.id
      ${where}`,
    bindings,
  );
  return row?.count ?? 0;
}

const BATCH_ROWS = 1_000;

/** All lines of the report by a cursor, so that memory does not grow with them. Reads one moment's state. */
export async function* streamLines(ctx: Ctx, filter: OrderReportFilter): AsyncGenerator<OrderReportRow[]> {
  const { where, bindings } = conditions(filter);
  await ctx.tx.raw(
    `DECLARE order_report NO SCROLL CURSOR FOR ${SELECT} ${FROM} ${where} ${ORDER}`,
    bindings as never,
  );
  for (;;) {
    const rows = await rowsOf<OrderReportRow>(ctx.tx, `FETCH ${BATCH_ROWS} FROM order_report`);
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH_ROWS) break;
  }
  await ctx.tx.raw('CLOSE order_report');
}

/** The suppliers that have orders, for the filter. */
export const findSuppliersWithOrders = (ctx: Ctx): Promise<{ id: string; name: string }[]> =>
  rowsOf(
    ctx.tx,
    `SELECT supplier.id, supplier.name
       FROM supplier
      WHERE EXISTS (
            SELECT FROM purchase_order AS po
             WHERE po.supplier_id = supplier.id
               AND ${inScope(placeOfOrder('po'), { plants: '?', categories: '?' })})
      ORDER BY lower(supplier.name)
      LIMIT 1000`,
    [placesOf(ctx.actor).plants, placesOf(ctx.actor).categories],
  );

/** The totals of what the filter finds, one a currency: amounts of different currencies are never added. */
export function findTotals(
  ctx: Ctx,
  filter: OrderReportFilter,
): Promise<{ currency: string; orderCount: number; amount: DecimalString }[]> {
  const { where, bindings } = conditions(filter);
  return rowsOf(
    ctx.tx,
    `SELECT po.currency, count(*) AS "orderCount", sum(po.total_amount)::text AS amount
       FROM purchase_order AS po
      ${where}
      GROUP BY po.currency
      ORDER BY po.currency`,
    bindings,
  );
}
