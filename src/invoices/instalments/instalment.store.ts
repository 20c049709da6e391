import { newId } from '../../kernel/id.ts';
import type { DecimalString } from '../../kernel/money.ts';
import type { Day } from '../../kernel/time.ts';
import type { Tx } from '../../platform/db/context.ts';
import { firstOf, named, rowsOf } from '../../platform/db/statements.ts';
import type { InstalmentProgress } from './instalment.ts';
import type { Deduction, Prepaid } from './prepaid.ts';

const PROGRESS = `
  SELECT instalment.id, instalment.order_id AS "orderId", instalment.instalment_no AS no,
         instalment.supplier_id AS "supplierId", instalment.state, instalment.note, instalment.asked_by AS "askedBy",
         instalment.asked_at AS "askedAt", instalment.reached_on AS "reachedOn", instalment.decided_by AS "decidedBy",
         instalment.decided_at AS "decidedAt", instalment.decision_reason AS "decisionReason", instalment.version
    FROM instalment`;

/** Of which instalments of an order anything has happened. */
export const findProgress = (tx: Tx, orderId: string): Promise<InstalmentProgress[]> =>
  rowsOf<InstalmentProgress>(
    tx,
    `${PROGRESS} WHERE instalment.order_id = ? ORDER BY instalment.instalment_no`,
    [orderId],
  );

/** Holds one until the transaction ends; its order, which is locked before it, guards one that has no row yet. */
export const lockProgress = (
  tx: Tx,
  of: { orderId: string; no: number },
): Promise<InstalmentProgress | undefined> =>
  firstOf<InstalmentProgress>(
    tx,
    `${PROGRESS} WHERE instalment.order_id = :orderId AND instalment.instalment_no = :no FOR UPDATE OF instalment`,
    of,
  );

/** The order and supplier of an instalment, for whoever asks about its files. */
export const findOrderOfInstalment = async (tx: Tx, id: string): Promise<string | undefined> =>
  (
    await firstOf<{ orderId: string }>(
      tx,
      'SELECT instalment.order_id AS "orderId" FROM instalment WHERE instalment.id = ?',
      [id],
    )
  )?.orderId;

/** Writes how far one is: the row comes with the first act on it. */
export async function saveProgress(tx: Tx, one: InstalmentProgress): Promise<void> {
  const moved = {
    state: one.state,
    note: one.note,
    asked_by: one.askedBy,
    asked_at: one.askedAt,
    reached_on: one.reachedOn,
    decided_by: one.decidedBy,
    decided_at: one.decidedAt,
    decision_reason: one.decisionReason,
  };
  const changed = await tx('instalment')
    .where({ id: one.id })
    .update({ ...moved, version: tx.raw('version + 1') });
  if (changed > 0) return;
  await tx('instalment').insert({
    ...moved,
    id: one.id,
    order_id: one.orderId,
    instalment_no: one.no,
    supplier_id: one.supplierId,
  });
}

/** What of an instalment's invoice later invoices (but one) and live credit notes have used: SQL about a row of that name. */
const usedOf = (invoice: string, except = 'NULL'): string => `(
      COALESCE((SELECT sum(taken.amount) FROM prepayment_deduction AS taken
                 WHERE taken.prepaid_invoice_id = ${invoice}.id AND taken.holds
                   AND taken.invoice_id IS DISTINCT FROM CAST(${except} AS uuid)), 0)
      + COALESCE((SELECT sum(credit.gross_amount) FROM credit_note AS credit
                   WHERE credit.invoice_id = ${invoice}.id AND credit.state NOT IN ('rejected', 'withdrawn')), 0))`;

/** True of an instalment's invoice that holds its order open: not rejected, and not used up. SQL about a row of that name. */
export const isOpenPrepaid = (invoice: string): string =>
  `(${invoice}.instalment_id IS NOT NULL AND ${invoice}.state NOT IN ('rejected', 'voided')
      AND ${invoice}.gross_amount > ${usedOf(invoice)})`;

/** What an invoice is less by because it was paid in advance: SQL about a row of that name. */
export const deductedOf = (invoice: string): string =>
  `COALESCE((SELECT sum(deducted.amount) FROM prepayment_deduction AS deducted
              WHERE deducted.invoice_id = ${invoice}.id AND deducted.holds), 0)`;

export type PrepaidInvoice = Prepaid & {
  readonly instalmentNo: number;
  readonly reference: string;
  readonly supplierNumber: string;
  readonly state: string;
};

