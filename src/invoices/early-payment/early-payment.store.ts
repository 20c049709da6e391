import type { Scope as Places } from '../../kernel/actor.ts';
import type { DecimalString } from '../../kernel/money.ts';
import type { Day } from '../../kernel/time.ts';
import type { Tx } from '../../platform/db/context.ts';
import { inScope, placeByOrderId } from '../../platform/db/scope.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import { payableOf } from '../credits/credit-note.store.ts';
import type { InvoiceState } from '../invoice.ts';
import type { EarlyPayment } from './early-payment.ts';

const EARLY = `
  SELECT early.id, early.invoice_id AS "invoiceId", early.supplier_id AS "supplierId", early.offered_by AS "offeredBy",
         early.pay_on AS "payOn", early.due_on AS "dueOn", early.currency, early.base_amount AS "baseAmount",
         early.discount_amount AS "discountAmount", early.taken_amount AS "takenAmount", early.state,
         early.expires_on AS "expiresOn", early.answer, early.made_by AS "madeBy", early.created_at AS "createdAt",
         early.decided_by AS "decidedBy", early.decided_at AS "decidedAt", early.version
    FROM early_payment AS early`;

/** Every offer on an invoice that somebody made or accepted, the newest first. */
export const findOfInvoice = (tx: Tx, invoiceId: string): Promise<EarlyPayment[]> =>
  rowsOf<EarlyPayment>(
    tx,
    `${EARLY} WHERE early.invoice_id = ? ORDER BY early.created_at DESC, early.id DESC LIMIT 20`,
    [invoiceId],
  );

export const findEarlyPayment = (tx: Tx, id: string): Promise<EarlyPayment | undefined> =>
  firstOf<EarlyPayment>(tx, `${EARLY} WHERE early.id = ?`, [id]);

/** Holds what is proposed or agreed of an invoice; the invoice is held before. */
export const lockOpen = (tx: Tx, invoiceId: string): Promise<EarlyPayment | undefined> =>
  firstOf<EarlyPayment>(
    tx,
    `${EARLY} WHERE early.invoice_id = ? AND early.state IN ('proposed', 'accepted') FOR UPDATE OF early`,
    [invoiceId],
  );

const AGREED = `${EARLY} WHERE early.invoice_id = ANY (CAST(? AS uuid[])) AND early.state = 'accepted' ORDER BY early.id`;

/** Holds what is agreed of these invoices; they are held before. */
export const lockAgreed = (tx: Tx, invoiceIds: readonly string[]): Promise<EarlyPayment[]> =>
  rowsOf<EarlyPayment>(tx, `${AGREED} FOR UPDATE OF early`, [[...invoiceIds]]);

/** The same without holding it, for a run that is only looked at. */
export const findAgreed = (tx: Tx, invoiceIds: readonly string[]): Promise<EarlyPayment[]> =>
  rowsOf<EarlyPayment>(tx, AGREED, [[...invoiceIds]]);

/**
 * Holds the next one that time ends, if nobody else does: a proposal that nobody answered, or what was agreed and did not
 * go to the bank by its day.
 */
export const lockNextPassing = (tx: Tx, today: Day): Promise<EarlyPayment | undefined> =>
  firstOf<EarlyPayment>(
    tx,
    `${EARLY}
      WHERE (early.state = 'proposed' AND early.expires_on < ?)
         OR (early.state = 'accepted' AND early.pay_on < ?
             AND NOT EXISTS (
                   SELECT FROM payment_line AS line
                     JOIN payment ON payment.id = line.payment_id
                    WHERE line.early_payment_id = early.id AND line.holds AND payment.state = 'ordered'))
      ORDER BY early.id
      LIMIT 1
        FOR UPDATE OF early SKIP LOCKED`,
    [today, today],
  );

