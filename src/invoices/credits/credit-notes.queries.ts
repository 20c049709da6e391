import type { DecimalString } from '../../kernel/money.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findListPage, idKey, instantKey, partOf, type Sort } from '../../platform/db/keyset.ts';
import { inScope, placeByOrderId, placesOf, scopeConditions } from '../../platform/db/scope.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { InvoiceState } from '../invoice.ts';
import { OPEN_OF_NOTE } from './credit-note.store.ts';
import type { CreditNote, CreditNoteState } from './credit-note.ts';

export type CreditNoteFilter = {
  readonly kind: CreditNote['kind'] | null;
  readonly state: CreditNoteState | null;
  readonly search: string | null;
};

export type CreditNoteRow = Pick<
  CreditNote,
  | 'id'
  | 'reference'
  | 'kind'
  | 'supplierNumber'
  | 'state'
  | 'issuedOn'
  | 'currency'
  | 'grossAmount'
  | 'createdAt'
> & {
  readonly supplierName: string;
  readonly aboutReference: string;
  /** What no invoice has taken; null while it is not agreed. */
  readonly openAmount: DecimalString | null;
};

const NEWEST: Sort<CreditNoteRow> & { readonly name: string } = {
  name: 'newest',
  direction: 'DESC',
  keys: [instantKey('note.created_at', (row) => row.createdAt), idKey('note.id')],
};

/** One page of what the actor may see, the newest first. */
export const listCreditNotes = (
  ctx: Ctx,
  filter: CreditNoteFilter,
  page: PageRequest,
): Promise<Page<CreditNoteRow>> =>
  findListPage<CreditNoteRow>(ctx.tx, {
    name: 'credit_note.list',
    select: `
      SELECT note.id, note.reference, note.kind, note.supplier_number AS "supplierNumber", note.state,
             note.issued_on AS "issuedOn", note.currency, note.gross_amount AS "grossAmount",
             note.created_at AS "createdAt", supplier.name AS "supplierName",
             COALESCE(invoice.reference, ncr.reference) AS "aboutReference",
             CASE WHEN note.state = 'approved' THEN ${OPEN_OF_NOTE} END AS "openAmount"
        FROM credit_note AS note
        JOIN supplier ON supplier.id = note.supplier_id
        LEFT JOIN invoice ON invoice.id = note.invoice_id
        LEFT JOIN nonconformance AS ncr ON ncr.id = note.nonconformance_id`,
    conditions: [
      { name: 'supplier', value: ctx.actor.supplierId, sql: (at) => `note.supplier_id = ${at}` },
      { name: 'kind', value: filter.kind, sql: (at) => `note.kind = ${at}` },
      { name: 'state', value: filter.state, sql: (at) => `note.state = ${at}` },
      {
        name: 'search',
        value: partOf(filter.search),
        sql: (at) =>
          `(note.reference ILIKE ${at} OR note.supplier_number ILIKE ${at} OR supplier.name ILIKE ${at} OR invoice.reference ILIKE ${at} OR ncr.reference ILIKE ${at})`,
      },
      ...scopeConditions(ctx.actor, placeByOrderId('note.order_id')),
    ],
    sort: NEWEST,
    page,
  });

/** What the page calls by name what a note knows by id. */
export type CreditNoteNames = {
  readonly supplierName: string;
  readonly orderReference: string;
  readonly orderTitle: string;
  readonly buyerId: string;
  readonly invoiceReference: string | null;
  readonly invoiceNumber: string | null;
  readonly nonconformanceReference: string | null;
  readonly creatorName: string;
  readonly deciderName: string | null;
};

export const findCreditNoteNames = (ctx: Ctx, id: string): Promise<CreditNoteNames | undefined> =>
  firstOf<CreditNoteNames>(
    ctx.tx,
    `SELECT supplier.name AS "supplierName", po.reference AS "orderReference", po.title AS "orderTitle",
            po.buyer_id AS "buyerId", invoice.reference AS "invoiceReference",
            invoice.supplier_number AS "invoiceNumber", ncr.reference AS "nonconformanceReference",
            creator.name AS "creatorName", decider.name AS "deciderName"
       FROM credit_note AS note
       JOIN supplier ON supplier.id = note.supplier_id
       JOIN purchase_order AS po ON po.id = note.order_id
       JOIN user_account AS creator ON creator.id = note.created_by
       LEFT JOIN user_account AS decider ON decider.id = note.decided_by
       LEFT JOIN invoice ON invoice.id = note.invoice_id
       LEFT JOIN nonconformance AS ncr ON ncr.id = note.nonconformance_id
      WHERE note.id = ?`,
    [id],
  );

