import { notFound } from '../kernel/errors.ts';
import { isId } from '../kernel/id.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { inScope, placeByOrderId, placeOfOrder, placesOf, scopeConditions } from '../platform/db/scope.ts';
import { named } from '../platform/db/statements.ts';
import { UNDER_WAY } from './despatch-advice.store.ts';
import type { DespatchState } from './despatch-advice.ts';
import { isSscc, readSscc } from './packing/sscc.ts';

/** `expected` is all that is under way; `today` and `overdue` go by the calendar of the plant it goes to. */
export const deliveryShows = ['expected', 'today', 'overdue', 'all'] as const;
export type DeliveryShow = (typeof deliveryShows)[number];
export type DeliveryFilter = { readonly show: DeliveryShow; readonly search: string | null };
export type ReceiptFilter = Pick<DeliveryFilter, 'search'>;

export type DeliveryRow = {
  readonly id: string;
  readonly reference: string;
  readonly orderId: string;
  readonly orderReference: string;
  readonly orderTitle: string;
  readonly supplierName: string;
  readonly plantCode: string;
  readonly state: DespatchState;
  readonly expectedOn: Day;
  /** The day it is at the plant, to tell what is late. */
  readonly plantToday: Day;
  readonly carrier: string;
  readonly trackingNumber: string;
  readonly lineCount: number;
  readonly createdAt: Date;
};

const PLANT_TODAY = (now: string): string => `(${now}::timestamptz AT TIME ZONE plant.time_zone)::date`;

/** What is expected comes by its day, all deliveries with the newest first; each goes along an index. */
const ORDER = {
  expected: { keys: ['da.expected_on', 'da.id'], types: ['date', 'uuid'], direction: 'ASC' },
  newest: { keys: ['da.created_at', 'da.id'], types: ['timestamptz', 'uuid'], direction: 'DESC' },
} as const;

/** One page of the announced deliveries that the actor may see, without counting them. */
export async function findDeliveries(
  ctx: Ctx,
  filter: DeliveryFilter,
  page: PageRequest,
): Promise<Page<DeliveryRow>> {
  const order = filter.show === 'all' ? ORDER.newest : ORDER.expected;
  const values: unknown[] = [ctx.now];
  const conditions: string[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  if (filter.show !== 'all') conditions.push(UNDER_WAY);
  if (filter.show === 'today') conditions.push(`da.expected_on = ${PLANT_TODAY('$1')}`);
  if (filter.show === 'overdue') conditions.push(`da.expected_on < ${PLANT_TODAY('$1')}`);
  if (ctx.actor.supplierId !== null) conditions.push(`da.supplier_id = ${bind(ctx.actor.supplierId)}`);
  for (const limit of limitsOf(ctx)) conditions.push(limit.sql(bind(limit.value)));
  if (filter.search !== null) {
    const sscc = readSscc(filter.search);
    const at = bind(isSscc(sscc) ? sscc : partOf(filter.search));
    conditions.push(
      isSscc(sscc)
        ? `(da.id = (SELECT hu.despatch_advice_id FROM handling_unit AS hu WHERE hu.sscc = ${at}))`
        : `(da.reference ILIKE ${at} OR po.reference ILIKE ${at} OR supplier.name ILIKE ${at} OR da.tracking_number ILIKE ${at})`,
    );
  }
  if (page.after !== null) conditions.push(afterCursor(order, { cursor: page.after, bind }));
  const rows = await named<DeliveryRow>(ctx.tx, {
    name: `despatch_advice.list ${filter.show} ${conditionsIn(ctx, filter, page)}`,
    text: `
      SELECT da.id, da.reference, po.id AS "orderId", po.reference AS "orderReference", po.title AS "orderTitle",
             supplier.name AS "supplierName", da.plant_code AS "plantCode", da.state, da.expected_on AS "expectedOn",
             ${PLANT_TODAY('$1')} AS "plantToday", da.carrier, da.tracking_number AS "trackingNumber",
             (SELECT count(*) FROM despatch_line AS line WHERE line.despatch_advice_id = da.id)::integer AS "lineCount",
             da.created_at AS "createdAt"
        FROM despatch_advice AS da
        JOIN purchase_order AS po ON po.id = da.order_id
        JOIN supplier ON supplier.id = da.supplier_id
        JOIN plant ON plant.code = da.plant_code
       ${whereOf(conditions)}
       ORDER BY ${order.keys.map((key) => `${key} ${order.direction}`).join(', ')}
       LIMIT ${bind(page.limit + 1)}`,
    values,
  });
  return toPage(
    rows,
    page.limit,
    (row) => `${filter.show === 'all' ? row.createdAt.toISOString() : row.expectedOn}~${row.id}`,
  );
}

export type ReceiptRow = {
  readonly id: string;
  readonly reference: string;
  readonly orderId: string;
  readonly orderReference: string;
  readonly orderTitle: string;
  readonly supplierName: string;
  readonly plantCode: string;
  readonly receivedOn: Day;
  readonly despatchAdviceId: string | null;
  readonly despatchReference: string | null;
  /** Lines of which less came than was announced. */
  readonly shortCount: number;
  readonly postedByName: string;
  readonly postedAt: Date;
};

const POSTED = {
  keys: ['gr.posted_at', 'gr.id'],
  types: ['timestamptz', 'uuid'],
  direction: 'DESC',
} as const;

/** One page of the receipts that the actor may see, the newest first. */
export async function findReceipts(
  ctx: Ctx,
  filter: ReceiptFilter,
  page: PageRequest,
): Promise<Page<ReceiptRow>> {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  if (ctx.actor.supplierId !== null) conditions.push(`gr.supplier_id = ${bind(ctx.actor.supplierId)}`);
  for (const limit of limitsOf(ctx)) conditions.push(limit.sql(bind(limit.value)));
  if (filter.search !== null) {
    const at = bind(partOf(filter.search));
    conditions.push(
      `(gr.reference ILIKE ${at} OR po.reference ILIKE ${at} OR supplier.name ILIKE ${at} OR da.reference ILIKE ${at})`,
    );
  }
  if (page.after !== null) conditions.push(afterCursor(POSTED, { cursor: page.after, bind }));
  const rows = await named<ReceiptRow>(ctx.tx, {
    name: `goods_receipt.list ${conditionsIn(ctx, filter, page)}`,
    text: `
      SELECT gr.id, gr.reference, po.id AS "orderId", po.reference AS "orderReference", po.title AS "orderTitle",
             supplier.name AS "supplierName", gr.plant_code AS "plantCode", gr.received_on AS "receivedOn",
             da.id AS "despatchAdviceId", da.reference AS "despatchReference",
             (SELECT count(*) FROM goods_receipt_line AS line
               WHERE line.goods_receipt_id = gr.id AND line.quantity < line.announced_quantity)::integer AS "shortCount",
             poster.name AS "postedByName", gr.posted_at AS "postedAt"
        FROM goods_receipt AS gr
        JOIN purchase_order AS po ON po.id = gr.order_id
        JOIN supplier ON supplier.id = gr.supplier_id
        JOIN user_account AS poster ON poster.id = gr.posted_by
        LEFT JOIN despatch_advice AS da ON da.id = gr.despatch_advice_id
       ${whereOf(conditions)}
       ORDER BY gr.posted_at DESC, gr.id DESC
       LIMIT ${bind(page.limit + 1)}`,
    values,
  });
  return toPage(rows, page.limit, (row) => `${row.postedAt.toISOString()}~${row.id}`);
}

/** What limits the reader to plants and categories. */
export const limitsOf = (ctx: Ctx) =>
  scopeConditions(ctx.actor, placeOfOrder('po')).filter((limit) => limit.value !== null);

/** Statements differ by the conditions they hold, and are named after them. */
const conditionsIn = (ctx: Ctx, filter: ReceiptFilter, page: PageRequest): string =>
  [
    ctx.actor.supplierId === null ? '' : 'own',
    ...limitsOf(ctx).map((limit) => limit.name),
    filter.search === null ? '' : isSscc(readSscc(filter.search)) ? 'sscc' : 'search',
    page.after === null ? '' : 'after',
  ].join(' ');

const whereOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join('\n         AND ')}`;

/** A text that stands anywhere, its own wildcards meant as they are written. */
const partOf = (text: string): string => `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}\.\d{3}Z)?$/;

