import { type TimelineEntry, timelineOf } from '../audit/index.ts';
import { acceptedExtensions, type Document, documentsOf } from '../documents/index.ts';
import { may } from '../identity/index.ts';
import { found } from '../kernel/errors.ts';
import { compareDecimals, type DecimalString, subtractDecimals } from '../kernel/money.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Policies } from '../kernel/policies.ts';
import { type MatchKind, matchKindFor, type PolicyPlace } from '../kernel/scoped-policy.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import { findOrder, findPlaceOf } from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { type CreditsOfInvoice, creditsOfInvoice } from './credits/credit-note-page.service.ts';
import { type EarlyOfInvoice, earlyOfInvoice } from './early-payment/early-payment-page.service.ts';
import { findMatchedShares } from './four-way/inspected.queries.ts';
import type { MatchedShare } from './four-way/inspected.ts';
import {
  type DeductionShown,
  findDeductions,
  findPrepaidInvoice,
  type PrepaidInvoice,
} from './instalments/instalment.store.ts';
import { openOf } from './instalments/prepaid.ts';
import { findById, findLines, type StoredLine } from './invoice.store.ts';
import { type Invoice, isOverdue, type NextAct, nextAct, stepOf, toDecideOn } from './invoice.ts';
import {
  type ExceptionRow,
  findInvoices,
  findOpenExceptions,
  type InvoiceFilter,
  type InvoiceRow,
} from './invoice-list.queries.ts';
import {
  findBillableLines,
  findNames,
  findVersions,
  type InvoiceNames,
  type InvoiceVersion,
} from './invoices.queries.ts';
import { findBehind } from './invoices.service.ts';
import { mayBeAccepted } from './match.ts';
import { findExceptions } from './match-exception.store.ts';
import { type ActsNext, type MatchException, ownerOf, sizeOf } from './match-exception.ts';
import { findPaymentOfInvoice, type PaymentOfInvoice } from './payment-run.queries.ts';
import { findRetained } from './retentions/retention.store.ts';
import type { Retained } from './retentions/retention.ts';
import { selfBilledOf } from './self-billing/self-billing-page.service.ts';
import { findOrdersOfStatement } from './statements/statement.store.ts';
import { differencesFromFile, documentBeside } from './uploads/document-beside.ts';
import type { FileDifference } from './uploads/prefill.ts';
import type { ReadInvoice } from './uploads/structured-invoice.ts';
import { findVersionDocument } from './uploads/version-document.queries.ts';
import { findWaitingForSupplier, type Waiting } from './waiting.queries.ts';

const MEGABYTE = 1_048_576;

/** One page of the invoices the actor may see; a supplier also gets its receipts to invoice. */
export async function listInvoices(
  ctx: Ctx,
  of: { filter: InvoiceFilter; page: PageRequest },
): Promise<{
  page: Page<InvoiceRow>;
  today: Day;
  toInvoice: readonly Waiting[];
  isPaidEarly: boolean;
}> {
  const today = dayIn(ctx.now, ctx.policies.company.timeZone);
  const { supplierId } = ctx.actor;
  const waiting = supplierId === null ? [] : await findWaitingForSupplier(ctx, supplierId);
  return {
    page: await findInvoices(ctx, { ...of, today }),
    today,
    toInvoice: waiting.filter((one) => one.kind === 'to-invoice'),
    isPaidEarly: ctx.policies.earlyPayment.isOn,
  };
}

/**
 * One page of the differences that nobody has settled; `isMine` asks for those of the buyer's own orders, `owner` for
 * those whose turn it is.
 */
export async function listExceptions(
  ctx: Ctx,
  of: { isMine: boolean; owner: 'supplier' | 'buyer' | null; page: PageRequest },
): Promise<{ page: Page<ExceptionRow & ReturnType<typeof sizeOf> & { owner: ActsNext }>; today: Day }> {
  const today = dayIn(ctx.now, ctx.policies.company.timeZone);
  const { rows, nextCursor } = await findOpenExceptions(ctx, {
    buyerId: of.isMine ? ctx.actor.userId : null,
    isLate: of.owner === null ? null : of.owner === 'buyer',
    today,
    page: of.page,
  });
  return {
    page: {
      rows: rows.map((row) => ({ ...row, ...sizeOf(row), owner: ownerOf(row, today) })),
      nextCursor,
    },
    today,
  };
}

