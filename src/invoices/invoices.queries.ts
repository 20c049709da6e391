import type { DecimalString } from '../kernel/money.ts';
import type { Tax } from '../kernel/tax.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { named } from '../platform/db/statements.ts';
import type { BillableLine, FigureLine } from './figures.ts';
import type { Invoice, InvoiceState } from './invoice.ts';
import type { ReceiptShare } from './receipt-share.ts';
import type { TaxGroup } from './totals.ts';

/** A receipt as the invoice form needs it: what it is, and whose. */
export type ReceiptToInvoice = {
  readonly receiptId: string;
  readonly receiptReference: string;
  readonly receiptState: string;
  readonly receivedOn: Day;
  readonly orderId: string;
  readonly orderReference: string;
  readonly orderTitle: string;
  readonly orderIssuedOn: Day;
  readonly supplierId: string;
  readonly currency: string;
  readonly paymentTermsDays: number;
  /** The tax of the supplier's last invoice: most likely that of its next. */
  readonly lastTax: (Tax & Pick<TaxGroup, 'exemption'>) | null;
};

/** The receipt, if it exists and, for a supplier, is of its own goods. */
export async function findReceiptToInvoice(
  ctx: Ctx,
  receiptId: string,
): Promise<ReceiptToInvoice | undefined> {
  const rows = await named<ReceiptToInvoice>(ctx.tx, {
    name: 'invoice.receipt',
    text: `
      SELECT receipt.id AS "receiptId", receipt.reference AS "receiptReference", receipt.state AS "receiptState",
             receipt.received_on AS "receivedOn", po.id AS "orderId", po.reference AS "orderReference",
             po.title AS "orderTitle", po.issued_on AS "orderIssuedOn", po.supplier_id AS "supplierId", po.currency,
             po.payment_terms_days AS "paymentTermsDays",
             (SELECT last.taxes -> 0 FROM invoice AS last
               WHERE last.supplier_id = receipt.supplier_id
               ORDER BY last.created_at DESC, last.id DESC
               LIMIT 1) AS "lastTax"
        FROM goods_receipt AS receipt
        JOIN purchase_order AS po ON po.id = receipt.order_id
       WHERE receipt.id = $1 AND ($2::uuid IS NULL OR receipt.supplier_id = $2)`,
    values: [receiptId, ctx.actor.supplierId],
  });
  return rows[0];
}

/** What an invoice is made from: one receipt, one statement, or an order alone. */
export type InvoiceSource = Pick<Invoice, 'receiptId' | 'statementId'> &
  Partial<Pick<Invoice, 'orderId' | 'isByOrder'>>;

/** A line that can be invoiced, with its order and what each receipt has left of it. */
export type SourcedLine = BillableLine & {
  readonly orderId: string;
  readonly orderReference: string;
  readonly receipts: readonly ReceiptShare[];
};

/** What the invoices but one have taken of a receipt's line: SQL about a `receipt` and a line `received` of it. */
const TAKEN = `COALESCE((
             SELECT sum(share.quantity)
               FROM invoice_line_receipt AS share
               JOIN invoice_line AS invoiced ON invoiced.id = share.invoice_line_id
               JOIN invoice AS other ON other.id = invoiced.invoice_id
              WHERE share.goods_receipt_id = receipt.id
                AND invoiced.po_line_id = received.po_line_id
                AND other.state NOT IN ('rejected', 'voided')
                AND other.id IS DISTINCT FROM $2::uuid), 0)`;

const OF_RECEIPT = `
             SELECT received.po_line_id, receipt.id AS receipt_id, receipt.posted_at, received.quantity - ${TAKEN} AS open
               FROM goods_receipt AS receipt
               JOIN goods_receipt_line AS received ON received.goods_receipt_id = receipt.id
              WHERE receipt.id = $1 AND receipt.state = 'posted' AND received.quantity > 0`;

/** Of a statement no more than was agreed in it. */
const OF_STATEMENT = `
             SELECT received.po_line_id, receipt.id AS receipt_id, receipt.posted_at,
                    LEAST(agreed.quantity, received.quantity - ${TAKEN}) AS open
               FROM statement_line AS agreed
               JOIN goods_receipt AS receipt ON receipt.id = agreed.goods_receipt_id
               JOIN goods_receipt_line AS received ON received.goods_receipt_id = receipt.id
                AND received.po_line_id = agreed.po_line_id
              WHERE agreed.statement_id = $1 AND agreed.kind = 'to_invoice' AND NOT agreed.is_left_out`;

