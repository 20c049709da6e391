import { hash } from 'node:crypto';
import { isId } from '../kernel/id.ts';

/** One page that one person was shown. */
export type PageView = {
  /** To the millisecond. */
  readonly at: Date;
  readonly userId: string;
  readonly supplierId: string | null;
  /** Sixteen hex digits of the session's hash: tells a person's browsers apart, opens nothing. */
  readonly session: string;
  /** The route's pattern, e.g. `/events/:eventId`: never the address, which may hold what somebody searched for. */
  readonly route: string;
  readonly subject: { readonly type: string; readonly id: string } | null;
  readonly requestId: string;
};

/** Which document a page is about, by the name of the route's parameter. */
const SUBJECTS: Readonly<Record<string, string>> = {
  eventId: 'sourcing_event',
  bidId: 'bid',
  awardId: 'award',
  orderId: 'purchase_order',
  despatchId: 'despatch_advice',
  receiptId: 'goods_receipt',
  nonconformanceId: 'nonconformance',
  forecastId: 'forecast',
  invoiceId: 'invoice',
  creditNoteId: 'credit_note',
  statementId: 'statement',
  selfBillingId: 'self_billing_agreement',
  selfBilledId: 'self_billed_invoice',
  supplierId: 'supplier',
  exportId: 'report_export',
  documentId: 'document',
  userId: 'user',
  checkpointId: 'event_checkpoint',
  disputeId: 'dispute',
  runId: 'payment_run',
  paymentId: 'payment',
  contactId: 'user',
  recoveryId: 'supplier_recovery',
  bankAccountId: 'bank_account_change',
};

/** What a page shows: the last of its parameters that names something; null for a list. */
export function subjectOf(route: string, params: Readonly<Record<string, unknown>>): PageView['subject'] {
  if (route.startsWith('/audit/events/:eventId') && isId(params['eventId']))
    return { type: 'event', id: params['eventId'].toLowerCase() };
  const name = [...route.matchAll(/:(\w+)/g)]
    .map(([, param]) => param as string)
    .findLast((param) => param in SUBJECTS || param === 'subjectId');
  if (name === undefined) return null;
  // Pages about documents of several kinds name the kind before the document.
  const type = name === 'subjectId' ? params['subjectType'] : SUBJECTS[name];
  const id = params[name];
  return isId(id) && isSubject(type) ? { type, id: id.toLowerCase() } : null;
}

const isSubject = (type: unknown): type is string => Object.values(SUBJECTS).some((known) => known === type);

/** Asked for by a page that waits, not by a person who looks. */
export const isAskedByMachine = (route: string): boolean => route.endsWith('/progress');

/** The bytes of a batch, hashed: a line a view, its columns in the table's order, nothing between them but `|`. */
export const hashOfBatch = (views: readonly PageView[]): string =>
  hash('sha256', views.map((view, place) => lineOf(view, place + 1)).join('\n'));

const lineOf = (view: PageView, lineNo: number): string =>
  [
    lineNo,
    view.at.toISOString(),
    view.userId,
    view.supplierId ?? '',
    view.session,
    view.route,
    view.subject?.type ?? '',
    view.subject?.id ?? '',
    view.requestId,
  ].join('|');

/** The name of a page in the catalogue: its route with `one` for each parameter, `/events/:eventId/award` → `events-one-award`. */
export const pageKeyOf = (route: string): string =>
  `page-name.${
    route
      .replaceAll(/:\w+/g, 'one')
      .replaceAll(/[^A-Za-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'home'
  }`;
