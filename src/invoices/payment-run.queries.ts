import type { DecimalString } from '../kernel/money.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findListPage, idKey, instantKey, type Sort } from '../platform/db/keyset.ts';
import { inScope, placeByOrderId, placesOf } from '../platform/db/scope.ts';
import { named } from '../platform/db/statements.ts';
import { payableOf } from './credits/credit-note.store.ts';
import { buyersOf, runInScope } from './payment-run.store.ts';
import { INVOICES_AT_MOST, type PaymentRun, type PaymentRunState, type PaymentState } from './payment-run.ts';

/** An approved invoice that a run can take. */
export type PayableRow = {
  readonly id: string;
  readonly reference: string;
  readonly supplierNumber: string;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly orderReference: string;
  readonly dueOn: Day;
  readonly grossAmount: DecimalString;
  /** What was approved, less what was credited. */
  readonly payable: DecimalString;
  /** The day that was agreed for paying it early. */
  readonly earlyPayOn: Day | null;
  /** What was held back of an invoice; undefined for an invoice itself. */
  readonly retentionId?: string;
  readonly invoiceId?: string;
};

/** Approved invoices of a currency due, or agreed to be paid early, until a day, that the actor may pay: by supplier, at most a run's. */
export const findPayable = (
  ctx: Ctx,
  of: { currency: string; dueUntil: Day; persons: readonly string[] },
): Promise<PayableRow[]> =>
  named<PayableRow>(ctx.tx, {
    name: 'payment_run.payable',
    text: `
      SELECT invoice.id, invoice.reference, invoice.supplier_number AS "supplierNumber",
             invoice.supplier_id AS "supplierId", supplier.name AS "supplierName",
             po.reference AS "orderReference", invoice.due_on AS "dueOn", invoice.gross_amount AS "grossAmount",
             ${payableOf('invoice')} AS payable, early.pay_on AS "earlyPayOn"
        FROM invoice
        JOIN supplier ON supplier.id = invoice.supplier_id
        JOIN purchase_order AS po ON po.id = invoice.order_id
        LEFT JOIN early_payment AS early ON early.invoice_id = invoice.id AND early.state = 'accepted'
       WHERE invoice.state = 'approved'
         AND invoice.currency = $1
         AND COALESCE(early.pay_on, invoice.due_on) <= $2
         AND invoice.gross_amount > 0
         AND NOT (${buyersOf('invoice')} && $3::text[])
         AND ${inScope(placeByOrderId('invoice.order_id'), { plants: '$5', categories: '$6' })}
       ORDER BY supplier.name, supplier.id, COALESCE(early.pay_on, invoice.due_on), invoice.reference
       LIMIT $4`,
    values: [
      of.currency,
      of.dueUntil,
      of.persons,
      INVOICES_AT_MOST,
      placesOf(ctx.actor).plants,
      placesOf(ctx.actor).categories,
    ],
  });

/** The currencies of what can be paid, the most used first. */
export async function findPayableCurrencies(ctx: Ctx): Promise<string[]> {
  const rows = await named<{ currency: string }>(ctx.tx, {
    name: 'payment_run.currencies',
    text: `
      SELECT payable.currency
        FROM (SELECT invoice.currency FROM invoice
               WHERE invoice.state = 'approved'
                 AND ${inScope(placeByOrderId('invoice.order_id'), { plants: '$1', categories: '$2' })}
               UNION ALL
              SELECT retention.currency FROM retention
               WHERE retention.state = 'released'
                 AND ${inScope(placeByOrderId('retention.order_id'), { plants: '$1', categories: '$2' })}) AS payable
       GROUP BY payable.currency
       ORDER BY count(*) DESC, payable.currency
       LIMIT 50`,
    values: [placesOf(ctx.actor).plants, placesOf(ctx.actor).categories],
  });
  return rows.map((row) => row.currency);
}

export type RunRow = Pick<PaymentRun, 'id' | 'reference' | 'currency' | 'payOn' | 'state' | 'createdAt'> & {
  readonly makerName: string;
  readonly paymentCount: number;
  readonly amount: DecimalString;
};

const SORT: Sort<RunRow> = {
  keys: [instantKey<RunRow>('run.created_at', (row) => row.createdAt), idKey<RunRow>('run.id')],
  direction: 'DESC',
};

/** One page of the runs the actor may see, the newest first. */
export const listRuns = (
  ctx: Ctx,
  filter: { state: PaymentRunState | null },
  page: PageRequest,
): Promise<Page<RunRow>> => {
  const { plants, categories } = placesOf(ctx.actor);
  return findListPage<RunRow>(ctx.tx, {
    name: 'payment_run.list',
    select: `
      SELECT run.id, run.reference, run.currency, run.pay_on AS "payOn", run.state, run.created_at AS "createdAt",
             maker.name AS "makerName", sums.count AS "paymentCount", sums.amount
        FROM payment_run AS run
        JOIN user_account AS maker ON maker.id = run.created_by
       CROSS JOIN LATERAL (
             SELECT count(DISTINCT payment.id)::int AS count, COALESCE(sum(line.amount), 0)::text AS amount
               FROM payment
               JOIN payment_line AS line ON line.payment_id = payment.id AND line.holds
              WHERE payment.run_id = run.id) AS sums`,
    conditions: [
      {
        name: 'plants',
        value: plants,
        sql: (at) => runInScope('run.id', { plants: at, categories: 'NULL' }),
      },
      {
        name: 'categories',
        value: categories,
        sql: (at) => runInScope('run.id', { plants: 'NULL', categories: at }),
      },
      { name: 'state', value: filter.state, sql: (at) => `run.state = ${at}` },
    ],
    sort: { ...SORT, name: 'newest' },
    page,
  });
};