/** An invoice as an offer is made on it. */
export type InvoiceToOffer = {
  readonly id: string;
  readonly reference: string;
  readonly supplierId: string;
  readonly currency: string;
  readonly dueOn: Day;
  readonly payable: DecimalString;
  readonly state: InvoiceState;
  readonly hasOpen: boolean;
};

/** Holds these invoices until the transaction ends: those the actor may know of. */
export const lockInvoicesToOffer = (
  tx: Tx,
  of: Places & { ids: readonly string[]; supplierId: string | null },
): Promise<InvoiceToOffer[]> =>
  rowsOf<InvoiceToOffer>(
    tx,
    `WITH held AS (
       SELECT invoice.id FROM invoice
        WHERE invoice.id = ANY (CAST(:ids AS uuid[]))
          AND (CAST(:supplierId AS uuid) IS NULL OR invoice.supplier_id = :supplierId)
          AND ${inScope(placeByOrderId('invoice.order_id'), { plants: ':plants', categories: ':categories' })}
        ORDER BY invoice.id
          FOR UPDATE OF invoice)
     SELECT invoice.id, invoice.reference, invoice.supplier_id AS "supplierId", invoice.currency,
            invoice.due_on AS "dueOn", ${payableOf('invoice')} AS payable, invoice.state,
            EXISTS (SELECT FROM early_payment AS open
                     WHERE open.invoice_id = invoice.id AND open.state IN ('proposed', 'accepted')) AS "hasOpen"
       FROM held
       JOIN invoice ON invoice.id = held.id
      ORDER BY invoice.id`,
    { ...of, ids: [...of.ids] },
  );

/** Writes what was proposed or accepted, in one statement. */
export const insertEarlyPayments = (tx: Tx, all: readonly EarlyPayment[]): Promise<unknown> =>
  tx('early_payment').insert(
    all.map((early) => ({
      id: early.id,
      invoice_id: early.invoiceId,
      supplier_id: early.supplierId,
      offered_by: early.offeredBy,
      pay_on: early.payOn,
      due_on: early.dueOn,
      currency: early.currency,
      base_amount: early.baseAmount,
      discount_amount: early.discountAmount,
      state: early.state,
      expires_on: early.expiresOn,
      made_by: early.madeBy,
      created_at: early.createdAt,
      decided_by: early.decidedBy,
      decided_at: early.decidedAt,
    })),
  );

/** Saves where a proposal stands now. */
export const saveDecision = (tx: Tx, early: EarlyPayment): Promise<unknown> =>
  tx('early_payment')
    .where({ id: early.id })
    .update({
      state: early.state,
      decided_by: early.decidedBy,
      decided_at: early.decidedAt,
      // The supplier's role writes no answer, and its acts have none.
      ...(early.answer === null ? {} : { answer: early.answer }),
      version: tx.raw('version + 1'),
    });

/** Saves how agreed ones ended. */
export const saveSettled = (tx: Tx, all: readonly EarlyPayment[]): Promise<unknown[]> =>
  rowsOf(
    tx,
    `UPDATE early_payment AS early
        SET state = settled.state, taken_amount = settled."takenAmount", version = early.version + 1
       FROM jsonb_to_recordset(CAST(? AS jsonb)) AS settled (id uuid, state text, "takenAmount" numeric)
      WHERE early.id = settled.id`,
    [JSON.stringify(all)],
  );

/** Holds what may be paid early in a currency, so that two suppliers never take the same rest of it. */
export const lockBudget = (tx: Tx, currency: string): Promise<unknown[]> =>
  rowsOf(tx, `SELECT pg_advisory_xact_lock(hashtextextended('early-payment/' || ?, 0))`, [currency]);

/** How much in a currency is paid, or agreed to be paid, before it is due. */
export async function findPaidEarly(tx: Tx, of: { currency: string; today: Day }): Promise<DecimalString> {
  const row = await firstOf<{ sum: DecimalString }>(
    tx,
    'SELECT paid_early(?, CAST(? AS date))::text AS sum',
    [of.currency, of.today],
  );
  return row?.sum ?? '0';
}
