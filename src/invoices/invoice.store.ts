import type { Scope as Places } from '../kernel/actor.ts';
import { newId } from '../kernel/id.ts';
import type { Tx } from '../platform/db/context.ts';
import { inScope, placeByOrderId } from '../platform/db/scope.ts';
import { named } from '../platform/db/statements.ts';
import { CHARGES_OF_INVOICE, insertCharges, replaceCharges } from './charges/invoice-charge.store.ts';
import type { FigureLine, Figures } from './figures.ts';
import { isOpenPrepaid } from './instalments/instalment.store.ts';
import type { Invoice, InvoiceState } from './invoice.ts';
import type { ReceiptShare } from './receipt-share.ts';

/** Whose invoices may be read: with a supplier, its own; null for everybody's in these plants and categories. */
export type Scope = Places & { readonly supplierId: string | null };

const INVOICE = `
  SELECT invoice.id, invoice.reference, invoice.supplier_number AS "supplierNumber", invoice.order_id AS "orderId",
         invoice.supplier_id AS "supplierId", invoice.goods_receipt_id AS "receiptId",
         invoice.statement_id AS "statementId", invoice.instalment_id AS "instalmentId", invoice.is_by_order AS "isByOrder", invoice.currency,
         invoice.issued_on AS "issuedOn", invoice.due_on AS "dueOn", invoice.net_amount AS "netAmount",
         invoice.taxes, ${CHARGES_OF_INVOICE} AS charges, invoice.tax_amount AS "taxAmount", invoice.gross_amount AS "grossAmount",
         invoice.state, invoice.rejection_reason AS "rejectionReason", invoice.submitted_by AS "submittedBy",
         invoice.submitted_at AS "submittedAt", invoice.current_version AS "currentVersion",
         invoice.accepted_by AS "acceptedBy", invoice.approved_by AS "approvedBy",
         invoice.approved_at AS "approvedAt", invoice.paid_on AS "paidOn",
         invoice.payment_reference AS "paymentReference", invoice.version
    FROM invoice
   WHERE invoice.id = $1 AND ($2::uuid IS NULL OR invoice.supplier_id = $2)
     AND ${inScope(placeByOrderId('invoice.order_id'), { plants: '$3', categories: '$4' })}`;

/** The invoice, if it is one that this reader may know of. */
export async function findById(tx: Tx, of: Scope & { id: string }): Promise<Invoice | undefined> {
  const rows = await named<Invoice>(tx, {
    name: 'invoice.find',
    text: INVOICE,
    values: [of.id, of.supplierId, of.plants, of.categories],
  });
  return rows[0];
}

/** Holds the row until the transaction ends. Its order is locked before it: parent before child. */
export async function lockById(tx: Tx, of: Scope & { id: string }): Promise<Invoice | undefined> {
  const rows = await named<Invoice>(tx, {
    name: 'invoice.lock',
    text: `${INVOICE} FOR UPDATE OF invoice`,
    values: [of.id, of.supplierId, of.plants, of.categories],
  });
  return rows[0];
}

/**
 * Invoices of one order each that wait to be matched, the oldest first, with their orders held until the transaction ends; those
 * whose order is held by somebody are left to others.
 */
export const lockWaitingToMatch = async (tx: Tx, limit: number): Promise<string[]> =>
  (
    await named<{ id: string }>(tx, {
      name: 'invoice.lock-waiting-to-match',
      text: `
        SELECT invoice.id
          FROM invoice
          JOIN purchase_order AS po ON po.id = invoice.order_id
         WHERE invoice.state = 'submitted' AND invoice.statement_id IS NULL
         ORDER BY invoice.created_at, invoice.id
         LIMIT $1
           FOR UPDATE OF po SKIP LOCKED`,
      values: [limit],
    })
  ).map((row) => row.id);

/** A line in force with the order that it is of. */
export type StoredLine = FigureLine & { readonly orderId: string; readonly orderReference: string };

/** The lines in force, in their order. */
export const findLines = (tx: Tx, invoiceId: string): Promise<StoredLine[]> =>
  named<StoredLine>(tx, {
    name: 'invoice_line.list',
    text: `
      SELECT line.po_line_id AS "poLineId", line.line_no AS "lineNo", line.description, line.quantity, line.unit,
             line.unit_price AS "unitPrice", line.price_base_quantity AS "priceBaseQuantity", line.amount,
             jsonb_build_object('category', line.tax_category, 'rate', trim_scale(line.tax_rate)::text) AS tax,
             po.id AS "orderId", po.reference AS "orderReference"
        FROM invoice_line AS line
        JOIN po_line ON po_line.id = line.po_line_id
        JOIN purchase_order AS po ON po.id = po_line.order_id
       WHERE line.invoice_id = $1
       ORDER BY line.line_no`,
    values: [invoiceId],
  });

