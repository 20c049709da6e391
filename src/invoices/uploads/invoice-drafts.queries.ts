import { type DecimalString, roundMoney } from '../../kernel/money.ts';
import { matchKindFor, mayBeMatched, type PolicyPlace } from '../../kernel/scoped-policy.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { categoryOfOrder } from '../../platform/db/scope.ts';
import { named } from '../../platform/db/statements.ts';
import type { Candidate } from './candidate.ts';

const MOST_CANDIDATES = 100;

/** What a receipt or a statement has left is worth at the order's prices; nothing of it is shown line by line. */
const WORTH = `sum(open.quantity * COALESCE(line.net_price, line.unit_price) / line.price_base_quantity)`;

/** A receipt's line as far as no invoice took it, nor more than its order has received and not invoiced. */
const OPEN_OF_RECEIPT = `
      SELECT received.goods_receipt_id, received.po_line_id,
             LEAST(
               received.quantity - COALESCE((
                 SELECT sum(share.quantity)
                   FROM invoice_line_receipt AS share
                   JOIN invoice_line AS invoiced ON invoiced.id = share.invoice_line_id
                   JOIN invoice AS other ON other.id = invoiced.invoice_id
                  WHERE share.goods_receipt_id = received.goods_receipt_id
                    AND invoiced.po_line_id = received.po_line_id
                    AND other.state NOT IN ('rejected', 'voided')), 0),
               (SELECT sum(one.received_quantity - one.invoiced_quantity)
                  FROM po_schedule AS one
                 WHERE one.po_line_id = received.po_line_id)) AS quantity
        FROM goods_receipt_line AS received`;

