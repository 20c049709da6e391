import type { DecimalString } from '../../kernel/money.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findListPage, idKey, instantKey, partOf, type Sort } from '../../platform/db/keyset.ts';
import { placeByOrderId, scopeConditions } from '../../platform/db/scope.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { Nonconformance, NonconformanceState } from './nonconformance.ts';

export type NonconformanceRow = Pick<
  Nonconformance,
  'id' | 'reference' | 'state' | 'severity' | 'needs8d' | 'quantity' | 'dueAt' | 'openedAt'
> & {
  readonly supplierName: string;
  readonly orderReference: string;
  readonly description: string;
  readonly unit: string;
};

export type NonconformanceFilter = {
  readonly state: NonconformanceState | null;
  readonly search: string | null;
};

const NEWEST: Sort<NonconformanceRow> & { readonly name: string } = {
  name: 'newest',
  direction: 'DESC',
  keys: [instantKey('ncr.opened_at', (row) => row.openedAt), idKey('ncr.id')],
};

const ROW = `
  SELECT ncr.id, ncr.reference, ncr.state, ncr.severity, ncr.needs_8d AS "needs8d", ncr.quantity, ncr.due_at AS "dueAt",
         ncr.opened_at AS "openedAt", supplier.name AS "supplierName", po.reference AS "orderReference",
         po_line.description, po_line.unit
    FROM nonconformance AS ncr
    JOIN supplier ON supplier.id = ncr.supplier_id
    JOIN purchase_order AS po ON po.id = ncr.order_id
    JOIN po_line ON po_line.id = ncr.po_line_id`;

/** One page of what the actor may see, the newest first. */
export const listNonconformances = (
  ctx: Ctx,
  filter: NonconformanceFilter,
  page: PageRequest,
): Promise<Page<NonconformanceRow>> =>
  findListPage<NonconformanceRow>(ctx.tx, {
    name: 'nonconformance.list',
    select: ROW,
    conditions: [
      { name: 'supplier', value: ctx.actor.supplierId, sql: (at) => `ncr.supplier_id = ${at}` },
      { name: 'state', value: filter.state, sql: (at) => `ncr.state = ${at}` },
      {
        name: 'search',
        value: partOf(filter.search),
        sql: (at) =>
          `(ncr.reference ILIKE ${at} OR supplier.name ILIKE ${at} OR po.reference ILIKE ${at} OR po_line.description ILIKE ${at})`,
      },
      ...scopeConditions(ctx.actor, placeByOrderId('ncr.order_id')),
    ],
    sort: NEWEST,
    page,
  });

/** What the page calls by name what a nonconformance knows by id. */
export type NonconformanceNames = {
  readonly supplierName: string;
  readonly plantNameEn: string;
  readonly plantNameZh: string;
  readonly orderReference: string;
  readonly orderTitle: string;
  readonly receiptReference: string;
  readonly currency: string;
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly unit: string;
  readonly openerName: string;
  readonly closerName: string | null;
};

export const findNonconformanceNames = (ctx: Ctx, id: string): Promise<NonconformanceNames | undefined> =>
  firstOf<NonconformanceNames>(
    ctx.tx,
    `SELECT supplier.name AS "supplierName", plant.name_en AS "plantNameEn", plant.name_zh AS "plantNameZh",
            po.reference AS "orderReference", po.title AS "orderTitle", po.currency, gr.reference AS "receiptReference",
            po_line.line_no AS "lineNo", po_line.item_code AS "itemCode", po_line.description, po_line.unit,
            opener.name AS "openerName", closer.name AS "closerName"
       FROM nonconformance AS ncr
       JOIN supplier ON supplier.id = ncr.supplier_id
       JOIN plant ON plant.code = ncr.plant_code
       JOIN purchase_order AS po ON po.id = ncr.order_id
       JOIN goods_receipt AS gr ON gr.id = ncr.goods_receipt_id
       JOIN po_line ON po_line.id = ncr.po_line_id
       JOIN user_account AS opener ON opener.id = ncr.opened_by
       LEFT JOIN user_account AS closer ON closer.id = ncr.closed_by
      WHERE ncr.id = ?`,
    [id],
  );

/** The nonconformances of one receipt the actor may see. */
export const findNonconformancesOfReceipt = (
  ctx: Ctx,
  receiptId: string,
): Promise<Pick<NonconformanceRow, 'id' | 'reference' | 'state' | 'quantity' | 'unit' | 'description'>[]> =>
  rowsOf(
    ctx.tx,
    `SELECT ncr.id, ncr.reference, ncr.state, ncr.quantity, po_line.unit, po_line.description
       FROM nonconformance AS ncr
       JOIN po_line ON po_line.id = ncr.po_line_id
      WHERE ncr.goods_receipt_id = ?
      ORDER BY ncr.opened_at, ncr.id`,
    [receiptId],
  );

/** What waits for this side, the most urgent first. */
export const findWaitingNonconformances = (
  ctx: Ctx,
  states: readonly NonconformanceState[],
): Promise<(Pick<NonconformanceRow, 'id' | 'reference' | 'description' | 'dueAt'> & { total: number })[]> =>
  rowsOf(
    ctx.tx,
    `SELECT ncr.id, ncr.reference, po_line.description, ncr.due_at AS "dueAt", (count(*) OVER ())::integer AS total
       FROM nonconformance AS ncr
       JOIN po_line ON po_line.id = ncr.po_line_id
      WHERE ncr.state = ANY (?::text[])
        AND (?::uuid IS NULL OR ncr.supplier_id = ?)
        AND (?::text[] IS NULL OR ncr.plant_code = ANY (?::text[]))
      ORDER BY ncr.due_at, ncr.id
      LIMIT 5`,
    [
      [...states],
      ctx.actor.supplierId,
      ctx.actor.supplierId,
      ctx.actor.scope?.plants ?? null,
      ctx.actor.scope?.plants ?? null,
    ],
  );

/** How much of an order line each receipt of it took. */
export const findReceivedOfLine = async (
  ctx: Ctx,
  of: { receiptId: string; poLineId: string },
): Promise<DecimalString | undefined> =>
  (
    await firstOf<{ quantity: DecimalString }>(
      ctx.tx,
      `SELECT line.quantity - COALESCE((SELECT sum(ncr.quantity)
                                          FROM nonconformance AS ncr
                                         WHERE ncr.goods_receipt_id = line.goods_receipt_id
                                           AND ncr.po_line_id = line.po_line_id
                                           AND ncr.found = 'afterwards'), 0) AS quantity
         FROM goods_receipt_line AS line
        WHERE line.goods_receipt_id = ? AND line.po_line_id = ?`,
      [of.receiptId, of.poLineId],
    )
  )?.quantity;
