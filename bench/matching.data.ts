import type { Database } from '../src/platform/db/database.ts';
import { fillOrders } from './data.ts';

export const LINES_OF_AN_INVOICE = 10;

/**
 * Invoices by SQL, each of a receipt of its own over all lines of an order of its own. Every twentieth asks 10 % more
 * for its first line, so that there are exceptions to raise.
 */
export async function fillInvoices(db: Database, invoices: number): Promise<void> {
  await fillOrders(db, 0);
  await db.raw(ACCOUNTANT);
  await db.raw(ORDERS, { invoices, lines: LINES_OF_AN_INVOICE });
  await db.raw(LINES);
  await db.raw(SCHEDULES);
  await db.raw(RECEIPTS);
  await db.raw(RECEIPT_LINES);
  await db.raw(INVOICES);
  await db.raw(INVOICE_LINES);
  await db.raw(SUMS);
  await db.raw(INVOICE_VERSIONS);
  await db.raw(RECEIPTS_OF_LINES);
  await db.raw('VACUUM ANALYZE');
}

const ACCOUNTANT = `
  INSERT INTO user_account (id, kind, name, email, supplier_id, created_at)
  SELECT uuidv7(), 'supplier', 'Accounts', 'accounts@supplier.example', id, now() FROM supplier LIMIT 1`;

const ORDERS = `
  INSERT INTO purchase_order (id, reference, supplier_id, plant_code, buyer_id, title, currency, incoterm,
                              incoterm_place, payment_terms_days, state, total_amount, line_count, issued_on,
                              sent_at, created_at)
  SELECT uuidv7(), 'PO-2026-' || lpad(n::text, 6, '0'), accountant.supplier_id, 'QD01', buyer.id, 'Brackets ' || n,
         'USD', 'DAP', 'Qingdao', 30, 'received', 5000, :lines, DATE '2026-01-01', now(), now()
    FROM generate_series(1, CAST(:invoices AS integer)) AS n
   CROSS JOIN (SELECT id FROM user_account WHERE kind = 'staff' LIMIT 1) AS buyer
   CROSS JOIN (SELECT supplier_id FROM user_account WHERE kind = 'supplier') AS accountant`;

const LINES = `
  INSERT INTO po_line (id, order_id, line_no, item_code, description, quantity, unit, unit_price, amount)
  SELECT uuidv7(), po.id, line_no, 'BR-' || line_no, 'Bracket, 6061-T6, drawing ' || line_no, 40, 'C62', 12.5, 500
    FROM purchase_order AS po CROSS JOIN LATERAL generate_series(1, po.line_count) AS line_no`;

const SCHEDULES = `
  INSERT INTO po_schedule (id, po_line_id, quantity, due_on, shipped_quantity, received_quantity, invoiced_quantity)
  SELECT uuidv7(), id, 40, '2026-05-01', 40, 40, 40 FROM po_line`;

const RECEIPTS = `
  INSERT INTO goods_receipt (id, reference, order_id, supplier_id, plant_code, state, received_on, posted_by, posted_at,
                             idempotency_key)
  SELECT uuidv7(), 'GR-' || po.reference, po.id, po.supplier_id, po.plant_code, 'posted', '2026-05-01', po.buyer_id, now(),
         uuidv7()
    FROM purchase_order AS po`;

const RECEIPT_LINES = `
  INSERT INTO goods_receipt_line (id, goods_receipt_id, po_line_id, quantity)
  SELECT uuidv7(), receipt.id, line.id, 40
    FROM goods_receipt AS receipt JOIN po_line AS line ON line.order_id = receipt.order_id`;

const INVOICES = `
  INSERT INTO invoice (id, reference, supplier_number, normalised_number, order_id, supplier_id, goods_receipt_id, currency,
                       issued_on, due_on, net_amount, taxes, tax_amount, gross_amount, state, submitted_by,
                       submitted_at, created_at)
  SELECT uuidv7(), 'INV-' || po.reference, po.reference, po.reference, po.id, po.supplier_id, receipt.id, 'USD',
         '2026-05-02', '2026-06-01', 0, '[{}]', 0, 0, 'submitted', accountant.id, now(), now()
    FROM goods_receipt AS receipt
    JOIN purchase_order AS po ON po.id = receipt.order_id
   CROSS JOIN (SELECT id FROM user_account WHERE kind = 'supplier') AS accountant`;

const INVOICE_LINES = `
  INSERT INTO invoice_line (id, invoice_id, line_no, po_line_id, description, quantity, unit, unit_price, amount,
                            tax_category, tax_rate)
  SELECT uuidv7(), invoice.id, line.line_no, line.id, line.description, 40, 'C62', price.is, 40 * price.is, 'Z', 0
    FROM invoice
    JOIN po_line AS line ON line.order_id = invoice.order_id
   CROSS JOIN LATERAL (
         SELECT CASE WHEN line.line_no = 1 AND right(invoice.reference, 2)::integer % 20 = 0 THEN 13.75 ELSE 12.5 END AS is
         ) AS price`;

const SUMS = `
  UPDATE invoice SET net_amount = line.sum, gross_amount = line.sum,
         taxes = jsonb_build_array(jsonb_build_object('category', 'Z', 'rate', '0', 'taxableAmount', line.sum::text, 'taxAmount', '0'))
    FROM (SELECT invoice_id, sum(amount) FROM invoice_line GROUP BY invoice_id) AS line
   WHERE line.invoice_id = invoice.id`;

const RECEIPTS_OF_LINES = `
  INSERT INTO invoice_line_receipt (invoice_line_id, goods_receipt_id, quantity)
  SELECT line.id, invoice.goods_receipt_id, line.quantity
    FROM invoice_line AS line JOIN invoice ON invoice.id = line.invoice_id`;

const INVOICE_VERSIONS = `
  INSERT INTO invoice_version (id, invoice_id, version, content, sha256, submitted_by, submitted_at)
  SELECT uuidv7(), id, current_version, '{}', encode(sha256(id::text::bytea), 'hex'), submitted_by, submitted_at
    FROM invoice`;
