import type { Scope as Places } from '../../kernel/actor.ts';
import { newId } from '../../kernel/id.ts';
import type { DecimalString } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db/context.ts';
import { inScope, placeByOrderId } from '../../platform/db/scope.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import { deductedOf } from '../instalments/instalment.store.ts';
import { heldBackOf } from '../retentions/retention.store.ts';
import type { Application, CreditNote, OpenCredit } from './credit-note.ts';

type Of = Places & { readonly id: string; readonly supplierId: string | null };

/** A supplier sees its own, staff those of their places. */
const ONE = `
  SELECT note.id, note.reference, note.kind, note.supplier_id AS "supplierId", note.order_id AS "orderId",
         note.invoice_id AS "invoiceId", note.nonconformance_id AS "nonconformanceId",
         note.supplier_number AS "supplierNumber", note.currency, note.issued_on AS "issuedOn", note.reason,
         note.net_amount AS "netAmount", note.taxes, note.tax_amount AS "taxAmount",
         note.gross_amount AS "grossAmount", note.state, note.answer, note.created_by AS "createdBy",
         note.created_at AS "createdAt", note.decided_by AS "decidedBy", note.decided_at AS "decidedAt", note.version
    FROM credit_note AS note
   WHERE note.id = :id AND (CAST(:supplierId AS uuid) IS NULL OR note.supplier_id = :supplierId)
     AND ${inScope(placeByOrderId('note.order_id'), { plants: ':plants', categories: ':categories' })}`;

export const findCreditNote = (tx: Tx, of: Of): Promise<CreditNote | undefined> =>
  firstOf<CreditNote>(tx, ONE, { ...of });

/** Holds the row until the transaction ends; its order and its invoice come before it. */
export const lockCreditNote = (tx: Tx, of: Of): Promise<CreditNote | undefined> =>
  firstOf<CreditNote>(tx, `${ONE} FOR UPDATE OF note`, { ...of });

export async function insertCreditNote(
  tx: Tx,
  note: CreditNote & { readonly normalisedNumber: string | null },
): Promise<void> {
  await tx('credit_note').insert({
    id: note.id,
    reference: note.reference,
    kind: note.kind,
    supplier_id: note.supplierId,
    order_id: note.orderId,
    invoice_id: note.invoiceId,
    nonconformance_id: note.nonconformanceId,
    supplier_number: note.supplierNumber,
    normalised_number: note.normalisedNumber,
    currency: note.currency,
    issued_on: note.issuedOn,
    reason: note.reason,
    net_amount: note.netAmount,
    taxes: JSON.stringify(note.taxes),
    tax_amount: note.taxAmount,
    gross_amount: note.grossAmount,
    state: note.state,
    created_by: note.createdBy,
    created_at: note.createdAt,
  });
}

/** Saves what acts after the sending change. */
export async function saveCreditNote(tx: Tx, note: CreditNote): Promise<void> {
  await tx('credit_note')
    .where({ id: note.id })
    .update({
      state: note.state,
      answer: note.answer,
      net_amount: note.netAmount,
      taxes: JSON.stringify(note.taxes),
      tax_amount: note.taxAmount,
      gross_amount: note.grossAmount,
      decided_by: note.decidedBy,
      decided_at: note.decidedAt,
      version: tx.raw('version + 1'),
    });
}

/** The debit note of a nonconformance, if there is one. */
export const findDebitOf = (tx: Tx, nonconformanceId: string): Promise<{ id: string } | undefined> =>
  firstOf<{ id: string }>(tx, 'SELECT note.id FROM credit_note AS note WHERE note.nonconformance_id = ?', [
    nonconformanceId,
  ]);

/** A note against an invoice, as far as it counts: what was refused or taken back does not. */
export type NoteOfInvoice = Pick<
  CreditNote,
  'id' | 'reference' | 'state' | 'netAmount' | 'taxes' | 'taxAmount' | 'grossAmount' | 'version'
>;

export const findLiveOfInvoice = (tx: Tx, invoiceId: string): Promise<NoteOfInvoice[]> =>
  rowsOf<NoteOfInvoice>(
    tx,
    `SELECT note.id, note.reference, note.state, note.net_amount AS "netAmount", note.taxes,
            note.tax_amount AS "taxAmount", note.gross_amount AS "grossAmount", note.version
       FROM credit_note AS note
      WHERE note.invoice_id = ? AND note.state NOT IN ('rejected', 'withdrawn')
      ORDER BY note.created_at, note.id`,
    [invoiceId],
  );