/** What an invoice was made cheaper by, as its note and its invoice show it. */
export type ApplicationRow = {
  readonly creditNoteId: string;
  readonly creditReference: string;
  readonly kind: CreditNote['kind'];
  readonly invoiceId: string;
  readonly invoiceReference: string;
  readonly invoiceState: InvoiceState;
  readonly runReference: string | null;
  readonly amount: DecimalString;
};

/** Who looks sees what is applied; a supplier what a run takes only once the run is released. */
const APPLICATION = `
  SELECT note.id AS "creditNoteId", note.reference AS "creditReference", note.kind, invoice.id AS "invoiceId",
         invoice.reference AS "invoiceReference", invoice.state AS "invoiceState", payment.reference AS "runReference",
         applied.amount
    FROM credit_application AS applied
    JOIN credit_note AS note ON note.id = applied.credit_note_id
    JOIN invoice ON invoice.id = applied.invoice_id
    LEFT JOIN payment_line AS line ON line.id = applied.payment_line_id
    LEFT JOIN payment ON payment.id = line.payment_id
   WHERE applied.holds
     AND (CAST(:supplierId AS uuid) IS NULL
          OR (note.supplier_id = :supplierId AND (applied.payment_line_id IS NULL OR payment.state <> 'planned')))`;

export const findApplicationsOfNote = (ctx: Ctx, creditNoteId: string): Promise<ApplicationRow[]> =>
  rowsOf(ctx.tx, `${APPLICATION} AND applied.credit_note_id = :creditNoteId ORDER BY applied.created_at`, {
    supplierId: ctx.actor.supplierId,
    creditNoteId,
  });

export const findApplicationsOfInvoice = (ctx: Ctx, invoiceId: string): Promise<ApplicationRow[]> =>
  rowsOf(ctx.tx, `${APPLICATION} AND applied.invoice_id = :invoiceId ORDER BY applied.created_at`, {
    supplierId: ctx.actor.supplierId,
    invoiceId,
  });

/** The credits that a payment takes off, by the invoice that each makes cheaper. */
export const findApplicationsOfPayments = (
  ctx: Ctx,
  paymentIds: readonly string[],
): Promise<
  (Pick<ApplicationRow, 'creditNoteId' | 'creditReference' | 'kind' | 'invoiceId' | 'amount'> & {
    readonly paymentId: string;
  })[]
> =>
  rowsOf(
    ctx.tx,
    `SELECT line.payment_id AS "paymentId", note.id AS "creditNoteId", note.reference AS "creditReference", note.kind,
            applied.invoice_id AS "invoiceId", applied.amount
       FROM payment_line AS line
       JOIN credit_application AS applied
         ON applied.invoice_id = line.invoice_id AND applied.holds
        AND (applied.payment_line_id = line.id
             OR (applied.payment_line_id IS NULL AND line.retention_id IS NULL))
       JOIN credit_note AS note ON note.id = applied.credit_note_id
      WHERE line.payment_id = ANY (CAST(? AS uuid[])) AND line.holds
      ORDER BY note.created_at, note.id`,
    [[...paymentIds]],
  );

/** What waits for an answer. */
export type WaitingNote = Pick<CreditNote, 'id' | 'reference' | 'createdAt'> & {
  readonly supplierName: string;
  readonly total: number;
};

/** Notes in a state, the oldest first: of one supplier, or of the orders that somebody bought, or all in scope. */
export const findWaitingNotes = (
  ctx: Ctx,
  of: { state: CreditNoteState; buyerId: string | null },
): Promise<WaitingNote[]> =>
  rowsOf(
    ctx.tx,
    `SELECT note.id, note.reference, note.created_at AS "createdAt", supplier.name AS "supplierName",
            (count(*) OVER ())::integer AS total
       FROM credit_note AS note
       JOIN supplier ON supplier.id = note.supplier_id
       JOIN purchase_order AS po ON po.id = note.order_id
      WHERE note.state = :state
        AND (CAST(:supplierId AS uuid) IS NULL OR note.supplier_id = :supplierId)
        AND (CAST(:buyerId AS uuid) IS NULL OR po.buyer_id = :buyerId)
        AND ${inScope(placeByOrderId('note.order_id'), { plants: ':plants', categories: ':categories' })}
      ORDER BY note.created_at, note.id
      LIMIT 5`,
    { ...of, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) },
  );
