import type { DecimalString } from '../../kernel/money.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Day } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { dayKey, findListPage, idKey, type Sort } from '../../platform/db/keyset.ts';
import { inScope, placeOfOrder, placesOf } from '../../platform/db/scope.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import { inCategories, statementInScope } from './statement.store.ts';
import type { ReceivedRow, Statement, StatementState } from './statement.ts';

/** Whose goods, where, and in which currency: one statement a month. */
export type StatementOf = Pick<Statement, 'supplierId' | 'plantCode' | 'currency'>;

/** Received and in no invoice that counts, nor in another statement under way: SQL about `receipt`, `received`, `po`. */
const OPEN = `received.quantity - COALESCE((
             SELECT sum(share.quantity)
               FROM invoice_line_receipt AS share
               JOIN invoice_line AS invoiced ON invoiced.id = share.invoice_line_id
               JOIN invoice AS other ON other.id = invoiced.invoice_id
              WHERE share.goods_receipt_id = receipt.id
                AND invoiced.po_line_id = received.po_line_id
                AND other.state NOT IN ('rejected', 'voided')), 0)`;
const IS_FREE = `receipt.state = 'posted' AND received.quantity > 0
        AND NOT EXISTS (
              SELECT FROM statement_line AS listed
                JOIN statement AS other ON other.id = listed.statement_id
               WHERE listed.goods_receipt_id = receipt.id AND listed.po_line_id = received.po_line_id
                 AND listed.kind = 'to_invoice' AND NOT listed.is_left_out
                 AND other.state NOT IN ('invoiced', 'settled')
                 AND other.id IS DISTINCT FROM CAST(:except AS uuid))`;
const ORDER_OPEN = `(SELECT sum(one.received_quantity - one.invoiced_quantity)
               FROM po_schedule AS one WHERE one.po_line_id = received.po_line_id)`;

/** What belongs in a statement: received until the end of its month and not invoiced, and invoiced in it. */
export const findReceived = (
  ctx: Ctx,
  of: StatementOf & { from: Day; before: Day; except: string | null },
): Promise<ReceivedRow[]> =>
  rowsOf<ReceivedRow>(
    ctx.tx,
    `SELECT row.kind, row."receiptId", row."poLineId", row."invoiceId", row.description, row.quantity, row.unit,
            row."unitPrice", row."priceBaseQuantity", row."orderOpen"
       FROM (
     (SELECT 'to_invoice' AS kind, receipt.id AS "receiptId", line.id AS "poLineId", NULL::uuid AS "invoiceId",
             line.description, ${OPEN} AS quantity, line.unit,
             COALESCE(line.net_price, line.unit_price) AS "unitPrice", line.price_base_quantity AS "priceBaseQuantity",
             ${ORDER_OPEN} AS "orderOpen", receipt.received_on,
             receipt.posted_at, po.reference, line.line_no
        FROM goods_receipt AS receipt
        JOIN goods_receipt_line AS received ON received.goods_receipt_id = receipt.id
        JOIN po_line AS line ON line.id = received.po_line_id
        JOIN purchase_order AS po ON po.id = line.order_id
       WHERE receipt.supplier_id = :supplierId AND receipt.plant_code = :plantCode AND po.currency = :currency
         AND receipt.received_on < :before
         AND ${IS_FREE}
         AND ${OPEN} > 0)
     UNION ALL
     (SELECT 'invoiced', receipt.id, line.po_line_id, invoice.id, line.description, share.quantity, line.unit,
             line.unit_price, line.price_base_quantity, 0, receipt.received_on, receipt.posted_at, po.reference,
             po_line.line_no
        FROM invoice
        JOIN invoice_line AS line ON line.invoice_id = invoice.id
        JOIN invoice_line_receipt AS share ON share.invoice_line_id = line.id
        JOIN goods_receipt AS receipt ON receipt.id = share.goods_receipt_id
        JOIN po_line ON po_line.id = line.po_line_id
        JOIN purchase_order AS po ON po.id = po_line.order_id
       WHERE invoice.supplier_id = :supplierId AND receipt.plant_code = :plantCode AND invoice.currency = :currency
         AND invoice.issued_on >= :from AND invoice.issued_on < :before
         AND invoice.state NOT IN ('rejected', 'voided'))) AS row
      ORDER BY row.kind DESC, row.received_on, row.posted_at, row.reference, row.line_no
      LIMIT 2000`,
    { ...of },
  );

/** A statement that can be built, and how much would stand in it. */
export type Candidate = StatementOf & {
  readonly supplierName: string;
  readonly plantNameEn: string;
  readonly plantNameZh: string;
  readonly lineCount: number;
  readonly receiptCount: number;
};

/** Who delivered what to which plant until a month's end that is not invoiced, and has no statement of that month. */
export const findCandidates = (ctx: Ctx, of: { month: Day; since: Day; before: Day }): Promise<Candidate[]> =>
  rowsOf<Candidate>(
    ctx.tx,
    `SELECT supplier.id AS "supplierId", supplier.name AS "supplierName", plant.code AS "plantCode",
            plant.name_en AS "plantNameEn", plant.name_zh AS "plantNameZh", po.currency,
            count(*)::integer AS "lineCount", count(DISTINCT receipt.id)::integer AS "receiptCount"
       FROM goods_receipt AS receipt
       JOIN goods_receipt_line AS received ON received.goods_receipt_id = receipt.id
       JOIN purchase_order AS po ON po.id = receipt.order_id
       JOIN supplier ON supplier.id = receipt.supplier_id
       JOIN plant ON plant.code = receipt.plant_code
      WHERE receipt.received_on >= :since AND receipt.received_on < :before
        AND ${IS_FREE}
        AND ${OPEN} > 0
        AND ${ORDER_OPEN} > 0
        AND NOT EXISTS (
              SELECT FROM statement
               WHERE statement.supplier_id = supplier.id AND statement.plant_code = plant.code
                 AND statement.currency = po.currency AND statement.month = :month)
        AND ${inScope({ plant: 'plant.code', category: 'NULL' }, { plants: ':plants', categories: 'NULL' })}
      GROUP BY supplier.id, plant.code, po.currency
     HAVING bool_and(${inScope(placeOfOrder('po'), { plants: 'NULL', categories: ':categories' })})
      ORDER BY supplier.name, plant.code, po.currency
      LIMIT 200`,
    { ...of, except: null, ...placesOf(ctx.actor) },
  );

