import type { Scope as Places } from '../../kernel/actor.ts';
import type { Tx } from '../../platform/db/context.ts';
import { inScope, placeByOrderId } from '../../platform/db/scope.ts';
import { firstOf } from '../../platform/db/statements.ts';
import { IS_INVOICEABLE } from '../waiting.queries.ts';
import type { SelfBilledInvoice } from './self-billed-invoice.ts';
import { COVERS, IS_BILLED_BY_RECEIPT } from './self-billing-agreement.store.ts';

type Of = Places & { readonly id: string; readonly supplierId: string | null };

const SELF_BILLED = `
  SELECT made.id, made.reference, made.agreement_id AS "agreementId", made.supplier_id AS "supplierId",
         made.order_id AS "orderId", made.goods_receipt_id AS "receiptId", made.statement_id AS "statementId",
         made.currency, made.figures, made.sha256, made.state, made.revision, made.answer_by AS "answerBy",
         made.contested, made.remark, made.answer, made.invoice_id AS "invoiceId", made.created_at AS "createdAt",
         made.decided_by AS "decidedBy", made.decided_at AS "decidedAt", made.version
    FROM self_billed_invoice AS made`;

/** A supplier sees its own, staff those of their places. */
const ONE = `${SELF_BILLED}
   WHERE made.id = :id AND (CAST(:supplierId AS uuid) IS NULL OR made.supplier_id = :supplierId)
     AND ${inScope(placeByOrderId('made.order_id'), { plants: ':plants', categories: ':categories' })}`;

export const findSelfBilled = (tx: Tx, of: Of): Promise<SelfBilledInvoice | undefined> =>
  firstOf<SelfBilledInvoice>(tx, ONE, { ...of });

/** Holds the row until the transaction ends; its order comes before it. */
export const lockSelfBilled = (tx: Tx, of: Of): Promise<SelfBilledInvoice | undefined> =>
  firstOf<SelfBilledInvoice>(tx, `${ONE} FOR UPDATE OF made`, { ...of });

/** What an invoice was, before its supplier accepted it. */
export const findOfInvoice = (
  tx: Tx,
  invoiceId: string,
): Promise<Pick<SelfBilledInvoice, 'id' | 'reference'> | undefined> =>
  firstOf(tx, 'SELECT made.id, made.reference FROM self_billed_invoice AS made WHERE made.invoice_id = ?', [
    invoiceId,
  ]);

/** Is it made, contested, or taken back: nothing that we make anew by ourselves. */
export const isMade = async (tx: Tx, receiptId: string): Promise<boolean> =>
  (await firstOf(
    tx,
    `SELECT 1 AS one FROM self_billed_invoice AS made
      WHERE made.goods_receipt_id = ? AND made.state IN ('sent', 'contested', 'withdrawn')
      LIMIT 1`,
    [receiptId],
  )) !== undefined;

/** A receipt whose invoice we have to make: received, not invoiced, covered, and neither made nor taken back. */
export const findNextToMake = (
  tx: Tx,
  except: readonly string[],
): Promise<{ receiptId: string } | undefined> =>
  firstOf(
    tx,
    `SELECT receipt.id AS "receiptId"
       FROM goods_receipt AS receipt
      WHERE ${IS_INVOICEABLE}
        AND ${IS_BILLED_BY_RECEIPT}
        AND NOT (receipt.id = ANY (CAST(? AS uuid[])))
        AND NOT EXISTS (SELECT FROM self_billed_invoice AS made
                         WHERE made.goods_receipt_id = receipt.id
                           AND made.state IN ('sent', 'contested', 'withdrawn'))
      ORDER BY receipt.posted_at, receipt.id
      LIMIT 1`,
    [[...except]],
  );

export const insertSelfBilled = (tx: Tx, made: SelfBilledInvoice): Promise<unknown> =>
  tx('self_billed_invoice').insert({
    id: made.id,
    reference: made.reference,
    agreement_id: made.agreementId,
    supplier_id: made.supplierId,
    order_id: made.orderId,
    goods_receipt_id: made.receiptId,
    statement_id: made.statementId,
    currency: made.currency,
    figures: JSON.stringify(made.figures),
    sha256: made.sha256,
    gross_amount: made.figures.grossAmount,
    state: made.state,
    revision: made.revision,
    answer_by: made.answerBy,
    invoice_id: made.invoiceId,
    created_at: made.createdAt,
    decided_by: made.decidedBy,
    decided_at: made.decidedAt,
  });

/** Saves what its supplier answered. */
export const saveAnswer = (tx: Tx, made: SelfBilledInvoice): Promise<unknown> =>
  tx('self_billed_invoice')
    .where({ id: made.id })
    .update({
      state: made.state,
      contested: JSON.stringify(made.contested),
      remark: made.remark,
      invoice_id: made.invoiceId,
      decided_by: made.decidedBy,
      decided_at: made.decidedAt,
      version: tx.raw('version + 1'),
    });

/** Saves what we made of what was contested. */
export const saveOurs = (tx: Tx, made: SelfBilledInvoice): Promise<unknown> =>
  tx('self_billed_invoice')
    .where({ id: made.id })
    .update({
      state: made.state,
      figures: JSON.stringify(made.figures),
      sha256: made.sha256,
      gross_amount: made.figures.grossAmount,
      revision: made.revision,
      answer_by: made.answerBy,
      answer: made.answer,
      decided_by: made.decidedBy,
      decided_at: made.decidedAt,
      version: tx.raw('version + 1'),
    });

/** The next one that nobody answered by its day, but these. */
export const findUnanswered = (
  tx: Tx,
  of: { today: string; except: readonly string[] },
): Promise<{ id: string } | undefined> =>
  firstOf(
    tx,
    `SELECT made.id FROM self_billed_invoice AS made
      WHERE made.state = 'sent' AND made.answer_by < ? AND NOT (made.id = ANY (CAST(? AS uuid[])))
      ORDER BY made.answer_by, made.id
      LIMIT 1`,
    [of.today, [...of.except]],
  );

/** Whose month is over and not stated, though we invoice it by month: something was received that no invoice has. */
export const findNextToState = (
  tx: Tx,
  of: { month: string; except: readonly string[] },
): Promise<
  { key: string; supplierId: string; plantCode: string; currency: string; proposedBy: string } | undefined
> =>
  firstOf(
    tx,
    `SELECT agreed.id || '/' || receipt.plant_code || '/' || po.currency AS key, agreed.supplier_id AS "supplierId",
            receipt.plant_code AS "plantCode", po.currency, agreed.proposed_by AS "proposedBy"
       FROM goods_receipt AS receipt
       JOIN purchase_order AS po ON po.id = receipt.order_id
       JOIN self_billing_agreement AS agreed ON agreed.rhythm = 'month' AND ${COVERS}
      WHERE ${IS_INVOICEABLE}
        AND receipt.received_on >= :month
        AND receipt.received_on < CAST(:month AS date) + interval '1 month'
        AND NOT (agreed.id || '/' || receipt.plant_code || '/' || po.currency = ANY (CAST(:except AS text[])))
        AND NOT EXISTS (
              SELECT FROM statement
               WHERE statement.supplier_id = agreed.supplier_id AND statement.plant_code = receipt.plant_code
                 AND statement.currency = po.currency AND statement.month = :month)
      ORDER BY receipt.posted_at, receipt.id
      LIMIT 1`,
    { month: of.month, except: [...of.except] },
  );
