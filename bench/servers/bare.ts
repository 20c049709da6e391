// The baseline of the pages: Express and pg, the portal's own SQL, a string of HTML. No session, rights, languages,
// layout, headers of safety or log.
import express from 'express';
import pg from 'pg';
import { answerParent, settingsOfChild } from '../child.ts';

const { url } = settingsOfChild<{ url: string }>();
const pool = new pg.Pool({ connectionString: url, max: 20 });
const app = express();

const LIST = `
  SELECT po.id, po.reference, po.title, supplier.name AS "supplierName", po.plant_code AS "plantCode", po.state,
         po.currency, po.total_amount AS "totalAmount", po.line_count AS "lineCount", po.issued_on AS "issuedOn",
         po.next_due_on AS "nextDueOn"
    FROM purchase_order AS po
    JOIN supplier ON supplier.id = po.supplier_id
   ORDER BY po.issued_on DESC, po.id DESC
   LIMIT $1`;

app.get('/orders', async (_req, res) => {
  const { rows } = await pool.query(LIST, [51]);
  const body = rows
    .slice(0, 50)
    .map(
      (row) =>
        `<tr><td><a href="/orders/${row.id}">${safe(row.reference)}</a> ${safe(row.title)} ${row.lineCount}</td><td>${safe(row.supplierName)}</td><td>${row.state}</td><td>${row.issuedOn}</td><td>${row.nextDueOn}</td><td>${row.totalAmount} ${row.currency}</td><td>${row.plantCode}</td></tr>`,
    )
    .join('\n');
  res.send(`<!doctype html><title>Orders</title><table>${body}</table>`);
});

const ORDER = `
  SELECT po.id, po.reference, po.award_id AS "awardId", po.event_id AS "eventId", po.supplier_id AS "supplierId",
         po.plant_code AS "plantCode", po.buyer_id AS "buyerId", po.title, po.currency, po.incoterm,
         po.incoterm_place AS "incotermPlace", po.payment_terms_days AS "paymentTermsDays", po.state,
         po.current_version AS "currentVersion", po.total_amount AS "totalAmount", po.line_count AS "lineCount",
         po.issued_on AS "issuedOn", po.next_due_on AS "nextDueOn", po.sent_at AS "sentAt",
         po.acknowledged_at AS "acknowledgedAt", po.acknowledged_by AS "acknowledgedBy", po.version
    FROM purchase_order AS po
   WHERE po.id = $1`;
const NAMES = `
  SELECT supplier.name AS "supplierName", plant.name_en AS "plantName", buyer.name AS "buyerName", buyer.email
    FROM purchase_order AS po
    JOIN supplier ON supplier.id = po.supplier_id
    JOIN plant ON plant.code = po.plant_code
    JOIN user_account AS buyer ON buyer.id = po.buyer_id
   WHERE po.id = $1`;
const LINES = `
  SELECT line.id, line.line_no AS "lineNo", line.item_code AS "itemCode", line.description, line.quantity, line.unit,
         line.unit_price AS "unitPrice", line.price_base_quantity AS "priceBaseQuantity", line.amount,
         schedule.due_on AS "dueOn", schedule.shipped_quantity AS "shippedQuantity",
         schedule.received_quantity AS "receivedQuantity", schedule.invoiced_quantity AS "invoicedQuantity",
         schedule.fulfilment
    FROM po_line AS line
    JOIN po_schedule AS schedule ON schedule.po_line_id = line.id AND schedule.schedule_no = 1
   WHERE line.order_id = $1
   ORDER BY line.line_no`;
const VERSIONS = 'SELECT version, sha256, issued_at, document_id FROM po_version WHERE order_id = $1';
const DOCUMENTS = `
  SELECT id, kind, file_name, size_bytes FROM document
   WHERE subject_type = 'purchase_order' AND subject_id = $1 AND removed_at IS NULL`;
const TIMELINE = `
  SELECT event.id, event.at, event.action, event.actor_name AS "actorName", event.from_state AS "fromState",
         event.to_state AS "toState", event.reason, event.changes
    FROM event WHERE event.subject_type = 'purchase_order' AND event.subject_id = $1
   ORDER BY event.position DESC LIMIT 50`;

app.get('/orders/:id', async (req, res) => {
  const id = [req.params.id];
  const order = (await pool.query(ORDER, id)).rows[0];
  const names = (await pool.query(NAMES, id)).rows[0];
  const lines = (await pool.query(LINES, id)).rows;
  const versions = (await pool.query(VERSIONS, id)).rows;
  await pool.query(DOCUMENTS, id);
  const timeline = (await pool.query(TIMELINE, id)).rows;
  const body = lines
    .map(
      (line) =>
        `<tr><td>${line.lineNo}</td><td>${safe(line.description)} ${safe(line.itemCode)}</td><td>${line.dueOn}</td><td>${line.quantity} ${line.unit}</td><td>${line.shippedQuantity}</td><td>${line.receivedQuantity}</td><td>${line.invoicedQuantity}</td><td>${line.unitPrice}</td><td>${line.amount}</td></tr>`,
    )
    .join('\n');
  res.send(
    `<!doctype html><title>${order.reference}</title><h1>${safe(order.title)}</h1><p>${safe(names.supplierName)}, ${safe(names.plantName)}, ${safe(names.buyerName)}</p><table>${body}</table><p>${versions.map((one) => one.sha256).join()}</p><p>${timeline.map((act) => `${act.at.toISOString()} ${act.action}`).join()}</p>`,
  );
});

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const safe = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  answerParent({ origin: `http://127.0.0.1:${port}` });
});
