import type { Scope as Places } from '../../kernel/actor.ts';
import { newId } from '../../kernel/id.ts';
import type { Tax } from '../../kernel/tax.ts';
import type { Day } from '../../kernel/time.ts';
import type { Ctx, Tx } from '../../platform/db/context.ts';
import { inScope, placeOfOrder } from '../../platform/db/scope.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { TaxGroup } from '../totals.ts';
import type { Statement, StatementLine } from './statement.ts';

const NO_LIMIT = 'NULL';

/** A statement is seen as a whole or not at all: none of its lines is of an order outside of these categories. */
export const inCategories = (at: string): string => `NOT EXISTS (
       SELECT FROM statement_line AS stated
         JOIN po_line AS ordered ON ordered.id = stated.po_line_id
         JOIN purchase_order AS its_order ON its_order.id = ordered.order_id
        WHERE stated.statement_id = statement.id
          AND NOT (${inScope(placeOfOrder('its_order'), { plants: NO_LIMIT, categories: at })}))`;

/** The condition that a statement lies in the reader's scope. */
export const statementInScope = (at: { plants: string; categories: string }): string =>
  `${inScope({ plant: 'statement.plant_code', category: NO_LIMIT }, { plants: at.plants, categories: NO_LIMIT })}
     AND ${inCategories(at.categories)}`;

type Of = Places & { readonly id: string; readonly supplierId: string | null };

const COLUMNS = `
         statement.id, statement.reference, statement.supplier_id AS "supplierId", statement.plant_code AS "plantCode",
         statement.month, statement.currency, statement.state, statement.revision, statement.created_by AS "createdBy",
         statement.created_at AS "createdAt", statement.sent_at AS "sentAt", statement.answered_by AS "answeredBy",
         statement.answered_at AS "answeredAt", statement.remark, statement.version`;

/** A supplier sees its own once they were sent, staff those of their places. */
const ONE = `
  SELECT ${COLUMNS}
    FROM statement
   WHERE statement.id = :id
     AND (CAST(:supplierId AS uuid) IS NULL OR (statement.supplier_id = :supplierId AND statement.state <> 'draft'))
     AND ${statementInScope({ plants: ':plants', categories: ':categories' })}`;

export const findStatement = (tx: Tx, of: Of): Promise<Statement | undefined> =>
  firstOf<Statement>(tx, ONE, { ...of });

/** Holds the row until the transaction ends. */
export const lockStatement = (tx: Tx, of: Of): Promise<Statement | undefined> =>
  firstOf<Statement>(tx, `${ONE} FOR UPDATE OF statement`, { ...of });

/** Holds the statements that these invoices are of. */
export const lockStatementsOf = (
  tx: Tx,
  invoiceIds: readonly string[],
): Promise<(Statement & { invoiceId: string })[]> =>
  rowsOf(
    tx,
    `SELECT ${COLUMNS}, invoice.id AS "invoiceId"
       FROM statement
       JOIN invoice ON invoice.statement_id = statement.id
      WHERE invoice.id = ANY (CAST(? AS uuid[]))
      ORDER BY statement.id
        FOR UPDATE OF statement`,
    [[...invoiceIds]],
  );

type OfMonth = Pick<Statement, 'supplierId' | 'plantCode' | 'month' | 'currency'>;

/** Of two who build the same statement the second waits. The unique index stands behind it. */
export const holdMonth = (tx: Tx, of: OfMonth): Promise<unknown[]> =>
  rowsOf(tx, `SELECT pg_advisory_xact_lock(hashtextextended(?, 0))`, [
    ['statement', of.supplierId, of.plantCode, of.month, of.currency].join('/'),
  ]);

export const isBuilt = async (tx: Tx, of: OfMonth): Promise<boolean> =>
  (await tx('statement')
    .where({
      supplier_id: of.supplierId,
      plant_code: of.plantCode,
      month: of.month,
      currency: of.currency,
    })
    .first('id')) !== undefined;

export async function insertStatement(tx: Tx, statement: Statement): Promise<void> {
  await tx('statement').insert({
    id: statement.id,
    reference: statement.reference,
    supplier_id: statement.supplierId,
    plant_code: statement.plantCode,
    month: statement.month,
    currency: statement.currency,
    state: statement.state,
    created_by: statement.createdBy,
    created_at: statement.createdAt,
  });
}

export async function saveStatement(tx: Tx, statement: Statement): Promise<void> {
  await tx('statement')
    .where({ id: statement.id })
    .update({
      state: statement.state,
      revision: statement.revision,
      sent_at: statement.sentAt,
      answered_by: statement.answeredBy,
      answered_at: statement.answeredAt,
      remark: statement.remark,
      version: tx.raw('version + 1'),
    });
}

/** A line with what it names only by id. */
export type LineOfStatement = StatementLine & {
  readonly receiptReference: string;
  readonly receivedOn: Day;
  readonly orderId: string;
  readonly orderReference: string;
  readonly itemCode: string | null;
  readonly invoiceReference: string | null;
  readonly invoiceNumber: string | null;
};

