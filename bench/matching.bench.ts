import { loadavg } from 'node:os';
import pg from 'pg';
import { matchWaiting } from '../src/invoices/index.ts';
import { system } from '../src/kernel/actor.ts';
import { fillInvoices, LINES_OF_AN_INVOICE } from './matching.data.ts';
import { compare, type Run } from './measure.ts';
import { inTurns, untilNoneIsLeft } from './replay.ts';
import type { Bench } from './report.ts';
import type { Stage } from './stage.ts';

const CLIENTS = 8;
const INVOICES = 10_000;
const PAIRS = 5;
const PART = INVOICES / PAIRS;

const matcher = system('invoices/on-invoice-submitted-match');

/** Every invoice against its order and receipt, as the job does it: with what waits beside it; eight jobs at once. */
export const matching: Bench = async (cluster, report) => {
  const stage = await cluster.stage('matching', (fresh) => fillInvoices(fresh.db, INVOICES));
  const ids = await stage.db('invoice').orderBy('id').pluck<string[]>('id');
  const pool = new pg.Pool({ connectionString: stage.url, max: CLIENTS });
  let ours = 0;
  let plain = 0;
  const partAt = (run: number): string[] => {
    const from = (run % PAIRS) * PART;
    return ids.slice(from, from + PART);
  };
  const compared = await compare(
    { name: 'portal', run: () => matchAll(stage, partAt(ours++)) },
    { name: 'plain SQL', run: () => matchPlainly(stage, pool, partAt(plain++)) },
    PAIRS,
  );
  const states = await pool.query<{ state: string; count: string }>(
    'SELECT state, count(*) FROM invoice GROUP BY state ORDER BY state',
  );
  await pool.end();
  report({
    title: `${INVOICES} invoices of ${LINES_OF_AN_INVOICE} lines matched against orders and receipts, ${CLIENTS} at once`,
    data: `every twentieth at another price; ${PART} a run; load average ${(loadavg()[0] ?? 0).toFixed(1)}`,
    oursIs:
      'the use-case: orders and invoices locked, compared exactly by line and sum, exceptions raised, two rows of record; at most forty a transaction',
    baselineIs:
      'plain SQL, an invoice a transaction: order and invoice locked, one statement with the same joins that compares, state saved; nothing else',
    compared,
    target: 0.5,
    notes: [`in the end ${states.rows.map(({ state, count }) => `${count} ${state}`).join(', ')}`],
  });
};

async function matchAll(stage: Stage, ids: readonly string[]): Promise<Run> {
  await submittedAgain(stage, ids);
  return untilNoneIsLeft({ count: ids.length, clients: CLIENTS }, async () => {
    const matched = await stage.house.runInTx({ actor: matcher }, matchWaiting);
    return matched.length > 0;
  });
}

async function matchPlainly(stage: Stage, pool: pg.Pool, ids: readonly string[]): Promise<Run> {
  await submittedAgain(stage, ids);
  return inTurns(ids, CLIENTS, async (id) => {
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query({ name: 'order', text: LOCK_ORDER, values: [id] });
    await client.query({ name: 'invoice', text: LOCK_INVOICE, values: [id] });
    const { rowCount } = await client.query({ name: 'compare', text: DIFFERENCES, values: [id] });
    const state = rowCount === 0 ? 'pending_approval' : 'exception';
    await client.query({ name: 'save', text: SAVE, values: [id, state] });
    await client.query('COMMIT');
    client.release();
  });
}

async function submittedAgain(stage: Stage, ids: readonly string[]): Promise<void> {
  await stage.db('match_exception').whereIn('invoice_id', ids).delete();
  await stage.db('invoice').whereIn('id', ids).update({ state: 'submitted' });
}

const LOCK_ORDER = `
  SELECT po.* FROM purchase_order AS po JOIN invoice ON invoice.order_id = po.id WHERE invoice.id = $1 FOR UPDATE OF po`;
const LOCK_INVOICE = 'SELECT * FROM invoice WHERE id = $1 FOR UPDATE';
const SAVE = 'UPDATE invoice SET state = $2, version = version + 1 WHERE id = $1';
const DIFFERENCES = `
  SELECT line.line_no
    FROM invoice_line AS line
    JOIN invoice ON invoice.id = line.invoice_id
    JOIN po_line ON po_line.id = line.po_line_id
    JOIN goods_receipt_line AS received
      ON received.goods_receipt_id = invoice.goods_receipt_id AND received.po_line_id = line.po_line_id
    LEFT JOIN LATERAL (
         SELECT sum(taken.quantity) AS quantity
           FROM invoice_line_receipt AS taken
           JOIN invoice_line AS other_line ON other_line.id = taken.invoice_line_id
           JOIN invoice AS other ON other.id = other_line.invoice_id
          WHERE taken.goods_receipt_id = received.goods_receipt_id AND other_line.po_line_id = line.po_line_id
            AND other.id <> invoice.id AND other.state NOT IN ('rejected', 'voided')) AS taken ON true
   WHERE line.invoice_id = $1
     AND (abs(line.unit_price - po_line.unit_price) * 100 > 2 * po_line.unit_price
          OR line.quantity > received.quantity - COALESCE(taken.quantity, 0)
          OR line.amount <> round(line.quantity * line.unit_price / line.price_base_quantity, 2))`;
