import { seesPrices } from '../kernel/actor.ts';
import { notFound } from '../kernel/errors.ts';
import { isId } from '../kernel/id.ts';
import type { DecimalString } from '../kernel/money.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placeOfOrder, scopeConditions } from '../platform/db/scope.ts';
import { named } from '../platform/db/statements.ts';
import type { OrderState } from './purchase-order.ts';

/** What a list of orders is asked for. `supplier` and `search` find parts of names, numbers and titles. */
export type OrderFilter = {
  readonly state: OrderState | null;
  readonly supplier: string | null;
  readonly from: Day | null;
  readonly to: Day | null;
  readonly search: string | null;
  readonly sort: OrderSort;
};

export const orderSorts = ['newest', 'oldest', 'due', 'largest', 'smallest'] as const;
export type OrderSort = (typeof orderSorts)[number];

export type OrderRow = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly supplierName: string;
  readonly plantCode: string;
  readonly state: OrderState;
  readonly currency: string;
  /** Null for whoever works without prices. */
  readonly totalAmount: DecimalString | null;
  readonly lineCount: number;
  readonly issuedOn: Day;
  readonly nextDueOn: Day | null;
};

type Sort = { readonly keys: readonly Key[]; readonly direction: 'ASC' | 'DESC' };
type Key = {
  readonly sql: string;
  readonly type: string;
  of(row: OrderRow): string;
  accepts(value: string): boolean;
};

const isDayText = (value: string): boolean => /^(\d{4}-\d{2}-\d{2}|infinity)$/.test(value);
const ID: Key = { sql: 'po.id', type: 'uuid', of: (row) => row.id, accepts: isId };
const ISSUED: Key = { sql: 'po.issued_on', type: 'date', of: (row) => row.issuedOn, accepts: isDayText };
// What is due never comes last.
const DUE: Key = {
  sql: `COALESCE(po.next_due_on, 'infinity'::date)`,
  type: 'date',
  of: (row) => row.nextDueOn ?? 'infinity',
  accepts: isDayText,
};
const CURRENCY: Key = {
  sql: 'po.currency',
  type: 'text',
  of: (row) => row.currency,
  accepts: (value) => /^[A-Z]{3}$/.test(value),
};
const AMOUNT: Key = {
  sql: 'po.total_amount',
  type: 'numeric',
  of: (row) => row.totalAmount ?? '0',
  accepts: (value) => /^\d{1,16}(\.\d{1,4})?$/.test(value),
};

/** Each is the order of an index, so that a deep page costs what the first one does. Amounts are compared within a currency. */
const SORTS: Readonly<Record<OrderSort, Sort>> = {
  newest: { keys: [ISSUED, ID], direction: 'DESC' },
  oldest: { keys: [ISSUED, ID], direction: 'ASC' },
  due: { keys: [DUE, ID], direction: 'ASC' },
  largest: { keys: [CURRENCY, AMOUNT, ID], direction: 'DESC' },
  smallest: { keys: [CURRENCY, AMOUNT, ID], direction: 'ASC' },
};

const columns = (amount: string): string => `
  SELECT po.id, po.reference, po.title, supplier.name AS "supplierName", po.plant_code AS "plantCode", po.state,
         po.currency, ${amount} AS "totalAmount", po.line_count AS "lineCount", po.issued_on AS "issuedOn",
         po.next_due_on AS "nextDueOn"
    FROM purchase_order AS po
    JOIN supplier ON supplier.id = po.supplier_id`;

/**
 * One page of the orders the actor may see, without counting them. The statement holds only the conditions
 * that are asked for and is named after them: each is planned for its own index.
 */
export async function findOrders(ctx: Ctx, filter: OrderFilter, page: PageRequest): Promise<Page<OrderRow>> {
  const isPriced = seesPrices(ctx.actor);
  const sortName = isPriced || !isByAmount(filter.sort) ? filter.sort : 'newest';
  const sort = SORTS[sortName];
  const values: unknown[] = [];
  const asked: string[] = [sortName, isPriced ? '' : 'unpriced'];
  const conditions: string[] = [];
  const where = (name: string, value: unknown, condition: (at: string) => string): void => {
    if (value === null) return;
    values.push(value);
    asked.push(name);
    conditions.push(condition(`$${values.length}`));
  };
  where('own', ctx.actor.supplierId, (at) => `po.supplier_id = ${at} AND ${SENT}`);
  for (const { name, value, sql } of scopeConditions(ctx.actor, placeOfOrder('po'))) where(name, value, sql);
  where('state', filter.state, (at) => `po.state = ${at}`);
  where('from', filter.from, (at) => `po.issued_on >= ${at}::date`);
  where('to', filter.to, (at) => `po.issued_on <= ${at}::date`);
  where('supplier', partOf(filter.supplier), (at) => `supplier.name ILIKE ${at}`);
  where('search', partOf(filter.search), (at) => `(po.reference ILIKE ${at} OR po.title ILIKE ${at})`);
  if (page.after !== null) {
    const places = cursorValues(sort, page.after).map((value, index) => {
      values.push(value);
      return `$${values.length}::${sort.keys[index]?.type}`;
    });
    asked.push('after');
    conditions.push(
      `(${columnsOf(sort).join(', ')}) ${sort.direction === 'ASC' ? '>' : '<'} (${places.join(', ')})`,
    );
  }
  values.push(page.limit + 1);
  const rows = await named<OrderRow>(ctx.tx, {
    name: `orders.list ${asked.join(' ')}`,
    text: `${columns(isPriced ? 'po.total_amount' : 'NULL')}
   ${conditions.length === 0 ? '' : `WHERE ${conditions.join('\n     AND ')}`}
   ORDER BY ${columnsOf(sort)
     .map((column) => `${column} ${sort.direction}`)
     .join(', ')}
   LIMIT $${values.length}`,
    values,
  });
  return toPage(rows, page.limit, (row) => sort.keys.map((key) => key.of(row)).join('~'));
}

/** An order of amounts tells which is the larger, and its cursor says one. */
const isByAmount = (sort: OrderSort): boolean => sort === 'largest' || sort === 'smallest';

// One that was cancelled before its supplier had it is none of the supplier's.
const SENT = `po.state NOT IN ('draft', 'pending_approval', 'approved')
     AND (po.state <> 'cancelled' OR po.sent_at IS NOT NULL)`;
const columnsOf = (sort: Sort): string[] => sort.keys.map((key) => key.sql);

/** A text that stands anywhere, its own wildcards meant as they are written. */
const partOf = (text: string | null): string | null =>
  text === null ? null : `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

/** @throws AppError `page.not-found` for a cursor that is not one of ours */
function cursorValues(sort: Sort, cursor: string): string[] {
  const values = cursor.split('~');
  const isOurs =
    values.length === sort.keys.length && sort.keys.every((key, index) => key.accepts(values[index] ?? ''));
  if (!isOurs) throw notFound('page');
  return values;
}
