import type { Scope } from '../kernel/actor.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Tx } from '../platform/db/context.ts';
import { inScope, placeByOrderId } from '../platform/db/scope.ts';
import { named } from '../platform/db/statements.ts';
import { payableOf } from './credits/credit-note.store.ts';
import { deductedOf, isOpenPrepaid } from './instalments/instalment.store.ts';
import type { InvoiceState } from './invoice.ts';
import type { Payment, PaymentLine, PaymentRun } from './payment-run.ts';
import { heldBackOf } from './retentions/retention.store.ts';

/** A run is seen as a whole or not at all: none of its invoices lies outside of the reader's scope. */
export const runInScope = (run: string, at: { plants: string; categories: string }): string => `NOT EXISTS (
       SELECT FROM payment AS payment_in_scope
         JOIN payment_line AS line_in_scope ON line_in_scope.payment_id = payment_in_scope.id
         JOIN invoice AS invoice_in_scope ON invoice_in_scope.id = line_in_scope.invoice_id
        WHERE payment_in_scope.run_id = ${run}
          AND NOT (${inScope(placeByOrderId('invoice_in_scope.order_id'), at)}))`;

const RUN = `
  SELECT run.id, run.reference, run.currency, run.due_until AS "dueUntil", run.pay_on AS "payOn", run.state,
         run.created_by AS "createdBy", run.created_at AS "createdAt", run.released_by AS "releasedBy",
         run.released_at AS "releasedAt", run.cancellation_reason AS "cancellationReason", run.version
    FROM payment_run AS run
   WHERE run.id = $1 AND ${runInScope('run.id', { plants: '$2', categories: '$3' })}`;

const ofLines = (invoice: string, column: string): string => `ARRAY(
       SELECT DISTINCT ${column}::text
         FROM invoice_line AS invoiced
         JOIN po_line AS ordered ON ordered.id = invoiced.po_line_id
         JOIN purchase_order AS its_order ON its_order.id = ordered.order_id
        WHERE invoiced.invoice_id = ${invoice}.id
        UNION
       SELECT ${column}::text FROM purchase_order AS its_order WHERE its_order.id = ${invoice}.order_id)`;

/** The orders that an invoice's lines are of, and who bought them: SQL about a row of that name. */
const ordersOf = (invoice: string): string => ofLines(invoice, 'its_order.id');
export const buyersOf = (invoice: string): string => ofLines(invoice, 'its_order.buyer_id');

/** The run, if it is one that this reader may know of. */
export async function findRun(tx: Tx, of: Scope & { id: string }): Promise<PaymentRun | undefined> {
  const rows = await named<PaymentRun>(tx, {
    name: 'payment_run.find',
    text: RUN,
    values: [of.id, of.plants, of.categories],
  });
  return rows[0];
}

/** Holds the run until the transaction ends; it comes before orders and invoices. */
export async function lockRun(tx: Tx, of: Scope & { id: string }): Promise<PaymentRun | undefined> {
  const rows = await named<PaymentRun>(tx, {
    name: 'payment_run.lock',
    text: `${RUN} FOR UPDATE OF run`,
    values: [of.id, of.plants, of.categories],
  });
  return rows[0];
}

/** A payment of a run with its amount and its supplier's name. */
export type PaymentOfRun = Payment & { readonly amount: DecimalString; readonly supplierName: string };

/** Every payment of a run, in the order of their numbers. */
export const findPayments = (tx: Tx, runId: string): Promise<PaymentOfRun[]> =>
  named<PaymentOfRun>(tx, {
    name: 'payment.list-of-run',
    text: `
      SELECT payment.id, payment.reference, payment.run_id AS "runId", payment.supplier_id AS "supplierId",
             payment.currency, payment.pay_on AS "payOn", payment.state, payment.paid_on AS "paidOn",
             payment.bank_reference AS "bankReference", payment.refusal_reason AS "refusalReason",
             payment.document_id AS "documentId", supplier.name AS "supplierName",
             COALESCE((SELECT sum(line.amount) FROM payment_line AS line
                        WHERE line.payment_id = payment.id AND line.holds), 0)::text AS amount
        FROM payment
        JOIN supplier ON supplier.id = payment.supplier_id
       WHERE payment.run_id = $1
       ORDER BY payment.reference`,
    values: [runId],
  });

/** A line with what it names of its invoice. */
export type LineOfRun = PaymentLine & {
  /** The last day for its discount. */
  readonly earlyPayOn: Day | null;
  readonly supplierId: string;
  readonly orderIds: readonly string[];
  readonly invoiceReference: string;
  readonly supplierNumber: string;
  readonly orderReference: string;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  /** Before anything is taken off. */
  readonly grossAmount: DecimalString;
  /** Paid in advance, and held back; nothing of what was held back and is paid now. */
  readonly deductedAmount: DecimalString;
  readonly retainedAmount: DecimalString;
  readonly letGoReason: string | null;
};

