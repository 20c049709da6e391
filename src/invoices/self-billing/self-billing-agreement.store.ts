import type { Scope as Places } from '../../kernel/actor.ts';
import type { Tx } from '../../platform/db/context.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { SelfBillingAgreement } from './self-billing-agreement.ts';

/** A supplier sees its own, staff those of their plants. */
type Seen = Pick<Places, 'plants'> & { readonly supplierId: string | null };
type Of = Seen & { readonly id: string };

const AGREEMENT = `
  SELECT agreed.id, agreed.reference, agreed.supplier_id AS "supplierId", agreed.rhythm,
         agreed.number_prefix AS "numberPrefix", agreed.next_number AS "nextNumber", agreed.currencies,
         agreed.plant_codes AS "plantCodes", agreed.valid_from AS "validFrom", agreed.valid_until AS "validUntil",
         agreed.in_force_from AS "inForceFrom", agreed.ends_on AS "endsOn", agreed.state, agreed.reason,
         agreed.proposed_by AS "proposedBy", agreed.proposed_at AS "proposedAt", agreed.accepted_by AS "acceptedBy",
         agreed.accepted_at AS "acceptedAt", agreed.version
    FROM self_billing_agreement AS agreed`;
const SEEN = `(CAST(:supplierId AS uuid) IS NULL OR agreed.supplier_id = :supplierId)
     AND (CAST(:plants AS text[]) IS NULL OR cardinality(agreed.plant_codes) = 0
          OR agreed.plant_codes && CAST(:plants AS text[]))`;
const ONE = `${AGREEMENT} WHERE agreed.id = :id AND ${SEEN}`;

export const findAgreement = (tx: Tx, of: Of): Promise<SelfBillingAgreement | undefined> =>
  firstOf<SelfBillingAgreement>(tx, ONE, { ...of });

/** Holds the row until the transaction ends. */
export const lockAgreement = (tx: Tx, of: Of): Promise<SelfBillingAgreement | undefined> =>
  firstOf<SelfBillingAgreement>(tx, `${ONE} FOR UPDATE OF agreed`, { ...of });

/** The agreements that the reader may see, the newest first. */
export const listAgreements = (
  tx: Tx,
  of: Seen,
): Promise<(SelfBillingAgreement & { readonly supplierName: string })[]> =>
  rowsOf(
    tx,
    `${AGREEMENT.replace('agreed.version', 'agreed.version, supplier.name AS "supplierName"')}
       JOIN supplier ON supplier.id = agreed.supplier_id
      WHERE ${SEEN}
      ORDER BY agreed.proposed_at DESC, agreed.id DESC
      LIMIT 200`,
    { ...of },
  );

export async function insertAgreement(tx: Tx, agreement: SelfBillingAgreement): Promise<boolean> {
  const inserted = await tx('self_billing_agreement')
    .insert({
      id: agreement.id,
      reference: agreement.reference,
      supplier_id: agreement.supplierId,
      rhythm: agreement.rhythm,
      number_prefix: agreement.numberPrefix,
      currencies: [...agreement.currencies],
      plant_codes: [...agreement.plantCodes],
      valid_from: agreement.validFrom,
      valid_until: agreement.validUntil,
      state: agreement.state,
      proposed_by: agreement.proposedBy,
      proposed_at: agreement.proposedAt,
    })
    .onConflict(tx.raw(`(supplier_id) WHERE state IN ('proposed', 'active', 'ending')`))
    .ignore()
    .returning('id');
  return inserted.length > 0;
}

/** Saves what acts after the proposal change. */
export const saveAgreement = (tx: Tx, agreement: SelfBillingAgreement): Promise<unknown> =>
  tx('self_billing_agreement')
    .where({ id: agreement.id })
    .update({
      in_force_from: agreement.inForceFrom,
      ends_on: agreement.endsOn,
      state: agreement.state,
      reason: agreement.reason,
      accepted_by: agreement.acceptedBy,
      accepted_at: agreement.acceptedAt,
      version: tx.raw('version + 1'),
    });

export const saveNextNumber = (tx: Tx, of: { id: string; nextNumber: number }): Promise<unknown> =>
  tx('self_billing_agreement').where({ id: of.id }).update({ next_number: of.nextNumber });

/** A receipt's agreement: SQL about a row `agreed`, a `receipt` and its order `po`. */
export const COVERS = `agreed.supplier_id = receipt.supplier_id
            AND agreed.in_force_from <= receipt.received_on
            AND receipt.received_on <= LEAST(agreed.valid_until, agreed.ends_on)
            AND po.currency = ANY (agreed.currencies)
            AND (cardinality(agreed.plant_codes) = 0 OR po.plant_code = ANY (agreed.plant_codes))`;

