import type { DecimalString } from '../../kernel/money.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Day } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findListPage, idKey, instantKey, type Sort } from '../../platform/db/keyset.ts';
import { inScope, placeByOrderId, placesOf, scopeConditions } from '../../platform/db/scope.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import { RELEASE_ON } from './retention.store.ts';
import type { Retained, RetentionState } from './retention.ts';

export type RetentionFilter = { readonly state: RetentionState | null; readonly supplier: string | null };

export type RetentionRow = Pick<
  Retained,
  | 'id'
  | 'invoiceId'
  | 'orderId'
  | 'supplierId'
  | 'currency'
  | 'percent'
  | 'amount'
  | 'state'
  | 'reason'
  | 'answer'
  | 'askedBy'
  | 'releasedAt'
  | 'releaseOn'
  | 'invoiceState'
  | 'version'
> & {
  readonly createdAt: Date;
  readonly supplierName: string;
  readonly invoiceReference: string;
  readonly supplierNumber: string;
  readonly orderReference: string;
  readonly askerName: string | null;
  readonly paidOn: Day | null;
};

const SELECT = `
      SELECT retention.id, retention.invoice_id AS "invoiceId", retention.order_id AS "orderId",
             retention.supplier_id AS "supplierId", retention.currency,
             trim_scale(retention.percent)::text AS percent, retention.amount, retention.state, retention.reason,
             retention.answer, retention.asked_by AS "askedBy", retention.released_at AS "releasedAt",
             ${RELEASE_ON} AS "releaseOn", invoice.state AS "invoiceState", retention.version,
             retention.created_at AS "createdAt", supplier.name AS "supplierName",
             invoice.reference AS "invoiceReference", invoice.supplier_number AS "supplierNumber",
             po.reference AS "orderReference", asker.name AS "askerName", retention.paid_on AS "paidOn"
        FROM retention
        JOIN invoice ON invoice.id = retention.invoice_id
        JOIN purchase_order AS po ON po.id = retention.order_id
        JOIN supplier ON supplier.id = retention.supplier_id
        LEFT JOIN user_account AS asker ON asker.id = retention.asked_by`;

const NEWEST: Sort<RetentionRow> & { readonly name: string } = {
  name: 'newest',
  direction: 'DESC',
  keys: [instantKey('retention.created_at', (row) => row.createdAt), idKey('retention.id')],
};

/** One page of what the actor may see, the newest first; what never came to be is left out. */
export const listRetentions = (
  ctx: Ctx,
  filter: RetentionFilter,
  page: PageRequest,
): Promise<Page<RetentionRow>> =>
  findListPage<RetentionRow>(ctx.tx, {
    name: 'retention.list',
    select: SELECT,
    conditions: [
      { name: 'void', value: 'void', sql: (at) => `retention.state <> ${at}` },
      {
        name: 'supplier',
        value: ctx.actor.supplierId ?? filter.supplier,
        sql: (at) => `retention.supplier_id = ${at}`,
      },
      {
        name: 'state',
        value: statesOf(ctx, filter.state),
        sql: (at) => `retention.state = ANY (${at}::text[])`,
      },
      ...scopeConditions(ctx.actor, placeByOrderId('retention.order_id')),
    ],
    sort: NEWEST,
    page,
  });

/** That a release is asked for is not the supplier's to know: to it that is held back, and nothing to ask after. */
const statesOf = (ctx: Ctx, state: RetentionState | null): RetentionState[] | null => {
  if (state === null) return null;
  const isHidden = ctx.actor.supplierId !== null && (state === 'held' || state === 'asked');
  return isHidden ? ['held', 'asked'] : [state];
};

/** What is held back of a supplier in a currency, and when the next of it is released. */
export type RetainedSum = {
  readonly supplierId: string;
  readonly supplierName: string;
  readonly currency: string;
  readonly heldAmount: DecimalString;
  readonly releasedAmount: DecimalString;
  readonly nextReleaseOn: Day | null;
};

/** By supplier and currency, the largest first; at most a hundred. */
export const sumRetentions = (ctx: Ctx): Promise<RetainedSum[]> =>
  rowsOf<RetainedSum>(
    ctx.tx,
    `SELECT supplier.id AS "supplierId", supplier.name AS "supplierName", retention.currency,
            COALESCE(sum(retention.amount) FILTER (WHERE retention.state IN ('held', 'asked')), 0) AS "heldAmount",
            COALESCE(sum(retention.amount) FILTER (WHERE retention.state IN ('released', 'scheduled')), 0)
              AS "releasedAmount",
            min(${RELEASE_ON}) FILTER (WHERE retention.state IN ('held', 'asked')) AS "nextReleaseOn"
       FROM retention
       JOIN purchase_order AS po ON po.id = retention.order_id
       JOIN supplier ON supplier.id = retention.supplier_id
      WHERE retention.state IN ('held', 'asked', 'released', 'scheduled')
        AND (CAST(:supplierId AS uuid) IS NULL OR retention.supplier_id = :supplierId)
        AND ${inScope(placeByOrderId('retention.order_id'), { plants: ':plants', categories: ':categories' })}
      GROUP BY supplier.id, supplier.name, retention.currency
      ORDER BY sum(retention.amount) DESC, supplier.name, retention.currency
      LIMIT 100`,
    { supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) },
  );

/** One with its names, for mails. */
export const findRetentionRow = (ctx: Ctx, id: string): Promise<RetentionRow | undefined> =>
  firstOf<RetentionRow>(ctx.tx, `${SELECT} WHERE retention.id = ?`, [id]);

/** Those whose release others asked for and this person can decide on: how many, and the first five. */
export const findAsked = (
  ctx: Ctx,
  persons: readonly string[],
): Promise<{ id: string; label: string; total: number }[]> =>
  rowsOf(
    ctx.tx,
    `SELECT retention.id, invoice.reference || ' · ' || supplier.name AS label, (count(*) OVER ())::integer AS total
       FROM retention
       JOIN invoice ON invoice.id = retention.invoice_id
       JOIN supplier ON supplier.id = retention.supplier_id
      WHERE retention.state = 'asked' AND NOT (retention.asked_by::text = ANY (CAST(:persons AS text[])))
        AND ${inScope(placeByOrderId('retention.order_id'), { plants: ':plants', categories: ':categories' })}
      ORDER BY retention.asked_at, retention.id
      LIMIT 5`,
    { persons: [...persons], ...placesOf(ctx.actor) },
  );