/**
 * Holds a number of a supplier until the transaction ends, so that of two invoices with it the second sees the
 * first. The unique index stands behind it.
 */
export const holdNumber = (
  tx: Tx,
  of: { supplierId: string; normalisedNumber: string },
): Promise<unknown[]> =>
  named(tx, {
    name: 'invoice.hold-number',
    text: `SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 0))`,
    values: [of.supplierId, of.normalisedNumber],
  });

/** The invoice or credit note that already bears this number, written in whatever way. */
export async function findByNumber(
  tx: Tx,
  of: { supplierId: string; normalisedNumber: string },
): Promise<{ id: string; reference: string; supplierNumber: string } | undefined> {
  const rows = await named<{ id: string; reference: string; supplierNumber: string }>(tx, {
    name: 'invoice.find-by-number',
    text: `
      SELECT invoice.id, invoice.reference, invoice.supplier_number AS "supplierNumber"
        FROM invoice
       WHERE invoice.supplier_id = $1
         AND invoice.normalised_number = $2
         AND invoice.state NOT IN ('rejected', 'voided', 'suspected_duplicate')
      UNION ALL
      SELECT note.id, note.reference, note.supplier_number
        FROM credit_note AS note
       WHERE note.supplier_id = $1
         AND note.normalised_number = $2
         AND note.state NOT IN ('rejected', 'withdrawn')`,
    values: [of.supplierId, of.normalisedNumber],
  });
  return rows[0];
}