/** Who made and who released a run. */
export async function findRunNames(
  ctx: Ctx,
  runId: string,
): Promise<{ makerName: string; releaserName: string | null } | undefined> {
  const rows = await named<{ makerName: string; releaserName: string | null }>(ctx.tx, {
    name: 'payment_run.names',
    text: `
      SELECT maker.name AS "makerName", releaser.name AS "releaserName"
        FROM payment_run AS run
        JOIN user_account AS maker ON maker.id = run.created_by
        LEFT JOIN user_account AS releaser ON releaser.id = run.released_by
       WHERE run.id = $1`,
    values: [runId],
  });
  return rows[0];
}

/** A payment as its supplier, and staff, look at it. */
export type PaymentShown = {
  readonly id: string;
  readonly reference: string;
  readonly runId: string;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly supplierReference: string;
  readonly supplierLanguage: 'en' | 'zh-CN';
  readonly supplierAddress: readonly string[];
  readonly currency: string;
  readonly payOn: Day;
  readonly state: PaymentState;
  readonly paidOn: Day | null;
  readonly bankReference: string | null;
  readonly refusalReason: string | null;
  readonly documentId: string | null;
};

/** The payment, if the actor may know of it: a supplier of its own, from when it was given to the bank. */
export async function findPayment(ctx: Ctx, paymentId: string): Promise<PaymentShown | undefined> {
  const { plants, categories } = placesOf(ctx.actor);
  const rows = await named<PaymentShown>(ctx.tx, {
    name: 'payment.find',
    text: `
      SELECT payment.id, payment.reference, payment.run_id AS "runId", payment.supplier_id AS "supplierId",
             supplier.name AS "supplierName", supplier.reference AS "supplierReference",
             supplier.language AS "supplierLanguage", supplier.address_lines AS "supplierAddress",
             payment.currency, payment.pay_on AS "payOn", payment.state, payment.paid_on AS "paidOn",
             payment.bank_reference AS "bankReference", payment.refusal_reason AS "refusalReason",
             payment.document_id AS "documentId"
        FROM payment
        JOIN supplier ON supplier.id = payment.supplier_id
       WHERE payment.id = $1
         AND ($2::uuid IS NULL
              OR (payment.supplier_id = $2 AND payment.state NOT IN ('planned', 'cancelled')))
         AND ${runInScope('payment.run_id', { plants: '$3', categories: '$4' })}`,
    values: [paymentId, ctx.actor.supplierId, plants, categories],
  });
  return rows[0];
}

/** The payment that holds an invoice, as far as the actor may know of it. */
export type PaymentOfInvoice = Pick<PaymentShown, 'id' | 'reference' | 'runId' | 'payOn' | 'state'>;

export async function findPaymentOfInvoice(
  ctx: Ctx,
  invoiceId: string,
): Promise<PaymentOfInvoice | undefined> {
  const rows = await named<PaymentOfInvoice>(ctx.tx, {
    name: 'payment.of-invoice',
    text: `
      SELECT payment.id, payment.reference, payment.run_id AS "runId", payment.pay_on AS "payOn", payment.state
        FROM payment_line AS line
        JOIN payment ON payment.id = line.payment_id
       WHERE line.invoice_id = $1
         AND line.holds
         AND line.retention_id IS NULL
         AND ($2::uuid IS NULL OR (payment.supplier_id = $2 AND payment.state <> 'planned'))
       ORDER BY line.is_part, line.id
       LIMIT 1`,
    values: [invoiceId, ctx.actor.supplierId],
  });
  return rows[0];
}

/** A run that waits for somebody in finance. */
export type WaitingRun = {
  readonly kind: 'to-release' | 'to-settle';
  readonly id: string;
  readonly reference: string;
  readonly payOn: Day;
  readonly count: number;
};

/** The first five runs that others made and this person can release, and of those the bank should have paid. */
export const findWaitingRuns = (
  ctx: Ctx,
  of: { persons: readonly string[]; today: Day },
): Promise<WaitingRun[]> =>
  named<WaitingRun>(ctx.tx, {
    name: 'payment_run.waiting',
    text: `
      (SELECT 'to-release' AS kind, run.id, run.reference, run.pay_on AS "payOn", count(*) OVER ()::int AS count
         FROM payment_run AS run
        WHERE run.state = 'draft'
          AND NOT (run.created_by = ANY ($1::uuid[]))
          AND ${runInScope('run.id', { plants: '$3', categories: '$4' })}
        ORDER BY run.pay_on, run.id
        LIMIT 5)
      UNION ALL
      (SELECT 'to-settle', run.id, run.reference, run.pay_on, count(*) OVER ()::int
         FROM payment_run AS run
        WHERE run.state = 'released'
          AND run.pay_on < $2
          AND ${runInScope('run.id', { plants: '$3', categories: '$4' })}
        ORDER BY run.pay_on, run.id
        LIMIT 5)`,
    values: [of.persons, of.today, placesOf(ctx.actor).plants, placesOf(ctx.actor).categories],
  });