/** @throws AppError `page.not-found` for a cursor that is not one of ours */
function afterCursor(
  order: { keys: readonly string[]; types: readonly string[]; direction: 'ASC' | 'DESC' },
  of: { cursor: string; bind: (value: unknown) => string },
): string {
  const [moment, id] = of.cursor.split('~');
  if (moment === undefined || !MOMENT.test(moment) || !isId(id)) throw notFound('page');
  const places = [moment, id].map((value, index) => `${of.bind(value)}::${order.types[index]}`);
  return `(${order.keys.join(', ')}) ${order.direction === 'ASC' ? '>' : '<'} (${places.join(', ')})`;
}

/** Something that waits, and how many there are in all. */
export type Waiting = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly isOverdue: boolean;
  readonly count: number;
};

/** The first five deliveries that are expected until today at their plant, and how many there are. */
export const findDueDeliveries = (ctx: Ctx): Promise<Waiting[]> =>
  named<Waiting>(ctx.tx, {
    name: 'despatch_advice.due',
    text: `
      SELECT da.id, da.reference, supplier.name AS title, da.expected_on < ${PLANT_TODAY('$1')} AS "isOverdue",
             count(*) OVER ()::integer AS count
        FROM despatch_advice AS da
        JOIN supplier ON supplier.id = da.supplier_id
        JOIN plant ON plant.code = da.plant_code
       WHERE ${UNDER_WAY}
         AND ${inScope(placeByOrderId('da.order_id'), { plants: '$2', categories: '$3' })}
         AND da.expected_on <= ${PLANT_TODAY('$1')}
       ORDER BY da.expected_on, da.id
       LIMIT 5`,
    values: [ctx.now, placesOf(ctx.actor).plants, placesOf(ctx.actor).categories],
  });

/** The first five acknowledged orders of a supplier that nothing is announced of, due until `dueUntil`. */
export const findUnannounced = (
  ctx: Ctx,
  of: { supplierId: string; today: Day; dueUntil: Day },
): Promise<Waiting[]> =>
  named<Waiting>(ctx.tx, {
    name: 'despatch_advice.unannounced',
    text: `
      SELECT po.id, po.reference, po.title, po.next_due_on < $2::date AS "isOverdue",
             count(*) OVER ()::integer AS count
        FROM purchase_order AS po
       WHERE po.supplier_id = $1
         AND po.state = 'acknowledged'
         AND po.next_due_on <= $3::date
       ORDER BY po.next_due_on, po.id
       LIMIT 5`,
    values: [of.supplierId, of.today, of.dueUntil],
  });