/** Every line of these payments, by due date. */
export const findLines = (tx: Tx, paymentIds: readonly string[]): Promise<LineOfRun[]> =>
  named<LineOfRun>(tx, {
    name: 'payment_line.list',
    text: `
      SELECT line.id, line.payment_id AS "paymentId", line.invoice_id AS "invoiceId", line.retention_id AS "retentionId", line.amount, line.holds,
             line.let_go_reason AS "letGoReason", line.early_payment_id AS "earlyPaymentId",
             line.discount_amount AS "discountAmount", line.is_part AS "isPart", early.pay_on AS "earlyPayOn", invoice.supplier_id AS "supplierId",
             ${ordersOf('invoice')} AS "orderIds", invoice.reference AS "invoiceReference",
             invoice.supplier_number AS "supplierNumber", po.reference AS "orderReference",
             invoice.issued_on AS "issuedOn", invoice.due_on AS "dueOn",
             COALESCE(retention.amount, invoice.gross_amount) AS "grossAmount",
             CASE WHEN retention.id IS NULL THEN ${deductedOf('invoice')} ELSE 0 END AS "deductedAmount",
             CASE WHEN retention.id IS NULL THEN ${heldBackOf('invoice')} ELSE 0 END AS "retainedAmount"
        FROM payment_line AS line
        JOIN invoice ON invoice.id = line.invoice_id
        JOIN purchase_order AS po ON po.id = invoice.order_id
        LEFT JOIN early_payment AS early ON early.id = line.early_payment_id
        LEFT JOIN retention ON retention.id = line.retention_id
       WHERE line.payment_id = ANY ($1::uuid[])
       ORDER BY invoice.due_on, invoice.reference`,
    values: [paymentIds],
  });

export type NewRun = {
  readonly run: PaymentRun;
  readonly payments: readonly { id: string; reference: string; supplierId: string }[];
  readonly lines: readonly {
    id: string;
    paymentId: string;
    invoiceId: string;
    retentionId: string | null;
    amount: DecimalString;
    discount: { earlyPaymentId: string; amount: DecimalString } | null;
  }[];
};

/** Writes a run with its payments and their lines. */
export async function insertRun(tx: Tx, { run, payments, lines }: NewRun): Promise<void> {
  await tx('payment_run').insert({
    id: run.id,
    reference: run.reference,
    currency: run.currency,
    due_until: run.dueUntil,
    pay_on: run.payOn,
    state: run.state,
    created_by: run.createdBy,
    created_at: run.createdAt,
  });
  await named(tx, {
    name: 'payment.insert',
    text: `
      INSERT INTO payment (id, reference, run_id, supplier_id, currency, pay_on, state, created_at)
      SELECT payment.id, payment.reference, $1, payment."supplierId", $2, $3, 'planned', $4
        FROM jsonb_to_recordset($5::jsonb) AS payment (id uuid, reference text, "supplierId" uuid)`,
    values: [run.id, run.currency, run.payOn, run.createdAt, JSON.stringify(payments)],
  });
  await named(tx, {
    name: 'payment_line.insert',
    text: `
      INSERT INTO payment_line (id, payment_id, invoice_id, retention_id, amount, early_payment_id, discount_amount)
      SELECT line.id, line."paymentId", line."invoiceId", line."retentionId", line.amount, (line.discount ->> 'earlyPaymentId')::uuid,
             COALESCE((line.discount ->> 'amount')::numeric, 0)
        FROM jsonb_to_recordset($1::jsonb)
          AS line (id uuid, "paymentId" uuid, "invoiceId" uuid, "retentionId" uuid, amount numeric, discount jsonb)`,
    values: [JSON.stringify(lines)],
  });
}

/** Saves what acts after the making change. */
export async function saveRun(tx: Tx, run: PaymentRun): Promise<void> {
  await tx('payment_run')
    .where({ id: run.id })
    .update({
      pay_on: run.payOn,
      state: run.state,
      released_by: run.releasedBy,
      released_at: run.releasedAt,
      cancellation_reason: run.cancellationReason,
      version: tx.raw('version + 1'),
    });
}

type Moved = Pick<Payment, 'id' | 'state' | 'payOn' | 'paidOn' | 'bankReference' | 'refusalReason'>;

/** Saves where payments stand now. */
export const savePayments = (tx: Tx, payments: readonly Moved[]): Promise<unknown[]> =>
  named(tx, {
    name: 'payment.save',
    text: `
      UPDATE payment
         SET state = moved.state, pay_on = moved."payOn", paid_on = moved."paidOn",
             bank_reference = moved."bankReference", refusal_reason = moved."refusalReason"
        FROM jsonb_to_recordset($1::jsonb)
          AS moved (id uuid, state text, "payOn" date, "paidOn" date, "bankReference" text, "refusalReason" text)
       WHERE payment.id = moved.id`,
    values: [JSON.stringify(payments)],
  });