/** Of an order what is wanted and not received: what is invoiced of it is received by that. */
const OF_ORDER = `
             SELECT wanted.id AS po_line_id, NULL::uuid AS receipt_id, NULL::timestamptz AS posted_at,
                    wanted.quantity - wanted.short_closed_quantity - (
                      SELECT COALESCE(sum(one.received_quantity), 0) FROM po_schedule AS one WHERE one.po_line_id = wanted.id)
                    + COALESCE((
                      SELECT mine.quantity FROM invoice_line AS mine
                       WHERE mine.invoice_id = $2::uuid AND mine.po_line_id = wanted.id), 0) AS open
               FROM po_line AS wanted
              WHERE wanted.order_id = $1`;

/** Each way has a statement of its own, and what the order itself still has. */
const WAYS = {
  receipt: { name: 'invoice.billable-lines', source: OF_RECEIPT },
  statement: { name: 'invoice.billable-lines-of-statement', source: OF_STATEMENT },
  order: { name: 'invoice.billable-lines-of-order', source: OF_ORDER },
} as const;

/**
 * The lines of a receipt, of an agreed statement, or of an order alone, with what can be invoiced of them, at their ordered prices with all
 * that is charged or allowed on them and on their order. Quantities of the invoice `except` count as not invoiced: it is
 * being corrected or matched.
 */
export const findBillableLines = (
  ctx: Ctx,
  of: { source: InvoiceSource; except: string | null },
): Promise<SourcedLine[]> => {
  const { receiptId, statementId, orderId = null, isByOrder = false } = of.source;
  const way = isByOrder ? 'order' : statementId === null ? 'receipt' : 'statement';
  return named<SourcedLine>(ctx.tx, {
    name: WAYS[way].name,
    text: `
      SELECT line.id AS "poLineId", ${way === 'statement' ? '(row_number() OVER (ORDER BY po.reference, line.line_no))::int' : 'line.line_no'} AS "lineNo",
             line.item_code AS "itemCode", line.description, line.unit, COALESCE(line.net_price, line.unit_price) AS "unitPrice",
             line.price_base_quantity AS "priceBaseQuantity",
             trim_scale(COALESCE(line.tax_rate, po.tax_rate))::text AS "orderTaxRate", po.id AS "orderId", po.reference AS "orderReference",
             source.open AS "receiptOpen", source.receipts,
             ${way === 'order' ? 'source.open' : 'schedule.received_quantity - schedule.invoiced_quantity + COALESCE(own.quantity, 0)'} AS "orderOpen"
        FROM (
             SELECT one.po_line_id, sum(one.open) AS open,
                    COALESCE(
                      jsonb_agg(jsonb_build_object('receiptId', one.receipt_id, 'quantity', GREATEST(one.open, 0)::text)
                                ORDER BY one.posted_at, one.receipt_id) FILTER (WHERE one.receipt_id IS NOT NULL), '[]') AS receipts
               FROM (${WAYS[way].source}) AS one
              GROUP BY one.po_line_id) AS source
        JOIN po_line AS line ON line.id = source.po_line_id
        JOIN purchase_order AS po ON po.id = line.order_id
        JOIN LATERAL (
             SELECT sum(one.received_quantity) AS received_quantity, sum(one.invoiced_quantity) AS invoiced_quantity
               FROM po_schedule AS one
              WHERE one.po_line_id = line.id) AS schedule ON true
        LEFT JOIN invoice_line AS own ON own.invoice_id = $2::uuid AND own.po_line_id = line.id
       ORDER BY po.reference, line.line_no`,
    values: [isByOrder ? orderId : (receiptId ?? statementId), of.except],
  });
};

/** An invoice of a receipt, where the receipt is asked about. */
export type InvoiceOfReceipt = {
  readonly id: string;
  readonly reference: string;
  readonly supplierNumber: string;
  readonly state: InvoiceState;
  readonly grossAmount: DecimalString;
  readonly currency: string;
};