/** One version of the figures, exactly as it was sent. */
export type SentVersion = {
  readonly id: string;
  /** The figures, and what document was beside them. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly sha256: string;
  readonly by: string;
  readonly at: Date;
};

/** How much of each order line each receipt has of it, by the order line's id. */
export type Shares = ReadonlyMap<string, readonly ReceiptShare[]>;

export type NewInvoice = Pick<
  Invoice,
  'id' | 'reference' | 'orderId' | 'supplierId' | 'receiptId' | 'statementId' | 'dueOn' | 'state'
> & {
  readonly instalmentId?: string;
  readonly isByOrder?: boolean;
  readonly figures: Figures;
  readonly shares: Shares;
  readonly sent: SentVersion;
};

/** Writes the invoice with its lines and its first version. */
export async function insertInvoice(tx: Tx, invoice: NewInvoice): Promise<void> {
  const { figures, sent, shares } = invoice;
  await named(tx, {
    name: 'invoice.insert',
    text: `
      INSERT INTO invoice (id, reference, supplier_number, normalised_number, order_id, supplier_id, goods_receipt_id,
                           statement_id, currency, issued_on, due_on, net_amount, taxes, tax_amount, gross_amount, state,
                           submitted_by, submitted_at, created_at, instalment_id, is_by_order)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18, $19, $20)`,
    values: [
      invoice.id,
      invoice.reference,
      figures.supplierNumber,
      figures.normalisedNumber,
      invoice.orderId,
      invoice.supplierId,
      invoice.receiptId,
      invoice.statementId,
      figures.currency,
      figures.issuedOn,
      invoice.dueOn,
      figures.netAmount,
      JSON.stringify(figures.taxes),
      figures.taxAmount,
      figures.grossAmount,
      invoice.state,
      sent.by,
      sent.at,
      invoice.instalmentId ?? null,
      invoice.isByOrder ?? false,
    ],
  });
  await insertLines(tx, { invoiceId: invoice.id, lines: figures.lines, shares });
  await insertCharges(tx, { invoiceId: invoice.id, charges: figures.charges });
  await insertVersion(tx, { ...sent, invoiceId: invoice.id, version: 1 });
}

/** Puts corrected figures in force and keeps them as a version of their own beside the earlier ones. */
export async function saveCorrection(
  tx: Tx,
  of: {
    invoice: Pick<Invoice, 'id' | 'state' | 'currentVersion' | 'dueOn'>;
    figures: Figures;
    shares: Shares;
    sent: SentVersion;
  },
): Promise<void> {
  const { invoice, figures, shares, sent } = of;
  await tx('invoice')
    .where({ id: invoice.id })
    .update({
      supplier_number: figures.supplierNumber,
      normalised_number: figures.normalisedNumber,
      issued_on: figures.issuedOn,
      due_on: invoice.dueOn,
      net_amount: figures.netAmount,
      taxes: JSON.stringify(figures.taxes),
      tax_amount: figures.taxAmount,
      gross_amount: figures.grossAmount,
      state: invoice.state,
      submitted_by: sent.by,
      submitted_at: sent.at,
      current_version: invoice.currentVersion,
      version: tx.raw('version + 1'),
    });
  await tx('invoice_line').where({ invoice_id: invoice.id }).delete();
  await insertLines(tx, { invoiceId: invoice.id, lines: figures.lines, shares });
  await replaceCharges(tx, { invoiceId: invoice.id, charges: figures.charges });
  await insertVersion(tx, { ...sent, invoiceId: invoice.id, version: invoice.currentVersion });
}

async function insertLines(
  tx: Tx,
  of: { invoiceId: string; lines: readonly FigureLine[]; shares: Shares },
): Promise<void> {
  const lines = of.lines.map((line) => ({ id: newId(), ...line }));
  await named(tx, {
    name: 'invoice_line.insert',
    text: `
      INSERT INTO invoice_line (id, invoice_id, line_no, po_line_id, description, quantity, unit, unit_price,
                                price_base_quantity, amount, tax_category, tax_rate)
      SELECT line.id, $1, line."lineNo", line."poLineId", line.description, line.quantity, line.unit,
             line."unitPrice", line."priceBaseQuantity", line.amount,
             line.tax ->> 'category', (line.tax ->> 'rate')::numeric
        FROM jsonb_to_recordset($2::jsonb)
          AS line (id uuid, "lineNo" integer, "poLineId" uuid, description text, quantity numeric, unit text,
                   "unitPrice" numeric, "priceBaseQuantity" numeric, amount numeric, tax jsonb)`,
    values: [of.invoiceId, JSON.stringify(lines)],
  });
  await named(tx, {
    name: 'invoice_line_receipt.insert',
    text: `
      INSERT INTO invoice_line_receipt (invoice_line_id, goods_receipt_id, quantity)
      SELECT share."lineId", share."receiptId", share.quantity
        FROM jsonb_to_recordset($1::jsonb) AS share ("lineId" uuid, "receiptId" uuid, quantity numeric)`,
    values: [
      JSON.stringify(
        lines.flatMap((line) =>
          (of.shares.get(line.poLineId) ?? []).map((share) => ({ lineId: line.id, ...share })),
        ),
      ),
    ],
  });
}

const insertVersion = (
  tx: Tx,
  of: SentVersion & { invoiceId: string; version: number },
): Promise<unknown[]> =>
  named(tx, {
    name: 'invoice_version.insert',
    text: `
      INSERT INTO invoice_version (id, invoice_id, version, content, sha256, submitted_by, submitted_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    values: [of.id, of.invoiceId, of.version, JSON.stringify(of.content), of.sha256, of.by, of.at],
  });

/** Saves what acts after the submission change. */
export async function saveInvoice(
  tx: Tx,
  invoice: Pick<
    Invoice,
    | 'id'
    | 'state'
    | 'rejectionReason'
    | 'acceptedBy'
    | 'approvedBy'
    | 'approvedAt'
    | 'paidOn'
    | 'paymentReference'
  >,
): Promise<void> {
  await named(tx, {
    name: 'invoice.save',
    text: `
      UPDATE invoice
         SET state = $2, rejection_reason = $3, accepted_by = $4, approved_by = $5, approved_at = $6, paid_on = $7,
             payment_reference = $8, version = version + 1
       WHERE id = $1`,
    values: [
      invoice.id,
      invoice.state,
      invoice.rejectionReason,
      invoice.acceptedBy,
      invoice.approvedBy,
      invoice.approvedAt,
      invoice.paidOn,
      invoice.paymentReference,
    ],
  });
}

/** True when an invoice of the order is neither paid nor refused, or what was paid in advance is not used up. */
export async function hasUnpaid(tx: Tx, orderId: string): Promise<boolean> {
  const open: readonly InvoiceState[] = [
    'submitted',
    'exception',
    'corrected',
    'matched',
    'pending_approval',
    'approved',
    'scheduled',
  ];
  const rows = await named(tx, {
    name: 'invoice.has-unpaid',
    text: `
      SELECT 1
        FROM po_line
        JOIN invoice_line AS line ON line.po_line_id = po_line.id
        JOIN invoice ON invoice.id = line.invoice_id
       WHERE po_line.order_id = $1 AND invoice.state = ANY ($2::text[])
      UNION ALL
      SELECT 1
        FROM invoice_charge AS charge
        JOIN invoice ON invoice.id = charge.invoice_id
       WHERE charge.order_id = $1 AND invoice.state = ANY ($2::text[])
       UNION ALL
      SELECT 1
        FROM invoice
       WHERE invoice.order_id = $1 AND invoice.instalment_id IS NOT NULL
         AND (invoice.state = ANY ($2::text[]) OR ${isOpenPrepaid('invoice')})
       LIMIT 1`,
    values: [orderId, open],
  });
  return rows.length > 0;
}