/** Lets invoices go, for another run. */
export const letGo = (tx: Tx, of: { lineIds: readonly string[]; reason: string }): Promise<unknown[]> =>
  named(tx, {
    name: 'payment_line.let-go',
    text: `
      UPDATE payment_line AS line SET holds = false, let_go_reason = $2
       WHERE line.id = ANY ($1::uuid[]) AND line.holds`,
    values: [of.lineIds, of.reason],
  });

/** Takes discounts back that a later day is not in time for: all is paid. */
export const dropLateDiscounts = (tx: Tx, of: { runId: string; payOn: Day }): Promise<unknown[]> =>
  named(tx, {
    name: 'payment_line.drop-late-discounts',
    text: `
      UPDATE payment_line AS line
         SET amount = line.amount + line.discount_amount, discount_amount = 0, early_payment_id = NULL
        FROM payment, early_payment AS early
       WHERE payment.id = line.payment_id
         AND payment.run_id = $1
         AND payment.state = 'planned'
         AND line.holds
         AND early.id = line.early_payment_id
         AND early.pay_on < $2`,
    values: [of.runId, of.payOn],
  });

/** Says that these lines paid their invoices in part. */
export const markParts = (tx: Tx, lineIds: readonly string[]): Promise<unknown> =>
  tx('payment_line')
    .whereIn('id', [...lineIds])
    .update({ is_part: true });

export const saveAdvice = (tx: Tx, of: { paymentId: string; documentId: string }): Promise<unknown> =>
  tx('payment').where({ id: of.paymentId }).update({ document_id: of.documentId });

/** An invoice as a run takes it or gives it back. */
export type InvoiceOfRun = {
  readonly id: string;
  readonly reference: string;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly orderId: string;
  /** Who bought what it invoices. */
  readonly buyerIds: readonly string[];
  readonly currency: string;
  readonly dueOn: Day;
  readonly grossAmount: DecimalString;
  readonly payable: DecimalString;
  readonly state: InvoiceState;
};

/** Holds these invoices until the transaction ends: those the actor may know of, by supplier and due date. */
export const lockInvoices = (tx: Tx, of: Scope & { ids: readonly string[] }): Promise<InvoiceOfRun[]> =>
  named<InvoiceOfRun>(tx, {
    name: 'payment_run.lock-invoices',
    text: `
      WITH held AS (
        SELECT invoice.id FROM invoice
         WHERE invoice.id = ANY ($1::uuid[])
           AND ${inScope(placeByOrderId('invoice.order_id'), { plants: '$2', categories: '$3' })}
         ORDER BY invoice.id
           FOR UPDATE OF invoice)
      SELECT invoice.id, invoice.reference, invoice.supplier_id AS "supplierId", supplier.name AS "supplierName",
             invoice.order_id AS "orderId", ${buyersOf('invoice')} AS "buyerIds", invoice.currency, invoice.due_on AS "dueOn",
             invoice.gross_amount AS "grossAmount", ${payableOf('invoice')} AS payable, invoice.state
        FROM held
        JOIN invoice ON invoice.id = held.id
        JOIN supplier ON supplier.id = invoice.supplier_id
       ORDER BY supplier.name, supplier.id, invoice.due_on, invoice.reference`,
    values: [of.ids, of.plants, of.categories],
  });

/** Gives invoices their next state; `paid` names when and by which reference. */
export const moveInvoices = (
  tx: Tx,
  of: { ids: readonly string[]; state: InvoiceState; paid?: { on: Day; reference: string } },
): Promise<unknown[]> =>
  named(tx, {
    name: 'payment_run.move-invoices',
    text: `
      UPDATE invoice
         SET state = $2, paid_on = $3, payment_reference = $4, version = invoice.version + 1
       WHERE invoice.id = ANY ($1::uuid[])`,
    values: [of.ids, of.state, of.paid?.on ?? null, of.paid?.reference ?? null],
  });

/** Which of these orders have an invoice that is neither paid nor refused, or something paid in advance that is not used up. */
export async function findOrdersWithUnpaid(tx: Tx, orderIds: readonly string[]): Promise<Set<string>> {
  const rows = await named<{ id: string }>(tx, {
    name: 'payment_run.orders-with-unpaid',
    text: `
      SELECT DISTINCT po_line.order_id AS id
        FROM po_line
        JOIN invoice_line AS line ON line.po_line_id = po_line.id
        JOIN invoice ON invoice.id = line.invoice_id
       WHERE po_line.order_id = ANY ($1::uuid[])
         AND invoice.state NOT IN ('paid', 'credited', 'rejected', 'voided')
       UNION
      SELECT invoice.order_id
        FROM invoice
       WHERE invoice.order_id = ANY ($1::uuid[]) AND invoice.instalment_id IS NOT NULL
         AND (invoice.state NOT IN ('paid', 'credited', 'rejected', 'voided') OR ${isOpenPrepaid('invoice')})`,
    values: [orderIds],
  });
  return new Set(rows.map((row) => row.id));
}