/** A line in force beside the order's price; the difference is null where they are the same. */
export type InvoiceLineShown = StoredLine & {
  readonly orderPrice: DecimalString | null;
  readonly priceDifference: DecimalString | null;
};

/** A difference with the line it is about; null for one of the invoice as a whole. */
export type ExceptionShown = MatchException & {
  readonly lineNo: number | null;
  readonly description: string | null;
  readonly unit: string | null;
  readonly priceBaseQuantity: DecimalString | null;
  /** Without sign. */
  readonly difference: DecimalString;
  readonly isMore: boolean;
};

/** All that the page of one invoice shows. */
export type InvoicePage = {
  readonly invoice: Invoice;
  readonly names: InvoiceNames;
  /** The orders that it invoices: one, but for a statement. */
  readonly orders: readonly { readonly id: string; readonly reference: string }[];
  readonly lines: readonly InvoiceLineShown[];
  readonly open: readonly ExceptionShown[];
  readonly resolved: readonly ExceptionShown[];
  readonly versions: readonly InvoiceVersion[];
  readonly timeline: readonly TimelineEntry[];
  /** What it is matched with: how many ways, and which receipts of each line. */
  readonly matchKind: MatchKind;
  readonly shares: readonly MatchedShare[];
  readonly next: NextAct;
  readonly step: number | null;
  readonly isOverdue: boolean;
  readonly isAcceptable: boolean;
  readonly mayApprove: boolean;
  /** The payment of a run that it is in. */
  readonly payment: PaymentOfInvoice | null;
  readonly credits: CreditsOfInvoice;
  readonly early: EarlyOfInvoice;
  /** What is held back of it. */
  readonly retained: readonly Retained[];
  /** What it is less by because it was paid in advance. */
  readonly deductions: readonly DeductionShown[];
  /** Of an instalment's invoice: which, and what of it no later invoice has used. */
  readonly prepaid:
    | (PrepaidInvoice & { readonly openAmount: DecimalString; readonly name: string | null })
    | null;
  /** What we sent to its supplier, where we made it. */
  readonly selfBilled: Awaited<ReturnType<typeof selfBilledOf>>;
  /** The supplier's own, beside the figures. */
  readonly documents: readonly Document[];
  /** One of them as its reader sees it, and what a structured one says. */
  readonly document: Document | null;
  readonly read: ReadInvoice | null;
  readonly differences: readonly FileDifference[];
  readonly mayAttach: boolean;
  readonly accept: readonly string[];
  readonly megabytes: number;
  readonly today: Day;
};