export const findStatementLines = (tx: Tx, statementId: string): Promise<LineOfStatement[]> =>
  rowsOf<LineOfStatement>(
    tx,
    `SELECT line.id, line.line_no AS "lineNo", line.kind, line.goods_receipt_id AS "receiptId",
            line.po_line_id AS "poLineId", line.invoice_id AS "invoiceId", line.description, line.quantity, line.unit,
            line.unit_price AS "unitPrice", line.price_base_quantity AS "priceBaseQuantity", line.amount,
            line.is_left_out AS "isLeftOut", line.dispute, line.answer, receipt.reference AS "receiptReference",
            receipt.received_on AS "receivedOn", po.id AS "orderId", po.reference AS "orderReference",
            po_line.item_code AS "itemCode", invoice.reference AS "invoiceReference",
            invoice.supplier_number AS "invoiceNumber"
       FROM statement_line AS line
       JOIN goods_receipt AS receipt ON receipt.id = line.goods_receipt_id
       JOIN po_line ON po_line.id = line.po_line_id
       JOIN purchase_order AS po ON po.id = po_line.order_id
       LEFT JOIN invoice ON invoice.id = line.invoice_id
      WHERE line.statement_id = ?
      ORDER BY line.line_no`,
    [statementId],
  );

/** Puts these lines in the place of those that are there. */
export async function replaceLines(
  tx: Tx,
  of: { statementId: string; lines: readonly Omit<StatementLine, 'id'>[] },
): Promise<void> {
  await tx('statement_line').where({ statement_id: of.statementId }).delete();
  await rowsOf(
    tx,
    `INSERT INTO statement_line (id, statement_id, line_no, kind, goods_receipt_id, po_line_id, invoice_id, description,
                                 quantity, unit, unit_price, price_base_quantity, amount, is_left_out, dispute, answer)
     SELECT line.id, CAST(? AS uuid), line."lineNo", line.kind, line."receiptId", line."poLineId", line."invoiceId",
            line.description, line.quantity, line.unit, line."unitPrice", line."priceBaseQuantity", line.amount,
            line."isLeftOut", line.dispute, line.answer
       FROM jsonb_to_recordset(CAST(? AS jsonb))
         AS line (id uuid, "lineNo" integer, kind text, "receiptId" uuid, "poLineId" uuid, "invoiceId" uuid,
                  description text, quantity numeric, unit text, "unitPrice" numeric, "priceBaseQuantity" numeric,
                  amount numeric, "isLeftOut" boolean, dispute text, answer text)`,
    [of.statementId, JSON.stringify(of.lines.map((line) => ({ ...line, id: newId() })))],
  );
}

/** Saves what was said of lines, and which are left out. */
export async function saveLines(tx: Tx, lines: readonly StatementLine[]): Promise<void> {
  await rowsOf(
    tx,
    `UPDATE statement_line AS line
        SET is_left_out = said."isLeftOut", dispute = said.dispute, answer = said.answer
       FROM jsonb_to_recordset(CAST(? AS jsonb)) AS said (id uuid, "isLeftOut" boolean, dispute text, answer text)
      WHERE line.id = said.id`,
    [JSON.stringify(lines)],
  );
}

/** An order that a statement is about. */
export type OrderOfStatement = {
  readonly id: string;
  readonly reference: string;
  readonly buyerId: string;
  readonly awardId: string | null;
  readonly eventId: string | null;
};

/** The orders of all that a statement lets be invoiced. */
export const findOrdersOfStatement = (
  ctx: Pick<Ctx, 'tx'>,
  statementId: string,
): Promise<OrderOfStatement[]> =>
  rowsOf<OrderOfStatement>(
    ctx.tx,
    `SELECT DISTINCT po.id, po.reference, po.buyer_id AS "buyerId", po.award_id AS "awardId", po.event_id AS "eventId"
       FROM statement_line AS line
       JOIN po_line ON po_line.id = line.po_line_id
       JOIN purchase_order AS po ON po.id = po_line.order_id
      WHERE line.statement_id = ? AND line.kind = 'to_invoice' AND NOT line.is_left_out
      ORDER BY po.reference`,
    [statementId],
  );

/** What an invoice form of a statement begins with. */
export const findTermsOfStatement = (
  ctx: Pick<Ctx, 'tx'>,
  statementId: string,
): Promise<
  | { paymentTermsDays: number; orderIssuedOn: Day; lastTax: (Tax & Pick<TaxGroup, 'exemption'>) | null }
  | undefined
> =>
  firstOf(
    ctx.tx,
    `SELECT min(po.payment_terms_days) AS "paymentTermsDays", min(po.issued_on) AS "orderIssuedOn",
            (SELECT last.taxes -> 0 FROM invoice AS last
              WHERE last.supplier_id = statement.supplier_id
              ORDER BY last.created_at DESC, last.id DESC
              LIMIT 1) AS "lastTax"
       FROM statement
       JOIN statement_line AS line ON line.statement_id = statement.id
       JOIN po_line ON po_line.id = line.po_line_id
       JOIN purchase_order AS po ON po.id = po_line.order_id
      WHERE statement.id = ?
      GROUP BY statement.id`,
    [statementId],
  );