/** Do we make an invoice for each receipt of this one's kind? SQL about a row `receipt` of goods_receipt. */
export const IS_BILLED_BY_RECEIPT = `EXISTS (
         SELECT FROM self_billing_agreement AS agreed
           JOIN purchase_order AS po ON po.id = receipt.order_id
          WHERE agreed.rhythm = 'receipt' AND ${COVERS})`;

/** Do we make the invoice of this receipt? SQL about a row `receipt` of goods_receipt: what we took back, we do not. */
export const IS_SELF_BILLED = `EXISTS (
         SELECT FROM self_billing_agreement AS agreed
           JOIN purchase_order AS po ON po.id = receipt.order_id
          WHERE ${COVERS})
     AND NOT EXISTS (
         SELECT FROM self_billed_invoice AS taken_back
          WHERE taken_back.goods_receipt_id = receipt.id AND taken_back.state = 'withdrawn')`;

/** What the supplier of a self-billed receipt is told. */
type SelfBilledReceipt = {
  readonly receiptReference: string;
};

/** The receipt, where we make its invoice. */
export const findSelfBilledReceipt = (tx: Tx, receiptId: string): Promise<SelfBilledReceipt | undefined> =>
  firstOf<SelfBilledReceipt>(
    tx,
    `SELECT receipt.reference AS "receiptReference"
       FROM goods_receipt AS receipt
      WHERE receipt.id = ? AND ${IS_SELF_BILLED}`,
    [receiptId],
  );

/**
 * Holds the agreement by which we make the invoice of one receipt, until the transaction ends: none where it is made,
 * contested or was taken back. So a receipt is invoiced once, however often it is asked for.
 */
export const lockAgreementOfReceipt = (
  tx: Tx,
  receiptId: string,
): Promise<SelfBillingAgreement | undefined> =>
  firstOf<SelfBillingAgreement>(
    tx,
    `${AGREEMENT}
       JOIN goods_receipt AS receipt ON receipt.id = ?
       JOIN purchase_order AS po ON po.id = receipt.order_id
      WHERE agreed.rhythm = 'receipt'
        AND receipt.state = 'posted'
        AND ${COVERS}
      ORDER BY agreed.proposed_at DESC
      LIMIT 1
        FOR UPDATE OF agreed`,
    [receiptId],
  );

/** The next one whose last day is over, held; it is ended. */
export const lockNextOver = (tx: Tx, today: string): Promise<SelfBillingAgreement | undefined> =>
  firstOf<SelfBillingAgreement>(
    tx,
    `${AGREEMENT}
      WHERE agreed.state IN ('active', 'ending') AND LEAST(agreed.valid_until, agreed.ends_on) < ?
      ORDER BY agreed.id
      LIMIT 1
        FOR UPDATE OF agreed SKIP LOCKED`,
    [today],
  );

/** A statement's agreement: SQL about a row `agreed` and a `statement`. */
const COVERS_MONTH = `agreed.rhythm = 'month'
            AND agreed.supplier_id = statement.supplier_id
            AND agreed.in_force_from < statement.month + interval '1 month'
            AND statement.month <= LEAST(agreed.valid_until, agreed.ends_on)
            AND statement.currency = ANY (agreed.currencies)
            AND (cardinality(agreed.plant_codes) = 0 OR statement.plant_code = ANY (agreed.plant_codes))`;

/** The statement, where we make its invoice. */
export const findSelfBilledStatement = (
  tx: Tx,
  statementId: string,
): Promise<{ reference: string } | undefined> =>
  firstOf(
    tx,
    `SELECT statement.reference
       FROM statement
       JOIN self_billing_agreement AS agreed ON ${COVERS_MONTH}
      WHERE statement.id = ?
      LIMIT 1`,
    [statementId],
  );

/** Holds the agreement by which we make the invoice of a confirmed statement, until the transaction ends. */
export const lockAgreementOfStatement = (
  tx: Tx,
  statementId: string,
): Promise<SelfBillingAgreement | undefined> =>
  firstOf<SelfBillingAgreement>(
    tx,
    `${AGREEMENT}
       JOIN statement ON statement.id = ?
      WHERE statement.state = 'confirmed' AND ${COVERS_MONTH}
      ORDER BY agreed.proposed_at DESC
      LIMIT 1
        FOR UPDATE OF agreed`,
    [statementId],
  );