export type StatementFilter = {
  readonly state: StatementState | null;
  readonly month: Day | null;
};

export type StatementRow = Pick<
  Statement,
  'id' | 'reference' | 'plantCode' | 'month' | 'currency' | 'state'
> & {
  readonly supplierName: string;
  readonly lineCount: number;
  readonly toInvoice: DecimalString;
};

const NEWEST: Sort<StatementRow> & { readonly name: string } = {
  name: 'newest',
  direction: 'DESC',
  keys: [dayKey('statement.month', (row) => row.month), idKey('statement.id')],
};

/** One page of what the actor may see, the newest month first. */
export const listStatements = (
  ctx: Ctx,
  filter: StatementFilter,
  page: PageRequest,
): Promise<Page<StatementRow>> =>
  findListPage<StatementRow>(ctx.tx, {
    name: 'statement.list',
    select: `
      SELECT statement.id, statement.reference, statement.plant_code AS "plantCode", statement.month,
             statement.currency, statement.state, supplier.name AS "supplierName", sums.count AS "lineCount",
             sums.amount AS "toInvoice"
        FROM statement
        JOIN supplier ON supplier.id = statement.supplier_id
       CROSS JOIN LATERAL (
             SELECT count(*)::integer AS count,
                    COALESCE(sum(line.amount) FILTER (WHERE line.kind = 'to_invoice'), 0)::text AS amount
               FROM statement_line AS line
              WHERE line.statement_id = statement.id AND NOT line.is_left_out) AS sums`,
    conditions: [
      {
        name: 'supplier',
        value: ctx.actor.supplierId,
        sql: (at) => `statement.supplier_id = ${at} AND statement.state <> 'draft'`,
      },
      { name: 'state', value: filter.state, sql: (at) => `statement.state = ${at}` },
      { name: 'month', value: filter.month, sql: (at) => `statement.month = ${at}` },
      {
        name: 'plants',
        value: placesOf(ctx.actor).plants,
        sql: (at) => `statement.plant_code = ANY(${at}::text[])`,
      },
      { name: 'categories', value: placesOf(ctx.actor).categories, sql: inCategories },
    ],
    sort: NEWEST,
    page,
  });

/** What the page calls by name what a statement knows by id. */
export type StatementNames = {
  readonly supplierName: string;
  readonly supplierReference: string;
  readonly supplierAddress: readonly string[];
  readonly supplierLanguage: 'en' | 'zh-CN';
  readonly plantNameEn: string;
  readonly plantNameZh: string;
  readonly creatorName: string;
  readonly answererName: string | null;
  readonly invoiceId: string | null;
  readonly invoiceReference: string | null;
};

export const findStatementNames = (ctx: Ctx, id: string): Promise<StatementNames | undefined> =>
  firstOf<StatementNames>(
    ctx.tx,
    `SELECT supplier.name AS "supplierName", supplier.reference AS "supplierReference",
            supplier.address_lines AS "supplierAddress", supplier.language AS "supplierLanguage",
            plant.name_en AS "plantNameEn", plant.name_zh AS "plantNameZh", creator.name AS "creatorName",
            answerer.name AS "answererName", invoice.id AS "invoiceId", invoice.reference AS "invoiceReference"
       FROM statement
       JOIN supplier ON supplier.id = statement.supplier_id
       JOIN plant ON plant.code = statement.plant_code
       JOIN user_account AS creator ON creator.id = statement.created_by
       LEFT JOIN user_account AS answerer ON answerer.id = statement.answered_by
       LEFT JOIN invoice ON invoice.statement_id = statement.id AND invoice.state NOT IN ('rejected', 'voided')
      WHERE statement.id = ?`,
    [id],
  );

/** What waits for this side, the oldest first. */
export const findWaitingStatements = (
  ctx: Ctx,
  state: StatementState,
): Promise<(Pick<Statement, 'id' | 'reference' | 'month'> & { supplierName: string; total: number })[]> =>
  rowsOf(
    ctx.tx,
    `SELECT statement.id, statement.reference, statement.month, supplier.name AS "supplierName",
            (count(*) OVER ())::integer AS total
       FROM statement
       JOIN supplier ON supplier.id = statement.supplier_id
      WHERE statement.state = :state
        AND (CAST(:supplierId AS uuid) IS NULL OR statement.supplier_id = :supplierId)
        AND (:state <> 'confirmed' OR EXISTS (
              SELECT FROM statement_line AS line
               WHERE line.statement_id = statement.id AND line.kind = 'to_invoice' AND NOT line.is_left_out))
        AND ${statementInScope({ plants: ':plants', categories: ':categories' })}
      ORDER BY statement.sent_at, statement.id
      LIMIT 5`,
    { state, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) },
  );