const PREPAID = `
  SELECT invoice.id AS "invoiceId", invoice.reference, invoice.supplier_number AS "supplierNumber", invoice.state,
         invoice.net_amount AS "netAmount", invoice.tax_amount AS "taxAmount", invoice.gross_amount AS "grossAmount",
         invoice.currency, instalment.instalment_no AS "instalmentNo", ${usedOf('invoice', ':except')} AS "usedAmount",
         COALESCE((SELECT sum(taken.tax_amount) FROM prepayment_deduction AS taken
                    WHERE taken.prepaid_invoice_id = invoice.id AND taken.holds
                      AND taken.invoice_id IS DISTINCT FROM CAST(:except AS uuid)), 0) AS "deductedTax"
    FROM invoice
    JOIN instalment ON instalment.id = invoice.instalment_id
   WHERE invoice.state NOT IN ('rejected', 'voided')`;

/** What of an order was invoiced in advance and not rejected, the oldest first; as it was without the invoice `except`. */
export const findPrepaid = (
  tx: Tx,
  of: { orderId: string; except: string | null },
): Promise<PrepaidInvoice[]> =>
  rowsOf<PrepaidInvoice>(
    tx,
    `${PREPAID} AND invoice.order_id = :orderId ORDER BY invoice.created_at, invoice.id`,
    of,
  );

/** One of them by its invoice's id. */
export const findPrepaidInvoice = (tx: Tx, invoiceId: string): Promise<PrepaidInvoice | undefined> =>
  firstOf<PrepaidInvoice>(tx, `${PREPAID} AND invoice.id = :invoiceId`, { invoiceId, except: null });

/** What invoices that were not rejected have of an order's lines and charges, without tax. */
export const findInvoicedNet = async (tx: Tx, orderId: string): Promise<DecimalString> =>
  (
    await firstOf<{ amount: DecimalString }>(
      tx,
      `SELECT COALESCE(sum(part.amount), 0) AS amount
         FROM (SELECT line.invoice_id, line.amount
                 FROM po_line
                 JOIN invoice_line AS line ON line.po_line_id = po_line.id
                WHERE po_line.order_id = :orderId
                UNION ALL
               SELECT charge.invoice_id, charge.amount
                 FROM invoice_charge AS charge
                WHERE charge.order_id = :orderId) AS part
         JOIN invoice ON invoice.id = part.invoice_id
        WHERE invoice.state NOT IN ('rejected', 'voided')`,
      { orderId },
    )
  )?.amount ?? '0';

/** Writes what an invoice is less by. */
export async function insertDeductions(
  tx: Tx,
  of: { invoiceId: string; deductions: readonly Deduction[]; at: Date },
): Promise<void> {
  if (of.deductions.length === 0) return;
  await tx('prepayment_deduction').insert(
    of.deductions.map((one) => ({
      id: newId(),
      prepaid_invoice_id: one.prepaidInvoiceId,
      invoice_id: of.invoiceId,
      amount: one.amount,
      tax_amount: one.taxAmount,
      created_at: of.at,
    })),
  );
}

/** Lets go what an invoice was less by, or what later invoices were less by because of it. */
export const letDeductionsGo = (tx: Tx, invoiceId: string): Promise<unknown> =>
  named(tx, {
    name: 'prepayment_deduction.let-go',
    text: `
      UPDATE prepayment_deduction AS deduction SET holds = false
       WHERE (deduction.invoice_id = $1 OR deduction.prepaid_invoice_id = $1) AND deduction.holds`,
    values: [invoiceId],
  });

/** A deduction with the instalment's invoice that it is of. */
export type DeductionShown = {
  readonly invoiceId: string;
  readonly reference: string;
  readonly supplierNumber: string;
  readonly issuedOn: Day;
  readonly state: string;
  readonly amount: DecimalString;
  readonly taxAmount: DecimalString;
};

/** What an invoice is less by, the oldest first. */
export const findDeductions = (tx: Tx, invoiceId: string): Promise<DeductionShown[]> =>
  rowsOf<DeductionShown>(
    tx,
    `SELECT prepaid.id AS "invoiceId", prepaid.reference, prepaid.supplier_number AS "supplierNumber",
            prepaid.issued_on AS "issuedOn", prepaid.state, deduction.amount, deduction.tax_amount AS "taxAmount"
       FROM prepayment_deduction AS deduction
       JOIN invoice AS prepaid ON prepaid.id = deduction.prepaid_invoice_id
      WHERE deduction.invoice_id = ? AND deduction.holds
      ORDER BY prepaid.created_at, prepaid.id`,
    [invoiceId],
  );

/** Whose requisitions an order's lines came from. */
export const findRequesters = async (tx: Tx, orderId: string): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      tx,
      `SELECT DISTINCT requisition.requester_id AS id
         FROM po_line AS line
         JOIN po_line_source AS source ON source.po_line_id = line.id
         JOIN requisition_line AS needed ON needed.id = source.requisition_line_id
         JOIN requisition ON requisition.id = needed.requisition_id
        WHERE line.order_id = ?`,
      [orderId],
    )
  ).map((row) => row.id);