/** Receipts and agreed statements that a supplier can invoice, those that wait longest first. */
export async function findCandidates(
  ctx: Ctx,
  of: { supplierId: string; search: string | null },
): Promise<Candidate[]> {
  const rows = await named<Candidate & { openAmount: DecimalString }>(ctx.tx, {
    name: 'invoice_draft.candidates',
    text: `
      (SELECT 'receipt' AS kind, receipt.id, receipt.reference, ARRAY[po.reference] AS "orderReferences", po.title,
              receipt.received_on AS on, po.currency, ${WORTH}::text AS "openAmount"
         FROM goods_receipt AS receipt
         JOIN purchase_order AS po ON po.id = receipt.order_id
         JOIN LATERAL (${OPEN_OF_RECEIPT} WHERE received.goods_receipt_id = receipt.id) AS open ON open.quantity > 0
         JOIN po_line AS line ON line.id = open.po_line_id
        WHERE receipt.supplier_id = $1 AND receipt.state = 'posted'
          AND ($2::text IS NULL OR po.reference ILIKE $2 OR receipt.reference ILIKE $2 OR po.title ILIKE $2)
        GROUP BY receipt.id, po.id
        ORDER BY receipt.posted_at, receipt.id
        LIMIT ${MOST_CANDIDATES})
      UNION ALL
      (SELECT 'statement', statement.id, statement.reference, array_agg(DISTINCT po.reference), statement.plant_code,
              statement.month, statement.currency, ${WORTH}::text
         FROM statement
         JOIN statement_line AS open ON open.statement_id = statement.id
          AND open.kind = 'to_invoice' AND NOT open.is_left_out
         JOIN po_line AS line ON line.id = open.po_line_id
         JOIN purchase_order AS po ON po.id = line.order_id
        WHERE statement.supplier_id = $1 AND statement.state = 'confirmed'
          AND ($2::text IS NULL OR po.reference ILIKE $2 OR statement.reference ILIKE $2)
        GROUP BY statement.id
        ORDER BY statement.month, statement.id
        LIMIT ${MOST_CANDIDATES})`,
    values: [
      of.supplierId,
      of.search === null ? null : `%${of.search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
    ],
  });
  const orders = mayBeMatched(ctx.policies.matching, 'two_way') ? await findOrderCandidates(ctx, of) : [];
  return [...rows, ...orders].map((row) => ({
    ...row,
    openAmount: roundMoney(row.openAmount, row.currency),
  }));
}

/** Orders whose invoices are matched with nothing but them, as far as something is left of them. */
async function findOrderCandidates(
  ctx: Ctx,
  of: { supplierId: string; search: string | null },
): Promise<Candidate[]> {
  const rows = await named<Candidate & { place: PolicyPlace }>(ctx.tx, {
    name: 'invoice_draft.order-candidates',
    text: `
      SELECT 'order' AS kind, po.id, po.reference, ARRAY[po.reference] AS "orderReferences", po.title, po.issued_on AS on,
             po.currency, ${WORTH}::text AS "openAmount",
             jsonb_build_object('supplierReference', supplier.reference, 'plantCode', po.plant_code,
                                'categoryCode', ${categoryOfOrder('po')}) AS place
        FROM purchase_order AS po
        JOIN supplier ON supplier.id = po.supplier_id
        JOIN po_line AS line ON line.order_id = po.id
        JOIN LATERAL (
             SELECT line.quantity - line.short_closed_quantity - COALESCE(sum(one.received_quantity), 0) AS quantity
               FROM po_schedule AS one
              WHERE one.po_line_id = line.id) AS open ON open.quantity > 0
       WHERE po.supplier_id = $1 AND po.sent_at IS NOT NULL AND po.state NOT IN ('closed', 'cancelled')
         AND ($2::text IS NULL OR po.reference ILIKE $2 OR po.title ILIKE $2)
       GROUP BY po.id, supplier.reference
       ORDER BY po.issued_on, po.id
       LIMIT ${MOST_CANDIDATES}`,
    values: [
      of.supplierId,
      of.search === null ? null : `%${of.search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
    ],
  });
  return rows
    .filter((row) => matchKindFor(ctx.policies.matching, row.place) === 'two_way')
    .map(({ place: _place, ...one }) => one);
}

/** Where a file of this very content already is: an invoice that counts, or a draft. */
export type SameContent = {
  readonly id: string;
  /** Null while it is a draft. */
  readonly reference: string | null;
  readonly fileName: string;
};

export async function findSameContent(
  ctx: Ctx,
  of: { supplierId: string; sha256: string; except: string },
): Promise<SameContent | undefined> {
  const rows = await named<SameContent>(ctx.tx, {
    name: 'invoice_draft.same-content',
    text: `
      SELECT file.subject_id AS id, invoice.reference, file.file_name AS "fileName"
        FROM document AS file
        LEFT JOIN invoice ON invoice.id = file.subject_id
        LEFT JOIN invoice_draft AS draft ON draft.id = file.subject_id
       WHERE file.subject_type = 'invoice'
         AND file.supplier_id = $1
         AND file.sha256 = $2
         AND file.removed_at IS NULL
         AND file.subject_id <> $3
         AND (invoice.state NOT IN ('rejected', 'voided') OR (invoice.id IS NULL AND draft.state = 'draft'))
       ORDER BY file.created_at, file.id
       LIMIT 1`,
    values: [of.supplierId, of.sha256, of.except],
  });
  return rows[0];
}

/** A draft in a list. */
export type DraftRow = {
  readonly id: string;
  readonly fileName: string;
  readonly createdAt: Date;
  readonly savedAt: Date;
  readonly saverName: string;
  readonly supplierNumber: string | null;
  /** What it is for, once that was chosen. */
  readonly sourceReference: string | null;
  readonly total: number;
};

/** A supplier's open drafts, the oldest first. */
export const findOpenDrafts = (ctx: Ctx, of: { supplierId: string; limit: number }): Promise<DraftRow[]> =>
  named<DraftRow>(ctx.tx, {
    name: 'invoice_draft.open',
    text: `
      SELECT draft.id, draft.file_name AS "fileName", draft.created_at AS "createdAt", draft.saved_at AS "savedAt",
             person.name AS "saverName", NULLIF(draft.typed ->> 'supplierNumber', '') AS "supplierNumber",
             COALESCE(receipt.reference, statement.reference, po.reference) AS "sourceReference", count(*) OVER ()::int AS total
        FROM invoice_draft AS draft
        JOIN user_account AS person ON person.id = draft.saved_by
        LEFT JOIN goods_receipt AS receipt ON receipt.id = draft.goods_receipt_id
        LEFT JOIN statement ON statement.id = draft.statement_id
        LEFT JOIN purchase_order AS po ON po.id = draft.order_id
       WHERE draft.supplier_id = $1 AND draft.state = 'draft'
       ORDER BY draft.created_at, draft.id
       LIMIT $2`,
    values: [of.supplierId, of.limit],
  });
