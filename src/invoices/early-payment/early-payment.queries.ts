import type { DecimalString } from '../../kernel/money.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Day } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findListPage, idKey, instantKey, type Sort } from '../../platform/db/keyset.ts';
import { inScope, placeByOrderId, placesOf, scopeConditions } from '../../platform/db/scope.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import { payableOf } from '../credits/credit-note.store.ts';
import { buyersOf } from '../payment-run.store.ts';
import type { EarlyPayment, EarlyPaymentState } from './early-payment.ts';

/** Who bought what an invoice invoices. */
export async function findBuyersOf(ctx: Ctx, invoiceId: string): Promise<string[]> {
  const row = await firstOf<{ buyers: string[] }>(
    ctx.tx,
    `SELECT ${buyersOf('invoice')} AS buyers FROM invoice WHERE invoice.id = ?`,
    [invoiceId],
  );
  return row?.buyers ?? [];
}

/** An approved invoice of a supplier's for which nothing is proposed or agreed. */
export type OfferableRow = {
  readonly id: string;
  readonly reference: string;
  readonly supplierNumber: string;
  readonly currency: string;
  readonly dueOn: Day;
  readonly payable: DecimalString;
};

export const OFFERED_AT_MOST = 200;

/** A supplier's approved invoices, the latest due first: those gain most. */
export const findOfferable = (ctx: Ctx): Promise<OfferableRow[]> =>
  rowsOf<OfferableRow>(
    ctx.tx,
    `SELECT invoice.id, invoice.reference, invoice.supplier_number AS "supplierNumber", invoice.currency,
            invoice.due_on AS "dueOn", ${payableOf('invoice')} AS payable
       FROM invoice
      WHERE invoice.supplier_id = ?
        AND invoice.state = 'approved'
        AND NOT EXISTS (SELECT FROM early_payment AS open
                         WHERE open.invoice_id = invoice.id AND open.state IN ('proposed', 'accepted'))
      ORDER BY invoice.due_on DESC, invoice.id
      LIMIT ${OFFERED_AT_MOST}`,
    [ctx.actor.supplierId],
  );

export type EarlyPaymentRow = Pick<
  EarlyPayment,
  | 'id'
  | 'invoiceId'
  | 'offeredBy'
  | 'payOn'
  | 'dueOn'
  | 'currency'
  | 'baseAmount'
  | 'discountAmount'
  | 'takenAmount'
  | 'state'
  | 'expiresOn'
  | 'createdAt'
> & {
  readonly invoiceReference: string;
  readonly supplierNumber: string;
  readonly supplierName: string;
};

const NEWEST: Sort<EarlyPaymentRow> & { readonly name: string } = {
  name: 'newest',
  direction: 'DESC',
  keys: [instantKey('early.created_at', (row) => row.createdAt), idKey('early.id')],
};

/** One page of what was proposed or agreed and the actor may see, the newest first. */
export const listEarlyPayments = (
  ctx: Ctx,
  filter: { state: EarlyPaymentState | null },
  page: PageRequest,
): Promise<Page<EarlyPaymentRow>> =>
  findListPage<EarlyPaymentRow>(ctx.tx, {
    name: 'early_payment.list',
    select: `
      SELECT early.id, early.invoice_id AS "invoiceId", early.offered_by AS "offeredBy", early.pay_on AS "payOn",
             early.due_on AS "dueOn", early.currency, early.base_amount AS "baseAmount",
             early.discount_amount AS "discountAmount", early.taken_amount AS "takenAmount", early.state,
             early.expires_on AS "expiresOn", early.created_at AS "createdAt",
             invoice.reference AS "invoiceReference", invoice.supplier_number AS "supplierNumber",
             supplier.name AS "supplierName"
        FROM early_payment AS early
        JOIN invoice ON invoice.id = early.invoice_id
        JOIN supplier ON supplier.id = early.supplier_id`,
    conditions: [
      { name: 'supplier', value: ctx.actor.supplierId, sql: (at) => `early.supplier_id = ${at}` },
      { name: 'state', value: filter.state, sql: (at) => `early.state = ${at}` },
      ...scopeConditions(ctx.actor, placeByOrderId('invoice.order_id')),
    ],
    sort: NEWEST,
    page,
  });

/** The first five proposals that wait for finance. */
export const findWaitingProposals = (
  ctx: Ctx,
): Promise<{ invoiceId: string; label: string; expiresOn: Day; total: number }[]> =>
  rowsOf(
    ctx.tx,
    `SELECT early.invoice_id AS "invoiceId", invoice.reference || ' · ' || supplier.name AS label,
            early.expires_on AS "expiresOn", count(*) OVER ()::int AS total
       FROM early_payment AS early
       JOIN invoice ON invoice.id = early.invoice_id
       JOIN supplier ON supplier.id = early.supplier_id
      WHERE early.state = 'proposed'
        AND ${inScope(placeByOrderId('invoice.order_id'), { plants: ':plants', categories: ':categories' })}
      ORDER BY early.expires_on, early.id
      LIMIT 5`,
    { ...placesOf(ctx.actor) },
  );

/** What was saved so far, by currency. */
export const findTakenSums = (
  ctx: Ctx,
): Promise<{ currency: string; takenAmount: DecimalString; count: number }[]> =>
  rowsOf(
    ctx.tx,
    `SELECT early.currency, sum(early.taken_amount)::text AS "takenAmount", count(*)::int AS count
       FROM early_payment AS early
       JOIN invoice ON invoice.id = early.invoice_id
      WHERE early.state = 'taken'
        AND (CAST(:supplierId AS uuid) IS NULL OR early.supplier_id = :supplierId)
        AND ${inScope(placeByOrderId('invoice.order_id'), { plants: ':plants', categories: ':categories' })}
      GROUP BY early.currency
      ORDER BY count(*) DESC, early.currency
      LIMIT 10`,
    { supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) },
  );