/** The invoices made from a receipt, oldest first. */
export const findInvoicesOfReceipt = (ctx: Ctx, receiptId: string): Promise<InvoiceOfReceipt[]> =>
  named<InvoiceOfReceipt>(ctx.tx, {
    name: 'invoice.of-receipt',
    text: `
      SELECT invoice.id, invoice.reference, invoice.supplier_number AS "supplierNumber", invoice.state,
             invoice.gross_amount AS "grossAmount", invoice.currency
        FROM invoice
       WHERE EXISTS (
               SELECT FROM invoice_line AS line
                 JOIN invoice_line_receipt AS share ON share.invoice_line_id = line.id
                WHERE line.invoice_id = invoice.id AND share.goods_receipt_id = $1)
         AND ($2::uuid IS NULL OR invoice.supplier_id = $2)
       ORDER BY invoice.created_at, invoice.id
       LIMIT 50`,
    values: [receiptId, ctx.actor.supplierId],
  });

/** What an invoice names only by id. */
export type InvoiceNames = {
  readonly orderReference: string;
  readonly orderTitle: string;
  readonly paymentTermsDays: number;
  readonly receiptReference: string | null;
  readonly statementReference: string | null;
  readonly supplierName: string;
  readonly buyerId: string;
  readonly awardId: string | null;
  readonly eventId: string | null;
  readonly buyerName: string;
  readonly submitterName: string;
  readonly accepterName: string | null;
  readonly approverName: string | null;
};

export async function findNames(ctx: Ctx, invoiceId: string): Promise<InvoiceNames | undefined> {
  const rows = await named<InvoiceNames>(ctx.tx, {
    name: 'invoice.names',
    text: `
      SELECT po.reference AS "orderReference", po.title AS "orderTitle",
             po.payment_terms_days AS "paymentTermsDays", receipt.reference AS "receiptReference",
             statement.reference AS "statementReference", supplier.name AS "supplierName", po.buyer_id AS "buyerId",
             po.award_id AS "awardId", po.event_id AS "eventId",
             buyer.name AS "buyerName", submitter.name AS "submitterName", accepter.name AS "accepterName",
             approver.name AS "approverName"
        FROM invoice
        JOIN purchase_order AS po ON po.id = invoice.order_id
        LEFT JOIN goods_receipt AS receipt ON receipt.id = invoice.goods_receipt_id
        LEFT JOIN statement ON statement.id = invoice.statement_id
        JOIN supplier ON supplier.id = invoice.supplier_id
        JOIN user_account AS buyer ON buyer.id = po.buyer_id
        JOIN user_account AS submitter ON submitter.id = invoice.submitted_by
        LEFT JOIN user_account AS accepter ON accepter.id = invoice.accepted_by
        LEFT JOIN user_account AS approver ON approver.id = invoice.approved_by
       WHERE invoice.id = $1`,
    values: [invoiceId],
  });
  return rows[0];
}

/** A version of the figures as the page shows it. */
export type InvoiceVersion = {
  readonly version: number;
  readonly sha256: string;
  readonly submittedAt: Date;
  readonly submitterName: string;
  readonly supplierNumber: string;
  readonly issuedOn: Day;
  readonly grossAmount: string;
  readonly lines: readonly FigureLine[];
};

/** Every version of the figures as it was sent, newest first. */
export const findVersions = (ctx: Ctx, invoiceId: string): Promise<InvoiceVersion[]> =>
  named<InvoiceVersion>(ctx.tx, {
    name: 'invoice_version.list',
    text: `
      SELECT sent.version, sent.sha256, sent.submitted_at AS "submittedAt", submitter.name AS "submitterName",
             sent.content ->> 'supplierNumber' AS "supplierNumber", sent.content ->> 'issuedOn' AS "issuedOn",
             sent.content ->> 'grossAmount' AS "grossAmount", sent.content -> 'lines' AS lines
        FROM invoice_version AS sent
        JOIN user_account AS submitter ON submitter.id = sent.submitted_by
       WHERE sent.invoice_id = $1
       ORDER BY sent.version DESC
       LIMIT 50`,
    values: [invoiceId],
  });

/** Whom to tell at a supplier about its invoices: its active people for accounts, and its administrators. */
export async function findAccountsPeople(ctx: Ctx, supplierId: string): Promise<string[]> {
  const rows = await named<{ id: string }>(ctx.tx, {
    name: 'invoice.accounts-people',
    text: `
      SELECT person.id
        FROM user_account AS person
       WHERE person.supplier_id = $1
         AND person.is_active
         AND EXISTS (
               SELECT FROM user_role AS held
                WHERE held.user_id = person.id
                  AND held.role IN ('supplier_accounts', 'supplier_administrator'))
       ORDER BY person.id
       LIMIT 200`,
    values: [supplierId],
  });
  return rows.map((row) => row.id);
}