/** @throws AppError `invoice.not-found` */
export async function getInvoicePage(ctx: Ctx, invoiceId: string): Promise<InvoicePage> {
  const invoice = await getInvoice(ctx, invoiceId);
  const names = found('invoice', await findNames(ctx, invoiceId));
  const orders =
    invoice.statementId === null
      ? [{ ...names, id: invoice.orderId, reference: names.orderReference }]
      : await findOrdersOfStatement(ctx, invoice.statementId);
  const lines = await findLines(ctx.tx, invoiceId);
  const billable = await findBillableLines(ctx, { source: invoice, except: invoiceId });
  const versions = await findVersions(ctx, invoiceId);
  const exceptions = withLines(await findExceptions(ctx.tx, invoiceId), versions);
  const prices = new Map(billable.map((line) => [line.poLineId, line.unitPrice]));
  const today = dayIn(ctx.now, ctx.policies.company.timeZone);
  const credits = await creditsOfInvoice(ctx, invoice);
  const documents = await documentsOf(ctx, 'invoice', invoiceId);
  const document = await findVersionDocument(ctx, invoice);
  return {
    invoice,
    names,
    orders,
    lines: lines.map((line) => besideOrder(line, prices.get(line.poLineId) ?? null)),
    open: exceptions.filter((exception) => exception.state === 'open'),
    resolved: exceptions.filter((exception) => exception.state === 'resolved'),
    versions,
    timeline: await timelineOf(ctx, invoiceId),
    matchKind: matchedAs(
      invoice,
      found('purchase_order', await findPlaceOf(ctx, invoice.orderId)),
      ctx.policies,
    ),
    shares: await findMatchedShares(ctx, invoiceId),
    next: nextAct(
      invoice.state,
      exceptions.filter((one) => one.state === 'open').map((one) => one.kind),
    ),
    step: stepOf(invoice, today),
    isOverdue: isOverdue(invoice, today),
    isAcceptable: exceptions.every((one) => one.state === 'resolved' || mayBeAccepted(one.kind)),
    mayApprove: may(
      ctx,
      'invoice.approve',
      toDecideOn(invoice, orders, await findBehind(ctx, invoice, orders)),
    ),
    payment: (await findPaymentOfInvoice(ctx, invoiceId)) ?? null,
    credits,
    selfBilled: await selfBilledOf(ctx, invoiceId),
    early: await earlyOfInvoice(ctx, { invoice, payable: credits.payable }),
    documents,
    document: documentBeside(documents, document),
    read: document?.read ?? null,
    differences: differencesFromFile(document, { figures: invoice, ourTaxId: ctx.policies.company.vatId }),
    retained: await findRetained(ctx.tx, invoiceId),
    deductions: await findDeductions(ctx.tx, invoiceId),
    prepaid: invoice.instalmentId === null ? null : await prepaidShown(ctx, invoice),
    mayAttach: may(ctx, 'invoice.attach', invoice),
    accept: acceptedExtensions,
    megabytes: Math.round(ctx.policies.limits.uploadBytes / MEGABYTE),
    today,
  };
}

async function prepaidShown(ctx: Ctx, invoice: Invoice): Promise<InvoicePage['prepaid']> {
  const prepaid = await findPrepaidInvoice(ctx.tx, invoice.id);
  if (prepaid === undefined) return null;
  const order = await findOrder(ctx, invoice.orderId);
  const planned = order?.plan?.instalments.find((one) => one.no === prepaid.instalmentNo);
  return { ...prepaid, openAmount: openOf(prepaid), name: planned?.name || null };
}

/** How many ways an invoice is matched: with its order alone only where it was made from that. */
function matchedAs(invoice: Invoice, place: PolicyPlace, { matching }: Policies): MatchKind {
  if (invoice.isByOrder) return 'two_way';
  const kind = matchKindFor(matching, place);
  return kind === 'two_way' ? 'three_way' : kind;
}

export const getInvoice = async (ctx: Ctx, id: string): Promise<Invoice> =>
  found('invoice', await findById(ctx.tx, { id, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) }));

const besideOrder = (line: StoredLine, orderPrice: DecimalString | null): InvoiceLineShown => {
  const isSame = orderPrice === null || compareDecimals(orderPrice, line.unitPrice) === 0;
  return {
    ...line,
    orderPrice,
    priceDifference: isSame ? null : subtractDecimals(line.unitPrice, orderPrice),
  };
};

/** Differences name the lines as they were in the version that they were found in. */
export const withLines = (
  exceptions: readonly MatchException[],
  versions: readonly InvoiceVersion[],
): ExceptionShown[] => {
  const byVersion = new Map(versions.map((sent) => [sent.version, sent.lines]));
  return exceptions.map((exception) => {
    const line = byVersion.get(exception.version)?.find((one) => one.poLineId === exception.poLineId);
    return {
      ...exception,
      ...sizeOf(exception),
      lineNo: line?.lineNo ?? null,
      description: line?.description ?? null,
      unit: line?.unit ?? null,
      priceBaseQuantity: line?.priceBaseQuantity ?? null,
    };
  });
};
