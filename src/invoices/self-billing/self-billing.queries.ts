import type { DecimalString } from '../../kernel/money.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Day } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findListPage, idKey, instantKey, type Sort } from '../../platform/db/keyset.ts';
import { inScope, placeByOrderId, placesOf, scopeConditions } from '../../platform/db/scope.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { SelfBilledInvoice, SelfBilledInvoiceState } from './self-billed-invoice.ts';

export type SelfBilledRow = Pick<
  SelfBilledInvoice,
  'id' | 'reference' | 'currency' | 'state' | 'answerBy' | 'invoiceId' | 'createdAt'
> & {
  readonly supplierName: string;
  readonly aboutReference: string;
  readonly grossAmount: DecimalString;
};

const NEWEST: Sort<SelfBilledRow> & { readonly name: string } = {
  name: 'newest',
  direction: 'DESC',
  keys: [instantKey('made.created_at', (row) => row.createdAt), idKey('made.id')],
};

/** One page of the invoices that we made and the actor may see, the newest first. */
export const listSelfBilled = (
  ctx: Ctx,
  filter: { state: SelfBilledInvoiceState | null },
  page: PageRequest,
): Promise<Page<SelfBilledRow>> =>
  findListPage<SelfBilledRow>(ctx.tx, {
    name: 'self_billed_invoice.list',
    select: `
      SELECT made.id, made.reference, made.currency, made.state, made.answer_by AS "answerBy",
             made.invoice_id AS "invoiceId", made.created_at AS "createdAt", made.gross_amount AS "grossAmount",
             supplier.name AS "supplierName", COALESCE(receipt.reference, statement.reference) AS "aboutReference"
        FROM self_billed_invoice AS made
        JOIN supplier ON supplier.id = made.supplier_id
        LEFT JOIN goods_receipt AS receipt ON receipt.id = made.goods_receipt_id
        LEFT JOIN statement ON statement.id = made.statement_id`,
    conditions: [
      { name: 'supplier', value: ctx.actor.supplierId, sql: (at) => `made.supplier_id = ${at}` },
      { name: 'state', value: filter.state, sql: (at) => `made.state = ${at}` },
      ...scopeConditions(ctx.actor, placeByOrderId('made.order_id')),
    ],
    sort: NEWEST,
    page,
  });

/** What a self-billed invoice names only by id. */
export type SelfBilledNames = {
  readonly supplierName: string;
  readonly supplierReference: string;
  readonly supplierAddress: readonly string[];
  readonly supplierTaxId: string | null;
  readonly supplierLanguage: 'en' | 'zh-CN';
  readonly orderReference: string;
  readonly buyerId: string;
  readonly receiptReference: string | null;
  readonly statementReference: string | null;
  readonly agreementReference: string;
  readonly acceptedAt: Date | null;
  readonly invoiceReference: string | null;
  readonly deciderName: string | null;
};

export const findSelfBilledNames = (ctx: Ctx, id: string): Promise<SelfBilledNames | undefined> =>
  firstOf<SelfBilledNames>(
    ctx.tx,
    `SELECT supplier.name AS "supplierName", supplier.reference AS "supplierReference",
            supplier.address_lines AS "supplierAddress", supplier.tax_id AS "supplierTaxId",
            supplier.language AS "supplierLanguage", po.reference AS "orderReference", po.buyer_id AS "buyerId",
            receipt.reference AS "receiptReference", statement.reference AS "statementReference",
            agreed.reference AS "agreementReference", agreed.accepted_at AS "acceptedAt",
            invoice.reference AS "invoiceReference", decider.name AS "deciderName"
       FROM self_billed_invoice AS made
       JOIN supplier ON supplier.id = made.supplier_id
       JOIN purchase_order AS po ON po.id = made.order_id
       JOIN self_billing_agreement AS agreed ON agreed.id = made.agreement_id
       LEFT JOIN goods_receipt AS receipt ON receipt.id = made.goods_receipt_id
       LEFT JOIN statement ON statement.id = made.statement_id
       LEFT JOIN invoice ON invoice.id = made.invoice_id
       LEFT JOIN user_account AS decider ON decider.id = made.decided_by
      WHERE made.id = ?`,
    [id],
  );

/** Who proposed and who accepted an agreement, and with whom. */
export type AgreementNames = {
  readonly supplierName: string;
  readonly proposerName: string;
  readonly accepterName: string | null;
};

export const findAgreementNames = (ctx: Ctx, id: string): Promise<AgreementNames | undefined> =>
  firstOf<AgreementNames>(
    ctx.tx,
    `SELECT supplier.name AS "supplierName", proposer.name AS "proposerName", accepter.name AS "accepterName"
       FROM self_billing_agreement AS agreed
       JOIN supplier ON supplier.id = agreed.supplier_id
       JOIN user_account AS proposer ON proposer.id = agreed.proposed_by
       LEFT JOIN user_account AS accepter ON accepter.id = agreed.accepted_by
      WHERE agreed.id = ?`,
    [id],
  );

/** Something of self-billing that waits for somebody, and how many of its kind there are. */
export type WaitingSelfBilling = {
  readonly kind: 'agreement' | 'to-accept' | 'contested';
  readonly id: string;
  readonly label: string;
  readonly dueOn: Day | null;
  readonly total: number;
};

/** The first five invoices in a state, for the side whose turn it is. */
export const findWaitingSelfBilled = (ctx: Ctx, state: 'sent' | 'contested'): Promise<WaitingSelfBilling[]> =>
  rowsOf(
    ctx.tx,
    `SELECT CASE made.state WHEN 'sent' THEN 'to-accept' ELSE 'contested' END AS kind, made.id,
            made.reference || ' · ' || supplier.name AS label, made.answer_by AS "dueOn", count(*) OVER ()::int AS total
       FROM self_billed_invoice AS made
       JOIN supplier ON supplier.id = made.supplier_id
      WHERE made.state = :state
        AND (CAST(:supplierId AS uuid) IS NULL OR made.supplier_id = :supplierId)
        AND ${inScope(placeByOrderId('made.order_id'), { plants: ':plants', categories: ':categories' })}
      ORDER BY made.answer_by, made.id
      LIMIT 5`,
    { state, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) },
  );

/** A supplier's agreement that waits for its answer. */
export const findWaitingAgreements = (ctx: Ctx): Promise<WaitingSelfBilling[]> =>
  rowsOf(
    ctx.tx,
    `SELECT 'agreement' AS kind, agreed.id, agreed.reference AS label, NULL AS "dueOn", count(*) OVER ()::int AS total
       FROM self_billing_agreement AS agreed
      WHERE agreed.state = 'proposed' AND agreed.supplier_id = ?
      ORDER BY agreed.proposed_at, agreed.id
      LIMIT 5`,
    [ctx.actor.supplierId],
  );
