import { notFound } from '../kernel/errors.ts';
import { isId } from '../kernel/id.ts';
import type { DecimalString } from '../kernel/money.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { type Day, isDay } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { inScope, placeByOrderId, placeOfOrder, placesOf, scopeConditions } from '../platform/db/scope.ts';
import { named } from '../platform/db/statements.ts';
import type { InvoiceState } from './invoice.ts';
import type { MatchException } from './match-exception.ts';

/** What the list is asked for. `supplier` and `search` find parts of names and numbers. */
export type InvoiceFilter = {
  readonly state: InvoiceState | null;
  readonly supplier: string | null;
  readonly search: string | null;
  readonly overdue: boolean;
};

export type InvoiceRow = {
  readonly id: string;
  readonly reference: string;
  readonly supplierNumber: string;
  readonly supplierName: string;
  readonly orderId: string;
  readonly orderReference: string;
  readonly state: InvoiceState;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  readonly currency: string;
  readonly grossAmount: DecimalString;
  readonly createdAt: Date;
};

/**
 * One page of the invoices the actor may see, newest first, without counting them. The statement holds only
 * the conditions that are asked for and is named after them: each is planned for its own index.
 */
export async function findInvoices(
  ctx: Ctx,
  of: { filter: InvoiceFilter; today: Day; page: PageRequest },
): Promise<Page<InvoiceRow>> {
  const { filter, page } = of;
  const values: unknown[] = [];
  const asked: string[] = [];
  const conditions: string[] = [];
  const where = (name: string, value: unknown, condition: (at: string) => string): void => {
    if (value === null) return;
    values.push(value);
    asked.push(name);
    conditions.push(condition(`$${values.length}`));
  };
  where('own', ctx.actor.supplierId, (at) => `invoice.supplier_id = ${at}`);
  for (const { name, value, sql } of scopeConditions(ctx.actor, placeByOrderId('invoice.order_id')))
    where(name, value, sql);
  where('state', filter.state, (at) => `invoice.state = ${at}`);
  where(
    'overdue',
    filter.overdue ? of.today : null,
    (at) =>
      `invoice.state NOT IN ('paid', 'credited', 'rejected', 'voided') AND invoice.due_on < ${at}::date`,
  );
  where('supplier', partOf(filter.supplier), (at) => `supplier.name ILIKE ${at}`);
  where(
    'search',
    partOf(filter.search),
    (at) =>
      `(invoice.reference ILIKE ${at} OR invoice.supplier_number ILIKE ${at} OR po.reference ILIKE ${at})`,
  );
  if (page.after !== null) {
    values.push(...cursorValues(page.after, isInstant));
    asked.push('after');
    const at = values.length;
    conditions.push(`(invoice.created_at, invoice.id) < ($${at - 1}::timestamptz, $${at}::uuid)`);
  }
  values.push(page.limit + 1);
  const rows = await named<InvoiceRow>(ctx.tx, {
    name: `invoices.list ${asked.join(' ')}`,
    text: `
      SELECT invoice.id, invoice.reference, invoice.supplier_number AS "supplierNumber",
             supplier.name AS "supplierName", po.id AS "orderId", po.reference AS "orderReference", invoice.state,
             invoice.issued_on AS "issuedOn", invoice.due_on AS "dueOn", invoice.currency,
             invoice.gross_amount AS "grossAmount", invoice.created_at AS "createdAt"
        FROM invoice
        JOIN supplier ON supplier.id = invoice.supplier_id
        JOIN purchase_order AS po ON po.id = invoice.order_id
       ${conditions.length === 0 ? '' : `WHERE ${conditions.join('\n         AND ')}`}
       ORDER BY invoice.created_at DESC, invoice.id DESC
       LIMIT $${values.length}`,
    values,
  });
  return toPage(rows, page.limit, (row) => `${row.createdAt.toISOString()}~${row.id}`);
}

/** A difference on the work list, with the invoice it belongs to. */
export type ExceptionRow = Pick<
  MatchException,
  'id' | 'kind' | 'chargeReason' | 'expected' | 'actual' | 'amountEffect' | 'actsNext' | 'dueOn'
> & {
  readonly invoiceId: string;
  readonly invoiceReference: string;
  readonly supplierNumber: string;
  readonly supplierName: string;
  readonly orderId: string;
  readonly orderReference: string;
  readonly currency: string;
  readonly lineNo: number | null;
  readonly description: string | null;
  readonly unit: string | null;
  readonly priceBaseQuantity: DecimalString | null;
  readonly buyerName: string;
};

/**
 * One page of the open differences the actor may see, the most urgent first; with `buyerId`, of its own orders; with
 * `isLate`, those that are due and became the buyer's, or those that are not.
 */
export async function findOpenExceptions(
  ctx: Ctx,
  of: { buyerId: string | null; isLate: boolean | null; today: Day; page: PageRequest },
): Promise<Page<ExceptionRow>> {
  const { page } = of;
  const places = placesOf(ctx.actor);
  const [dueOn, id] = page.after === null ? [null, null] : cursorValues(page.after, isDay);
  const rows = await named<ExceptionRow>(ctx.tx, {
    name: 'invoices.open-exceptions',
    text: `
      SELECT found.id, found.kind, found.charge_reason AS "chargeReason", found.expected, found.actual, found.amount_effect AS "amountEffect",
             found.acts_next AS "actsNext", found.due_on AS "dueOn", invoice.id AS "invoiceId",
             invoice.reference AS "invoiceReference", invoice.supplier_number AS "supplierNumber",
             supplier.name AS "supplierName", po.id AS "orderId", po.reference AS "orderReference",
             invoice.currency, line.line_no AS "lineNo", line.description, line.unit,
             line.price_base_quantity AS "priceBaseQuantity", buyer.name AS "buyerName"
        FROM match_exception AS found
        JOIN invoice ON invoice.id = found.invoice_id
        JOIN supplier ON supplier.id = invoice.supplier_id
        JOIN purchase_order AS po ON po.id = invoice.order_id
        JOIN user_account AS buyer ON buyer.id = po.buyer_id
        LEFT JOIN po_line AS line ON line.id = found.po_line_id
       WHERE found.state = 'open'
         AND ${inScope(placeOfOrder('po'), { plants: '$6', categories: '$7' })}
         AND ($1::uuid IS NULL OR invoice.supplier_id = $1)
         AND ($2::uuid IS NULL OR po.buyer_id = $2)
         AND ($8::boolean IS NULL OR (found.due_on < $9::date OR found.acts_next = 'buyer') = $8)
         AND ($3::date IS NULL OR (found.due_on, found.id) > ($3::date, $4::uuid))
       ORDER BY found.due_on, found.id
       LIMIT $5`,
    values: [
      ctx.actor.supplierId,
      of.buyerId,
      dueOn,
      id,
      page.limit + 1,
      places.plants,
      places.categories,
      of.isLate,
      of.today,
    ],
  });
  return toPage(rows, page.limit, (row) => `${row.dueOn}~${row.id}`);
}

/** A text that stands anywhere, its own wildcards meant as they are written. */
const partOf = (text: string | null): string | null =>
  text === null ? null : `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

const isInstant = (text: string): boolean => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text);

/** @throws AppError `page.not-found` for a cursor that is not one of ours */
function cursorValues(cursor: string, isFirst: (text: string) => boolean): [string, string] {
  const [first = '', id = '', ...rest] = cursor.split('~');
  if (!isFirst(first) || !isId(id) || rest.length > 0) throw notFound('page');
  return [first, id];
}
