import type { Tx } from '../../platform/db/context.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { CreditNote } from './credit-note.ts';
import type { DebitClock } from './debit-note-clock.ts';

type Clocked = Pick<CreditNote, 'id' | 'reference' | 'supplierId'> & DebitClock;

/** Those that are due, held until the transaction ends; others' rounds take the others. */
export const lockUnanswered = (tx: Tx, of: { at: Date; limit: number }): Promise<Clocked[]> =>
  rowsOf<Clocked>(
    tx,
    `SELECT note.id, note.reference, note.supplier_id AS "supplierId", note.answer_due_at AS "answerDueAt", note.reminders
       FROM credit_note AS note
      WHERE note.state = 'sent' AND note.answer_due_at <= :at
      ORDER BY note.answer_due_at, note.id
      LIMIT :limit
        FOR UPDATE OF note SKIP LOCKED`,
    of,
  );

/** Time is no change of the note: what somebody has open stays as it is. */
export async function saveClock(tx: Tx, of: { id: string } & DebitClock): Promise<void> {
  await tx('credit_note')
    .where({ id: of.id })
    .update({ answer_due_at: of.answerDueAt, reminders: of.reminders });
}

/** Counts how often a note was sent: each time is a document of its own. */
export async function saveRevision(tx: Tx, id: string): Promise<void> {
  await tx('credit_note')
    .where({ id })
    .update({ revision: tx.raw('revision + 1') });
}

/** What a debit note's document and page say beside the note itself. */
export type DebitNoteDetails = DebitClock & {
  readonly revision: number;
  readonly supplierName: string;
  readonly supplierReference: string;
  readonly supplierAddress: readonly string[];
  readonly supplierLanguage: 'en' | 'zh-CN';
  readonly orderReference: string;
  readonly orderTitle: string;
  readonly nonconformanceReference: string;
  readonly receiptReference: string;
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly quantity: string;
  readonly unit: string;
};

export const findDebitNoteDetails = (tx: Tx, id: string): Promise<DebitNoteDetails | undefined> =>
  firstOf<DebitNoteDetails>(
    tx,
    `SELECT note.revision, note.answer_due_at AS "answerDueAt", note.reminders, supplier.name AS "supplierName",
            supplier.reference AS "supplierReference", supplier.address_lines AS "supplierAddress",
            supplier.language AS "supplierLanguage", po.reference AS "orderReference", po.title AS "orderTitle",
            ncr.reference AS "nonconformanceReference", receipt.reference AS "receiptReference",
            line.line_no AS "lineNo", line.item_code AS "itemCode", line.description, ncr.quantity, line.unit
       FROM credit_note AS note
       JOIN supplier ON supplier.id = note.supplier_id
       JOIN purchase_order AS po ON po.id = note.order_id
       JOIN nonconformance AS ncr ON ncr.id = note.nonconformance_id
       JOIN goods_receipt AS receipt ON receipt.id = ncr.goods_receipt_id
       JOIN po_line AS line ON line.id = ncr.po_line_id
      WHERE note.id = ?`,
    [id],
  );