/** Rejects the notes that wait for a decision on an invoice that is refused itself. */
export const rejectWaitingOf = (
  tx: Tx,
  of: { invoiceId: string; by: string; at: Date; answer: string },
): Promise<Pick<CreditNote, 'id' | 'reference' | 'supplierId'>[]> =>
  rowsOf(
    tx,
    `UPDATE credit_note
        SET state = 'rejected', answer = ?, decided_by = ?, decided_at = ?, version = version + 1
      WHERE invoice_id = ? AND state = 'submitted'
  RETURNING id, reference, supplier_id AS "supplierId"`,
    [of.answer, of.by, of.at, of.invoiceId],
  );

/** What of an amount no invoice has taken: SQL about a `note`. */
export const OPEN_OF_NOTE = `note.gross_amount - COALESCE((SELECT sum(applied.amount) FROM credit_application AS applied
                                              WHERE applied.credit_note_id = note.id AND applied.holds), 0)`;

/**
 * What is still to be paid of an invoice, once what was paid in advance or in part, what is held back and credits are taken
 * off: SQL about a row of that name.
 */
export const payableOf = (invoice: string): string =>
  `(${invoice}.gross_amount - ${deductedOf(invoice)} - ${heldBackOf(invoice)}
                           - COALESCE((SELECT sum(applied.amount) FROM credit_application AS applied
                                  WHERE applied.invoice_id = ${invoice}.id AND applied.retention_id IS NULL AND applied.holds), 0)
                           - COALESCE((SELECT sum(part.amount) FROM payment_line AS part
                                  WHERE part.invoice_id = ${invoice}.id AND part.is_part), 0))`;

/** Holds what these suppliers have to their debit, oldest first, until the transaction ends. */
export const lockOpenCredits = (
  tx: Tx,
  of: { supplierIds: readonly string[]; currency: string },
): Promise<OpenCredit[]> =>
  rowsOf<OpenCredit>(
    tx,
    `WITH held AS (
       SELECT note.id FROM credit_note AS note
        WHERE note.supplier_id = ANY (CAST(? AS uuid[])) AND note.currency = ? AND note.state = 'approved'
        ORDER BY note.id
          FOR UPDATE OF note)
     SELECT note.id, note.supplier_id AS "supplierId", note.invoice_id AS "invoiceId", ${OPEN_OF_NOTE} AS open
       FROM held
       JOIN credit_note AS note ON note.id = held.id
      WHERE ${OPEN_OF_NOTE} > 0
      ORDER BY note.created_at, note.id`,
    [[...of.supplierIds], of.currency],
  );

/** The same without holding it: what a run that is only looked at would take. */
export const findOpenCredits = (
  tx: Tx,
  of: { supplierIds: readonly string[]; currency: string },
): Promise<OpenCredit[]> =>
  rowsOf<OpenCredit>(
    tx,
    `SELECT note.id, note.supplier_id AS "supplierId", note.invoice_id AS "invoiceId", ${OPEN_OF_NOTE} AS open
       FROM credit_note AS note
      WHERE note.supplier_id = ANY (CAST(? AS uuid[])) AND note.currency = ? AND note.state = 'approved'
        AND ${OPEN_OF_NOTE} > 0
      ORDER BY note.created_at, note.id`,
    [[...of.supplierIds], of.currency],
  );

/** What is still to be paid of an invoice that the transaction holds. */
export async function findPayableOf(tx: Tx, invoiceId: string): Promise<DecimalString> {
  const row = await firstOf<{ payable: DecimalString }>(
    tx,
    `SELECT ${payableOf('invoice')} AS payable FROM invoice WHERE invoice.id = ?`,
    [invoiceId],
  );
  return row?.payable ?? '0';
}

/** Writes applications in one statement. */
export async function insertApplications(
  tx: Tx,
  all: readonly (Application & {
    readonly paymentLineId: string | null;
    /** Where it is taken from what was held back of the invoice. */
    readonly retentionId?: string | null;
  })[],
  at: Date,
): Promise<void> {
  if (all.length === 0) return;
  await tx('credit_application').insert(
    all.map((one) => ({
      id: newId(),
      credit_note_id: one.creditNoteId,
      invoice_id: one.invoiceId,
      payment_line_id: one.paymentLineId,
      retention_id: one.retentionId ?? null,
      amount: one.amount,
      created_at: at,
    })),
  );
}

/** Credits of payment lines that were let go can be applied again. */
export async function letApplicationsGo(tx: Tx, lineIds: readonly string[]): Promise<void> {
  await tx('credit_application')
    .whereIn('payment_line_id', [...lineIds])
    .update({ holds: false });
}
